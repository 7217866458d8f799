"""A look for which somebody waits."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from hfadmin import outbound
from hfadmin.audit import operations as audit
from hfadmin.audit.actors import Actor
from providers.endpoints import verbs
from providers.endpoints.polling import prices
from providers.endpoints.polling.poll import check
from providers.tokens.models import Namespace

AT_MOST: Final = 15.0  # seconds
JUST_NOW: Final = timedelta(seconds=10)


def look_at_once(namespace: Namespace, actor: Actor) -> None:
    """Look, also at its hardware, and return with what was seen stored. Nothing where that was done
    just now or is being done, and where the namespace is to be unwatched. Call it outside of
    transactions."""
    row = Namespace.objects.filter(pk=namespace.pk, watched=True)
    asked_after = timezone.now() - JUST_NOW + prices.GOOD_FOR
    with transaction.atomic():
        if not row.exclude(hardware_due_at__gt=asked_after).exists():
            return
        lease = Namespace.objects.take(namespace.pk)
        if lease is None:
            return
        row.update(hardware_due_at=timezone.now(), answer="")
        audit.record(namespace.organization, verbs.LOOK_REQUESTED, namespace, actor)
    with outbound.deadline(AT_MOST):
        check(namespace.pk, lease)
