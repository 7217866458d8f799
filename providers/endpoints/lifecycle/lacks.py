"""Where no stored token may act on an endpoint: what is missing, and what would give it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from providers.endpoints.lifecycle import rights
from providers.endpoints.lifecycle.previews import Preview
from providers.endpoints.polling import token_choice
from providers.huggingface.errors import Diagnosis
from providers.tokens import remedies
from providers.tokens.findings import Finding
from providers.tokens.models import AccessToken, Namespace
from providers.tokens.xray import Ability


@dataclass(frozen=True, slots=True)
class Lack:
    problem: Diagnosis
    token: AccessToken | None = None  # that it is easiest to help
    remedy: Finding | None = None


def of(offers: Iterable[Preview]) -> Lack | None:
    """What keeps the stored tokens from the first that is not offered for want of a right."""
    for offer in offers:
        if offer.problem is not None:
            ability = rights.needed(offer.verb, offer.endpoint)
            return _lack(offer.endpoint.namespace, ability, offer.problem)
    return None


def _lack(namespace: Namespace, ability: Ability, problem: Diagnosis) -> Lack:
    accesses = rights.accesses_of(namespace)
    usable, _until = token_choice.by_health(namespace, accesses, timezone.now(), ability)
    if not usable:
        return Lack(problem)
    token = usable[0].token
    return Lack(problem, token, remedies.of(token, namespace.name, ability))
