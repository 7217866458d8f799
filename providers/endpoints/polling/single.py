"""The answer to a call about one endpoint, stored as a look at its namespace would store it."""

from django.db import transaction
from django.utils import timezone

from hfadmin.live import versions
from providers.endpoints.models import Endpoint
from providers.endpoints.polling import periods, reconcile
from providers.endpoints.polling.periods import Observation
from providers.endpoints.polling.watches import look_soon
from providers.huggingface.types import RemoteEndpoint
from providers.tokens.models import Namespace


def note_seen(namespace: Namespace, remote: RemoteEndpoint) -> None:
    """Store how the endpoint is now. Open pages show it at their next poll."""
    with transaction.atomic():
        observed = Observation(namespace.checked_at, timezone.now())
        reconcile.apply(namespace, reconcile.of_one(namespace, remote), observed)
        _compare_anew(namespace)


def note_deleted(namespace: Namespace, name: str) -> None:
    """Store that the endpoint is gone."""
    with transaction.atomic():
        now = timezone.now()
        row = Endpoint.objects.present().filter(namespace=namespace, name=name)
        ids = list(row.values_list("pk", flat=True))
        if ids:
            version = versions.advance(namespace.organization_id)
            row.update(deleted_at=now, version=version)
            periods.end(ids, now)
        _compare_anew(namespace)


def _compare_anew(namespace: Namespace) -> None:
    """A look that is under way may have asked before this; and the next is compared in full,
    although Hugging Face may answer as it did before. It asks for hardware too: another part of the
    quota is free now."""
    rows = Namespace.objects.filter(pk=namespace.pk)
    rows.update(answer="", hardware_due_at=timezone.now())
    look_soon(rows)
