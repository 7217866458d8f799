"""Creating an endpoint: sent once, and what is refused explains itself."""

from typing import Any

import pytest

from hfadmin.sandbox import Sandbox
from hfadmin.vault import Secret
from providers.huggingface import client
from providers.huggingface.errors import HuggingFaceError, Kind
from tests.providers.huggingface.conftest import LLAMA


def body(**changes: Any) -> dict[str, Any]:
    """Of a creation that is accepted, with changes to its parts."""
    scaling = {"minReplica": 0, "maxReplica": 1, "scaleToZeroTimeout": 60}
    compute = {"accelerator": "gpu", "instanceType": "nvidia-l4", "instanceSize": "x1"}
    whole: dict[str, Any] = {
        "name": "llama-new",
        "type": "authenticated",
        "provider": {"vendor": "aws", "region": "us-east-1"},
        "compute": compute | {"scaling": scaling},
        "model": {
            "repository": LLAMA,
            "revision": None,
            "framework": "pytorch",
            "task": "text-generation",
            "image": {"vLLM": {"port": 8000, "healthRoute": "/health"}},
            "env": {"LOG_LEVEL": "info"},
            "secrets": {"PIN": "s3cret"},
        },
        "tags": ["prod"],
    }
    for part, value in changes.items():
        whole[part] = {**whole[part], **value} if isinstance(value, dict) else value
    return whole


def refusal(token: Secret, namespace: str = "acme", **changes: Any) -> HuggingFaceError:
    with pytest.raises(HuggingFaceError) as refused:
        client.create_endpoint(token, namespace, body(**changes))
    return refused.value


def test_a_creation_is_sent_once_as_it_is_and_comes_back_as_the_endpoint(
    hub: Sandbox, token: Secret
) -> None:
    made = client.create_endpoint(token, "acme", body())
    (sent,) = hub.requests
    assert (sent.method, sent.path, sent.object()) == ("POST", "/v2/endpoint/acme", body())
    assert (made.namespace, made.name, made.state) == ("acme", "llama-new", "pending")
    assert (made.repository, made.engine, made.max_replica) == (LLAMA, "vLLM", 1)
    assert made == client.get_endpoint(token, "acme", "llama-new")
    assert "s3cret" not in repr(made)


@pytest.mark.parametrize("fault", ["500", "malformed", "lost", "429"])
def test_a_creation_is_never_sent_twice(hub: Sandbox, token: Secret, fault: str) -> None:
    hub.fault(fault, method="POST")
    assert refusal(token).kind in {
        Kind.UPSTREAM_ERROR,
        Kind.UPSTREAM_MALFORMED,
        Kind.UNREACHABLE,
        Kind.RATE_LIMITED,
    }
    assert len(hub.requests) == 1


def test_a_name_that_is_taken_is_told_by_name(hub: Sandbox, token: Secret) -> None:
    hub.add_endpoint("acme", "llama-new")
    error = refusal(token)
    assert error.kind is Kind.NAME_TAKEN
    assert error.diagnosis.explain().what == "acme already has an endpoint named llama-new."


def test_any_conflict_in_a_namespace_is_about_the_name(hub: Sandbox, token: Secret) -> None:
    hub.fault("409", method="POST", text="Conflict")
    assert refusal(token).kind is Kind.NAME_TAKEN


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (402, "Your account has no credits left", Kind.CREDITS_EXHAUSTED),
        (403, "Forbidden: acme has used up its credits", Kind.CREDITS_EXHAUSTED),
        (403, "Forbidden: Payment method required for namespace: acme", Kind.PAYMENT_REQUIRED),
        (403, "Forbidden: quota exceeded for nvidia-l4", Kind.QUOTA_EXCEEDED),
        (403, "missing permissions: inference.endpoints.write", Kind.MISSING_PERMISSION),
        (403, "Access to model meta-llama/x is restricted", Kind.MODEL_GATED),
        (400, "Cannot access gated repo for url", Kind.MODEL_GATED),
        (400, "Instance compute 'Gpu' - 'x' in 'aws' not found", Kind.HARDWARE_NOT_FOUND),
        (400, "Instance compute 'Gpu' - 'x' is not available", Kind.HARDWARE_NOT_FOUND),
        (401, "Unauthorized", Kind.NOT_A_MEMBER),
        (404, "Not Found", Kind.NAMESPACE_NOT_FOUND),
    ],
)
def test_each_refusal_of_a_creation_has_its_kind_and_names_what_it_is_about(
    hub: Sandbox, token: Secret, status: int, text: str, kind: Kind
) -> None:
    hub.fault(str(status), method="POST", text=text)
    error = refusal(token)
    assert error.kind is kind
    explained = error.diagnosis.explain()
    assert "…" not in explained.title + explained.what + explained.remedy


def test_without_credits_the_account_is_named_and_where_to_add_them(
    hub: Sandbox, token: Secret
) -> None:
    hub.fault("402", method="POST", text="No credits left")
    explained = refusal(token).diagnosis.explain()
    assert "acme" in explained.what
    assert "billing settings of acme" in explained.remedy


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ("The name must be 4 to 32 lower case letters, digits and hyphens", "name"),
        ("model.image.custom.port must be between 1 and 65535", "port"),
        ("model.image.custom.healthRoute must start with a slash", "healthRoute"),
        ("model.image.custom.url is not valid", "url"),
        ("model.image.custom.credentials: password is missing", "credentials"),
        ("model.image: unknown variant `foo`", "image"),
        ("model.env: 'A B' is not a name of a variable", "env"),
        ("model.secrets: '1=2' is not a name of a variable", "secrets"),
        ("model.command must be a list of strings", "command"),
        ("model.args must be a list of strings", "args"),
        ("model.task is not supported", "task"),
        ("model.repository acme/none not found", "repository"),
        ("model.revision abc not found", "revision"),
        ("compute.instanceType is missing", "instanceType"),
        ("provider.region is unknown", "region"),
        ("Something is not valid", None),
    ],
)
def test_the_value_that_a_creation_is_refused_for_is_named(
    hub: Sandbox, token: Secret, said: str, field: str | None
) -> None:
    hub.fault("400", method="POST", text=said)
    error = refusal(token)
    assert (error.kind, error.diagnosis.params.get("field")) == (Kind.BAD_REQUEST, field)


def test_a_namespace_that_cannot_be_one_is_not_asked_for(hub: Sandbox, token: Secret) -> None:
    assert refusal(token, namespace="../ada").kind is Kind.NAMESPACE_NOT_FOUND
    assert not hub.requests
