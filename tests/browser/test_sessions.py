"""A form that is open while its session ends comes back as it was left."""

import subprocess
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage, end_session, sign_in
from tests.stack.processes import PYTHON, ROOT
from tests.stack.running import Demo

FORM = "/o/acme/models/add/"
NAME = "acme/typed-while-signed-out"
URL = "https://typed.us-east-1.aws.endpoints.huggingface.cloud"
TOKEN = f"hf_{'TypedWhileSignedOut':x<34}"


def forget_session(page: Page, _demo: Demo) -> None:
    """As a browser does by itself, with the date on its cookie."""
    (session,) = (
        cookie.get("name", "")
        for cookie in page.context.cookies()
        if "session" in cookie.get("name", "") and not cookie.get("name", "").endswith("_account")
    )
    page.context.clear_cookies(name=session)


@pytest.mark.parametrize("end", [end_session, forget_session])
def test_after_signing_in_again_the_form_is_as_it_was(
    end: Callable[[Page, Demo], None], own_session: Page, demo: Demo
) -> None:
    page = own_session
    page.goto(FORM)
    page.get_by_text("Text Embedding", exact=True).click()
    end(page, demo)
    type_on(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    page.get_by_label("E-mail").fill(demo.email)
    page.get_by_label("Password").fill(demo.password)
    page.get_by_role("button", name="Sign in").click()
    expect_as_typed(page)


def test_saving_after_signing_in_anew_in_another_tab_shows_the_form_again(
    own_session: Page, demo: Demo
) -> None:
    page = own_session
    page.goto(FORM)
    page.get_by_text("Text Embedding", exact=True).click()
    other = page.context.new_page()
    other.goto("/accounts/logout/")
    other.get_by_role("button", name="Sign out").click()
    sign_in(other, demo)
    type_on(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect_as_typed(page)


def test_the_link_for_a_new_password_fills_its_code_in(demo: Demo, new_page: NewPage) -> None:
    grace = "grace@forgets.example"
    add = ["person", "add", grace, "--organization", "acme", "--role", "viewer"]
    hfadmin(demo, *add, "--password-stdin", typed="the password that she forgets")
    link = hfadmin(demo, "person", "password-link", grace).split()[0]
    page = new_page()
    page.goto(link)
    expect(page).to_have_url(f"{demo.url}/password/")
    expect(page.locator("input[name=code]")).to_have_value(link.partition("#")[2])
    page.get_by_label("New password").fill("another calm and long one")
    page.get_by_role("button", name="Set the password").click()
    expect(page.locator(".messages")).to_contain_text("Your new password is set.")
    expect(page.locator(".identity")).to_contain_text(grace)


def type_on(page: Page) -> None:
    page.get_by_text("Inference Endpoints", exact=True).click()
    page.get_by_role("combobox", name="Model Name").fill(NAME)
    page.get_by_role("combobox", name="Endpoint URL").fill(URL)
    page.locator("select[name=api_token]").select_option("new")
    page.locator("input[name=token_name]").fill("typed on")
    page.locator("input[name=token]").fill(TOKEN)
    page.locator("input[name=real_call]").uncheck()


def expect_as_typed(page: Page) -> None:
    expect(page.locator(".messages")).to_contain_text("It is not saved yet")
    expect(page.get_by_label("Text Embedding")).to_be_checked()
    expect(page.get_by_label("Inference Endpoints")).to_be_checked()
    expect(page.get_by_role("combobox", name="Model Name")).to_have_value(NAME)
    expect(page.get_by_role("combobox", name="Endpoint URL")).to_have_value(URL)
    expect(page.locator("select[name=api_token]")).to_have_value("new")
    expect(page.locator("input[name=token_name]")).to_have_value("typed on")
    expect(page.locator("input[name=token]")).to_have_value("")
    expect(page.locator("input[name=real_call]")).not_to_be_checked()
    assert TOKEN not in page.content()


def hfadmin(demo: Demo, *arguments: str, typed: str = "") -> str:
    """What the command prints in the demo's environment."""
    command = [PYTHON, "-m", "hfadmin", *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=demo.environment,
        input=typed,
        text=True,
        check=True,
        capture_output=True,
    ).stdout
