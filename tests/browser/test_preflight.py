"""What the checks of a new endpoint offer, in the browser."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.chromium import ConsoleErrors
from tests.browser.test_deploying import HERE, choose


@pytest.fixture
def quota(page: Page) -> Locator:
    """The line of a form that asks for more than there is."""
    choose(page)
    most = page.get_by_label("Max replicas")
    most.fill("40")
    most.blur()
    shown = page.locator("#deploy-side .checks > li", has_text="Quota:")
    expect(shown).to_have_attribute("data-state", "problem")
    expect(page.get_by_role("button", name="Create endpoint")).to_be_disabled()
    return shown


def test_what_hugging_face_would_refuse_is_mended_by_one_press(page: Page, quota: Locator) -> None:
    found = Axe().run(page).response["violations"]
    assert not found, found
    quota.get_by_role("button", name="Max replicas").click()
    expect(quota).to_have_attribute("data-state", "ok")
    expect(page.get_by_label("Max replicas")).not_to_have_value("40")
    expect(page.get_by_role("button", name="Create endpoint")).to_be_enabled()


def test_what_holds_the_quota_is_paused_without_leaving_the_form(page: Page) -> None:
    page.goto(f"{HERE}?repository=BAAI/bge-m3&namespace=acme")
    expect(page.locator(".tile:has(:checked)")).to_have_count(1)
    page.locator("label:has([name=accelerator][value=gpu])").click()
    page.locator(".tile", has_text="1 × Nvidia A10G").click()
    most = page.get_by_label("Max replicas")
    most.fill("40")
    most.blur()
    page.locator("summary", has_text="Environment and secrets").click()
    page.locator("[name=secrets_value]").first.fill("typed once")
    quota = page.locator("#deploy-side .checks > li", has_text="Quota:")
    quota.get_by_role("link", name="Pause").click()
    page.get_by_role("dialog").get_by_role("button", name="Pause").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(quota.get_by_role("link", name="Pause")).to_have_count(0)
    expect(page.locator("[name=secrets_value]").first).to_have_value("typed once")
    expect(page).to_have_url(re.compile(re.escape(HERE)))


def test_checks_of_what_stood_there_before_are_not_shown_as_those_of_now(
    page: Page, console_errors: ConsoleErrors
) -> None:
    console_errors.expect("503 (Service Unavailable)")
    choose(page)
    stale = page.get_by_text("Price and checks are those from before")
    expect(stale).to_be_hidden()
    page.route("**/deploy/summary/", lambda route: route.fulfill(status=503))
    most = page.get_by_label("Max replicas")
    most.fill("2")
    most.blur()
    expect(stale).to_be_visible()
    page.unroute("**/deploy/summary/")
    most.fill("3")
    most.blur()
    expect(page.locator("#deploy-side")).to_contain_text("3 replicas")
    expect(stale).to_be_hidden()


def test_hugging_face_is_asked_anew_without_leaving_the_form(page: Page, quota: Locator) -> None:
    page.get_by_label("Endpoint name").fill("kept-meanwhile")
    with page.expect_response(lambda answer: "anew=hardware" in answer.url) as asked:
        quota.get_by_role("button", name="Look again").click()
    assert asked.value.ok
    expect(quota).to_have_attribute("data-state", "problem")
    expect(page.get_by_label("Endpoint name")).to_have_value("kept-meanwhile")
    assert page.url.endswith(HERE)
