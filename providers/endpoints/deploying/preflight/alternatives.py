"""What would fit better: other hardware, a shorter context, a quantised variant."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from hfadmin.ui.templatetags.ui import dollars
from providers import labels
from providers.endpoints.deploying import dtypes, offers, tiles
from providers.endpoints.deploying.amounts import grouped, in_gigabytes
from providers.endpoints.deploying.choice import Choice
from providers.endpoints.deploying.computes import Compute
from providers.endpoints.deploying.memory import Estimate, Fit, Weights
from providers.endpoints.deploying.preflight.lines import Remedy
from providers.huggingface.types import ModelSummary

# The option by which an engine is told the length of the context, and how it stands in arguments.
_CONTEXT: Final = {
    "vLLM": ("--max-model-len", re.compile(r"(?<!\S)--max-model-len[ =]\d+(?!\S)")),
    "sGLang": ("--context-length", re.compile(r"(?<!\S)--context-length[ =]\d+(?!\S)")),
}
DTYPE: Final = "--dtype"  # the option for the type that is computed with
_STEP: Final = 1_024  # tokens
_VLLM: Final = "vLLM"


@dataclass(frozen=True, slots=True)
class Variant:
    about: str
    remedy: Remedy


def bigger(choice: Choice, estimate: Estimate) -> tuple[Remedy, ...]:
    """The next that it is likely to fit: of the region, or else of another."""
    assert choice.hardware is not None  # noqa: S101 - it is too small
    for rows in (_beside(choice, choice.hardware), choice.offered):
        to_be_had = _to_be_had(choice, rows, choice.kinds)
        if row := offers.next_bigger(to_be_had, choice.hardware, estimate):
            return (_on(row),)
    return ()


def able(choice: Choice) -> tuple[Remedy, ...]:
    """The cheapest of the region that computes with the weights."""
    assert choice.hardware is not None  # noqa: S101 - it does not
    rows = _to_be_had(choice, _beside(choice, choice.hardware), choice.kinds)
    row = offers.cheapest(rows, choice.estimate)
    return (_on(row),) if row else ()


def shorter(choice: Choice, estimate: Estimate) -> tuple[Remedy, ...]:
    """A context with which it is likely to fit, where the engine's arguments leave room for it."""
    assert choice.hardware is not None  # noqa: S101 - it is too small
    known = _CONTEXT.get(choice.engine.key)
    longest = estimate.longest_context(offers.capacity(choice.hardware)) or 0
    tokens, now = longest // _STEP * _STEP, estimate.of_cache.tokens
    if known is None or not tokens or (now and tokens >= now):
        return ()
    option, said = known
    told = f"{option} {tokens}"
    if choice.args and not said.search(choice.args):
        return ()
    args = said.sub(told, choice.args, count=1) if choice.args else told
    label = _("Context of %(tokens)s tokens") % {"tokens": grouped(tokens)}
    return (Remedy(label, sets={"args": args}),)


def half(choice: Choice) -> tuple[Remedy, ...]:
    """Computing with fp16 in the place of bf16, where the engine can be told to."""
    if choice.engine.key != _VLLM or DTYPE in choice.args:
        return ()
    args = f"{choice.args} {DTYPE} half".strip()
    return (Remedy(_("Compute in fp16"), sets={"args": args}),)


def variant(choice: Choice, estimate: Estimate) -> Variant | None:
    """The quantised one that costs least, where that is less than now, or this one does not fit."""
    assert choice.hardware is not None  # noqa: S101 - asked for only where it is chosen
    if choice.found is None or not choice.found.quantised:
        return None
    best = min(_variants(choice, estimate), key=lambda each: offers.price(each[1]), default=None)
    if best is None:
        return None
    summary, row, needed = best
    words = {
        "name": summary.repository.rpartition("/")[2],
        "size": in_gigabytes(needed.total),
        "hardware": labels.hardware(row.instance_type, row.instance_size, row.accelerator),
        "price": dollars(row.price_per_hour or 0),
    }
    about = _("%(name)s needs about %(size)s GB: %(hardware)s for %(price)s.") % words
    sets = {"repository": summary.repository, "revision": "", **_sets(row)}
    return Variant(about, Remedy(_("Use %(name)s") % words, sets=sets))


def _variants(
    choice: Choice, estimate: Estimate
) -> Iterable[tuple[ModelSummary, Compute, Estimate]]:
    """Those that fit somewhere in the region, each with the cheapest hardware."""
    assert choice.hardware is not None  # noqa: S101 - asked for only where it is chosen
    assert choice.found is not None  # noqa: S101 - its memory is estimated
    now = choice.hardware
    here = [
        row
        for row in _beside(choice, now)
        if row.accelerator == now.accelerator and row.price_per_hour is not None
    ]
    if estimate.fits(offers.capacity(now)) is Fit.LIKELY:
        # That it costs less is then all that speaks for another.
        here = [row for row in here if offers.price(row) < (now.price_per_hour or 0)]
    for summary in choice.found.quantised:
        counts = summary.parameters
        weights = Weights(dtypes.bytes_of(counts), dtypes.least_bytes_of(counts))
        needed = Estimate(weights, estimate.of_cache)
        had = _to_be_had(choice, here, tuple(counts))
        row = next((each for each in had if needed.fits(offers.capacity(each)) is Fit.LIKELY), None)
        if row is not None:
            yield summary, row, needed


def _to_be_had(
    choice: Choice, rows: Iterable[Compute], kinds: tuple[str, ...]
) -> Iterator[Compute]:
    """Those on which the engine could serve weights of these types at once."""
    runs_on, replicas = choice.engine.runs_on, max(choice.max_replicas or 1, 1)
    return (
        row
        for row in rows
        if row.accelerator in runs_on
        and not tiles.obstacle(row)
        and not tiles.doubt(row, kinds)
        and _has_quota(row, replicas)
    )


def _has_quota(row: Compute, replicas: int) -> bool:
    return row.free is None or (row.accelerators or 0) * replicas <= row.free


def _beside(choice: Choice, row: Compute) -> list[Compute]:
    """What its region has, the cheapest first."""
    place = (row.vendor, row.region)
    return [each for each in choice.offered if (each.vendor, each.region) == place]


def _on(row: Compute) -> Remedy:
    name = labels.hardware(row.instance_type, row.instance_size, row.accelerator)
    label = name
    if row.price_per_hour is not None:
        words = {"hardware": name, "price": dollars(row.price_per_hour)}
        label = _("Use %(hardware)s for %(price)s") % words
    return Remedy(label, sets=_sets(row))


def _sets(row: Compute) -> dict[str, str]:
    """With the filters by which its tile is shown."""
    filters = {name: getattr(row, name) for name in ("vendor", "region", "accelerator")}
    return {**filters, "hardware": row.value}
