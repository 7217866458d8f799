"""The tiles of hardware as HTML. Made by hand and kept: there are hundreds, and few change."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from hfadmin.ui.templatetags.ui import icon, money
from providers import labels
from providers.endpoints.deploying.amounts import grouped
from providers.endpoints.deploying.computes import Compute
from providers.endpoints.deploying.memory import Fit
from providers.endpoints.deploying.tiles import Tile

_FITS: Final = {
    Fit.LIKELY: ("check", gettext_lazy("fits")),
    Fit.TIGHT: ("triangle-alert", gettext_lazy("tight")),
    Fit.TOO_BIG: ("x", gettext_lazy("too big")),
}


def tiles(shown: Iterable[Tile], chosen: str) -> SafeString:
    """A radio for each, of which the one with the value `chosen` is checked."""
    language = get_language()
    parts = (_tile(tile, tile.hardware.value == chosen, language) for tile in shown)
    return mark_safe("".join(parts))  # noqa: S308 - made of safe strings


@lru_cache(maxsize=8_192)
def _tile(tile: Tile, is_chosen: bool, _language: str | None) -> SafeString:
    row = tile.hardware
    return format_html(
        '<label class="tile" data-fit="{}"{}>'
        '<input type="radio" name="hardware" id="id_hardware_{}" value="{}"{}{}>'
        '<span class="tile-head"><bdi>{}</bdi>{}</span><small><bdi>{}</bdi></small>{}{}</label>',
        _fit(tile),
        _badge(tile),
        row.value,
        row.value,
        mark_safe(" checked") if is_chosen else "",
        mark_safe(" disabled") if tile.obstacle else "",
        labels.hardware(row.instance_type, row.instance_size, row.accelerator),
        money(row.price_per_hour),
        _sizes(row),
        _bar(tile),
        _foot(tile),
    )


def _fit(tile: Tile) -> str:
    if tile.obstacle:
        return "none"
    return "doubtful" if tile.doubt else tile.fit.value


def _badge(tile: Tile) -> SafeString:
    if not tile.is_cheapest:
        return mark_safe("")
    return format_html(' data-badge="{}"', _("Cheapest that fits"))


def _sizes(row: Compute) -> str:
    words = (_("%(size)s GB"), _("%(size)s vCPU"), _("%(size)s GB"))
    sizes = (row.gpu_memory_gb, row.cpus, row.memory_gb)
    known = [
        text % {"size": grouped(round(size))}
        for size, text in zip(sizes, words, strict=True)
        if size
    ]
    return " · ".join(known) or _("memory not known")


def _bar(tile: Tile) -> SafeString:
    if tile.percent is None or tile.obstacle:
        return mark_safe("")
    return format_html(
        '<svg class="tile-bar" aria-hidden="true"><rect width="{}%" height="100%"/></svg>',
        min(tile.percent, 100),
    )


def _foot(tile: Tile) -> SafeString:
    if tile.obstacle:
        return format_html('<small class="tile-foot">{} {}</small>', icon("ban"), tile.obstacle)
    if tile.doubt:
        return format_html('<small class="tile-foot">{} {}</small>', icon("x"), tile.doubt)
    return format_html(
        '<small class="tile-foot"><bdi>{}</bdi><bdi{}>{}</bdi></small>',
        _fits(tile),
        mark_safe(' data-tone="amber"') if tile.availability else "",
        tile.availability or _free(tile.hardware),
    )


def _fits(tile: Tile) -> SafeString:
    if tile.fit not in _FITS:
        return conditional_escape(_("fit not known"))
    mark, word = _FITS[tile.fit]
    if tile.percent is None or tile.fit is Fit.TOO_BIG:
        return format_html("{} {}", icon(mark), word)
    full = _("%(percent)s %% full") % {"percent": tile.percent}
    return format_html("{} {} <span>{}</span>", icon(mark), word, full)


def _free(row: Compute) -> str:
    if row.free is None:
        return _("quota not known")
    return _("%(free)d of %(most)d free") % {"free": row.free, "most": row.quota_max}
