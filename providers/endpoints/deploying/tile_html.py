"""The tiles of hardware as HTML. Made by hand and kept: there are hundreds, and few change."""

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from hfadmin.ui.templatetags.ui import icon, money
from providers import labels
from providers.endpoints.deploying.amounts import grouped
from providers.endpoints.deploying.memory import Fit
from providers.endpoints.deploying.tiles import Tile

_FITS: Final = {
    Fit.LIKELY: ("check", gettext_lazy("fits")),
    Fit.TIGHT: ("triangle-alert", gettext_lazy("tight")),
    Fit.TOO_BIG: ("x", gettext_lazy("too big")),
}


class _Shown(NamedTuple):
    """All that a tile depends on, but for whether it is chosen."""

    value: str
    name: tuple[str, str, str]
    price: Decimal | None
    sizes: tuple[float | None, float | None, float | None]  # GPU memory, processors, memory
    fit: Fit
    percent: int | None
    obstacle: str
    doubt: str
    is_cheapest: bool
    availability: str
    quota: tuple[int | None, int | None]  # free, of so many
    language: str | None


def tiles(shown: Iterable[Tile], chosen: str) -> SafeString:
    """A radio for each, of which the one with the value `chosen` is checked."""
    language = get_language()
    parts = (_tile(_facts(tile, language), tile.value == chosen) for tile in shown)
    return mark_safe("".join(parts))  # noqa: S308 - made of safe strings


def _facts(tile: Tile, language: str | None) -> _Shown:
    row = tile.hardware
    return _Shown(
        tile.value,
        (row.instance_type, row.instance_size, row.accelerator),
        row.price_per_hour,
        (row.gpu_memory_gb, row.cpus, row.memory_gb),
        tile.fit,
        tile.percent,
        str(tile.obstacle),
        tile.doubt,
        tile.is_cheapest,
        str(tile.availability),
        (tile.free, row.quota_max),
        language,
    )


@lru_cache(maxsize=8_192)
def _tile(shown: _Shown, is_chosen: bool) -> SafeString:
    return format_html(
        '<label class="tile" data-fit="{}"{}>'
        '<input type="radio" name="hardware" id="id_hardware_{}" value="{}"{}{}>'
        '<span class="tile-head"><bdi>{}</bdi>{}</span><small><bdi>{}</bdi></small>{}{}</label>',
        _fit(shown),
        _badge(shown),
        shown.value,
        shown.value,
        mark_safe(" checked") if is_chosen else "",
        mark_safe(" disabled") if shown.obstacle else "",
        labels.hardware(*shown.name),
        money(shown.price),
        _sizes(shown),
        _bar(shown),
        _foot(shown),
    )


def _fit(shown: _Shown) -> str:
    if shown.obstacle:
        return "none"
    return "doubtful" if shown.doubt else shown.fit.value


def _badge(shown: _Shown) -> SafeString:
    if not shown.is_cheapest:
        return mark_safe("")
    return format_html(' data-badge="{}"', _("Cheapest that fits"))


def _sizes(shown: _Shown) -> str:
    words = (_("%(size)s GB"), _("%(size)s vCPU"), _("%(size)s GB"))
    known = [
        text % {"size": grouped(round(size))}
        for size, text in zip(shown.sizes, words, strict=True)
        if size
    ]
    return " · ".join(known) or _("memory not known")


def _bar(shown: _Shown) -> SafeString:
    if shown.percent is None or shown.obstacle:
        return mark_safe("")
    return format_html(
        '<svg class="tile-bar" aria-hidden="true"><rect width="{}%" height="100%"/></svg>',
        min(shown.percent, 100),
    )


def _foot(shown: _Shown) -> SafeString:
    if shown.obstacle:
        return format_html('<small class="tile-foot">{} {}</small>', icon("ban"), shown.obstacle)
    if shown.doubt:
        return format_html('<small class="tile-foot">{} {}</small>', icon("x"), shown.doubt)
    return format_html(
        '<small class="tile-foot"><bdi>{}</bdi><bdi{}>{}</bdi></small>',
        _fits(shown),
        mark_safe(' data-tone="amber"') if shown.availability else "",
        shown.availability or _free(*shown.quota),
    )


def _fits(shown: _Shown) -> SafeString:
    if shown.fit not in _FITS:
        return conditional_escape(_("fit not known"))
    mark, word = _FITS[shown.fit]
    if shown.percent is None or shown.fit is Fit.TOO_BIG:
        return format_html("{} {}", icon(mark), word)
    full = _("%(percent)s %% full") % {"percent": shown.percent}
    return format_html("{} {} <span>{}</span>", icon(mark), word, full)


def _free(free: int | None, most: int | None) -> str:
    if free is None:
        return _("quota not known")
    return _("%(free)d of %(most)d free") % {"free": free, "most": most}
