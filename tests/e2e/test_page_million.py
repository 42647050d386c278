"""The page over a million inferences: exact totals, facets, the next page, one inference."""

from collections.abc import Callable
from hashlib import md5
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from sightline.bench.load import load

MILLION = 1_000_000


@pytest.fixture(scope="module")
def million(start_server_in: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    home = tmp_path_factory.mktemp("million")
    load(home / "data" / "workspaces" / "acme", MILLION, lambda _: None)
    return start_server_in(home)


@pytest.fixture
def opened(million: Any, page: Page) -> Page:
    page.context.request.post(
        f"{million.url}/app/session", data={"api_key": "key-of-acme"}, headers={"X-Sightline": "page"}
    )
    page.goto(f"{million.url}/app/acme/inferences?start=-31d")
    return page


def shown(page: Page) -> Any:
    return page.get_by_role("status").filter(has_text="Showing")


def test_a_million_is_counted_filtered_and_paged(opened: Page) -> None:
    page = opened
    expect(shown(page)).to_have_text("Showing 100 of 1,000,000")
    table = page.get_by_role("table", name="Inferences")
    for pages in (2, 3, 4):
        table.evaluate("box => { box.scrollTop = box.scrollHeight }")
        expect(shown(page)).to_have_text(f"Showing {pages}00 of 1,000,000")
    line = page.get_by_role("region", name="line", exact=True)
    first = line.get_by_role("checkbox").first
    first.check()
    expect(shown(page)).not_to_contain_text("of 1,000,000")
    table.get_by_role("row").nth(3).click(position={"x": 90, "y": 10})
    expect(page.get_by_role("complementary", name="Inference details")).to_contain_text("serial_number")


def test_one_of_a_million_is_found_by_its_unique_value(opened: Page) -> None:
    page = opened
    expect(shown(page)).to_have_text("Showing 100 of 1,000,000")
    page.keyboard.press("/")
    serial = (
        "SN-" + md5(str(500_000 * 31).encode(), usedforsecurity=False).hexdigest()[:12]
    )  # as the load makes them
    page.keyboard.type(f"serial_number:{serial}")
    page.keyboard.press("Enter")
    expect(shown(page)).to_have_text("Showing 1 of 1")
