"""The page of an endpoint, while it goes on polling."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage

# Its environment is seen by this test alone.
HERE = "/o/acme/endpoints/acme/llama-3-8b-prod/"
VALUE = "FLASHINFER"


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
        source: "[hx-trigger^=every]", swap: "none", headers,
    })"""
    with page.expect_response(
        lambda answer: answer.url.endswith(HERE) and answer.status == 200
    ) as polled:
        page.evaluate(asked, [HERE, {"HX-PTag": "older"}])
    assert "endpoint-configuration" in polled.value.text()
