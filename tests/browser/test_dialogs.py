"""A form within a dialog: what is wrong stays there, and what is done leads on."""

import re
from itertools import count
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.chromium import ConsoleErrors
from tests.browser.conftest import NewPage, end_session, sign_in
from tests.browser.test_keyboard_only import tab_to
from tests.stack.processes import wait_until
from tests.stack.running import Demo
from tests.stack.visitor import Forms

TAKEN = "ci-reader"
MODELS = "/o/acme/models/"
_numbers = count(1)


@pytest.fixture
def name() -> str:
    """Of a token or a model that is this test's alone."""
    return f"of-a-dialog-{next(_numbers)}"


@pytest.fixture
def token(name: str, demo: Demo) -> str:
    """The address of a token's page."""
    with demo.visitor() as visitor:
        visitor.sign_in(demo.email, demo.password)
        secret = f"hf_{name.replace('-', ''):x<34}"
        return visitor.submit("/o/acme/tokens/add/", token_name=name, token=secret).url.path


def test_a_form_that_is_wrong_stays_in_the_dialog_as_it_was_typed(page: Page, token: str) -> None:
    page.goto(token)
    dialog = rename(page, TAKEN)
    field = dialog.get_by_label("Name")
    expect(dialog.get_by_text("Another token has this name.")).to_be_visible()
    expect(field).to_have_value(TAKEN)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page).to_have_url(re.compile(f"{token}$"))
    field.fill("free")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(page.locator("main h1")).to_have_text("free")


def test_what_somebody_else_changed_meanwhile_can_be_saved_over(
    page: Page, token: str, demo: Demo, console_errors: ConsoleErrors
) -> None:
    console_errors.expect("409 (Conflict)")
    page.goto(token)
    dialog = opened(page, "Rename")
    with demo.visitor() as colleague:
        colleague.sign_in(demo.email, demo.password)
        colleague.submit(f"{token}rename/", name="what a colleague calls it")
    dialog.get_by_label("Name").fill("what I call it")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Somebody changed this token meanwhile.")
    expect(dialog.get_by_role("alert")).to_be_focused()
    expect(dialog.get_by_label("Name")).to_have_value("what I call it")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("main h1")).to_have_text("what I call it")


def test_what_was_done_is_told_once_on_the_page_that_it_leads_to(
    page: Page, token: str, name: str
) -> None:
    page.goto(token)
    opened(page, "Delete").get_by_role("button", name="Delete").click()
    expect(page).to_have_url(re.compile(r"/o/acme/tokens/$"))
    expect(page.locator(".messages")).to_contain_text(f"{name} is deleted here.")
    expect(page.get_by_role("table")).not_to_contain_text(name)
    page.reload()
    expect(page.locator(".messages")).to_have_count(0)


def test_a_row_is_deleted_by_keyboard(page: Page, name: str, demo: Demo) -> None:
    save_model(demo, f"nobody/{name}")
    page.goto(MODELS)
    row = page.get_by_role("row", name=f"nobody/{name}")
    tab_to(page, row.locator("summary"))
    page.keyboard.press("Enter")
    tab_to(page, row.get_by_role("link", name="Delete"))
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name=f"Delete nobody/{name}?")
    expect(dialog.get_by_role("link", name="Cancel")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".messages")).to_contain_text("was deleted here.")
    expect(page).to_have_url(re.compile(f"{MODELS}$"))
    expect(row).to_have_count(0)


def test_after_signing_in_again_the_dialog_goes_on_as_it_was_typed(
    own_session: Page, token: str, demo: Demo
) -> None:
    page = own_session
    page.goto(token)
    dialog = opened(page, "Rename")
    end_session(page, demo)
    dialog.get_by_label("Name").fill("typed while signed out")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("You have been signed out")
    expect(dialog.get_by_label("Name")).to_have_value("typed while signed out")
    with page.expect_popup() as tab:
        dialog.get_by_role("link", name="Sign in again").click()
    sign_in(tab.value, demo)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("It is not saved yet")).to_be_visible()
    expect(dialog.get_by_label("Name")).to_have_value("typed while signed out")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("main h1")).to_have_text("typed while signed out")


def test_a_mere_question_is_to_be_answered_once_more_after_signing_in_anew(
    own_session: Page, token: str, name: str, demo: Demo
) -> None:
    page = own_session
    page.goto(token)
    dialog = opened(page, "Delete")
    end_session(page, demo)
    sign_in(page.context.new_page(), demo)
    dialog.get_by_role("button", name="Delete").click()
    expect(page.locator(".messages")).to_contain_text("Nothing was changed")
    expect(page).to_have_url(re.compile(f"{token}$"))
    expect(page.locator("main h1")).to_have_text(name)


def test_without_an_answer_the_dialog_says_so_and_can_be_sent_again(
    page: Page, token: str, console_errors: ConsoleErrors
) -> None:
    console_errors.expect("ERR_INTERNET_DISCONNECTED")
    console_errors.expect("Failed to fetch")
    page.goto(token)
    opened(page, "Rename")
    page.context.set_offline(True)
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("typed without a network")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("hfadmin did not answer")
    expect(dialog.get_by_role("alert")).not_to_contain_text("Tokens and passwords")
    expect(dialog.get_by_role("alert")).to_be_focused()
    expect(dialog.get_by_label("Name")).to_have_value("typed without a network")
    page.context.set_offline(False)
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("main h1")).to_have_text("typed without a network")


def test_a_secret_that_was_sent_has_to_be_entered_again(
    page: Page, token: str, console_errors: ConsoleErrors
) -> None:
    console_errors.expect("ERR_INTERNET_DISCONNECTED")
    console_errors.expect("Failed to fetch")
    page.goto(token)
    dialog = opened(page, "Replace")
    field, button = dialog.get_by_label("New access token"), dialog.get_by_role("button").last
    page.context.set_offline(True)
    field.fill(f"hf_{'NoToken':x<34}")
    button.click()
    expect(dialog.get_by_role("alert")).to_contain_text("have to be entered again")
    expect(field).to_have_value("")
    page.context.set_offline(False)
    field.fill(f"hf_{'NoToken':x<34}")
    button.click()
    expect(dialog.locator(".diagnosis")).to_contain_text("Hugging Face does not accept this token")
    expect(field).to_have_value("")
    expect(field).to_be_focused()


def test_what_is_gone_or_refused_is_told_in_the_words_of_its_page(
    page: Page, token: str, demo: Demo, console_errors: ConsoleErrors
) -> None:
    console_errors.expect("404 (Not Found)")
    page.goto(token)
    dialog = opened(page, "Delete")
    with demo.visitor() as colleague:
        colleague.sign_in(demo.email, demo.password)
        form = Forms.of(colleague.get(f"{token}delete/").text)[-1]
        colleague.http.post(form.action, data=form.values)
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog.get_by_role("alert")).to_contain_text("There is nothing here")
    expect(dialog.get_by_role("alert")).to_contain_text("may have been deleted")


def test_a_form_under_way_is_sent_once_and_can_be_left(page: Page, token: str, demo: Demo) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.goto(token)
    dialog = opened(page, "Replace")
    dialog.get_by_label("New access token").fill(f"hf_{'NoToken':x<34}")
    demo.sandbox.clear_requests()
    demo.sandbox.fault("slow", path="/api/whoami-v2", times=1)
    dialog.get_by_role("button", name="Check and replace").dblclick()
    page.keyboard.press("Enter")
    wait_until(lambda: demo.sandbox.request_count("/api/whoami-v2"), "the token is being checked")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("link", name="Replace")).to_be_focused()
    demo.sandbox.clear_faults()
    assert sent.count("POST") == 1


@pytest.mark.parametrize("target", ["https://elsewhere.test/", "javascript:document.title='x'"])
def test_an_answer_leads_to_no_other_site(page: Page, token: str, target: str) -> None:
    page.goto(token)
    dialog = opened(page, "Delete")
    page.route(
        "**/delete/", lambda route: route.fulfill(status=204, headers={"HX-Redirect": target})
    )
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog.get_by_role("alert")).to_contain_text("hfadmin did not answer")
    expect(page).to_have_url(re.compile(f"{token}$"))


def test_a_click_beside_a_dialog_closes_it_unless_something_was_typed(
    page: Page, token: str
) -> None:
    page.goto(token)
    dialog = opened(page, "Rename")
    dialog.get_by_label("Name").fill("half typed")
    page.mouse.click(5, 5)
    expect(dialog.get_by_label("Name")).to_have_value("half typed")
    dialog.get_by_role("link", name="Cancel").click()
    expect(dialog).to_have_count(0)
    opened(page, "Delete")
    page.mouse.click(5, 5)
    expect(dialog).to_have_count(0)


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_dialog_with_an_error_fits_and_can_be_used_by_everybody(
    scheme: Any, width: int, token: str, new_page: NewPage, signed_in: Any
) -> None:
    page = new_page(
        storage_state=signed_in,
        color_scheme=scheme,
        viewport={"width": width, "height": 844},
        reduced_motion="reduce",
    )
    page.goto(token)
    dialog = rename(page, TAKEN)
    expect(dialog.locator("[aria-invalid=true]")).to_be_visible()
    assert dialog.evaluate("(it) => it.scrollWidth <= it.clientWidth")
    found = Axe().run(page, context="dialog").response["violations"]
    assert not found


def opened(page: Page, what: str) -> Locator:
    """The dialog of a link on a token's page."""
    if what != "Replace":
        page.locator("summary[aria-label=More]").click()
    page.get_by_role("link", name=what).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog


def rename(page: Page, name: str) -> Locator:
    dialog = opened(page, "Rename")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_role("button", name="Save").click()
    return dialog


def save_model(demo: Demo, name: str) -> None:
    with demo.visitor() as visitor:
        visitor.sign_in(demo.email, demo.password)
        page = visitor.get(f"{MODELS}add/")
        form = next(each for each in Forms.of(page.text) if "form_key" in each.values)
        choices = re.findall(r'<option value="([0-9a-f-]{36})"', page.text)
        typed = {"name": name, "model_type": "llm", "endpoint_type": "hosted"}
        chosen = {"api_token": choices[0], "anyway": "1"}
        answer = visitor.http.post(form.action, data=form.values | typed | chosen)
        assert name in answer.text
