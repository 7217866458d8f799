"""What an endpoint will cost, in US dollars: for each number of replicas that it may have."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from providers.endpoints.deploying.computes import Compute
from providers.endpoints.outlook import HOURS_PER_MONTH, times

HOURS_PER_DAY = 24


@dataclass(frozen=True, slots=True)
class Line:
    """None: the price of the hardware is not known."""

    replicas: int
    per_hour: Decimal | None
    is_asleep: bool = False
    is_most: bool = False

    @property
    def per_day(self) -> Decimal | None:
        return times(self.per_hour, HOURS_PER_DAY)

    @property
    def per_month(self) -> Decimal | None:
        return times(self.per_hour, HOURS_PER_MONTH)


@dataclass(frozen=True, slots=True)
class Price:
    lines: tuple[Line, ...]

    @property
    def least(self) -> Line:
        return self.lines[0]

    @property
    def awake(self) -> Line:
        """With as few replicas as it has while it is awake."""
        return next(line for line in self.lines if not line.is_asleep)

    @property
    def most(self) -> Line:
        return self.lines[-1]


def of(hardware: Compute, least: int | None, most: int | None, *, sleeps: bool) -> Price | None:
    """None where the numbers of replicas are not entered yet, or make no sense."""
    if least is None or most is None or not 0 <= least <= max(most, 1):
        return None
    return Price(tuple(_lines(hardware.price_per_hour, least, max(most, 1), sleeps=sleeps)))


def _lines(price: Decimal | None, least: int, most: int, *, sleeps: bool) -> Iterator[Line]:
    """One that never sleeps has a replica at the least, whatever is entered."""
    if sleeps and not least:
        yield Line(0, Decimal(0), is_asleep=True)
    first = max(least, 1)
    yield Line(first, times(price, first), is_most=first == most)
    if most > first:
        yield Line(most, times(price, most), is_most=True)
