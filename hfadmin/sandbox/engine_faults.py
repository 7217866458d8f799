"""What goes wrong in an engine, or in what stands before it, each in its own words."""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from hfadmin.sandbox.wire import Reply, json_reply, sse

if TYPE_CHECKING:
    from hfadmin.sandbox.faults import Fault, Places

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


# An error during the work, by engine.
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


def _engine_error(fault: "Fault", places: "Places") -> Reply:
    engine, body = _failure(fault, "tgi")
    return json_reply(body, FAILURE_STATUS.get(engine, 500))


def _incomplete(fault: "Fault", places: "Places") -> Reply:
    return json_reply(_text_error("incomplete_generation")("Incomplete generation"), 500)


def _error_body(fault: "Fault", places: "Places") -> Reply:
    _, body = _failure(fault, "vLLM")
    return json_reply(body)


def _error_event(fault: "Fault", places: "Places") -> Reply:
    return sse(_error_events(fault))


def _late_error_event(fault: "Fault", reply: Reply) -> Reply:
    """The first events of the honest stream, `after` of them, and an error; what is no stream is
    left as it is."""
    if reply.content_type.startswith("text/event-stream"):
        begun = islice(_events(reply.body), int(fault.options.get("after", 2)))
        reply.body = _joined(begun, sse(_error_events(fault)).body)
    return reply


def _error_events(fault: "Fault") -> Iterator[str]:
    """The error, after which vLLM and SGLang end the stream as if nothing had been."""
    engine, body = _failure(fault, "vLLM")
    # SGLang's error stands bare in an answer, and wrapped in a stream.
    yield json.dumps(body if "error" in body else {"error": body})
    if engine in {"vLLM", "sGLang"}:
        yield "[DONE]"


def _events(body: bytes | Iterable[bytes]) -> Iterator[bytes]:
    whole = body if isinstance(body, bytes) else b"".join(body)
    return (event + b"\n\n" for event in whole.split(b"\n\n") if event)


def _joined(begun: Iterable[bytes], ending: bytes | Iterable[bytes]) -> Iterator[bytes]:
    yield from begun
    yield from _events(ending)


def _overloaded(fault: "Fault", places: "Places") -> Reply:
    return json_reply(OVERLOADS[str(fault.options.get("engine", "tgi"))], 429)


def _page(fault: "Fault", places: "Places") -> Reply:
    """A page of a gateway in front, of status 504 or `status`."""
    status = int(fault.options.get("status", 504))
    title = PAGES[status]
    page = (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n"
        f"<center><h1>{title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    )
    return Reply(status, page.encode(), "text/html")


def _provider_error(fault: "Fault", places: "Places") -> Reply:
    """A failure of an inference provider, which the router passes on."""
    status = int(fault.options.get("status", 502))
    text = str(fault.options.get("text", "The provider failed to run the model"))
    return json_reply({"error": {"message": text, "type": "server_error", "code": None}}, status)


INSTEAD: dict[str, Callable[["Fault", "Places"], Reply]] = {
    "504": _page,
    "engine_error": _engine_error,
    "error_body": _error_body,
    "error_event": _error_event,
    "html": _page,
    "incomplete_generation": _incomplete,
    "overloaded": _overloaded,
    "provider_error": _provider_error,
}
SPOILED: dict[str, Callable[["Fault", Reply], Reply]] = {"late_error_event": _late_error_event}
