"""A sleeping endpoint is never woken unasked, and only as long as a person asked for."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hfadmin.accounts.models import User
from hfadmin.audit.models import Record
from hfadmin.sandbox import Clock, Sandbox
from providers.catalog.models import ProviderModel, Verification
from providers.endpoints.lifecycle.models import Action
from providers.tokens.models import AccessToken
from tests.factories import fresh_heartbeats
from tests.providers.catalog.conftest import LLAMA, Work, address, path, save
from tests.providers.catalog.waking import VERB, Turn, mutations, outcomes, state

pytestmark = pytest.mark.usefixtures("one_time")


def test_it_is_saved_as_asleep_and_left_so(
    asleep: ProviderModel, as_operator: Client, hub: Sandbox
) -> None:
    assert state(hub) in VERB
    assert (asleep.state, asleep.reason) == ("unverified", "asleep")
    assert mutations(hub) == []
    assert {request.host for request in hub.requests} == {"sandbox.test"}
    page = as_operator.get(path("verification", Verification.objects.get().pk)).content.decode()
    assert "Wake and verify" in page


def test_it_is_woken_by_one_action_on_request_and_verified_once_it_runs(
    asleep: ProviderModel,
    as_operator: Client,
    operator: User,
    hub: Sandbox,
    clock: Clock,
    turn: Turn,
) -> None:
    verb = VERB[state(hub)]
    assert as_operator.post(path("wake", asleep.pk)).status_code == 303
    row = turn()
    action = Action.objects.get()
    assert (action.verb, action.state, action.by.label) == (verb, "done", operator.email)
    assert row.is_open
    assert row.waking == action
    assert state(hub) in {"pending", "initializing"}
    assert len(mutations(hub)) == 1
    fresh_heartbeats()
    html = as_operator.get(path("verification", row.pk)).content.decode()
    assert "The endpoint is starting" in html
    clock.advance(3600)
    row = turn()
    asleep.refresh_from_db()
    assert row.state == Verification.State.PASSED
    assert (asleep.state, asleep.reason) == ("verified", "")
    assert asleep.latency_ms is not None
    woken_by, *called = mutations(hub)
    assert woken_by == ("/v2/endpoint/acme/sleeper/resume" if verb == "resume" else "/")
    assert called == ["/v1/chat/completions"]
    assert sum(request.path.endswith("/whoami-v2") for request in hub.requests) == 2


def test_the_page_says_what_waking_costs(asleep: ProviderModel, as_operator: Client) -> None:
    assert "costs" in as_operator.get(path("wake", asleep.pk)).content.decode()


def test_viewers_wake_nothing(asleep: ProviderModel, as_viewer: Client, hub: Sandbox) -> None:
    assert as_viewer.post(path("wake", asleep.pk)).status_code == 403
    assert as_viewer.get(path("wake", asleep.pk)).status_code == 403
    assert not Action.objects.exists()
    assert mutations(hub) == []


@pytest.mark.parametrize(
    ("end", "kind"),
    [
        ("given up", "endpoint_not_ready"),
        ("paused again", "endpoint_paused"),
        ("failed", "endpoint_failed"),
        ("gone", "endpoint_not_found"),
        ("token revoked", "token_rejected"),
    ],
)
def test_what_does_not_come_up_fails_the_check_although_it_was_woken(
    end: str,
    kind: str,
    asleep: ProviderModel,
    as_operator: Client,
    hub: Sandbox,
    clock: Clock,
    turn: Turn,
) -> None:
    as_operator.post(path("wake", asleep.pk))
    turn()
    if end == "given up":
        hub.change_endpoint("acme", "sleeper", state="initializing", stuck=True)
        clock.advance(31 * 60)
    elif end == "paused again":
        hub.change_endpoint("acme", "sleeper", state="paused")
        clock.advance(120)
    elif end == "failed":
        hub.change_endpoint("acme", "sleeper", state="failed")
    elif end == "gone":
        hub.remove_endpoint("acme", "sleeper")
    elif end == "token revoked":
        hub.revoke_token(AccessToken.objects.get().secret.reveal())
    row = turn()
    assert (row.state, row.problem["kind"]) == ("failed", kind)
    assert outcomes() == ["asked", "done"]
    assert len(mutations(hub)) == 1


def test_a_look_that_is_late_is_not_taken_for_a_new_pause(
    asleep: ProviderModel, as_operator: Client, hub: Sandbox, turn: Turn
) -> None:
    before = state(hub)
    as_operator.post(path("wake", asleep.pk))
    turn()
    hub.change_endpoint("acme", "sleeper", state=before)
    assert turn().is_open
    assert len(mutations(hub)) == 1


def test_an_endpoint_made_anew_meanwhile_is_not_called_at_its_old_address(
    asleep: ProviderModel, as_operator: Client, hub: Sandbox, clock: Clock, turn: Turn
) -> None:
    as_operator.post(path("wake", asleep.pk))
    turn()
    hub.requests.clear()
    old = asleep.endpoint_url.removeprefix("https://")
    new = "https://anew.us-east-1.aws.endpoints.huggingface.cloud"
    hub.change_endpoint("acme", "sleeper", url_when_deployed=new)
    clock.advance(3600)
    row = turn()
    assert (row.problem["kind"], row.field) == ("url_not_listed", "endpoint_url")
    assert old not in {request.host for request in hub.requests}


def test_what_cannot_be_asked_while_it_wakes_is_asked_later(
    asleep: ProviderModel, as_operator: Client, hub: Sandbox, clock: Clock, turn: Turn
) -> None:
    as_operator.post(path("wake", asleep.pk))
    turn()
    hub.fault(429, path="/v2/endpoint/acme/sleeper", times=1, seconds=90)
    row = turn()
    assert row.is_open
    assert row.next_check_at is not None
    assert (row.next_check_at - timezone.now()).total_seconds() > 20
    clock.advance(3600)
    assert turn().state == Verification.State.PASSED


def test_waking_ends_also_where_the_endpoint_cannot_be_read(
    asleep: ProviderModel, as_operator: Client, hub: Sandbox, clock: Clock, turn: Turn
) -> None:
    as_operator.post(path("wake", asleep.pk))
    turn()
    hub.fault("malformed", path="/v2/endpoint/acme/sleeper")
    assert turn().state == "running"
    clock.advance(31 * 60)
    row = turn()
    assert (row.state, row.problem["kind"]) == ("failed", "upstream_malformed")


def test_an_endpoint_that_runs_already_is_not_woken(
    asleep: ProviderModel, as_operator: Client, hub: Sandbox, turn: Turn
) -> None:
    hub.change_endpoint("acme", "sleeper", state="running")
    as_operator.post(path("wake", asleep.pk))
    turn()
    assert not Action.objects.exists()
    assert outcomes() == []
    asleep.refresh_from_db()
    assert asleep.state == "verified"


def test_a_verified_model_stays_so_when_its_endpoint_falls_asleep(
    as_operator: Client, hub: Sandbox, endpoint_llm: dict[str, Any], clock: Clock, work: Work
) -> None:
    save(as_operator, endpoint_llm)
    clock.advance(1)
    work()
    hub.change_endpoint("acme", "chat", state="scaledToZero")
    model = ProviderModel.objects.get()
    as_operator.post(path("check", model.pk))
    clock.advance(1)
    work()
    model.refresh_from_db()
    assert (model.state, model.problem) == ("verified", {})
    endpoint = hub.state.endpoint("acme", "chat")
    assert endpoint is not None
    assert endpoint.state == "scaledToZero"
    check = Verification.objects.latest("created_at")
    page = as_operator.get(path("verification", check.pk)).content.decode()
    assert "The real call was left out this time" in page
    assert "Every check has passed" not in page


def test_the_action_is_told_of_on_the_activity_page(
    asleep: ProviderModel, as_operator: Client, operator: User, turn: Turn
) -> None:
    as_operator.post(path("wake", asleep.pk))
    turn()
    record = Record.objects.filter(verb__startswith="endpoint.").latest("id")
    assert (record.actor, record.target_label) == (operator, "acme/sleeper")
    page = as_operator.get("/o/acme/activity/").content.decode()
    assert "the endpoint" in page
    assert "acme/sleeper" in page


def test_one_that_polling_has_not_seen_is_woken_too(
    seen: AccessToken,
    as_operator: Client,
    endpoint_llm: dict[str, Any],
    hub: Sandbox,
    clock: Clock,
    turn: Turn,
) -> None:
    hub.add_endpoint("acme", "sleeper", repository=LLAMA, state="paused", min_replica=0)
    save(as_operator, endpoint_llm | {"endpoint_url": address(hub, "sleeper")})
    turn()
    model = ProviderModel.objects.get()
    assert model.endpoint is None
    as_operator.post(path("wake", model.pk))
    turn()
    assert Action.objects.get().state == "done"
    clock.advance(3600)
    assert turn().state == Verification.State.PASSED
