"""The tiny real calls: they prove that a model answers, and how fast.

A token goes to the router that is configured, and to a deployed endpoint only where `may_receive`
agrees; `listed` are addresses that the management API returned for this very token, or that an
administrator has confirmed. All are plain POSTs: the library's InferenceClient loses what an
engine says within a stream or in a form of its own.
"""

import time
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from providers.huggingface import config, parse, session
from providers.huggingface.calls import Area, Call
from providers.huggingface.errors import Diagnosis, HuggingFaceError, Kind
from providers.huggingface.facts import Subject
from providers.huggingface.streams import checked, events
from providers.huggingface.text import clean, evidence, is_repository, without_token
from providers.huggingface.types import CallResult
from providers.huggingface.urls import may_receive, normalize_endpoint_url

if TYPE_CHECKING:
    from hfadmin.vault import Secret

SECONDS = 30.0
_LIST_SECONDS = 10.0  # of names: no model has to be run for it
_WAKE_SECONDS = 15.0
QUESTION = "Who are you?"
TEXT = "hello world"
_TOKENS = 8
_SHOWN = 200
# What is said for an endpoint that has begun to wake, or is doing so already.
_WAKING = frozenset({Kind.ENDPOINT_ASLEEP, Kind.ENDPOINT_LOADING, Kind.ENDPOINT_NOT_READY})
# Some engines leave the connection open after it. At the start of a line: a text may hold it, too.
_END_OF_STREAM = b"\ndata: [DONE]"


def hosted_chat(token: "Secret", model: str, *, bill_to: str | None = None) -> CallResult:
    """A streamed chat through the router, `model` being `owner/name` or `owner/name:provider`."""
    _require_repository(model.partition(":")[0])
    url = f"{config.current().router}/v1/chat/completions"
    return _chat(Call(Area.ROUTER, "POST", url, _named(model)), token, model, bill_to)


def hosted_generation(token: "Secret", model: str, *, bill_to: str | None = None) -> CallResult:
    """Text generation from hf-inference, for models that no provider offers to chat with."""
    url = _on_hf_inference(model)
    return _generation(Call(Area.ROUTER, "POST", url, _named(model)), token, bill_to)


def hosted_embedding(token: "Secret", model: str, *, bill_to: str | None = None) -> CallResult:
    """One embedding from hf-inference."""
    url = f"{_on_hf_inference(model)}/pipeline/feature-extraction"
    call = Call(Area.ROUTER, "POST", url, _named(model))
    return _embedding(call, token, {"inputs": TEXT}, route="embedding", bill_to=bill_to)


def endpoint_chat(
    token: "Secret", url: str, model: str, *, listed: Collection[str] = ()
) -> CallResult:
    """A streamed chat at a deployed endpoint."""
    url = f"{_destination(url, listed)}/v1/chat/completions"
    return _chat(Call(Area.CHAT, "POST", url, _named(model)), token, model, None)


def endpoint_generation(token: "Secret", url: str, *, listed: Collection[str] = ()) -> CallResult:
    """Text generation by the engine's own route, as TGI and the toolkit offer it."""
    return _generation(Call(Area.DEPLOYED, "POST", _destination(url, listed)), token, None)


def endpoint_completion(
    token: "Secret", url: str, model: str, *, listed: Collection[str] = ()
) -> CallResult:
    """Text generation by the OpenAI route, as vLLM, SGLang, llama.cpp and transformers offer it."""
    url = f"{_destination(url, listed)}/v1/completions"
    body = {"model": model, "prompt": QUESTION, "max_tokens": _TOKENS}
    call = Call(Area.DEPLOYED, "POST", url, _named(model))
    with session.asking(call, seconds=SECONDS):
        raw, latency = _asked(call, token, body, None)
        text = _text(raw["choices"][0]["text"])
    return CallResult("completions", latency, text=evidence(text, _SHOWN), served_name=model)


def endpoint_native_embedding(
    token: "Secret", url: str, *, listed: Collection[str] = ()
) -> CallResult:
    """One embedding by the engine's own route, as TEI and the toolkit offer it."""
    call = Call(Area.DEPLOYED, "POST", _destination(url, listed))
    return _embedding(call, token, {"inputs": TEXT}, route="embedding")


def endpoint_openai_embedding(
    token: "Secret", url: str, model: str, *, prefix: str = "/v1", listed: Collection[str] = ()
) -> CallResult:
    """One embedding by the OpenAI route, which Infinity offers without the usual prefix."""
    url = f"{_destination(url, listed)}{prefix}/embeddings"
    call = Call(Area.DEPLOYED, "POST", url, _named(model))
    body = {"input": TEXT, "model": model}
    return _embedding(call, token, body, route="embeddings", served_name=model)


def endpoint_models(
    token: "Secret", url: str, *, prefix: str = "/v1", listed: Collection[str] = ()
) -> tuple[str, ...]:
    """The names under which an endpoint serves its models."""
    call = Call(Area.DEPLOYED, "GET", f"{_destination(url, listed)}{prefix}/models")
    with session.asking(call, seconds=_LIST_SECONDS):
        names = parse.served_names(session.request(call, token, seconds=_LIST_SECONDS))
    return tuple(name for name in names if without_token(name, token.reveal()) == name)


def wake_endpoint(token: "Secret", url: str, *, listed: Collection[str] = ()) -> None:
    """Send a sleeping endpoint the request that it wakes upon: the management API has no call for
    it. Raises HuggingFaceError where nothing woke, and InconclusiveError where that is not known.
    """
    # The gateway wakes the endpoint before its engine is asked, so any engine's route will do.
    call = Call(Area.DEPLOYED, "POST", _destination(url, listed))
    body = {"inputs": TEXT, "parameters": {"max_new_tokens": 1}}
    try:
        session.content(call, token, seconds=_WAKE_SECONDS, body=body)
    except HuggingFaceError as error:
        if error.kind not in _WAKING and not _is_by_an_engine(error):
            raise


def _is_by_an_engine(error: HuggingFaceError) -> bool:
    """Whether an engine answered, which is awake then, whatever it says."""
    return error.status is not None and error.diagnosis.facts.about is Subject.ENGINE


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
        raise HuggingFaceError(Diagnosis(Kind.MODEL_NOT_FOUND, _named(model)))


def _named(model: str) -> dict[str, str]:
    return {"repository": clean(model)}


def _chat(call: Call, token: "Secret", model: str, bill_to: str | None) -> CallResult:
    body = {
        "model": model,
        "messages": [{"role": "user", "content": QUESTION}],
        "max_tokens": _TOKENS,
        "stream": True,
    }
    started = time.monotonic()
    with session.asking(call, seconds=SECONDS):
        content = session.content(
            call,
            token,
            seconds=SECONDS,
            body=body,
            headers=_billing(bill_to),
            until=_END_OF_STREAM,
        )
        latency = _since(started)
        choices = [choice for event in events(content) for choice in event.get("choices") or ()]
        pieces = [_delta(choice).get("content") for choice in choices]
        said = "".join(piece for piece in pieces if isinstance(piece, str))
        has_ended = _END_OF_STREAM in content or any(c.get("finish_reason") for c in choices)
        if not choices or not (said or has_ended):
            raise ValueError("The stream broke off before anything was said")
    return CallResult("chat", latency, text=evidence(said, _SHOWN), served_name=model)


def _delta(choice: dict[str, Any]) -> dict[str, Any]:
    """What one choice adds to the answer: nothing, in the last one of many engines."""
    said = choice["delta"] if "delta" in choice else choice["message"]
    return said or {}


def _generation(call: Call, token: "Secret", bill_to: str | None) -> CallResult:
    parameters = {"max_new_tokens": _TOKENS}
    body = {"inputs": QUESTION, "parameters": parameters, "stream": False}
    with session.asking(call, seconds=SECONDS):
        raw, latency = _asked(call, token, body, bill_to)
        first = raw[0] if isinstance(raw, list) else raw
        text = _text(first["generated_text"])
    return CallResult("generation", latency, text=evidence(text, _SHOWN))


def _embedding(
    call: Call,
    token: "Secret",
    body: dict[str, Any],
    *,
    route: str,
    bill_to: str | None = None,
    served_name: str = "",
) -> CallResult:
    with session.asking(call, seconds=SECONDS):
        raw, latency = _asked(call, token, body, bill_to)
        vectors = raw["data"][0]["embedding"] if route == "embeddings" else raw
        dimension = parse.vector_dimension(vectors)
    return CallResult(route, latency, dimension=dimension, served_name=served_name)


def _asked(
    call: Call, token: "Secret", body: dict[str, Any], bill_to: str | None
) -> tuple[Any, int]:
    """The JSON of the answer, which holds no error, and how many milliseconds it took."""
    started = time.monotonic()
    headers = _billing(bill_to)
    raw = session.request(call, token, seconds=SECONDS, body=body, headers=headers)
    return checked(raw), _since(started)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("A text was expected")
    return value


def _billing(organization: str | None) -> dict[str, str] | None:
    """Whose account pays; the token owner's where nobody else is named."""
    return {"X-HF-Bill-To": organization} if organization else None


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
