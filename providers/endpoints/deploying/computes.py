"""The hardware of a namespace as plain values: hundreds of rows are read at each change of the
form, and what follows from the same rows is kept."""

from decimal import Decimal
from typing import NamedTuple

from django.db.models import F

from providers.endpoints.models import Endpoint
from providers.tokens.models import Namespace


class Compute(NamedTuple):
    """The columns of `Hardware` that the form is about."""

    vendor: str
    region: str
    instance_type: str
    instance_size: str
    accelerator: str
    architecture: str
    accelerators: int | None
    gpu_memory_gb: float | None
    memory_gb: float | None
    cpus: float | None
    price_per_hour: Decimal | None
    status: str
    quota_max: int | None
    quota_used: int | None

    @property
    def value(self) -> str:
        return value_of(self)

    @property
    def free(self) -> int | None:
        """Accelerators of the quota that nobody uses; None: not known."""
        if self.quota_max is None or self.quota_used is None:
            return None
        return max(self.quota_max - self.quota_used, 0)


def value_of(row: Compute | Endpoint) -> str:
    """How the form names it, or what an endpoint runs on."""
    return f"{row.vendor}/{row.region}/{row.instance_type}/{row.instance_size}"


def of(namespace: Namespace) -> tuple[Compute, ...]:
    """All that it may deploy on, the cheapest first."""
    by_price = F("price_per_hour").asc(nulls_last=True)
    rows = namespace.hardware.order_by(by_price, "instance_type", "instance_size")
    return tuple(map(Compute._make, rows.values_list(*Compute._fields)))
