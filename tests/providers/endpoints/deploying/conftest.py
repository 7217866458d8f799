"""Fixtures: acme-labs, which Ada may deploy to, with models; and the form as it is sent."""

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from hfadmin.accounts.models import Organization
from hfadmin.sandbox import Sandbox
from hfadmin.sandbox.seed.models import add_models
from providers.tokens import operations as tokens
from providers.tokens.models import AccessToken, Namespace
from tests.factories import stored_token
from tests.providers.endpoints.conftest import look

EVERYTHING = (
    "inference.endpoints.write",
    "inference.endpoints.infer.write",
    "repo.content.read",
)
NAMESPACE, NAME, MODEL = "acme-labs", "qwen3-8b", "Qwen/Qwen3-8B"
L4 = "aws/us-east-1/nvidia-l4/x1"


@pytest.fixture
def token(upstream: Sandbox, acme: Organization) -> AccessToken:
    """Ada's, as its check has left it; acme-labs was looked at through it."""
    add_models(upstream)
    value = upstream.add_token("ada", scopes={NAMESPACE: EVERYTHING}, can_read_gated=True)
    made = stored_token(acme, "ada-deploys", value)
    check(made)
    look(Namespace.objects.get(name=NAMESPACE))
    upstream.requests.clear()
    return made


def check(token: AccessToken) -> None:
    """Check the token now, as a worker does."""
    rows = AccessToken.objects.filter(pk=token.pk)
    lease = rows.take(token.pk)
    assert lease is not None
    tokens.check(token.pk, lease)
    token.refresh_from_db()


def entered(token: AccessToken, **changes: Any) -> dict[str, Any]:
    """What the form sends; a value of None leaves the field out."""
    typed: dict[str, Any] = {
        "form_key": str(uuid4()),
        "repository": MODEL,
        "revision": "",
        "recipe": "",
        "name": NAME,
        "namespace": NAMESPACE,
        "api_token": str(token.pk),
        "hardware": L4,
        "min_replicas": "0",
        "max_replicas": "1",
        "scale_to_zero_minutes": "60",
        "autoscale_by": "hardwareUsage",
        "most_use": "80",
        "auth_type": "authenticated",
        "engine": "vLLM",
        "tags": "chat, eval",
    }
    return {name: value for name, value in (typed | changes).items() if value is not None}


def form_url(organization: Organization) -> str:
    return reverse("deploying:new", args=[organization.slug])


def page_of(organization: Organization, name: str = NAME) -> str:
    return reverse("endpoints:detail", args=[organization.slug, NAMESPACE, name])
