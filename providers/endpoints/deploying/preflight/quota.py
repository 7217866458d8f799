"""The accelerators of one type that the namespace may use, against those that are wanted."""

from datetime import timedelta
from typing import Final

from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from providers import labels
from providers.endpoints.deploying.choice import Choice
from providers.endpoints.deploying.computes import Compute
from providers.endpoints.deploying.preflight.lines import Line, Remedy, ok, refusal, unknown
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.messages import duration
from providers.endpoints.models import Endpoint, EndpointState
from providers.tokens.findings import joined

HARDWARE: Final = "hardware"  # what is asked anew: see `anew`
PAUSE: Final = "pause"
_MOST_ASLEEP: Final = 3


def accelerators(choice: Choice) -> Line | None:
    """For as many replicas as there may be."""
    row, most = choice.hardware, choice.max_replicas
    again = Remedy(_("Look again"), asks=HARDWARE)
    if choice.recipe is not None:
        about = _("Hugging Face chooses the hardware of a recipe.")
        return unknown("quota", _("Whether the quota suffices is not known"), about)
    if row is None or not most:
        return None
    left = row.free
    if left is None or not row.accelerators:
        return unknown("quota", _("The quota is not known"), "", again)
    needed = row.accelerators * most
    words = {
        "needed": needed,
        "free": left,
        "most": row.quota_max,
        "type": row.architecture or row.instance_type,
    }
    title = _("Quota: %(needed)d %(type)s wanted, %(free)d of %(most)d free") % words
    if needed <= left:
        return ok("quota", title)
    asleep, pausing = _asleep(choice, row)
    pauses = [Remedy(_pause(each), verb=PAUSE, endpoint=each.pk) for each in asleep]
    fewer = _fewer(choice, left // row.accelerators)
    about = f"{_pausing(pausing)} {_holders(asleep)}".strip()
    return refusal("quota", "max_replicas", title, about, *pauses, *fewer, again)


def _asleep(choice: Choice, row: Compute) -> tuple[list[Endpoint], list[Endpoint]]:
    """Endpoints that hold quota of this type and serve nobody, the longest asleep first; and those
    of them at which somebody is already."""
    assert choice.place is not None  # noqa: S101 - its hardware is chosen
    rows = Endpoint.objects.present().filter(
        namespace=choice.place.namespace,
        state=EndpointState.SCALED_TO_ZERO,
        instance_type=row.instance_type,
    )
    rows = rows.order_by(F("state_since").asc(nulls_last=True), "name")
    is_pausing = Exists(Action.objects.open().filter(endpoint=OuterRef("pk"), verb=PAUSE))
    return list(rows.filter(~is_pausing)[:_MOST_ASLEEP]), list(rows.filter(is_pausing))


def _pausing(pausing: list[Endpoint]) -> str:
    if not pausing:
        return ""
    words = {"names": joined(each.name for each in pausing)}
    return (
        ngettext(
            "%(names)s is being paused: look again in a moment.",
            "%(names)s are being paused: look again in a moment.",
            len(pausing),
        )
        % words
    )


def _holders(asleep: list[Endpoint]) -> str:
    """Who has it. How much of it each has, Hugging Face does not tell."""
    if not asleep:
        return ""
    words = {"names": joined(each.name for each in asleep)}
    since = asleep[0].state_since
    if len(asleep) == 1 and since is not None:
        slept = max(timezone.now() - since, timedelta(0))
        sentence = _(
            "%(names)s holds some of it while it sleeps, for %(slept)s now. Paused, it would free "
            "that."
        )
        return sentence % (words | {"slept": duration(slept)})
    return (
        ngettext(
            "%(names)s holds some of it while it sleeps. Paused, it would free that.",
            "%(names)s hold some of it while they sleep. Paused, they would free that.",
            len(asleep),
        )
        % words
    )


def _pause(endpoint: Endpoint) -> str:
    hardware = labels.hardware(endpoint.instance_type, endpoint.instance_size, endpoint.accelerator)
    return _("Pause %(name)s (%(hardware)s)") % {"name": endpoint.name, "hardware": hardware}


def _fewer(choice: Choice, most: int) -> list[Remedy]:
    """As many replicas as there are accelerators for."""
    if not most:
        return []
    sets = {"max_replicas": str(most)}
    if choice.min_replicas is not None and choice.min_replicas > most:
        sets["min_replicas"] = str(most)
    return [Remedy(_("Max replicas %(count)d") % {"count": most}, sets=sets)]
