"""Every answer of Hugging Face that is not a success, and every way of getting none: its kind.

The texts come first, since one status has many meanings; then the status, by what was asked.
"""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any

from providers.huggingface.errors import Diagnosis, Evidence, Kind
from providers.huggingface.text import evidence as clean_evidence

LONGEST_WAIT = 86_400.0


class Area(StrEnum):
    """What was asked: the same status means different things to each."""

    IDENTITY = "identity"
    MODEL = "model"
    NAMESPACE = "namespace"
    ENDPOINT = "endpoint"
    ROUTER = "router"
    CHAT = "chat"  # the chat route of a deployed endpoint
    DEPLOYED = "deployed"  # its other routes


@dataclass(frozen=True, slots=True)
class Call:
    """A call about to be made, with what its explanation would name."""

    area: Area
    method: str
    url: str
    params: dict[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return self.url.split("/")[2]

    @property
    def place(self) -> str:
        """The path; the whole address where the host says more."""
        if self.area in {Area.CHAT, Area.DEPLOYED}:
            return self.url.partition("?")[0]
        return "/" + self.url.partition("?")[0].split("/", 3)[-1]


@dataclass(frozen=True, slots=True)
class Answer:
    """A status of 300 or more, with its headers (any case) and the beginning of its body, a few
    thousand characters at most."""

    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def message(self) -> str:
        """The error's own words, from whatever shape they come in."""
        return self._joined(("error", "errors", "message", "detail"))

    @property
    def text(self) -> str:
        """The words and the codes beside them, to tell the kind by."""
        keys = ("error", "errors", "message", "detail", "code", "type", "estimated_time")
        return f"{self._joined(keys)} {self.headers.get('x-error-code', '')}"

    def _joined(self, keys: tuple[str, ...]) -> str:
        found = [self.headers.get("x-error-message", "")]
        try:
            found += _words(json.loads(self.body), keys)
        except (ValueError, RecursionError):
            found.append(self.body)
        return " ".join(dict.fromkeys(word for word in found if word))


_BY_TEXT: tuple[tuple[frozenset[int], re.Pattern[str], Kind], ...] = tuple(
    (frozenset(statuses), re.compile(pattern, re.IGNORECASE), kind)
    for statuses, pattern, kind in (
        ((401, 403), r"gatedrepo", Kind.MODEL_GATED),
        ((401, 403), r"token\b.{0,80}\bexpired|expired\b.{0,80}\btoken", Kind.TOKEN_EXPIRED),
        ((401, 403), r"revoked by the organization", Kind.POLICY_REVOKED),
        ((401, 403), r"needs? to be approved|pending approval", Kind.POLICY_PENDING),
        ((401, 403), r"fine-?grained", Kind.POLICY_FINE_GRAINED_ONLY),
        ((400, 401, 402, 403), r"payment method", Kind.PAYMENT_REQUIRED),
        ((401, 403), r"missing permission|sufficient permission", Kind.MISSING_PERMISSION),
        ((401, 403), r"not a member", Kind.NOT_A_MEMBER),
        ((400, 403, 409, 422), r"\bquota\b", Kind.QUOTA_EXCEEDED),
        ((400, 409), r"already running", Kind.ALREADY_RUNNING),
        ((400,), r"instance compute .{0,200} not found", Kind.HARDWARE_NOT_FOUND),
        ((400, 403, 503), r"endpoint is paused", Kind.ENDPOINT_PAUSED),
        ((400, 404, 422), r"model_not_supported|not supported by", Kind.MODEL_NOT_SERVED),
        ((409,), r"already exists|is taken|in use", Kind.NAME_TAKEN),
        ((503,), r"scaled to zero", Kind.ENDPOINT_ASLEEP),
    )
)
_BAD_TOKEN = re.compile(
    r"invalid (user |access )?token|invalid credentials|username or password", re.IGNORECASE
)
_UNKNOWN_MODEL = re.compile(r"\bmodel\b.{0,200}(does not exist|not found)", re.IGNORECASE)
_PERMISSION = re.compile(r"\b(?:inference|repo|org|user)(?:\.[a-z]+){2,4}\b")
_NEEDED = {
    Area.ROUTER: "inference.serverless.write",
    Area.CHAT: "inference.endpoints.infer.write",
    Area.DEPLOYED: "inference.endpoints.infer.write",
}
_BY_STATUS = {
    402: Kind.CREDITS_EXHAUSTED,
    403: Kind.FORBIDDEN,
    408: Kind.TIMEOUT,
    409: Kind.CONFLICT,
    429: Kind.RATE_LIMITED,
}
_NOT_FOUND = {
    Area.MODEL: Kind.MODEL_NOT_FOUND,
    Area.NAMESPACE: Kind.NAMESPACE_NOT_FOUND,
    Area.ENDPOINT: Kind.ENDPOINT_NOT_FOUND,
    Area.ROUTER: Kind.MODEL_NOT_SERVED,
    Area.CHAT: Kind.NO_CHAT_ROUTE,
    Area.DEPLOYED: Kind.NO_ROUTE,
}
_UNAUTHORIZED = {
    Area.MODEL: Kind.MODEL_NOT_FOUND,
    Area.NAMESPACE: Kind.NOT_A_MEMBER,
    Area.ENDPOINT: Kind.NOT_A_MEMBER,
    Area.CHAT: Kind.FORBIDDEN,
    Area.DEPLOYED: Kind.FORBIDDEN,
}


def diagnose(call: Call, answer: Answer) -> Diagnosis:
    """What an unsuccessful answer means."""
    text = answer.text
    kind = _kind(call, answer.status, text)
    params = {"host": call.host, "status": str(answer.status), **call.params}
    if kind is Kind.MISSING_PERMISSION:
        found = _PERMISSION.search(text)
        needed = _NEEDED.get(call.area, "inference.endpoints.write")
        params["permission"] = found[0] if found else needed
    return Diagnosis(
        kind=kind,
        params=params,
        evidence=Evidence(
            method=call.method,
            path=clean_evidence(call.place, 300),
            status=answer.status,
            request_id=_request_id(answer.headers),
            text=clean_evidence(answer.message),
        ),
        retry_after=_retry_after(answer),
    )


def diagnose_silence(call: Call, kind: Kind, text: str = "") -> Diagnosis:
    """What it means that no usable answer came: `kind` was found by the caller."""
    return Diagnosis(
        kind=kind,
        params={"host": call.host, **call.params},
        evidence=Evidence(
            method=call.method, path=clean_evidence(call.place, 300), text=clean_evidence(text)
        ),
    )


def _kind(call: Call, status: int, text: str) -> Kind:
    for statuses, pattern, kind in _BY_TEXT:
        if status in statuses and pattern.search(text):
            return kind
    if status == 401:
        rejected = _BAD_TOKEN.search(text) and "RepoNotFound" not in text
        return (
            Kind.TOKEN_REJECTED if rejected else _UNAUTHORIZED.get(call.area, Kind.TOKEN_REJECTED)
        )
    if status == 404 or (status in {405, 501} and call.area in {Area.CHAT, Area.DEPLOYED}):
        return _not_found(call.area, text)
    if status >= 500:
        return _server_error(call.area, status, text)
    if status < 400:
        return Kind.REDIRECTED
    return _BY_STATUS.get(status, Kind.BAD_REQUEST)


def _not_found(area: Area, text: str) -> Kind:
    if area in {Area.CHAT, Area.DEPLOYED} and _UNKNOWN_MODEL.search(text):
        return Kind.REPOSITORY_MISMATCH
    if area is Area.ENDPOINT and re.search(r"\bnamespace\b", text, re.IGNORECASE):
        return Kind.NAMESPACE_NOT_FOUND
    return _NOT_FOUND.get(area, Kind.UNKNOWN)


def _server_error(area: Area, status: int, text: str) -> Kind:
    if status == 503 and area in {Area.ROUTER, Area.CHAT, Area.DEPLOYED}:
        if re.search(r"loading|estimated_time", text, re.IGNORECASE):
            return Kind.ENDPOINT_LOADING
        if area is not Area.ROUTER:
            return Kind.ENDPOINT_NOT_READY
    return Kind.UPSTREAM_ERROR


def _words(content: Any, keys: tuple[str, ...]) -> list[str]:
    if isinstance(content, str):
        return [content]
    if isinstance(content, list):
        return [word for item in content[:10] for word in _words(item, keys)]
    if not isinstance(content, dict):
        return []
    words = [word for key in keys if key in content for word in _words(content[key], keys)]
    return [*words, "estimated_time"] if "estimated_time" in set(content) & set(keys) else words


def _request_id(headers: Mapping[str, str]) -> str:
    for name in ("x-request-id", "x-amzn-trace-id", "x-amz-cf-id"):
        if headers.get(name):
            return clean_evidence(headers[name], 120)
    return ""


def _retry_after(answer: Answer) -> float | None:
    """How long to wait, as told: Retry-After, else the rate limit's reset, else the model's own
    estimate."""
    seconds = _seconds(answer.headers.get("retry-after", ""))
    if seconds is None and answer.status == 429:
        reset = re.search(r"\bt\s*=\s*(\d{1,9})", answer.headers.get("ratelimit", ""))
        seconds = float(reset[1]) if reset else None
    if seconds is None and answer.status == 503:
        estimate = re.search(r'"estimated_time"\s*:\s*(\d{1,6}(?:\.\d{1,6})?)', answer.body)
        seconds = float(estimate[1]) if estimate else None
    return None if seconds is None else min(max(seconds, 0.0), LONGEST_WAIT)


def _seconds(value: str) -> float | None:
    value = value.strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,6})?", value):
        return float(value)
    try:
        return parsedate_to_datetime(value).timestamp() - time.time()
    except (ValueError, OverflowError):
        return None
