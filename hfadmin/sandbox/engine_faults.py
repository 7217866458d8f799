"""Faults of engines and of the proxies in front of them, with the texts of each."""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from hfadmin.sandbox.wire import Reply, event_stream, json_reply

if TYPE_CHECKING:
    from hfadmin.sandbox.faults import Fault, Target

OUT_OF_MEMORY = "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has 0.35 GiB free."
PAGES = {
    200: "Welcome to nginx!",
    502: "502 Bad Gateway",
    503: "503 Service Temporarily Unavailable",
    504: "504 Gateway Time-out",
}


def _openai_error(message: str, status: int, kind: str | None) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": None, "code": status}}


def _text_error(kind: str) -> Callable[[str], dict[str, Any]]:
    return lambda message: {"error": message, "error_type": kind}


# The body of an error during inference, by engine.
FAILURES: dict[str, Callable[[str], dict[str, Any]]] = {
    "infinity": lambda message: _openai_error(f"InternalServerError: {message}", 500, None),
    "sGLang": lambda message: {
        "object": "error",
        "message": message,
        "type": "InternalServerError",
        "param": None,
        "code": 500,
    },
    "tei": _text_error("Backend"),
    "tgi": lambda message: _text_error("generation")(
        f"Request failed during generation: {message}"
    ),
    "vLLM": lambda message: _openai_error(message, 500, "InternalServerError"),
}
FAILURE_STATUS = {"tgi": 424, "tei": 424}
OVERLOADS: dict[str, dict[str, Any]] = {
    "infinity": _openai_error("model default/not-specified is currently overloaded", 429, None),
    "tei": _text_error("Overloaded")("Model is overloaded"),
    "tgi": _text_error("overloaded")("Model is overloaded"),
}


def _failure(fault: "Fault", default: str) -> tuple[str, dict[str, Any]]:
    engine = str(fault.options.get("engine", default))
    return engine, FAILURES[engine](str(fault.options.get("text", OUT_OF_MEMORY)))


def _engine_error(fault: "Fault", target: "Target") -> Reply:
    engine, body = _failure(fault, "tgi")
    return json_reply(body, FAILURE_STATUS.get(engine, 500))


def _incomplete(fault: "Fault", target: "Target") -> Reply:
    return json_reply(_text_error("incomplete_generation")("Incomplete generation"), 500)


def _error_body(fault: "Fault", target: "Target") -> Reply:
    _, body = _failure(fault, "vLLM")
    return json_reply(body)


def _error_event(fault: "Fault", target: "Target") -> Reply:
    return event_stream(_error_events(fault))


def _late_error_event(fault: "Fault", reply: Reply) -> Reply:
    """The first `after` events of the regular stream, and an error; other content is left alone."""
    if reply.content_type.startswith("text/event-stream"):
        begun = islice(_events(reply.body), int(fault.options.get("after", 2)))
        reply.body = _joined(begun, event_stream(_error_events(fault)).body)
    return reply


def _error_events(fault: "Fault") -> Iterator[str]:
    """Yield the error, after which vLLM and SGLang end the stream as usual."""
    engine, body = _failure(fault, "vLLM")
    # SGLang's error is wrapped in a stream only.
    yield json.dumps(body if "error" in body else {"error": body})
    if engine in {"vLLM", "sGLang"}:
        yield "[DONE]"


def _events(body: bytes | Iterable[bytes]) -> Iterator[bytes]:
    whole = body if isinstance(body, bytes) else b"".join(body)
    return (event + b"\n\n" for event in whole.split(b"\n\n") if event)


def _joined(begun: Iterable[bytes], ending: bytes | Iterable[bytes]) -> Iterator[bytes]:
    yield from begun
    yield from _events(ending)


def _overloaded(fault: "Fault", target: "Target") -> Reply:
    return json_reply(OVERLOADS[str(fault.options.get("engine", "tgi"))], 429)


def _page(fault: "Fault", target: "Target") -> Reply:
    """The HTML page of a proxy, with status 504 or `status`."""
    status = int(fault.options.get("status", 504))
    title = PAGES[status]
    page = (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n"
        f"<center><h1>{title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    )
    return Reply(status, page.encode(), "text/html")


def _provider_error(fault: "Fault", target: "Target") -> Reply:
    """The error of an inference provider, passed on by the router."""
    status = int(fault.options.get("status", 502))
    text = str(fault.options.get("text", "The provider failed to run the model"))
    return json_reply({"error": {"message": text, "type": "server_error", "code": None}}, status)


REPLACEMENTS: dict[str, Callable[["Fault", "Target"], Reply]] = {
    "504": _page,
    "engine_error": _engine_error,
    "error_body": _error_body,
    "error_event": _error_event,
    "html": _page,
    "incomplete_generation": _incomplete,
    "overloaded": _overloaded,
    "provider_error": _provider_error,
}
TRANSFORMATIONS: dict[str, Callable[["Fault", Reply], Reply]] = {
    "late_error_event": _late_error_event
}
