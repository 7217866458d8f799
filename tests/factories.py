"""Factories of rows: a stored token, a model on an endpoint, heartbeats."""

from django.utils import timezone

from hfadmin.accounts.models import Organization
from hfadmin.background import heartbeats
from hfadmin.background.models import Heartbeat
from hfadmin.vault import Secret, fingerprint
from providers.catalog.models import ProviderModel
from providers.endpoints.models import Endpoint
from providers.tokens.models import AccessToken


def stored_token(
    organization: Organization, name: str, value: str, **fields: object
) -> AccessToken:
    """Create a token with an encrypted `value`, which is not due for a check."""
    secret = Secret(value)
    fields = {"last_four": secret.last_four, "next_check_at": None, **fields}
    token = AccessToken(
        organization=organization, name=name, fingerprint=fingerprint(secret), **fields
    )
    token.secret = secret
    token.save(force_insert=True)
    return token


def fresh_heartbeats() -> None:
    """Create heartbeats of a worker and the scheduler, of this moment."""
    worker = Heartbeat.Part.WORKER
    Heartbeat.objects.create(part=worker, host="celery@one", seen_at=timezone.now())
    heartbeats.beat_of_scheduler()


def model_on(endpoint: Endpoint, name: str) -> ProviderModel:
    """Create a model that uses the endpoint."""
    return ProviderModel.objects.create(
        organization=endpoint.organization,
        name=name,
        model_type="llm",
        endpoint_type="endpoint",
        endpoint_url="https://x.example",
        task="text-generation",
        endpoint=endpoint,
    )
