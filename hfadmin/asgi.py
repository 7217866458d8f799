"""The ASGI application: WSGI in threads, behind a reader of whole requests.

A thread is taken only once a request has arrived in full, and given back before its answer is sent,
so clients that are slow, or silent, hold memory up to the limits below and nothing else. What goes
beyond a limit is answered by Django all the same (`hfadmin.refusals`), with the request's body left
out.
"""

import asyncio
import io
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

from hfadmin.refusals import ENVIRON_KEY
from hfadmin.stack import WEB_THREADS
from hfadmin.wsgi import application as wsgi

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

HEAD_BYTES = 32 * 1024
BODY_BYTES = 1024 * 1024
BODY_SECONDS = 10.0
# How long a client may take to fetch an answer.
ANSWER_SECONDS = 60.0
# A client that is refused goes on sending for a while: reading and forgetting that, up to here,
# lets it come to the answer instead of a connection that was reset.
DISCARDED_BYTES = 8 * BODY_BYTES
DISCARDING_SECONDS = 2.0
# What bodies beyond the size of a common form may take together, in bytes.
COMMON_BODY_BYTES = 64 * 1024
ALL_BODIES_BYTES = 64 * BODY_BYTES

_threads = ThreadPoolExecutor(WEB_THREADS, thread_name_prefix="page")


class Answer(NamedTuple):
    status: int
    headers: list[tuple[bytes, bytes]]
    content: bytes


class RequestRefusedError(Exception):
    """The request is not taken; `status` is what it is answered."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class ClientDisconnectedError(Exception):
    """The client went away before its request was complete."""


class Bodies:
    """The bodies that are being read, and how many bytes they hold together."""

    def __init__(self) -> None:
        self.held = 0

    async def read(self, scope: Message, receive: Receive) -> bytes:
        """The whole body. Raises RequestRefusedError, and ClientDisconnectedError."""
        headers = dict(scope["headers"])
        if b"content-length" not in headers and b"transfer-encoding" not in headers:
            return b""  # There is none, so nothing is waited for: most requests are such.
        if _declared_length(headers) > BODY_BYTES:
            raise RequestRefusedError(413)
        body = bytearray()
        try:
            async with asyncio.timeout(BODY_SECONDS):
                async for chunk in _chunks(receive):
                    body += chunk
                    self.held += len(chunk)
                    self._require_room(len(body))
        except TimeoutError:
            raise RequestRefusedError(408) from None
        finally:
            self.held -= len(body)
        return bytes(body)

    def _require_room(self, size: int) -> None:
        if size > BODY_BYTES:
            raise RequestRefusedError(413)
        if size > COMMON_BODY_BYTES and self.held > ALL_BODIES_BYTES:
            raise RequestRefusedError(503)


_bodies = Bodies()


async def application(scope: Message, receive: Receive, send: Send) -> None:
    """One request: read it whole, have it served by a thread, send the answer."""
    if scope["type"] != "http":
        raise ValueError(f"Only HTTP is served here, not {scope['type']}.")
    environ = _environ(scope)
    refused = False
    try:
        _require_short_head(scope)
        body = await _bodies.read(scope, receive)
        environ |= {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
    except RequestRefusedError as refusal:
        refused = True
        environ |= {"CONTENT_LENGTH": "0", ENVIRON_KEY: refusal.status}
    except ClientDisconnectedError:
        return
    answer = await asyncio.get_running_loop().run_in_executor(_threads, _serve, environ)
    async with asyncio.timeout(ANSWER_SECONDS):
        await _send(answer, send, last_of=receive if refused else None)


async def _send(answer: Answer, send: Send, last_of: Receive | None) -> None:
    """`last_of` is a request that was not read to its end: its connection is closed."""
    headers = answer.headers + ([(b"connection", b"close")] if last_of else [])
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.content, "more_body": bool(last_of)})
    if last_of:
        await _discard(last_of)
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


def _serve(environ: dict[str, Any]) -> Answer:
    """In a thread: the answer whole, so that the thread is free before it is sent."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> Any:
        started[:] = [(status, headers)]

    with closing(wsgi(environ, start_response)) as response:
        content = b"".join(response)
    status, headers = started[0]
    encoded = [
        (name.lower().encode("latin-1"), value.strip().encode("latin-1")) for name, value in headers
    ]
    return Answer(int(status[:3]), encoded, content)


def _environ(scope: Message) -> dict[str, Any]:
    """What WSGI says of a request (PEP 3333), still without its body."""
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
    # With an underscore it would pass for the header that a proxy sets with a hyphen.
    if "_" in name:
        return
    key = name.upper().replace("-", "_")
    if key not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
        key = f"HTTP_{key}"
    separator = "; " if key == "HTTP_COOKIE" else ","
    environ[key] = f"{environ[key]}{separator}{value}" if key in environ else value


def _require_short_head(scope: Message) -> None:
    length = len(scope["raw_path"]) + len(scope["query_string"])
    length += sum(len(name) + len(value) for name, value in scope["headers"])
    if length > HEAD_BYTES:
        raise RequestRefusedError(431)


def _declared_length(headers: dict[bytes, bytes]) -> int:
    """As Content-Length says; 0 without one. The server has checked that it is digits."""
    declared = headers.get(b"content-length", b"0")
    return int(declared) if len(declared) < 20 else sys.maxsize
