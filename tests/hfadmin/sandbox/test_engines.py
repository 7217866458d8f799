"""By which names, templates and forms each engine answers, and how it refuses."""

import json
from typing import Any

import httpx2
import pytest

from hfadmin.sandbox import Sandbox

Headers = dict[str, str]
CHAT = "/v1/chat/completions"
COMPLETIONS = "/v1/completions"
BODIES: dict[str, dict[str, Any]] = {
    CHAT: {"messages": [{"role": "user", "content": "Hi"}]},
    COMPLETIONS: {"prompt": "Hi"},
    "/": {"inputs": "Hi"},
    "/embeddings": {"input": "Hi"},
    "/v1/embeddings": {"input": "Hi"},
}


@pytest.fixture
def deployed(sandbox: Sandbox, web: httpx2.Client, ada: Headers) -> "Deployed":
    return Deployed(sandbox, web, ada)


class Deployed:
    """An endpoint that is made by `add`, and a client of it."""

    def __init__(self, sandbox: Sandbox, web: httpx2.Client, headers: Headers) -> None:
        self._sandbox, self._web, self._headers = sandbox, web, headers
        self.url = ""

    def add(self, engine: str, **facts: Any) -> "Deployed":
        endpoint = self._sandbox.add_endpoint("acme", "model", engine=engine, **facts)
        self.url = endpoint.url_when_deployed
        return self

    def post(self, path: str, **fields: Any) -> httpx2.Response:
        body = BODIES.get(path, {}) | fields
        return self._web.post(f"{self.url}{path}", json=body, headers=self._headers)

    def get(self, path: str) -> httpx2.Response:
        return self._web.get(f"{self.url}{path}", headers=self._headers, follow_redirects=False)

    def names(self, path: str = "/v1/models") -> list[str]:
        return [model["id"] for model in self.get(path).json()["data"]]


def test_vllm_answers_to_the_names_that_it_serves_and_to_no_other(deployed: Deployed) -> None:
    deployed.add("vLLM", repository="acme/llama", serves=["llama", "fast"])
    assert deployed.names() == ["llama", "fast"]
    assert deployed.post(CHAT, model="fast").json()["model"] == "fast"
    refused = deployed.post(COMPLETIONS, model="acme/llama")
    assert refused.status_code == 404
    assert refused.json()["error"] == {
        "message": "The model `acme/llama` does not exist.",
        "type": "NotFoundError",
        "param": "model",
        "code": 404,
    }


def test_an_engine_serves_the_repository_unless_told_otherwise(deployed: Deployed) -> None:
    assert deployed.add("vLLM", repository="acme/llama").names() == ["acme/llama"]


def test_vllm_says_that_a_model_for_embeddings_does_not_generate(deployed: Deployed) -> None:
    deployed.add("vLLM", task="feature-extraction")
    for path, api in ((CHAT, "Chat Completions API"), (COMPLETIONS, "Completions API")):
        refused = deployed.post(path)
        assert refused.status_code == 400
        assert refused.json()["error"]["message"] == f"The model does not support {api}"


@pytest.mark.parametrize(
    ("engine", "status", "words"),
    [
        (
            "tgi",
            422,
            '{"error":"Template error: template not found","error_type":"template_error"}',
        ),
        ("vLLM", 400, "default chat template is no longer allowed, so you must provide a chat"),
        ("sGLang", 400, "tokenizer.chat_template is not set"),
        ("transformers", 500, "Internal Server Error"),
        ("llamacpp", 200, '"role":"assistant"'),
    ],
)
def test_without_a_template_an_engine_completes_but_seldom_chats(
    deployed: Deployed, engine: str, status: int, words: str
) -> None:
    deployed.add(engine, chat_template=False)
    chatted = deployed.post(CHAT)
    assert chatted.status_code == status
    assert words in chatted.text
    assert deployed.post(COMPLETIONS).status_code == 200


def test_tgi_generates_without_a_template_by_its_own_route(deployed: Deployed) -> None:
    assert "generated_text" in deployed.add("tgi", chat_template=False).post("/").json()[0]


def test_the_last_piece_of_a_chat_brings_nothing_but_the_reason_of_its_end(
    deployed: Deployed,
) -> None:
    *_, last, _ = deployed.add("vLLM").post(CHAT, stream=True).text.split("\n\n")[:-1]
    assert json.loads(last.removeprefix("data: "))["choices"] == [
        {"index": 0, "delta": {}, "finish_reason": "stop"}
    ]


class TestTransformersServe:
    @pytest.fixture(autouse=True)
    def serve(self, deployed: Deployed) -> None:
        deployed.add("transformers", repository="acme/llama", serves=["/repository"])

    def test_it_is_pinned_to_one_name_and_answers_where_none_is_given(
        self, deployed: Deployed
    ) -> None:
        assert deployed.names() == ["/repository"]
        for path in (CHAT, COMPLETIONS):
            refused = deployed.post(path, model="acme/llama")
            assert refused.status_code == 400
            assert refused.json() == {
                "detail": "Server is pinned to '/repository'; requested 'acme/llama'."
            }
            assert deployed.post(path).json()["model"] == "/repository"
            assert deployed.post(path, model="/repository").status_code == 200

    def test_it_looks_at_the_name_before_the_template(
        self, sandbox: Sandbox, deployed: Deployed
    ) -> None:
        sandbox.change_endpoint("acme", "model", chat_template=False)
        assert deployed.post(CHAT, model="acme/llama").status_code == 400
        assert deployed.post(CHAT).headers["content-type"] == "text/plain; charset=utf-8"

    @pytest.mark.parametrize("path", ["/", "/v1/embeddings", "/embeddings"])
    def test_it_has_no_other_routes(self, deployed: Deployed, path: str) -> None:
        absent = deployed.post(path)
        assert (absent.status_code, absent.json()) == (404, {"detail": "Not Found"})

    def test_it_refuses_fields_that_it_does_not_know(self, deployed: Deployed) -> None:
        refused = deployed.post(CHAT, prompt="Hi")
        assert refused.status_code == 422
        assert refused.json() == {"detail": "Unexpected fields in the request: {'prompt'}"}
        assert deployed.post(COMPLETIONS, messages=[]).status_code == 422
        known = {"max_tokens": 2, "stream_options": {"include_usage": True}}
        assert deployed.post(CHAT, **known).status_code == 200

    @pytest.mark.parametrize("path", [CHAT, COMPLETIONS])
    def test_its_streams_end_without_a_word(self, deployed: Deployed, path: str) -> None:
        streamed = deployed.post(path, stream=True).text
        assert streamed.startswith("data: {")
        assert "[DONE]" not in streamed


class TestInfinity:
    def test_its_routes_have_no_prefix(self, deployed: Deployed) -> None:
        deployed.add("infinity", task="feature-extraction", serves=["model"])
        assert deployed.names("/models") == ["model"]
        assert len(deployed.post("/embeddings").json()["data"][0]["embedding"]) == 384
        assert deployed.get("/v1/models").status_code == 404
        assert deployed.post("/v1/embeddings").status_code == 404
        assert deployed.post("/").status_code == 405
        assert deployed.get("/").headers["location"] == "/docs"

    def test_with_one_model_it_takes_any_name(self, deployed: Deployed) -> None:
        deployed.add("infinity", serves=["model"])
        assert deployed.post("/embeddings", model="anything").json()["model"] == "model"

    def test_with_several_it_wants_one_of_theirs(self, deployed: Deployed) -> None:
        deployed.add("infinity", serves=["bge", "minilm"])
        assert deployed.post("/embeddings", model="minilm").json()["model"] == "minilm"
        for asked, named in ({"model": "gte"}, "gte"), ({}, "default/not-specified"):
            refused = deployed.post("/embeddings", **asked)
            assert refused.status_code == 400
            assert refused.json()["error"]["message"] == (
                f"Invalid model: Engine for model name `{named}` not found. "
                "Available model names are ['bge', 'minilm']"
            )


@pytest.mark.parametrize("engine", ["transformers", "infinity"])
def test_the_management_api_knows_ones_own_container_only_as_custom(
    sandbox: Sandbox, web: httpx2.Client, ada: Headers, engine: str
) -> None:
    sandbox.add_endpoint("acme", "model", engine=engine)
    shown = web.get("/v2/endpoint/acme/model", headers=ada).json()
    assert list(shown["model"]["image"]) == ["custom"]
