"""What one endpoint costs, and will cost if it goes on, in US dollars."""

from dataclasses import dataclass
from decimal import Decimal

from providers.endpoints.models import ASLEEP, Endpoint

HOURS_PER_MONTH = 730


@dataclass(frozen=True, slots=True)
class Outlook:
    """None is what is not known."""

    per_hour: Decimal | None
    per_replica: Decimal | None  # and hour
    is_asleep: bool
    awake: Decimal | None  # per hour, with the replicas that it then has at least
    per_month: Decimal | None  # of what runs now; of what it wakes with, while it is asleep
    at_most: Decimal | None  # per month, with all replicas that it may have

    @property
    def may_grow(self) -> bool:
        return self.at_most is not None and self.at_most != self.per_month


def of(endpoint: Endpoint) -> Outlook:
    price, per_hour = endpoint.price_per_hour, endpoint.cost_per_hour
    is_asleep = endpoint.state in ASLEEP and not endpoint.deleted_at
    least = endpoint.min_replicas
    most = None if endpoint.deleted_at else endpoint.max_replicas or None
    awake = times(price, None if least is None else max(least, 1))
    return Outlook(
        per_hour,
        price,
        is_asleep,
        awake,
        per_month=times(awake if is_asleep else per_hour, HOURS_PER_MONTH),
        at_most=times(times(price, most), HOURS_PER_MONTH),
    )


def times(amount: Decimal | None, factor: int | None) -> Decimal | None:
    """None where either is not known."""
    return None if amount is None or factor is None else amount * factor
