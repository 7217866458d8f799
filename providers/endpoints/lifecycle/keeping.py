"""A person accepts what Hugging Face has as what is wanted from now on. Nothing is sent."""

from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hfadmin.audit import operations as audit
from hfadmin.audit.actors import Actor
from hfadmin.audit.verbs import verb
from hfadmin.live import versions
from providers.endpoints.lifecycle import wanted
from providers.endpoints.lifecycle.configuration import Setting
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.models import Endpoint

KEEP: Final = "keep"  # in the place of a verb
LABEL: Final = _("Keep as it is")
KEPT: Final = verb("endpoint.kept", _("Kept the endpoint as Hugging Face has it"))


class ChangedMeanwhileError(Exception):
    """Hugging Face has something else by now than what the person saw."""


def keep(endpoint: Endpoint, setting: Setting, seen: str, actor: Actor) -> None:
    """`seen`: `Line.seen_key` of what the person saw. Raises ChangedMeanwhileError, also while an
    action is open, after which there may be something else."""
    line = next((each for each in wanted.compared(endpoint) if each.setting is setting), None)
    if line is None or not line.differs:
        return
    with transaction.atomic():
        if seen != line.seen_key or endpoint.actions.open().exists():
            raise ChangedMeanwhileError
        Action.objects.create(
            organization_id=endpoint.organization_id,
            namespace=endpoint.namespace,
            name=endpoint.name,
            endpoint=endpoint,
            verb=KEEP,
            wanted=line.seen,
            actor=actor.to_json(),
            asked_by=actor.user,
            state=Action.State.DONE,
            ended_at=timezone.now(),
        )
        audit.record(endpoint.organization, KEPT, endpoint, actor, changed=[setting.name])
        versions.advance(endpoint.organization_id)
