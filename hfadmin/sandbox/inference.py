"""Inference answers of the sandbox: deterministic text and vectors, in each engine's format."""

import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

from hfadmin.sandbox.wire import Reply, Request, event_stream, json_reply

CREATED = 1_785_600_000


def chat(request: Request, model: str, *, ends: bool = True) -> Reply:
    """Return an OpenAI chat completion, streamed if the body asks for it.

    The stream ends by `[DONE]` unless `ends` is false.
    """
    body = body_of(request)
    words = _words(_last_message(body), model, body.get("max_tokens"))
    if body.get("stream"):
        return event_stream(_ended(_chat_chunks(words, model, body), ends=ends))
    message = {"role": "assistant", "content": "".join(words)}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return json_reply(_envelope(request, "chat.completion", model) | _usage([choice], words))


def completion(request: Request, model: str, *, ends: bool = True) -> Reply:
    """Return an OpenAI text completion, streamed as `chat` is."""
    body = body_of(request)
    words = _words(str(body.get("prompt", "")), model, body.get("max_tokens"))
    if body.get("stream"):
        chunks = ([{"index": 0, "text": word, "finish_reason": None}] for word in words)
        envelope = _envelope(request, "text_completion", model)
        events = (json.dumps(envelope | {"choices": chunk}) for chunk in chunks)
        return event_stream(_ended(events, ends=ends))
    choice = {"index": 0, "text": "".join(words), "finish_reason": "stop", "logprobs": None}
    return json_reply(_envelope(request, "text_completion", model) | _usage([choice], words))


def generation(request: Request, model: str, *, streams: bool = True) -> Reply:
    """Return generated text in the format of TGI and the toolkit."""
    body = body_of(request)
    parameters = body.get("parameters") or {}
    words = _words(str(body.get("inputs", "")), model, parameters.get("max_new_tokens"))
    if body.get("stream") and streams:
        return event_stream(_generation_chunks(words))
    answer: dict[str, Any] = {"generated_text": "".join(words)}
    if parameters.get("details"):
        answer["details"] = {
            "finish_reason": "eos_token",
            "generated_tokens": len(words),
            "seed": None,
            "prefill": [],
            "tokens": [_token(index, word) for index, word in enumerate(words)],
        }
    return json_reply([answer])


def vectors(texts: Sequence[str], dimension: int) -> list[list[float]]:
    """Return a unit vector for each text; equal texts have equal vectors."""
    return [_vector(text, dimension) for text in texts]


def feature_extraction(request: Request, dimension: int) -> Reply:
    """Return vectors for `inputs`, a text or a list of texts."""
    inputs = body_of(request).get("inputs", "")
    texts = inputs if isinstance(inputs, list) else [inputs]
    return json_reply(vectors([str(text) for text in texts], dimension))


def token_vectors(request: Request, dimension: int) -> Reply:
    """Return a vector for each token of the text, as models without pooling do."""
    text = str(body_of(request).get("inputs", ""))
    return json_reply([vectors(text.split() or [""], dimension)])


def openai_embeddings(request: Request, model: str, dimension: int) -> Reply:
    """Return OpenAI embeddings."""
    texts = texts_of(request)
    data = [
        {"object": "embedding", "index": index, "embedding": vector}
        for index, vector in enumerate(vectors(texts, dimension))
    ]
    count = sum(len(text.split()) for text in texts)
    usage = {"prompt_tokens": count, "total_tokens": count}
    return json_reply({"object": "list", "data": data, "model": model, "usage": usage})


def texts_of(request: Request) -> list[str]:
    """Return the texts of an embedding request, in either format."""
    body = body_of(request)
    inputs = body.get("input", body.get("inputs", ""))
    return [str(text) for text in (inputs if isinstance(inputs, list) else [inputs])]


def body_of(request: Request) -> dict[str, Any]:
    """Return the JSON object of the body. Raises ValueError for anything else."""
    return request.object()


def _last_message(body: dict[str, Any]) -> str:
    messages = body.get("messages") or [{}]
    last = messages[-1] if isinstance(messages, list) else {}
    return str(last.get("content", "")) if isinstance(last, dict) else ""


def _words(prompt: str, model: str, limit: Any) -> list[str]:
    said = " ".join(prompt.split())[:80]
    text = f"I am the sandbox's stand-in for {model}. You said: {said}"
    words = [word if index == 0 else f" {word}" for index, word in enumerate(text.split(" "))]
    return words[: max(limit, 1)] if isinstance(limit, int) else words


def _envelope(request: Request, kind: str, model: str) -> dict[str, Any]:
    digest = hashlib.sha256(request.body).hexdigest()[:24]
    return {"id": f"chatcmpl-{digest}", "object": kind, "created": CREATED, "model": model}


def _usage(choices: list[dict[str, Any]], words: list[str]) -> dict[str, Any]:
    count = len(words)
    usage = {"prompt_tokens": 8, "completion_tokens": count, "total_tokens": 8 + count}
    return {"choices": choices, "usage": usage, "system_fingerprint": "sandbox"}


def _chat_chunks(words: list[str], model: str, body: dict[str, Any]) -> Iterator[str]:
    base = {"id": "chatcmpl-stream", "object": "chat.completion.chunk", "created": CREATED}
    deltas: list[tuple[dict[str, str], str | None]] = [
        ({"role": "assistant", "content": word}, None) for word in words
    ]
    deltas.append(({}, "stop"))
    chunks = [
        base | {"model": model, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}
        for delta, reason in deltas
    ]
    if (body.get("stream_options") or {}).get("include_usage"):
        chunks.append(base | {"model": model} | _usage([], words))
    return (json.dumps(chunk) for chunk in chunks)


def _ended(events: Iterator[str], *, ends: bool) -> Iterator[str]:
    yield from events
    if ends:
        yield "[DONE]"


def _generation_chunks(words: list[str]) -> Iterator[str]:
    for index, word in enumerate(words, start=1):
        last = index == len(words)
        details = {"finish_reason": "eos_token", "generated_tokens": index, "seed": None}
        yield json.dumps(
            {
                "index": index,
                "token": _token(index, word),
                "generated_text": "".join(words) if last else None,
                "details": details if last else None,
            }
        )


def _token(index: int, word: str) -> dict[str, Any]:
    return {"id": index, "text": word, "logprob": -0.1, "special": False}


def _vector(text: str, dimension: int) -> list[float]:
    digest = hashlib.sha512(text.encode("utf-8", "replace")).digest()
    raw = [digest[index % 64] / 255 - 0.5 + index % 7 / 100 for index in range(dimension)]
    length = math.sqrt(sum(value * value for value in raw)) or 1.0
    return [round(value / length, 7) for value in raw]
