"""The form of a new endpoint that is come back to: by Back, and after it was not taken."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.chromium import ConsoleErrors
from tests.browser.test_deploying import HERE, choose, create


@pytest.mark.parametrize("way", ["back", "reload"])
def test_the_form_is_as_it_was_served(page: Page, way: str) -> None:
    choose(page)
    page.locator(".tile", has_text="2 × Nvidia A100").click()
    expect(page.locator("#deploy-side")).to_contain_text("2 × Nvidia A100")
    page.get_by_label("Max replicas").fill("3")
    page.get_by_label("Scale to zero after").select_option("15")
    if way == "reload":
        page.reload()
    else:
        page.get_by_role("link", name="Access tokens").click()
        expect(page).to_have_url("/o/acme/tokens/")
        page.go_back()
    expect(page.locator("#deploy-side")).to_contain_text("Choose hardware")
    expect(page.locator(".tile:has(:checked)")).to_have_count(0)
    expect(page.locator("[name=repository]")).to_have_value("")
    expect(page.get_by_label("Endpoint name")).to_have_value("")
    expect(page.locator("[name=suggested_hardware]")).to_have_value("")
    expect(page.get_by_label("Max replicas")).to_have_value("1")
    expect(page.get_by_label("Scale to zero after")).to_have_value("60")


def test_the_focus_goes_to_the_first_field_that_was_not_taken(page: Page) -> None:
    choose(page)
    page.locator("summary", has_text="Environment and secrets").click()
    page.locator("[name=secrets_name]").first.fill("HF_TOKEN")
    page.get_by_role("button", name="Create endpoint").scroll_into_view_if_needed()
    with page.expect_response(lambda answer: answer.status == 422):
        create(page)
    value = page.locator("[name=secrets_value]").first
    expect(value).to_be_focused()
    expect(value).to_be_in_viewport()
    expect(page.locator("#deploy-variables-summary")).to_contain_text("1 secret still to enter")
    page.get_by_label("Tags").evaluate("element => element.closest('details').open = true")
    page.get_by_label("Tags").focus()
    page.locator("#deploy-wrong").get_by_role("link", name="Secrets").click()
    expect(value).to_be_focused()
    found = Axe().run(page).response["violations"]
    assert not found, found


def test_what_is_to_be_corrected_is_listed_until_it_is(page: Page) -> None:
    page.goto(HERE)
    create(page)
    listed = page.locator("#deploy-wrong").get_by_role("link")
    expect(listed).to_have_text(["Model repository", "Endpoint name", "Hardware"])
    expect(page.locator("[name=repository]")).to_be_focused()
    listed.last.click()
    expect(page.locator("[name=hardware]").first).to_be_focused()
    expect(page.get_by_text("Choose what it is to run on.")).to_be_in_viewport()
    with page.expect_response("**/deploy/summary/"):
        page.locator(".tile").first.click()
    expect(listed).to_have_text(["Model repository", "Endpoint name"])
    expect(page.get_by_text("Choose what it is to run on.")).to_have_count(0)
    # What is filled in for somebody is corrected too.
    page.locator("[name=repository]").press_sequentially("Qwen3-14B", delay=20)
    page.get_by_role("option").filter(has_text="Qwen/Qwen3-14B").first.click()
    expect(listed).to_have_count(0)


def test_what_blocks_is_reached_from_beside_the_button(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    choose(page)
    page.get_by_label("Max replicas").fill("50")
    page.get_by_label("Max replicas").press("Tab")
    page.get_by_role("link", name="1 problem first").click()
    expect(page.locator(".checks .blocks")).to_be_in_viewport()


def test_what_is_not_asked_for_or_was_put_there_is_not_to_be_corrected(page: Page) -> None:
    page.goto(HERE)
    page.get_by_label("Min replicas").fill("5")
    create(page)
    listed = page.locator("#deploy-wrong a:visible")
    expect(listed).to_have_text(
        ["Model repository", "Endpoint name", "Hardware", "Min replicas", "Max replicas"]
    )
    page.locator("[name=repository]").fill("Qwen/Qwen3-8B")
    page.locator("[name=repository]").press("Tab")
    expect(listed).to_have_text(["Min replicas", "Max replicas"])
    page.locator("[name=recipe]").first.check(force=True)
    expect(listed).to_have_count(0)
    page.get_by_text("My own settings").click()
    expect(listed).to_have_text(["Min replicas", "Max replicas"])


def test_requests_that_cannot_be_shown_leave_the_form_as_it_is(
    page: Page, console_errors: ConsoleErrors
) -> None:
    choose(page)
    console_errors.expect("503")
    page.context.route("**/deploy/requests/", lambda route: route.fulfill(status=503))
    with page.expect_popup() as opened:
        page.get_by_role("button", name="As curl, Python or JSON").click()
    opened.value.close()
    page.context.unroute("**/deploy/requests/")
    expect(page.get_by_label("Endpoint name")).to_have_value("qwen3-14b")
    expect(page.locator("#deploy-stale")).to_be_hidden()
    expect(page.locator("#deploy")).to_have_attribute("action", re.compile("/o/acme/deploy/$"))
