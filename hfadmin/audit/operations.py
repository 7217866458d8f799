"""Writing the record. Called inside the transaction of the change that it speaks of."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import models

from hfadmin.audit.actors import Actor
from hfadmin.audit.models import Record
from hfadmin.audit.verbs import Verb

if TYPE_CHECKING:
    from hfadmin.accounts.models import Organization


def record(
    organization: "Organization | None",
    verb: Verb,
    target: models.Model | None,
    actor: Actor,
    *,
    outcome: Record.Outcome | None = None,
    **detail: Any,
) -> Record:
    """Record that `actor` did, or asked for, what the verb says to `target`.

    `outcome` is given where it is another than the verb says: a request that was answered, a
    change that failed. `detail` is shown on the Activity page and holds no secrets.
    """
    made = _record(organization, verb, target, actor, outcome, detail)
    made.save(force_insert=True)
    return made


def record_many(
    organization: "Organization",
    verb: Verb,
    targets: Iterable[models.Model | None],
    actor: Actor,
    *,
    outcome: Record.Outcome | None = None,
    **detail: Any,
) -> None:
    """The same record for each of the targets."""
    made = (_record(organization, verb, each, actor, outcome, detail) for each in targets)
    Record.objects.bulk_create(made)


def _record(
    organization: "Organization | None",
    verb: Verb,
    target: models.Model | None,
    actor: Actor,
    outcome: Record.Outcome | None,
    detail: dict[str, Any],
) -> Record:
    said = Record.Outcome.ASKED if verb.is_request else Record.Outcome.DONE
    return Record(
        organization=organization,
        actor=actor.user,
        actor_kind=actor.kind,
        actor_label=actor.label,
        session=actor.session,
        address=actor.address,
        request_id=actor.request_id,
        verb=verb.name,
        target_type=(target._meta.model_name or "") if target else "",  # noqa: SLF001
        target_id=str(target.pk) if target else "",
        target_label=str(target)[:254] if target else "",
        outcome=outcome or said,
        detail=detail,
    )
