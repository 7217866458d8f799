"""Acting on an endpoint, while another person looks on."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage

# No other test changes it, or looks at its state.
HERE = "/o/acme/endpoints/acme/nomic-embed-docs/"


def test_a_pause_and_a_resume_are_seen_by_everybody_who_looks(
    new_page: NewPage, signed_in: Any
) -> None:
    mine, theirs = (new_page(storage_state=signed_in) for _person in range(2))
    for page in (mine, theirs):
        page.goto(HERE)
    asked(mine, "Pause")
    for page in (mine, theirs):
        expect(page.locator("#endpoint-head")).to_contain_text("Paused")
        expect(page.locator("#endpoint-actions li").first).to_contain_text("Done")
    expect(theirs.get_by_role("link", name="Resume")).to_be_visible()
    asked(mine, "Resume")
    for page in (mine, theirs):
        expect(page.locator("#endpoint-bar")).to_contain_text("Pause")


def test_a_deletion_waits_for_the_right_name(page: Page) -> None:
    page.goto(HERE)
    dialog = opened(page, "Delete")
    dialog.get_by_label("Name of the endpoint").fill("nomic")
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog).to_contain_text("This is not its name.")
    expect(dialog.get_by_label("Name of the endpoint")).to_have_value("nomic")


def asked(page: Page, verb: str) -> None:
    """Ask for a verb by the keyboard alone."""
    page.get_by_role("link", name=verb, exact=True).focus()
    page.keyboard.press("Enter")
    button = page.get_by_role("dialog").get_by_role("button", name=verb)
    expect(button).to_be_visible()
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)


def opened(page: Page, verb: str) -> Any:
    page.get_by_label("More actions").click()
    page.get_by_role("link", name=verb, exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog
