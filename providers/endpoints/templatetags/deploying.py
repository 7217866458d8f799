"""`{% load deploying %}`: the form of a new endpoint in words and tiles."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from django import template
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hfadmin.credentials import holds_token
from hfadmin.ui.pairs import PairsInput
from providers import labels
from providers.endpoints.deploying import dtypes, tile_html
from providers.endpoints.deploying.amounts import gigabytes, grouped
from providers.endpoints.deploying.engines import ENGINES
from providers.endpoints.deploying.forms.variables import MOST_ROWS, MOST_VALUE
from providers.endpoints.deploying.memory import Estimate
from providers.endpoints.deploying.preflight import Line, State
from providers.endpoints.deploying.repositories import Repository
from providers.huggingface.inference_catalog import Recipe
from providers.huggingface.types import ModelSummary

register = template.Library()
register.filter("vendor", labels.vendor)
register.filter(gigabytes)
register.filter(grouped)
register.simple_tag(tile_html.tiles, name="tiles")
_ACCELERATORS = {"gpu": "GPU", "cpu": "CPU", "neuron": "Neuron"}
_PACKED = frozenset({"I32", "U32", "U8"})
_SPARE_ROWS = 2


@register.inclusion_tag("components/pairs.html")
def pairs(bound: BoundField, diagnosis: str = "") -> dict[str, object]:
    """Rows of names and values, with empty ones to fill in."""
    widget = bound.field.widget
    assert isinstance(widget, PairsInput)  # noqa: S101 - used for no other field
    rows = [
        ("" if holds_token(name) else name, "" if widget.hidden or holds_token(value) else value)
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
    """ "14.8 B", "335 M"; "" where it is not known, as with weights that are packed together."""
    if isinstance(of, Repository):
        counts = of.details.parameters if of.details else {}
    else:
        counts = of.parameters
    if not _PACKED.isdisjoint(counts):
        return ""
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
        "least": gigabytes(estimate.at_least),
        "weights": gigabytes(estimate.weights),
        "cache": gigabytes(estimate.kv_cache),
        "tokens": grouped(estimate.of_cache.tokens),
    }
    if estimate.weights is None:
        return _("How much memory it needs is not known: its weights are of unknown size.")
    if estimate.total is None:
        sentence = _(
            "At least %(least)s are needed: weights %(weights)s × 1.2, 1 GB for the engine; and a "
            "KV cache of unknown size."
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
    """ "6 ok · 1 problem · 1 doubt · 1 unknown". What Hugging Face would not refuse is a doubt."""
    count = Counter((line.state, line.blocks) for line in lines)
    problems, doubts = (count[State.PROBLEM, blocks] for blocks in (True, False))
    known, unknown = (count[state, False] for state in (State.OK, State.UNKNOWN))
    parts = [
        known and _("%(count)d ok") % {"count": known},
        problems
        and ngettext("%(count)d problem", "%(count)d problems", problems) % {"count": problems},
        doubts and ngettext("%(count)d doubt", "%(count)d doubts", doubts) % {"count": doubts},
        unknown and _("%(count)d unknown") % {"count": unknown},
    ]
    return " · ".join(part for part in parts if part)


@register.filter
def as_query(values: Mapping[str, str]) -> str:
    return urlencode(values)


@register.filter
def as_json(values: Mapping[str, str]) -> str:
    return json.dumps(dict(values))
