"""The hardware that an endpoint may move to: what its region has, and what cannot be had."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from providers.endpoints.models import Endpoint, EndpointState, Hardware

_CANNOT_BE_HAD: Final = {
    "not_available": gettext_lazy("Not available there at the moment."),
    "deprecated": gettext_lazy("Deprecated: no longer offered."),
}
_AVAILABILITY: Final[dict[str, str | Promise]] = {
    "available": "",
    "low_availability": gettext_lazy("low availability"),
    "reserved": gettext_lazy("reserved"),
    "": gettext_lazy("availability not known"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """`obstacle` says why the endpoint cannot have it, "" where it can. `free` are the accelerators
    of the quota that are left for it, `difference` US dollars per replica and hour more than now;
    None: not known."""

    hardware: Hardware
    is_present: bool
    free: int | None
    difference: Decimal | None
    obstacle: str | Promise = ""

    @property
    def value(self) -> str:
        return value_of(self.hardware.instance_type, self.hardware.instance_size)

    @property
    def availability(self) -> str | Promise:
        return availability(self.hardware.status)

    @property
    def is_dearer(self) -> bool:
        return self.difference is not None and self.difference > 0

    @property
    def saves(self) -> Decimal | None:
        cheaper = self.difference is not None and self.difference < 0
        return -self.difference if cheaper and self.difference is not None else None


def value_of(instance_type: str, instance_size: str) -> str:
    """How a form names it: the vendor and the region are those of the endpoint."""
    return f"{instance_type}/{instance_size}"


def availability(status: str) -> str | Promise:
    """What is to be said of it; "" where there is nothing to say."""
    return _AVAILABILITY.get(status, status)


def cannot_be_had(status: str) -> str | Promise:
    """Why hardware of this status cannot be had; "" where it can, or may."""
    return _CANNOT_BE_HAD.get(status, "")


def offers(endpoint: Endpoint) -> list[Offer]:
    """All of the endpoint's region: like what it has first, what can be had before what cannot,
    the cheapest first."""
    rows = endpoint.namespace.hardware.filter(vendor=endpoint.vendor, region=endpoint.region)
    found = list(rows.order_by("price_per_hour", "instance_type", "instance_size"))
    present = next((row for row in found if _is_present(row, endpoint)), None)
    made = [_offer(row, endpoint, present) for row in found]
    return sorted(made, key=lambda offer: _rank(offer, endpoint))


def _offer(row: Hardware, endpoint: Endpoint, present: Hardware | None) -> Offer:
    free = _free(row, endpoint, present)
    if row is present:
        return Offer(row, is_present=True, free=free, difference=None)
    before, after = endpoint.price_per_hour, row.price_per_hour
    difference = None if before is None or after is None else after - before
    obstacle = cannot_be_had(row.status) or _quota_lacks(row, endpoint, free)
    return Offer(row, False, free, difference, obstacle)


def _is_present(row: Hardware, endpoint: Endpoint) -> bool:
    placed = (endpoint.instance_type, endpoint.instance_size)
    return (row.instance_type, row.instance_size) == placed


def _free(row: Hardware, endpoint: Endpoint, present: Hardware | None) -> int | None:
    """What the endpoint holds itself is free for it, where both are of one type. How many of its
    replicas count as used is not known: as many as there may be, so that nothing is kept back that
    Hugging Face would give."""
    if row.quota_max is None or row.quota_used is None:
        return None
    own = 0
    if present and present.instance_type == row.instance_type:
        own = _needed(present, endpoint) if endpoint.state != EndpointState.PAUSED else 0
    return min(max(row.quota_max - row.quota_used + own, 0), row.quota_max)


def _needed(row: Hardware, endpoint: Endpoint) -> int:
    return (row.accelerators or 0) * max(endpoint.max_replicas or 1, 1)


def _quota_lacks(row: Hardware, endpoint: Endpoint, free: int | None) -> str:
    needed = _needed(row, endpoint)
    if free is None or needed <= free:
        return ""
    return _("Needs %(needed)d of the quota, %(free)d are free.") % {"needed": needed, "free": free}


def _rank(offer: Offer, endpoint: Endpoint) -> tuple[bool, bool, bool]:
    row = offer.hardware
    is_alike = row.accelerator == endpoint.accelerator
    return bool(offer.obstacle), not is_alike, row.price_per_hour is None
