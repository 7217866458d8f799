"""The row that a lane takes next: whose it is, and that it is still due."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hfadmin.accounts.models import Organization
from hfadmin.background import shortlist
from hfadmin.background.shortlist import Shortlist
from providers.tokens.models import AccessToken
from tests.factories import stored_token

Stored = Callable[..., AccessToken]
MANY = 1_000  # more than a lane has threads


@pytest.fixture
def stored() -> Stored:
    """Store a token that is due, each later than those before."""
    since, count = timezone.now() - timedelta(hours=1), 0

    def run(organization: Organization, **values: object) -> AccessToken:
        nonlocal count
        count += 1
        due = {"next_check_at": since + timedelta(seconds=count), **values}
        return stored_token(organization, str(count), f"hf_{count:034d}", **due)

    return run


@pytest.fixture
def other() -> Organization:
    return Organization.objects.create(name="Umbrella", slug="umbrella")


@pytest.fixture
def due() -> Shortlist:
    made = Shortlist(AccessToken.objects.all(), lambda _pk, _lease: None)
    made.renew()
    return made


def taken(due: Shortlist, running: dict[int, int] | None = None, share: int = MANY) -> Any:
    task = due.claim(running or {}, share)
    return task and task.pk


def test_who_has_work_under_way_waits_for_those_who_have_none(
    organization: Organization, other: Organization, due: Shortlist, stored: Stored
) -> None:
    first, second = stored(organization), stored(other)
    running = {organization.pk: 2}
    assert taken(due, running) == second.pk
    assert taken(due, running, share=2) is None
    assert taken(due, running, share=3) == first.pk


def test_one_that_somebody_else_takes_meanwhile_is_passed_over(
    organization: Organization, due: Shortlist, stored: Stored
) -> None:
    rows = [stored(organization) for _ in range(4)]
    assert taken(due) == rows[0].pk
    assert AccessToken.objects.filter(pk=rows[1].pk).claim().ids
    AccessToken.objects.filter(pk=rows[2].pk).update(next_check_at=None)
    assert taken(due) == rows[3].pk
    assert taken(due) is None


def test_all_that_is_due_is_taken_however_many_are_found_at_once(
    organization: Organization, due: Shortlist, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shortlist, "AT_ONCE", 3)
    rows = [stored(organization) for _ in range(10)]
    assert [taken(due) for _ in rows] == [row.pk for row in rows]
    assert taken(due) is None


def test_nothing_is_looked_for_again_until_something_may_have_fallen_due(
    organization: Organization, due: Shortlist, stored: Stored
) -> None:
    stored(organization)
    taken(due)
    assert taken(due) is None
    later = stored(organization)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert taken(due) is None
    assert len(queries) == 0
    due.renew()
    assert taken(due) == later.pk


def test_what_is_asked_for_joins_what_was_asked_for_before(
    organization: Organization, other: Organization, due: Shortlist, stored: Stored
) -> None:
    """Also where that waits, and belongs to an organization that has all the work it may have."""
    due = Shortlist(due.rows, due.work)
    first, second, third = (stored(organization) for _ in range(3))
    ours = stored(other)
    full = {organization.pk: 2}
    due.renew([str(first.pk), str(second.pk)])
    assert taken(due, full, share=2) is None
    due.renew([str(ours.pk)])
    assert taken(due, full, share=2) == ours.pk
    assert {taken(due), taken(due)} == {first.pk, second.pk}
    assert taken(due) is None
    assert AccessToken.objects.get(pk=third.pk).lease_id is None
