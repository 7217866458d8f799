"""`{% load deploying %}`: the form of a new endpoint in words and tiles."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from django import template
from django.forms.boundfield import BoundField
from django.template import Context
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hfadmin.credentials import holds_token
from hfadmin.ui.pairs import PairsInput
from hfadmin.ui.templatetags.ui import icon, money
from providers import labels
from providers.endpoints.deploying import dtypes
from providers.endpoints.deploying.amounts import gigabytes, grouped
from providers.endpoints.deploying.engines import ENGINES
from providers.endpoints.deploying.forms.variables import MOST_ROWS, MOST_VALUE
from providers.endpoints.deploying.memory import Estimate, Fit
from providers.endpoints.deploying.preflight import Line, State
from providers.endpoints.deploying.repositories import Repository
from providers.endpoints.deploying.tiles import Tile
from providers.huggingface.inference_catalog import Recipe
from providers.huggingface.types import ModelSummary

register = template.Library()
register.filter("vendor", labels.vendor)
register.filter(gigabytes)
register.filter(grouped)
_FITS = {
    Fit.LIKELY: ("check", gettext_lazy("fits")),
    Fit.TIGHT: ("triangle-alert", gettext_lazy("tight")),
    Fit.TOO_BIG: ("x", gettext_lazy("too big")),
}
_ACCELERATORS = {"gpu": "GPU", "cpu": "CPU", "neuron": "Neuron"}
_SPARE_ROWS = 2


@register.simple_tag(takes_context=True)
def tile(context: Context, shown: Tile, chosen: str) -> SafeString:
    """A radio with what is to be known of the hardware. Made by hand: there are hundreds."""
    row = shown.hardware
    return format_html(
        '<label class="tile" data-fit="{}"{}>'
        '<input type="radio" name="hardware" id="id_hardware_{}" value="{}"{}{}>'
        '<span class="tile-head"><bdi>{}</bdi>{}</span><small><bdi>{}</bdi></small>{}{}</label>',
        _fit(shown),
        _badge(shown),
        shown.value,
        shown.value,
        mark_safe(" checked") if shown.value == chosen else "",
        mark_safe(" disabled") if shown.obstacle else "",
        labels.hardware(row.instance_type, row.instance_size, row.accelerator),
        money(row.price_per_hour),
        _sizes(shown),
        _bar(shown),
        _foot(shown),
    )


def _fit(shown: Tile) -> str:
    if shown.obstacle:
        return "none"
    return "doubtful" if shown.doubt else shown.fit.value


def _badge(shown: Tile) -> SafeString:
    if not shown.is_cheapest:
        return mark_safe("")
    return format_html(' data-badge="{}"', _("Cheapest that fits"))


def _sizes(shown: Tile) -> str:
    row = shown.hardware
    parts = [
        (row.gpu_memory_gb, _("%(size)s GB")),
        (row.cpus, _("%(size)s vCPU")),
        (row.memory_gb, _("%(size)s GB")),
    ]
    known = [text % {"size": grouped(round(size))} for size, text in parts if size]
    return " · ".join(known) or _("memory not known")


def _bar(shown: Tile) -> SafeString:
    if shown.percent is None or shown.obstacle:
        return mark_safe("")
    return format_html(
        '<svg class="tile-bar" aria-hidden="true"><rect width="{}%" height="100%"/></svg>',
        shown.filled,
    )


def _foot(shown: Tile) -> SafeString:
    if shown.obstacle:
        return format_html('<small class="tile-foot">{} {}</small>', icon("ban"), shown.obstacle)
    return format_html(
        '<small class="tile-foot"><bdi>{}</bdi><bdi{}>{}</bdi></small>',
        _fits(shown),
        mark_safe(' data-tone="amber"') if shown.availability else "",
        shown.availability or _free(shown),
    )


def _fits(shown: Tile) -> SafeString:
    if shown.doubt:
        return format_html("{} {}", icon("x"), shown.doubt)
    if shown.fit not in _FITS:
        return conditional_escape(_("fit not known"))
    mark, word = _FITS[shown.fit]
    if shown.percent is None or shown.fit is Fit.TOO_BIG:
        return format_html("{} {}", icon(mark), word)
    full = _("%(percent)s %% full") % {"percent": shown.percent}
    return format_html("{} {} <span>{}</span>", icon(mark), word, full)


def _free(shown: Tile) -> str:
    if shown.free is None:
        return _("quota not known")
    return _("%(free)d of %(most)d free") % {
        "free": shown.free,
        "most": shown.hardware.quota_max,
    }


@register.inclusion_tag("components/pairs.html")
def pairs(bound: BoundField, diagnosis: str = "") -> dict[str, object]:
    """Rows of names and values, with empty ones to fill in."""
    widget = bound.field.widget
    assert isinstance(widget, PairsInput)  # noqa: S101 - used for no other field
    rows = [
        (name, "" if widget.hidden or holds_token(value) else value)
        for name, value in bound.value() or []
    ]
    return {
        "field": bound,
        "hidden": widget.hidden,
        "rows": [*rows, *[("", "")] * _SPARE_ROWS],
        "most_rows": MOST_ROWS,
        "longest_value": MOST_VALUE,
        "diagnosis": diagnosis,
    }


@register.filter
def parameter_count(of: Repository | ModelSummary) -> str:
    """ "14.8 B", "335 M"; "" where it is not known."""
    if isinstance(of, Repository):
        counts = of.details.parameters if of.details else {}
    else:
        counts = of.parameters
    total = sum(counts.values())
    for size, letter in ((10**9, "B"), (10**6, "M")):
        if total >= size:
            amount = total / size
            return f"{amount:.1f} {letter}" if amount < 100 else f"{amount:.0f} {letter}"
    return ""


@register.filter
def weight_bytes(of: ModelSummary) -> int | None:
    return dtypes.bytes_of(of.parameters)


@register.filter
def sum_in_words(estimate: Estimate) -> str:
    """Of what the memory is made that one replica needs."""
    words = {
        "total": gigabytes(estimate.total),
        "weights": gigabytes(estimate.weights),
        "cache": gigabytes(estimate.kv_cache),
        "tokens": grouped(estimate.of_cache.tokens),
    }
    if estimate.weights is None:
        return _("How much memory it needs is not known: its weights are of unknown size.")
    if estimate.total is None:
        sentence = _(
            "It needs its weights %(weights)s × 1.2, 1 GB for the engine, and a KV cache of "
            "unknown size."
        )
    elif estimate.has_kv_cache:
        sentence = _(
            "About %(total)s are needed: weights %(weights)s × 1.2, %(cache)s for the KV cache of "
            "%(tokens)s tokens, 1 GB for the engine."
        )
    else:
        sentence = _("About %(total)s are needed: weights %(weights)s × 1.2, 1 GB for the engine.")
    return sentence % words


@register.filter
def accelerator(name: str) -> str:
    return _ACCELERATORS.get(name, name)


@register.filter
def recipe_title(recipe: Recipe) -> str:
    """On what it runs, and with which engine."""
    engine = ENGINES[recipe.engine].label if recipe.engine in ENGINES else recipe.engine
    place = accelerator(recipe.accelerator)
    if recipe.instance_type:
        place = labels.hardware(recipe.instance_type, recipe.instance_size, recipe.accelerator)
    return _("%(hardware)s, %(engine)s") % {"hardware": place, "engine": engine}


@register.filter
def counted(lines: Iterable[Line]) -> str:
    """ "6 ok · 1 problem · 1 unknown"."""
    count = Counter(line.state for line in lines)
    problems = count[State.PROBLEM]
    parts = [
        count[State.OK] and _("%(count)d ok") % {"count": count[State.OK]},
        problems
        and ngettext("%(count)d problem", "%(count)d problems", problems) % {"count": problems},
        count[State.UNKNOWN] and _("%(count)d unknown") % {"count": count[State.UNKNOWN]},
    ]
    return " · ".join(part for part in parts if part)


@register.filter
def as_query(values: Mapping[str, str]) -> str:
    return urlencode(values)


@register.filter
def as_json(values: Mapping[str, str]) -> str:
    return json.dumps(dict(values))
