"""Back, after signing out and after typing a secret: the browser has kept neither."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.stack.running import Demo

SECRET = "hf_" + "typedInAFieldThatIsLeft" + "0123456789"


def signed_in_page(new_page: NewPage, demo: Demo) -> Page:
    """In a session of its own, which signing out ends for nobody else."""
    page = new_page()
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(demo.email)
    page.get_by_label("Password").fill(demo.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".identity")).to_be_visible()
    return page


def test_back_after_signing_out_shows_nothing(new_page: NewPage, demo: Demo) -> None:
    page = signed_in_page(new_page, demo)
    page.goto("/o/acme/tokens/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    expect(page).not_to_have_url(re.compile("logout"))
    page.go_back()
    page.go_back()
    expect(page.get_by_label("E-mail")).to_be_visible()
    expect(page.get_by_role("table")).to_have_count(0)


def test_back_does_not_bring_a_secret_that_was_typed(new_page: NewPage, demo: Demo) -> None:
    page = signed_in_page(new_page, demo)
    page.goto("/o/acme/tokens/add/")
    page.locator("input[type=password]").first.fill(SECRET)
    page.goto("/o/acme/")
    page.go_back()
    expect(page.locator("input[type=password]").first).to_have_value("")


def test_back_and_forward_of_a_list_still_work(new_page: NewPage, demo: Demo) -> None:
    page = signed_in_page(new_page, demo)
    page.goto("/o/acme/endpoints/?q=llama")
    page.goto("/o/acme/models/")
    page.go_back()
    expect(page).to_have_url(re.compile("q=llama"))
    expect(page.get_by_role("table")).to_be_visible()
    page.go_forward()
    expect(page).to_have_url(re.compile("/models/"))
