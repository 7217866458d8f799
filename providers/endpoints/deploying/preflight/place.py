"""The endpoint's name, and the hardware."""

from django.db.models import Exists
from django.utils.translation import gettext as _

from hfadmin.vault import UndecryptableError
from providers import labels
from providers.endpoints.deploying import names, tiles
from providers.endpoints.deploying.choice import Choice
from providers.endpoints.deploying.preflight.lines import Line, ok, refusal, unknown
from providers.endpoints.lifecycle.hardware import availability
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.models import Endpoint
from providers.huggingface import client
from providers.huggingface.errors import HuggingFaceError
from providers.tokens.models import Namespace


def name(choice: Choice) -> Line | None:
    """By the inventory, and by what is being created."""
    if choice.place is None or not choice.name:
        return None
    if wrong := names.what_is_wrong_with(choice.name):
        title = _("“%(name)s” cannot be the name of an endpoint") % {"name": choice.name[:60]}
        return refusal("name", "name", title, wrong)
    namespace = choice.place.namespace
    words = {"namespace": namespace.name}
    is_there, is_begun = _uses(namespace, choice.name)
    if is_there:
        return _taken(choice)
    if is_begun:
        return refusal("name", "name", _("Somebody is at an endpoint of this name"))
    if namespace.checked_at is None:
        return unknown("name", _("Whether the name is free in %(namespace)s is not known") % words)
    return ok("name", _("The name is free in %(namespace)s") % words)


def name_at_last(choice: Choice) -> Line | None:
    """As Hugging Face has it now. Whoever cannot be asked says nothing against it."""
    if choice.place is None or choice.holder is None or not choice.name:
        return None
    try:
        token = choice.holder.token.secret
        client.get_endpoint(token, choice.place.namespace.name, choice.name)
    except (HuggingFaceError, UndecryptableError):
        return None
    return _taken(choice)


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
    if row.status == "available":
        return ok("hardware", _("%(hardware)s in %(place)s is available") % words)
    title = _("%(hardware)s in %(place)s: %(said)s") % (
        words | {"said": str(availability(row.status))}
    )
    return unknown("hardware", title, _("It may take long to start, or not start."))


def _uses(namespace: Namespace, name: str) -> tuple[bool, bool]:
    """Whether an endpoint has the name, and whether somebody is at one of it; in one query."""
    there = Endpoint.objects.present().filter(namespace=namespace, name=name)
    begun = Action.objects.open().filter(namespace=namespace, name=name)
    this = Namespace.objects.filter(pk=namespace.pk)
    return this.values_list(Exists(there), Exists(begun)).first() or (False, False)


def _taken(choice: Choice) -> Line:
    assert choice.place is not None  # noqa: S101 - looked at before
    words = {"namespace": choice.place.namespace.name}
    return refusal("name", "name", _("%(namespace)s has an endpoint of this name") % words)
