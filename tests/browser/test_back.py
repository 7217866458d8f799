"""Back, after signing out and after typing a secret: the browser has kept neither."""

import re

from playwright.sync_api import Page, expect

SECRET = "hf_" + "typedInAFieldThatIsLeft" + "0123456789"


def test_back_after_signing_out_shows_nothing(own_session: Page) -> None:
    page = own_session
    page.goto("/o/acme/tokens/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    expect(page).not_to_have_url(re.compile("logout"))
    page.go_back()
    page.go_back()
    expect(page.get_by_label("E-mail")).to_be_visible()
    expect(page.get_by_role("table")).to_have_count(0)


def test_back_does_not_bring_a_secret_that_was_typed(own_session: Page) -> None:
    page = own_session
    page.goto("/o/acme/tokens/add/")
    page.locator("input[type=password]").first.fill(SECRET)
    page.goto("/o/acme/")
    page.go_back()
    expect(page.locator("input[type=password]").first).to_have_value("")


def test_back_and_forward_of_a_list_still_work(own_session: Page) -> None:
    page = own_session
    page.goto("/o/acme/endpoints/?q=llama")
    page.goto("/o/acme/models/")
    page.go_back()
    expect(page).to_have_url(re.compile("q=llama"))
    expect(page.get_by_role("table")).to_be_visible()
    page.go_forward()
    expect(page).to_have_url(re.compile("/models/"))
