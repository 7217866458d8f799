"""What is read of a model's repository before it is deployed."""

import json
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfadmin.sandbox import Sandbox
from hfadmin.sandbox.entities import commit_id
from hfadmin.sandbox.seed.configs import CONFIGS
from hfadmin.vault import Secret
from providers.huggingface import client, config, hub_models, model_shapes
from providers.huggingface.errors import HuggingFaceError, Kind
from providers.huggingface.repository_names import repository_of
from providers.huggingface.types import ModelShape, RepositoryFile
from tests.providers.huggingface.conftest import LLAMA
from tests.providers.huggingface.test_items import answered_with

FLAN = "google/flan-t5-xl"


def refused_by(call: Any) -> HuggingFaceError:
    with pytest.raises(HuggingFaceError) as refused:
        call()
    return refused.value


def test_a_model_tells_its_commit_library_and_licence(hub: Sandbox, token: Secret) -> None:
    hub.add_model("acme/m", tags=("license:apache-2.0",), gguf={"architecture": "llama"})
    found = client.model("acme/m", token=token)
    assert (found.sha, found.library) == (commit_id("acme/m"), "transformers")
    assert (found.licence, found.gguf_architecture) == ("apache-2.0", "llama")
    assert found.last_modified is not None


def test_a_licence_that_no_tag_tells_may_stand_in_the_card() -> None:
    found = hub_models.model_details({"id": "a/b", "cardData": {"license": "mit"}}, "a/b")
    assert found.licence == "mit"


def test_a_model_is_read_at_its_revision_and_one_that_is_missing_is_told(
    hub: Sandbox, token: Secret
) -> None:
    assert client.model(FLAN, token=token, revision=commit_id(FLAN)).sha == commit_id(FLAN)
    assert hub.requests[-1].path == f"/api/models/{FLAN}/revision/{commit_id(FLAN)}"
    for call in (client.model, client.repository_files, client.model_config):
        error = refused_by(lambda call=call: call(FLAN, token=token, revision="refs/pr/7"))
        assert error.kind is Kind.MODEL_NOT_FOUND
        assert error.diagnosis.params["reason"] == "revision"
        assert "refs/pr/7" in error.diagnosis.explain().what


@pytest.mark.parametrize("revision", ["..", "a/../b", "a b", "-x", "a?b", "a" * 200, "é"])
def test_a_revision_that_cannot_be_one_is_not_asked_for(
    hub: Sandbox, token: Secret, revision: str
) -> None:
    for call in (client.model, client.repository_files, client.model_config):
        error = refused_by(lambda call=call: call(FLAN, token=token, revision=revision))
        assert error.diagnosis.params["reason"] == "revision"
    assert not hub.requests


def test_a_search_tells_sizes_only_where_it_is_asked_for(hub: Sandbox) -> None:
    counts, gguf = {"BF16": 8_030_261_248}, {"total": 8, "architecture": "llama"}
    hub.add_model("acme/sized", safetensors=counts, gguf=gguf, tags=("license:mit",))
    (plain,) = client.search_models("sized")
    (sized,) = client.search_models("sized", with_sizes=True)
    assert (plain.parameters, plain.gguf_architecture, plain.licence) == ({}, "", "mit")
    assert (sized.parameters, sized.gguf_architecture) == (counts, "llama")
    assert (plain.gguf_parameters, sized.gguf_parameters) == (None, 8)


def test_the_files_of_a_repository_are_those_with_weights_and_its_config(
    hub: Sandbox, token: Secret
) -> None:
    hub.add_model("acme/m", config={"a": 1}, safetensors={"BF16": 3_000_000_000})
    hub.add_model("acme/g", files={"m-Q4_K_M.gguf": 2_019_377_696, "notes.txt": 3})
    assert client.repository_files("acme/m", token=token) == (
        RepositoryFile("config.json", 8),
        RepositoryFile("model-00001-of-00002.safetensors", 5_000_000_000),
        RepositoryFile("model-00002-of-00002.safetensors", 1_000_000_000),
    )
    assert client.repository_files("acme/g") == (RepositoryFile("m-Q4_K_M.gguf", 2_019_377_696),)


def test_of_thousands_of_files_five_hundred_are_kept(hub: Sandbox) -> None:
    hub.add_model("acme/g", files={f"{number}.gguf": 1 for number in range(3_000)})
    assert len(client.repository_files("acme/g")) == 500


@pytest.mark.parametrize("odd", [None, 7, "x", [], {}, {"type": "file"}, {"type": "directory"}])
def test_an_odd_file_loses_no_other(hub: Sandbox, odd: Any) -> None:
    sized = {"type": "file", "path": "m.gguf", "size": 135, "lfs": {"size": 9}}
    unsized = {"type": "file", "path": "n.gguf", "size": -1, "lfs": odd}
    answered_with(json.dumps([odd, sized, unsized]))
    assert client.repository_files("acme/g") == (
        RepositoryFile("m.gguf", 9),
        RepositoryFile("n.gguf", None),
    )


def test_the_config_tells_the_shape_of_the_model(hub: Sandbox, token: Secret) -> None:
    hub.add_model("acme/m", config=CONFIGS[LLAMA])
    found = client.model_config("acme/m", token=token)
    assert found == ModelShape(
        layers=32,
        kv_heads=8,
        head_size=128,
        context_length=131072,
        dtype="bfloat16",
        architecture="LlamaForCausalLM",
        model_type="llama",
    )


def test_a_repository_without_a_config_is_no_error(hub: Sandbox, token: Secret) -> None:
    assert client.model_config(FLAN, token=token) is None


def test_a_config_is_found_under_the_new_name_of_a_repository(hub: Sandbox) -> None:
    hub.add_model("acme/new", renamed_from=["acme/old"], config={"n_layer": 12})
    assert client.model_config("acme/old") == ModelShape(layers=12)
    assert client.repository_files("acme/old")
    client.check_access("acme/old")


@pytest.mark.parametrize(
    ("repository", "layers", "kv_heads", "head_size", "context"),
    [
        ("Qwen/Qwen3-14B", 40, 8, 128, 40960),
        ("Qwen/Qwen2.5-7B-Instruct", 28, 4, 128, 32768),
        ("meta-llama/Llama-3.1-405B-Instruct", 126, 8, 128, 131072),
        ("mistralai/Mixtral-8x7B-Instruct-v0.1", 32, 8, 128, 32768),
        ("google/gemma-2-9b-it", 42, 8, 256, 8192),
        ("google/gemma-3-27b-it", 62, 16, 128, None),
        ("microsoft/phi-4", 40, 10, 128, 16384),
        ("openai/gpt-oss-20b", 24, 8, 64, 131072),
        ("tiiuae/falcon-7b-instruct", 32, 1, 64, None),
        ("google/flan-t5-xl", 24, 32, 64, 512),
        ("openai-community/gpt2", 12, 12, 64, 1024),
        ("BAAI/bge-m3", 24, 16, 64, 8194),
    ],
)
def test_every_familys_own_words_are_understood(
    repository: str, layers: int, kv_heads: int, head_size: int, context: int | None
) -> None:
    found = model_shapes.shape(CONFIGS[repository])
    assert (found.layers, found.kv_heads, found.head_size) == (layers, kv_heads, head_size)
    assert found.context_length == context


def test_latent_attention_quantisation_and_windows_are_told() -> None:
    deepseek = model_shapes.shape(CONFIGS["deepseek-ai/DeepSeek-V3-0324"])
    assert (deepseek.latent_rank, deepseek.quantization) == (576, "fp8")
    assert model_shapes.shape(CONFIGS["Qwen/Qwen3-14B-AWQ"]).quantization == "awq"
    assert model_shapes.shape(CONFIGS["google/gemma-3-27b-it"]).sliding_window == 1024
    assert model_shapes.shape(CONFIGS["Qwen/Qwen2-VL-7B-Instruct"]).sliding_window is None


KEYS = sorted({*CONFIGS[LLAMA], "text_config", "kv_lora_rank", "qk_rope_head_dim", "head_dim"})
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, -1, 0, 1.5, 10**30, float("nan"), "", "x" * 999, [], [{}], {}]
)
JSON = st.recursive(
    ODD | st.integers(-1, 10**7),
    lambda inner: st.dictionaries(st.sampled_from([*KEYS, "quant_method"]), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*KEYS, "quantization_config", "sliding_window"]), JSON))
def test_whatever_a_config_holds_is_a_shape_with_sensible_numbers(raw: dict[str, Any]) -> None:
    found = model_shapes.shape(raw)
    for each in fields(found):
        value = getattr(found, each.name)
        assert value is None or (isinstance(value, str) and len(value) <= 250) or value > 0


def test_a_config_that_nests_without_end_is_read_or_fails_in_the_one_way(hub: Sandbox) -> None:
    answered_with('{"text_config":' * 5_000 + "{}" + "}" * 5_000)
    assert refused_by(lambda: client.model_config("acme/m")).kind is Kind.UPSTREAM_MALFORMED
    for body in ("[]", "7", "no JSON"):
        answered_with(body)
        assert refused_by(lambda: client.model_config("acme/m")).kind is Kind.UPSTREAM_MALFORMED


def test_access_is_told_for_open_gated_private_and_missing_repositories(
    hub: Sandbox, token: Secret
) -> None:
    eve = Secret(hub.add_token("eve", role="write"))
    hub.add_model("acme/secret", private=True)
    for repository in (LLAMA, "acme/secret", FLAN):
        client.check_access(repository, token=token)
    for repository, kind in (
        (LLAMA, Kind.MODEL_GATED),
        ("acme/secret", Kind.MODEL_NOT_FOUND),
        ("acme/none", Kind.MODEL_NOT_FOUND),
    ):
        for call in (client.check_access, client.model_config, client.repository_files):
            error = refused_by(lambda call=call, name=repository: call(name, token=eve))
            assert error.kind is kind
            assert error.diagnosis.params["repository"] == repository


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Qwen/Qwen3-8B", ("model", "Qwen/Qwen3-8B")),
        ("  gpt2 ", ("model", "gpt2")),
        ("https://huggingface.co/Qwen/Qwen3-8B", ("model", "Qwen/Qwen3-8B")),
        ("https://huggingface.co/Qwen/Qwen3-8B/", ("model", "Qwen/Qwen3-8B")),
        ("https://huggingface.co/Qwen/Qwen3-8B/tree/main", ("model", "Qwen/Qwen3-8B")),
        ("huggingface.co/Qwen/Qwen3-8B?library=vllm#x", ("model", "Qwen/Qwen3-8B")),
        ("https://hf.co/gpt2", ("model", "gpt2")),
        ("https://HuggingFace.co/gpt2/blob/main/config.json", ("model", "gpt2")),
        ("https://huggingface.co/api/models/Qwen/Qwen3-8B", ("model", "Qwen/Qwen3-8B")),
        ("Qwen/Qwen3-8B/tree/main", ("model", "Qwen/Qwen3-8B")),
        ("https://huggingface.co/datasets/allenai/c4", ("dataset", "allenai/c4")),
        ("https://huggingface.co/datasets/squad/tree/main", ("dataset", "squad")),
        ("datasets/allenai/c4", ("dataset", "allenai/c4")),
        ("https://huggingface.co/spaces/gradio/hello", ("space", "gradio/hello")),
        ("https://sandbox.test/acme/m", ("model", "acme/m")),
        ("https://evil.test/acme/m", ("model", "https://evil.test/acme/m")),
        ("a/b/c", ("model", "a/b/c")),
        ("", ("model", "")),
        ("/", ("model", "/")),
        ("https://huggingface.co/", ("model", "https://huggingface.co/")),
        ("https://huggingface.co/datasets", ("model", "datasets")),
    ],
)
def test_what_is_typed_or_pasted_is_understood_as_a_repository(
    typed: str, found: tuple[str, str]
) -> None:
    assert config.current().hub == "https://sandbox.test"
    assert repository_of(typed) == found
