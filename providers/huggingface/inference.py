"""The tiny real calls: they prove that a model answers, and how fast.

A token goes to the router that is configured, and to a deployed endpoint only where `may_receive`
agrees; `listed` are addresses that the management API returned for this very token, or that an
administrator has confirmed.
"""

import time
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from providers.huggingface import config, parse, session
from providers.huggingface.answers import Area, Call
from providers.huggingface.errors import Diagnosis, HuggingFaceError, Kind
from providers.huggingface.text import clean, evidence, is_repository
from providers.huggingface.types import CallResult
from providers.huggingface.urls import may_receive, normalize_endpoint_url

if TYPE_CHECKING:
    from huggingface_hub import InferenceClient

    from hfadmin.vault import Secret

SECONDS = 30.0
QUESTION = "Who are you?"
TEXT = "hello world"
_TOKENS = 8
_SHOWN = 200


def hosted_chat(token: "Secret", model: str, *, bill_to: str | None = None) -> CallResult:
    """A streamed chat through the router, `model` being `owner/name` or `owner/name:provider`."""
    _require_repository(model.partition(":")[0])
    base = f"{config.current().router}/v1"
    call = Call(Area.ROUTER, "POST", f"{base}/chat/completions", {"repository": clean(model)})
    return _chat(call, token, base, model, bill_to)


def hosted_generation(token: "Secret", model: str, *, bill_to: str | None = None) -> CallResult:
    """Text generation from hf-inference, for models that no provider offers to chat with."""
    url = _on_hf_inference(model)
    call = Call(Area.ROUTER, "POST", url, {"repository": clean(model)})
    return _generation(call, token, url, bill_to)


def hosted_embedding(token: "Secret", model: str, *, bill_to: str | None = None) -> CallResult:
    """One embedding from hf-inference. A plain POST: the library's call needs numpy, asks for the
    model without the token first, and keeps the router it knew when it was imported."""
    url = f"{_on_hf_inference(model)}/pipeline/feature-extraction"
    call = Call(Area.ROUTER, "POST", url, {"repository": clean(model)})
    return _embedding(call, token, {"inputs": TEXT}, route="embedding", headers=_billing(bill_to))


def endpoint_chat(
    token: "Secret", url: str, model: str, *, listed: Collection[str] = ()
) -> CallResult:
    """A streamed chat at a deployed endpoint. Fails as `no_chat_route` where there is none."""
    base = f"{_destination(url, listed)}/v1"
    call = Call(Area.CHAT, "POST", f"{base}/chat/completions", {"repository": clean(model)})
    return _chat(call, token, base, model, None)


def endpoint_generation(token: "Secret", url: str, *, listed: Collection[str] = ()) -> CallResult:
    """Text generation by the engine's own route, as TGI and the toolkit offer it."""
    base = _destination(url, listed)
    return _generation(Call(Area.DEPLOYED, "POST", base), token, base, None)


def endpoint_embedding(
    token: "Secret", url: str, *, model: str = "", listed: Collection[str] = ()
) -> CallResult:
    """One embedding by the engine's own route, else by the OpenAI one, for which some engines
    check that `model` is the repository deployed."""
    base = _destination(url, listed)
    native = Call(Area.DEPLOYED, "POST", base, {"repository": clean(model)})
    try:
        return _embedding(native, token, {"inputs": TEXT}, route="embedding")
    except HuggingFaceError as error:
        if error.kind is not Kind.NO_ROUTE:
            raise
    openai = Call(Area.DEPLOYED, "POST", f"{base}/v1/embeddings", {"repository": clean(model)})
    body = {"input": TEXT, "model": model} if model else {"input": TEXT}
    return _embedding(openai, token, body, route="embeddings")


def _destination(url: str, listed: Collection[str]) -> str:
    """The address without a trailing slash, if the token may be sent there."""
    found = normalize_endpoint_url(url)
    if not may_receive(found, listed):
        raise HuggingFaceError(Diagnosis(Kind.URL_NOT_LISTED, {"host": found.host}))
    return found.url


def _on_hf_inference(model: str) -> str:
    _require_repository(model)
    return f"{config.current().router}/hf-inference/models/{model}"


def _require_repository(model: str) -> None:
    if not is_repository(model):
        raise HuggingFaceError(Diagnosis(Kind.MODEL_NOT_FOUND, {"repository": clean(model)}))


def _client_class() -> "type[InferenceClient]":
    session.library()
    from huggingface_hub import InferenceClient

    return InferenceClient


def _chat(call: Call, token: "Secret", base: str, model: str, bill_to: str | None) -> CallResult:
    value = session.checked(token)
    make = _client_class()
    started = time.monotonic()
    with session.asking(call, seconds=SECONDS, token=value):
        with make(base_url=base, token=value, headers=_billing(bill_to)) as client:
            stream = client.chat_completion(
                [{"role": "user", "content": QUESTION}],
                model=model,
                max_tokens=_TOKENS,
                stream=True,
            )
            pieces = [choice.delta.content for chunk in stream for choice in chunk.choices]
        if not pieces:
            raise ValueError("The stream held no choices")
    said = "".join(piece for piece in pieces if isinstance(piece, str))
    return CallResult("chat", _since(started), text=evidence(said, _SHOWN))


def _generation(call: Call, token: "Secret", url: str, bill_to: str | None) -> CallResult:
    value = session.checked(token)
    make = _client_class()
    started = time.monotonic()
    with session.asking(call, seconds=SECONDS, token=value):
        with make(model=url, token=value, headers=_billing(bill_to)) as client:
            text = client.text_generation(QUESTION, max_new_tokens=_TOKENS)
        if not isinstance(text, str):
            raise TypeError("A text was expected")
        return CallResult("generation", _since(started), text=evidence(text, _SHOWN))


def _embedding(
    call: Call,
    token: "Secret",
    body: dict[str, Any],
    *,
    route: str,
    headers: dict[str, str] | None = None,
) -> CallResult:
    started = time.monotonic()
    raw = session.request(call, token, body=body, headers=headers, seconds=SECONDS)
    latency = _since(started)
    with session.asking(call, seconds=SECONDS):
        vectors = raw["data"][0]["embedding"] if route == "embeddings" else raw
        return CallResult(route, latency, dimension=parse.vector_dimension(vectors))


def _billing(organization: str | None) -> dict[str, str] | None:
    """Whose account pays; the token owner's where nobody else is named."""
    return {"X-HF-Bill-To": organization} if organization else None


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
