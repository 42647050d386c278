"""Finding inferences on the page: by chip, by text, by facet, by link."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

Show = Callable[..., Page]
FAILED = 66
"""Of 600 inferences over nine lines, those of line 7: numbers 6, 15, … 591."""


def status(page: Page) -> Any:
    return page.get_by_role("status").filter(has_text="Showing")


def rows(page: Page) -> Any:
    return page.get_by_role("table", name="Inferences").get_by_role("row")


def facet(page: Page, name: str) -> Any:
    return page.get_by_role("region", name=name, exact=True)


def test_shows_the_newest_and_says_how_many_there_are(show: Show) -> None:
    page = show("inferences")
    expect(status(page)).to_have_text("Showing 100 of 600")
    expect(rows(page).nth(1)).to_contain_text("edge-01")


def test_further_pages_come_without_a_jump(show: Show) -> None:
    page = show("inferences")
    table = page.get_by_role("table", name="Inferences")
    expect(status(page)).to_have_text("Showing 100 of 600")
    table.evaluate("box => { box.scrollTop = 2000 }")
    expect(status(page)).to_have_text("Showing 200 of 600")
    assert table.evaluate("box => box.scrollTop") == 2000


def test_a_facet_filters_and_its_own_counts_stay(show: Show) -> None:
    page = show("inferences")
    line = facet(page, "line")
    line.get_by_label(re.compile(r"^7, ")).check()
    expect(status(page)).to_contain_text(f"of {FAILED}")
    expect(page).to_have_url(re.compile(r"filter=line:7$"))
    expect(line.get_by_label(re.compile(r"^8, "))).to_be_visible()
    line.get_by_label(re.compile(r"^8, ")).check()
    expect(page).to_have_url(re.compile(r"filter=line:7,8$"))
    # Counts of the others follow.
    expect(facet(page, "passed").get_by_label(f"false, {FAILED}")).to_be_visible()


def test_missing_values_can_be_found(show: Show) -> None:
    page = show("inferences")
    facet(page, "operator").get_by_label("(missing), 400").check()
    expect(page).to_have_url(re.compile("filter=-has:operator"))
    expect(status(page)).to_contain_text("of 400")


def test_a_condition_is_written_with_completion(show: Show) -> None:
    page = show("inferences")
    bar = page.get_by_role("combobox", name="Add a condition to the filter")
    expect(status(page)).to_contain_text("of 600")
    page.keyboard.press("/")
    expect(bar).to_be_focused()
    page.keyboard.type("pas")
    page.get_by_role("option", name="passed").wait_for()
    page.keyboard.press("Enter")
    expect(bar).to_have_value("passed:")
    page.get_by_role("option", name="false").click()
    expect(page).to_have_url(re.compile("filter=passed:false"))
    expect(status(page)).to_contain_text(f"of {FAILED}")


def test_a_chip_is_edited_in_place_and_removed(show: Show) -> None:
    page = show("inferences", filter="line:7 passed:false")
    expect(status(page)).to_contain_text(f"of {FAILED}")
    page.get_by_role("button", name="Edit line:7").click()
    edited = page.get_by_role("combobox", name="Edit condition")
    edited.fill("line:6")
    edited.press("Enter")
    expect(page).to_have_url(re.compile(r"filter=line:6\+passed:false"))
    expect(page.get_by_text("No inference matches")).to_be_visible()
    page.get_by_role("button", name=re.compile("drop line:6")).click()
    expect(status(page)).to_contain_text(f"of {FAILED}")
    page.get_by_role("button", name="Remove passed:false").click()
    expect(status(page)).to_contain_text("of 600")


def test_text_and_chips_are_two_views_of_one_filter(show: Show) -> None:
    page = show("inferences", filter="line:7")
    page.get_by_role("button", name="Edit as text").click()
    text = page.get_by_role("combobox", name="Filter as text")
    expect(text).to_have_value("line:7")
    text.fill("(line:7 OR line:8) passed:false")
    text.press("Enter")
    page.get_by_role("button", name="Edit as chips").click()
    expect(page.get_by_role("button", name="Edit (line:7 OR line:8)")).to_be_visible()
    expect(page.get_by_role("button", name="Edit passed:false")).to_be_visible()
    expect(status(page)).to_contain_text(f"of {FAILED}")


def test_a_mistake_is_shown_under_the_bar_with_the_right_word(show: Show) -> None:
    page = show("inferences", filter="line:7 pased:false")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("there is no field 'pased'")
    alert.get_by_role("button", name="did you mean `passed`?").click()
    expect(status(page)).to_contain_text(f"of {FAILED}")


def test_a_cell_offers_filter_for_and_out(show: Show) -> None:
    page = show("inferences")
    rows(page).nth(1).get_by_role("button", name="edge-01").click()
    page.get_by_role("menuitem", name="Filter out").click()
    expect(page).to_have_url(re.compile("filter=-device:edge-01"))
    expect(status(page)).to_contain_text("of 450")


def test_a_link_shows_the_same_in_a_fresh_browser(show: Show, browser: Browser, works: Any) -> None:
    page = show("inferences")
    facet(page, "line").get_by_label(re.compile(r"^7, ")).check()
    expect(status(page)).to_contain_text(f"of {FAILED}")
    rows(page).nth(1).click()
    expect(page.get_by_role("complementary", name="Inference details")).to_be_visible()
    link = page.url
    with browser.new_context() as other:
        fresh = other.new_page()
        fresh.goto(link)
        fresh.get_by_label("API key").fill(works.key)
        fresh.get_by_role("button", name="Log in").click()
        expect(status(fresh)).to_contain_text(f"of {FAILED}")
        expect(fresh.get_by_role("complementary", name="Inference details")).to_contain_text("part-00006")


def test_sorting_by_the_least_sure(show: Show) -> None:
    page = show("inferences")
    page.get_by_role("columnheader", name="Confidence").get_by_role("button").click()
    expect(page).to_have_url(re.compile("order=confidence"))
    expect(page.get_by_role("columnheader", name="Confidence")).to_have_attribute("aria-sort", "ascending")


def test_columns_are_chosen_and_remembered(show: Show) -> None:
    page = show("inferences")
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("dialog").get_by_label("Source").check()
    expect(page.get_by_role("columnheader", name="Source")).to_be_visible()
    page.keyboard.press("Escape")
    again = show("inferences")
    expect(again.get_by_role("columnheader", name="Source")).to_be_attached()


def test_pictures_are_a_gallery(show: Show) -> None:
    page = show("inferences", layout="gallery")
    expect(page.get_by_role("list", name="Inferences").get_by_role("listitem").first).to_contain_text("/")
    page.get_by_role("button", name="Open part-00000").click()
    expect(page.get_by_role("complementary", name="Inference details")).to_contain_text("part-00000")


@pytest.mark.parametrize("key", ["j", "ArrowDown"])
def test_rows_by_keyboard(show: Show, key: str) -> None:
    page = show("inferences")
    expect(status(page)).to_contain_text("of 600")
    page.keyboard.press(key)
    page.keyboard.press(key)
    page.keyboard.press("Enter")
    drawer = page.get_by_role("complementary", name="Inference details")
    expect(drawer).to_contain_text("part-00001")
    page.keyboard.press("k")
    expect(drawer).to_contain_text("part-00000")
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)


def test_facets_are_pinned_and_ordered_and_stay_so(show: Show) -> None:
    page = show("inferences")
    for name in ("passed", "line"):
        facet(page, name).hover()
        facet(page, name).get_by_role("button", name=f"Pin {name}").click()
    column = page.get_by_role("complementary", name="Facets").get_by_role("region")
    expect(column.nth(0)).to_have_accessible_name("passed")
    expect(column.nth(1)).to_have_accessible_name("line")
    column.nth(1).hover()
    page.get_by_role("button", name="Move line up").click()
    expect(column.nth(0)).to_have_accessible_name("line")
    page.reload()
    expect(column.nth(0)).to_have_accessible_name("line")
    expect(column.nth(1)).to_have_accessible_name("passed")
