# ruff: noqa: S105  # kinds of failure, not passwords
"""What can go wrong with Hugging Face, as data: a stable kind, a sentence for a person, evidence.

    HuggingFaceError
      .diagnosis: Diagnosis
        .kind          what happened, stable: stored, filtered and counted by
        .params        what the sentences name: namespace, repository, host, permission, …
        .evidence      the upstream answer, cleaned: method, path, status, request id, text
        .retry_after   seconds until it is worth asking again, where that was said

The sentences stand in `explanations`; `answers` maps each upstream answer to its kind.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any, Self

from providers.huggingface.explanations import EXPLANATIONS as _TEXTS
from providers.huggingface.explanations import PARTIES, REASONS, Explanation

__all__ = [
    "EXPLANATIONS",
    "OUR_WORDS",
    "Diagnosis",
    "Evidence",
    "Explanation",
    "HuggingFaceError",
    "Kind",
    "Party",
]


class Kind(StrEnum):
    TOKEN_MALFORMED = "token_malformed"
    TOKEN_ORGANIZATION = "token_organization"
    TOKEN_REJECTED = "token_rejected"
    TOKEN_REJECTED_ONCE = "token_rejected_once"
    TOKEN_EXPIRED = "token_expired"
    TOKEN_UNDECRYPTABLE = "token_undecryptable"
    TOKEN_DELETED = "token_deleted"
    FORBIDDEN = "forbidden"
    MISSING_PERMISSION = "missing_permission"
    POLICY_FINE_GRAINED_ONLY = "policy_fine_grained_only"
    POLICY_PENDING = "policy_pending"
    POLICY_REVOKED = "policy_revoked"
    PAYMENT_REQUIRED = "payment_required"
    CREDITS_EXHAUSTED = "credits_exhausted"
    NOT_A_MEMBER = "not_a_member"
    NAMESPACE_NOT_FOUND = "namespace_not_found"
    ENDPOINT_NOT_FOUND = "endpoint_not_found"
    MODEL_NOT_FOUND = "model_not_found"
    MODEL_GATED = "model_gated"
    MODEL_WRONG_TYPE = "model_wrong_type"
    MODEL_NOT_SERVED = "model_not_served"
    MODEL_EXISTS = "model_exists"
    MODEL_CHANGED = "model_changed"
    MODEL_DELETED = "model_deleted"
    REPOSITORY_RENAMED = "repository_renamed"
    REPOSITORY_MISMATCH = "repository_mismatch"
    RATE_LIMITED = "rate_limited"
    NAME_TAKEN = "name_taken"
    QUOTA_EXCEEDED = "quota_exceeded"
    BAD_REQUEST = "bad_request"
    ALREADY_RUNNING = "already_running"
    HARDWARE_NOT_FOUND = "hardware_not_found"
    ENDPOINT_ASLEEP = "endpoint_asleep"
    ENDPOINT_PAUSED = "endpoint_paused"
    ENDPOINT_NOT_READY = "endpoint_not_ready"
    ENDPOINT_FAILED = "endpoint_failed"
    ENDPOINT_LOADING = "endpoint_loading"
    ENDPOINT_MOVED = "endpoint_moved"
    ENDPOINT_SERVES_OTHER = "endpoint_serves_other"
    TASK_MISMATCH = "task_mismatch"
    URL_INVALID = "url_invalid"
    URL_NOT_LISTED = "url_not_listed"
    URL_OLD_API = "url_old_api"
    URL_CONSOLE = "url_console"
    ENDPOINT_SERVES_SEVERAL = "endpoint_serves_several"
    NO_CHAT_ROUTE = "no_chat_route"
    NO_CHAT_TEMPLATE = "no_chat_template"
    NO_ROUTE = "no_route"
    ENGINE_ERROR = "engine_error"
    ENGINE_CRASHED = "engine_crashed"
    ENGINE_REFUSED = "engine_refused"
    ENGINE_OVERLOADED = "engine_overloaded"
    OUT_OF_MEMORY = "out_of_memory"
    GATEWAY_ERROR = "gateway_error"
    PROVIDER_ERROR = "provider_error"
    PROXY_FAILED = "proxy_failed"
    UPSTREAM_ERROR = "upstream_error"
    UPSTREAM_MALFORMED = "upstream_malformed"
    TIMEOUT = "timeout"
    TOO_LARGE = "too_large"
    UNREACHABLE = "unreachable"
    BLOCKED_ADDRESS = "blocked_address"
    REDIRECTED = "redirected"
    CONFLICT = "conflict"
    INTERNAL_ERROR = "internal_error"
    UNKNOWN = "unknown"


class Party(StrEnum):
    """Who answered, or should have; "hfadmin" where nobody was asked."""

    HUGGING_FACE = "hugging_face"
    ROUTER = "router"
    PROVIDER = "provider"
    GATEWAY = "gateway"
    ENGINE = "engine"
    PROXY = "proxy"
    HFADMIN = "hfadmin"


# Who says each kind; None: whoever was asked, whom a diagnosis names as `who`.
SAID_BY: dict[Kind, Party | None] = {
    **dict.fromkeys(Kind, Party.HUGGING_FACE),
    **dict.fromkeys(
        (
            Kind.TOKEN_MALFORMED,
            Kind.TOKEN_ORGANIZATION,
            Kind.TOKEN_UNDECRYPTABLE,
            Kind.TOKEN_DELETED,
            Kind.MODEL_EXISTS,
            Kind.MODEL_CHANGED,
            Kind.MODEL_DELETED,
            Kind.URL_INVALID,
            Kind.URL_NOT_LISTED,
            Kind.URL_OLD_API,
            Kind.URL_CONSOLE,
            Kind.TOO_LARGE,
            Kind.BLOCKED_ADDRESS,
            Kind.INTERNAL_ERROR,
        ),
        Party.HFADMIN,
    ),
    **dict.fromkeys(
        (
            Kind.REPOSITORY_MISMATCH,
            Kind.ENDPOINT_SERVES_SEVERAL,
            Kind.NO_CHAT_ROUTE,
            Kind.NO_CHAT_TEMPLATE,
            Kind.NO_ROUTE,
            Kind.ENGINE_ERROR,
            Kind.ENGINE_CRASHED,
            Kind.ENGINE_REFUSED,
            Kind.ENGINE_OVERLOADED,
            Kind.OUT_OF_MEMORY,
        ),
        Party.ENGINE,
    ),
    Kind.GATEWAY_ERROR: Party.GATEWAY,
    Kind.PROVIDER_ERROR: Party.PROVIDER,
    Kind.PROXY_FAILED: Party.PROXY,
    **dict.fromkeys(
        (
            Kind.FORBIDDEN,
            Kind.RATE_LIMITED,
            Kind.BAD_REQUEST,
            Kind.CONFLICT,
            Kind.ENDPOINT_LOADING,
            Kind.UPSTREAM_ERROR,
            Kind.UPSTREAM_MALFORMED,
            Kind.TIMEOUT,
            Kind.UNREACHABLE,
            Kind.REDIRECTED,
            Kind.UNKNOWN,
        ),
        None,
    ),
}
# Params by which `explain` finds sentences or parts of them; all others are shown as they are.
OUR_WORDS = frozenset({"reason", "who"})
EXPLANATIONS = {kind: _TEXTS[kind.value] for kind in Kind}


@dataclass(frozen=True, slots=True)
class Evidence:
    """The upstream answer, to show and copy: without tokens, markup and control characters."""

    method: str
    path: str
    status: int | None = None
    request_id: str = ""
    text: str = ""

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """What it has of these fields; another version may have known others."""
        known = {field.name: stored[field.name] for field in fields(cls) if field.name in stored}
        return cls(**{"method": "", "path": ""} | known)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    kind: Kind
    params: dict[str, str] = field(default_factory=dict)
    evidence: Evidence | None = None
    retry_after: float | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"kind": self.kind.value}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Reads what `to_json` wrote, also by a version that knew other kinds."""
        known = {kind.value: kind for kind in Kind}
        evidence, params = stored.get("evidence"), stored.get("params")
        return cls(
            kind=known.get(str(stored.get("kind")), Kind.UNKNOWN),
            params=params if isinstance(params, dict) else {},
            evidence=Evidence.from_json(evidence) if isinstance(evidence, dict) else None,
            retry_after=stored.get("retry_after"),
        )

    def explain(self, translate: Callable[[str], str] = str) -> Explanation:
        """The sentences for a person, each passed through `translate` and filled in."""
        params = _Params(self.params)
        reason = params.get("reason", "")
        who = str(SAID_BY[self.kind] or params.get("who", Party.HUGGING_FACE))
        texts = EXPLANATIONS[self.kind]
        for variant in (who, reason):
            texts = _TEXTS.get(f"{self.kind} {variant}", texts)
        params["who"] = translate(PARTIES.get(who, PARTIES["hugging_face"]))
        if reason in REASONS:
            params["reason"] = translate(REASONS[reason])
        return Explanation(
            title=translate(texts.title) % params,
            what=translate(texts.what) % params,
            remedy=translate(texts.remedy) % params,
        )


class HuggingFaceError(Exception):
    """The one exception that calls to Hugging Face raise."""

    def __init__(self, diagnosis: Diagnosis) -> None:
        super().__init__(diagnosis.kind.value)
        self.diagnosis = diagnosis

    @property
    def kind(self) -> Kind:
        return self.diagnosis.kind

    @property
    def status(self) -> int | None:
        return self.diagnosis.evidence.status if self.diagnosis.evidence else None


class _Params(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "…"
