"""huggingface_hub's own client, called as it is documented, against the sandbox."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from huggingface_hub import HfApi, InferenceClient, constants, set_client_factory
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError
from huggingface_hub.inference._providers import PROVIDERS
from huggingface_hub.utils import _http

from hfadmin import outbound
from hfadmin.sandbox import Clock, Sandbox

BASE = "https://sandbox.test"
CHAT_MODEL = "HuggingFaceTB/SmolLM3-3B"
EMBEDDING_MODEL = "BAAI/bge-small-en-v1.5"
LLAMA = "meta-llama/Llama-3.1-8B-Instruct"


@pytest.fixture
def library(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[HfApi]:
    """The library, pointed at the sandbox."""
    monkeypatch.setattr(constants, "ENDPOINT", BASE)
    monkeypatch.setattr(constants, "INFERENCE_ENDPOINTS_ENDPOINT", f"{BASE}/v2")
    monkeypatch.setattr(constants, "INFERENCE_PROXY_TEMPLATE", f"{BASE}/router/{{provider}}")
    for task in PROVIDERS["hf-inference"].values():
        # It keeps the router that was known when the library's client was first imported.
        monkeypatch.setattr(task, "base_url", f"{BASE}/router/hf-inference")
    before = _http._GLOBAL_CLIENT_FACTORY
    set_client_factory(lambda: outbound.client(follow=[BASE]))
    yield HfApi(endpoint=BASE)
    set_client_factory(before)


@pytest.fixture
def token(sandbox: Sandbox) -> str:
    """A write token of ada, in a Hugging Face with some models and endpoints."""
    sandbox.add_user("ada")
    sandbox.add_organization("acme", members={"ada": "admin"})
    sandbox.add_model(CHAT_MODEL, providers=["hf-inference"], safetensors={"BF16": 3_000_000_000})
    sandbox.add_model(
        EMBEDDING_MODEL,
        pipeline_tag="feature-extraction",
        providers=["hf-inference"],
        tags=("feature-extraction",),
        dimension=384,
    )
    sandbox.add_model(LLAMA, gated="manual", granted_to=["ada"], providers={"novita": "live"})
    return sandbox.add_token("ada", role="write")


def client(token: str, **where: Any) -> Any:
    return InferenceClient(api_key=token, **where)


def test_whoami_tells_the_owner_and_the_organizations(library: HfApi, token: str) -> None:
    identity = library.whoami(token=token)
    assert identity["name"] == "ada"
    assert [(org["name"], org["roleInOrg"]) for org in identity["orgs"]] == [("acme", "admin")]
    assert identity["auth"]["accessToken"]["role"] == "write"


def test_an_unknown_token_is_refused(library: HfApi, token: str) -> None:
    with pytest.raises(HfHubHTTPError, match="Invalid user token"):
        library.whoami(token="hf_" + "0" * 34)


def test_models_are_found_by_words_task_and_provider(library: HfApi, token: str) -> None:
    found = library.list_models(
        search="smol",
        pipeline_tag="text-generation",
        inference_provider="hf-inference",
        sort="trending_score",
        limit=5,
        token=token,
    )
    assert [model.id for model in found] == [CHAT_MODEL]


def test_a_listing_is_read_page_by_page(library: HfApi, sandbox: Sandbox, token: str) -> None:
    for number in range(1001):
        sandbox.add_model(f"many/model-{number}")
    assert len(list(library.list_models(author="many", token=token))) == 1001


def test_model_info_expands_what_was_asked(library: HfApi, token: str) -> None:
    info = library.model_info(
        CHAT_MODEL,
        expand=["inference", "inferenceProviderMapping", "pipeline_tag", "gated", "safetensors"],
        token=token,
    )
    assert info.inference == "warm"
    assert info.inference_provider_mapping is not None
    assert [(m.provider, m.status) for m in info.inference_provider_mapping] == [
        ("hf-inference", "live")
    ]
    assert info.safetensors is not None
    assert info.safetensors.total == 3_000_000_000
    assert info.downloads is None


def test_a_renamed_repository_is_found_under_its_new_name(
    library: HfApi, sandbox: Sandbox, token: str
) -> None:
    sandbox.add_model("openai-community/gpt2", renamed_from=["gpt2"])
    assert library.model_info("gpt2", expand=["gated"]).id == "openai-community/gpt2"


def test_gated_private_and_missing_repositories_are_told_apart(
    library: HfApi, sandbox: Sandbox, token: str
) -> None:
    sandbox.add_model("acme/secret", private=True)
    sandbox.add_user("eve")
    outsider = sandbox.add_token("eve", role="write")
    assert library.model_info(LLAMA, token=token).gated == "manual"
    assert library.model_info("acme/secret", token=token).private
    assert library.model_info(LLAMA, token=outsider).gated == "manual"
    with pytest.raises(GatedRepoError):
        library.auth_check(LLAMA, token=outsider)
    with pytest.raises(RepositoryNotFoundError):
        library.model_info("acme/secret", token=outsider)
    with pytest.raises(RepositoryNotFoundError):
        library.model_info("acme/secret", token=False)
    with pytest.raises(RepositoryNotFoundError):
        library.model_info("acme/none", token=token)


def test_an_endpoint_lives_from_creation_to_deletion(
    library: HfApi, clock: Clock, token: str
) -> None:
    made = library.create_inference_endpoint(
        "llama-new",
        namespace="acme",
        repository=LLAMA,
        framework="pytorch",
        task="text-generation",
        accelerator="gpu",
        vendor="aws",
        region="us-east-1",
        type="authenticated",
        instance_type="nvidia-l4",
        instance_size="x1",
        min_replica=0,
        max_replica=2,
        scale_to_zero_timeout=15,
        token=token,
    )
    assert (made.status, made.url) == ("pending", None)
    clock.advance(10)
    assert made.fetch().status == "initializing"
    clock.advance(60)
    assert made.fetch().status == "running"
    assert made.url is not None
    assert made.pause().status == "paused"
    assert made.resume().status == "pending"
    clock.advance(70)
    assert made.scale_to_zero().status == "scaledToZero"
    made.delete()
    with pytest.raises(HfHubHTTPError, match="not found"):
        library.get_inference_endpoint("llama-new", namespace="acme", token=token)


def test_endpoints_are_listed_by_namespace(library: HfApi, sandbox: Sandbox, token: str) -> None:
    sandbox.add_endpoint("acme", "llama-prod")
    sandbox.add_endpoint("ada", "llama-mine", state="paused")
    listed = library.list_inference_endpoints(namespace="acme", token=token)
    assert [(endpoint.name, endpoint.status) for endpoint in listed] == [("llama-prod", "running")]


def test_hardware_comes_with_prices_and_quota(library: HfApi, sandbox: Sandbox, token: str) -> None:
    sandbox.add_endpoint("acme", "llama-prod", instance_type="nvidia-l4", instance_size="x4")
    found = library.list_inference_endpoints_hardware(namespace="acme", token=token)
    prices = {hardware.id: hardware.price_per_hour for hardware in found}
    assert prices["aws-us-east-1-nvidia-l4-x1"] == 0.8
    assert {h.used_accelerators for h in found if h.instance_type == "nvidia-l4"} == {4}


def test_hosted_chat_answers_whole_and_streamed(library: HfApi, token: str) -> None:
    chat = client(token, base_url=f"{BASE}/router/v1").chat_completion
    messages = [{"role": "user", "content": "Who are you?"}]
    whole = chat(messages, model=LLAMA).choices[0].message.content
    streamed = chat(messages, model=f"{LLAMA}:fastest", stream=True)
    assert "Who are you?" in whole
    assert "".join(chunk.choices[0].delta.content or "" for chunk in streamed) == whole


def test_hosted_generation_answers_whole_and_streamed(library: HfApi, token: str) -> None:
    generate = client(token, provider="hf-inference").text_generation
    whole = generate("Who are you?", model=CHAT_MODEL)
    assert "Who are you?" in whole
    assert "".join(generate("Who are you?", model=CHAT_MODEL, stream=True)) == whole


def test_hosted_feature_extraction_gives_a_vector(library: HfApi, token: str) -> None:
    extract = client(token, provider="hf-inference").feature_extraction
    assert extract("hello world", model=EMBEDDING_MODEL).shape == (384,)


@pytest.mark.parametrize("engine", ["tgi", "vLLM", "sGLang", "llamacpp"])
def test_a_deployed_model_chats_whole_and_streamed(
    library: HfApi, sandbox: Sandbox, token: str, engine: str
) -> None:
    endpoint = sandbox.add_endpoint("acme", "chatty", engine=engine, repository=LLAMA)
    chat = client(token, base_url=f"{endpoint.url_when_deployed}/v1").chat_completion
    messages = [{"role": "user", "content": "Who are you?"}]
    whole = chat(messages, model=LLAMA).choices[0].message.content
    streamed = chat(messages, model=LLAMA, stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in streamed) == whole


def test_deployed_generation_answers_whole_and_streamed(
    library: HfApi, sandbox: Sandbox, token: str
) -> None:
    endpoint = sandbox.add_endpoint("acme", "native", engine="tgi")
    generate = client(token, model=endpoint.url_when_deployed).text_generation
    whole = generate("Who are you?")
    assert "Who are you?" in whole
    assert "".join(generate("Who are you?", stream=True)) == whole
    assert generate("Who are you?", details=True).details.finish_reason == "eos_token"


def test_the_toolkit_generates_text_to_text(library: HfApi, sandbox: Sandbox, token: str) -> None:
    endpoint = sandbox.add_endpoint(
        "acme",
        "flan-t5",
        engine="huggingface",
        task="text2text-generation",
        repository="google/flan-t5-xl",
    )
    generated = client(token, model=endpoint.url_when_deployed).text_generation("Who are you?")
    assert "Who are you?" in generated


def test_a_deployed_embedding_model_gives_vectors(
    library: HfApi, sandbox: Sandbox, token: str
) -> None:
    endpoint = sandbox.add_endpoint(
        "acme", "bge-small", engine="tei", task="feature-extraction", repository=EMBEDDING_MODEL
    )
    extract = client(token, model=endpoint.url_when_deployed).feature_extraction
    assert extract("hello world").shape == (1, 384)


def test_no_request_leaves_the_configured_hosts(
    library: HfApi, sandbox: Sandbox, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every kind of call in one go, with a token in the environment that nobody asked for."""
    monkeypatch.setenv("HF_TOKEN", "hf_" + "e" * 34)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_IMPLICIT_TOKEN", True)
    endpoint = sandbox.add_endpoint("acme", "native", engine="tgi")
    library.whoami(token=token)
    list(library.list_models(search="llama", limit=3, token=False))
    library.model_info(CHAT_MODEL, expand=["gated"], token=False)
    library.list_inference_endpoints(namespace="acme", token=token)
    library.list_inference_endpoints_hardware(namespace="acme", token=token)
    messages = [{"role": "user", "content": "Hi"}]
    client(token, base_url=f"{BASE}/router/v1").chat_completion(messages, model=LLAMA)
    client(token, provider="hf-inference").feature_extraction("Hi", model=EMBEDDING_MODEL)
    client(token, model=endpoint.url_when_deployed).text_generation("Hi")

    hosts = {urlsplit(request.url).hostname for request in sandbox.requests}
    assert hosts == {"sandbox.test", urlsplit(endpoint.url_when_deployed).hostname}
    assert {request.bearer for request in sandbox.requests} == {token, None}


def test_a_request_to_another_host_is_seen(library: HfApi, sandbox: Sandbox) -> None:
    with httpx2.Client(transport=httpx2.WSGITransport(app=sandbox)) as stray:
        assert stray.get("https://router.huggingface.co/v1/models").status_code == 421
    assert [request.host for request in sandbox.requests] == ["router.huggingface.co"]
