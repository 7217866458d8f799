"""Each fault of an engine, and of what stands before it, is worded as the real one."""

import json
from typing import Any

import httpx2
import pytest

from hfadmin.sandbox import Sandbox

Headers = dict[str, str]
CHAT = "/v1/chat/completions"


@pytest.fixture
def url(sandbox: Sandbox, ada: Headers) -> str:
    return sandbox.add_endpoint("acme", "model", engine="tgi").url_when_deployed


def stream(web: httpx2.Client, url: str, headers: Headers) -> list[str]:
    """What stands after `data: ` in each event of a streamed chat."""
    body = {"messages": [{"role": "user", "content": "Hi"}], "stream": True}
    answered = web.post(f"{url}{CHAT}", json=body, headers=headers)
    assert answered.status_code == 200
    assert answered.headers["content-type"].startswith("text/event-stream")
    return [event.removeprefix("data: ") for event in answered.text.split("\n\n") if event]


@pytest.mark.parametrize(
    ("kind", "options", "status", "error_type"),
    [
        ("engine_error", {}, 424, "generation"),
        ("engine_error", {"engine": "tei"}, 424, "Backend"),
        ("incomplete_generation", {}, 500, "incomplete_generation"),
        ("overloaded", {}, 429, "overloaded"),
        ("overloaded", {"engine": "tei"}, 429, "Overloaded"),
    ],
)
def test_tgi_and_tei_name_the_type_of_an_error(
    sandbox: Sandbox,
    web: httpx2.Client,
    ada: Headers,
    url: str,
    kind: str,
    options: dict[str, Any],
    status: int,
    error_type: str,
) -> None:
    sandbox.fault(kind, **options)
    answered = web.post(url, json={"inputs": "Hi"}, headers=ada)
    assert answered.status_code == status
    assert answered.json()["error_type"] == error_type


@pytest.mark.parametrize("engine", ["vLLM", "sGLang", "infinity"])
def test_engines_in_the_format_of_openai_have_the_code_in_the_error(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers, url: str, engine: str
) -> None:
    sandbox.fault("engine_error", engine=engine)
    answered = web.post(url, json={}, headers=ada)
    said = answered.json()
    assert answered.status_code == 500
    assert said.get("error", said)["code"] == 500
    assert "CUDA out of memory" in said.get("error", said)["message"]


def test_infinity_says_429_where_it_has_too_much_to_do(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers, url: str
) -> None:
    sandbox.fault("overloaded", engine="infinity")
    answered = web.post(url, json={}, headers=ada)
    assert answered.status_code == 429
    assert "currently overloaded" in answered.json()["error"]["message"]


def test_an_error_follows_the_first_pieces_of_a_stream(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers, url: str
) -> None:
    honest = stream(web, url, ada)
    sandbox.fault("late_error_event", after=3, text="CUDA out of memory")
    *pieces, failed, end = stream(web, url, ada)
    assert pieces == honest[:3]
    assert json.loads(failed)["error"]["message"] == "CUDA out of memory"
    assert end == "[DONE]"


def test_an_error_that_comes_late_in_a_stream_leaves_other_answers_alone(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers, url: str
) -> None:
    sandbox.fault("late_error_event")
    assert "generated_text" in web.post(url, json={"inputs": "Hi"}, headers=ada).json()[0]


def test_an_error_is_all_that_a_stream_of_tgi_brings(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers, url: str
) -> None:
    sandbox.fault("error_event", engine="tgi", text="CUDA out of memory")
    (only,) = stream(web, url, ada)
    assert json.loads(only) == {
        "error": "Request failed during generation: CUDA out of memory",
        "error_type": "generation",
    }


@pytest.mark.parametrize("engine", ["vLLM", "sGLang"])
def test_an_error_and_the_usual_end_are_all_that_a_stream_brings(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers, url: str, engine: str
) -> None:
    sandbox.fault("error_event", engine=engine)
    failed, end = stream(web, url, ada)
    assert json.loads(failed)["error"]["type"] == "InternalServerError"
    assert end == "[DONE]"


def test_an_error_comes_as_the_body_of_a_success(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers, url: str
) -> None:
    sandbox.fault("error_body")
    answered = web.post(url, json={"inputs": "Hi"}, headers=ada)
    assert answered.status_code == 200
    assert answered.json()["error"]["type"] == "InternalServerError"


@pytest.mark.parametrize("status", [200, 502, 503, 504])
def test_a_page_comes_from_what_stands_in_front(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers, url: str, status: int
) -> None:
    sandbox.fault("html", status=status)
    answered = web.post(url, json={"inputs": "Hi"}, headers=ada)
    assert answered.status_code == status
    assert answered.headers["content-type"] == "text/html"
    assert "nginx" in answered.text


@pytest.mark.parametrize("status", [500, 502, 503])
def test_the_router_passes_a_providers_failure_on(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers, status: int
) -> None:
    sandbox.fault("provider_error", path="/router/", status=status, text="Out of capacity")
    answered = web.post(f"/router{CHAT}", json={}, headers=ada)
    assert answered.status_code == status
    assert answered.json()["error"]["message"] == "Out of capacity"
