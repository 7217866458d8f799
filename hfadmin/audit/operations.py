"""Writing the record. Called inside the transaction of the change that it speaks of."""

from typing import Any

from django.db import models

from hfadmin.accounts.models import Organization, User
from hfadmin.audit.models import Record

SYSTEM = "hfadmin"


def record(
    organization: Organization | None,
    verb: str,
    target: models.Model | None = None,
    *,
    by: User | None,
    outcome: Record.Outcome = Record.Outcome.DONE,
    **detail: Any,
) -> Record:
    """`verb` is `<thing>.<past participle>`, such as `token.replaced`; `by` None is hfadmin itself.

    `detail` is shown on the Activity page and holds no secrets.
    """
    return Record.objects.create(
        organization=organization,
        actor=by,
        actor_label=by.email if by else SYSTEM,
        verb=verb,
        target_type=(target._meta.model_name or "") if target else "",  # noqa: SLF001
        target_id=str(target.pk) if target else "",
        target_label=str(target)[:254] if target else "",
        outcome=outcome,
        detail=detail,
    )
