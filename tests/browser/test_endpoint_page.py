"""The page of an endpoint, while it goes on polling."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.test_actions import HERE as CHANGED_HERE
from tests.browser.test_changes import opened
from tests.stack.running import Demo

# Its environment is seen by this test alone.
HERE = "/o/acme/endpoints/acme/llama-3-8b-prod/"
VALUE = "FLASHINFER"
CHANGED = CHANGED_HERE.rstrip("/").rpartition("/")[2]


def test_what_was_revealed_stays_while_the_page_polls_and_can_be_hidden(page: Page) -> None:
    page.goto(HERE)
    environment = page.locator("#environment")
    environment.get_by_role("button", name="Reveal").click()
    expect(environment).to_contain_text(VALUE)
    poll_with_news(page)
    expect(environment).to_contain_text(VALUE)
    environment.get_by_role("link", name="Hide").click()
    expect(environment).not_to_contain_text(VALUE)
    expect(environment.get_by_role("button", name="Reveal")).to_be_visible()


def test_what_was_changed_elsewhere_is_told_while_one_looks_and_kept(
    page: Page, new_page: NewPage, signed_in: Any, demo: Demo
) -> None:
    page.goto(CHANGED_HERE)
    dialog = opened(page, "scaling")
    dialog.get_by_label("At least").fill("1")
    dialog.get_by_label("At most").fill("3")
    dialog.get_by_label("Scale to zero after").fill("")
    dialog.get_by_role("button", name="Change scaling").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    demo.sandbox.set_state("acme", CHANGED, "running", min_replica=1, max_replica=2)
    look_at(new_page(storage_state=signed_in), "acme")
    compared = page.locator("#endpoint-wanted")
    expect(compared).to_contain_text("1 to 2 replicas")
    found = Axe().run(page).response["violations"]
    assert not found, found
    compared.get_by_role("button", name="Keep as it is").press("Enter")
    expect(compared.get_by_role("button")).to_have_count(0)
    expect(compared).to_contain_text("as wanted")


def look_at(page: Page, namespace: str) -> None:
    page.goto("/o/acme/endpoints/namespaces/")
    row = page.get_by_role("row").filter(has_text=namespace).first
    row.get_by_role("button", name="Look now").click()


def test_an_open_menu_stays_open_while_the_page_polls(page: Page) -> None:
    page.goto(HERE)
    page.locator("#endpoint-bar summary", has_text="Change").click()
    poll_with_news(page)
    expect(page.get_by_role("link", name="Change scaling")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
def test_without_javascript_the_values_have_a_page_and_the_menus_open(
    width: int, new_page: NewPage, signed_in: Any
) -> None:
    page = new_page(
        storage_state=signed_in,
        java_script_enabled=False,
        viewport={"width": width, "height": 844},
    )
    page.goto(HERE)
    page.locator("#endpoint-bar summary", has_text="Change").click()
    page.get_by_role("link", name="Change scaling").click()
    expect(page.get_by_label("At most")).to_be_visible()
    page.goto(HERE)
    page.get_by_role("button", name="Reveal").click()
    expect(page.locator("main")).to_contain_text(VALUE)
    page.get_by_role("link", name="Hide").click()
    assert page.url.endswith(HERE)
    expect(page.locator("main")).not_to_contain_text(VALUE)


def poll_with_news(page: Page) -> None:
    """Have the page ask as one that shows an older version, and swap in what comes."""
    asked = """([here, headers]) => htmx.ajax("GET", here, {
        source: "#main", swap: "none", headers,
    })"""
    with page.expect_response(
        lambda answer: answer.url.endswith(HERE) and answer.status == 200
    ) as polled:
        page.evaluate(asked, [HERE, {"HX-PTag": "older"}])
    assert "endpoint-configuration" in polled.value.text()
