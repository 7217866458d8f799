"""The hardware that a namespace may deploy on, as it is offered in the form."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from providers.endpoints.deploying import dtypes, offers
from providers.endpoints.deploying.computes import Compute
from providers.endpoints.deploying.memory import Estimate, Fit
from providers.endpoints.lifecycle.hardware import availability, cannot_be_had

_ORDER: Final = (Fit.LIKELY, Fit.UNKNOWN, Fit.TIGHT, Fit.TOO_BIG)


@dataclass(frozen=True, slots=True)
class Tile:
    """`obstacle` says why it cannot be had, `doubt` why the model would not run; "" where nothing
    does."""

    hardware: Compute
    fit: Fit
    share: float | None  # of its memory that the model fills
    obstacle: str = ""
    doubt: str = ""
    is_cheapest: bool = False

    @property
    def percent(self) -> int | None:
        return None if self.share is None else round(self.share * 100)

    @property
    def availability(self) -> str | Promise:
        return availability(self.hardware.status)


@dataclass(frozen=True, slots=True)
class Offer:
    """The tiles of one vendor, region and kind of accelerator, with what else there is."""

    vendors: tuple[str, ...]
    regions: tuple[str, ...]
    accelerators: tuple[tuple[str, int], ...]  # with how many tiles each has
    vendor: str
    region: str
    accelerator: str
    tiles: tuple[Tile, ...]


def offer(
    rows: Sequence[Compute],
    estimate: Estimate,
    kinds: tuple[str, ...],
    *,
    vendor: str = "",
    region: str = "",
    accelerator: str = "",
    chosen: Compute | None = None,
) -> Offer | None:
    """Where nothing is chosen, what the cheapest that fits has. `kinds` are the types of the
    weights. None: there is no hardware."""
    if not rows:
        return None
    wanted = (vendor, region, accelerator)
    near = (chosen.vendor, chosen.region, chosen.accelerator) if chosen else None
    return _offer(tuple(rows), estimate, kinds, wanted, near, get_language())


@lru_cache(maxsize=32)
def _offer(
    rows: tuple[Compute, ...],
    estimate: Estimate,
    kinds: tuple[str, ...],
    wanted: tuple[str, str, str],
    near: tuple[str, str, str] | None,
    _language: str | None,
) -> Offer:
    """Kept, since most changes of the form leave the tiles as they are. `near`: a place of hardware
    that is to be shown where `wanted` does not say otherwise."""
    vendor, region, accelerator = wanted
    usual_vendor, usual_region, usual_accelerator = near or _near(rows, estimate, kinds)
    vendors = _each(row.vendor for row in rows)
    vendor = vendor if vendor in vendors else usual_vendor
    regions = _each(row.region for row in rows if row.vendor == vendor)
    region = _one_of(regions, region, usual_region)
    here = [row for row in rows if (row.vendor, row.region) == (vendor, region)]
    found = sorted(_each(row.accelerator for row in here), key=_usual_first)
    accelerator = _one_of(found, accelerator, usual_accelerator)
    counted = tuple((name, sum(row.accelerator == name for row in here)) for name in found)
    shown = [row for row in here if row.accelerator == accelerator]
    tiles = _tiles(shown, estimate, kinds)
    return Offer(vendors, regions, counted, vendor, region, accelerator, tiles)


def _near(
    rows: Sequence[Compute], estimate: Estimate, kinds: tuple[str, ...]
) -> tuple[str, str, str]:
    """Where the cheapest is that fits, or else what most people look for."""
    gpu = next((row for row in rows if row.accelerator == "gpu"), rows[0])
    row = cheapest(rows, estimate, kinds) or gpu
    return row.vendor, row.region, row.accelerator


def _usual_first(accelerator: str) -> bool:
    return accelerator != "gpu"


def _each(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _one_of(names: Sequence[str], *wanted: str) -> str:
    return next((name for name in wanted if name in names), names[0])


def _tiles(rows: Sequence[Compute], estimate: Estimate, kinds: tuple[str, ...]) -> tuple[Tile, ...]:
    best = cheapest(rows, estimate, kinds)
    made = [_tile(row, estimate, kinds, is_cheapest=row is best) for row in rows]
    return tuple(sorted(made, key=_rank))


def _tile(row: Compute, estimate: Estimate, kinds: tuple[str, ...], *, is_cheapest: bool) -> Tile:
    room = offers.capacity(row)
    fit, share = estimate.fits(room), estimate.share(room)
    return Tile(row, fit, share, str(obstacle(row)), doubt(row, kinds), is_cheapest)


def cheapest(rows: Iterable[Compute], estimate: Estimate, kinds: Iterable[str]) -> Compute | None:
    """Of those that can be had and that it is likely to fit."""
    kinds = tuple(kinds)
    return offers.cheapest([row for row in rows if _is_had(row, kinds)], estimate)


def obstacle(row: Compute) -> str | Promise:
    """Why not even one replica can be had on it; "" where it can."""
    if why := cannot_be_had(row.status):
        return why
    needed = row.accelerators
    if needed and row.quota_max is not None and needed > row.quota_max:
        return _("The quota is %(most)d.") % {"most": row.quota_max}
    return ""


def doubt(row: Compute, kinds: Iterable[str]) -> str:
    """Why its processors do not compute with weights of these types; "" where they do, or may."""
    support = dtypes.supports(row, kinds)
    if support.answer is not dtypes.Answer.NO:
        return ""
    name = (row.architecture or row.instance_type).rpartition(" ")[2]
    return _("no %(dtype)s on the %(name)s") % {"dtype": support.dtype.lower(), "name": name}


def _is_had(row: Compute, kinds: tuple[str, ...]) -> bool:
    return not (obstacle(row) or doubt(row, kinds))


def _rank(tile: Tile) -> tuple[bool, bool, int, bool, object, str]:
    price = tile.hardware.price_per_hour
    return (
        bool(tile.obstacle),
        bool(tile.doubt),
        _ORDER.index(tile.fit),
        price is None,
        price or 0,
        tile.hardware.value,
    )
