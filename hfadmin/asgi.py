"""The ASGI application: runs the WSGI application in threads, with requests and responses buffered.

A thread is used only from when a request has arrived in full until its response is complete, so
slow clients occupy memory, up to the limits below, and no thread. For a request beyond a limit
Django renders the error page (`hfadmin.middleware.refused_requests`), without the body.
"""

import asyncio
import io
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

from hfadmin.call_stack import with_stack_room
from hfadmin.middleware import REFUSED_STATUS
from hfadmin.stack import WEB_THREADS
from hfadmin.turns import Turns
from hfadmin.wsgi import application as wsgi

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

HEAD_BYTES = 32 * 1024
BODY_BYTES = 1024 * 1024
BODY_SECONDS = 10.0
# How long a client may take to receive a response.
ANSWER_SECONDS = 60.0
# A refused client may still be sending. Reading and discarding that, up to these limits, lets it
# receive the response in place of a connection reset.
DISCARDED_BYTES = 8 * BODY_BYTES
DISCARDING_SECONDS = 2.0
# While all bodies together take more than the second, only bodies within the first are read.
COMMON_BODY_BYTES = 64 * 1024
ALL_BODIES_BYTES = 64 * BODY_BYTES

_threads = ThreadPoolExecutor(WEB_THREADS, thread_name_prefix="page")
_turns = Turns()


class Response(NamedTuple):
    """A complete response. The names of the headers are in lower case."""

    status: int
    headers: list[tuple[bytes, bytes]]
    content: bytes


class RequestRefusedError(Exception):
    """The request is beyond a limit; `status` is the HTTP status of the response."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class ClientDisconnectedError(Exception):
    """The client disconnected before its request was complete."""


class BodyReader:
    """Reads request bodies, and counts the bytes that unfinished ones occupy together."""

    def __init__(self) -> None:
        self.buffered = 0

    async def read(self, scope: Message, receive: Receive) -> bytes:
        """Return the whole body. Raises RequestRefusedError and ClientDisconnectedError."""
        headers = dict(scope["headers"])
        if b"content-length" not in headers and b"transfer-encoding" not in headers:
            return b""  # Most requests have no body: they need not wait for a message.
        if _declared_length(headers) > BODY_BYTES:
            raise RequestRefusedError(413)
        body = bytearray()
        try:
            async with asyncio.timeout(BODY_SECONDS):
                async for chunk in _chunks(receive):
                    body += chunk
                    self.buffered += len(chunk)
                    self._check_size(len(body))
        except TimeoutError:
            raise RequestRefusedError(408) from None
        finally:
            self.buffered -= len(body)
        return bytes(body)

    def _check_size(self, size: int) -> None:
        if size > BODY_BYTES:
            raise RequestRefusedError(413)
        if size > COMMON_BODY_BYTES and self.buffered > ALL_BODIES_BYTES:
            raise RequestRefusedError(503)


_body_reader = BodyReader()


async def application(scope: Message, receive: Receive, send: Send) -> None:
    """Read one request, run it in a thread and send the response."""
    if scope["type"] != "http":
        raise ValueError(f"Only HTTP is served here, not {scope['type']}.")
    environ = _environ(scope)
    refused = False
    try:
        _check_head(scope)
        body = await _body_reader.read(scope, receive)
        environ |= {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
    except RequestRefusedError as refusal:
        refused = True
        environ |= {"CONTENT_LENGTH": "0", REFUSED_STATUS: refusal.status}
    except ClientDisconnectedError:
        return
    answer = await asyncio.get_running_loop().run_in_executor(_threads, _serve, environ)
    async with asyncio.timeout(ANSWER_SECONDS):
        await _send(answer, send, unread=receive if refused else None)


async def _send(answer: Response, send: Send, unread: Receive | None) -> None:
    """`unread` receives the rest of a refused request, whose connection is closed then."""
    headers = answer.headers + ([(b"connection", b"close")] if unread else [])
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.content, "more_body": bool(unread)})
    if unread:
        await _discard(unread)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _discard(receive: Receive) -> None:
    discarded = 0
    try:
        async with asyncio.timeout(DISCARDING_SECONDS):
            async for chunk in _chunks(receive):
                discarded += len(chunk)
                if discarded > DISCARDED_BYTES:
                    return
    except (TimeoutError, ClientDisconnectedError):
        return


async def _chunks(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientDisconnectedError
        yield message.get("body", b"")
        more = message.get("more_body", False)


@with_stack_room
def _serve(environ: dict[str, Any]) -> Response:
    """Run the WSGI application, in a thread, and return its whole response."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> Any:
        started[:] = [(status, headers)]

    with _turns.turn(), closing(wsgi(environ, start_response)) as response:
        content = b"".join(response)
    status, headers = started[0]
    encoded = [
        (name.lower().encode("latin-1"), value.strip().encode("latin-1")) for name, value in headers
    ]
    return Response(int(status[:3]), encoded, content)


def _environ(scope: Message) -> dict[str, Any]:
    """Return the WSGI environ (PEP 3333) of the request, with an empty body."""
    host, port = scope.get("server") or ("localhost", 80)
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        _add_header(environ, name.decode("latin-1"), value.decode("latin-1"))
    return environ


def _add_header(environ: dict[str, Any], name: str, value: str) -> None:
    # A name with an underscore would overwrite the header that a proxy sets with a hyphen.
    if "_" in name:
        return
    key = name.upper().replace("-", "_")
    if key not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
        key = f"HTTP_{key}"
    separator = "; " if key == "HTTP_COOKIE" else ","
    environ[key] = f"{environ[key]}{separator}{value}" if key in environ else value


def _check_head(scope: Message) -> None:
    length = len(scope["raw_path"]) + len(scope["query_string"])
    length += sum(len(name) + len(value) for name, value in scope["headers"])
    if length > HEAD_BYTES:
        raise RequestRefusedError(431)


def _declared_length(headers: dict[bytes, bytes]) -> int:
    """Return the Content-Length, 0 without one. The server has checked that it is digits."""
    declared = headers.get(b"content-length", b"0")
    return int(declared) if len(declared) < 20 else sys.maxsize
