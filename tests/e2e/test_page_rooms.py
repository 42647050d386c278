"""Every page of the dashboard: it opens, says what it should, and axe finds nothing serious in it."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

Show = Callable[..., Page]

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
ROOMS: dict[str, tuple[str, dict[str, str], str]] = {
    "overview": ("overview", {}, "Devices: "),
    "inferences": ("inferences", {"filter": "line:7", "split": "class"}, "Showing 66 of 66"),
    "gallery": ("inferences", {"layout": "gallery"}, "With a picture only"),
    "details": ("inferences", {"open": "part-00006"}, "Attach a value"),
    "models": ("models", {}, "parts/2"),
    "model": ("models", {"model": "parts/1"}, "Detections by class"),
    "fields": ("fields", {}, "temperature"),
    "field": ("fields", {"field": "line"}, "Coverage through time"),
    "bars": ("explore", {"by": "line"}, "9 of 9 groups"),
    "heat": ("explore", {"by": "line,location", "chart": "heat"}, "18 of 18 groups"),
    "table": ("explore", {"by": "device", "chart": "table", "compare": "1"}, "edge-04"),
    "start": ("start", {}, "An inference has arrived"),
    "settings": ("settings", {}, "API keys"),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("room", ROOMS)
def test_opens_and_is_accessible(show: Show, room: str, scheme: Any) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: npm ci in web/")
    path, view, text = ROOMS[room]
    page = show(path, **view)
    page.emulate_media(color_scheme=scheme)
    expect(page.get_by_text(text).first).to_be_visible()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    page.evaluate(AXE.read_text())
    found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    serious = [
        (violation["id"], [node["html"][:200] for node in violation["nodes"]][:3])
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
    ]
    assert serious == []


@pytest.mark.parametrize("width", [1280, 820])
def test_fits_a_small_screen_and_a_tablet(show: Show, width: int) -> None:
    for path, view, text in ROOMS.values():
        page = show(path, **view)
        page.set_viewport_size({"width": width, "height": 1100})
        expect(page.get_by_text(text).first).to_be_visible()
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    page = show("inferences", open="part-00006")
    page.set_viewport_size({"width": width, "height": 1100})
    value = page.get_by_role("complementary", name="Inference details").get_by_role("button", name="false")
    expect(value).to_be_visible()
    box = value.bounding_box()
    assert box is not None
    assert box["width"] > 20  # pixels: not squeezed away


@pytest.mark.parametrize("room", ["overview", "inferences", "explore"])
def test_is_light_before_its_first_chart(show: Show, room: str) -> None:
    page = show(room)
    expect(page.locator("canvas").first).to_be_visible()
    sent = page.evaluate(
        "() => performance.getEntriesByType('resource')"
        ".filter(entry => entry.name.endsWith('.js') && !entry.name.includes('echarts'))"
        ".map(entry => entry.encodedBodySize)"
    )
    assert 50_000 < sum(sent) < 500_000  # bytes, compressed


def test_the_link_of_the_first_start_logs_in_once(page: Page, make_factory: Callable[[], Any]) -> None:
    factory = make_factory()
    link = re.search(r"http://\S+token=\S+", factory.server.process.stdout.readline())
    assert link is not None
    page.goto(link[0])
    expect(page).to_have_url(f"{factory.url}/app/acme/overview")
    # Nothing was ever sent there: the page leads to where it is told how.
    expect(page.get_by_text("No inference has arrived yet")).to_be_visible()
    page.context.clear_cookies()
    page.goto(link[0])
    expect(page.get_by_role("button", name="Log in")).to_be_visible()


def test_a_wrong_key_is_refused(page: Page, works: Any) -> None:
    page.goto(f"{works.url}/app/")
    page.get_by_label("API key").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("No workspace has this key")).to_be_visible()


def test_a_link_of_another_workspace_says_so(page: Page, works: Any, log_in: Callable[[Any], None]) -> None:
    log_in(works)
    page.goto(f"{works.url}/app/other/inferences?filter=line:7")
    expect(page.get_by_text("This link is of the workspace “other”")).to_be_visible()


def test_nothing_in_the_range_leads_to_where_there_is_something(show: Show) -> None:
    page = show("inferences", start="2020-01-01T00:00:00Z", end="2020-01-02T00:00:00Z")
    expect(page.get_by_text("Nothing in this time range")).to_be_visible()
    page.get_by_role("button", name="Go there").click()
    expect(page.get_by_role("status").filter(has_text="Showing")).to_be_visible()


def test_dragging_over_a_chart_zooms_the_time(show: Show) -> None:
    page = show("overview")
    chart = page.get_by_role("img", name="Inferences through time")
    expect(chart.locator("canvas")).to_be_visible()
    box = chart.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 80)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 80, steps=5)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"start=20\d\d-.*end=20\d\d-"))


def test_live_shows_what_arrives(show: Show, works: Any) -> None:
    page = show("inferences", filter="device:tail")
    expect(page.get_by_text("No inference matches")).to_be_visible()
    page.keyboard.press("l")
    expect(page).to_have_url(re.compile("live=1"))
    works.record([{"inference_id": "tail-1", "model": "parts/1", "device": "tail"}])
    expect(page.get_by_role("table", name="Inferences")).to_contain_text("tail")


def test_the_command_bar_goes_places(show: Show) -> None:
    page = show("overview")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Command").fill("passed:false")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/inferences\?filter=passed:false"))
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()


def test_a_group_of_explore_opens_its_inferences(show: Show) -> None:
    page = show("explore", by="line", chart="table")
    page.get_by_role("cell").get_by_role("button", name="7", exact=True).click()
    page.get_by_role("menuitem", name="Filter for").click()
    expect(page).to_have_url(re.compile("filter=line:7"))


def test_a_key_is_made_shown_once_and_revoked(show: Show) -> None:
    page = show("settings")
    page.get_by_role("button", name="New key").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("line camera")
    dialog.get_by_role("button", name="Make the key").click()
    expect(dialog.locator("pre")).to_have_text(re.compile(r"^sl_\w{10,}$"))
    dialog.get_by_role("button", name="Done").click()
    row = page.get_by_role("row", name=re.compile("line camera"))
    row.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(row.get_by_role("button", name="Revoke")).to_have_count(0)


def test_a_panel_fails_alone_and_can_be_asked_again(show: Show, context: BrowserContext) -> None:
    context.route(
        "**/api/v1/acme/devices*", lambda route: route.fulfill(status=400, json={"message": "no devices"})
    )
    page = show("overview")
    devices = page.get_by_role("region", name="Devices")
    expect(devices).to_contain_text("no devices")
    expect(page.get_by_role("region", name="Models")).to_contain_text("parts/1")
    context.unroute("**/api/v1/acme/devices*")
    devices.get_by_role("button", name="Try again").click()
    expect(devices).to_contain_text("edge-01")
