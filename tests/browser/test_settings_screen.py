"""The settings screen, in all four combinations of model type and endpoint type."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.stack.running import Demo

HERE = "/o/acme/models/add/"


@dataclass(frozen=True)
class Way:
    """One way through the form; what is typed of a name, and which suggestion is taken."""

    model_type: str
    endpoint_type: str
    token: str
    typed: str
    chosen: str
    endpoint: str = ""
    namespace: str = ""
    task: str = ""


WAYS = {
    "LLM, hosted": Way("LLM", "Hosted Inference API", "ada-admin", "qwen3", "Qwen/Qwen3-8B"),
    "LLM, endpoint": Way(
        "LLM",
        "Inference Endpoints",
        "ada-admin",
        "",
        "google/gemma-2-9b-it",
        endpoint="gemma-2-9b-it",
        task="Text Generation",
    ),
    "embedding, hosted": Way(
        "Text Embedding", "Hosted Inference API", "ada-admin", "bge-small", "BAAI/bge-small-en-v1.5"
    ),
    "embedding, endpoint": Way(
        "Text Embedding",
        "Inference Endpoints",
        "ada-admin",
        "",
        "nomic-ai/nomic-embed-text-v1.5",
        endpoint="nomic-embed-docs",
        namespace="acme",
        task="Feature Extraction",
    ),
}


@pytest.mark.parametrize("name", WAYS)
def test_a_model_is_set_up_and_verified(name: str, page: Page) -> None:
    way = WAYS[name]
    page.goto(HERE)
    choose(page, way)
    on_endpoint = way.endpoint_type == "Inference Endpoints"
    expect(field(page, "Endpoint URL")).to_be_visible(visible=on_endpoint)
    expect(field(page, "Task")).to_be_visible(visible=on_endpoint)
    expect(field(page, "User Name / Organization Name")).to_be_visible(visible=bool(way.namespace))
    if on_endpoint:
        take_suggestion(page, "Endpoint URL", "", way.endpoint)
        expect(field(page, "Model Name")).to_have_value(way.chosen)
        expect(field(page, "Task").locator("option:checked")).to_have_text(way.task)
    else:
        take_suggestion(page, "Model Name", way.typed, way.chosen)
        expect(field(page, "Model Name")).to_have_value(way.chosen)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".pill", has_text="Verified")).to_be_visible()
    expect(page.locator(".steps li").first).to_have_attribute("data-state", "passed")


def test_what_was_typed_survives_changes_of_mind(page: Page) -> None:
    page.goto(HERE)
    page.get_by_text("Inference Endpoints", exact=True).click()
    field(page, "Endpoint URL").fill("https://half.typed")
    page.get_by_text("Hosted Inference API", exact=True).click()
    expect(field(page, "Endpoint URL")).to_be_hidden()
    page.get_by_text("Inference Endpoints", exact=True).click()
    expect(field(page, "Endpoint URL")).to_have_value("https://half.typed")


def test_a_failing_check_stands_at_its_field_and_can_be_saved_anyway(page: Page) -> None:
    page.goto(HERE)
    choose(page, WAYS["LLM, hosted"])
    field(page, "Model Name").fill("nobody/has-this-one")
    page.get_by_role("button", name="Save", exact=True).click()
    name = page.locator("input[name=name][aria-invalid=true]")
    expect(name).to_be_visible()
    expect(name).to_have_value("nobody/has-this-one")
    described_by = (name.get_attribute("aria-describedby") or "").split()
    diagnosis = page.locator(".diagnosis")
    expect(diagnosis).to_be_visible()
    assert page.locator(".diagnosis").locator("xpath=..").get_attribute("id") in described_by
    page.get_by_role("button", name="Save anyway").click()
    row = page.locator("tr", has_text="nobody/has-this-one")
    expect(row.locator(".pill")).to_contain_text("Not verified")


def test_what_could_not_be_saved_is_discarded_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(HERE)
    choose(page, WAYS["LLM, hosted"])
    field(page, "Model Name").fill("nobody/has-this-either")
    page.get_by_role("button", name="Save", exact=True).click()
    discard = page.get_by_role("button", name="Discard")
    expect(discard).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    discard.click()
    expect(page.get_by_text("nobody/has-this-either was discarded")).to_be_visible()
    expect(page.locator("tr", has_text="nobody/has-this-either")).to_have_count(0)


def test_a_form_that_comes_back_still_has_no_token_chosen(page: Page) -> None:
    page.goto(HERE)
    field(page, "Model Name").fill("Qwen/Qwen3-8B")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(field(page, "API Token")).to_have_attribute("aria-invalid", "true")
    expect(field(page, "API Token")).to_have_value("")


def test_an_invalid_form_answers_beside_its_fields(page: Page) -> None:
    page.goto(HERE)
    page.get_by_text("Inference Endpoints", exact=True).click()
    field(page, "Endpoint URL").fill("ftp://ada:secret@example.org/")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("input[name=name]")).to_have_attribute("aria-invalid", "true")
    expect(field(page, "Endpoint URL")).to_have_value("ftp://ada:secret@example.org/")
    expect(field(page, "Endpoint URL")).to_have_attribute("aria-invalid", "true")


def test_a_sleeping_endpoint_is_saved_and_woken_only_when_asked(page: Page, demo: Demo) -> None:
    page.goto(HERE)
    choose(page, WAYS["LLM, endpoint"])
    take_suggestion(page, "Endpoint URL", "", "flan-t5-legacy")
    page.get_by_role("button", name="Save", exact=True).click()
    wake = page.get_by_role("link", name="Wake and verify")
    expect(wake).to_be_visible()
    expect(page.locator(".pill", has_text="asleep")).to_be_visible()
    assert demo.sandbox.request_count("/v2/endpoint/ada/flan-t5-legacy/resume") == 0
    wake.click()
    page.get_by_role("button", name="Wake and verify").last.click()
    expect(page.locator(".pill", has_text="Verified")).to_be_visible()


def choose(page: Page, way: Way) -> None:
    page.get_by_text(way.model_type, exact=True).click()
    page.get_by_text(way.endpoint_type, exact=True).click()
    option = page.locator("select[name=api_token] option", has_text=way.token)
    field(page, "API Token").select_option(option.get_attribute("value"))


def take_suggestion(page: Page, label: str, typed: str, chosen: str) -> None:
    box = field(page, label)
    box.click()
    if typed:
        box.press_sequentially(typed, delay=20)
    page.get_by_role("option").filter(has_text=chosen).first.click()


def field(page: Page, label: str) -> Locator:
    return page.get_by_label(label, exact=False).and_(page.locator("input, select")).first
