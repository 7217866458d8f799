"""Everything is reached by keys alone, and where one stands can always be seen."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewPage
from tests.stack.running import Demo

FOCUS_IS_VISIBLE = """() => {
  const style = getComputedStyle(document.activeElement);
  const beside = document.activeElement.closest("label");
  const ring = (of) => of.outlineStyle !== "none" && parseFloat(of.outlineWidth) >= 2;
  return document.activeElement === document.body || ring(style)
    || (beside !== null && ring(getComputedStyle(beside)));
}"""


def test_from_signing_in_to_an_endpoint(new_page: NewPage, demo: Demo) -> None:
    page = new_page()
    page.goto("/")
    tab_to(page, page.get_by_label("E-mail"))
    page.keyboard.type(demo.email)
    page.keyboard.press("Tab")
    page.keyboard.type(demo.password)
    page.keyboard.press("Enter")
    expect(page.locator(".identity")).to_be_visible()
    tab_to(page, page.get_by_role("link", name="Skip to the page"))
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Shift+Tab")
    page.reload()
    tab_to(page, page.get_by_role("navigation").get_by_role("link", name="Endpoints"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Endpoints")
    tab_to(page, page.locator("tbody").get_by_role("link", name="bge-large-search"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("bge-large-search")


def test_a_model_is_set_up(page: Page) -> None:
    page.goto("/o/acme/models/add/")
    tab_to(page, page.get_by_label("LLM"), or_any_of="model_type")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Text Embedding")).to_be_checked()
    name = page.get_by_role("combobox", name="Model Name")
    tab_to(page, name)
    page.keyboard.type("MiniLM", delay=20)
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(name).to_have_value("sentence-transformers/all-MiniLM-L6-v2")
    tab_to(page, page.get_by_label("Hosted Inference API"), or_any_of="endpoint_type")
    page.keyboard.press("Space")
    tab_to(page, page.get_by_label("API Token"))
    page.keyboard.type("ada-admin")
    tab_to(page, page.locator("button.primary", has_text="Save"))
    page.keyboard.press("Enter")
    expect(page.locator(".pill", has_text="Verified")).to_be_visible()


def test_a_dialog_is_opened_left_and_gives_the_focus_back(page: Page) -> None:
    page.goto("/o/acme/tokens/")
    page.locator("tbody").get_by_role("link", name="ci-reader").click()
    more = page.locator("summary[aria-label=More]")
    tab_to(page, more)
    page.keyboard.press("Enter")
    delete = page.get_by_role("link", name="Delete")
    tab_to(page, delete)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('dialog').contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    focused = page.evaluate(
        "document.activeElement.textContent.trim() || document.activeElement.ariaLabel"
    )
    assert focused in {"Delete", "More"}


@pytest.mark.parametrize("path", ["/o/acme/", "/o/acme/endpoints/", "/o/acme/models/add/"])
def test_focus_is_seen_at_every_stop(page: Page, path: str) -> None:
    page.goto(path)
    for _stop in range(60):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS_IS_VISIBLE), page.evaluate("document.activeElement.outerHTML")


def tab_to(page: Page, wanted: Locator, *, or_any_of: str = "") -> None:
    """Press Tab until it has the focus; of a group of radios, whichever takes it first."""
    handle = wanted.first.element_handle()
    for _stop in range(120):
        page.keyboard.press("Tab")
        if page.evaluate(
            "([it, group]) => it === document.activeElement"
            " || (group !== '' && document.activeElement.name === group)",
            [handle, or_any_of],
        ):
            return
    raise AssertionError(f"Tab never comes to {wanted}.")
