"""Fixtures for every test: an in-process sandbox as Hugging Face, with a frozen clock, and users.

There is an organization with an admin, an operator and a viewer; the outsider has another one.
"""

from collections.abc import Callable, Iterator

import httpx2
import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, settings

from hfadmin import outbound
from hfadmin.accounts.models import Organization, Role, User
from hfadmin.audit import triggers
from hfadmin.background import health
from hfadmin.live import cache as live_cache
from hfadmin.sandbox import Clock, Sandbox
from hfadmin.vault import Secret

SignIn = Callable[[User], Client]

# How long an example takes says more about the machine than about the code.
settings.register_profile(
    "on_any_machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("on_any_machine")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in filter(_uses_database, items):
        item.add_marker(pytest.mark.database)
    # It takes longer than any other file, and would run alone at the end.
    items.sort(key=lambda item: item.path.name != "test_on_postgresql.py")


def _uses_database(item: pytest.Item) -> bool:
    fixtures: list[str] = getattr(item, "fixturenames", [])
    is_marked = item.get_closest_marker("django_db") is not None
    return is_marked or not {"db", "transactional_db"}.isdisjoint(fixtures)


@pytest.fixture
def clock() -> Clock:
    """The clock of the sandbox, frozen."""
    clock = Clock()
    clock.freeze()
    return clock


@pytest.fixture
def one_time(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the sandbox is Django's too, and that of columns which begin with the time."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.default is timezone.now:
                monkeypatch.setattr(field, "_get_default", clock.now)
    monkeypatch.setattr(timezone, "now", clock.now)


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    """An empty sandbox, to which all outbound calls of this process go."""
    stand_in = Sandbox(clock=clock)
    outbound.use_transport(lambda: httpx2.WSGITransport(app=stand_in))
    yield stand_in
    outbound.reset()


@pytest.fixture
def organization(db: None) -> Organization:
    return Organization.objects.create(name="ACME", slug="acme")


@pytest.fixture
def admin(organization: Organization) -> User:
    return join(organization, "ada@acme.test", Role.ADMIN)


@pytest.fixture
def operator(organization: Organization) -> User:
    return join(organization, "grace@acme.test", Role.OPERATOR)


@pytest.fixture
def viewer(organization: Organization) -> User:
    return join(organization, "linus@acme.test", Role.VIEWER)


@pytest.fixture
def outsider(db: None) -> User:
    """The administrator of another organization."""
    other = Organization.objects.create(name="Umbrella", slug="umbrella")
    return join(other, "mallory@umbrella.test", Role.ADMIN)


@pytest.fixture
def sign_in() -> SignIn:
    def run(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return run


@pytest.fixture
def as_admin(admin: User, sign_in: SignIn) -> Client:
    return sign_in(admin)


@pytest.fixture
def as_operator(operator: User, sign_in: SignIn) -> Client:
    return sign_in(operator)


@pytest.fixture
def as_viewer(viewer: User, sign_in: SignIn) -> Client:
    return sign_in(viewer)


@pytest.fixture
def as_outsider(outsider: User, sign_in: SignIn) -> Client:
    return sign_in(outsider)


def join(organization: Organization, email: str, role: Role) -> User:
    """Create a user who is a member of the organization."""
    user = User.objects.create_user(email, Secret("correct horse"))
    organization.memberships.create(user=user, role=role)
    return user


@pytest.fixture(autouse=True)
def _clear_caches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clear the caches; the process counts as started long ago."""
    monkeypatch.setattr(health, "_started", float("-inf"))
    health.forget_answer()
    live_cache.clear_all()
    cache.clear()


@pytest.fixture(scope="session", autouse=True)
def _flush_audit_record() -> Iterator[None]:
    """Drop the triggers of the audit record while Django empties the tables between tests."""
    operations = type(connection.ops)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "sql_flush", _without_triggers(operations.sql_flush))
        yield


def _without_triggers(flush: Callable[..., list[str]]) -> Callable[..., list[str]]:
    def sql_flush(
        operations: BaseDatabaseOperations, *args: object, **options: object
    ) -> list[str]:
        database = operations.connection
        statements = flush(operations, *args, **options)
        return [*triggers.drop(database), *statements, *triggers.create(database)]

    return sql_flush
