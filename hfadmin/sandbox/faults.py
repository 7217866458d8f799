"""Faults on demand: errors, slow, malformed or hostile answers to requests that match."""

import json
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from hfadmin.sandbox import engine_faults, hostile_strings
from hfadmin.sandbox.agenda import Agenda
from hfadmin.sandbox.permissions import APPROVAL_PENDING, FINE_GRAINED_ONLY, REVOKED
from hfadmin.sandbox.wire import Reply, Request, error, json_reply

LATE = "late"  # done `seconds` after a gateway has given up waiting for it
HUGE = 10_000
CHUNK = 64 * 1024


@dataclass(slots=True, eq=False)
class Fault:
    """A fault. Fields that are None match every request; `times` None is without limit.

    `cleared` is set once all faults are.
    """

    kind: str
    token: str | None = None
    namespace: str | None = None
    endpoint: str | None = None
    path: str | None = None
    method: str | None = None
    times: int | None = None
    options: dict[str, Any] = field(default_factory=dict)
    cleared: threading.Event = field(default_factory=threading.Event)

    def matches(self, request: Request, target: "Target") -> bool:
        """Whether the fault is for this request. `path` is a prefix, or a pattern with `*`."""
        path_matches = self.path is None or (
            fnmatchcase(request.path, self.path)
            if "*" in self.path
            else request.path.startswith(self.path)
        )
        return (
            path_matches
            and self.token in (None, request.bearer)
            and self.namespace in (None, target.namespace)
            and self.endpoint in (None, target.endpoint)
            and self.method in (None, request.method)
        )


@dataclass(frozen=True, slots=True)
class Target:
    """The namespace and the endpoint that a request names, if any."""

    namespace: str | None = None
    endpoint: str | None = None


def apply_fault(
    fault: Fault, target: Target, respond: Callable[[], Reply], agenda: Agenda
) -> Reply:
    """Return the reply of the fault, which may transform the regular reply of `respond`, or put
    that on the agenda."""
    if fault.kind == LATE:
        agenda.add(float(fault.options.get("seconds", 30)), respond)
        return _no_answer()
    if fault.kind in REPLACEMENTS:
        return REPLACEMENTS[fault.kind](fault, target)
    return TRANSFORMATIONS[fault.kind](fault, respond())


def fault_kinds() -> list[str]:
    """Return the names of all faults."""
    return sorted({LATE, *REPLACEMENTS, *TRANSFORMATIONS})


def _plain(status: int, text: str, code: str | None = None) -> Callable[[Fault, Target], Reply]:
    def reply(fault: Fault, target: Target) -> Reply:
        name = target.namespace or "acme"
        said = str(fault.options.get("text", text.format(name=name)))
        return error(status, said, code)

    return reply


def _rate_limited(fault: Fault, target: Target) -> Reply:
    seconds = int(fault.options.get("seconds", 55))
    headers = {
        "RateLimit": f'"api";r=0;t={seconds}',
        "RateLimit-Policy": '"fixed window";"api";q=500;w=300',
    }
    if fault.options.get("retry_after", True):
        headers["Retry-After"] = str(seconds)
    return error(429, "We had to rate limit you.", headers=headers)


def _loading(fault: Fault, target: Target) -> Reply:
    return json_reply({"error": "Model is currently loading", "estimated_time": 20.0}, 503)


def _redirect(fault: Fault, target: Target) -> Reply:
    status = int(fault.options.get("status", 302))
    return Reply(status, b"", headers={"Location": str(fault.options["location"])})


def _endless(fault: Fault, target: Target) -> Reply:
    def body() -> Iterator[bytes]:
        yield b'{"items": ['
        while True:
            yield b" " * CHUNK

    return Reply(200, body())


def _gzip_bomb(fault: Fault, target: Target) -> Reply:
    megabytes = int(fault.options.get("megabytes", 1024))

    def body() -> Iterator[bytes]:
        compressor = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
        yield compressor.compress(b'{"items": [')
        for _ in range(megabytes):
            yield compressor.compress(b" " * 1024 * 1024)
        yield compressor.compress(b"]}") + compressor.flush()

    return Reply(200, body(), headers={"Content-Encoding": "gzip"})


def _value_bomb(fault: Fault, target: Target) -> Reply:
    """A few KB of gzip with megabytes of JSON, whose parsed values take a hundred times more."""
    body = _compressed_values(int(fault.options.get("megabytes", 30)))
    status = int(fault.options.get("status", 200))
    return Reply(status, body, headers={"Content-Encoding": "gzip"})


@cache
def _compressed_values(megabytes: int) -> bytes:
    compressor = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    body = compressor.compress(b'{"items": [')
    for _ in range(megabytes):
        body += compressor.compress(b"[]," * (1024 * 1024 // 3))
    return body + compressor.compress(b"[]]}") + compressor.flush()


def _charset(fault: Fault, reply: Reply) -> Reply:
    """The regular answer, declared to be in another character set."""
    media_type = reply.content_type.partition(";")[0]
    reply.content_type = f"{media_type}; charset={fault.options['charset']}"
    return reply


def _malformed(fault: Fault, target: Target) -> Reply:
    return Reply(200, b'{"items": [{"name": NaN, "status": {,}]')


def _string(fault: Fault, target: Target) -> Reply:
    return json_reply("Something went wrong, please try again later")


def _empty(fault: Fault, target: Target) -> Reply:
    return Reply(200, b"")


def _truncated(fault: Fault, reply: Reply) -> Reply:
    whole = whole_body(reply)
    reply.body = whole[: len(whole) // 2]
    return reply


def _dripping(fault: Fault, reply: Reply) -> Reply:
    pause = float(fault.options.get("interval", 0.1))
    whole = whole_body(reply)

    def body() -> Iterator[bytes]:
        for index in range(len(whole)):
            yield whole[index : index + 1]
            time.sleep(pause)

    reply.body = body()
    return reply


def _lost(fault: Fault, reply: Reply) -> Reply:
    """No answer comes to what was done."""
    return _no_answer()


def _no_answer() -> Reply:
    """A gateway gave up waiting."""
    page = "<html><body><h1>504 Gateway Time-out</h1></body></html>"
    return Reply(504, page.encode(), "text/html")


def _slow(fault: Fault, reply: Reply) -> Reply:
    fault.cleared.wait(float(fault.options.get("seconds", 30)))
    return reply


def _huge(fault: Fault, reply: Reply) -> Reply:
    count = int(fault.options.get("count", HUGE))
    return _rewritten(reply, lambda value: _multiplied(value, count))


def _odd_item(fault: Fault, reply: Reply) -> Reply:
    """The list without one field, "state" or "name" as `without` says, of the item `name`."""

    def damaged(item: dict[str, Any]) -> dict[str, Any]:
        if item["name"] != fault.options["name"]:
            return item
        if fault.options.get("without", "state") == "name":
            return {key: value for key, value in item.items() if key != "name"}
        status = {key: value for key, value in item["status"].items() if key != "state"}
        return item | {"status": status}

    return _rewritten(reply, lambda value: value | {"items": [*map(damaged, value["items"])]})


def _hostile(fault: Fault, reply: Reply) -> Reply:
    return _rewritten(reply, hostile_strings.poisoned)


def _rewritten(reply: Reply, rewrite: Callable[[Any], Any]) -> Reply:
    """Return the reply with its JSON rewritten; other content is left alone."""
    reply.body = whole_body(reply)
    if reply.content_type.startswith("application/json"):
        # ASCII, so that a lone surrogate can be encoded.
        reply.body = json.dumps(rewrite(json.loads(reply.body))).encode()
    return reply


def whole_body(reply: Reply) -> bytes:
    return reply.body if isinstance(reply.body, bytes) else b"".join(reply.body)


def _multiplied(value: Any, count: int) -> Any:
    """Return the answer with its list, or its `items`, of length `count`, with unique names."""
    if isinstance(value, dict):
        key = "items" if "items" in value else next(iter(value), "items")
        return value | {key: _multiplied(value.get(key, []), count)}
    items = value if isinstance(value, list) and value else [{"name": "endpoint"}]
    return [_numbered(items[index % len(items)], index) for index in range(count)]


def _numbered(item: Any, index: int) -> Any:
    if not isinstance(item, dict):
        return item
    names = {key: f"{item[key]}-{index}" for key in ("name", "id") if key in item}
    return item | names


REPLACEMENTS: dict[str, Callable[[Fault, Target], Reply]] = {
    "400": _plain(400, "Bad Request", "BAD_REQUEST"),
    "401": _plain(401, "Invalid user token."),
    "402": _plain(402, "You have exceeded your monthly included credits for Inference Providers."),
    "403": _plain(403, "Forbidden", "FORBIDDEN"),
    "404": _plain(404, "Not Found", "NOT_FOUND"),
    "409": _plain(409, "An endpoint with this name already exists", "CONFLICT"),
    "429": _rate_limited,
    "500": _plain(500, "Internal Error - We're working hard to fix this as soon as possible!"),
    "503": _plain(503, "Service Unavailable"),
    "loading": _loading,
    "policy_fine_grained_only": _plain(403, FINE_GRAINED_ONLY),
    "policy_pending": _plain(403, APPROVAL_PENDING),
    "policy_revoked": _plain(403, REVOKED),
    "quota": _plain(403, "Forbidden: quota exceeded for {name}", "FORBIDDEN"),
    "payment_required": _plain(
        403, "Forbidden: Payment method required for namespace: {name}", "FORBIDDEN"
    ),
    "missing_permission": _plain(
        403, "Forbidden: missing permissions: inference.endpoints.read", "FORBIDDEN"
    ),
    "redirect": _redirect,
    "malformed": _malformed,
    "string": _string,
    "empty": _empty,
    "endless": _endless,
    "gzip_bomb": _gzip_bomb,
    "value_bomb": _value_bomb,
    **engine_faults.REPLACEMENTS,
}
TRANSFORMATIONS: dict[str, Callable[[Fault, Reply], Reply]] = {
    "charset": _charset,
    "truncated": _truncated,
    "drip": _dripping,
    "lost": _lost,
    "slow": _slow,
    "huge_list": _huge,
    "hostile": _hostile,
    "odd_item": _odd_item,
    **engine_faults.TRANSFORMATIONS,
}
