"""Changing how an endpoint is set up, in the dialog."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.test_actions import HERE
from tests.stack.running import Demo


def test_what_is_refused_stands_at_its_field_with_what_was_entered(page: Page) -> None:
    page.goto(HERE)
    dialog = opened(page, "access")
    dialog.get_by_label("Private").check()
    dialog.get_by_label("Why").fill("Only for us")
    dialog.get_by_role("button", name="Change access").click()
    said = dialog.locator("#id_auth_type_diagnosis")
    expect(said).to_contain_text("PrivateLink")
    expect(dialog.get_by_label("Private")).to_be_checked()
    expect(dialog.get_by_label("Why")).to_have_value("Only for us")
    assert page.url.endswith(HERE)
    assert dialog.evaluate("dialog => dialog.contains(document.activeElement)")


def test_a_dialog_that_was_closed_meanwhile_stays_closed(page: Page) -> None:
    page.goto(HERE)
    dialog = opened(page, "access")
    dialog.get_by_label("Private").check()
    dialog.get_by_role("button", name="Change access").click()
    dialog.get_by_text("You may go on meanwhile").wait_for()
    page.keyboard.press("Escape")
    first = page.locator("#endpoint-actions li").first
    expect(first).to_contain_text("Change access")
    expect(first).to_contain_text("Refused")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_what_is_taken_leads_to_the_page_of_the_endpoint(page: Page) -> None:
    page.goto(HERE)
    dialog = opened(page, "tags")
    typed = dialog.get_by_label("Tags")
    typed.fill(f"{typed.input_value()}, changed-here")
    dialog.get_by_role("button", name="Edit tags").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("changed-here")


def test_the_focus_stays_in_the_dialog_while_an_answer_is_awaited(page: Page, demo: Demo) -> None:
    demo.sandbox.fault("slow", method="PUT", path="*nomic-embed-docs")
    page.goto(HERE)
    dialog = opened(page, "tags")
    dialog.get_by_label("Tags").fill("awaited")
    dialog.get_by_role("button", name="Edit tags").click()
    expect(dialog.get_by_role("status")).to_be_focused()
    page.keyboard.press("Tab")
    for _look in range(2):
        with page.expect_response("**/actions/*/"):
            pass
    expect(dialog.get_by_role("link", name="Close")).to_be_focused()
    demo.sandbox.clear_faults()
    expect(dialog).to_have_count(0)


def test_public_access_is_confirmed_once_more(page: Page) -> None:
    page.goto(HERE)
    dialog = opened(page, "access")
    confirmation = dialog.get_by_label("Anybody on the internet who has its address")
    expect(confirmation).to_be_hidden()
    dialog.get_by_label("Public").check()
    expect(confirmation).to_be_visible()
    dialog.get_by_role("button", name="Change access").click()
    expect(dialog).to_contain_text("Tick this to make the endpoint public.")
    expect(dialog.get_by_label("Public")).to_be_checked()


def test_a_choice_that_was_changed_comes_back_with_what_is_wrong(page: Page) -> None:
    page.goto(HERE)
    dialog = opened(page, "scaling")
    dialog.get_by_label("By pending requests").check()
    dialog.get_by_label("At most").fill("1000")
    dialog.get_by_role("button", name="Change scaling").click()
    expect(dialog).to_contain_text("Enter 100 or less.")
    expect(dialog.get_by_label("By pending requests")).to_be_checked()
    expect(dialog.get_by_label("Pending requests above")).to_be_visible()


def test_the_threshold_follows_what_replicas_are_added_by(page: Page) -> None:
    page.goto(HERE)
    dialog = opened(page, "scaling")
    use = dialog.get_by_label("Hardware use above")
    requests = dialog.get_by_label("Pending requests above")
    dialog.get_by_label("By pending requests").check()
    expect(use).to_be_hidden()
    expect(requests).to_have_value("1.5")
    dialog.get_by_label("By hardware use").check()
    expect(requests).to_be_hidden()
    expect(use).to_have_value("80")


def test_the_hardware_that_it_has_comes_first_to_the_keyboard(page: Page) -> None:
    page.goto(HERE)
    dialog = opened(page, "hardware")
    focused = dialog.locator("input:focus")
    expect(focused).to_be_checked()
    expect(dialog.locator("label:focus-within")).to_contain_text("present")


def opened(page: Page, verb: str) -> Locator:
    """The dialog of a verb, wherever the bar offers it."""
    page.locator(f"#endpoint-bar a[href*='/actions/{verb}/']").evaluate("link => link.click()")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog
