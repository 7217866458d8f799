"""What becomes of an action: the one module that ends it, with the record that tells of it."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from hfadmin.audit import operations as audit
from hfadmin.audit.actors import Actor, ActorKind
from hfadmin.audit.models import Record
from hfadmin.background.models import NO_LEASE
from hfadmin.live import versions
from providers.endpoints.lifecycle.models import Action, ActionQuerySet, Batch
from providers.endpoints.lifecycle.verbs import VERBS
from providers.huggingface.errors import Diagnosis

_RECORDED = {
    Action.State.DONE: Record.Outcome.DONE,
    Action.State.REFUSED: Record.Outcome.REFUSED,
    Action.State.UNCLEAR: Record.Outcome.UNCLEAR,
}


def done(action: Action, lease: UUID | str) -> None:
    """A look shows what was wanted."""
    _end(action, lease, Action.State.DONE)


def refused(action: Action, lease: UUID | str, problem: Diagnosis) -> None:
    """Nothing was changed, and nothing will be."""
    _end(action, lease, Action.State.REFUSED, problem)


def unclear(action: Action, lease: UUID | str, problem: Diagnosis | None = None) -> None:
    """Nobody knows whether it was done, and looks do not show it."""
    _end(action, lease, Action.State.UNCLEAR, problem)


def stopped(action: Action, lease: UUID | str, batch: Batch) -> None:
    """Its batch was stopped before it was sent."""
    who = Actor(ActorKind.PERSON, batch.stopped_by)
    with transaction.atomic():
        held = Action.objects.held(action.pk, lease).filter(state=Action.State.ASKED)
        withdraw(held, action, Action.State.CANCELLED, who)


def withdraw(rows: ActionQuerySet, action: Action, state: Action.State, actor: Actor) -> bool:
    """End it before it was sent. False: `rows` no longer holds it. Called in a transaction."""
    ended = rows.update(state=state, ended_at=timezone.now(), next_check_at=None, **NO_LEASE)
    if ended:
        verb = VERBS[action.verb].record
        outcome = Record.Outcome.REFUSED
        audit.record(
            action.organization, verb, action.endpoint, actor, outcome=outcome, reason=state.value
        )
        versions.advance(action.organization_id)
    return bool(ended)


def withdraw_all(rows: ActionQuerySet, actor: Actor) -> int:
    """Cancel those of `rows` that were not sent, all of one organization and verb. Returns how
    many. Called in a transaction."""
    now, unsent = timezone.now(), Q(state=Action.State.ASKED, ended_at=None)
    ids = list(rows.filter(unsent).values_list("pk", flat=True))
    state = Action.State.CANCELLED
    left = Action.objects.filter(unsent, pk__in=ids)
    left.update(state=state, ended_at=now, next_check_at=None, **NO_LEASE)
    # A worker may have sent some of them meanwhile.
    ended = Action.objects.filter(pk__in=ids, state=state, ended_at=now)
    found = list(ended.select_related("organization", "endpoint__namespace"))
    if found:
        organization, verb = found[0].organization, VERBS[found[0].verb].record
        endpoints = [action.endpoint for action in found if action.endpoint]
        outcome, reason = Record.Outcome.REFUSED, state.value
        audit.record_many(organization, verb, endpoints, actor, outcome=outcome, reason=reason)
        versions.advance(organization.pk)
    return len(found)


def _end(
    action: Action, lease: UUID | str, state: Action.State, problem: Diagnosis | None = None
) -> None:
    # A problem on the way is over with the way: it is no part of what became of it.
    columns = {"problem": problem.to_json() if problem else {}}
    with transaction.atomic():
        held = Action.objects.held(action.pk, lease)
        if not held.finish(None, state=state, ended_at=timezone.now(), **columns):
            return
        audit.record(
            action.organization,
            VERBS[action.verb].record,
            action.endpoint,
            action.by,
            outcome=_RECORDED[state],
            **({"problem": problem.kind.value} if problem else {}),
        )
        versions.advance(action.organization_id)
