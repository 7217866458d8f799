"""Acting from the list: on a row, and on many endpoints at once."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewPage, sign_in
from tests.stack.running import Demo

LIST = "/o/acme/endpoints/"


@pytest.fixture(scope="module")
def own_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo for tests that act on different endpoints."""
    demo = Demo(tmp_path_factory.mktemp("acting"))
    yield demo
    demo.end()


@pytest.fixture
def fresh_demo(tmp_path: Path) -> Iterator[Demo]:
    """A demo for a test that acts on all of its endpoints."""
    demo = Demo(tmp_path)
    yield demo
    demo.end()


Person = Callable[..., Page]


@pytest.fixture
def person(new_page: NewPage, own_demo: Demo) -> Person:
    """Makes a page that is signed in to the demo."""
    return partial(signed_in_to, own_demo, new_page)


def signed_in_to(demo: Demo, new_page: NewPage, **options: Any) -> Page:
    page = new_page(base_url=demo.url, **options)
    sign_in(page, demo)
    return page


def row(page: Page, name: str) -> Locator:
    return page.locator("#inventory-rows tr").filter(
        has=page.get_by_role("link", name=name, exact=True)
    )


def select(page: Page, *names: str) -> None:
    for name in names:
        page.get_by_label(f"Select {name}").check()


def axe(page: Page) -> list[str]:
    return [violation["id"] for violation in Axe().run(page).response["violations"]]


def test_a_row_is_paused_by_the_keyboard_while_another_person_looks_on(person: Person) -> None:
    mine, theirs = person(), person()
    mine.goto(LIST)
    theirs.goto(f"{LIST}acme/nomic-embed-docs/")
    mine.get_by_label("Actions on nomic-embed-docs").focus()
    mine.keyboard.press("Enter")
    expect(mine.locator("#row-menu a").first).to_be_focused()
    assert axe(mine) == []
    mine.keyboard.press("ArrowDown")
    mine.keyboard.press("ArrowUp")
    mine.keyboard.press("Enter")
    button = mine.get_by_role("dialog").get_by_role("button", name="Pause")
    expect(button).to_be_visible()
    button.press("Enter")
    expect(row(mine, "nomic-embed-docs")).to_contain_text("Paused")
    assert mine.url.endswith(LIST)
    expect(theirs.locator("#endpoint-head")).to_contain_text("Paused")
    mine.get_by_label("Actions on nomic-embed-docs").click()
    mine.locator("#row-menu").get_by_role("link", name="Resume").click()
    mine.get_by_role("dialog").get_by_role("button", name="Resume").click()
    expect(theirs.locator("#endpoint-head")).not_to_contain_text("Paused")


def test_the_menu_s_dialog_gives_the_focus_back_to_its_row(person: Person) -> None:
    page = person()
    page.goto(LIST)
    page.get_by_label("Actions on bge-large-search").click()
    page.locator("#row-menu a").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Actions on bge-large-search")).to_be_focused()


def test_the_menu_closes_when_one_goes_on_by_the_keyboard(person: Person) -> None:
    page = person()
    page.goto(LIST)
    page.get_by_label("Actions on bge-large-search").press("Enter")
    expect(page.locator("#row-menu a").first).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(page.locator("#row-menu")).to_be_hidden()
    expect(page.locator("#row-menu :focus")).to_have_count(0)


def test_what_is_selected_can_be_acted_on_from_the_last_row(person: Person) -> None:
    page = person()
    page.goto(LIST)
    page.locator("#inventory-rows input").last.check()
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    expect(page.get_by_role("button", name="Pause")).to_be_in_viewport()


def test_what_is_selected_costs_what_its_row_says(person: Person) -> None:
    page = person()
    page.goto(LIST)
    for name in ("falcon-archive", "llama-guard-filter", "bge-large-search"):
        select(page, name)
        cost = row(page, name).locator("td.num bdi").first.inner_text()
        expect(page.locator("[data-selected-cost] bdi")).to_have_text(cost)
        page.get_by_role("button", name="Clear").click()


def test_a_selection_outlives_what_changes_meanwhile(person: Person) -> None:
    page, other = person(), person()
    page.goto(LIST)
    select(page, "starcoder-ide", "gemma-2-9b-it")
    expect(page.locator("[data-selected]")).to_contain_text("2 selected")
    other.goto(f"{LIST}acme/starcoder-ide/")
    other.get_by_role("link", name="Pause").click()
    other.get_by_role("dialog").get_by_role("button", name="Pause").click()
    expect(row(page, "starcoder-ide")).to_contain_text("Paused")
    expect(page.get_by_label("Select starcoder-ide")).to_be_checked()
    expect(page.locator("[data-selected]")).to_contain_text("2 selected")
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_label("Select gemma-2-9b-it")).not_to_be_checked()
    expect(page.locator(".toolbar")).to_be_visible()


def test_a_range_is_selected_with_shift_and_a_page_by_its_head(person: Person) -> None:
    page = person()
    page.goto(LIST)
    boxes = page.locator("#inventory-rows input")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(page.locator("[data-selected]")).to_contain_text("4 selected")
    page.get_by_label("Select all on this page").check()
    expect(page.locator("[data-selected]")).to_contain_text(f"{boxes.count()} selected")
    page.get_by_label("Select all on this page").uncheck()
    expect(page.locator(".selection")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_what_is_selected_and_asked(person: Person, scheme: str) -> None:
    page = person(color_scheme=scheme, reduced_motion="reduce")
    page.goto(LIST)
    select(page, "llama-3-8b-prod", "falcon-archive")
    assert axe(page) == []
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("dialog")).to_contain_text("Pause 1 endpoint?")
    assert axe(page) == []


def test_many_are_paused_one_is_refused_and_the_rest_is_stopped(
    new_page: NewPage, fresh_demo: Demo
) -> None:
    sandbox, page = fresh_demo.sandbox, signed_in_to(fresh_demo, new_page)
    sandbox.fault("quota", method="POST", path="*/pause", times=1)
    sandbox.fault("slow", method="POST", path="*/pause")
    page.goto(LIST)
    page.get_by_label("Select all on this page").check()
    page.get_by_label("that match").check()
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("dialog").get_by_role("button", name="Pause").click()
    page.wait_for_url("**/batches/*/")
    expect(page.locator("#batch-progress")).to_contain_text("1 refused")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#batch-progress")).to_contain_text("Stopped by")
    sandbox.clear_faults()
    expect(page.locator("#batch-progress")).to_contain_text("left as")
    expect(page.locator("#group-under_way")).to_have_count(0)
    assert axe(page) == []
    expect(page.locator("#batch-list")).to_contain_text("quota")
    left = page.locator("section:has(#group-left) .row").count()
    assert left > 0
    page.goto(LIST)
    expect(page.locator("#inventory-batches .banner")).to_have_count(0)


def test_without_javascript_several_are_paused_and_one_is_deleted(person: Person) -> None:
    page = person(java_script_enabled=False)
    page.goto(LIST)
    select(page, "smollm-edge", "minilm-intranet")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Pause 2 endpoints").click()
    page.wait_for_url("**/batches/*/")
    reloaded_until(page, page.get_by_text("It has ended."))
    page.goto(LIST)
    page.get_by_label("Actions on zephyr-playground").click()
    page.get_by_role("link", name="Delete").click()
    page.get_by_label("Name of the endpoint").fill("zephyr-playground")
    page.get_by_role("button", name="Delete").click()
    page.wait_for_url("**/zephyr-playground/")
    reloaded_until(page, page.get_by_text("has deleted it from here"))


def reloaded_until(page: Page, shown: Locator) -> None:
    """As a person without JavaScript does it."""
    for _look in range(40):
        if shown.is_visible():
            break
        page.reload()
    expect(shown).to_be_visible()
