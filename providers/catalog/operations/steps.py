"""What is checked when a model is saved, step by step.

A step raises HuggingFaceError where it fails, Asleep where an endpoint would have to be woken
unasked, and Parked where it has to wait for one that a person did ask to wake.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from providers.catalog.models import Verification
from providers.catalog.operations import deployed
from providers.catalog.operations.facts import Asleep, Facts, Step, failure
from providers.catalog.operations.rules import (
    HF_INFERENCE,
    POLICIES,
    existing_model,
    of_namespace,
    paying_namespace,
    require_call,
    served,
    serving_providers,
    split_name,
    with_provider,
)
from providers.huggingface import client
from providers.huggingface.errors import HuggingFaceError, Kind
from providers.huggingface.types import CallResult, Identity
from providers.tokens import xray
from providers.tokens.models import AccessToken
from providers.tokens.xray import Ability

_STORED_ANSWER_COUNTS_FOR = timedelta(hours=1)


def plan(row: Verification) -> tuple[Step, ...]:
    """The steps that this kind of model takes, in order."""
    if row.is_hosted:
        return (Step.TOKEN, Step.RIGHTS, Step.MODEL, Step.PROVIDERS, Step.CALL)
    up = Step.WAKE if row.wake else Step.STATE
    return (Step.TOKEN, Step.RIGHTS, Step.ENDPOINT, Step.REPOSITORY, up, Step.CALL)


def perform(step: Step, facts: Facts) -> dict[str, Any] | None:
    """Take one step. What it returns is kept as its note; None says that it was skipped."""
    return _PERFORM[step](facts)


def _token(facts: Facts) -> dict[str, Any]:
    token = facts.row.token
    secret = facts.secret
    try:
        facts.identity = client.whoami(secret)
    except HuggingFaceError as error:
        # whoami is limited far more strictly than the calls that follow: a recent answer will do.
        facts.identity = _recent_identity(token) if error.kind is Kind.RATE_LIMITED else None
        if facts.identity is None:
            raise
    return {"owner": facts.identity.name}


def _recent_identity(token: AccessToken | None) -> Identity | None:
    if token is None or not token.identity or token.checked_at is None:
        return None
    if timezone.now() - token.checked_at > _STORED_ANSWER_COUNTS_FOR:
        return None
    return Identity.from_json(token.identity)


def _rights(facts: Facts) -> dict[str, Any]:
    """By what whoami says: what is not known is left to the calls that follow."""
    assert facts.identity is not None  # noqa: S101 - the step before found it
    rows = xray.xray(facts.identity)
    if facts.row.is_hosted:
        payer = paying_namespace(rows)
        facts.bill_to = None if payer == facts.identity.name else payer
        return {"namespace": payer}
    asked = facts.row.namespace_name
    there = of_namespace(rows, asked)
    if not any(row.may(Ability.LIST) for row in there):
        raise failure(Kind.MISSING_PERMISSION, permission=xray.ENDPOINTS_READ)
    require_call(there)
    if not asked:
        return {"namespace": ""}
    return {"namespace": there[0].namespace, **facts.spell("namespace_name", there[0].namespace)}


def _model(facts: Facts) -> dict[str, Any]:
    facts.details = existing_model(facts.row, facts.secret)
    name = with_provider(facts.details.repository, facts.row.name)
    return {"tag": facts.details.pipeline_tag, **facts.spell("name", name)}


def _providers(facts: Facts) -> dict[str, Any]:
    assert facts.details is not None  # noqa: S101 - the step before found it
    facts.providers = serving_providers(facts.row, facts.details)
    return {"providers": list(facts.providers)}


def _call(facts: Facts) -> dict[str, Any] | None:
    row = facts.row
    if not (row.real_call or row.wake):
        return None
    try:
        facts.result = result = _hosted_call(facts) if row.is_hosted else deployed.call(facts)
    except HuggingFaceError as error:
        if error.kind in {Kind.ENDPOINT_ASLEEP, Kind.ENDPOINT_PAUSED} and not row.wake:
            raise Asleep from error
        raise
    return {"route": result.route, "latency_ms": result.latency_ms, "dimension": result.dimension}


def _hosted_call(facts: Facts) -> CallResult:
    """Chat first; a model that no provider offers to chat with generates on hf-inference."""
    assert facts.details is not None  # noqa: S101 - a step before found it
    row, found = facts.row, served(facts.row.model_type, facts.details.providers)
    repository, asked = split_name(row.name)
    if row.is_embedding:
        return client.hosted_embedding(facts.secret, repository, bill_to=facts.bill_to)
    is_fixed = asked and asked not in POLICIES
    may_generate = found.on_hf_inference and (not is_fixed or asked == HF_INFERENCE)
    try:
        if asked in found.to_chat or (found.to_chat and not is_fixed):
            return client.hosted_chat(facts.secret, row.name, bill_to=facts.bill_to)
    except HuggingFaceError as error:
        if error.kind is not Kind.MODEL_NOT_SERVED or not may_generate:
            raise
    return client.hosted_generation(facts.secret, repository, bill_to=facts.bill_to)


_PERFORM: dict[Step, Callable[[Facts], dict[str, Any] | None]] = {
    Step.TOKEN: _token,
    Step.RIGHTS: _rights,
    Step.MODEL: _model,
    Step.PROVIDERS: _providers,
    Step.ENDPOINT: deployed.endpoint,
    Step.REPOSITORY: deployed.repository,
    Step.STATE: deployed.state,
    Step.WAKE: deployed.wake,
    Step.CALL: _call,
}
