"""Finding the address of a model among the endpoints that the management API lists."""

from collections.abc import Iterator
from typing import Any

from providers.catalog.requirements import deleted, failure, is_trusted, moved
from providers.catalog.verification.context import Context
from providers.endpoints.models import Endpoint
from providers.huggingface import client, urls
from providers.huggingface.errors import HuggingFaceError, Kind, RefusedError
from providers.huggingface.types import NormalizedURL, RemoteEndpoint
from providers.tokens import xray
from providers.tokens.xray import Ability


def find(context: Context) -> dict[str, Any]:
    """The endpoint at the address, among those that this token may list; without one, the host,
    where the token may go there all the same. Raises HuggingFaceError."""
    row, unanswered, elsewhere, last = context.row, None, None, _last_seen(context)
    for namespace in _namespaces(context):
        try:
            listed = client.list_endpoints(context.secret, namespace)
        except HuggingFaceError as error:
            unanswered = _weightier(unanswered, error)
            continue
        for remote in listed:
            if urls.same_endpoint(remote.url, row.endpoint_url):
                context.remote = remote
                return {"namespace": remote.namespace, "name": remote.name}
            if remote.url and last is not None and _is_the_same(remote, last):
                elsewhere = remote
    found = urls.normalize_endpoint_url(row.endpoint_url)
    if is_trusted(row):
        return {"host": found.host, "confirmed": row.url_confirmed}
    if elsewhere is not None:
        raise moved(elsewhere.namespace, elsewhere.name, elsewhere.url, elsewhere.repository)
    if unanswered is not None and (row.namespace_name or _may_be_unseen(found, unanswered)):
        raise unanswered
    raise _not_listed(found, last)


def _may_be_unseen(found: NormalizedURL, unanswered: HuggingFaceError) -> bool:
    """Whether the address may be that of an endpoint in a namespace that could not be listed. A
    host that is not Hugging Face's is somebody's own: what a token may list does not matter."""
    return found.hosted_by_huggingface or not isinstance(unanswered, RefusedError)


def _not_listed(found: NormalizedURL, last: Endpoint | None) -> HuggingFaceError:
    if last is not None and last.deleted_at is not None:
        return deleted(last)
    return failure(Kind.URL_NOT_LISTED, host=found.host)


def _last_seen(context: Context) -> Endpoint | None:
    """The endpoint that was at the address of the model that is checked."""
    model = context.row.model
    if model is None or model.endpoint_url != context.row.endpoint_url:
        return None
    return model.endpoint


def _is_the_same(remote: RemoteEndpoint, endpoint: Endpoint) -> bool:
    return (remote.namespace, remote.name) == (endpoint.namespace.name, endpoint.name)


def _namespaces(context: Context) -> Iterator[str]:
    """Where to look for the address: where it was last seen first."""
    if context.row.namespace_name:
        yield context.row.namespace_name
        return
    assert context.identity is not None  # noqa: S101 - the first step found it
    seen = Endpoint.objects.filter(
        organization=context.row.organization, url=context.row.endpoint_url
    ).values_list("namespace__name", flat=True)
    may = [row.namespace for row in xray.xray(context.identity) if row.may(Ability.LIST)]
    last_seen = set(seen)
    yield from sorted(may, key=lambda name: name not in last_seen)


def _weightier(first: HuggingFaceError | None, second: HuggingFaceError) -> HuggingFaceError:
    """Not having been able to ask says more than a refusal somewhere."""
    if first is None or (isinstance(first, RefusedError) and not isinstance(second, RefusedError)):
        return second
    return first
