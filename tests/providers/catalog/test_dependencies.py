"""A change of a token or of an endpoint is on the models that depend on it by the next sweep."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hfadmin.accounts.models import Organization, User
from hfadmin.audit.actors import Actor
from hfadmin.audit.models import Record
from hfadmin.celery import app
from hfadmin.sandbox import Clock, Sandbox
from hfadmin.sandbox.endpoint import Endpoint as RemoteEndpoint
from providers.catalog import operations
from providers.catalog.models import ProviderModel
from providers.catalog.operations import rechecking
from providers.endpoints import tasks as endpoints
from providers.endpoints.models import Endpoint
from providers.tokens import operations as operations_of_tokens
from providers.tokens import tasks as tokens
from providers.tokens.models import AccessToken, Namespace
from tests.providers.catalog.conftest import EVERYTHING, Sweep, Work, address, save

pytestmark = pytest.mark.usefixtures("one_time")


@pytest.fixture
def model(deployed_model: ProviderModel) -> ProviderModel:
    return deployed_model


def deployed(hub: Sandbox, name: str) -> RemoteEndpoint:
    endpoint = hub.state.endpoint("acme", name)
    assert endpoint is not None
    return endpoint


def put(hub: Sandbox, name: str, state: str) -> None:
    """Into this state, as Hugging Face does without being asked."""
    endpoint = deployed(hub, name)
    endpoint.enter(state, hub.clock.now())
    hub.state.invalidate(endpoint)


def give(hub: Sandbox, scopes: dict[str, tuple[str, ...]]) -> None:
    """These rights to the token, in the place of those that it has."""
    value = AccessToken.objects.get().secret.reveal()
    hub.state.tokens.pop(value)
    hub.add_token("ada", value=value, scopes=scopes)


def look(clock: Clock) -> None:
    """At the namespaces, as soon as one falls due."""
    clock.advance(300)
    endpoints.sweep()


def check_until_settled(clock: Clock) -> None:
    """The token, which was good: it is asked about several times before a rejection counts."""
    for minutes in (70, 1, 5, 15):
        clock.advance(minutes * 60)
        tokens.sweep()


def test_models_are_looked_for_every_second() -> None:
    assert app.conf.beat_schedule["models"]["schedule"] <= 1


def test_nothing_is_looked_at_again_while_nothing_changes(
    model: ProviderModel, sweep: Sweep, clock: Clock
) -> None:
    look(clock)  # sees that the endpoint was called
    sweep()
    look(clock)
    ProviderModel.objects.update(next_check_at=timezone.now() + timedelta(hours=1))
    assert not ProviderModel.objects.due(timezone.now()).exists()


def test_an_endpoint_that_fails_and_recovers(
    model: ProviderModel, hub: Sandbox, clock: Clock, sweep: Sweep
) -> None:
    put(hub, "chat", "failed")
    look(clock)
    failed = sweep()
    assert (failed.state, failed.problem["kind"]) == ("failing", "endpoint_failed")
    assert Record.objects.filter(verb="model.failing").count() == 1
    assert not ProviderModel.objects.due(timezone.now()).exists()


def test_an_endpoint_that_is_deleted_upstream(
    model: ProviderModel, hub: Sandbox, clock: Clock, sweep: Sweep
) -> None:
    hub.state.remove_endpoint(deployed(hub, "chat"))
    look(clock)
    assert Endpoint.objects.get(name="chat").deleted_at is not None
    gone = sweep()
    assert (gone.state, gone.problem["kind"]) == ("failing", "endpoint_deleted")


def test_a_token_that_is_revoked(
    model: ProviderModel, hub: Sandbox, clock: Clock, sweep: Sweep
) -> None:
    hub.revoke_token(AccessToken.objects.get().secret.reveal())
    check_until_settled(clock)
    assert AccessToken.objects.get().state == "invalid"
    failed = sweep()
    assert (failed.state, failed.problem["kind"]) == ("failing", "token_rejected")
    assert Record.objects.filter(verb="token.invalidated").count() == 1
    assert Record.objects.filter(verb="model.failing").count() == 1


def test_a_token_that_is_deleted_here(model: ProviderModel, admin: User, sweep: Sweep) -> None:
    operations_of_tokens.delete(AccessToken.objects.get(), Actor.person(admin))
    failed = sweep()
    assert (failed.state, failed.problem["kind"]) == ("failing", "token_deleted")
    assert not ProviderModel.objects.due(timezone.now()).exists()


def test_a_right_that_a_token_loses(
    model: ProviderModel, hub: Sandbox, clock: Clock, sweep: Sweep
) -> None:
    give(hub, {"ada": EVERYTHING, "acme": EVERYTHING[1:]})
    clock.advance(70 * 60)
    tokens.sweep()
    failed = sweep()
    assert (failed.state, failed.problem["kind"]) == ("failing", "missing_permission")


def test_a_token_that_comes_to_see_a_namespace_has_it_looked_at(
    seen: AccessToken, hub: Sandbox, clock: Clock
) -> None:
    hub.add_organization("labs", members={"ada": "admin"})
    give(hub, {"ada": EVERYTHING, "acme": EVERYTHING, "labs": EVERYTHING})
    clock.advance(70 * 60)
    endpoints.sweep()
    tokens.sweep()
    assert [row.name for row in Namespace.objects.due(timezone.now())] == ["labs"]


def test_an_endpoint_that_was_asleep_and_starts(
    seen: AccessToken,
    as_operator: Client,
    organization: Organization,
    endpoint_llm: dict[str, Any],
    hub: Sandbox,
    clock: Clock,
    work: Work,
    sweep: Sweep,
) -> None:
    hub.add_endpoint("acme", "asleep", state="paused")
    look(clock)
    save(as_operator, endpoint_llm | {"endpoint_url": address(hub, "asleep")})
    clock.advance(1)
    work()
    model = sweep()
    assert (model.state, model.reason) == ("unverified", "asleep")
    put(hub, "asleep", "running")
    look(clock)
    model = sweep()
    assert (model.state, model.reason) == ("unverified", "not_asked")


def test_a_token_that_is_revoked_shows_on_a_sleeping_model_although_a_look_breaks(
    model: ProviderModel, hub: Sandbox, clock: Clock, sweep: Sweep
) -> None:
    ProviderModel.objects.update(state="unverified", reason="asleep")
    hub.revoke_token(AccessToken.objects.get().secret.reveal())
    check_until_settled(clock)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(rechecking, "_look", _broken)
        assert sweep().state == "failing"
    clock.advance(3600)
    failed = sweep()
    assert (failed.state, failed.problem["kind"]) == ("failing", "token_rejected")


def _broken(_model: ProviderModel) -> None:
    raise ZeroDivisionError


@pytest.mark.parametrize("change", ["disable", "enable"])
def test_what_a_token_is_needed_for_is_asked_anew_when_a_model_on_it_is_switched(
    change: str, model: ProviderModel, admin: User, django_capture_on_commit_callbacks: Any
) -> None:
    ProviderModel.objects.update(enabled=change == "disable")
    needed = AccessToken.objects.all()
    needed.update(state="limited" if change == "disable" else "valid")
    before = needed.get().live_version
    with django_capture_on_commit_callbacks(execute=True):
        getattr(operations, change)(model, Actor.person(admin))
    assert (needed.get().live_version > before) == (change == "disable")
