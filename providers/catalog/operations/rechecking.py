"""The scheduled checks of saved models: free calls only, and for endpoints none at all.

Endpoints are polled for the inventory anyway, so a model on one is held against what is stored.
What cannot be seen is never reported as having failed, and to sleep is not to fail.
"""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from hfadmin.audit import operations as audit
from providers.catalog.models import ProviderModel
from providers.catalog.operations.cadence import after_failure, next_recheck
from providers.catalog.operations.facts import failure, stored_secret
from providers.catalog.operations.finishing import COULD_NOT_ASK, record_failing
from providers.catalog.operations.rules import (
    existing_model,
    require_fitting_deployment,
    serving_providers,
)
from providers.endpoints import operations as endpoints
from providers.endpoints.models import FAILED, Endpoint
from providers.endpoints.models import State as EndpointState
from providers.huggingface.errors import Diagnosis, HuggingFaceError, Kind
from providers.tokens.models import AccessToken
from providers.tokens.models import State as TokenState

State = ProviderModel.State

# What these checks can see. A failure of another kind, such as that of a real call, is not theirs
# to take back: the next real call does that.
_SEEN_HERE = frozenset(
    {
        Kind.TOKEN_DELETED,
        Kind.TOKEN_UNDECRYPTABLE,
        Kind.TOKEN_REJECTED,
        Kind.TOKEN_EXPIRED,
        Kind.TOKEN_MALFORMED,
        Kind.TOKEN_ORGANIZATION,
        Kind.POLICY_REVOKED,
        Kind.MODEL_NOT_FOUND,
        Kind.MODEL_GATED,
        Kind.MODEL_WRONG_TYPE,
        Kind.MODEL_NOT_SERVED,
        Kind.REPOSITORY_RENAMED,
        Kind.ENDPOINT_NOT_FOUND,
        Kind.ENDPOINT_FAILED,
        Kind.ENDPOINT_SERVES_OTHER,
    }
)


def recheck(pk: int | str, lease: str) -> None:
    """Look at one model again and write what is to be said of it, if the lease is still ours."""
    rows = ProviderModel.objects.held(pk, lease)
    model = rows.select_related("organization", "token", "endpoint__namespace").first()
    if model is None:
        return
    try:
        found = _look(model)
    except HuggingFaceError as error:
        if error.kind in COULD_NOT_ASK:
            _try_later(model, lease, error.diagnosis)
        else:
            _write(model, lease, _with_problem(model, error.diagnosis))
        return
    _write(model, lease, found | _without_problem(model))


def _look(model: ProviderModel) -> dict[str, Any]:
    """What was found; raises what is wrong."""
    _require_token(model.token)
    if model.is_hosted:
        details = existing_model(model, stored_secret(model.token))
        return {"served_by": list(serving_providers(model, details))}
    endpoint = model.endpoint or _by_address(model)
    if endpoint is None:  # outside of what Hugging Face lists: there is nothing to look at for free
        return {}
    _require_endpoint(model, endpoint)
    return {"endpoint": endpoint}


def _require_token(token: AccessToken | None) -> None:
    stored_secret(token)
    if token is not None and token.state == TokenState.INVALID:
        raise HuggingFaceError(Diagnosis.from_json(token.problem))


def _by_address(model: ProviderModel) -> Endpoint | None:
    there = Endpoint.objects.filter(organization=model.organization, deleted_at=None)
    return there.filter(url=model.endpoint_url).select_related("namespace").first()


def _require_endpoint(model: ProviderModel, endpoint: Endpoint) -> None:
    namespace = endpoint.namespace.name
    if endpoint.deleted_at is not None:
        raise failure(Kind.ENDPOINT_NOT_FOUND, namespace=namespace, name=endpoint.name)
    if _has_failed(endpoint):
        raise failure(Kind.ENDPOINT_FAILED, message=endpoint.message or endpoint.state)
    require_fitting_deployment(
        model, namespace=namespace, repository=endpoint.repository, task=endpoint.task
    )


def _has_failed(endpoint: Endpoint) -> bool:
    """Whether nothing of it serves any more. After a failed update the old version may, unless it
    is known that no replica is ready."""
    if endpoint.ready_replicas is None:
        return endpoint.state == EndpointState.FAILED
    return endpoint.state in FAILED and endpoint.ready_replicas == 0


def _with_problem(model: ProviderModel, diagnosis: Diagnosis) -> dict[str, Any]:
    values: dict[str, Any] = {"problem": diagnosis.to_json()}
    return values | ({"state": State.FAILING} if model.state == State.VERIFIED else {})


def _without_problem(model: ProviderModel) -> dict[str, Any]:
    if model.state != State.FAILING:
        return {"problem": {}} if _is_ours(model) else {}
    return {"problem": {}, "state": State.VERIFIED} if _is_ours(model) else {}


def _is_ours(model: ProviderModel) -> bool:
    return not model.problem or Diagnosis.from_json(model.problem).kind in _SEEN_HERE


def _write(model: ProviderModel, lease: str, found: dict[str, Any]) -> None:
    now = timezone.now()
    changed = {name: value for name, value in found.items() if getattr(model, name) != value}
    turns = changed.get("state")
    if turns:
        changed["state_since"] = now
    with transaction.atomic():
        written = ProviderModel.objects.held(model.pk, lease).update(
            checked_at=now,
            failures=0,
            next_check_at=next_recheck(model),
            lease_id=None,
            lease_until=None,
            **changed,
        )
        if not written or not changed:
            return
        if turns == State.FAILING:
            record_failing(model, changed["problem"]["kind"])
        elif turns:
            audit.record(model.organization, "model.recovered", model, by=None)
        endpoints.pulse(model.organization_id)


def _try_later(model: ProviderModel, lease: str, diagnosis: Diagnosis) -> None:
    ProviderModel.objects.held(model.pk, lease).update(
        failures=F("failures") + 1 if model.failures < 20 else F("failures"),
        next_check_at=after_failure(model.failures, diagnosis.retry_after),
        lease_id=None,
        lease_until=None,
    )
