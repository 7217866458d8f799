"""Telling open pages that something visible changed."""

from collections.abc import Collection

from django.db.models import F

from providers.endpoints.models import Endpoint, Namespace, Pulse


def pulse(organization_id: int) -> int:
    """The organization's next pulse. Call it in the transaction of the change that it announces."""
    row = Pulse.objects.filter(pk=organization_id)
    if not row.update(number=F("number") + 1):
        Pulse.objects.bulk_create([Pulse(organization_id=organization_id)], ignore_conflicts=True)
        row.update(number=F("number") + 1)
    return row.values_list("number", flat=True).get()


def touch(organization_id: int, endpoints: Collection[int]) -> int:
    """These endpoints' rows look different now, for a reason that is not in the rows themselves
    (a model that uses them was renamed, say). Returns the pulse."""
    number = pulse(organization_id)
    if endpoints:
        owned = Endpoint.objects.filter(organization=organization_id, pk__in=endpoints)
        owned.update(version=number)
    return number


def show_health(namespace: Namespace) -> None:
    """The namespace can be seen again, or no longer: that shows on every row of it, however many
    there are, so it is written once."""
    number = pulse(namespace.organization_id)
    Namespace.objects.filter(pk=namespace.pk).update(version=number)
