"""The steps of a model on an Inference Endpoint: is the address ours, what runs there, is it up."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.utils import timezone

from providers.catalog.operations.facts import Asleep, Facts, Parked, failure
from providers.catalog.operations.rules import (
    host_of,
    is_trusted,
    moved,
    require_fitting_deployment,
)
from providers.endpoints import operations as endpoints
from providers.endpoints.models import ASLEEP, FAILED, Endpoint, State
from providers.huggingface import client, urls
from providers.huggingface.errors import HuggingFaceError, Kind, RefusedError
from providers.huggingface.types import CallResult, NormalizedURL, RemoteEndpoint
from providers.tokens import xray
from providers.tokens.xray import Ability

WAKING_MAY_TAKE = timedelta(minutes=30)
_LOOK_AGAIN = timedelta(seconds=5)
_RESUME_SHOWS_WITHIN = timedelta(minutes=1)


def endpoint(facts: Facts) -> dict[str, Any] | None:
    """Finds the address among what the management API lists for this token."""
    row, unanswered, elsewhere = facts.row, None, None
    for namespace in _namespaces(facts):
        try:
            listed = client.list_endpoints(facts.secret, namespace)
        except HuggingFaceError as error:
            unanswered = _weightier(unanswered, error)
            continue
        for remote in listed:
            if urls.same_endpoint(remote.url, row.endpoint_url):
                facts.remote = remote
                return {"namespace": remote.namespace, "name": remote.name}
            if remote.url and (remote.namespace, remote.name) == _last_seen_as(facts):
                elsewhere = remote
    found = urls.normalize_endpoint_url(row.endpoint_url)
    if is_trusted(row):
        return {"host": found.host, "confirmed": row.url_confirmed}
    if elsewhere is not None:
        raise moved(elsewhere.namespace, elsewhere.name, elsewhere.url, elsewhere.repository)
    if unanswered is not None and (row.namespace_name or _may_be_unseen(found, unanswered)):
        raise unanswered
    raise failure(Kind.URL_NOT_LISTED, host=found.host)


def _may_be_unseen(found: NormalizedURL, unanswered: HuggingFaceError) -> bool:
    """Whether the address may be that of an endpoint in a namespace that could not be listed. A
    host that is not Hugging Face's is somebody's own: what a token may list does not matter."""
    return found.hosted_by_huggingface or not isinstance(unanswered, RefusedError)


def _last_seen_as(facts: Facts) -> tuple[str, str] | None:
    """Namespace and name of the endpoint that was at the address of the model that is checked."""
    model = facts.row.model
    if model is None or model.endpoint is None or model.endpoint_url != facts.row.endpoint_url:
        return None
    return model.endpoint.namespace.name, model.endpoint.name


def _namespaces(facts: Facts) -> Iterator[str]:
    """Where to look for the address: where it was last seen first."""
    if facts.row.namespace_name:
        yield facts.row.namespace_name
        return
    assert facts.identity is not None  # noqa: S101 - the first step found it
    seen = Endpoint.objects.filter(
        organization=facts.row.organization, url=facts.row.endpoint_url
    ).values_list("namespace__name", flat=True)
    may = [row.namespace for row in xray.xray(facts.identity) if row.may(Ability.LIST)]
    last_seen = set(seen)
    yield from sorted(may, key=lambda name: name not in last_seen)


def _weightier(first: HuggingFaceError | None, second: HuggingFaceError) -> HuggingFaceError:
    """Not having been able to ask says more than a refusal somewhere."""
    if first is None or (isinstance(first, RefusedError) and not isinstance(second, RefusedError)):
        return second
    return first


def repository(facts: Facts) -> dict[str, Any] | None:
    remote = facts.remote
    if remote is None:
        return None
    require_fitting_deployment(
        facts.row, namespace=remote.namespace, repository=remote.repository, task=remote.task
    )
    spelled = facts.spell("name", remote.repository) if facts.row.is_embedding else {}
    return {"repository": remote.repository, **spelled}


def state(facts: Facts) -> dict[str, Any] | None:
    remote = facts.remote
    if remote is None:
        return None
    if remote.state in ASLEEP:
        raise Asleep
    if not _answers(remote):
        raise _not_answering(remote)
    return {"state": remote.state}


def _answers(remote: RemoteEndpoint) -> bool:
    """Whether it is worth a call. How many replicas are ready may not be known: then it may."""
    serving_the_old = remote.state in {State.UPDATING, State.UPDATE_FAILED}
    return remote.state == State.RUNNING or (serving_the_old and remote.ready_replicas != 0)


def _not_answering(remote: RemoteEndpoint) -> HuggingFaceError:
    if remote.state in FAILED:
        return failure(Kind.ENDPOINT_FAILED, message=remote.message or remote.state)
    return failure(Kind.ENDPOINT_NOT_READY, state=remote.state)


def wake(facts: Facts) -> dict[str, Any] | None:
    remote, row = facts.remote, facts.row
    if remote is None:
        return None
    if _answers(remote):
        return {"state": remote.state}
    now = timezone.now()
    waiting = now - row.woken_at if row.woken_at else timedelta(0)
    if remote.state in ASLEEP:
        if waiting > _RESUME_SHOWS_WITHIN:  # somebody paused it again: theirs is the last word
            kind = Kind.ENDPOINT_PAUSED if remote.state == State.PAUSED else Kind.ENDPOINT_ASLEEP
            raise failure(kind)
        facts.before_waking()
        client.resume_endpoint(facts.secret, remote.namespace, remote.name)
        endpoints.look_soon(facts.row.organization.namespaces.filter(name=remote.namespace))
    elif remote.state in FAILED or waiting > WAKING_MAY_TAKE:
        raise _not_answering(remote)
    raise Parked(_LOOK_AGAIN)


def call(facts: Facts) -> CallResult:
    row = facts.row
    if facts.remote is not None and not urls.same_endpoint(facts.remote.url, row.endpoint_url):
        # Made anew under its name while it was being woken: the old address may be anybody's.
        raise failure(Kind.URL_NOT_LISTED, host=host_of(row.endpoint_url))
    # The client sends the token to no other address.
    listed = [facts.remote.url] if facts.remote else []
    if row.url_confirmed:
        listed.append(row.endpoint_url)
    names = _names(facts)
    if row.is_embedding:
        return client.endpoint_embedding(facts.secret, row.endpoint_url, names, listed=listed)
    return client.endpoint_text(facts.secret, row.endpoint_url, names, listed=listed)


def _names(facts: Facts) -> list[str]:
    """What the engine may call the model: as typed, as it did the last time, as the repository."""
    row = facts.row
    model = row.model
    last = model.served_name if model and model.endpoint_url == row.endpoint_url else ""
    repository = facts.remote.repository if facts.remote else ""
    return list(dict.fromkeys(name for name in (row.name, last, repository) if name))
