"""Making a call: the guarded client, the library set up to use it, and every failure as one error.

An unsuccessful answer becomes a HuggingFaceError in a hook of the client, before the library sees
it: the library loses the status where an error's body is not an object.
"""

import contextlib
import json
import re
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx2

from hfadmin import outbound
from providers.huggingface import config
from providers.huggingface.answers import diagnose, diagnose_silence, diagnose_unreadable
from providers.huggingface.calls import LONGEST_BODY, Answer, Area, Call
from providers.huggingface.errors import Diagnosis, HuggingFaceError, Kind
from providers.huggingface.parties import OF_ENGINES
from providers.huggingface.text import is_sendable, without_token

if TYPE_CHECKING:
    from huggingface_hub import HfApi

    from hfadmin.vault import Secret


@dataclass(slots=True)
class _Asked:
    """A call that is under way, and the answer to it once that has begun."""

    call: Call
    token: str = ""
    response: httpx2.Response | None = None
    body: bytes | None = None  # of a successful answer, once it was read

    @property
    def arrived(self) -> httpx2.Response:
        assert self.response is not None  # noqa: S101 - asked for only once it has come
        return self.response


_asking: ContextVar[_Asked | None] = ContextVar("huggingface_call", default=None)
_library_lock = threading.Lock()
_library_for: config.Configuration | None = None
_LONGEST_TOKEN = 2_000
_MEGABYTE = 1024 * 1024
_SMALL = outbound.Limits(max_bytes=_MEGABYTE, max_values=100_000)
# Lists may be long: thousands of endpoints, a person's organizations. Everything else is small; an
# embedding of two words is some 30,000 numbers where the engine answers one vector for each token.
_LIMITS = {
    Area.NAMESPACE: outbound.Limits(max_bytes=20 * _MEGABYTE, max_values=1_000_000),
    Area.IDENTITY: outbound.Limits(max_bytes=16 * _MEGABYTE, max_values=800_000),
    Area.MODEL: outbound.Limits(max_bytes=4 * _MEGABYTE, max_values=200_000),
    Area.ENDPOINT: _SMALL,
    Area.CATALOG: outbound.Limits(max_bytes=4 * _MEGABYTE, max_values=200_000),
    Area.BILLING: outbound.Limits(max_bytes=4 * _MEGABYTE, max_values=200_000),
    Area.ROUTER: _SMALL,
    Area.CHAT: _SMALL,
    Area.DEPLOYED: _SMALL,
}
_LONGEST_HEADER = 500  # characters that are looked at of an unsuccessful answer's
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")

_SILENCES: tuple[tuple[type[Exception], Kind], ...] = (
    (outbound.BlockedAddressError, Kind.BLOCKED_ADDRESS),
    (outbound.DeadlineExceededError, Kind.TIMEOUT),
    (outbound.BodyTooLargeError, Kind.TOO_LARGE),
    (outbound.RedirectRefusedError, Kind.REDIRECTED),
    (httpx2.TimeoutException, Kind.TIMEOUT),
    (httpx2.DecodingError, Kind.UPSTREAM_MALFORMED),
    (httpx2.RemoteProtocolError, Kind.UPSTREAM_MALFORMED),
    (httpx2.UnsupportedProtocol, Kind.URL_INVALID),
    (httpx2.ProxyError, Kind.PROXY_FAILED),
    (httpx2.TransportError, Kind.UNREACHABLE),
    (httpx2.InvalidURL, Kind.URL_INVALID),
    (httpx2.HTTPError, Kind.UPSTREAM_ERROR),
    # An answer that is not of the promised shape, wherever that came to light.
    (ValueError, Kind.UPSTREAM_MALFORMED),
    (LookupError, Kind.UPSTREAM_MALFORMED),
    (TypeError, Kind.UPSTREAM_MALFORMED),
    (AttributeError, Kind.UPSTREAM_MALFORMED),
    (ArithmeticError, Kind.UPSTREAM_MALFORMED),  # numbers and moments beyond what Python holds
    (RecursionError, Kind.UPSTREAM_MALFORMED),
)


class AnsweredError(Exception):
    """An answer of status 200 holds this error object instead of what was asked for."""

    def __init__(self, error: Any) -> None:
        super().__init__()
        self.error = error


@contextmanager
def asking(call: Call, *, seconds: float, token: str | None = None) -> Generator[None]:
    """All that happens inside is this call: it ends in time, and fails as HuggingFaceError. An
    answer that repeats `token` is kept without it."""
    outer = _asking.get()
    asked = outer if outer is not None and outer.call is call else _Asked(call)
    asked.token = token or asked.token
    before = _asking.set(asked)
    try:
        with outbound.deadline(seconds), outbound.limited(_LIMITS[call.area]):
            yield
    except AnsweredError as error:
        raise HuggingFaceError(diagnose(call, _error_within(asked, error.error))) from error
    except tuple(error for error, _ in _SILENCES) as error:
        kind = next(kind for kinds, kind in _SILENCES if isinstance(error, kinds))
        reason = str(error) if isinstance(error, httpx2.HTTPError) else ""
        if kind is Kind.UPSTREAM_MALFORMED and asked.response is not None:
            raise HuggingFaceError(diagnose_unreadable(call, _answer(asked))) from error
        raise HuggingFaceError(diagnose_silence(call, kind, reason)) from error
    finally:
        _asking.reset(before)


def request(call: Call, token: "Secret | None", *, seconds: float, **sent: Any) -> Any:
    """One plain call; the JSON of its answer."""
    with asking(call, seconds=seconds):
        return json.loads(content(call, token, seconds=seconds, **sent))


def content(
    call: Call,
    token: "Secret | None",
    *,
    seconds: float,
    body: Any = None,
    params: Any = None,
    headers: Mapping[str, str] | None = None,
    until: bytes = b"",
) -> bytes:
    """One plain call; its answer as it came, up to `until` where that comes before its end."""
    value = checked(token) if token is not None else ""
    sent = {**(headers or {}), **({"authorization": f"Bearer {value}"} if value else {})}
    if call.area in OF_ENGINES:
        # One that crashed closes its connection, perhaps while the next request is on its way.
        sent["connection"] = "close"
    with asking(call, seconds=seconds, token=value):
        with _client().stream(
            call.method, call.url, headers=sent, json=body, params=params
        ) as answer:
            read = _read(answer, until)
        _current().body = read
        return read


def _read(answer: httpx2.Response, until: bytes) -> bytes:
    if not until:
        return answer.read()
    read = bytearray()
    for piece in answer.iter_bytes():
        read += piece
        if until in read[-len(piece) - len(until) :]:
            break
    return bytes(read)


def library() -> "HfApi":
    """The library's API object, which sends by the guarded client and never adds a token of its
    own. Imported here, at first use: it costs 0.1 s and 7 MB that web and beat do not need."""
    import huggingface_hub
    from huggingface_hub import constants

    global _library_for  # the library's settings are its module's globals
    places = config.current()
    with _library_lock:
        if _library_for != places:
            constants.ENDPOINT = places.hub
            constants.INFERENCE_ENDPOINTS_ENDPOINT = places.management
            constants.INFERENCE_CATALOG_ENDPOINT = places.catalog
            constants.INFERENCE_PROXY_TEMPLATE = places.router + "/{provider}"
            constants.HF_HUB_DISABLE_IMPLICIT_TOKEN = True
            constants.HF_HUB_DISABLE_TELEMETRY = True  # it asks the Hub what runs it
            huggingface_hub.set_client_factory(_client)
            _library_for = places
    return huggingface_hub.HfApi(
        endpoint=places.hub, token=False, library_name="hfadmin", library_version="1"
    )


def checked(token: "Secret") -> str:
    """The token, if it is one that may go into a header."""
    value = token.reveal()
    if value.startswith("api_org_"):
        raise HuggingFaceError(Diagnosis(Kind.TOKEN_ORGANIZATION))
    if not value or len(value) > _LONGEST_TOKEN or not is_sendable(value):
        raise HuggingFaceError(Diagnosis(Kind.TOKEN_MALFORMED))
    return value


def _client() -> httpx2.Client:
    client = outbound.client(follow=(config.current().hub,))
    client.event_hooks = {"response": [_refuse]}
    return client


def _current() -> _Asked:
    asked = _asking.get()
    assert asked is not None  # noqa: S101 - every call is made within asking()
    return asked


def _refuse(response: httpx2.Response) -> None:
    asked = _current()
    asked.response = response
    if response.status_code >= 300:
        raise HuggingFaceError(diagnose(asked.call, _answer(asked)))


def _answer(asked: _Asked) -> Answer:
    """What is looked at of the answer, cut before anything is matched against it: no deadline
    bounds the work on a text."""
    body = _beginning(asked) if asked.body is None else asked.body[:LONGEST_BODY]
    text = without_token(_unescaped(body.decode("utf-8", "replace")), asked.token)
    return Answer(asked.arrived.status_code, _headers(asked), text[:LONGEST_BODY])


def _error_within(asked: _Asked, error: Any) -> Answer:
    text = without_token(json.dumps(error, ensure_ascii=False)[: 2 * LONGEST_BODY], asked.token)
    return Answer.of_error_within(asked.arrived.status_code, _headers(asked), text[:LONGEST_BODY])


def _headers(asked: _Asked) -> dict[str, str]:
    return {
        name: without_token(value, asked.token)[:_LONGEST_HEADER]
        for name, value in asked.arrived.headers.items()
    }


def _unescaped(text: str) -> str:
    """With the characters that `\\u` stands for, in JSON and in what was meant to be."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except (ValueError, RecursionError):
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _beginning(asked: _Asked) -> bytes:
    """The first bytes of the body; the rest of a long one is left on the connection, which is
    closed with it. What came of one that broke off, or of one that does not end in time."""
    response, body = asked.arrived, b""
    if response.is_stream_consumed:
        with contextlib.suppress(httpx2.ResponseNotRead):
            body = response.content
        return body[:LONGEST_BODY]
    with contextlib.suppress(
        outbound.BodyTooLargeError, outbound.DeadlineExceededError, httpx2.HTTPError
    ):
        for piece in response.iter_bytes():
            body += piece
            if len(body) >= LONGEST_BODY:
                break
    response.close()
    return body[:LONGEST_BODY]
