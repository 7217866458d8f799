"""The inventory while it changes under somebody's hands."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewPage
from tests.stack.processes import until
from tests.stack.running import Demo

HERE = "/o/acme/endpoints/"
# The demo's canary keeps changing, so its namespace is looked at every five seconds.
SEEN_WITHIN = 15_000


@pytest.fixture
def low(new_page: NewPage, signed_in: Any) -> Page:
    """A page so low that the inventory does not fit on it."""
    page = new_page(storage_state=signed_in, viewport={"width": 1280, "height": 500})
    page.goto(HERE)
    return page


@pytest.fixture
def starcoder(demo: Demo) -> Iterator[str]:
    """An endpoint that changes in these tests only."""
    name = "starcoder-ide"
    yield name
    demo.sandbox.set_state("acme", name, "running")


def test_a_state_change_appears_and_only_its_row_is_touched(
    page: Page, demo: Demo, starcoder: str
) -> None:
    page.goto(HERE)
    page.evaluate("for (const row of document.querySelectorAll('tbody tr')) row.seen = true")
    demo.sandbox.set_state("acme", starcoder, "failed", message="Out of disk")
    expect(pill(page, starcoder)).to_have_text("Failed", timeout=SEEN_WITHIN)
    expect(row(page, starcoder)).to_contain_text("Out of disk")
    kept = page.evaluate("[...document.querySelectorAll('tbody tr')].every((row) => row.seen)")
    assert kept


def test_a_change_is_on_the_page_within_three_seconds_of_being_seen(
    page: Page, demo: Demo, starcoder: str
) -> None:
    page.goto(HERE)
    listing = "/v2/endpoint/acme"
    demo.sandbox.set_state("acme", starcoder, "paused")
    demo.sandbox.forget_requests()
    until(lambda: demo.sandbox.asked(listing), "a worker looks at the namespace", within=15)
    expect(pill(page, starcoder)).to_have_text("Paused", timeout=3_000)


def test_scroll_selection_and_an_open_menu_survive(low: Page, demo: Demo, starcoder: str) -> None:
    low.locator("summary", has_text="Columns").click()
    low.evaluate(
        """(name) => {
          const row = [...document.querySelectorAll("tbody tr")]
            .find((each) => each.textContent.includes(name));
          getSelection().selectAllChildren(row.querySelector("a"));
          scrollTo(0, 200);
        }""",
        "gemma-2-9b-it",
    )
    demo.sandbox.set_state("acme", starcoder, "failed")
    expect(pill(low, starcoder)).to_have_text("Failed", timeout=SEEN_WITHIN)
    assert low.evaluate("getSelection().toString()") == "gemma-2-9b-it"
    assert low.evaluate("scrollY") == 200
    expect(low.locator("details[open] summary", has_text="Columns")).to_be_visible()


def test_a_half_typed_search_and_its_focus_survive(page: Page, demo: Demo, starcoder: str) -> None:
    page.goto(HERE)
    search = page.get_by_role("searchbox")
    search.press_sequentially("star", delay=20)
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"q=star"))
    demo.sandbox.set_state("acme", starcoder, "failed")
    expect(pill(page, starcoder)).to_have_text("Failed", timeout=SEEN_WITHIN)
    expect(search).to_have_value("star")
    expect(search).to_be_focused()
    search.press_sequentially("coder", delay=20)
    expect(search).to_have_value("starcoder")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_a_row_comes_and_goes_with_the_filter_that_it_fits(
    page: Page, demo: Demo, starcoder: str
) -> None:
    page.goto(f"{HERE}?state=paused")
    expect(row(page, starcoder)).to_have_count(0)
    demo.sandbox.set_state("acme", starcoder, "paused")
    expect(row(page, starcoder)).to_be_visible(timeout=SEEN_WITHIN)
    demo.sandbox.set_state("acme", starcoder, "running")
    expect(row(page, starcoder)).to_have_count(0, timeout=SEEN_WITHIN)


def test_the_page_says_when_it_has_been_signed_out(page: Page) -> None:
    page.goto(HERE)
    page.context.clear_cookies()
    expect(page.locator("[data-live-ended]")).to_be_visible(timeout=10_000)


def row(page: Page, name: str) -> Locator:
    return page.locator("tbody tr", has_text=name)


def pill(page: Page, name: str) -> Locator:
    return row(page, name).locator(".pill")
