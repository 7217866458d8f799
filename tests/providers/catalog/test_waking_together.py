"""Waking from the settings screen is an action like others: refused, lost, shared, in the way."""

from typing import Any

import pytest
from django.test import Client

from hfadmin.accounts.models import Organization, User
from hfadmin.audit.actors import Actor
from hfadmin.sandbox import Clock, Sandbox
from providers.catalog.models import ProviderModel, Verification
from providers.endpoints.lifecycle import asking
from providers.endpoints.lifecycle import tasks as actions
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.lifecycle.verbs import VERBS
from providers.endpoints.models import Endpoint
from providers.tokens import tasks as tokens
from providers.tokens.models import AccessToken, Namespace
from tests.factories import stored_token
from tests.providers.catalog.conftest import LLAMA, Work, address, path, save
from tests.providers.catalog.waking import VERB, Turn, mutations, outcomes, state

pytestmark = pytest.mark.usefixtures("one_time")
MANAGE, CALL = "inference.endpoints.write", "inference.endpoints.infer.write"


def asked(verb: str, person: User, wanted: dict[str, Any] | None = None) -> Action:
    endpoint = Endpoint.objects.get(name="sleeper")
    return asking.ask(endpoint, VERBS[verb], Actor.person(person), wanted)


@pytest.mark.parametrize(
    ("fault", "text", "kind"),
    [
        (403, "Forbidden: missing permissions: x", "missing_permission"),
        ("payment_required", "Forbidden: Payment method required", "payment_required"),
    ],
)
def test_a_refusal_fails_the_step_with_what_the_action_was_told(
    fault: str | int,
    text: str,
    kind: str,
    asleep: ProviderModel,
    as_operator: Client,
    hub: Sandbox,
    turn: Turn,
) -> None:
    hub.fault(fault, method="POST", endpoint="sleeper", text=text)
    as_operator.post(path("wake", asleep.pk))
    row = turn()
    assert (row.state, row.problem["kind"]) == ("failed", kind)
    assert row.problem == Action.objects.get().problem
    assert [step["state"] for step in row.steps][-2:] == ["failed", "waiting"]
    assert outcomes() == ["asked", "refused"]
    assert len(mutations(hub)) == 1


@pytest.mark.parametrize("is_done", [True, False])
def test_a_lost_answer_is_settled_by_looking_and_never_sent_again(
    is_done: bool,
    asleep: ProviderModel,
    as_operator: Client,
    hub: Sandbox,
    clock: Clock,
    turn: Turn,
) -> None:
    hub.fault("lost" if is_done else "504", method="POST", endpoint="sleeper", times=1)
    as_operator.post(path("wake", asleep.pk))
    turn()
    assert len(mutations(hub)) == 1
    for _ in range(10):
        actions.sweep()
        clock.advance(10)
    if is_done:
        clock.advance(3600)
    row = turn()
    assert outcomes() == ["asked", "done" if is_done else "unclear"]
    assert row.state == ("passed" if is_done else "failed")
    assert row.problem == ({} if is_done else Action.objects.get().problem)
    assert len(mutations(hub)) == (2 if is_done else 1)  # the model's own call comes in the end


def test_where_another_is_at_the_endpoint_it_says_who(
    asleep: ProviderModel, as_operator: Client, admin: User, hub: Sandbox, work: Work, clock: Clock
) -> None:
    columns = {"min_replicas": 0, "max_replicas": 3, "scale_to_zero_minutes": 30}
    asked("scaling", admin, columns)
    before = state(hub)
    as_operator.post(path("wake", asleep.pk))
    clock.advance(6)
    work()
    row = Verification.objects.latest("created_at")
    assert (row.state, row.problem["kind"]) == ("failed", "endpoint_busy")
    page = as_operator.get(path("verification", row.pk)).content.decode()
    assert f"<bdi>{admin.email}</bdi> is at it: <bdi>Change scaling</bdi>." in page
    assert state(hub) == before
    assert mutations(hub) == []
    assert outcomes() == []


def test_what_another_asked_for_already_is_waited_for_with_them(
    asleep: ProviderModel,
    as_operator: Client,
    admin: User,
    hub: Sandbox,
    clock: Clock,
    turn: Turn,
) -> None:
    action = asked(VERB[state(hub)], admin)
    as_operator.post(path("wake", asleep.pk))
    row = turn()
    assert row.waking == action == Action.objects.get()
    assert outcomes() == ["asked", "done"]
    assert len(mutations(hub)) == 1
    clock.advance(3600)
    assert turn().state == Verification.State.PASSED


@pytest.mark.parametrize("how", ["taken back", "overridden"])
def test_who_stops_it_before_it_is_sent_has_the_last_word(
    how: str,
    asleep: ProviderModel,
    as_operator: Client,
    admin: User,
    hub: Sandbox,
    work: Work,
    clock: Clock,
    turn: Turn,
) -> None:
    before = state(hub)
    as_operator.post(path("wake", asleep.pk))
    clock.advance(6)
    work()
    action = Action.objects.get()
    if how == "taken back":
        assert asking.cancel(action, Actor.person(admin))
    else:
        asked("pause", admin)
        actions.sweep()
        before = "paused"
    row = turn()
    kind = "endpoint_paused" if before == "paused" else "endpoint_asleep"
    assert (row.state, row.problem["kind"]) == ("failed", kind)
    assert state(hub) == before
    assert not [sent for sent in mutations(hub) if not sent.endswith("/pause")]


def test_it_goes_through_the_token_that_may_wake_it(
    hub: Sandbox,
    organization: Organization,
    as_operator: Client,
    endpoint_llm: dict[str, Any],
    clock: Clock,
    turn: Turn,
) -> None:
    """The model's own may call; what is paused takes one that may manage."""
    AccessToken.objects.all().delete()
    made = {
        right: stored_token(organization, right, hub.add_token("ada", scopes={"acme": (right,)}))
        for right in (MANAGE, CALL)
    }
    AccessToken.objects.update(next_check_at=clock.now())
    tokens.sweep()
    hub.add_endpoint("acme", "sleeper", repository=LLAMA, state="paused", min_replica=0)
    setup = endpoint_llm | {"endpoint_url": address(hub, "sleeper")}
    save(as_operator, setup | {"api_token": str(made[CALL].pk)})
    turn()
    as_operator.post(path("wake", ProviderModel.objects.get().pk))
    turn()
    action = Action.objects.get()
    assert (action.state, action.token) == ("done", made[MANAGE])
    clock.advance(3600)
    assert turn().state == Verification.State.PASSED


def test_where_no_token_may_the_step_names_the_right(
    hub: Sandbox, asleep: ProviderModel, as_operator: Client, turn: Turn
) -> None:
    namespace = Namespace.objects.get(name="acme")
    namespace.accesses.update(abilities={"list": "yes", "manage": "no", "call": "no"})
    as_operator.post(path("wake", asleep.pk))
    row = turn()
    right = MANAGE if state(hub) == "paused" else CALL
    assert (row.problem["kind"], row.problem["params"]["permission"]) == (
        "missing_permission",
        right,
    )
    assert mutations(hub) == []


def test_of_a_token_that_was_just_entered_the_namespaces_are_found_first(
    asleep: ProviderModel, as_operator: Client, hub: Sandbox, clock: Clock, turn: Turn
) -> None:
    Namespace.objects.all().delete()
    AccessToken.objects.update(checked_at=None, attempted_at=None, next_check_at=None)
    as_operator.post(path("wake", asleep.pk))
    assert turn().is_open
    assert not Action.objects.exists()
    tokens.sweep()
    turn()
    assert Action.objects.get().state == "done"
    clock.advance(3600)
    assert turn().state == Verification.State.PASSED


def test_a_namespace_that_no_token_sees_any_more_ends_it(
    asleep: ProviderModel, as_operator: Client, hub: Sandbox, clock: Clock, turn: Turn
) -> None:
    Namespace.objects.all().delete()
    as_operator.post(path("wake", asleep.pk))
    turn()
    AccessToken.objects.update(checked_at=clock.now(), attempted_at=clock.now())
    row = turn()
    assert (row.state, row.problem["kind"]) == ("failed", "not_a_member")
    assert mutations(hub) == []
