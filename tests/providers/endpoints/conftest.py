"""Fixtures: users and tokens in the sandbox, whose clock is Django's too."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.utils import timezone

from hfadmin.accounts.models import Organization
from hfadmin.sandbox import Sandbox
from providers.endpoints import polling
from providers.endpoints.models import Endpoint
from providers.tokens.models import AccessToken, Namespace
from tests.factories import stored_token

LIST = ["inference.endpoints.read"]


@pytest.fixture(autouse=True)
def everywhere(one_time: None) -> None:
    """All tests here have one time."""


@pytest.fixture
def acme(organization: Organization) -> Organization:
    return organization


@pytest.fixture
def upstream(sandbox: Sandbox) -> Sandbox:
    """The sandbox with ada and bob, who are members of acme-labs."""
    sandbox.add_user("ada")
    sandbox.add_user("bob")
    sandbox.add_organization("acme-labs", members={"ada": "admin", "bob": "read"})
    return sandbox


Store = Callable[..., AccessToken]


@pytest.fixture
def store(acme: Organization, upstream: Sandbox) -> Store:
    """Stores a token of a user with access to the namespaces that it `sees`."""

    def stored(
        name: str, *, user: str = "ada", sees: tuple[str, ...] = ("acme-labs",)
    ) -> AccessToken:
        value = upstream.add_token(user, scopes=dict.fromkeys(sees, LIST))
        token = stored_token(acme, name, value, owner=user, state="valid")
        for seen in sees:
            due = {"next_check_at": timezone.now(), "hardware_due_at": timezone.now()}
            namespace, _ = Namespace.objects.get_or_create(
                organization=acme, name=seen, defaults={"kind": "org", **due}
            )
            token.accesses.create(namespace=namespace, abilities={"list": "yes"})
        return token

    return stored


@pytest.fixture
def labs(store: Store, acme: Organization) -> Namespace:
    """The namespace acme-labs, seen through Ada's token."""
    store("ada-labs")
    return Namespace.objects.get(organization=acme, name="acme-labs")


def sweep() -> int:
    """Poll the namespaces that are due, as a worker does. Returns their number."""
    claim = Namespace.objects.claim()
    for pk in claim.ids:
        polling.check(pk, claim.lease)
    return len(claim.ids)


def look(namespace: Namespace) -> Namespace:
    """Poll this namespace now, due or not."""
    Namespace.objects.filter(pk=namespace.pk).update(next_check_at=timezone.now(), lease_until=None)
    assert sweep() >= 1
    namespace.refresh_from_db()
    return namespace


def wait_for(namespace: Namespace) -> float:
    """Return the seconds until the namespace is due."""
    namespace.refresh_from_db()
    assert namespace.next_check_at is not None
    return (namespace.next_check_at - timezone.now()).total_seconds()


def endpoint(name: str) -> Endpoint:
    return Endpoint.objects.get(name=name)


def calls(sandbox: Sandbox, path: str = "/v2/endpoint/") -> int:
    return sum(request.path.startswith(path) for request in sandbox.requests)


def seen_at(namespace: Namespace) -> datetime:
    namespace.refresh_from_db()
    assert namespace.checked_at is not None
    return namespace.checked_at


@pytest.fixture
def three(labs: Namespace, upstream: Sandbox) -> Namespace:
    """Of acme-labs: alpha runs, beta has failed, gamma sleeps."""
    upstream.add_endpoint("acme-labs", "alpha", tags=["prod"], stuck=True)
    upstream.add_endpoint(
        "acme-labs",
        "beta",
        state="failed",
        message="Out of memory",
        vendor="azure",
        repository="BAAI/bge-m3",
        task="feature-extraction",
        stuck=True,
    )
    upstream.add_endpoint(
        "acme-labs",
        "gamma",
        state="scaledToZero",
        tags=["prod-eu"],
        instance_type="nvidia-a100",
        instance_size="x4",
        stuck=True,
    )
    return look(labs)
