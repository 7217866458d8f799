"""Rows as an earlier day left them: a token that is stored, a model that is set up."""

from django.utils import timezone

from hfadmin.accounts.models import Organization
from hfadmin.background import heartbeats
from hfadmin.background.models import Heartbeat
from hfadmin.vault import Secret, fingerprint
from providers.catalog.models import ProviderModel
from providers.endpoints.models import Endpoint
from providers.tokens.models import AccessToken


def stored_token(organization: Organization, name: str, value: str, **facts: object) -> AccessToken:
    """In the vault, and by itself not due for a check."""
    secret = Secret(value)
    facts = {"last_four": secret.last_four, "next_check_at": None, **facts}
    token = AccessToken(
        organization=organization, name=name, fingerprint=fingerprint(secret), **facts
    )
    token.secret = secret
    token.save(force_insert=True)
    return token


def seen_at_work() -> None:
    """A worker and the scheduler, just now."""
    worker = Heartbeat.Part.WORKER
    Heartbeat.objects.create(part=worker, host="celery@one", seen_at=timezone.now())
    heartbeats.beat_of_scheduler()


def model_on(endpoint: Endpoint, name: str) -> ProviderModel:
    """One that uses the endpoint."""
    return ProviderModel.objects.create(
        organization=endpoint.organization,
        name=name,
        model_type="llm",
        endpoint_type="endpoint",
        endpoint_url="https://x.example",
        task="text-generation",
        endpoint=endpoint,
    )
