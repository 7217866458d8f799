"""The scheduled checks of saved models: free calls only, and for endpoints none at all.

Endpoints are polled for the inventory anyway, so a model on one is held against what is stored.
What cannot be seen is never reported as having failed, and to sleep is not to fail.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

from hfadmin.background.failures import recorded_by
from hfadmin.live import versions
from providers.catalog import transitions
from providers.catalog.intervals import after_failure, next_recheck
from providers.catalog.models import ProviderModel
from providers.catalog.requirements import (
    deleted,
    existing_model,
    failure,
    moved,
    paying_namespace,
    require_call,
    require_fitting_deployment,
    serving_providers,
    stored_secret,
)
from providers.catalog.transitions import Event
from providers.endpoints.models import FAILED, UNKNOWN, Endpoint, EndpointState
from providers.huggingface import urls
from providers.huggingface.errors import Diagnosis, HuggingFaceError, Kind
from providers.tokens import operations as tokens
from providers.tokens.models import AccessToken, TokenState


def _record_unexpected(pk: Any, lease: Any, number: str) -> None:
    model = ProviderModel.objects.held(pk, lease).select_related("token").first()
    if model is not None:
        _say_that_its_token_is_refused(model)
        version = versions.advance(model.organization_id)
        problem = Diagnosis(Kind.INTERNAL_ERROR, {"number": number})
        _try_later(model, lease, version, problem, obstacle=problem.to_json())


def _say_that_its_token_is_refused(model: ProviderModel) -> None:
    """It takes no look to see that, and is not said again by the next one."""
    if _event(model) is not Event.TOKEN_REFUSED:
        return
    try:
        _require_token(model.token)
    except HuggingFaceError as error:
        row = ProviderModel.objects.filter(pk=model.pk)
        transitions.write(row, Event.TOKEN_REFUSED, error.diagnosis.to_json())


@recorded_by(ProviderModel, _record_unexpected)
def recheck(pk: int | str, lease: str) -> None:
    """Look at one model again and write what is to be said of it, if the lease is still ours."""
    rows = ProviderModel.objects.held(pk, lease)
    version = versions.current_for(rows)
    model = rows.select_related("organization", "token", "endpoint__namespace").first()
    if model is None:
        return
    try:
        found = _look(model)
    except HuggingFaceError as error:
        if error.diagnosis.is_inconclusive or _is_for_the_token_to_tell(model.token, error):
            _try_later(model, lease, version, error.diagnosis)
            return
        event, problem, found = _event(model), error.diagnosis.to_json(), {}
    else:
        event, problem = _passed(model, found), {}
    with transaction.atomic():
        held = ProviderModel.objects.held(pk, lease)
        if not held.finish(next_recheck(model), failures=0, **_seen(model, version)):
            return
        kept = {"checked_at": timezone.now(), "obstacle": {}, **found}
        transitions.write(ProviderModel.objects.filter(pk=model.pk), event, problem, **kept)


def _event(model: ProviderModel) -> Event:
    """What it is called that something is wrong: once, that the token is refused."""
    token = model.token
    if token is None or token.state != TokenState.INVALID:
        return Event.CHECK_FAILED
    if token.live_version > model.looked_version:
        return Event.TOKEN_REFUSED
    return Event.CHECK_FAILED


def _passed(model: ProviderModel, found: dict[str, Any]) -> Event:
    endpoint = found.get("endpoint")
    is_serving = endpoint is not None and endpoint.state == EndpointState.RUNNING
    return Event.FOUND_AWAKE if is_serving else Event.CHECK_PASSED


def _is_for_the_token_to_tell(token: AccessToken | None, error: HuggingFaceError) -> bool:
    """Whether a call was refused with a token that counts as good. Its own check decides what that
    means, and fails the models on it once it is settled."""
    if token is None or token.state == TokenState.INVALID or error.kind is not Kind.TOKEN_REJECTED:
        return False
    tokens.confirm_rejected(token)
    return True


def _look(model: ProviderModel) -> dict[str, Any]:
    """What was found; raises what is wrong."""
    _require_token(model.token)
    if model.is_hosted:
        _require_rights(model, None)
        details = existing_model(model, stored_secret(model.token))
        return {"served_by": list(serving_providers(model, details))}
    endpoint = _endpoint_of(model)
    if endpoint is not None:
        _require_endpoint(model, endpoint)
    _require_rights(model, endpoint)
    # Outside of what Hugging Face lists there is nothing more to look at for free.
    return {} if endpoint is None else {"endpoint": endpoint}


def _require_token(token: AccessToken | None) -> None:
    stored_secret(token)
    if token is not None and token.state == TokenState.INVALID:
        raise HuggingFaceError(Diagnosis.from_json(token.problem))


def _require_rights(model: ProviderModel, endpoint: Endpoint | None) -> None:
    """By all that is known of the token. What is not known is left to real calls."""
    rows = tokens.rows(model.token) if model.token else ()
    if not rows or (endpoint is not None and endpoint.auth_type == "public"):
        return
    if model.is_hosted:
        paying_namespace(rows)
    elif endpoint is not None or not model.url_confirmed:
        require_call(rows, endpoint.namespace.name if endpoint else model.namespace_name)


def _endpoint_of(model: ProviderModel) -> Endpoint | None:
    """The endpoint at the model's address, whatever it is called by now; where there is none, the
    one that was there."""
    last = model.endpoint
    if last and last.deleted_at is None and urls.same_endpoint(last.url, model.endpoint_url):
        return last
    return _by_address(model) or last


def _by_address(model: ProviderModel) -> Endpoint | None:
    there = Endpoint.objects.filter(organization=model.organization, deleted_at=None)
    at = there.filter(url__in=(model.endpoint_url, f"{model.endpoint_url}/"))
    return at.select_related("namespace").order_by("pk").first()


def _require_endpoint(model: ProviderModel, endpoint: Endpoint) -> None:
    namespace = endpoint.namespace.name
    if endpoint.deleted_at is not None:
        raise deleted(endpoint)
    if endpoint.url and not urls.same_endpoint(endpoint.url, model.endpoint_url):
        raise moved(namespace, endpoint.name, endpoint.url, endpoint.repository)
    if endpoint.state == UNKNOWN:  # what of it could not be read is no finding
        return
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


def _try_later(
    model: ProviderModel, lease: Any, version: int, diagnosis: Diagnosis, **columns: Any
) -> None:
    ProviderModel.objects.held(model.pk, lease).finish(
        after_failure(model.failures, diagnosis.retry_after),
        failures=min(model.failures + 1, 20),
        **_seen(model, version),
        **columns,
    )


def _seen(model: ProviderModel, version: int) -> dict[str, Any]:
    """Up to where the look has seen what the model depends on."""
    return {"looked_version": version, "had_token": model.token_id is not None}
