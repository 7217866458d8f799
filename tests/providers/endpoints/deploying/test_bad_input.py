"""What cannot be: told at its field, with the form as it was typed, and nothing asked for."""

from typing import Any

import pytest
from django.test import Client

from hfadmin.accounts.models import Organization, User
from hfadmin.sandbox import Sandbox
from hfadmin.sandbox.hostile_strings import STRINGS
from providers.endpoints.lifecycle.models import Action
from providers.tokens.models import AccessToken, Namespace
from tests.factories import stored_token
from tests.providers.endpoints.deploying.conftest import (
    EVERYTHING,
    NAMESPACE,
    check,
    entered,
    form_url,
)
from tests.providers.endpoints.deploying.sending import create, errors_of, made, posts, send

pytestmark = pytest.mark.page

TOKEN = "hf_" + "Misplaced1" * 3 + "wxyz"
OVERRIDE, EMOJI, NULL = "a\u202eb", "\U0001f525" * 10_000, "a\x00b"
CUSTOM = {"engine": "custom", "image": "registry.acme.test/serve:1"}
# What is typed, and the field at which it is told.
BAD: list[tuple[dict[str, Any], str]] = [
    *(({"name": name}, "name") for name in ("", "Llama", "abc", "a" * 33, "-llama", "llama-")),
    *(({"name": name}, "name") for name in ("llama 8b", "lläma", "llama_8b", OVERRIDE, NULL)),
    *(({"name": name}, "name") for name in (EMOJI, "../x", "a/bcd")),
    *(({**CUSTOM, "port": port}, "port") for port in ("0", "99999", "x", "-1", "80.5", "9" * 500)),
    *(({"health_route": route}, "health_route") for route in ("health", "/a b", "/é", "/" * 999)),
    ({**CUSTOM, "image": ""}, "image"),
    *(({**CUSTOM, "image": image}, "image") for image in ("a b", "x" * 9_000, OVERRIDE)),
    ({"command": "serve 'open"}, "command"),
    ({"args": "x " * 150}, "args"),
    ({"args": "x" * 3_999 + " y" * 10}, "args"),
    ({"tensor_parallel_size": "0"}, "tensor_parallel_size"),
    ({"data_parallel_size": "65"}, "data_parallel_size"),
    ({"engine": "ollama"}, "engine"),
    ({"engine": ""}, "engine"),
    ({"engine": None}, "engine"),
    ({"task": "cooking"}, "task"),
    ({"auth_type": "everybody"}, "auth_type"),
    ({"revision": "a b"}, "revision"),
    ({"revision": "no-such-branch"}, "revision"),
    ({"revision": EMOJI}, "revision"),
    ({"recipe": "no-such-recipe"}, "recipe"),
    ({"min_replicas": "2"}, "max_replicas"),
    ({"min_replicas": "1"}, "min_replicas"),
    ({"min_replicas": ""}, "min_replicas"),
    ({"min_replicas": "-1"}, "min_replicas"),
    ({"max_replicas": "101"}, "max_replicas"),
    ({"max_replicas": "many"}, "max_replicas"),
    ({"scale_to_zero_minutes": "14"}, "scale_to_zero_minutes"),
    ({"scale_to_zero_minutes": "2881"}, "scale_to_zero_minutes"),
    ({"autoscale_by": "moon"}, "autoscale_by"),
    ({"autoscale_by": "hardwareUsage", "most_use": ""}, "most_use"),
    ({"autoscale_by": "hardwareUsage", "most_use": "nan"}, "most_use"),
    ({"autoscale_by": "pendingRequests", "most_requests": "inf"}, "most_requests"),
    ({"tags": "x" * 2_000}, "tags"),
    ({"tags": ",".join(map(str, range(60)))}, "tags"),
    ({"env_name": ["A=B"], "env_value": ["1"]}, "env"),
    ({"env_name": ["A B"], "env_value": ["1"]}, "env"),
    ({"env_name": ["1A"], "env_value": ["1"]}, "env"),
    ({"env_name": [""], "env_value": ["1"]}, "env"),
    ({"env_name": ["A", "A"], "env_value": ["1", "2"]}, "env"),
    ({"env_name": ["A"], "env_value": ["x" * 33_000]}, "env"),
    ({"env_name": ["A"], "env_value": [NULL]}, "env"),
    ({"env_name": ["A"], "env_value": [TOKEN]}, "env"),
    ({"env_name": [OVERRIDE], "env_value": ["1"]}, "env"),
    (
        {
            "env_name": ["A"],
            "env_value": ["1"],
            "secrets_name": ["A"],
            "secrets_value": ["canary"],
        },
        "env",
    ),
    ({"env_name": [f"A{n}" for n in range(500)], "env_value": ["1"] * 500}, "env"),
    ({"secrets_name": ["A B"], "secrets_value": ["1"]}, "secrets"),
    ({"secrets_name": ["A"], "secrets_value": [""]}, "secrets"),
    ({"secrets_name": ["A"], "secrets_value": [NULL]}, "secrets"),
    ({"secrets_name": [TOKEN], "secrets_value": ["1"]}, "secrets"),
    ({**CUSTOM, "registry_password": NULL}, "registry_password"),
    ({**CUSTOM, "registry_password": "x" * 50_000}, "registry_password"),
    ({**CUSTOM, "registry_username": "x" * 300}, "registry_username"),
    ({"form_key": "x"}, "form_key"),
    ({"form_key": None}, "form_key"),
    ({"hardware": ""}, "hardware"),
    ({"hardware": "azure/us-east-1/nvidia-l4/x1"}, "hardware"),
    ({"hardware": "aws/us-east-1/nvidia-l4/x99"}, "hardware"),
    ({"hardware": EMOJI}, "hardware"),
    ({"namespace": "somebody-else"}, "namespace"),
    ({"namespace": ""}, "namespace"),
    ({"api_token": "1"}, "api_token"),
    ({"api_token": ""}, "api_token"),
    ({"repository": ""}, "repository"),
    ({"repository": "a b c"}, "repository"),
    ({"repository": "Qwen/no-such-model"}, "repository"),
    ({"repository": "https://huggingface.co/datasets/squad"}, "repository"),
    ({"repository": "https://huggingface.co/spaces/acme/demo"}, "repository"),
    ({"repository": "https://evil.test/Qwen/Qwen3-8B"}, "repository"),
    ({"repository": OVERRIDE}, "repository"),
    ({"repository": EMOJI}, "repository"),
    ({"repository": "../../api/whoami-v2"}, "repository"),
    ({"repository": TOKEN}, "repository"),
    ({"repository": "acme/support-bot-v3"}, "repository"),  # private
    ({"engine": "llamacpp"}, "gguf_file"),
    ({"engine": "llamacpp", "gguf_file": "../../etc/passwd.gguf"}, "gguf_file"),
    ({"engine": "llamacpp", "gguf_file": "/weights.gguf"}, "gguf_file"),
    ({"engine": "llamacpp", "gguf_file": f"{OVERRIDE}.gguf"}, "gguf_file"),
    ({"engine": "llamacpp", "gguf_file": "weights.bin"}, "gguf_file"),
    ({"tags": NULL}, "tags"),
    ({"args": NULL}, "args"),
]


@pytest.mark.parametrize(("typed", "field"), BAD)
def test_it_is_told_at_its_field(
    typed: dict[str, Any],
    field: str,
    as_operator: Client,
    acme: Organization,
    token: AccessToken,
    upstream: Sandbox,
) -> None:
    answer = send(as_operator, acme, token, **{"args": "--as --typed", **typed})
    assert answer.status_code == 422, answer.content.decode()[:500]
    assert field in errors_of(answer), errors_of(answer)
    assert answer.context["form"][field].errors
    assert not Action.objects.exists()
    assert posts(upstream) == []
    html = answer.content.decode()
    assert TOKEN not in html
    assert "args" in typed or "--as --typed" in html
    parts: Any = as_operator.post(f"{form_url(acme)}summary/", entered(token, **typed))
    assert parts.status_code == 200
    assert TOKEN not in parts.content.decode()


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("https://huggingface.co/Qwen/Qwen3-8B", "Qwen/Qwen3-8B"),
        (" Qwen/Qwen3-8B ", "Qwen/Qwen3-8B"),
        ("https://huggingface.co/Qwen/Qwen3-8B/tree/main", "Qwen/Qwen3-8B"),
        ("gpt2", "openai-community/gpt2"),
    ],
)
def test_a_pasted_address_and_an_old_name_are_understood(
    typed: str,
    name: str,
    as_operator: Client,
    acme: Organization,
    token: AccessToken,
    upstream: Sandbox,
) -> None:
    create(as_operator, acme, token, repository=typed)
    assert posts(upstream)[0].json()["model"]["repository"] == name
    assert Action.objects.get().state == Action.State.DONE


@pytest.mark.parametrize("text", [text for text in STRINGS if text.isprintable()][:40])
def test_hostile_values_arrive_as_they_are_and_break_no_page(
    text: str, as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    changes = {"env_name": ["A"], "env_value": [text], "tags": "", "secrets_name": ["B"]}
    answer = send(as_operator, acme, token, **changes, secrets_value=[text])
    assert answer.status_code in {303, 422}
    assert "<script>alert" not in answer.content.decode()


def test_a_namespace_of_another_organization_cannot_be_chosen(
    as_operator: Client, acme: Organization, token: AccessToken, outsider: User, upstream: Sandbox
) -> None:
    umbrella = outsider.memberships.get().organization
    upstream.add_organization("umbrella-labs", members={"ada": "admin"})
    value = upstream.add_token("ada", scopes={"umbrella-labs": EVERYTHING})
    theirs = stored_token(umbrella, "theirs", value)
    check(theirs)
    assert Namespace.objects.filter(organization=umbrella, name="umbrella-labs").exists()
    answer = send(as_operator, acme, token, namespace="umbrella-labs", api_token=str(theirs.pk))
    assert {"namespace", "api_token"} <= errors_of(answer).keys()
    answer = send(as_operator, acme, token, api_token=str(theirs.pk))
    assert list(errors_of(answer)) == ["api_token"]
    assert "umbrella" not in answer.content.decode().replace("umbrella-labs", "", 1)
    assert posts(upstream) == []


def test_a_token_that_may_not_manage_there_cannot_be_chosen(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    value = upstream.add_token("ada", scopes={NAMESPACE: ["inference.endpoints.infer.write"]})
    weak = stored_token(acme, "weak", value)
    check(weak)
    answer = send(as_operator, acme, token, api_token=str(weak.pk))
    assert list(errors_of(answer)) == ["api_token"]


def test_hardware_of_another_namespace_cannot_be_typed_in(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    other = Namespace.objects.create(organization=acme, name="elsewhere", kind="org")
    other.hardware.create(
        vendor="aws",
        region="mars-1",
        accelerator="gpu",
        instance_type="nvidia-l4",
        instance_size="x1",
        status="available",
    )
    answer = send(as_operator, acme, token, hardware="aws/mars-1/nvidia-l4/x1")
    assert list(errors_of(answer)) == ["hardware"]
    assert made(upstream) is None


def test_a_private_repository_that_the_token_reads_is_deployed(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    upstream.add_model(f"{NAMESPACE}/secret-bot", private=True, safetensors={"BF16": 10**9})
    create(as_operator, acme, token, repository=f"{NAMESPACE}/secret-bot")
    assert Action.objects.get().state == Action.State.DONE
