"""Endpoints that were asked for, and that Hugging Face does not have, or not yet."""

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from hfadmin.accounts.models import Organization
from providers import labels
from providers.endpoints.lifecycle.configuration import SETTINGS
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.lifecycle.verbs import CREATE
from providers.endpoints.models import Endpoint


def of(
    organization: Organization, namespace: str, name: str, known: Endpoint | None
) -> Action | None:
    """What is to stand under this name, or was to; None where `known`, which was seen there, is
    newer."""
    if known is not None and not known.deleted_at:
        return None
    rows = Action.objects.filter(organization=organization, verb=CREATE.name)
    rows = rows.filter(namespace__name=namespace, name=name).exclude(state=Action.State.DONE)
    if known is not None:
        rows = rows.filter(asked_at__gt=known.deleted_at)
    return rows.select_related("namespace", "asked_by", "token", "deployment__token").first()


def settings(action: Action) -> Iterator[tuple[str | Promise, str]]:
    """What it is to have, in words."""
    wanted = action.wanted
    for setting in SETTINGS.values():
        if set(setting.columns) <= wanted.keys():
            yield setting.label, setting.words(wanted)
    if provider := action.deployment.body.get("provider"):
        yield _("Region"), labels.region(provider["vendor"], provider["region"])
