"""From the Hub to an endpoint that runs, by one form."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import NewPage
from tests.browser.test_keyboard_only import tab_to
from tests.stack.processes import wait_until

HERE = "/o/acme/deploy/"
MODEL = "Qwen/Qwen3-14B"


def test_a_model_is_deployed(page: Page) -> None:
    choose(page)
    expect(page.get_by_label("Endpoint name")).to_have_value("qwen3-14b")
    expect(page.locator("#deploy-side")).to_contain_text("from $0")
    page.get_by_label("Endpoint name").fill("deployed-by-mouse")
    create(page)
    is_running(page, "deployed-by-mouse")


def test_a_model_is_deployed_without_javascript(new_page: NewPage, signed_in: Any) -> None:
    page = new_page(storage_state=signed_in, java_script_enabled=False)
    page.goto(HERE)
    page.locator("[name=repository]").fill(MODEL)
    page.locator("[name=repository]").press("Enter")
    expect(page.locator(".tile:has(:checked)")).to_contain_text("Nvidia A100")
    page.get_by_label("Endpoint name").fill("deployed-without-js")
    create(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("deployed-without-js")
    wait_until(lambda: is_running_now(page), "it runs")


def test_a_model_is_deployed_by_keyboard_alone(page: Page) -> None:
    page.goto(HERE)
    repository = page.get_by_role("combobox", name="Model repository")
    tab_to(page, repository)
    page.keyboard.type("Qwen3-14B", delay=20)
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    chosen(page)
    tab_to(page, page.get_by_label("Endpoint name"))
    page.keyboard.press("Control+a")
    page.keyboard.type("deployed-by-keys")
    tab_to(page, page.locator(".tile input").first, or_any_of="hardware")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#deploy-side")).to_contain_text("4 × Nvidia L4")
    assert page.evaluate("document.activeElement.name") == "hardware", "the focus has not moved"
    tab_to(page, page.get_by_role("button", name="Create endpoint"))
    page.keyboard.press("Enter")
    is_running(page, "deployed-by-keys")


def test_what_was_chosen_is_asked_about_once(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    choose(page)
    page.get_by_label("Max replicas").fill("2")
    with page.expect_response("**/deploy/summary/"):
        page.get_by_label("Max replicas").press("Tab")
    assert sum(url.endswith("/deploy/model/") for url in asked) == 1


def test_enter_in_a_field_creates_nothing(page: Page) -> None:
    choose(page)
    name = page.get_by_label("Endpoint name")
    name.fill("not-to-be-created")
    name.press("Enter")
    expect(page.locator("#deploy-name-note")).to_contain_text("free")
    expect(name).to_have_value("not-to-be-created")
    assert page.url.endswith(HERE)


def test_what_was_typed_stays_while_parts_are_drawn_anew(page: Page) -> None:
    choose(page)
    for part in ("Engine", "Environment and secrets"):
        page.locator("summary", has_text=part).click()
    page.locator("[name=secrets_name]").first.fill("HF_TOKEN")
    page.locator("[name=secrets_value]").first.fill("a secret that is typed once")
    page.locator("[name=env_name]").first.fill("LEVEL")
    page.locator("[name=env_value]").first.fill("7")
    expect(page.locator("#deploy-variables-summary")).to_contain_text("1 secret")
    page.locator(".tile", has_text="2 × Nvidia A100").click()
    page.get_by_text("SGLang", exact=True).click()
    expect(page.locator("#deploy-engine-summary")).to_contain_text("SGLang")
    expect(page.locator("#deploy-side")).to_contain_text("2 × Nvidia A100")
    expect(page.locator("[name=secrets_value]").first).to_have_value("a secret that is typed once")
    expect(page.locator("[name=env_value]").first).to_have_value("7")
    expect(page.get_by_label("SGLang")).to_be_checked()
    expect(page.locator("#deploy-engine")).to_be_visible()


def test_secrets_are_sent_with_the_form_alone(page: Page) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    choose(page)
    page.locator("summary", has_text="Environment and secrets").click()
    page.locator("[name=secrets_name]").first.fill("HF_TOKEN")
    page.locator("[name=secrets_value]").first.fill("canary")
    page.locator("[name=secrets_value]").first.press("Tab")
    expect(page.locator("#deploy-variables-summary")).to_have_text(re.compile(r"1 secret\s*$"))
    page.get_by_role("button", name="As curl, Python or JSON").click()
    shown = page.get_by_role("dialog")
    expect(shown.locator("pre").first).to_contain_text('"HF_TOKEN": "…"')
    shown.get_by_role("link", name="Close").click()
    expect(page.locator("[name=secrets_value]").first).to_have_value("canary")
    assert any("HF_TOKEN" in body for body in sent)
    assert not any("canary" in body for body in sent)


def test_a_slow_answer_does_not_undo_what_was_chosen_meanwhile(page: Page) -> None:
    choose(page)
    held: list[Route] = []
    page.route("**/deploy/model/", lambda route: held.append(route), times=1)
    page.locator("summary", has_text="Another revision").click()
    page.get_by_label("Revision", exact=True).fill("main")
    page.get_by_label("Revision", exact=True).press("Tab")
    page.locator(".tile", has_text="2 × Nvidia A100").click()
    expect(page.locator("#deploy-side")).to_contain_text("2 × Nvidia A100")
    (route,) = held
    route.continue_()
    expect(page.locator(".htmx-request")).to_have_count(0)
    expect(page.locator("#deploy-side")).to_contain_text("2 × Nvidia A100")
    expect(page.locator(".tile:has(:checked)")).to_contain_text("2 × Nvidia A100")


def test_a_problem_blocks_and_its_remedy_helps(page: Page) -> None:
    choose(page)
    page.get_by_label("Max replicas").fill("50")
    page.get_by_label("Max replicas").press("Tab")
    button = page.get_by_role("button", name="Create endpoint")
    expect(button).to_be_disabled()
    expect(page.locator(".checks .blocks")).to_contain_text("50 Nvidia A100 wanted")
    page.locator(".checks .blocks").get_by_role("button", name="Max replicas").click()
    expect(button).to_be_enabled()
    expect(page.get_by_label("Max replicas")).not_to_have_value("50")


def test_hardware_of_another_vendor_is_chosen_and_stays(page: Page) -> None:
    choose(page)
    page.locator("#deploy-hardware").get_by_text("GCP", exact=True).click()
    expect(page.locator(".tile:has(:checked)")).to_have_count(0)
    expect(page.locator("#deploy-side")).to_contain_text("AWS us-east-1")
    page.locator(".tile:not([data-fit=none])").first.click()
    expect(page.locator("#deploy-side")).to_contain_text("GCP")
    expect(page.locator(".tile:has(:checked)")).to_have_count(1)


def test_a_value_that_is_too_long_is_said_at_once_and_not_sent(page: Page) -> None:
    choose(page)
    page.locator("summary", has_text="Environment and secrets").click()
    value = page.locator("[name=env_value]").first
    page.locator("[name=env_name]").first.fill("LONG")
    value.fill("x" * 32_001)
    note = page.locator(".pair", has=value).get_by_role("status")
    expect(note).to_contain_text("Longer than 32,000 characters")
    page.locator("summary", has_text="Environment and secrets").click()
    page.get_by_role("button", name="Create endpoint").click()
    expect(value).to_be_focused()
    assert page.url.endswith(HERE)
    value.fill("short")
    expect(note).to_be_hidden()


def test_rows_come_and_go(page: Page) -> None:
    page.goto(HERE)
    page.locator("summary", has_text="Environment and secrets").click()
    rows = page.locator("fieldset", has_text="Environment").locator(".pair")
    before = rows.count()
    page.get_by_role("button", name="Add a row").first.click()
    expect(rows).to_have_count(before + 1)
    expect(rows.last.get_by_label("Name")).to_be_focused()
    page.keyboard.type("LAST")
    rows.first.get_by_label("Name").fill("FIRST")
    rows.first.get_by_role("button", name="Remove this row").click()
    expect(rows).to_have_count(before)
    expect(rows.last.get_by_label("Name")).to_have_value("LAST")


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_the_button_is_in_view_and_nothing_scrolls_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    choose(page)
    for part in page.locator(".deploy-fields summary").all():
        part.click()
    page.get_by_text("Custom container").click()
    for name in ("repository", "max_replicas", "args"):
        page.locator(f"[name={name}]").scroll_into_view_if_needed()
        expect(page.get_by_role("button", name="Create endpoint")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def choose(page: Page) -> None:
    page.goto(HERE)
    page.locator("[name=repository]").press_sequentially("Qwen3-14B", delay=20)
    page.get_by_role("option").filter(has_text=MODEL).first.click()
    chosen(page)


def chosen(page: Page) -> None:
    expect(page.locator("#deploy-model")).to_contain_text("14.8 B")
    expect(page.locator(".htmx-request")).to_have_count(0)


def create(page: Page) -> None:
    page.get_by_role("button", name="Create endpoint").click()


def is_running(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    expect(pill(page)).to_be_visible()


def is_running_now(page: Page) -> bool:
    page.reload()
    return pill(page).is_visible()


def pill(page: Page) -> Locator:
    return page.locator(".page-head .pill", has_text="Running")
