"""The tiny real calls, hosted and at endpoints, and what goes out with any call."""

import pytest

from hfadmin.sandbox import Sandbox
from hfadmin.vault import Secret
from providers.huggingface import client, inference
from providers.huggingface.errors import HuggingFaceError, Kind
from tests.providers.huggingface.endpoint_calls import url_of

LLAMA = "meta-llama/Llama-3.1-8B-Instruct"


@pytest.mark.parametrize("engine", ["vLLM", "tgi", "sGLang", "llamacpp"])
def test_a_chat_at_an_endpoint_is_answered(hub: Sandbox, token: Secret, engine: str) -> None:
    hub.add_endpoint("acme", "chatty", engine=engine, repository=LLAMA)
    url = url_of(token, "chatty")
    result = inference.endpoint_chat(token, url, LLAMA, listed=[url])
    assert result.route == "chat"
    assert result.text
    assert hub.requests[-1].bearer == token.reveal()


@pytest.mark.parametrize(
    ("engine", "task"), [("tgi", "text-generation"), ("huggingface", "text2text-generation")]
)
def test_text_generation_is_answered(hub: Sandbox, token: Secret, engine: str, task: str) -> None:
    hub.add_endpoint("acme", "writer", engine=engine, task=task, repository="google/flan-t5-xl")
    url = url_of(token, "writer")
    result = inference.endpoint_generation(token, url, listed=[url])
    assert result.route == "generation"
    assert result.text


@pytest.mark.parametrize(("engine", "route"), [("tei", "embedding"), ("vLLM", "embeddings")])
def test_an_embedding_has_a_dimension(hub: Sandbox, token: Secret, engine: str, route: str) -> None:
    hub.add_endpoint(
        "acme", "vectors", engine=engine, task="feature-extraction", repository="BAAI/bge-m3"
    )
    url = url_of(token, "vectors")
    result = client.endpoint_embedding(token, url, ["BAAI/bge-m3"], listed=[url])
    assert (result.route, result.dimension) == (route, 1024)


def test_hosted_calls_go_to_the_router_alone(hub: Sandbox, token: Secret) -> None:
    chat = client.hosted_chat(token, LLAMA)
    assert chat.text
    assert client.hosted_embedding(token, "BAAI/bge-m3").dimension == 1024
    assert {request.path.split("/")[1] for request in hub.requests} == {"router"}


def test_token_vectors_are_averaged_to_one_dimension(hub: Sandbox, token: Secret) -> None:
    hub.add_model(
        "acme/raw",
        pipeline_tag="feature-extraction",
        providers=["hf-inference"],
        tags=("no-pooling",),
        dimension=17,
    )
    assert client.hosted_embedding(token, "acme/raw").dimension == 17


def test_text_generation_on_hf_inference_is_answered(hub: Sandbox, token: Secret) -> None:
    hub.add_model("acme/writer", providers={"hf-inference": {"task": "text-generation"}})
    result = client.hosted_generation(token, "acme/writer")
    assert result.route == "generation"
    assert result.text
    assert hub.requests[-1].path == "/router/hf-inference/models/acme/writer"
    with pytest.raises(HuggingFaceError) as error:
        client.hosted_generation(token, "BAAI/bge-m3")
    assert error.value.kind is Kind.MODEL_NOT_SERVED


def test_the_billed_organization_is_named(hub: Sandbox, token: Secret) -> None:
    hub.add_model("acme/writer", providers={"hf-inference": {"task": "text-generation"}})
    client.hosted_chat(token, LLAMA, bill_to="acme")
    client.hosted_generation(token, "acme/writer", bill_to="acme")
    client.hosted_embedding(token, "BAAI/bge-m3", bill_to="acme")
    assert [request.headers["x-hf-bill-to"] for request in hub.requests] == ["acme"] * 3


def test_a_token_of_the_machine_never_goes_out(
    hub: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_machine0000000000000000")
    client.search_models("llama")
    client.model("google/flan-t5-xl")
    assert all(request.bearer is None for request in hub.requests)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("", Kind.TOKEN_MALFORMED),
        ("hf_with space", Kind.TOKEN_MALFORMED),
        ("hf_line\nbreak", Kind.TOKEN_MALFORMED),
        ("hf_ümlaut", Kind.TOKEN_MALFORMED),
        ("hf_" + "x" * 10_000, Kind.TOKEN_MALFORMED),
        ("api_org_abcdefgh", Kind.TOKEN_ORGANIZATION),
    ],
)
def test_what_is_no_token_is_not_sent(hub: Sandbox, value: str, kind: Kind) -> None:
    for ask in (client.whoami, lambda token: client.list_endpoints(token, "acme")):
        with pytest.raises(HuggingFaceError) as error:
            ask(Secret(value))
        assert error.value.kind is kind
    assert not hub.requests


@pytest.mark.parametrize("name", ["..", "../whoami", "a/b", "", "a b", "a%2f", "x?y", "\u202eacme"])
def test_a_name_does_not_lead_to_another_path(hub: Sandbox, token: Secret, name: str) -> None:
    for ask, kind in (
        (lambda: client.list_endpoints(token, name), Kind.NAMESPACE_NOT_FOUND),
        (lambda: client.get_endpoint(token, "acme", name), Kind.ENDPOINT_NOT_FOUND),
        (lambda: client.model(f"{name}/model", token=token), Kind.MODEL_NOT_FOUND),
        (lambda: client.hosted_embedding(token, f"{name}/model"), Kind.MODEL_NOT_FOUND),
    ):
        with pytest.raises(HuggingFaceError) as error:
            ask()
        assert error.value.kind is kind
    assert not hub.requests
