"""The answer to a call about one endpoint, stored as a look at its namespace would store it.

Looks go on meanwhile, else there would be none as long as somebody acts in the namespace: one that
asked before such an answer leaves its endpoint alone.
"""

from dataclasses import replace
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from hfadmin.live import versions
from providers.endpoints.models import Endpoint
from providers.endpoints.polling import periods, reconcile
from providers.endpoints.polling.periods import Observation
from providers.endpoints.polling.reconcile import Difference
from providers.endpoints.polling.watches import look_within
from providers.huggingface.types import RemoteEndpoint
from providers.tokens.models import Namespace

LOOK_WITHIN = timedelta(seconds=2)  # one look for many answers


def note_seen(namespace: Namespace, remote: RemoteEndpoint) -> None:
    """Store how the endpoint is now. Open pages show it at their next poll."""
    with transaction.atomic():
        is_looked_at = _hold_still(namespace)
        difference = reconcile.of_one(namespace, remote)
        if difference.changed:
            reconcile.apply(
                namespace, difference, Observation(namespace.checked_at, timezone.now())
            )
            plan_anew(namespace)
        elif is_looked_at:
            row = Endpoint.objects.filter(namespace=namespace, name=remote.name)
            row.update(version=versions.advance(namespace.organization_id))


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
            plan_anew(namespace)


class Notes:
    """What was noted about single endpoints of a namespace since a look began."""

    def __init__(self, namespace: Namespace, version: int) -> None:
        self.namespace = namespace
        self.version = version  # of the organization, before the look asked anything
        self.names: set[str] = set()

    def spare(self, difference: Difference) -> Difference:
        """The difference without them. Called in a transaction that has written the namespace:
        nothing is noted until its end."""
        rows = Endpoint.objects.filter(namespace=self.namespace, version__gt=self.version)
        self.names.update(rows.values_list("name", flat=True))
        if not self.names:
            return difference
        changed = [remote for remote in difference.changed if remote.name not in self.names]
        vanished = [known for known in difference.vanished if known.name not in self.names]
        return replace(difference, changed=changed, vanished=vanished)

    def go_on(self) -> None:
        """What this transaction has written itself is none of it."""
        self.version = versions.current(self.namespace.organization_id)


def plan_anew(namespace: Namespace) -> None:
    """The next look is compared in full, although Hugging Face may answer as it did before. It asks
    for hardware too: another part of the quota is free now."""
    rows = Namespace.objects.filter(pk=namespace.pk)
    rows.update(answer="", hardware_due_at=timezone.now())
    look_within(rows, LOOK_WITHIN)


def _hold_still(namespace: Namespace) -> bool:
    """Until the end of the transaction no look is written. Returns whether one is under way, which
    may have asked before this."""
    row = Namespace.objects.filter(pk=namespace.pk).select_for_update()
    until = row.values_list("lease_until", flat=True).first()
    return until is not None and until > timezone.now()
