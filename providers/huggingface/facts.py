"""What is true of each kind of failure: one row for each, and the only place that says so."""

from dataclasses import dataclass
from enum import StrEnum

from providers.huggingface.kinds import Kind, Party


class Subject(StrEnum):
    """Whose matter it is."""

    TOKEN = "token"  # noqa: S105
    NAMESPACE = "namespace"
    MODEL = "model"
    ENDPOINT = "endpoint"
    ENGINE = "engine"
    SERVICE = "service"  # Hugging Face's, or what stands in between: it answered
    CONNECTION = "connection"  # no answer that can be read came, whoever asks
    HFADMIN = "hfadmin"


class Outcome(StrEnum):
    """What it says about the thing that was asked for, or about the token."""

    FAULT = "fault"  # something is wrong with it
    INCONCLUSIVE = "inconclusive"  # nothing: nobody was able to answer
    REJECTED = "rejected"  # the token is of no use anywhere
    REFUSED = "refused"  # the token may not do this there
    POLICY = "policy"  # the same, by a rule of the organization
    REVOKED = "revoked"  # by a rule of the organization the token is of no use anywhere


@dataclass(frozen=True, slots=True)
class Facts:
    about: Subject
    outcome: Outcome = Outcome.FAULT
    said_by: Party | None = Party.HUGGING_FACE  # None: whom a diagnosis names as `who`
    field: str | None = None  # of the settings form; "": its top; None: that of the step
    # Whether scheduled checks can see it. What they cannot see, they neither confirm nor take back.
    seen_for_free: bool = False


FACTS: dict[Kind, Facts] = {
    Kind.TOKEN_MALFORMED: Facts(
        Subject.TOKEN,
        Outcome.REJECTED,
        said_by=Party.HFADMIN,
        field="api_token",
        seen_for_free=True,
    ),
    Kind.TOKEN_ORGANIZATION: Facts(
        Subject.TOKEN,
        Outcome.REJECTED,
        said_by=Party.HFADMIN,
        field="api_token",
        seen_for_free=True,
    ),
    Kind.TOKEN_REJECTED: Facts(
        Subject.TOKEN, Outcome.REJECTED, field="api_token", seen_for_free=True
    ),
    Kind.TOKEN_REJECTED_ONCE: Facts(Subject.TOKEN),
    Kind.TOKEN_EXPIRED: Facts(
        Subject.TOKEN, Outcome.REJECTED, field="api_token", seen_for_free=True
    ),
    Kind.TOKEN_UNDECRYPTABLE: Facts(
        Subject.TOKEN,
        Outcome.REJECTED,
        said_by=Party.HFADMIN,
        field="api_token",
        seen_for_free=True,
    ),
    Kind.TOKEN_DELETED: Facts(
        Subject.TOKEN, said_by=Party.HFADMIN, field="api_token", seen_for_free=True
    ),
    Kind.VALUES_UNDECRYPTABLE: Facts(Subject.HFADMIN, said_by=Party.HFADMIN),
    Kind.FORBIDDEN: Facts(Subject.TOKEN, Outcome.REFUSED, said_by=None, field="api_token"),
    Kind.MISSING_PERMISSION: Facts(
        Subject.TOKEN, Outcome.REFUSED, field="api_token", seen_for_free=True
    ),
    Kind.CREDITS_EXHAUSTED: Facts(Subject.TOKEN, field="api_token"),
    Kind.RATE_LIMITED: Facts(Subject.TOKEN, Outcome.INCONCLUSIVE, said_by=None),
    Kind.POLICY_FINE_GRAINED_ONLY: Facts(
        Subject.NAMESPACE, Outcome.POLICY, field="api_token", seen_for_free=True
    ),
    Kind.POLICY_PENDING: Facts(
        Subject.NAMESPACE, Outcome.POLICY, field="api_token", seen_for_free=True
    ),
    Kind.POLICY_REVOKED: Facts(
        Subject.NAMESPACE, Outcome.REVOKED, field="api_token", seen_for_free=True
    ),
    Kind.PAYMENT_REQUIRED: Facts(Subject.NAMESPACE, Outcome.REFUSED, field="namespace_name"),
    Kind.NOT_A_MEMBER: Facts(
        Subject.NAMESPACE, Outcome.REFUSED, field="namespace_name", seen_for_free=True
    ),
    Kind.NAMESPACE_NOT_FOUND: Facts(Subject.NAMESPACE, Outcome.REFUSED, field="namespace_name"),
    Kind.QUOTA_EXCEEDED: Facts(Subject.NAMESPACE),
    Kind.NAME_TAKEN: Facts(Subject.NAMESPACE),
    Kind.HARDWARE_NOT_FOUND: Facts(Subject.NAMESPACE),
    Kind.MODEL_NOT_FOUND: Facts(Subject.MODEL, seen_for_free=True),
    Kind.MODEL_GATED: Facts(Subject.MODEL, seen_for_free=True),
    Kind.MODEL_WRONG_TYPE: Facts(Subject.MODEL, seen_for_free=True),
    Kind.MODEL_NOT_SERVED: Facts(Subject.MODEL, seen_for_free=True),
    Kind.MODEL_EXISTS: Facts(Subject.MODEL, said_by=Party.HFADMIN, field="name"),
    Kind.MODEL_CHANGED: Facts(Subject.MODEL, said_by=Party.HFADMIN, field=""),
    Kind.MODEL_DELETED: Facts(Subject.MODEL, said_by=Party.HFADMIN, field=""),
    Kind.REPOSITORY_RENAMED: Facts(Subject.MODEL, seen_for_free=True),
    Kind.TASK_MISMATCH: Facts(Subject.MODEL, field="task", seen_for_free=True),
    Kind.ENDPOINT_NOT_FOUND: Facts(Subject.ENDPOINT, seen_for_free=True),
    Kind.ENDPOINT_BUSY: Facts(Subject.ENDPOINT),
    Kind.ENDPOINT_ASLEEP: Facts(Subject.ENDPOINT),
    Kind.ENDPOINT_PAUSED: Facts(Subject.ENDPOINT),
    Kind.ENDPOINT_NOT_READY: Facts(Subject.ENDPOINT, Outcome.INCONCLUSIVE),
    Kind.ENDPOINT_FAILED: Facts(Subject.ENDPOINT, seen_for_free=True),
    Kind.ENDPOINT_LOADING: Facts(Subject.ENDPOINT, Outcome.INCONCLUSIVE, said_by=None),
    Kind.ENDPOINT_DELETED: Facts(Subject.ENDPOINT, said_by=Party.HFADMIN, seen_for_free=True),
    Kind.ENDPOINT_MOVED: Facts(Subject.ENDPOINT, seen_for_free=True),
    Kind.ENDPOINT_SERVES_OTHER: Facts(Subject.ENDPOINT, seen_for_free=True),
    Kind.ALREADY_RUNNING: Facts(Subject.ENDPOINT),
    Kind.CONFLICT: Facts(Subject.ENDPOINT, said_by=None),
    Kind.URL_INVALID: Facts(Subject.ENDPOINT, said_by=Party.HFADMIN),
    Kind.URL_NOT_LISTED: Facts(Subject.ENDPOINT, said_by=Party.HFADMIN),
    Kind.URL_OLD_API: Facts(Subject.ENDPOINT, said_by=Party.HFADMIN),
    Kind.URL_CONSOLE: Facts(Subject.ENDPOINT, said_by=Party.HFADMIN),
    Kind.REPOSITORY_MISMATCH: Facts(Subject.ENGINE, said_by=Party.ENGINE),
    Kind.ENDPOINT_SERVES_SEVERAL: Facts(Subject.ENGINE, said_by=Party.ENGINE, field="name"),
    Kind.NO_CHAT_ROUTE: Facts(Subject.ENGINE, said_by=Party.ENGINE),
    Kind.NO_CHAT_TEMPLATE: Facts(Subject.ENGINE, said_by=Party.ENGINE),
    Kind.NO_ROUTE: Facts(Subject.ENGINE, said_by=Party.ENGINE),
    Kind.ENGINE_ERROR: Facts(Subject.ENGINE, said_by=Party.ENGINE),
    Kind.ENGINE_CRASHED: Facts(Subject.ENGINE, said_by=Party.ENGINE),
    Kind.ENGINE_REFUSED: Facts(Subject.ENGINE, said_by=Party.ENGINE),
    Kind.ENGINE_OVERLOADED: Facts(Subject.ENGINE, Outcome.INCONCLUSIVE, said_by=Party.ENGINE),
    Kind.OUT_OF_MEMORY: Facts(Subject.ENGINE, said_by=Party.ENGINE),
    Kind.BAD_REQUEST: Facts(Subject.SERVICE, said_by=None),
    Kind.GATEWAY_ERROR: Facts(Subject.SERVICE, Outcome.INCONCLUSIVE, said_by=Party.GATEWAY),
    Kind.PROVIDER_ERROR: Facts(Subject.SERVICE, Outcome.INCONCLUSIVE, said_by=Party.PROVIDER),
    Kind.PROXY_FAILED: Facts(Subject.SERVICE, Outcome.INCONCLUSIVE, said_by=Party.PROXY),
    Kind.UPSTREAM_ERROR: Facts(Subject.SERVICE, Outcome.INCONCLUSIVE, said_by=None),
    Kind.UPSTREAM_MALFORMED: Facts(Subject.SERVICE, Outcome.INCONCLUSIVE, said_by=None),
    Kind.REDIRECTED: Facts(Subject.SERVICE, said_by=None),
    Kind.UNKNOWN: Facts(Subject.SERVICE, Outcome.INCONCLUSIVE, said_by=None),
    Kind.TIMEOUT: Facts(Subject.CONNECTION, Outcome.INCONCLUSIVE, said_by=None),
    Kind.UNREACHABLE: Facts(Subject.CONNECTION, Outcome.INCONCLUSIVE, said_by=None),
    Kind.TOO_LARGE: Facts(Subject.CONNECTION, Outcome.INCONCLUSIVE, said_by=Party.HFADMIN),
    Kind.BLOCKED_ADDRESS: Facts(Subject.CONNECTION, said_by=Party.HFADMIN),
    Kind.INTERNAL_ERROR: Facts(Subject.HFADMIN, Outcome.INCONCLUSIVE, said_by=Party.HFADMIN),
}
