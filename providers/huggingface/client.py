"""Hugging Face, one function for each remote call: token in, frozen dataclasses out.

Every function raises HuggingFaceError and nothing else, and ends within its deadline. Where the
library has a call it is used; where not, the reason stands beside it.
"""

import hashlib
import json
from collections.abc import Collection
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from hfadmin import outbound
from providers.huggingface import config, hub_models, parse, session
from providers.huggingface.calls import Area, Call
from providers.huggingface.engines import endpoint_embedding, endpoint_text
from providers.huggingface.errors import Diagnosis, HuggingFaceError, Kind
from providers.huggingface.inference import (
    hosted_chat,
    hosted_embedding,
    hosted_generation,
)
from providers.huggingface.text import clean, is_name, is_repository
from providers.huggingface.types import (
    EndpointList,
    Hardware,
    Identity,
    ModelDetails,
    ModelSummary,
    RemoteEndpoint,
)

if TYPE_CHECKING:
    from hfadmin.vault import Secret

__all__ = [
    "endpoint_embedding",
    "endpoint_text",
    "get_endpoint",
    "hosted_chat",
    "hosted_embedding",
    "hosted_generation",
    "list_endpoints",
    "list_endpoints_unless",
    "list_hardware",
    "model",
    "resume_endpoint",
    "search_models",
    "whoami",
]

SECONDS = 15.0
LIST_SECONDS = 30.0  # a namespace may hold thousands of endpoints
SEARCH_SECONDS = 2.0  # somebody is typing
_EXPANDED = (
    "gated",
    "gguf",
    "inference",
    "inferenceProviderMapping",
    "pipeline_tag",
    "private",
    "safetensors",
    "tags",
)
_EXPANDED_IN_SEARCH = (
    "downloads",
    "gated",
    "inferenceProviderMapping",
    "library_name",
    "likes",
    "pipeline_tag",
    "private",
    "tags",
)


def whoami(token: "Secret") -> Identity:
    value = session.checked(token)
    call = Call(Area.IDENTITY, "GET", f"{config.current().hub}/api/whoami-v2")
    with session.asking(call, seconds=SECONDS, token=value):
        return parse.identity(session.library().whoami(token=value))


def search_models(
    query: str,
    *,
    tasks: Collection[str] = (),
    hosted: bool = False,
    provider: str = "all",
    token: "Secret | None" = None,
    limit: int = 10,
) -> tuple[ModelSummary, ...]:
    """Models whose name contains `query` and whose pipeline tag is among `tasks`, if any are given;
    where `hosted`, only such as `provider` serves ("all": any provider). One GET for each task,
    within two seconds together: the library's call sleeps through 429 and 5xx."""
    call = Call(Area.MODEL, "GET", f"{config.current().hub}/api/models")
    params: dict[str, Any] = {
        "search": query,
        "sort": "trendingScore",
        "limit": limit,
        "expand": _EXPANDED_IN_SEARCH,
    }
    if hosted:
        params["inference_provider"] = provider
    found: dict[str, ModelSummary] = {}
    with outbound.deadline(SEARCH_SECONDS):
        for task in tasks or ("",):
            asked = {**params, "pipeline_tag": task} if task else params
            raw = session.request(call, token, params=asked, seconds=SEARCH_SECONDS)
            with session.asking(call, seconds=SEARCH_SECONDS):
                found |= {item.repository: item for item in hub_models.model_summaries(raw)}
    fitting = [item for item in found.values() if _fits(item, tasks)]
    if len(tasks) > 1:
        # Those whose downloads are not known come last.
        fitting.sort(
            key=lambda item: -1 if item.downloads is None else item.downloads, reverse=True
        )
    return tuple(fitting[:limit])


def model(repository: str, *, token: "Secret | None" = None) -> ModelDetails:
    """What the Hub says of the model. A plain GET: the library makes an object of each provider's
    mapping, of dates and more, and fails on the whole model where one of them is odd."""
    params = {"repository": clean(repository, 200)}
    if not is_repository(repository):
        raise HuggingFaceError(Diagnosis(Kind.MODEL_NOT_FOUND, params))
    call = Call(Area.MODEL, "GET", f"{config.current().hub}/api/models/{repository}", params)
    raw = session.request(call, token, params={"expand": _EXPANDED}, seconds=SECONDS)
    with session.asking(call, seconds=SECONDS):
        return hub_models.model_details(raw, repository)


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


def resume_endpoint(token: "Secret", namespace: str, name: str) -> RemoteEndpoint:
    """Starts a paused or sleeping endpoint, from when on it costs money. One that runs already is
    returned as it is. A plain POST: where the library's call fails on its answer, it has started
    all the same."""
    try:
        return _one_endpoint(_endpoint_call("POST", namespace, name, "/resume"), token, namespace)
    except HuggingFaceError as error:
        if error.kind is not Kind.ALREADY_RUNNING:
            raise
    return get_endpoint(token, namespace, name)


def list_hardware(token: "Secret", namespace: str) -> tuple[Hardware, ...]:
    """What the namespace may deploy on, with prices. A plain GET: the library's call fails on the
    whole list where one compute lacks a detail, as CPU hardware does at times."""
    call = _namespace_call("provider", namespace)
    raw = session.request(call, token, seconds=LIST_SECONDS)
    with session.asking(call, seconds=LIST_SECONDS):
        return parse.hardware(raw)


def _fits(item: ModelSummary, tasks: Collection[str]) -> bool:
    """Whether the model does one of the tasks, if any are given; a sentence-similarity model
    embeds only where it says so by its tags."""
    if not tasks:
        return True
    if item.pipeline_tag == "sentence-similarity" and "feature-extraction" not in item.tags:
        return False
    return item.pipeline_tag in tasks


def _one_endpoint(call: Call, token: "Secret", namespace: str) -> RemoteEndpoint:
    raw = session.request(call, token, seconds=SECONDS)
    with session.asking(call, seconds=SECONDS):
        return parse.endpoint(raw, namespace)


def _namespace_call(what: str, namespace: str) -> Call:
    params = {"namespace": clean(namespace, 100)}
    if not is_name(namespace):
        raise HuggingFaceError(Diagnosis(Kind.NAMESPACE_NOT_FOUND, params))
    return Call(Area.NAMESPACE, "GET", f"{config.current().management}/{what}/{namespace}", params)


def _endpoint_call(method: str, namespace: str, name: str, verb: str = "") -> Call:
    params = {"namespace": clean(namespace, 100), "name": clean(name, 100)}
    if not (is_name(namespace) and is_name(name)):
        raise HuggingFaceError(Diagnosis(Kind.ENDPOINT_NOT_FOUND, params))
    url = f"{config.current().management}/endpoint/{namespace}/{quote(name)}{verb}"
    return Call(Area.ENDPOINT, method, url, params)
