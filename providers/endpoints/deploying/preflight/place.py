"""The endpoint's name, the hardware and its quota."""

from django.utils.translation import gettext as _

from providers import labels
from providers.endpoints.deploying import tiles
from providers.endpoints.deploying.choice import Choice
from providers.endpoints.deploying.preflight.lines import Line, Remedy, ok, refusal, unknown
from providers.endpoints.lifecycle.hardware import availability
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.models import Endpoint


def name(choice: Choice) -> Line | None:
    """By the inventory, and by what is being created."""
    if choice.place is None or not choice.name:
        return None
    namespace = choice.place.namespace
    words = {"name": choice.name, "namespace": namespace.name}
    there = Endpoint.objects.present().filter(namespace=namespace, name=choice.name)
    if there.exists():
        return refusal("name", "name", _("%(namespace)s has an endpoint of this name") % words)
    if Action.objects.open_under(namespace, choice.name) is not None:
        return refusal("name", "name", _("Somebody is at an endpoint of this name") % words)
    if namespace.checked_at is None:
        return unknown("name", _("Whether the name is free in %(namespace)s is not known") % words)
    return ok("name", _("The name is free in %(namespace)s") % words)


def hardware(choice: Choice) -> Line | None:
    row = choice.hardware
    if row is None or choice.recipe is not None:
        return None
    words = {
        "hardware": labels.hardware(row.instance_type, row.instance_size, row.accelerator),
        "place": labels.region(row.vendor, row.region),
    }
    if why := tiles.obstacle(row):
        title = _("%(hardware)s in %(place)s cannot be had") % words
        return refusal("hardware", "hardware", title, str(why))
    said = str(availability(row.status))
    if row.status == "available":
        return ok("hardware", _("%(hardware)s in %(place)s is available") % words)
    title = _("%(hardware)s in %(place)s: %(said)s") % (words | {"said": said})
    return unknown("hardware", title, _("It may take long to start, or not start."))


def quota(choice: Choice) -> Line | None:
    """For as many replicas as there may be."""
    row, most = choice.hardware, choice.max_replicas
    if row is None or choice.recipe is not None or not row.accelerators or not most:
        return None
    needed, left = row.accelerators * most, tiles.free(row)
    words = {"needed": needed, "free": left, "most": row.quota_max, "type": row.architecture}
    if left is None:
        return unknown("quota", _("The quota is not known"))
    if needed <= left:
        return ok("quota", _("Quota: %(needed)d wanted, %(free)d of %(most)d free") % words)
    remedy: tuple[Remedy, ...] = ()
    if fewer := left // row.accelerators:
        label = _("Max replicas %(count)d") % {"count": fewer}
        remedy = (Remedy(label, sets={"max_replicas": str(fewer)}),)
    title = _("Quota: %(needed)d wanted, %(free)d of %(most)d free") % words
    return refusal("quota", "max_replicas", title, "", *remedy)
