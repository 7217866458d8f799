"""What the account that would pay has left of its credits, as far as it is told."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from hfadmin import outbound
from hfadmin.vault import UndecryptableError
from providers.endpoints.deploying.recent import Recent
from providers.huggingface import client
from providers.huggingface.errors import Diagnosis, HuggingFaceError, Kind
from providers.tokens.models import AccessToken, Namespace

_ASKED_FOR: Final = 4.0  # seconds: somebody waits
_recent: "Recent[Balance]" = Recent(1_000)


@dataclass(frozen=True, slots=True)
class Balance:
    """In US dollars; None: the answer does not say, or there is none, and `problem` says why."""

    left: Decimal | None = None
    problem: Diagnosis | None = None

    @property
    def is_used_up(self) -> bool:
        return self.left is not None and self.left <= 0


def read(namespace: Namespace, token: AccessToken) -> Balance:
    """What this token is told of the account, now or some minutes ago."""
    known = known_of(namespace, token)
    if known is not None:
        return known
    balance = _asked(namespace, token)
    # An account that has nothing left is to be able to go on soon after it has been paid into.
    is_settled = balance.problem is None or balance.problem.is_refusal
    is_whole = is_settled and not balance.is_used_up
    return _recent.put(balance, token, namespace.pk, is_whole=is_whole)


def known_of(namespace: Namespace, token: AccessToken) -> Balance | None:
    """What it was told some minutes ago; None where nobody has asked."""
    return _recent.get(token, namespace.pk)


def forget(namespace: Namespace, token: AccessToken) -> None:
    """Have it asked for anew."""
    _recent.forget(token, namespace.pk)


def _asked(namespace: Namespace, token: AccessToken) -> Balance:
    kind: Literal["user", "org"] = "user" if namespace.kind == Namespace.Kind.USER else "org"
    try:
        with outbound.deadline(_ASKED_FOR):
            told = client.credits_of(token.secret, namespace.name, kind)
    except UndecryptableError:
        return Balance(problem=Diagnosis(Kind.TOKEN_UNDECRYPTABLE))
    except HuggingFaceError as error:
        return Balance(problem=error.diagnosis)
    return Balance(left=told.balance)
