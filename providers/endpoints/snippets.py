"""A first request to an endpoint, to copy: for a shell, for Python, and its body alone.

What Hugging Face says of the endpoint is quoted for each; the token stays a variable.
"""

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from providers.endpoints import model_tasks
from providers.endpoints.models import Endpoint

# A custom container mostly speaks OpenAI's language, as these do.
_CHATTING: Final = frozenset({"vLLM", "sGLang", "tgi", "tgiNeuron", "llamacpp", "custom"})
_EMBEDDING: Final = frozenset({"tei", "vLLM", "sGLang", "llamacpp", "custom"})
# Where the library's own call is understood: {"inputs": …} at the root.
_TAKES_INPUTS: Final = frozenset({"tei", "huggingface", "huggingfaceNeuron"})
_TGI: Final = frozenset({"tgi", "tgiNeuron"})
_RANKING: Final = frozenset({"text-ranking", "sentence-ranking"})
_TEXT: Final = "What is deep learning?"


@dataclass(frozen=True, slots=True)
class Snippet:
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class _Request:
    path: str
    body: dict[str, Any]
    embeds: bool = False


def of(endpoint: Endpoint) -> list[Snippet]:
    """None while it has no address."""
    if not endpoint.url:
        return []
    request = _request(endpoint)
    url = endpoint.url.rstrip("/") + request.path
    return [
        Snippet("curl", curl(url, json.dumps(request.body), with_token=not _is_public(endpoint))),
        Snippet("Python", "\n".join(_python(endpoint, request))),
        Snippet("JSON", json.dumps(request.body, indent=2)),
    ]


def _request(endpoint: Endpoint) -> _Request:
    engine, fits = endpoint.engine, model_tasks.TASKS.get(endpoint.task)
    if fits == model_tasks.CHAT and engine in _CHATTING:
        model = "tgi" if engine in _TGI else endpoint.repository
        messages = [{"role": "user", "content": _TEXT}]
        return _Request("/v1/chat/completions", {"model": model, "messages": messages})
    embeds = fits == model_tasks.EMBEDDING
    if embeds and engine in _EMBEDDING:
        body = {"model": endpoint.repository, "input": _TEXT}
        return _Request("/v1/embeddings", body, embeds)
    if endpoint.task in _RANKING and engine == "tei":
        return _Request(
            "/rerank", {"query": _TEXT, "texts": ["It learns in layers.", "It is a cheese."]}
        )
    return _Request("", {"inputs": _TEXT}, embeds)


def curl(url: str, body: str, *, with_token: bool = True) -> str:
    """A POST of JSON, for a shell that has the token in $HF_TOKEN."""
    lines = [f"curl {shlex.quote(url)}"]
    if with_token:
        lines.append('-H "Authorization: Bearer $HF_TOKEN"')
    lines.append("-H 'Content-Type: application/json'")
    lines.append(f"-d {shlex.quote(body)}")
    return " \\\n  ".join(lines)


def _python(endpoint: Endpoint, request: _Request) -> Iterator[str]:
    """Through the library's client where that has a call for it. The client would send a token that
    it finds on the machine to a public endpoint too."""
    if _is_public(endpoint):
        yield from _by_session(endpoint, request, "")
    elif "messages" in request.body:
        yield from _by_client(endpoint)
        yield "answer = client.chat.completions.create("
        yield from (f"    {name}={value!r}," for name, value in request.body.items())
        yield ")"
        yield "print(answer.choices[0].message.content)"
    elif request.embeds and endpoint.engine in _TAKES_INPUTS:
        yield from _by_client(endpoint)
        yield f"print(client.feature_extraction({_TEXT!r}))"
    else:
        yield "from os import environ"
        yield ""
        yield from _by_session(endpoint, request, "f\"Bearer {environ['HF_TOKEN']}\"")


def _by_client(endpoint: Endpoint) -> Iterator[str]:
    yield "from os import environ"
    yield ""
    yield "from huggingface_hub import InferenceClient"
    yield ""
    yield f"client = InferenceClient(base_url={endpoint.url!r}, api_key=environ['HF_TOKEN'])"


def _by_session(endpoint: Endpoint, request: _Request, authorization: str) -> Iterator[str]:
    yield "from huggingface_hub import get_session"
    yield ""
    yield "answer = get_session().post("
    yield f"    {endpoint.url.rstrip('/') + request.path!r},"
    if authorization:
        yield f"    headers={{'Authorization': {authorization}}},"
    yield f"    json={request.body!r},"
    yield ")"
    yield "print(answer.raise_for_status().json())"


def _is_public(endpoint: Endpoint) -> bool:
    return endpoint.auth_type == "public"
