"""What users and strangers name can be anything; the page shows it as text. And there may be much of it."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

MARKUP = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
HOSTILE = {
    "markup": MARKUP,
    "long": "x" * 8192,
    "right to left": "שלום \u202e עולם",
    "emoji": "👩‍🏭🔥",
    "quotes": 'say "hi", it\'s \\ (7) OR -x',
    MARKUP: "a field that is markup",
    "class": "a field that bears a built-in's name",
    "with, comma": "a field with a comma",
    "__proto__": "constructor",
}


@pytest.fixture(scope="module")
def works(make_factory: Callable[[], Any]) -> Any:
    made = make_factory()
    made.record(
        [
            {
                "inference_id": f"<b>{number}</b>/a?b#c",
                "model": MARKUP if number == 0 else "parts/1",
                "device": MARKUP,
                "error": MARKUP if number == 1 else None,
                "detections": [
                    {"class": MARKUP, "confidence": 0.5, "x": 50, "y": 50, "width": 20, "height": 20}
                ],
                "metadata": HOSTILE,
            }
            for number in range(3)
        ]
    )
    return made


VIEWS: list[tuple[str, dict[str, str]]] = [
    ("overview", {"split": "device"}),
    ("inferences", {"split": "class"}),
    ("inferences", {"open": "<b>0</b>/a?b#c"}),
    ("inferences", {"layout": "gallery"}),
    ("models", {"model": MARKUP}),
    ("fields", {}),
    ("fields", {"field": MARKUP}),
    ("explore", {"by": "markup"}),
    ("explore", {"by": "markup,emoji", "chart": "heat"}),
    ("explore", {"by": "long", "chart": "table"}),
]  # fmt: skip


@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_nothing_becomes_markup(show: Callable[..., Page], view: tuple[str, dict[str, str]]) -> None:
    path, parameters = view
    page = show(path, **parameters)
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    canvas = page.locator("canvas").first
    if canvas.count():
        canvas.hover()
    assert page.evaluate("() => [window.hacked, document.querySelectorAll('img[src=x]').length]") == [None, 0]
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("field", HOSTILE)
def test_every_value_can_be_filtered_for(show: Callable[..., Page], field: str) -> None:
    page = show("inferences", open="<b>2</b>/a?b#c")
    drawer = page.get_by_role("complementary", name="Inference details")
    line = drawer.locator(".metadata-line").filter(
        has=page.get_by_role("button", name=f"Edit {field}", exact=True)
    )
    line.locator("button.value").click()
    page.get_by_role("menuitem", name="Filter for").click()
    expect(page.get_by_role("button", name="Clear the filter")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Showing")).to_have_text("Showing 3 of 3")


def test_a_thousand_fields(show: Callable[..., Page], works: Any) -> None:
    works.record(
        [
            {"model": "parts/1", "metadata": {f"field {number * 50 + one:04}": "1" for one in range(50)}}
            for number in range(20)
        ]
    )
    page = show("fields")
    table = page.get_by_role("table", name="Fields")
    expect(page.get_by_text("1,009 fields")).to_be_visible()
    assert table.get_by_role("row").count() < 80
    page.get_by_label("Find a field").fill("field 0999")
    expect(table.get_by_role("row")).to_have_count(2)
    page.get_by_role("button", name="field 0999").click()
    expect(page.get_by_role("heading", name="field 0999")).to_be_visible()
