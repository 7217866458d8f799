"""What an account has left to pay with. The answers are not documented, and read as far as they
can be."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from providers.huggingface import config, session
from providers.huggingface.calls import Area, Call
from providers.huggingface.errors import Diagnosis, HuggingFaceError, Kind
from providers.huggingface.fields import moment_of, object_of
from providers.huggingface.text import clean, is_name

if TYPE_CHECKING:
    from hfadmin.vault import Secret

SECONDS = 15.0
_MICRO = Decimal(1_000_000)
_MOST = 10**15  # millionths of a dollar


@dataclass(frozen=True, slots=True)
class Credits:
    balance: Decimal | None  # USD; None: the answer does not say
    period_end: datetime | None


def credits_of(token: "Secret", namespace: str, kind: Literal["user", "org"]) -> Credits:
    """What the account has left; of a user, the token's own account. Raises HuggingFaceError:
    missing_permission names the permission that would tell.

    No documented call tells the balance. It is read from `credits.balanceMicroUSD`, which is an
    assumption: only the sandbox is known to have it."""
    params = {"namespace": clean(namespace, 100)}
    if not is_name(namespace):
        raise HuggingFaceError(Diagnosis(Kind.NAMESPACE_NOT_FOUND, params))
    whose = "settings" if kind == "user" else f"organizations/{namespace}"
    url = f"{config.current().hub}/api/{whose}/billing/usage"
    call = Call(Area.BILLING, "GET", url, params)
    raw = session.request(call, token, seconds=SECONDS)
    with session.asking(call, seconds=SECONDS):
        left = object_of(raw.get("credits")).get("balanceMicroUSD")
        ends = object_of(raw.get("period")).get("periodEnd")
        return Credits(_dollars(left), moment_of(ends))


def _dollars(raw: Any) -> Decimal | None:
    """A balance may be below zero. NaN is not."""
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not -_MOST <= raw <= _MOST:
        return None
    return Decimal(round(raw)) / _MICRO
