"""A real call that fails names who failed and what is to be done, and keeps what was answered."""

from typing import Any

import pytest
from django.test import Client

from hfadmin.sandbox import Sandbox
from providers.catalog.models import ProviderModel, Verification
from providers.catalog.verification import runner
from tests.providers.catalog.conftest import Work, path, save, saved, verified

ENGINE = "The endpoint’s engine"
CHAT = "/v1/chat/completions"
OUT_OF_MEMORY = "CUDA out of memory"
# fault, its options → kind, who is named, what of the answer is kept
ENGINES: dict[str, tuple[str, dict[str, Any], str, str, str]] = {
    "424": ("engine_error", {"engine": "tgi"}, "out_of_memory", ENGINE, OUT_OF_MEMORY),
    "500": ("engine_error", {"engine": "vLLM"}, "out_of_memory", ENGINE, OUT_OF_MEMORY),
    "a 424 of another reason": (
        "engine_error",
        {"engine": "tgi", "text": "shape mismatch"},
        "engine_error",
        ENGINE,
        "shape mismatch",
    ),
    "error as the only event": (
        "error_event",
        {"engine": "vLLM"},
        "out_of_memory",
        ENGINE,
        OUT_OF_MEMORY,
    ),
    "error event of TGI": ("error_event", {"engine": "tgi"}, "out_of_memory", ENGINE, "Request"),
    "error after some words": (
        "late_error_event",
        {"engine": "vLLM", "text": "EngineCore died"},
        "engine_error",
        ENGINE,
        "EngineCore died",
    ),
    "error as an answer": ("error_body", {"engine": "sGLang"}, "out_of_memory", ENGINE, "CUDA"),
    "overloaded": ("overloaded", {"engine": "tgi"}, "engine_overloaded", ENGINE, "overloaded"),
    "a page of the gateway": (
        "html",
        {"status": 502},
        "gateway_error",
        "Hugging Face’s gateway in front of the endpoint",
        "text/html: 502 Bad Gateway",
    ),
    "a page as an answer": (
        "html",
        {"status": 200},
        "upstream_malformed",
        ENGINE,
        "text/html: Welcome to nginx!",
    ),
}


def html_of(client: Client, row: Verification) -> str:
    html = client.get(path("verification", row.pk)).content.decode()
    return html.replace("&#x27;", "’")


@pytest.mark.parametrize("case", ENGINES)
def test_a_failure_behind_an_endpoint_is_not_hugging_faces(
    case: str, as_operator: Client, hub: Sandbox, endpoint_llm: dict[str, Any], work: Work
) -> None:
    fault, options, kind, who, kept = ENGINES[case]
    hub.fault(fault, path=CHAT, **options)
    row = verified(as_operator, work, endpoint_llm)
    assert (row.state, row.problem["kind"], row.field) == ("failed", kind, "endpoint_url")
    html = html_of(as_operator, row)
    assert who in html
    assert kept in html
    assert "{&#39;" not in html
    assert "status.huggingface.co" not in html


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_failure_of_a_provider_is_not_hugging_faces(
    status: int, as_operator: Client, hub: Sandbox, hosted_llm: dict[str, Any], work: Work
) -> None:
    hub.fault("provider_error", path="/router", status=status)
    row = verified(as_operator, work, hosted_llm)
    assert row.problem["kind"] == "provider_error"
    html = html_of(as_operator, row)
    assert f"The inference provider answered with status <bdi>{status}</bdi>" in html
    assert "The provider failed to run the model" in html


def test_a_page_of_the_router_is_hugging_faces(
    as_operator: Client, hub: Sandbox, hosted_llm: dict[str, Any], work: Work
) -> None:
    hub.fault("html", path="/router", status=502)
    row = verified(as_operator, work, hosted_llm)
    assert row.problem["kind"] == "upstream_error"
    assert "Hugging Face’s router answered with status <bdi>502</bdi>" in html_of(as_operator, row)


@pytest.mark.parametrize(
    ("fault", "options"),
    [("429", {}), ("500", {}), ("html", {"status": 502}), ("overloaded", {}), ("malformed", {})],
)
def test_nothing_is_promised_after_a_save_that_is_not_repeated(
    fault: str,
    options: dict[str, Any],
    as_operator: Client,
    hub: Sandbox,
    endpoint_llm: dict[str, Any],
    work: Work,
) -> None:
    hub.fault(fault, path=CHAT, **options)
    row = verified(as_operator, work, endpoint_llm)
    html = html_of(as_operator, row)
    assert row.state == "failed"
    assert "Nothing is to be done" not in html
    assert "asks again" not in html
    work()
    row.refresh_from_db()
    assert (row.state, row.next_check_at) == ("failed", None)


@pytest.mark.parametrize(
    ("fault", "options", "state"),
    [
        ("html", {"status": 502}, "verified"),
        ("overloaded", {}, "verified"),
        ("engine_error", {"engine": "tgi"}, "failing"),
        ("late_error_event", {}, "failing"),
    ],
)
def test_a_saved_model_fails_by_what_its_engine_says_and_not_by_who_stands_before_it(
    fault: str,
    options: dict[str, Any],
    state: str,
    as_operator: Client,
    hub: Sandbox,
    endpoint_llm: dict[str, Any],
    work: Work,
) -> None:
    model = saved(as_operator, work, endpoint_llm)
    hub.fault(fault, path=CHAT, **options)
    as_operator.post(path("check", model.pk))
    work()
    assert ProviderModel.objects.get().state == state


def test_what_was_typed_stays_after_a_failure_of_the_engine(
    as_operator: Client, hub: Sandbox, endpoint_llm: dict[str, Any], work: Work
) -> None:
    hub.fault("engine_error", path=CHAT, engine="tgi")
    row = save(as_operator, endpoint_llm)
    work()
    html = html_of(as_operator, row)
    assert f'value="{endpoint_llm["name"]}"' in html
    assert f'value="{endpoint_llm["endpoint_url"]}"' in html


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (401, "Invalid token", "forbidden"),
        (503, "worker scaled to zero", "engine_error"),
        (409, "slot in use", "engine_refused"),
    ],
)
def test_an_engine_that_sounds_like_hugging_face_is_not_taken_for_it(
    status: int,
    text: str,
    kind: str,
    as_operator: Client,
    hub: Sandbox,
    endpoint_llm: dict[str, Any],
    work: Work,
) -> None:
    model = saved(as_operator, work, endpoint_llm)
    hub.fault(status, path=CHAT, text=text)
    as_operator.post(path("check", model.pk))
    work()
    model.refresh_from_db()
    assert (model.state, model.problem["kind"]) == ("failing", kind)


def test_an_address_that_the_gateway_does_not_know_is_the_endpoints(
    as_operator: Client, hub: Sandbox, endpoint_llm: dict[str, Any], work: Work
) -> None:
    hub.fault(404, endpoint="chat", text="404 Not Found")
    row = verified(as_operator, work, endpoint_llm)
    assert row.problem["kind"] == "endpoint_not_found"
    assert "No endpoint answers at this address" in html_of(as_operator, row)


def test_a_step_ends_within_its_lease_whatever_hangs(
    as_operator: Client,
    hub: Sandbox,
    endpoint_llm: dict[str, Any],
    work: Work,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runner, "_STEP_SECONDS", 0.0)
    row = verified(as_operator, work, endpoint_llm)
    assert (row.state, row.problem["kind"]) == ("failed", "timeout")
