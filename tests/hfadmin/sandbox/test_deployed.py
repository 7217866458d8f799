"""What the containers behind an endpoint's URL answer, engine by engine."""

import httpx2
import pytest

from hfadmin.sandbox import Sandbox

Headers = dict[str, str]
CHAT = {"messages": [{"role": "user", "content": "Hi"}]}


@pytest.mark.parametrize(
    ("engine", "task", "path", "expected"),
    [
        ("vLLM", "text-generation", "/v1/chat/completions", 200),
        ("vLLM", "text-generation", "/v1/completions", 200),
        ("vLLM", "text-generation", "/", 404),
        ("vLLM", "feature-extraction", "/v1/embeddings", 200),
        ("vLLM", "feature-extraction", "/v1/chat/completions", 400),
        ("tgi", "text-generation", "/", 200),
        ("tgi", "text-generation", "/v1/chat/completions", 200),
        ("tei", "feature-extraction", "/", 200),
        ("tei", "feature-extraction", "/v1/embeddings", 200),
        ("tei", "feature-extraction", "/v1/chat/completions", 404),
        ("huggingface", "text2text-generation", "/", 200),
        ("huggingface", "text2text-generation", "/v1/chat/completions", 404),
        ("huggingface", "feature-extraction", "/", 200),
        ("llamacpp", "text-generation", "/v1/embeddings", 404),
    ],
)
def test_each_engine_has_its_routes(
    sandbox: Sandbox,
    web: httpx2.Client,
    ada: Headers,
    engine: str,
    task: str,
    path: str,
    expected: int,
) -> None:
    endpoint = sandbox.add_endpoint("acme", "model", engine=engine, task=task)
    body = CHAT | {"inputs": "Hi", "input": "Hi"}
    answered = web.post(f"{endpoint.url_when_deployed}{path}", json=body, headers=ada)
    assert answered.status_code == expected


@pytest.mark.parametrize(("engine", "expected"), [("vLLM", 404), ("sGLang", 200), ("tgi", 200)])
def test_only_vllm_insists_on_the_models_name(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers, engine: str, expected: int
) -> None:
    endpoint = sandbox.add_endpoint("acme", "model", engine=engine)
    url = f"{endpoint.url_when_deployed}/v1/chat/completions"
    assert web.post(url, json=CHAT | {"model": "dummy"}, headers=ada).status_code == expected


@pytest.mark.parametrize(("texts", "expected"), [(32, 200), (33, 413)])
def test_tei_takes_no_more_than_32_inputs(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers, texts: int, expected: int
) -> None:
    endpoint = sandbox.add_endpoint("acme", "model", engine="tei", task="feature-extraction")
    answered = web.post(endpoint.url_when_deployed, json={"inputs": ["a"] * texts}, headers=ada)
    assert answered.status_code == expected


@pytest.mark.parametrize(
    ("kind", "expected"), [("public", 200), ("authenticated", 401), ("protected", 401)]
)
def test_only_a_public_endpoint_needs_no_token(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers, kind: str, expected: int
) -> None:
    endpoint = sandbox.add_endpoint("acme", "model", type=kind)
    answered = web.post(f"{endpoint.url_when_deployed}/v1/chat/completions", json=CHAT)
    assert answered.status_code == expected


@pytest.mark.parametrize(("state", "expected"), [("running", 200), ("failed", 503)])
def test_the_health_route_tells_whether_it_serves(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers, state: str, expected: int
) -> None:
    endpoint = sandbox.add_endpoint("acme", "model", state=state, deployed=True)
    answered = web.get(f"{endpoint.url_when_deployed}/health", headers=ada)
    assert answered.status_code == expected


def test_every_answer_says_that_it_is_a_stand_in(sandbox: Sandbox, web: httpx2.Client) -> None:
    for path in ("/api/whoami-v2", "/settings/tokens", "/_sandbox/", "/nowhere"):
        assert web.get(path).headers["x-hfadmin-sandbox"] == "1"


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"text"', b""])
def test_a_body_that_is_no_object_is_the_callers_fault_everywhere(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers, body: bytes
) -> None:
    endpoint = sandbox.add_endpoint("acme", "model", engine="tgi")
    for url in (
        endpoint.url_when_deployed,
        f"{endpoint.url_when_deployed}/v1/chat/completions",
        "/router/v1/chat/completions",
        "/v2/endpoint/acme",
        "/api/credentials/revoke",
        "/_sandbox/clock",
    ):
        assert web.post(url, content=body, headers=ada).status_code in {400, 422}, url
