"""Helpers: counting whoami calls, a model on a token, and the end of a doubt."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from hfadmin.accounts.models import Organization
from hfadmin.live import versions
from hfadmin.sandbox import Sandbox
from providers.tokens.models import AccessToken


def whoamis(hub: Sandbox) -> int:
    return sum(request.path == "/api/whoami-v2" for request in hub.requests)


def live_version(organization: Organization) -> int:
    return versions.current(organization.pk)


def add_model(token: AccessToken, **fields: Any) -> Any:
    hosted = {
        "model_type": "llm",
        "name": "meta-llama/Llama-3.1-8B-Instruct",
        "endpoint_type": "hosted",
        "state": "verified",
    }
    looked = {"looked_version": versions.current(token.organization_id), "had_token": True}
    return token.providermodels.create(organization=token.organization, **hosted | looked | fields)


def let_doubt_lapse(token: AccessToken) -> None:
    """Let the time have come at which a token that was rejected is checked again."""
    token.refresh_from_db()
    past = timezone.now() - timedelta(seconds=1)
    problem = token.problem | {"params": token.problem["params"] | {"until": past.isoformat()}}
    AccessToken.objects.filter(pk=token.pk).update(problem=problem)
