"""The hardware that a namespace may deploy on, as it is offered in the form."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from providers.endpoints.deploying import dtypes, offers
from providers.endpoints.deploying.memory import Estimate, Fit
from providers.endpoints.lifecycle.hardware import availability, cannot_be_had
from providers.endpoints.models import Hardware

_ORDER: Final = (Fit.LIKELY, Fit.UNKNOWN, Fit.TIGHT, Fit.TOO_BIG)


@dataclass(frozen=True, slots=True)
class Tile:
    """`obstacle` says why it cannot be had, "" where it can; `doubt` why the model would not run.
    `free` are accelerators of the quota, None: not known."""

    hardware: Hardware
    fit: Fit
    share: float | None  # of its memory that the model fills
    obstacle: str | Promise = ""
    doubt: str = ""
    is_cheapest: bool = False

    @property
    def value(self) -> str:
        return value_of(self.hardware)

    @property
    def percent(self) -> int | None:
        return None if self.share is None else round(self.share * 100)

    @property
    def filled(self) -> int:
        """Of its bar, in per cent."""
        return min(self.percent or 0, 100)

    @property
    def free(self) -> int | None:
        return free(self.hardware)

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


def value_of(row: Hardware) -> str:
    return f"{row.vendor}/{row.region}/{row.instance_type}/{row.instance_size}"


def columns_of(value: str) -> dict[str, str]:
    """The columns of the row that has this value; of none, where it cannot be one."""
    names = ("vendor", "region", "instance_type", "instance_size")
    parts = value.split("/")
    return dict(zip(names, parts if len(parts) == len(names) else [""] * 4, strict=True))


def free(row: Hardware) -> int | None:
    """Accelerators of the quota that nobody uses; None: not known."""
    if row.quota_max is None or row.quota_used is None:
        return None
    return max(row.quota_max - row.quota_used, 0)


def offer(
    rows: Sequence[Hardware],
    estimate: Estimate,
    kinds: Iterable[str],
    *,
    vendor: str = "",
    region: str = "",
    accelerator: str = "",
    chosen: Hardware | None = None,
) -> Offer | None:
    """Where nothing is chosen, what the cheapest that fits has. `kinds` are the types of the
    weights. None: there is no hardware."""
    if not rows:
        return None
    kinds = tuple(kinds)
    usual = chosen or cheapest(rows, estimate, kinds) or _usual(rows)
    vendors = _each(row.vendor for row in rows)
    vendor = vendor if vendor in vendors else usual.vendor
    regions = _each(row.region for row in rows if row.vendor == vendor)
    region = _one_of(regions, region, usual.region)
    here = [row for row in rows if (row.vendor, row.region) == (vendor, region)]
    found = sorted(_each(row.accelerator for row in here), key=_usual_first)
    accelerator = _one_of(found, accelerator, usual.accelerator)
    counted = tuple((name, sum(row.accelerator == name for row in here)) for name in found)
    shown = [row for row in here if row.accelerator == accelerator]
    tiles = _tiles(shown, estimate, kinds)
    return Offer(vendors, regions, counted, vendor, region, accelerator, tiles)


def _usual(rows: Sequence[Hardware]) -> Hardware:
    """What most people look for, where nothing says what is needed."""
    return next((row for row in rows if row.accelerator == "gpu"), rows[0])


def _usual_first(accelerator: str) -> bool:
    return accelerator != "gpu"


def _each(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _one_of(names: Sequence[str], *wanted: str) -> str:
    return next((name for name in wanted if name in names), names[0])


def _tiles(
    rows: Sequence[Hardware], estimate: Estimate, kinds: tuple[str, ...]
) -> tuple[Tile, ...]:
    best = cheapest(rows, estimate, kinds)
    made = [_tile(row, estimate, kinds, is_cheapest=row is best) for row in rows]
    return tuple(sorted(made, key=_rank))


def _tile(row: Hardware, estimate: Estimate, kinds: tuple[str, ...], *, is_cheapest: bool) -> Tile:
    room = offers.capacity(row)
    fit, share = estimate.fits(room), estimate.share(room)
    return Tile(row, fit, share, obstacle(row), doubt(row, kinds), is_cheapest)


def cheapest(rows: Iterable[Hardware], estimate: Estimate, kinds: Iterable[str]) -> Hardware | None:
    """Of those that can be had and that it is likely to fit."""
    kinds = tuple(kinds)
    return offers.cheapest([row for row in rows if _is_had(row, kinds)], estimate)


def obstacle(row: Hardware) -> str | Promise:
    """Why not even one replica can be had on it; "" where it can."""
    if why := cannot_be_had(row.status):
        return why
    needed = row.accelerators
    if needed and row.quota_max is not None and needed > row.quota_max:
        return _("The quota is %(most)d.") % {"most": row.quota_max}
    return ""


def doubt(row: Hardware, kinds: Iterable[str]) -> str:
    """Why its processors do not compute with weights of these types; "" where they do, or may."""
    support = dtypes.supports(row, kinds)
    if support.answer is not dtypes.Answer.NO:
        return ""
    name = (row.architecture or row.instance_type).rpartition(" ")[2]
    return _("no %(dtype)s on the %(name)s") % {"dtype": support.dtype.lower(), "name": name}


def _is_had(row: Hardware, kinds: tuple[str, ...]) -> bool:
    return not (obstacle(row) or doubt(row, kinds))


def _rank(tile: Tile) -> tuple[bool, bool, int, bool, object, str]:
    price = tile.hardware.price_per_hour
    return (
        bool(tile.obstacle),
        bool(tile.doubt),
        _ORDER.index(tile.fit),
        price is None,
        price or 0,
        tile.value,
    )
