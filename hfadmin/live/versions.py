"""Reading and advancing the version of an organization.

Whoever stores the version beside a row says: this row was changed last in that version. Versions
are in the order in which the changes were committed, so who remembers the version that it has read
finds all later changes by comparing numbers.
"""

from typing import Any

from django.db.models import F, QuerySet

from hfadmin.live.models import OrganizationVersion


def current(organization_id: int) -> int:
    """The latest version, 0 before the first change. Read it before the rows that it stands for."""
    return _number(OrganizationVersion.objects.filter(pk=organization_id))


def current_for(row: QuerySet[Any]) -> int:
    """The same for the organization of the one row that the query finds, without reading it."""
    return _number(OrganizationVersion.objects.filter(pk__in=row.values("organization")))


def advance(organization_id: int) -> int:
    """The next version. Call it in the transaction of the change that it announces."""
    row = OrganizationVersion.objects.filter(pk=organization_id)
    if not row.update(number=F("number") + 1):
        first = OrganizationVersion(organization_id=organization_id)
        OrganizationVersion.objects.bulk_create([first], ignore_conflicts=True)
        row.update(number=F("number") + 1)
    return row.values_list("number", flat=True).get()


def _number(rows: QuerySet[OrganizationVersion]) -> int:
    return next(iter(rows.values_list("number", flat=True)), 0)
