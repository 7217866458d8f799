"""A person asks for an action, or takes it back."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from hfadmin.audit import operations as audit
from hfadmin.audit.actors import Actor
from hfadmin.background.dispatch import send_on_commit
from hfadmin.live import versions
from providers.endpoints.lifecycle import outcomes
from providers.endpoints.lifecycle.models import Action, Batch
from providers.endpoints.lifecycle.verbs import ActionVerb
from providers.endpoints.lifecycle.wanted import to_be_kept
from providers.endpoints.models import Endpoint

ACT = "providers.endpoints.lifecycle.tasks.act"


class BusyError(Exception):
    """Another action on the endpoint is open."""

    def __init__(self, action: Action | None) -> None:
        super().__init__()
        self.action = action


def ask(
    endpoint: Endpoint,
    verb: ActionVerb,
    actor: Actor,
    wanted: dict[str, Any] | None = None,
    *,
    reason: str = "",
    batch: Batch | None = None,
) -> Action:
    """Have the action sent by a worker. `wanted`: columns of the endpoint as they are to be; by
    default its scaling is to stay. `reason`: why, in the words of who asks. The same action that is
    open already is returned; one that is not sent yet gives way where `verb` overrides it. Raises
    BusyError for any other."""
    columns = to_be_kept([endpoint])[endpoint.pk] if wanted is None else wanted
    try:
        with transaction.atomic():
            known = Action.objects.open_about(endpoint)
            if known is not None and _is_same(known, endpoint, verb, wanted):
                return known
            if known is not None and not _give_way(known, verb, actor):
                raise BusyError(known)
            action = new(endpoint, verb, actor, columns, reason, batch)
            action.save(force_insert=True)
            audit.record(endpoint.organization, verb.record, endpoint, actor, why=reason)
            versions.advance(endpoint.organization_id)
            send_on_commit(ACT, [action.pk])
    except IntegrityError as error:  # somebody else was quicker
        known = Action.objects.open_about(endpoint)
        if known is not None and _is_same(known, endpoint, verb, wanted):
            return known
        raise BusyError(known) from error
    return action


def cancel(action: Action, actor: Actor) -> bool:
    """Take it back, also while it is on its way, should Hugging Face not take it. False: it was
    answered meanwhile, or has ended otherwise. `action` is read anew."""
    with transaction.atomic():
        outcomes.withdraw(Action.objects.filter(pk=action.pk), actor)
        action.refresh_from_db()
    is_on_its_way = action.state == Action.State.SENT and action.withdrawn_by is not None
    return is_on_its_way or action.state == Action.State.CANCELLED


def _is_same(
    known: Action, endpoint: Endpoint, verb: ActionVerb, wanted: dict[str, Any] | None
) -> bool:
    """Where nothing is entered, what is wanted beside is but what was so at that moment. One that
    was taken back is not what is wanted now, nor is one that meant an earlier endpoint."""
    is_alike = known.verb == verb.name and wanted in (None, known.wanted)
    return is_alike and known.withdrawn_by is None and known.means(endpoint)


def _give_way(known: Action, verb: ActionVerb, actor: Actor) -> bool:
    return known.verb in verb.overrides and outcomes.supersede(known, actor)


def new(
    endpoint: Endpoint,
    verb: ActionVerb,
    actor: Actor,
    wanted: dict[str, Any],
    reason: str,
    batch: Batch | None,
) -> Action:
    """The action, not yet stored."""
    return Action(
        organization_id=endpoint.organization_id,
        namespace=endpoint.namespace,
        name=endpoint.name,
        endpoint=endpoint,
        endpoint_created_at=endpoint.created_upstream_at,
        verb=verb.name,
        wanted=wanted,
        reason=reason,
        batch=batch,
        actor=actor.to_json(),
        asked_by=actor.user,
        next_check_at=timezone.now(),
    )
