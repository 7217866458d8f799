"""The inventory while it changes under somebody's hands."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.chromium import ConsoleErrors
from tests.browser.conftest import NewPage
from tests.stack.running import Demo

HERE = "/o/acme/endpoints/"

Change = Callable[..., None]


@pytest.fixture
def low(new_page: NewPage, signed_in: Any) -> Page:
    """A page so low that the inventory does not fit on it."""
    page = new_page(storage_state=signed_in, viewport={"width": 1280, "height": 500})
    page.goto(HERE)
    return page


STARCODER = "starcoder-ide"


@pytest.fixture
def change(demo: Demo) -> Iterator[Change]:
    """Puts STARCODER, which no other test changes, into a state and has somebody look."""
    with demo.visitor() as colleague:
        colleague.sign_in(demo.email, demo.password)

        def change(state: str, **more: str) -> None:
            demo.sandbox.set_state("acme", STARCODER, state, **more)
            colleague.press(f"{HERE}namespaces/", "Look now acme")

        yield change
        change("running")


def test_a_state_change_appears_and_only_its_row_is_touched(page: Page, change: Change) -> None:
    page.goto(HERE)
    page.evaluate("for (const row of document.querySelectorAll('tbody tr')) row.seen = true")
    change("failed", message="Out of disk")
    expect(pill(page, STARCODER)).to_have_text("Failed")
    expect(row(page, STARCODER)).to_contain_text("Out of disk")
    kept = page.evaluate("[...document.querySelectorAll('tbody tr')].every((row) => row.seen)")
    assert kept


def test_scroll_selection_and_an_open_menu_survive(low: Page, change: Change) -> None:
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
    change("failed")
    expect(pill(low, STARCODER)).to_have_text("Failed")
    assert low.evaluate("getSelection().toString()") == "gemma-2-9b-it"
    assert low.evaluate("scrollY") == 200
    expect(low.locator("details[open] summary", has_text="Columns")).to_be_visible()


def test_columns_are_chosen_one_after_another_in_the_menu(page: Page) -> None:
    page.goto(f"{HERE}?state=running&q=star")
    menu = page.locator("details", has=page.locator("summary", has_text="Columns"))
    menu.locator("summary").click()
    heads = page.locator("thead th")
    shown = heads.count()
    for number, label in enumerate(("Task", "Region"), start=1):
        menu.get_by_label(label).check()
        expect(heads).to_have_count(shown + number)
        expect(menu.get_by_label(label)).to_be_focused()
    ticked = menu.get_by_role("checkbox", checked=True)
    while ticked.count():
        ticked.first.click()
    expect(heads).to_have_count(2)
    expect(page).to_have_url(f"{HERE}?q=star&state=running&column=")
    page.reload()
    expect(heads).to_have_count(2)
    expect(page.locator("tbody tr")).to_have_count(1)


def test_a_half_typed_search_and_its_focus_survive(page: Page, change: Change) -> None:
    page.goto(HERE)
    search = page.get_by_role("searchbox")
    search.press_sequentially("star", delay=20)
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"q=star"))
    change("failed")
    expect(pill(page, STARCODER)).to_have_text("Failed")
    expect(search).to_have_value("star")
    expect(search).to_be_focused()
    search.press_sequentially("coder", delay=20)
    expect(search).to_have_value("starcoder")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_one_search_after_another_shows_what_was_searched_last(page: Page) -> None:
    page.goto(HERE)
    search = page.get_by_role("searchbox")
    for text, found in (("starcoder", STARCODER), ("gemma", "gemma-2-9b-it"), ("nothing-so", "")):
        search.fill(text)
        expect(page).to_have_url(re.compile(rf"q={text}$"))
        expect(page.locator("tbody tr")).to_have_count(1 if found else 0)
        expect(page.locator("tbody")).to_contain_text(found)


def test_of_three_searches_in_a_row_no_answer_to_an_earlier_one_stays(page: Page) -> None:
    held: list[Route] = []

    def answer(route: Route) -> None:
        held.append(route) if "q=nothing" not in route.request.url else route.continue_()

    page.goto(HERE)
    page.route(re.compile(r"[?&]q="), answer)
    search = page.get_by_role("searchbox")
    for text in ("star", "gemma"):
        with page.expect_request(re.compile(rf"[?&]q={text}")):
            search.fill(text)
    ended: list[str] = []
    page.on("requestfailed", lambda request: ended.append(request.url))
    search.fill("nothing-so")
    expect(page).to_have_url(re.compile(r"q=nothing-so$"))
    expect(page.locator("tbody tr")).to_have_count(0)
    assert any("q=gemma" in url for url in ended)


def test_a_row_comes_and_goes_with_the_filter_that_it_fits(page: Page, change: Change) -> None:
    page.goto(f"{HERE}?state=paused")
    expect(row(page, STARCODER)).to_have_count(0)
    change("paused")
    expect(row(page, STARCODER)).to_be_visible()
    change("running")
    expect(row(page, STARCODER)).to_have_count(0)


def test_the_page_says_when_it_has_been_signed_out(
    page: Page, console_errors: ConsoleErrors
) -> None:
    console_errors.expect("401 (Unauthorized)")
    page.goto(HERE)
    page.context.clear_cookies()
    expect(page.locator("[data-poll-ended]")).to_be_visible()


def row(page: Page, name: str) -> Locator:
    return page.locator("tbody tr", has_text=name)


def pill(page: Page, name: str) -> Locator:
    return row(page, name).locator(".pill")
