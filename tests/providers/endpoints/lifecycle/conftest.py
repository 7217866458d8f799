"""Fixtures: an organization with a token that may manage acme-labs, and endpoints to act on."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from hfadmin.accounts.models import Organization, User
from hfadmin.audit.actors import Actor
from hfadmin.sandbox import Sandbox
from hfadmin.sandbox.endpoint import Endpoint as Remote
from providers.endpoints.lifecycle import asking, running
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.lifecycle.verbs import VERBS
from providers.endpoints.models import Endpoint
from providers.tokens.models import AccessToken, Namespace, NamespaceAccess
from tests.factories import stored_token
from tests.providers.endpoints.conftest import look

MANAGE = ("inference.endpoints.read", "inference.endpoints.write")
CALL = ("inference.endpoints.infer.write",)
NAMESPACE, NAME = "acme-labs", "llama-prod"
MUTATING = {"POST", "PUT", "DELETE", "PATCH"}


@pytest.fixture
def namespace(upstream: Sandbox, acme: Organization) -> Namespace:
    """acme-labs, managed and called through Ada's token."""
    value = upstream.add_token("ada", scopes={NAMESPACE: (*MANAGE, *CALL)})
    token = stored_token(acme, "ada-manages", value, owner="ada", state="valid")
    due = {"hardware_due_at": timezone.now()}
    made = Namespace.objects.create(organization=acme, name=NAMESPACE, kind="org", **due)
    NamespaceAccess.objects.create(
        token=token, namespace=made, abilities={"list": "yes", "manage": "yes", "call": "yes"}
    )
    return made


@pytest.fixture
def other(upstream: Sandbox, acme: Organization, namespace: Namespace) -> AccessToken:
    """Another token that may as much, and is asked last."""
    value = upstream.add_token("ada", scopes={NAMESPACE: (*MANAGE, *CALL)})
    made = stored_token(acme, "other", value, owner="ada", state="valid")
    yes = {"list": "yes", "manage": "yes", "call": "yes"}
    NamespaceAccess.objects.create(token=made, namespace=namespace, abilities=yes)
    Namespace.objects.update(seen_through=AccessToken.objects.get(name="ada-manages"))
    return made


@pytest.fixture
def endpoint(upstream: Sandbox, namespace: Namespace) -> Endpoint:
    """A running endpoint that may scale to zero, as it was last seen."""
    upstream.add_endpoint(NAMESPACE, NAME, state="running", min_replica=0, max_replica=2)
    look(namespace)
    upstream.requests.clear()
    return Endpoint.objects.get(name=NAME)


@pytest.fixture
def actor(admin: User) -> Actor:
    return Actor.person(admin)


@pytest.fixture
def taker(operator: User) -> Actor:
    """Who takes it back; somebody else has asked for it."""
    return Actor.person(operator)


Ask = Callable[..., Action]


@pytest.fixture
def ask(endpoint: Endpoint, actor: Actor) -> Ask:
    """Ask for a verb, of the endpoint as it is stored now."""

    def asked(
        verb: str, about: Endpoint | None = None, wanted: dict[str, Any] | None = None
    ) -> Action:
        return asking.ask(about or endpoint, VERBS[verb], actor, wanted)

    return asked


def work() -> None:
    """Run the actions that are due, as a sweep and a worker do, each once."""
    claim = Action.objects.open().claim()
    for pk in claim.ids:
        running.run(pk, claim.lease)


def remote_of(upstream: Sandbox) -> Remote | None:
    return upstream.state.endpoint(NAMESPACE, NAME)


def mutations(upstream: Sandbox) -> list[str]:
    """The requests that change something, as the sandbox received them."""
    received = (each for each in list(upstream.requests) if each.method in MUTATING)
    return [f"{each.method} {each.path.rpartition(NAME)[2]}" for each in received]


def is_shown(endpoint: Endpoint, remote: Remote | None) -> bool:
    """Whether the stored endpoint is as the sandbox has it."""
    if remote is None or endpoint.deleted_at is not None:
        return remote is None and endpoint.deleted_at is not None
    return endpoint.state == remote.state and all(
        getattr(endpoint, column) == value for column, value in _columns(remote).items()
    )


def _columns(remote: Remote) -> dict[str, Any]:
    return {
        "tags": list(remote.tags),
        "auth_type": remote.type,
        "min_replicas": remote.min_replica,
        "max_replicas": remote.max_replica,
        "scale_to_zero_minutes": remote.scale_to_zero_timeout,
        "instance_type": remote.instance_type,
        "instance_size": remote.instance_size,
        "repository": remote.repository,
        "revision": remote.revision or "",
    }
