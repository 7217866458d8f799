"""A message that something is under way goes once it no longer is."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.stack.processes import SandboxClient
from tests.stack.running import Demo


@pytest.fixture
def hugging_face(demo: Demo) -> Iterator[SandboxClient]:
    """It answers neither whoami nor lists before the faults are cleared."""
    for path in ("/api/whoami-v2", "/v2/endpoint/acme-labs"):
        demo.sandbox.fault("slow", path=path)
    yield demo.sandbox
    demo.sandbox.clear_faults()


def test_it_goes_when_a_token_was_checked(page: Page, hugging_face: SandboxClient) -> None:
    page.goto("/o/acme/tokens/")
    page.get_by_role("link", name="ci-reader").click()
    page.get_by_role("button", name="Check now").click()
    expect(message(page, "is being checked")).to_be_visible()
    hugging_face.clear_faults()
    expect(message(page, "is being checked")).to_have_count(0)
    expect(page.locator("#facts time").first).to_be_visible()


def test_it_goes_when_a_look_found_nothing_new(page: Page, hugging_face: SandboxClient) -> None:
    page.goto("/o/acme/endpoints/namespaces/")
    page.get_by_role("button", name="Look now acme-labs").click()
    expect(message(page, "is looking at acme-labs now")).to_be_visible()
    hugging_face.clear_faults()
    expect(message(page, "is looking at acme-labs now")).to_have_count(0)


def message(page: Page, text: str) -> Locator:
    return page.locator(".messages", has_text=text)
