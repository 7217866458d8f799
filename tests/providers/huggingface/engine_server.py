"""An inference engine on a socket, with answers by path, and helpers to make these."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.network import allow_networks
from tests.sink import Received, Sink, plain, sink

JSON, STREAM, HTML, TEXT = (
    "application/json",
    "text/event-stream",
    "text/html",
    "text/plain",
)
CHAT, COMPLETIONS, MODELS = "/v1/chat/completions", "/v1/completions", "/v1/models"
EMBEDDINGS = "/v1/embeddings"
Answered = tuple[int, str, Any] | Callable[[Received], Iterator[bytes]]
Routes = Mapping[str, Answered]
NOT_FOUND: Answered = (404, JSON, {"detail": "Not Found"})


@contextmanager
def engine(routes: Routes) -> Iterator[Sink]:
    """Serve these answers by path, and 404 for other paths."""

    def answer(received: Received) -> Iterator[bytes]:
        answered = routes.get(received.path, NOT_FOUND)
        if callable(answered):
            return answered(received)
        status, content_type, body = answered
        text = body if isinstance(body, str) else json.dumps(body)
        return plain(text.encode(), f"{status} X", f"Content-Type: {content_type}")

    with sink(answer) as served, allow_networks("127.0.0.0/8"):
        yield served


def event(delta: object, **beside: Any) -> str:
    """Return a server-sent event with a chunk of a chat completion."""
    return f"data: {json.dumps({'choices': [{'index': 0, 'delta': delta}], **beside})}\n\n"


def models(*names: Any) -> Answered:
    """Return the answer of /v1/models."""
    return (200, JSON, {"object": "list", "data": [{"id": name} for name in names]})


def paths(served: Sink) -> list[str]:
    """Return the paths of the requests, in order."""
    return [received.path for received in served.requests]
