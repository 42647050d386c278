"""The demo's stories are found by clicking alone: the line that fails since a night, the lens that gets dirty."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from sightline.demo import folder
from sightline.demo.live import Live

KEY = "key-of-acme"


@pytest.fixture(scope="module")
def demo(start_server_in: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    home = tmp_path_factory.mktemp("demo")
    folder.make(home / "data", now=time.time_ns() // 1000, inferences=24_000, told=lambda _: None)
    return start_server_in(home)


# The demo comes first: it cannot be made once Playwright keeps an event loop running.
@pytest.fixture
def overview(demo: Any, page: Page) -> Page:
    """Where the log-in leads to; from here on there are only clicks."""
    page.goto(f"{demo.url}/app/")
    page.get_by_label("API key").fill(KEY)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(re.compile("/app/acme/overview"))
    return page


def facet(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def test_why_line_7_fails(overview: Page) -> None:
    page = overview
    page.get_by_role("link", name="Inferences").click()
    facet(page, "passed").get_by_label(re.compile("^false, ")).check()
    # The line with most failures stands first.
    expect(facet(page, "line").get_by_role("checkbox").first).to_have_accessible_name(re.compile("^7, "))
    facet(page, "line").get_by_role("checkbox").first.check()
    expect(page).to_have_url(re.compile(r"filter=passed:false\+line:7$"))
    expect(facet(page, "location").get_by_role("checkbox")).to_have_count(1)
    facet(page, "class").get_by_label(re.compile("^missing_screw, ")).check()
    facet(page, "device").get_by_label(re.compile("^edge-17, ")).check()
    page.get_by_role("table", name="Inferences").get_by_role("row").nth(1).click(position={"x": 90, "y": 10})
    drawer = page.get_by_role("complementary", name="Inference details")
    expect(drawer).to_contain_text("missing_screw")
    expect(drawer.get_by_role("img").first).to_be_visible()


def test_which_camera_gets_worse(demo: Any, overview: Page) -> None:
    page = overview
    live = Live(demo.url, KEY, now=time.time_ns() // 1000)
    live.beat()  # all but the silent one are alive, however long ago the history was made
    live.start()
    live.stop()
    page.reload()
    devices = page.get_by_role("region", name="Devices").get_by_role("button", name=re.compile("edge-"))
    expect(devices.nth(0)).to_contain_text("edge-14")  # the silent one
    expect(devices.nth(1)).to_contain_text("edge-05")  # the least sure of all others
    devices.nth(1).click()
    expect(page).to_have_url(re.compile("filter=device:edge-05&measure=confidence"))
    tile = page.get_by_role("region", name="Mean confidence", exact=True)
    expect(tile).to_contain_text("▼")
    expect(page.get_by_role("heading", name="Mean confidence through time")).to_be_visible()
