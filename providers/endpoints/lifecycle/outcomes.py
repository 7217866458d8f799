"""What becomes of an action: the one module that ends it, with the record that tells of it."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hfadmin.audit import operations as audit
from hfadmin.audit.actors import Actor
from hfadmin.audit.models import Record
from hfadmin.audit.verbs import Verb, request
from hfadmin.background.models import NO_LEASE
from hfadmin.live import versions
from providers.endpoints.lifecycle.models import Action, ActionQuerySet, Values
from providers.endpoints.lifecycle.verbs import VERBS
from providers.huggingface.errors import Diagnosis

WITHDRAWAL_REQUESTED: Final = request(
    "endpoint.withdrawal_requested", _("Asked to take back what is on its way to the endpoint")
)
_SUPERSEDED, _CANCELLED = Action.State.SUPERSEDED, Action.State.CANCELLED
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


def supersede(action: Action, actor: Actor) -> bool:
    """Another takes its place. False: it was sent meanwhile, or has ended. Called in a
    transaction."""
    unsent = Action.objects.filter(pk=action.pk, state=Action.State.ASKED)
    held = unsent.select_for_update(no_key=True).values_list("pk", flat=True)
    return bool(_end_unsent(list(held), _SUPERSEDED, actor))


def withdraw(rows: ActionQuerySet, actor: Actor) -> int:
    """Take back those of `rows`, all of one organization and verb: what was not sent is cancelled,
    and what is on its way is to be, should Hugging Face not take it. Returns how many were
    cancelled. Called in a transaction."""
    wanted = rows.filter(ended_at=None, withdrawn_by__isnull=True)
    # Locked together: a worker sends one, or puts it off, either before this or after it.
    found = list(wanted.select_for_update(no_key=True).values_list("pk", "state"))
    by = {"withdrawn_by": actor.to_json()}
    if under_way := [pk for pk, state in found if state == Action.State.SENT]:
        Action.objects.filter(pk__in=under_way).update(**by)
        _tell(under_way, actor, WITHDRAWAL_REQUESTED)
    unsent = [pk for pk, state in found if state == Action.State.ASKED]
    return _end_unsent(unsent, _CANCELLED, actor, **by)


def left_off(action: Action, lease: UUID | str) -> bool:
    """Cancel it if it was taken back while it was on its way: it has come back. Called in a
    transaction."""
    held = Action.objects.held(action.pk, lease).select_for_update(no_key=True)
    who = held.values_list("withdrawn_by", flat=True).first()
    return who is not None and bool(
        _end_unsent([action.pk], _CANCELLED, Actor.from_json(who, None))
    )


def forget(ids: Sequence[int], *, is_done: bool = False) -> None:
    """What creates an endpoint keeps its secrets until it was sent, or will not be; and its
    variables until it is done, to be entered again where it was refused."""
    rows = Values.objects.filter(deployment__in=ids)
    (rows if is_done else rows.exclude(kind=Values.Kind.VARIABLES)).delete()


def _end_unsent(ids: Sequence[int], state: Action.State, actor: Actor, **columns: Any) -> int:
    """`ids` are locked, and not sent. Returns their number."""
    if ids:
        ended = {"state": state, "ended_at": timezone.now(), "next_check_at": None}
        Action.objects.filter(pk__in=ids).update(**ended, **NO_LEASE, **columns)
        forget(ids)
        _tell(ids, actor, outcome=Record.Outcome.REFUSED, reason=state.value)
    return len(ids)


def _tell(
    ids: Sequence[int],
    actor: Actor,
    verb: Verb | None = None,
    *,
    outcome: Record.Outcome | None = None,
    **detail: str,
) -> None:
    """Record the verb of the actions, which they share, or another; and tell open pages."""
    found = list(
        Action.objects.filter(pk__in=ids).select_related("organization", "endpoint__namespace")
    )
    organization, verb = found[0].organization, verb or VERBS[found[0].verb].record
    targets = [action.endpoint or action for action in found]
    audit.record_many(organization, verb, targets, actor, outcome=outcome, **detail)
    versions.advance(organization.pk)


def _end(
    action: Action, lease: UUID | str, state: Action.State, problem: Diagnosis | None = None
) -> None:
    # A problem on the way is over with the way: it is no part of what became of it.
    columns: dict[str, Any] = {"problem": problem.to_json() if problem else {}}
    verb = VERBS[action.verb]
    if verb.creates and state == Action.State.DONE and action.endpoint is not None:
        made_at = action.endpoint.created_upstream_at
        columns |= {"endpoint": action.endpoint, "endpoint_created_at": made_at}
    with transaction.atomic():
        held = Action.objects.held(action.pk, lease)
        if not held.finish(None, state=state, ended_at=timezone.now(), **columns):
            return
        forget([action.pk], is_done=state == Action.State.DONE)
        audit.record(
            action.organization,
            verb.record,
            columns.get("endpoint") or action.endpoint or action,
            action.by,
            outcome=_RECORDED[state],
            **({"problem": problem.kind.value} if problem else {}),
        )
        versions.advance(action.organization_id)
