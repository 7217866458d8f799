"""An endpoint that starts, and then is used: its page from the one to the other."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.test_endpoint_page import look_at
from tests.stack.running import Demo

# Its state is set by this test alone.
NAMESPACE, NAME = "acme", "e5-multilingual"
HERE = f"/o/acme/endpoints/{NAMESPACE}/{NAME}/"


@pytest.fixture
def starting(page: Page, demo: Demo) -> Page:
    """The page of an endpoint that is initializing."""
    demo.sandbox.set_state(NAMESPACE, NAME, "scaledToZero")
    look_at(page, NAMESPACE)
    demo.sandbox.set_state(NAMESPACE, NAME, "initializing")
    demo.sandbox.control("POST", f"/endpoints/{NAMESPACE}/{NAME}", message="Loading the weights")
    look_at(page, NAMESPACE)
    page.goto(HERE)
    expect(page.locator("#endpoint-starting [aria-current=step]")).to_contain_text("Initializing")
    return page


def test_a_start_is_followed_until_the_endpoint_can_be_used(starting: Page, demo: Demo) -> None:
    panel = starting.locator("#endpoint-starting")
    expect(panel).to_contain_text("Hugging Face says: Loading the weights")
    passed = panel.locator("time[data-when=elapsed]")
    expect(passed).not_to_have_text(passed.inner_text())
    found = Axe().run(starting).response["violations"]
    assert not found, found
    demo.sandbox.set_state(NAMESPACE, NAME, "running")
    with starting.context.new_page() as other:
        look_at(other, NAMESPACE)
    expect(panel).to_be_hidden()
    address = starting.locator("#endpoint-address")
    address.locator("summary", has_text="curl").press("Enter")
    expect(address.get_by_text("/v1/embeddings")).to_be_visible()
    found = Axe().run(starting).response["violations"]
    assert not found, found
    address.get_by_role("link", name="Use this endpoint").click()
    name = starting.get_by_role("combobox", name="Model Name")
    expect(name).to_have_value("intfloat/multilingual-e5-large")
    expect(starting.get_by_role("radio", name="Inference Endpoints")).to_be_checked()
    expect(starting.locator("select[name=api_token] option:checked")).to_contain_text("ada-admin")


def test_on_a_phone_the_stations_stand_below_each_other_and_nothing_is_cut_off(
    starting: Page,
) -> None:
    starting.set_viewport_size({"width": 390, "height": 844})
    boxes = [each.bounding_box() for each in starting.locator(".panel .stations > li").all()]
    assert len({box["x"] for box in boxes if box}) == 1
    assert starting.evaluate("document.documentElement.scrollWidth") == 390
