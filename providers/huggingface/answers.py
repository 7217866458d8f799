"""Every answer that is not a success, and every way of getting none: its kind, and who gave it.

The texts come first, since one status has many meanings; then the status, by what was asked.
"""

import json
import re

from providers.huggingface.calls import Answer, Area, Call
from providers.huggingface.engine_answers import meaning
from providers.huggingface.errors import Diagnosis, Evidence, Kind, Party
from providers.huggingface.parties import OF_ENGINES, asked, who_answered
from providers.huggingface.text import evidence as clean_evidence

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
_PERMISSION = re.compile(r"\b(?:inference|repo|org|user)(?:\.[a-z]+){2,4}\b")
_NEEDED = {
    Area.ROUTER: "inference.serverless.write",
    Area.CHAT: "inference.endpoints.infer.write",
    Area.DEPLOYED: "inference.endpoints.infer.write",
}
_BY_STATUS = {
    402: Kind.CREDITS_EXHAUSTED,
    403: Kind.FORBIDDEN,
    407: Kind.PROXY_FAILED,
    408: Kind.TIMEOUT,
    409: Kind.CONFLICT,
    429: Kind.RATE_LIMITED,
}
# What an engine, or the gateway in front of it, says by a status alone.
_BY_STATUS_OF_ENGINES = {
    401: Kind.FORBIDDEN,
    402: Kind.CREDITS_EXHAUSTED,
    403: Kind.FORBIDDEN,
    407: Kind.PROXY_FAILED,
    408: Kind.TIMEOUT,
    429: Kind.ENGINE_OVERLOADED,
    503: Kind.ENDPOINT_NOT_READY,
}
_OF_MODELS = OF_ENGINES | {Area.ROUTER}
_NO_SUCH_ROUTE = frozenset({404, 405, 501})
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
}
_LOADING = re.compile(r"loading|estimated_time", re.IGNORECASE)
_KEPT_UNREAD = 300  # characters


def diagnose(call: Call, answer: Answer) -> Diagnosis:
    """What an unsuccessful answer means."""
    return _diagnosis(call, answer, answer.status)


def diagnose_error_within(call: Call, answer: Answer) -> Diagnosis:
    """What an error object means that came inside an answer of status 200, as its `body` alone."""
    return _diagnosis(call, answer, _status_within(answer.body))


def diagnose_unreadable(call: Call, answer: Answer) -> Diagnosis:
    """What an answer of status 200 means that is not of the promised form."""
    params = {**_params(call, who_answered(call.area, answer)), "status": str(answer.status)}
    evidence = _evidence(call, answer, _as_it_came(answer))
    return Diagnosis(Kind.UPSTREAM_MALFORMED, params, evidence)


def diagnose_silence(call: Call, kind: Kind, text: str = "") -> Diagnosis:
    """What it means that no usable answer came: `kind` was found by the caller."""
    who = Party.PROXY if kind is Kind.PROXY_FAILED else asked(call.area)
    return Diagnosis(
        kind=kind,
        params=_params(call, who),
        evidence=Evidence(
            method=call.method, path=clean_evidence(call.place, 300), text=clean_evidence(text)
        ),
    )


def _diagnosis(call: Call, answer: Answer, status: int | None) -> Diagnosis:
    text, who = answer.text, who_answered(call.area, answer)
    kind = _kind(call, status, text, who)
    params = {**_params(call, who), "status": str(answer.status)}
    if kind is Kind.MISSING_PERMISSION:
        found = _PERMISSION.search(text)
        needed = _NEEDED.get(call.area, "inference.endpoints.write")
        params["permission"] = found[0] if found else needed
    told = clean_evidence(answer.message) if answer.is_json else _as_it_came(answer)
    evidence = _evidence(call, answer, told)
    return Diagnosis(kind, params, evidence, retry_after=answer.retry_after)


def _as_it_came(answer: Answer) -> str:
    """The content type and the beginning of an answer that does not speak JSON."""
    said = answer.message or answer.body
    kept = f"{answer.content_type}: {said}" if answer.content_type else said
    return clean_evidence(kept, _KEPT_UNREAD)


def _params(call: Call, who: Party) -> dict[str, str]:
    return {"host": call.host, "who": who.value, **call.params}


def _evidence(call: Call, answer: Answer, text: str) -> Evidence:
    return Evidence(
        method=call.method,
        path=clean_evidence(call.place, 300),
        status=answer.status,
        request_id=answer.request_id,
        text=text,
    )


def _kind(call: Call, status: int | None, text: str, who: Party) -> Kind:
    if status == 503 and call.area in _OF_MODELS and _LOADING.search(text):
        return Kind.ENDPOINT_LOADING
    if call.area in OF_ENGINES:
        said = meaning(status, text, is_chat=call.area is Area.CHAT) or _by_text(status, text)
        return said or _by_status_of_engines(call.area, status, who)
    return _by_text(status, text) or _by_status(call.area, status, text, who)


def _by_text(status: int | None, text: str) -> Kind | None:
    for statuses, pattern, kind in _BY_TEXT:
        if status in statuses and pattern.search(text):
            return kind
    if status == 401 and _BAD_TOKEN.search(text) and "RepoNotFound" not in text:
        return Kind.TOKEN_REJECTED
    return None


def _by_status_of_engines(area: Area, status: int | None, who: Party) -> Kind:
    if status in _NO_SUCH_ROUTE:
        return _NOT_FOUND[area]
    if status in _BY_STATUS_OF_ENGINES:
        limited = status == 429 and who is Party.GATEWAY
        return Kind.RATE_LIMITED if limited else _BY_STATUS_OF_ENGINES[status]
    if status is None or status >= 500 or status == 424:
        return Kind.GATEWAY_ERROR if who is Party.GATEWAY else Kind.ENGINE_ERROR
    return Kind.REDIRECTED if status < 400 else Kind.ENGINE_REFUSED


def _by_status(area: Area, status: int | None, text: str, who: Party) -> Kind:
    if status == 401:
        return _UNAUTHORIZED.get(area, Kind.TOKEN_REJECTED)
    if status == 404:
        return _not_found(area, text)
    if who is Party.PROVIDER or (status is None and area is Area.ROUTER):
        return Kind.PROVIDER_ERROR
    if status is None or status >= 500:
        return Kind.UPSTREAM_ERROR
    if status < 400:
        return Kind.REDIRECTED
    return _BY_STATUS.get(status, Kind.BAD_REQUEST)


def _not_found(area: Area, text: str) -> Kind:
    if area is Area.ENDPOINT and re.search(r"\bnamespace\b", text, re.IGNORECASE):
        return Kind.NAMESPACE_NOT_FOUND
    return _NOT_FOUND.get(area, Kind.UNKNOWN)


def _status_within(error: str) -> int | None:
    """The status that an error object names itself."""
    try:
        outer = json.loads(error)
    except (ValueError, RecursionError):
        return None
    for holder in (outer.get("error"), outer) if isinstance(outer, dict) else ():
        code = holder.get("code", holder.get("status_code")) if isinstance(holder, dict) else None
        if isinstance(code, int | str) and re.fullmatch(r"[45]\d\d", str(code)[:10]):
            return int(code)
    return None
