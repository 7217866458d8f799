"""Reading and advancing the version of an organization.

Whoever stores the version beside a row says: this row was changed last in that version. Versions
are in the order in which the changes were committed, so who remembers the version that it has read
finds all later changes by comparing numbers.
"""

from typing import Any

from django.db import connection
from django.db.models import QuerySet

from hfadmin.live.models import OrganizationVersion

_TABLE = OrganizationVersion._meta.db_table  # noqa: SLF001 - Django's public name for it
# One statement, the same on SQLite and PostgreSQL. It is part of almost every change.
_ADVANCE = (
    f"INSERT INTO {_TABLE} (organization_id, number) VALUES (%s, 1)"  # noqa: S608 - a constant
    f" ON CONFLICT (organization_id) DO UPDATE SET number = {_TABLE}.number + 1 RETURNING number"
)


def current(organization_id: int) -> int:
    """The latest version, 0 before the first change. Read it before the rows that it stands for."""
    return _number(OrganizationVersion.objects.filter(pk=organization_id))


def current_for(row: QuerySet[Any]) -> int:
    """The same for the organization of the one row that the query finds, without reading it."""
    return _number(OrganizationVersion.objects.filter(pk__in=row.values("organization")))


def advance(organization_id: int) -> int:
    """The next version. Call it in the transaction of the change that it announces."""
    with connection.cursor() as cursor:
        cursor.execute(_ADVANCE, [organization_id])
        return int(cursor.fetchone()[0])


def _number(rows: QuerySet[OrganizationVersion]) -> int:
    return next(iter(rows.values_list("number", flat=True)), 0)
