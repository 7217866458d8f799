import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from hfadmin.accounts.models import Organization, User
from hfadmin.accounts.verbs import ORGANIZATION_RENAMED
from hfadmin.audit.actors import Actor
from hfadmin.audit.models import Record
from hfadmin.audit.operations import record


@pytest.fixture
def kept(organization: Organization, admin: User) -> Record:
    return record(
        organization,
        ORGANIZATION_RENAMED,
        organization,
        Actor.person(admin),
        before="Old",
    )


def test_a_record_keeps_who_and_what_by_name(kept: Record) -> None:
    assert (kept.actor_label, kept.target_label, kept.target_type) == (
        "ada@acme.test",
        "ACME",
        "organization",
    )


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_record SET verb = 'nothing.happened'", "DELETE FROM audit_record"],
)
def test_the_database_refuses_to_change_or_remove_a_record(kept: Record, statement: str) -> None:
    with (
        pytest.raises((IntegrityError, InternalError), match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert Record.objects.get().verb == "organization.renamed"


def test_a_change_that_fails_leaves_no_record(organization: Organization, admin: User) -> None:
    def change_and_fail() -> None:
        with transaction.atomic():
            record(
                organization,
                ORGANIZATION_RENAMED,
                organization,
                Actor.person(admin),
            )
            raise ConnectionError

    with pytest.raises(ConnectionError):
        change_and_fail()

    assert not Record.objects.exists()
