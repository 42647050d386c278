"""One inference on the page, and attaching to it."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

Show = Callable[..., Page]


def drawer(page: Page) -> Any:
    return page.get_by_role("complementary", name="Inference details")


def test_all_that_is_known_is_there(show: Show) -> None:
    page = show("inferences", open="part-00006")
    details = drawer(page)
    expect(details).to_contain_text("edge-03")
    expect(details.get_by_role("img", name="2 detections, no picture stored")).to_be_visible()
    expect(details).to_contain_text("operator")
    details.get_by_role("tab", name="Detections 2").click()
    expect(details.get_by_role("row")).to_have_count(3)
    details.get_by_role("tab", name="Raw").click()
    expect(details).to_contain_text('"inference_id": "part-00006"')
    expect(page).to_have_url(re.compile("tab=raw"))


def test_a_value_is_attached_and_the_counts_change(show: Show, works: Any) -> None:
    page = show("inferences", open="part-00010")
    details = drawer(page)
    details.get_by_role("button", name="Attach a value").click()
    details.get_by_label("Field").fill("checked")
    details.get_by_label("Value", exact=True).fill("by hand")
    details.get_by_role("button", name="Attach", exact=True).click()
    expect(details.get_by_role("button", name="Edit checked")).to_be_visible()
    details.get_by_role("button", name="Close").click()
    expect(page.get_by_role("region", name="checked", exact=True).get_by_label("by hand, 1")).to_be_visible()
    assert works.values("part-00010")["checked"] == "by hand"


def test_a_value_is_changed_its_history_stays_and_it_is_removed(show: Show, works: Any) -> None:
    works.attach("part-00020", "note", "first")
    page = show("inferences", open="part-00020")
    details = drawer(page)
    details.get_by_role("button", name="Edit note").click()
    details.get_by_label("Value of note").fill("second")
    details.get_by_label("Value of note").press("Enter")
    expect(details.get_by_role("button", name="second")).to_be_visible()
    details.get_by_role("button", name="History of note").click()
    expect(details.get_by_role("listitem").filter(has_text="first")).to_be_visible()
    details.get_by_role("button", name="Remove note").click()
    expect(details.get_by_role("button", name="Edit note")).to_have_count(0)
    assert "note" not in works.values("part-00020")


def test_a_value_of_the_drawer_filters_the_list(show: Show) -> None:
    page = show("inferences", open="part-00006")
    drawer(page).get_by_role("button", name="false", exact=True).click()
    page.get_by_role("menuitem", name="Filter for").click()
    expect(page).to_have_url(re.compile("filter=passed:false"))
    expect(drawer(page)).to_contain_text("part-00006")


def test_selected_inferences_get_a_value_together(show: Show, works: Any) -> None:
    page = show("inferences", filter="line:5", columns="time,id,metadata.batch")
    page.get_by_label("Select part-00004").click()
    page.get_by_label("Select part-00022").click(modifiers=["Shift"])
    bar = page.get_by_role("region", name="Selection")
    expect(bar).to_contain_text("3 selected")
    bar.get_by_role("button", name="Set field…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Field").fill("batch")
    dialog.get_by_label("Value", exact=True).fill("B-1")
    dialog.get_by_role("button", name="Set on 3 inferences").click()
    expect(bar).to_contain_text("batch is set on 3")
    assert [works.values(f"part-{number:05}").get("batch") for number in (4, 13, 22, 31)] == ["B-1"] * 3 + [
        None
    ]


def test_an_unknown_id_says_so(show: Show) -> None:
    page = show("inferences", open="nobody-knows-it")
    expect(drawer(page).get_by_role("alert")).to_be_visible()
