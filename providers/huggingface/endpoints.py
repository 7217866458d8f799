"""The management API of Inference Endpoints, one function for each remote call.

Plain requests throughout: the library makes an object of each endpoint, and fails where one lacks a
detail. What changes something is sent once, whatever comes back.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from providers.huggingface import config, containers, parse, session
from providers.huggingface.calls import Area, Call
from providers.huggingface.errors import Diagnosis, HuggingFaceError, Kind
from providers.huggingface.fields import object_of
from providers.huggingface.text import clean, is_name
from providers.huggingface.types import EndpointList, Hardware, RemoteEndpoint

if TYPE_CHECKING:
    from hfadmin.vault import Secret

SECONDS = 15.0
LIST_SECONDS = 30.0  # a namespace may hold thousands of endpoints


def list_endpoints(token: "Secret", namespace: str) -> tuple[RemoteEndpoint, ...]:
    """Every endpoint of the namespace. A plain GET: the library makes an object of each endpoint
    and fails on all of them where one lacks a detail."""
    _, listed = list_endpoints_unless(token, namespace, "")
    return listed.items if listed else ()


def list_endpoints_unless(
    token: "Secret", namespace: str, digest: str
) -> tuple[str, EndpointList | None]:
    """The digest of the answer, and what is in it; None where the digest is the one given. Most
    looks bring nothing new, and reading an answer takes ten times as long as digesting it."""
    call = _namespace_call("endpoint", namespace)
    with session.asking(call, seconds=LIST_SECONDS):
        content = session.content(call, token, seconds=LIST_SECONDS)
        found = hashlib.blake2b(content, digest_size=20).hexdigest()
        if found == digest:
            return found, None
        return found, parse.endpoints(json.loads(content), namespace)


def get_endpoint(token: "Secret", namespace: str, name: str) -> RemoteEndpoint:
    """One endpoint, read as in a list: the library's call fails where a detail is missing."""
    return _one_endpoint(_endpoint_call("GET", namespace, name), token, namespace)


def endpoint_environment(token: "Secret", namespace: str, name: str) -> dict[str, str]:
    """The values of the variables that the endpoint's container is started with. They are asked
    for only when a person wants to see them."""
    call = _endpoint_call("GET", namespace, name)
    raw = session.request(call, token, seconds=SECONDS)
    with session.asking(call, seconds=SECONDS):
        return containers.environment(raw["model"])


def list_hardware(token: "Secret", namespace: str) -> tuple[Hardware, ...]:
    """What the namespace may deploy on, with prices. A plain GET: the library's call fails on the
    whole list where one compute lacks a detail, as CPU hardware does at times."""
    call = _namespace_call("provider", namespace)
    raw = session.request(call, token, seconds=LIST_SECONDS)
    with session.asking(call, seconds=LIST_SECONDS):
        return parse.hardware(raw)


def pause_endpoint(token: "Secret", namespace: str, name: str) -> RemoteEndpoint:
    """Stops all replicas, until somebody resumes it. It costs nothing and holds no quota then."""
    return _one_endpoint(_endpoint_call("POST", namespace, name, "/pause"), token, namespace)


def scale_endpoint_to_zero(token: "Secret", namespace: str, name: str) -> RemoteEndpoint:
    """Stops all replicas, until the next request. It costs nothing then, and holds its quota."""
    call = _endpoint_call("POST", namespace, name, "/scale-to-zero")
    return _one_endpoint(call, token, namespace)


def resume_endpoint(token: "Secret", namespace: str, name: str) -> RemoteEndpoint | None:
    """Starts a paused or sleeping endpoint, from when on it costs money. None where it runs
    already: that answer tells no more. A plain POST: where the library's call fails on its answer,
    it has started all the same."""
    try:
        return _one_endpoint(_endpoint_call("POST", namespace, name, "/resume"), token, namespace)
    except HuggingFaceError as error:
        if error.kind is not Kind.ALREADY_RUNNING:
            raise
        return None


def create_endpoint(token: "Secret", namespace: str, body: Mapping[str, Any]) -> RemoteEndpoint:
    """Deploy what `body` says, nested as in an endpoint's JSON. Once it starts, it costs money."""
    call = _namespace_call("endpoint", namespace, "POST", **_named(body))
    return _one_endpoint(call, token, namespace, body=dict(body))


def update_endpoint(
    token: "Secret", namespace: str, name: str, changes: Mapping[str, Any]
) -> RemoteEndpoint:
    """Change what `changes` names, nested as in an endpoint's JSON; all else stays as it is."""
    call = _endpoint_call("PUT", namespace, name)
    return _one_endpoint(call, token, namespace, body=changes)


def delete_endpoint(token: "Secret", namespace: str, name: str) -> None:
    """Delete it for good."""
    session.content(_endpoint_call("DELETE", namespace, name), token, seconds=SECONDS)


def _one_endpoint(
    call: Call, token: "Secret", namespace: str, *, body: Any = None
) -> RemoteEndpoint:
    raw = session.request(call, token, seconds=SECONDS, body=body)
    with session.asking(call, seconds=SECONDS):
        return parse.endpoint(raw, namespace)


def _named(body: Mapping[str, Any]) -> dict[str, str]:
    """What the explanation of a refused creation names."""
    repository = object_of(body.get("model")).get("repository")
    return {"name": clean(body.get("name"), 100), "repository": clean(repository, 200)}


def _namespace_call(what: str, namespace: str, method: str = "GET", **named: str) -> Call:
    params = {"namespace": clean(namespace, 100), **named}
    if not is_name(namespace):
        raise HuggingFaceError(Diagnosis(Kind.NAMESPACE_NOT_FOUND, params))
    return Call(Area.NAMESPACE, method, f"{config.current().management}/{what}/{namespace}", params)


def _endpoint_call(method: str, namespace: str, name: str, verb: str = "") -> Call:
    params = {"namespace": clean(namespace, 100), "name": clean(name, 100)}
    if not (is_name(namespace) and is_name(name)):
        raise HuggingFaceError(Diagnosis(Kind.ENDPOINT_NOT_FOUND, params))
    url = f"{config.current().management}/endpoint/{namespace}/{quote(name)}{verb}"
    return Call(Area.ENDPOINT, method, url, params)
