"""Choosing among hardware by what it costs and how much memory it has."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol, TypeVar

from providers.endpoints.deploying.memory import Estimate, Fit


class Offer(Protocol):
    """Hardware, for one replica: `gpu_memory_gb` is that of all its accelerators together."""

    @property
    def accelerator(self) -> str: ...
    @property
    def price_per_hour(self) -> Decimal | None: ...
    @property
    def gpu_memory_gb(self) -> float | None: ...
    @property
    def memory_gb(self) -> float | None: ...


_Offer = TypeVar("_Offer", bound=Offer)


def capacity(offer: Offer) -> float | None:
    """The memory in GB that has to hold the model. None: not known, as that of Inferentia."""
    if offer.accelerator == "gpu":
        return offer.gpu_memory_gb
    return offer.memory_gb if offer.accelerator == "cpu" else None


def cheapest(offers: Iterable[_Offer], estimate: Estimate) -> _Offer | None:
    """Of those whose price is known and that it is likely to fit. The caller leaves out what cannot
    be had, and what does not compute with the type of its weights."""
    priced = [offer for offer in _fitting(offers, estimate) if offer.price_per_hour is not None]
    return min(priced, key=price, default=None)


def next_bigger(offers: Iterable[_Offer], than: Offer, estimate: Estimate) -> _Offer | None:
    """Of those of its kind with more memory, the smallest that it is likely to fit; out of several
    the cheapest."""
    bigger = [
        offer
        for offer in _fitting(offers, estimate)
        if offer.accelerator == than.accelerator and _memory(offer) > _memory(than)
    ]
    return min(bigger, key=lambda offer: (_memory(offer), price(offer)), default=None)


def price(offer: Offer) -> Decimal:
    """One that is not known comes last."""
    return Decimal("Infinity") if offer.price_per_hour is None else offer.price_per_hour


def _fitting(offers: Iterable[_Offer], estimate: Estimate) -> list[_Offer]:
    return [offer for offer in offers if estimate.fits(capacity(offer)) is Fit.LIKELY]


def _memory(offer: Offer) -> float:
    return capacity(offer) or 0.0
