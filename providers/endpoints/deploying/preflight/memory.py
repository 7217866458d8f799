"""Whether the model fits into the memory of the hardware, and can be computed with there."""

from typing import Final

from django.utils.translation import gettext as _

from providers import labels
from providers.endpoints.deploying import dtypes, offers
from providers.endpoints.deploying.amounts import in_gigabytes
from providers.endpoints.deploying.choice import Choice
from providers.endpoints.deploying.engines import LLAMACPP
from providers.endpoints.deploying.memory import GB, Estimate, Fit
from providers.endpoints.deploying.preflight import alternatives
from providers.endpoints.deploying.preflight.lines import Line, Remedy, doubt, ok, unknown

_KEY: Final = "memory"


def memory(choice: Choice) -> Line | None:
    """An estimate, which Hugging Face does not make: it never stands against a creation."""
    row, found = choice.hardware, choice.found
    if row is None or choice.recipe is not None or found is None or found.details is None:
        return None
    estimate, room = choice.estimate, offers.capacity(row)
    fit = estimate.fits(room)
    if fit is Fit.UNKNOWN or room is None:
        title = _("Whether it fits into the memory is not known")
        return unknown(_KEY, title, _why_unknown(choice, estimate, room))
    words = {"needed": in_gigabytes(estimate.total), "room": in_gigabytes(round(room * GB))}
    variant = alternatives.variant(choice, estimate)
    about = variant.about if variant else ""
    instead = (variant.remedy,) if variant else ()
    if fit is Fit.LIKELY:
        title = _("Memory: likely, %(needed)s of %(room)s GB") % words
        return ok(_KEY, title, about, *instead)
    others = (*alternatives.bigger(choice, estimate), *alternatives.shorter(choice, estimate))
    if fit is Fit.TIGHT:
        title = _("Memory: tight, %(needed)s of %(room)s GB") % words
        return doubt(_KEY, title, about, *others, *instead)
    return doubt(_KEY, *_too_big(choice, estimate, words, about), *others, *instead)


def dtype(choice: Choice) -> Line | None:
    """Whether its processors compute with the weights as they are."""
    row = choice.hardware
    if row is None or choice.recipe is not None or alternatives.DTYPE in choice.args:
        return None
    support = dtypes.supports(row, choice.kinds)
    if support.answer is not dtypes.Answer.NO:
        return None
    words = {"dtype": support.dtype.lower(), "hardware": row.architecture or row.instance_type}
    title = _("No %(dtype)s on the %(hardware)s") % words
    about = _("The weights are kept as %(dtype)s, which it does not compute with.") % words
    converted: tuple[Remedy, ...] = alternatives.half(choice) if words["dtype"] == "bf16" else ()
    return doubt("dtype", title, about, *alternatives.able(choice), *converted)


def _too_big(
    choice: Choice, estimate: Estimate, words: dict[str, str], about: str
) -> tuple[str, str]:
    """The title, and what is said beside it."""
    title = _("Memory: too big, %(needed)s for %(room)s GB")
    if estimate.total is None:
        title = _("Memory: too big, more than %(needed)s for %(room)s GB")
        words |= {"needed": in_gigabytes(estimate.at_least)}
    if all(estimate.fits(room) is Fit.TOO_BIG for room in _rooms(choice)):
        about = f"{_('No hardware here has as much.')} {about}".strip()
    return title % words, about


def _rooms(choice: Choice) -> list[float]:
    """Of all hardware that there is, as far as it is known."""
    rooms = (offers.capacity(row) for row in choice.offered)
    return [room for room in rooms if room is not None]


def _why_unknown(choice: Choice, estimate: Estimate, room: float | None) -> str:
    assert choice.hardware is not None  # noqa: S101 - looked at before
    assert choice.found is not None  # noqa: S101 - looked at before
    row, unread = choice.hardware, choice.found.unread
    if room is None:
        name = labels.hardware(row.instance_type, row.instance_size, row.accelerator)
        return _("The memory of %(hardware)s is not known here.") % {"hardware": name}
    if estimate.total is not None:
        words = {"least": in_gigabytes(estimate.at_least), "most": in_gigabytes(estimate.total)}
        return _("It needs between %(least)s and %(most)s GB.") % words
    if unread is not None and unread.is_inconclusive:
        return _("The Hub could not be asked: %(why)s.") % {"why": unread.explain(_).title}
    if choice.engine.key == LLAMACPP and choice.found.variants and choice.file_bytes is None:
        return _("Choose which of its GGUF files is to run.")
    if estimate.weights is None:
        return _("The size of its weights is not known.")
    return _("The size of its KV cache is not known: the repository does not say how it is made.")
