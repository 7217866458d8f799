"""What Hugging Face is sent: the body of the request, as it received it."""

from typing import Any

import pytest
from django.test import Client

from hfadmin.accounts.models import Organization
from hfadmin.sandbox import Sandbox
from providers.endpoints.lifecycle.models import Action, Values
from providers.tokens.models import AccessToken
from tests.providers.endpoints.deploying.conftest import MODEL, NAME, NAMESPACE
from tests.providers.endpoints.deploying.sending import create, errors_of, posts, send

pytestmark = pytest.mark.page

EMBEDDING, GGUF = "BAAI/bge-m3", "bartowski/Llama-3.2-3B-Instruct-GGUF"
FILE = "Llama-3.2-3B-Instruct-Q4_K_M.gguf"
IMAGE = "registry.acme.test/serve:1.2"
CUSTOM = {"engine": "custom", "image": IMAGE}


@pytest.fixture
def body(
    request: pytest.FixtureRequest, as_operator: Client, acme: Organization, upstream: Sandbox
) -> dict[str, Any]:
    """What was sent to create the endpoint of the form with these changes."""
    token: AccessToken = request.getfixturevalue("token")
    action = create(as_operator, acme, token, **request.param)
    assert action.state == Action.State.DONE, action.problem
    (sent,) = posts(upstream)
    assert sent.path == f"/v2/endpoint/{NAMESPACE}"
    assert sent.bearer == token.secret.reveal()
    received: dict[str, Any] = sent.json()
    return received


def test_the_whole_of_it(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    create(as_operator, acme, token)
    assert posts(upstream)[0].json() == {
        "name": NAME,
        "type": "authenticated",
        "provider": {"vendor": "aws", "region": "us-east-1"},
        "compute": {
            "accelerator": "gpu",
            "instanceType": "nvidia-l4",
            "instanceSize": "x1",
            "scaling": {
                "minReplica": 0,
                "maxReplica": 1,
                "scaleToZeroTimeout": 60,
                "measure": {"hardwareUsage": 80},
            },
        },
        "model": {
            "repository": MODEL,
            "framework": "pytorch",
            "task": "text-generation",
            "revision": None,
            "image": {
                "vLLM": {
                    "url": "vllm/vllm-openai:v0.23.0",
                    "healthRoute": "/health",
                    "port": 8000,
                }
            },
            "env": {},
            "secrets": {},
        },
        "tags": ["chat", "eval"],
    }


@pytest.mark.parametrize(
    ("body", "framework", "image"),
    [
        ({"engine": "huggingface"}, "pytorch", {"huggingface": {}}),
        (
            {"engine": "huggingface", "port": "9000", "health_route": "/x"},
            "pytorch",
            {"huggingface": {}},
        ),
        (
            {"engine": "vLLM", "tensor_parallel_size": "2", "data_parallel_size": "4"},
            "pytorch",
            {
                "vLLM": {
                    "url": "vllm/vllm-openai:v0.23.0",
                    "healthRoute": "/health",
                    "port": 8000,
                    "tensorParallelSize": 2,
                    "dataParallelSize": 4,
                }
            },
        ),
        (
            {"engine": "sGLang", "tensor_parallel_size": "2", "data_parallel_size": "4"},
            "pytorch",
            {
                "sGLang": {
                    "url": "lmsysorg/sglang:v0.5.3",
                    "healthRoute": "/health",
                    "port": 8000,
                    "tensorParallelSize": 2,
                    "dataParallelSize": 4,
                }
            },
        ),
        (
            {"engine": "tei", "repository": EMBEDDING, "tensor_parallel_size": "2"},
            "pytorch",
            {
                "tei": {
                    "url": "ghcr.io/huggingface/text-embeddings-inference:1.8",
                    "healthRoute": "/health",
                    "port": 80,
                }
            },
        ),
        (
            {"engine": "tgi", "health_route": "/ping", "port": "3000"},
            "pytorch",
            {
                "tgi": {
                    "url": "ghcr.io/huggingface/text-generation-inference:3.3",
                    "healthRoute": "/ping",
                    "port": 3000,
                }
            },
        ),
        (
            {"engine": "llamacpp", "repository": GGUF, "gguf_file": FILE},
            "llamacpp",
            {
                "llamacpp": {
                    "url": "ghcr.io/ggml-org/llama.cpp:server",
                    "healthRoute": "/health",
                    "port": 8080,
                    "modelPath": FILE,
                }
            },
        ),
        (
            {**CUSTOM, "port": "8080", "health_route": "/ready", "gguf_file": FILE},
            "custom",
            {"custom": {"url": IMAGE, "healthRoute": "/ready", "port": 8080}},
        ),
        (CUSTOM, "custom", {"custom": {"url": IMAGE, "port": 80}}),
        # What was entered for another engine before.
        ({**CUSTOM, "port": "8080", "engine": "huggingface"}, "pytorch", {"huggingface": {}}),
        # And could not have been sent for that one either.
        (
            {"engine": "huggingface", "image": "a b", "port": "x", "health_route": "x"}
            | {"tensor_parallel_size": "0", "registry_username": "x" * 999, "most_requests": "x"},
            "pytorch",
            {"huggingface": {}},
        ),
    ],
    indirect=["body"],
)
def test_the_image_of_each_engine(
    body: dict[str, Any], framework: str, image: dict[str, Any]
) -> None:
    assert body["model"]["image"] == image
    assert body["model"]["framework"] == framework


@pytest.mark.parametrize(
    "body",
    [
        {
            **CUSTOM,
            "command": "python -m serve",
            "args": "--max-model-len 8192 --name 'two words'",
            "registry_username": "robot",
            "registry_password": "canary-of-registry",
        }
    ],
    indirect=True,
)
def test_a_container_of_ones_own_with_what_it_is_started_with(body: dict[str, Any]) -> None:
    model = body["model"]
    assert model["command"] == ["python", "-m", "serve"]
    assert model["args"] == ["--max-model-len", "8192", "--name", "two words"]
    credentials = {"username": "robot", "password": "canary-of-registry"}
    assert model["image"] == {"custom": {"url": IMAGE, "port": 80, "credentials": credentials}}


@pytest.mark.parametrize(
    "body", [{"registry_username": "robot", "registry_password": "x"}], indirect=True
)
def test_only_a_container_of_ones_own_has_a_registry(body: dict[str, Any]) -> None:
    assert "credentials" not in body["model"]["image"]["vLLM"]


@pytest.mark.parametrize(
    "body",
    [
        {
            "env_name": [" LOG_LEVEL ", "EMPTY", ""],
            "env_value": ["debug", "", ""],
            "secrets_name": ["API_KEY"],
            "secrets_value": [" canary with spaces "],
        }
    ],
    indirect=True,
)
def test_variables_and_secrets_as_they_were_typed(body: dict[str, Any]) -> None:
    assert body["model"]["env"] == {"LOG_LEVEL": "debug", "EMPTY": ""}
    assert body["model"]["secrets"] == {"API_KEY": " canary with spaces "}
    assert not Values.objects.exists()


@pytest.mark.parametrize(
    ("body", "scaling"),
    [
        (
            {"min_replicas": "1", "max_replicas": "3", "scale_to_zero_minutes": ""},
            {"minReplica": 1, "maxReplica": 3, "scaleToZeroTimeout": None},
        ),
        (
            {"autoscale_by": "pendingRequests", "most_requests": "1.5"},
            {"measure": {"pendingRequests": 1.5}},
        ),
        ({"autoscale_by": "hardwareUsage", "most_use": "65"}, {"measure": {"hardwareUsage": 65}}),
    ],
    indirect=["body"],
)
def test_the_scaling(body: dict[str, Any], scaling: dict[str, Any]) -> None:
    sent = body["compute"]["scaling"]
    assert {name: sent[name] for name in scaling} == scaling


@pytest.mark.parametrize("body", [{"autoscale_by": "", "most_use": ""}], indirect=True)
def test_without_a_measure_none_is_sent(body: dict[str, Any]) -> None:
    assert "measure" not in body["compute"]["scaling"]


@pytest.mark.parametrize(
    ("body", "task", "revision"),
    [
        ({"task": "feature-extraction"}, "feature-extraction", None),
        ({"repository": EMBEDDING, "engine": "tei"}, "sentence-similarity", None),
        ({"revision": "main"}, "text-generation", "main"),
    ],
    indirect=["body"],
)
def test_the_task_is_that_of_the_repository_unless_another_is_chosen(
    body: dict[str, Any], task: str, revision: str | None
) -> None:
    assert body["model"]["task"] == task
    assert body["model"]["revision"] == revision


def test_a_task_that_nobody_knows_is_left_out(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    upstream.add_model("acme/untagged", pipeline_tag=None)
    create(as_operator, acme, token, repository="acme/untagged")
    assert "task" not in posts(upstream)[0].json()["model"]


@pytest.mark.parametrize("body", [{"repository": "gpt2", "tags": " a ,a, ,b "}], indirect=True)
def test_a_renamed_repository_is_deployed_under_its_new_name(body: dict[str, Any]) -> None:
    assert body["model"]["repository"] == "openai-community/gpt2"
    assert body["tags"] == ["a", "b"]


def test_a_public_endpoint_is_confirmed_first(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    answer = send(as_operator, acme, token, auth_type="public")
    assert answer.status_code == 422
    assert list(errors_of(answer)) == ["public_confirmed"]
    assert not Action.objects.exists()
    create(as_operator, acme, token, auth_type="public", public_confirmed="on")
    assert posts(upstream)[0].json()["type"] == "public"
