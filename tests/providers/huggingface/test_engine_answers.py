"""What engines, gateways, providers and proxies say in their own words: its kind, and who spoke."""

import json
from typing import Any

import pytest

from providers.huggingface.answers import diagnose, diagnose_unreadable
from providers.huggingface.calls import Answer, Area, Call
from providers.huggingface.errors import Diagnosis, Kind, Party
from providers.huggingface.phrases import ENGINES, Phrase

JSON = {"content-type": "application/json"}
HTML = {"content-type": "text/html; charset=utf-8"}
OF_ENGINES = (Area.CHAT, Area.DEPLOYED)
NO_MODEL = "The model acme/x does not exist."
BAD_GATEWAY = "<html>\r\n<head><title>502 Bad Gateway</title></head><body>nginx</body></html>"

# (area, status, body, kind): the words of each engine, as it sends them.
SAID: list[tuple[Area, int, Any, Kind]] = [
    (
        Area.CHAT,
        404,
        {
            "error": {
                "message": "The model `x` does not exist.",
                "type": "NotFoundError",
                "param": "model",
                "code": 404,
            }
        },
        Kind.REPOSITORY_MISMATCH,
    ),
    (
        Area.DEPLOYED,
        400,
        {"detail": "Server is pinned to '/repository'; requested 'acme/llama'."},
        Kind.REPOSITORY_MISMATCH,
    ),
    (
        Area.CHAT,
        404,
        {"error": {"message": 'model "x" not found, try pulling it first', "type": "api_error"}},
        Kind.REPOSITORY_MISMATCH,
    ),
    (
        Area.CHAT,
        400,
        {"error": {"message": "/chat/completions: Invalid model name passed in model=x"}},
        Kind.REPOSITORY_MISMATCH,
    ),
    (
        Area.DEPLOYED,
        400,
        {"error": {"message": "Invalid model: Engine for model name `x` not found.", "code": 400}},
        Kind.REPOSITORY_MISMATCH,
    ),
    (
        Area.CHAT,
        422,
        {"error": "Template error: template not found", "error_type": "template_error"},
        Kind.NO_CHAT_TEMPLATE,
    ),
    (
        Area.CHAT,
        422,
        {"error": "undefined value", "error_type": "template_error"},
        Kind.NO_CHAT_TEMPLATE,
    ),
    (
        Area.CHAT,
        400,
        {
            "object": "error",
            "message": "As of transformers v4.44, default chat template is no longer allowed, so "
            "you must provide a chat template if the tokenizer does not define one.",
            "type": "BadRequestError",
            "code": 400,
        },
        Kind.NO_CHAT_TEMPLATE,
    ),
    (
        Area.CHAT,
        400,
        {"error": {"message": "The model does not support Chat Completions API", "code": 400}},
        Kind.NO_CHAT_TEMPLATE,
    ),
    (
        Area.CHAT,
        400,
        {
            "message": "Cannot use chat template functions because "
            "tokenizer.chat_template is not set"
        },
        Kind.NO_CHAT_TEMPLATE,
    ),
    (
        Area.CHAT,
        500,
        {"error": {"code": 500, "message": "this custom template is not supported"}},
        Kind.NO_CHAT_TEMPLATE,
    ),
    (Area.CHAT, 400, {"error": '"x" does not support chat'}, Kind.NO_CHAT_TEMPLATE),
    (
        Area.CHAT,
        404,
        {"error": {"message": "This is not a chat model", "type": "invalid_request_error"}},
        Kind.NO_CHAT_TEMPLATE,
    ),
    (
        Area.CHAT,
        424,
        {
            "error": "Request failed during generation: CUDA out of memory.",
            "error_type": "generation",
        },
        Kind.OUT_OF_MEMORY,
    ),
    (Area.DEPLOYED, 500, {"error": "torch.OutOfMemoryError"}, Kind.OUT_OF_MEMORY),
    (Area.CHAT, 500, "failed to allocate compute buffers", Kind.OUT_OF_MEMORY),
    (
        Area.DEPLOYED,
        429,
        {"error": "Model is overloaded", "error_type": "overloaded"},
        Kind.ENGINE_OVERLOADED,
    ),
    (
        Area.CHAT,
        503,
        {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}},
        Kind.ENDPOINT_LOADING,
    ),
    # What sounds like Hugging Face, and is the engine
    (Area.CHAT, 401, {"detail": "Invalid token"}, Kind.FORBIDDEN),
    (Area.CHAT, 401, {"error": "Token has expired"}, Kind.FORBIDDEN),
    (Area.CHAT, 403, {"error": "not a member"}, Kind.FORBIDDEN),
    (Area.CHAT, 503, {"error": "worker scaled to zero"}, Kind.ENGINE_ERROR),
    (Area.CHAT, 400, {"error": "The upstream endpoint is paused"}, Kind.ENGINE_REFUSED),
    (Area.CHAT, 409, {"error": "slot in use"}, Kind.ENGINE_REFUSED),
    (Area.CHAT, 400, {"error": "quota of tokens exceeded"}, Kind.ENGINE_REFUSED),
    (Area.CHAT, 402, {"error": "pay me"}, Kind.ENGINE_REFUSED),
    (Area.CHAT, 503, {"error": "EngineCore died unexpectedly"}, Kind.ENGINE_ERROR),
    (Area.CHAT, 503, {"error": "Plugin failed loading: no such file"}, Kind.ENGINE_ERROR),
    (Area.CHAT, 403, {"error": "missing permissions: inference.x"}, Kind.MISSING_PERMISSION),
    (Area.CHAT, 404, {"error": "404 Not Found", "code": "NOT_FOUND"}, Kind.ENDPOINT_NOT_FOUND),
    (Area.CHAT, 404, {"code": "NOT_FOUND", "message": NO_MODEL}, Kind.REPOSITORY_MISMATCH),
    (Area.CHAT, 400, {"code": "BAD_REQUEST", "message": "No chat template"}, Kind.NO_CHAT_TEMPLATE),
    (Area.CHAT, 404, "<h1>Model Server - Not Found</h1>", Kind.NO_CHAT_ROUTE),
    (Area.CHAT, 424, {"error": "Request failed during generation"}, Kind.ENGINE_ERROR),
    (Area.ROUTER, 403, "<html>blocked</html>", Kind.UPSTREAM_ERROR),
    (Area.ROUTER, 404, "<html>not here</html>", Kind.UPSTREAM_ERROR),
    (Area.CHAT, 500, "Internal Server Error", Kind.ENGINE_CRASHED),
    (Area.CHAT, 422, {"detail": "Unexpected fields in the request"}, Kind.ENGINE_REFUSED),
    (Area.CHAT, 413, {"error": "too long", "error_type": "validation"}, Kind.ENGINE_REFUSED),
    (Area.CHAT, 502, BAD_GATEWAY, Kind.GATEWAY_ERROR),
    (Area.CHAT, 504, "upstream request timeout", Kind.GATEWAY_ERROR),
    (Area.DEPLOYED, 503, {"error": "503 Service Unavailable"}, Kind.ENDPOINT_NOT_READY),
    (Area.ROUTER, 500, {"error": {"message": "boom"}}, Kind.PROVIDER_ERROR),
    (Area.ROUTER, 424, {"error": "Dependency failed"}, Kind.PROVIDER_ERROR),
    (Area.ROUTER, 502, BAD_GATEWAY, Kind.UPSTREAM_ERROR),
    (Area.ROUTER, 407, "", Kind.PROXY_FAILED),
    (Area.NAMESPACE, 502, BAD_GATEWAY, Kind.UPSTREAM_ERROR),
]


def call(area: Area) -> Call:
    return Call(area, "POST", "https://x.test/v1/chat/completions", {"repository": "acme/llama"})


def answer(status: int, body: Any, headers: dict[str, str] | None = None) -> Answer:
    text = body if isinstance(body, str) else json.dumps(body)
    default = HTML if text.startswith("<") else {} if isinstance(body, str) else JSON
    return Answer(status, default if headers is None else headers, text)


def within(error: Any) -> Answer:
    return Answer.of_error_within(200, {}, json.dumps(error))


def told(area: Area, status: int, body: Any) -> Diagnosis:
    return diagnose(call(area), answer(status, body))


@pytest.mark.parametrize(("area", "status", "body", "kind"), SAID)
def test_an_answer_of_an_engine_has_its_kind(
    area: Area, status: int, body: Any, kind: Kind
) -> None:
    assert told(area, status, body).kind is kind


def test_each_row_of_the_table_is_proven_by_the_words_of_an_engine() -> None:
    unproven = [row for row in ENGINES if not any(_is_read_by(row, *said) for said in SAID)]
    assert unproven == []


def _is_read_by(row: Phrase, area: Area, status: int, body: Any, kind: Kind) -> bool:
    fits = row.fits(answer(status, body), is_chat=area is Area.CHAT)
    return area in OF_ENGINES and kind is row.kind and fits


@pytest.mark.parametrize(
    ("area", "status", "body", "who"),
    [
        (Area.NAMESPACE, 500, {"error": "x"}, Party.HUGGING_FACE),
        (Area.ROUTER, 429, {"error": "x"}, Party.ROUTER),
        (Area.ROUTER, 503, "<html>", Party.ROUTER),
        (Area.ROUTER, 503, {"error": "x"}, Party.PROVIDER),
        (Area.CHAT, 500, "Internal Server Error", Party.ENGINE),
        (Area.CHAT, 503, {"error": "loading model"}, Party.ENGINE),
        (Area.CHAT, 429, {"error": "Model is overloaded"}, Party.ENGINE),
        (Area.CHAT, 401, {"error": "401 Unauthorized", "code": "UNAUTHORIZED"}, Party.GATEWAY),
        (Area.CHAT, 403, {"error": "no", "code": "FORBIDDEN"}, Party.GATEWAY),
        (Area.CHAT, 400, {"error": "The endpoint is paused, ask a maintainer"}, Party.GATEWAY),
        (Area.DEPLOYED, 502, BAD_GATEWAY, Party.GATEWAY),
        (Area.DEPLOYED, 503, "", Party.GATEWAY),
        (Area.DEPLOYED, 504, "no healthy upstream", Party.GATEWAY),
        (Area.CHAT, 407, "", Party.ENGINE),
        (Area.CHAT, 404, {"error": "404 Not Found", "code": "NOT_FOUND"}, Party.GATEWAY),
        (Area.CHAT, 404, {"code": "NOT_FOUND", "message": NO_MODEL}, Party.ENGINE),
        (Area.CHAT, 400, {"code": "BAD_REQUEST", "message": "No chat template"}, Party.ENGINE),
        (Area.CHAT, 500, {"error": "500 Internal Server Error"}, Party.ENGINE),
        (Area.CHAT, 400, {"error": "FORBIDDEN words"}, Party.ENGINE),
        (Area.CHAT, 502, "[error] upstream", Party.GATEWAY),
        (Area.CHAT, 503, "<html>overloaded</html>", Party.GATEWAY),
        (Area.ROUTER, 500, {"error": "Internal Error - We're working hard to fix"}, Party.ROUTER),
    ],
)
def test_who_answered_is_named(area: Area, status: int, body: Any, who: Party) -> None:
    assert told(area, status, body).params["who"] == who


def test_an_engine_is_not_taken_for_hugging_face_and_the_other_way_round() -> None:
    engine = told(Area.CHAT, 424, {"error": "Request failed during generation"}).explain()
    assert engine.what.startswith("The endpoint's engine ")
    provider = told(Area.ROUTER, 500, {"error": "boom"}).explain()
    assert provider.what.startswith("The inference provider ")
    gateway = told(Area.CHAT, 502, BAD_GATEWAY).explain()
    assert gateway.what.startswith("Hugging Face's gateway in front of the endpoint ")
    plain = Call(Area.CHAT, "POST", "http://engine.test/v1/chat/completions")
    proxy = diagnose(plain, answer(407, "")).explain()
    assert proxy.what.startswith("The proxy of this installation ")
    own_key = told(Area.CHAT, 401, {"error": "Unauthorized"}).explain()
    assert "key of its own" in own_key.what


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"error": {"message": "CUDA out of memory", "code": 500}}, Kind.OUT_OF_MEMORY),
        ({"error": "CUDA out of memory", "error_type": "generation"}, Kind.OUT_OF_MEMORY),
        ({"object": "error", "message": "EngineCore died", "code": 500}, Kind.ENGINE_ERROR),
        ({"error": {"message": "busy", "code": "429"}}, Kind.ENGINE_OVERLOADED),
        ({"error": "it went wrong"}, Kind.ENGINE_ERROR),
        ({"error": {"message": "no", "code": None, "status_code": 403}}, Kind.FORBIDDEN),
    ],
)
def test_an_error_within_a_stream_is_told_like_any_other(error: Any, kind: Kind) -> None:
    found = diagnose(call(Area.CHAT), within(error))
    assert (found.kind, found.params["who"]) == (kind, "engine")
    assert found.evidence is not None
    assert found.evidence.status == 200
    assert "{" not in found.evidence.text


def test_an_error_within_a_stream_of_the_router_is_the_providers() -> None:
    for error in ({"error": "boom"}, {"error": {"message": "boom", "code": 401}}):
        found = diagnose(call(Area.ROUTER), within(error))
        assert (found.kind, found.params["who"]) == (Kind.PROVIDER_ERROR, "provider")
        assert "200" not in found.explain().what


@pytest.mark.parametrize(
    ("read", "status"), [(diagnose, 502), (diagnose, 400), (diagnose_unreadable, 200)]
)
def test_what_cannot_be_read_keeps_status_type_and_its_beginning(read: Any, status: int) -> None:
    body = f"<html><b>hf_abcdefghijklmnopqrst</b>\u202e{'word ' * 200}"
    evidence = read(call(Area.CHAT), answer(status, body)).evidence
    assert evidence.status == status
    assert evidence.text.startswith("text/html: hf_…")
    assert "\u202e" not in evidence.text
    assert 200 < len(evidence.text) <= len("text/html: ") + 300


# What Hugging Face knows of an endpoint or its payer, whoever answered.
OF_THE_ENDPOINT = {Kind.ENDPOINT_NOT_READY, Kind.CREDITS_EXHAUSTED}
ALL = [(area, status) for area in Area for status in range(300, 600)]


@pytest.mark.parametrize("body", ["", BAD_GATEWAY, {"error": "x"}, {"detail": "x"}])
def test_every_status_of_every_area_is_explained_with_a_name_and_a_remedy(body: Any) -> None:
    for area, status in ALL:
        found = told(area, status, body)
        texts = found.explain()
        assert all((texts.title, texts.what, texts.remedy)), (area, status)
        if area in OF_ENGINES and found.kind not in OF_THE_ENDPOINT:
            assert found.facts.said_by is not Party.HUGGING_FACE, (area, status, found.kind)
