"""Every answer that is not a success, and every way of getting none: its kind, and who gave it.

The words come first, since one status has many meanings; then the status, by what was asked.
"""

import re

from providers.huggingface.calls import Answer, Area, Call
from providers.huggingface.engine_answers import kind_at_endpoint
from providers.huggingface.errors import Diagnosis, Evidence, Kind, Party
from providers.huggingface.parties import OF_ENGINES, asked, who_answered
from providers.huggingface.phrases import HUGGING_FACE, LOADING, meaning, value_named
from providers.huggingface.text import evidence as clean_evidence

_BAD_TOKEN = re.compile(
    r"invalid (user |access )?token|invalid credentials|username or password", re.IGNORECASE
)
_PERMISSION = re.compile(r"\b(?:inference|repo|org|user)(?:\.[a-z]+){2,4}\b")
_NEEDED = {
    Area.ROUTER: "inference.serverless.write",
    Area.CHAT: "inference.endpoints.infer.write",
    Area.DEPLOYED: "inference.endpoints.infer.write",
    Area.BILLING: "billing.read",
}
_BY_STATUS = {
    402: Kind.CREDITS_EXHAUSTED,
    403: Kind.FORBIDDEN,
    407: Kind.PROXY_FAILED,
    408: Kind.TIMEOUT,
    409: Kind.CONFLICT,
    429: Kind.RATE_LIMITED,
}
_NOT_FOUND = {
    Area.MODEL: Kind.MODEL_NOT_FOUND,
    Area.NAMESPACE: Kind.NAMESPACE_NOT_FOUND,
    Area.ENDPOINT: Kind.ENDPOINT_NOT_FOUND,
    Area.CATALOG: Kind.BAD_REQUEST,  # no such recipe
    Area.BILLING: Kind.NAMESPACE_NOT_FOUND,
    Area.ROUTER: Kind.MODEL_NOT_SERVED,
}
# Codes of the Hub, beside the one for the repository itself.
_MISSING = {"RevisionNotFound": "revision", "EntryNotFound": "file"}
_MANAGED = frozenset({Area.NAMESPACE, Area.ENDPOINT, Area.CATALOG})
_UNAUTHORIZED = {
    Area.MODEL: Kind.MODEL_NOT_FOUND,
    Area.NAMESPACE: Kind.NOT_A_MEMBER,
    Area.ENDPOINT: Kind.NOT_A_MEMBER,
    Area.CATALOG: Kind.NOT_A_MEMBER,
    Area.BILLING: Kind.MISSING_PERMISSION,
}
_KEPT_UNREAD = 300  # characters
_LONGEST_TYPE = 80


def diagnose(call: Call, answer: Answer) -> Diagnosis:
    """What an unsuccessful answer means, or an error that came within a successful one."""
    who = who_answered(call, answer)
    kind = _kind(call, answer, who)
    params = {**_params(call, who), "status": str(answer.shown_status)}
    if kind is Kind.MISSING_PERMISSION:
        found = _PERMISSION.search(answer.text)
        needed = _NEEDED.get(call.area, "inference.endpoints.write")
        params["permission"] = found[0] if found else needed
    if kind is Kind.BAD_REQUEST and call.area in _MANAGED and (field := value_named(answer)):
        params["field"] = field
    if kind is Kind.MODEL_NOT_FOUND and (reason := _missing(answer)):
        params["reason"] = reason
    if kind is Kind.CREDITS_EXHAUSTED and call.area in _MANAGED:
        params["reason"] = "endpoint"
    if kind is Kind.ENDPOINT_NOT_FOUND and call.area in OF_ENGINES:
        params["reason"] = "address"
    if kind is Kind.PROVIDER_ERROR and answer.within is not None:
        params["reason"] = "within"
    told = clean_evidence(answer.message) if answer.is_json else _as_it_came(answer)
    return Diagnosis(kind, params, _evidence(call, answer, told), answer.retry_after)


def diagnose_unreadable(call: Call, answer: Answer) -> Diagnosis:
    """What an answer of status 200 means that is not of the promised form."""
    params = {**_params(call, who_answered(call, answer)), "status": str(answer.status)}
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


def _as_it_came(answer: Answer) -> str:
    """The content type and the beginning of an answer that does not speak JSON."""
    said = clean_evidence(answer.message, _KEPT_UNREAD)
    content_type = clean_evidence(answer.content_type, _LONGEST_TYPE)
    return f"{content_type}: {said}" if content_type else said


def _params(call: Call, who: Party) -> dict[str, str]:
    return {"host": call.host, "who": who.value, **call.params}


def _evidence(call: Call, answer: Answer, text: str) -> Evidence:
    return Evidence(
        method=call.method,
        path=clean_evidence(call.place, 300),
        status=answer.shown_status,
        request_id=answer.request_id,
        text=text,
    )


def _kind(call: Call, answer: Answer, who: Party) -> Kind:
    if call.area in OF_ENGINES:
        return kind_at_endpoint(call.area, answer, who)
    if call.area is Area.ROUTER and (said := meaning(LOADING, answer)):
        return said
    if who is Party.PROVIDER:
        return Kind.PROVIDER_ERROR
    return meaning(HUGGING_FACE, answer) or _by_status(call.area, answer)


def _by_status(area: Area, answer: Answer) -> Kind:
    status = answer.status
    if status == 401:
        return _unauthorized(area, answer.text)
    if status >= 500 or (area is Area.ROUTER and status in {403, 404} and _is_page(answer)):
        return Kind.UPSTREAM_ERROR
    if status == 404:
        return _not_found(area, answer.text)
    if status < 400:
        return Kind.REDIRECTED
    if status == 409 and area in {Area.NAMESPACE, Area.CATALOG}:
        return Kind.NAME_TAKEN  # only what is created can be in conflict there
    if status == 403 and area is Area.BILLING:
        return Kind.MISSING_PERMISSION
    return _BY_STATUS.get(status, Kind.BAD_REQUEST)


def _unauthorized(area: Area, text: str) -> Kind:
    if _BAD_TOKEN.search(text) and "RepoNotFound" not in text:
        return Kind.TOKEN_REJECTED
    return _UNAUTHORIZED.get(area, Kind.TOKEN_REJECTED)


def _not_found(area: Area, text: str) -> Kind:
    if area in _MANAGED and re.search(r"\bnamespace\b", text, re.IGNORECASE):
        return Kind.NAMESPACE_NOT_FOUND
    return _NOT_FOUND.get(area, Kind.UNKNOWN)


def _missing(answer: Answer) -> str:
    """What of the repository is missing, where that is not the whole of it."""
    return next((part for code, part in _MISSING.items() if code in answer.text), "")


def _is_page(answer: Answer) -> bool:
    return answer.body.lstrip().startswith("<")
