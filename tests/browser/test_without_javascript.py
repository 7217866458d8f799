"""Every page is links and forms: what scripts add can be missed."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.stack.running import Demo


@pytest.fixture
def plain(new_page: NewPage, signed_in: Any) -> Page:
    return new_page(storage_state=signed_in, java_script_enabled=False)


def test_signing_in_works(new_page: NewPage, demo: Demo) -> None:
    page = new_page(java_script_enabled=False)
    page.goto("/")
    page.get_by_label("E-mail").fill(demo.email)
    page.get_by_label("Password").fill(demo.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".identity")).to_contain_text(demo.email)


def test_a_model_is_set_up_with_every_field_shown(plain: Page) -> None:
    plain.goto("/o/acme/models/add/")
    plain.get_by_label("LLM").check()
    plain.get_by_label("Hosted Inference API").check()
    plain.get_by_label("Model Name").fill("openai/gpt-oss-120b")
    option = plain.locator("select[name=api_token] option", has_text="ada-admin")
    plain.get_by_label("API Token").select_option(option.get_attribute("value"))
    expect(plain.get_by_label("Endpoint URL")).to_be_visible()
    plain.get_by_role("button", name="Save", exact=True).last.click()
    # The page reloads itself until the checks have ended.
    expect(plain.locator(".pill", has_text="Verified")).to_be_visible()


def test_the_inventory_is_searched_filtered_and_sorted(plain: Page) -> None:
    plain.goto("/o/acme/endpoints/")
    plain.get_by_role("searchbox").fill("llama")
    plain.get_by_role("searchbox").press("Enter")
    expect(plain.locator("tbody tr")).not_to_have_count(0)
    for name in plain.locator("tbody tr").all_inner_texts():
        assert "llama" in name.lower()
    plain.get_by_role("link", name="Running").click()
    assert "q=llama" in plain.url
    assert "state=running" in plain.url
    plain.get_by_role("columnheader", name="Endpoint").get_by_role("link").click()
    assert "sort=-name" in plain.url


def test_a_token_is_added_renamed_and_deleted(plain: Page) -> None:
    plain.goto("/o/acme/tokens/add/")
    plain.get_by_label("Token name").fill("without-scripts")
    plain.get_by_label("Access token").fill(f"hf_{'WithoutScripts':x<34}")
    plain.get_by_role("button", name="Save").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("without-scripts")
    plain.locator("summary[aria-label=More]").click()
    plain.get_by_role("link", name="Rename").click()
    plain.get_by_label("Name").fill("still-without")
    plain.get_by_role("button", name="Save").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("still-without")
    plain.locator("summary[aria-label=More]").click()
    plain.get_by_role("link", name="Delete").click()
    plain.get_by_role("button", name="Delete").click()
    expect(plain.locator("tbody")).not_to_contain_text("still-without")
