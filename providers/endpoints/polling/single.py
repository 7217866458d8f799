"""The answer to a call about one endpoint, stored as a look at its namespace would store it.

Looks go on meanwhile, else there would be none as long as somebody acts in the namespace: one that
asked before such an answer leaves its endpoint alone.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from hfadmin.live import versions
from providers.endpoints.models import Endpoint
from providers.endpoints.polling import intervals, periods, reconcile
from providers.endpoints.polling.periods import Observation
from providers.endpoints.polling.reconcile import Difference
from providers.endpoints.polling.watches import look_within
from providers.huggingface.types import RemoteEndpoint
from providers.tokens.models import Namespace, NamespaceQuerySet


def note_seen(namespace: Namespace, remote: RemoteEndpoint) -> None:
    """Store how the endpoint is now. Open pages show it at their next poll."""
    with transaction.atomic():
        is_looked_at = _hold_still(namespace)
        difference = reconcile.of_one(namespace, remote)
        if difference.changed:
            observed = Observation(namespace.checked_at, timezone.now())
            reconcile.apply(namespace, difference, observed)
        elif is_looked_at:
            row = Endpoint.objects.filter(namespace=namespace, name=remote.name)
            row.update(version=versions.advance(namespace.organization_id))
        else:
            return
        _plan_anew(namespace)


def note_deleted(namespace: Namespace, name: str) -> None:
    """Store that the endpoint is gone."""
    with transaction.atomic():
        _hold_still(namespace)
        now = timezone.now()
        row = Endpoint.objects.present().filter(namespace=namespace, name=name)
        ids = list(row.values_list("pk", flat=True))
        if ids:
            version = versions.advance(namespace.organization_id)
            row.update(deleted_at=now, version=version)
            periods.end(ids, now)
            _plan_anew(namespace)


class Notes:
    """What was noted about single endpoints of a namespace since a look at it began."""

    def __init__(self, namespace: Namespace, version: int) -> None:
        """As the look begins. `version` is that of the organization."""
        self.namespace = namespace
        self.names: set[str] = set()
        self._version = version
        self._hardware_due_at = namespace.hardware_due_at

    def finish(self, held: NamespaceQuerySet, at: datetime, **columns: Any) -> bool:
        """Write the look's outcome, or False where `held` no longer holds the namespace. If
        anything was noted, another look follows."""
        # Each note has changed this column: without any, none is looked for.
        if held.filter(hardware_due_at=self._hardware_due_at).finish(at, **columns):
            return True
        if not held.finish(at, **columns):
            return False
        self._find()
        _plan_anew(self.namespace)
        return True

    def write_batch(self, batch: Difference, observed: Observation) -> None:
        """Write one of several. Called in a transaction that has written the namespace."""
        self._find()
        reconcile.apply(self.namespace, self.spare(batch), observed)
        # What was just written was not noted.
        self._version = versions.current(self.namespace.organization_id)

    def spare(self, difference: Difference) -> Difference:
        """The difference without what was noted."""
        if not self.names:
            return difference
        changed = [remote for remote in difference.changed if remote.name not in self.names]
        vanished = [known for known in difference.vanished if known.name not in self.names]
        return replace(difference, changed=changed, vanished=vanished)

    def _find(self) -> None:
        rows = Endpoint.objects.filter(namespace=self.namespace, version__gt=self._version)
        self.names.update(rows.values_list("name", flat=True))


def _plan_anew(namespace: Namespace) -> None:
    """The next look is compared in full, although Hugging Face may answer as it did before. It asks
    for hardware too: another part of the quota is free now."""
    rows = Namespace.objects.filter(pk=namespace.pk)
    rows.update(answer="", hardware_due_at=timezone.now())
    # One look for many answers.
    look_within(rows, intervals.IN_MOTION)


def _hold_still(namespace: Namespace) -> bool:
    """Until the end of the transaction no look is written. Returns whether one is under way, which
    may have asked before this."""
    # Rows that refer to it are stored meanwhile: who stores them may hold the version already.
    row = Namespace.objects.filter(pk=namespace.pk).select_for_update(no_key=True)
    until = row.values_list("lease_until", flat=True).first()
    return until is not None and until > timezone.now()
