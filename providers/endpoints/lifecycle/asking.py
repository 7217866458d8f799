"""A person asks for an action, or takes it back before it is sent."""

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
            if known is not None and _is_same(known, verb, wanted):
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
        if known is not None and _is_same(known, verb, wanted):
            return known
        raise BusyError(known) from error
    return action


def cancel(action: Action, actor: Actor) -> bool:
    """Take it back. False: it was sent meanwhile, or has ended."""
    with transaction.atomic():
        rows = Action.objects.filter(pk=action.pk, state=Action.State.ASKED)
        return outcomes.withdraw(rows, action, Action.State.CANCELLED, actor)


def _is_same(known: Action, verb: ActionVerb, wanted: dict[str, Any] | None) -> bool:
    """Where nothing is entered, what is wanted beside is but what was so at that moment."""
    return known.verb == verb.name and wanted in (None, known.wanted)


def _give_way(known: Action, verb: ActionVerb, actor: Actor) -> bool:
    if known.verb not in verb.overrides:
        return False
    rows = Action.objects.filter(pk=known.pk, state=Action.State.ASKED)
    return outcomes.withdraw(rows, known, Action.State.SUPERSEDED, actor)


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
