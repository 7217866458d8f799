"""The same asked for of many endpoints at once, and left off again."""

from collections.abc import Iterator, Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from hfadmin.accounts.models import Organization
from hfadmin.audit import operations as audit
from hfadmin.audit.actors import Actor, ActorKind
from hfadmin.live import versions
from providers.endpoints.lifecycle import asking, outcomes
from providers.endpoints.lifecycle.models import Action, Batch
from providers.endpoints.lifecycle.verbs import ActionVerb
from providers.endpoints.lifecycle.wanted import to_be_kept
from providers.endpoints.models import Endpoint

_AT_ONCE = 250  # in one transaction, which holds SQLite's lock


def ask(
    organization: Organization,
    verb: ActionVerb,
    endpoints: Sequence[Endpoint],
    actor: Actor,
    reason: str = "",
) -> Batch | None:
    """Have each of them sent by the workers. What somebody is at meanwhile is left out; None where
    that is so of all."""
    batch = Batch.objects.create(
        organization=organization,
        verb=verb.name,
        actor=actor.to_json(),
        asked_by=actor.user,
        reason=reason,
    )
    for start in range(0, len(endpoints), _AT_ONCE):
        part = endpoints[start : start + _AT_ONCE]
        try:
            busy = _ask_together(batch, verb, part, actor)
        except IntegrityError:  # somebody else was quicker with one of them
            busy = list(part)
        for endpoint in busy:
            _ask_alone(batch, verb, endpoint, actor)
    if batch.actions.exists():
        return batch
    batch.delete()
    return None


def stop(batch: Batch, actor: Actor) -> int:
    """Take back whatever Hugging Face has not taken. Returns how many endpoints are left as they
    are by now."""
    with transaction.atomic():
        if batch.actions.open().exists():
            running = Batch.objects.filter(pk=batch.pk, stopped_at=None)
            running.update(stopped_at=timezone.now(), stopped_by=actor.label)
        return outcomes.withdraw(Action.objects.filter(batch=batch), actor)


def _ask_together(
    batch: Batch, verb: ActionVerb, endpoints: Sequence[Endpoint], actor: Actor
) -> list[Endpoint]:
    """Ask for those at which nobody is, and return the others."""
    with transaction.atomic():
        _lock(batch)
        rows = Action.objects.open().filter(endpoint__in=endpoints)
        busy = set(rows.values_list("endpoint", flat=True))
        free = [endpoint for endpoint in endpoints if endpoint.pk not in busy]
        # In one order, whoever asks: two who ask for the same would wait for each other.
        made = sorted(_new(batch, verb, free, actor), key=_place)
        # No worker is told: a sweep finds them within a second, and what somebody asks of one
        # endpoint meanwhile goes first.
        Action.objects.bulk_create(made)
        audit.record_many(batch.organization, verb.record, free, actor, why=batch.reason)
        versions.advance(batch.organization_id)
        _leave_off_if_stopped(batch)
    return [endpoint for endpoint in endpoints if endpoint.pk in busy]


def _new(
    batch: Batch, verb: ActionVerb, endpoints: Sequence[Endpoint], actor: Actor
) -> Iterator[Action]:
    wanted = to_be_kept(endpoints)
    for endpoint in endpoints:
        yield asking.new(endpoint, verb, actor, wanted[endpoint.pk], batch.reason, batch)


def _place(action: Action) -> tuple[int, str]:
    return action.namespace_id, action.name


def _ask_alone(batch: Batch, verb: ActionVerb, endpoint: Endpoint, actor: Actor) -> None:
    try:
        with transaction.atomic():
            _lock(batch)
            asking.ask(endpoint, verb, actor, reason=batch.reason, batch=batch)
            _leave_off_if_stopped(batch)
    except asking.BusyError:
        return


def _lock(batch: Batch) -> None:
    """Whoever stops it later finds what is asked for meanwhile. Before all else, as stopping it
    does."""
    rows = Batch.objects.select_for_update(no_key=True)
    batch.refresh_from_db(fields=["stopped_at", "stopped_by"], from_queryset=rows)


def _leave_off_if_stopped(batch: Batch) -> None:
    """Somebody stopped it before this part of it was asked for."""
    if batch.stopped_at:
        who = Actor(ActorKind.PERSON, batch.stopped_by)
        outcomes.withdraw(Action.objects.filter(batch=batch), who)
