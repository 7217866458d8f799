"""A minimal HTTP layer over WSGI: requests, replies and routes."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

LARGEST_BODY = 8 * 1024 * 1024


@dataclass(slots=True)
class Request:
    """A request. The names of its headers are in lower case. `answered_at`: when its answer left,
    in seconds of the machine's clock; None before."""

    method: str
    host: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    url: str
    answered_at: float | None = field(default=None, compare=False)

    @classmethod
    def from_environ(cls, environ: "WSGIEnvironment") -> "Request":
        host = environ.get("HTTP_HOST") or environ["SERVER_NAME"]
        path = environ.get("PATH_INFO") or "/"
        query = environ.get("QUERY_STRING", "")
        scheme = environ.get("wsgi.url_scheme", "http")
        return cls(
            method=environ["REQUEST_METHOD"],
            host=host.lower(),
            path=path,
            query=parse_qs(query, keep_blank_values=True),
            headers=_headers(environ),
            body=_body(environ),
            url=f"{scheme}://{host}{quote(path)}{'?' if query else ''}{query}",
        )

    @property
    def bearer(self) -> str | None:
        """The access token in the Authorization header, if any."""
        scheme, _, value = self.headers.get("authorization", "").partition(" ")
        return value.strip() if scheme.lower() == "bearer" and value.strip() else None

    def parameter(self, name: str, default: str = "") -> str:
        """Return the first value of a query parameter."""
        return self.query.get(name, [default])[0]

    def json(self) -> Any:
        """Return the body as JSON. Raises ValueError."""
        return json.loads(self.body or b"null")

    def object(self) -> dict[str, Any]:
        """Return the body as a JSON object. Raises ValueError for anything else."""
        value = self.json()
        if not isinstance(value, dict):
            raise ValueError("The body must be an object")  # noqa: TRY004 - a bad request
        return value


@dataclass(slots=True)
class Reply:
    """A reply. Its body is bytes, or chunks if it is streamed."""

    status: int = 200
    body: bytes | Iterable[bytes] = b""
    content_type: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def status_line(self) -> str:
        known = self.status in HTTPStatus._value2member_map_
        return f"{self.status} {HTTPStatus(self.status).phrase if known else 'Unknown'}"


class RefusedError(Exception):
    """Ends a handler with the reply of an error."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def json_reply(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Reply(status, body, headers=dict(headers or {}))


def error(
    status: int, text: str, code: str | None = None, headers: Mapping[str, str] | None = None
) -> Reply:
    """Return `{"error": text}` as the Hub does, with `code` as the management API does."""
    body = {"error": text} if code is None else {"error": text, "code": code}
    said = text.encode("ascii", "replace").decode()
    return json_reply(body, status, {"X-Error-Message": said, **(headers or {})})


def text_reply(text: str, content_type: str = "text/plain; charset=utf-8") -> Reply:
    return Reply(200, text.encode(), content_type)


def event_stream(chunks: Iterable[str]) -> Reply:
    """Return a stream of server-sent events, one for each chunk."""
    body = (f"data: {chunk}\n\n".encode() for chunk in chunks)
    return Reply(200, body, "text/event-stream; charset=utf-8", {"Cache-Control": "no-cache"})


Handler = Callable[..., Reply]


class Routes:
    """Routes such as `GET /api/models/{name:repository}`, tried in the order of registration. A
    parameter is one part of the path, with `:repository` one or two, with `:path` any number."""

    def __init__(self) -> None:
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = []

    def on(self, method: str, pattern: str) -> Callable[[Handler], Handler]:
        """Decorator: register a handler."""

        def register(handler: Handler) -> Handler:
            self._routes.append((method, _compiled(pattern), handler))
            return handler

        return register

    def find(self, method: str, path: str) -> tuple[Handler, dict[str, str]] | int:
        """Return the handler and its arguments, or 404, or 405 if only the method is wrong."""
        status = 404
        for known_method, pattern, handler in self._routes:
            if match := pattern.fullmatch(path):
                if known_method == method:
                    return handler, match.groupdict()
                status = 405
        return status


_PARAMETERS = {None: "[^/]+", "repository": "[^/]+(?:/[^/]+)?", "path": ".+?"}


def _compiled(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)(?::(\w+))?\}", pattern)
    source = re.escape(parts[0])
    for name, kind, rest in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        source += f"(?P<{name}>{_PARAMETERS[kind]}){re.escape(rest)}"
    return re.compile(source)


def _headers(environ: "WSGIEnvironment") -> dict[str, str]:
    headers = {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            headers[name.replace("_", "-").lower()] = environ[name]
    return headers


def _body(environ: "WSGIEnvironment") -> bytes:
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > LARGEST_BODY:
        return b""
    body: bytes = environ["wsgi.input"].read(int(length))
    return body
