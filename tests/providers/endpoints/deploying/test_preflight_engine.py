"""The preflight of what serves the model."""

import pytest

from hfadmin.accounts.models import Organization
from hfadmin.sandbox import Sandbox
from providers.endpoints.deploying.preflight import State
from providers.tokens.models import AccessToken
from tests.providers.endpoints.deploying.checks import is_doubt, labels_of, line, lines, remedy

GGUF = "bartowski/Llama-3.2-3B-Instruct-GGUF"
EMBEDDING, DIFFUSION = "BAAI/bge-small-en-v1.5", "stabilityai/stable-diffusion-xl-base-1.0"
SEES = "google/gemma-3-27b-it"
RANKS = "BAAI/bge-reranker-v2-m3"
# A button for another engine leaves image, port and health route to that one.
ITS_OWN = {"image": "", "port": "", "health_route": ""}
SPR, INF = "aws/us-east-1/intel-spr/x4", "aws/us-east-1/inf2/x1"


@pytest.mark.parametrize(
    ("engine", "repository", "title"),
    [
        ("vLLM", "Qwen/Qwen3-8B", "vLLM serves its chat route"),
        ("vLLM", SEES, "vLLM serves its chat route"),
        ("vLLM", EMBEDDING, "vLLM serves its embeddings"),
        ("sGLang", "Qwen/Qwen3-8B", "SGLang serves its chat route"),
        ("tgi", "Qwen/Qwen3-8B", "TGI serves its chat route"),
        ("tei", EMBEDDING, "TEI serves its embeddings"),
        ("tei", RANKS, "TEI serves Text Ranking"),
        ("llamacpp", GGUF, "llama.cpp runs its GGUF files"),
        ("huggingface", DIFFUSION, "Hugging Face's own container serves Text-to-Image"),
    ],
)
def test_an_engine_that_serves_the_repository_is_ok(
    acme: Organization, token: AccessToken, engine: str, repository: str, title: str
) -> None:
    shown = line(acme, token, "engine", engine=engine, repository=repository)
    assert (shown.state, shown.title) == (State.OK, title)


@pytest.mark.parametrize(
    ("engine", "repository", "better"),
    [
        ("tei", "Qwen/Qwen3-8B", "vLLM"),
        ("tgi", EMBEDDING, "tei"),
        ("sGLang", EMBEDDING, "tei"),
        ("vLLM", DIFFUSION, "huggingface"),
        ("vLLM", GGUF, "llamacpp"),
        ("huggingface", GGUF, "llamacpp"),
        ("llamacpp", "Qwen/Qwen3-8B", "vLLM"),
    ],
)
def test_an_engine_that_does_not_is_warned_of_with_one_that_does(
    acme: Organization, token: AccessToken, engine: str, repository: str, better: str
) -> None:
    shown = line(acme, token, "engine", engine=engine, repository=repository)
    assert is_doubt(shown)
    assert shown.remedies[0].sets == {"engine": better, **ITS_OWN}
    fixed = line(acme, token, "engine", engine=better, repository=repository)
    assert fixed.state is State.OK


def test_tgi_is_said_to_be_in_maintenance(acme: Organization, token: AccessToken) -> None:
    shown = line(acme, token, "engine", engine="tgi")
    assert "in maintenance" in shown.about
    assert remedy(shown, "Use vLLM").sets == {"engine": "vLLM", **ITS_OWN}


@pytest.mark.parametrize(
    ("engine", "repository"),
    [("custom", "Qwen/Qwen3-8B"), ("vLLM", "some/taskless"), ("huggingface", "some/speech")],
)
def test_what_nobody_can_tell_is_unknown(
    acme: Organization, token: AccessToken, upstream: Sandbox, engine: str, repository: str
) -> None:
    upstream.add_model("some/taskless", pipeline_tag=None)
    upstream.add_model("some/speech", library_name="nemo")
    shown = line(acme, token, "engine", engine=engine, repository=repository)
    assert shown.state is State.UNKNOWN


def test_llamacpp_is_unknown_while_the_files_cannot_be_listed(
    acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    upstream.fault("503", path=f"/api/models/{GGUF}/tree")
    assert line(acme, token, "engine", engine="llamacpp", repository=GGUF).state is State.UNKNOWN


@pytest.mark.parametrize(
    ("engine", "hardware", "fits"),
    [
        ("vLLM", SPR, False),
        ("sGLang", SPR, False),
        ("tei", SPR, True),
        ("tei", INF, False),
        ("vLLM", INF, False),
        ("custom", INF, True),
    ],
)
def test_hardware_for_which_the_engine_is_not_made_is_warned_of(
    acme: Organization, token: AccessToken, engine: str, hardware: str, fits: bool
) -> None:
    shown = lines(acme, token, engine=engine, hardware=hardware)
    assert ("accelerator" not in shown) is fits
    assert fits or is_doubt(shown["accelerator"])


def test_a_task_that_is_not_the_repositorys_is_warned_of(
    acme: Organization, token: AccessToken
) -> None:
    shown = line(acme, token, "task", task="feature-extraction")
    assert is_doubt(shown)
    assert shown.title == "The repository is for Text Generation"
    assert shown.remedies[0].sets == {"task": ""}
    assert "task" not in lines(acme, token, task="")
    embeds = {"repository": "BAAI/bge-m3", "engine": "tei"}
    assert "task" not in lines(acme, token, **embeds, task="feature-extraction")


def test_more_accelerators_for_an_engine_than_a_replica_has_are_warned_of(
    acme: Organization, token: AccessToken
) -> None:
    four = {"hardware": "aws/us-east-1/nvidia-l4/x4"}
    sizes = {"tensor_parallel_size": "2", "data_parallel_size": "2"}
    assert "parallelism" not in lines(acme, token, **four, **sizes)
    shown = line(acme, token, "parallelism", **sizes)
    assert is_doubt(shown)
    assert labels_of(shown) == ["Leave it to the engine"]
    # TGI has no such size.
    assert "parallelism" not in lines(acme, token, engine="tgi", **sizes)


def test_the_image_of_another_engine_is_told_with_a_way_to_the_engines_own(
    acme: Organization, token: AccessToken
) -> None:
    image = {"image": "ghcr.io/huggingface/text-generation-inference:2.0"}
    shown = line(acme, token, "image", engine="vLLM", **image)
    assert is_doubt(shown)
    assert shown.title == "The image is that of TGI"
    assert remedy(shown, "Use vLLM").sets == {"engine": "vLLM", **ITS_OWN}
    assert "image" not in lines(acme, token, engine="tgi", **image)
    assert "image" not in lines(acme, token, engine="vLLM", image="vllm/vllm-openai:v0.1")
