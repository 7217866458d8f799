"""A sleeping endpoint is never woken unasked, and only as long as a person asked for."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hfadmin.accounts.models import User
from hfadmin.audit.models import Record
from hfadmin.sandbox import Clock, Sandbox
from providers.catalog.models import ProviderModel, Verification
from tests.factories import fresh_heartbeats
from tests.providers.catalog.conftest import LLAMA, Work, address, path, save


@pytest.fixture(params=["paused", "scaledToZero"])
def asleep(
    request: pytest.FixtureRequest,
    as_operator: Client,
    hub: Sandbox,
    endpoint_llm: dict[str, Any],
    work: Work,
) -> ProviderModel:
    """A model saved while its endpoint slept."""
    hub.add_endpoint("acme", "sleeper", repository=LLAMA, state=request.param, min_replica=0)
    save(as_operator, endpoint_llm | {"endpoint_url": address(hub, "sleeper")})
    work()
    return ProviderModel.objects.get()


def state(hub: Sandbox) -> str:
    endpoint = hub.state.endpoint("acme", "sleeper")
    assert endpoint is not None
    return endpoint.state


def calls(hub: Sandbox, ending: str) -> int:
    return sum(request.path.endswith(ending) for request in hub.requests)


def due(row: Verification) -> None:
    Verification.objects.filter(pk=row.pk).update(next_check_at=timezone.now())


def test_it_is_saved_as_asleep_and_left_so(
    asleep: ProviderModel, as_operator: Client, hub: Sandbox
) -> None:
    before = state(hub)
    assert before in {"paused", "scaledToZero"}
    assert (asleep.state, asleep.reason) == ("unverified", "asleep")
    assert {r.path for r in hub.requests if "/v2/" not in r.path} == {"/api/whoami-v2"}
    page = as_operator.get(path("verification", Verification.objects.get().pk)).content.decode()
    assert "Wake and verify" in page


def test_it_is_woken_on_request_and_verified_once_it_runs(
    asleep: ProviderModel, as_operator: Client, hub: Sandbox, clock: Clock, work: Work
) -> None:
    assert as_operator.post(path("wake", asleep.pk)).status_code == 303
    work()
    row = Verification.objects.latest("created_at")
    assert row.is_open
    assert state(hub) == "pending"
    assert row.next_check_at is not None
    assert row.next_check_at > timezone.now()
    assert Record.objects.filter(verb="endpoint.resumed", actor__isnull=False).count() == 1
    fresh_heartbeats()
    html = as_operator.get(path("verification", row.pk)).content.decode()
    assert "The endpoint is starting" in html
    clock.advance(3600)
    due(row)
    work()
    row.refresh_from_db()
    asleep.refresh_from_db()
    assert row.state == Verification.State.PASSED
    assert (asleep.state, asleep.reason) == ("verified", "")
    assert asleep.latency_ms is not None
    assert (calls(hub, "/resume"), calls(hub, "/whoami-v2")) == (1, 2)


def test_the_page_says_what_waking_costs(asleep: ProviderModel, as_operator: Client) -> None:
    assert "costs money" in as_operator.get(path("wake", asleep.pk)).content.decode()


def test_viewers_wake_nothing(asleep: ProviderModel, as_viewer: Client, hub: Sandbox) -> None:
    assert as_viewer.post(path("wake", asleep.pk)).status_code == 403
    assert as_viewer.get(path("wake", asleep.pk)).status_code == 403
    assert calls(hub, "/resume") == 0


def test_who_pauses_it_again_has_the_last_word(
    asleep: ProviderModel, as_operator: Client, hub: Sandbox, work: Work
) -> None:
    as_operator.post(path("wake", asleep.pk))
    work()
    row = Verification.objects.latest("created_at")
    endpoint = hub.state.endpoint("acme", "sleeper")
    assert endpoint is not None
    endpoint.stop("paused", hub.state.now())
    Verification.objects.update(woken_at=timezone.now() - timedelta(minutes=2))
    due(row)
    work()
    row.refresh_from_db()
    assert (row.problem["kind"], row.field) == ("endpoint_paused", "endpoint_url")
    assert calls(hub, "/resume") == 1


def test_an_endpoint_that_does_not_come_up_is_given_up(
    asleep: ProviderModel, as_operator: Client, work: Work
) -> None:
    as_operator.post(path("wake", asleep.pk))
    work()
    row = Verification.objects.latest("created_at")
    Verification.objects.update(woken_at=timezone.now() - timedelta(minutes=31))
    due(row)
    work()
    row.refresh_from_db()
    assert row.problem["kind"] == "endpoint_not_ready"


def test_an_endpoint_made_anew_meanwhile_is_not_called_at_its_old_address(
    asleep: ProviderModel, as_operator: Client, hub: Sandbox, clock: Clock, work: Work
) -> None:
    as_operator.post(path("wake", asleep.pk))
    work()
    row = Verification.objects.latest("created_at")
    old = asleep.endpoint_url.removeprefix("https://")
    new = "https://anew.us-east-1.aws.endpoints.huggingface.cloud"
    hub.change_endpoint("acme", "sleeper", url_when_deployed=new)
    clock.advance(3600)
    due(row)
    work()
    row.refresh_from_db()
    assert (row.problem["kind"], row.field) == ("url_not_listed", "endpoint_url")
    assert old not in {request.host for request in hub.requests}


def test_what_cannot_be_asked_while_it_wakes_is_asked_later(
    asleep: ProviderModel, as_operator: Client, hub: Sandbox, clock: Clock, work: Work
) -> None:
    as_operator.post(path("wake", asleep.pk))
    work()
    row = Verification.objects.latest("created_at")
    hub.fault(429, path="/v2/endpoint/acme/sleeper", times=1, seconds=90)
    due(row)
    work()
    row.refresh_from_db()
    assert row.is_open
    assert row.next_check_at is not None
    assert row.next_check_at > timezone.now() + timedelta(seconds=20)
    clock.advance(3600)
    due(row)
    work()
    row.refresh_from_db()
    assert row.state == Verification.State.PASSED


def test_a_verified_model_stays_so_when_its_endpoint_falls_asleep(
    as_operator: Client, hub: Sandbox, endpoint_llm: dict[str, Any], work: Work
) -> None:
    save(as_operator, endpoint_llm)
    work()
    endpoint = hub.state.endpoint("acme", "chat")
    assert endpoint is not None
    endpoint.stop("scaledToZero", hub.state.now())
    model = ProviderModel.objects.get()
    as_operator.post(path("check", model.pk))
    work()
    model.refresh_from_db()
    assert (model.state, model.problem) == ("verified", {})
    assert endpoint.state == "scaledToZero"
    check = Verification.objects.latest("created_at")
    page = as_operator.get(path("verification", check.pk)).content.decode()
    assert "The real call was left out this time" in page
    assert "Every check has passed" not in page


def outcomes() -> list[tuple[str, str]]:
    rows = Record.objects.filter(verb="endpoint.resumed").order_by("id")
    return [(row.outcome, row.detail.get("problem", "")) for row in rows]


def test_waking_is_recorded_as_asked_and_as_done_once_the_endpoint_is_seen_to_run(
    asleep: ProviderModel, as_operator: Client, clock: Clock, work: Work, operator: User
) -> None:
    as_operator.post(path("wake", asleep.pk))
    work()
    assert outcomes() == [("asked", "")]
    clock.advance(3600)
    due(Verification.objects.latest("created_at"))
    work()
    assert outcomes() == [("asked", ""), ("done", "")]
    record = Record.objects.filter(verb="endpoint.resumed").latest("id")
    assert record.actor == operator
    assert record.detail == {"namespace": "acme", "endpoint": "sleeper"}
    page = as_operator.get("/o/acme/activity/").content.decode()
    assert "Asked" in page


@pytest.mark.parametrize(
    ("status", "outcome", "problem"),
    [
        (403, "refused", "missing_permission"),
        (402, "refused", "payment_required"),
        (500, "failed", "upstream_error"),
        (504, "failed", "upstream_error"),
    ],
)
def test_waking_that_hugging_face_refuses_or_loses_is_not_recorded_as_done(
    status: int,
    outcome: str,
    problem: str,
    asleep: ProviderModel,
    as_operator: Client,
    hub: Sandbox,
    work: Work,
) -> None:
    texts = {403: "Forbidden: missing permissions: x", 402: "A payment method is missing"}
    hub.fault(status, path="/v2/endpoint/acme/sleeper/resume", text=texts.get(status, "boom"))
    as_operator.post(path("wake", asleep.pk))
    work()
    assert outcomes() == [("asked", ""), (outcome, problem)]


@pytest.mark.parametrize("end", ["given up", "paused again", "failed", "gone", "token revoked"])
def test_waking_that_does_not_come_true_is_recorded_as_failed_or_refused(
    end: str, asleep: ProviderModel, as_operator: Client, hub: Sandbox, work: Work
) -> None:
    as_operator.post(path("wake", asleep.pk))
    work()
    minutes = {"given up": 31, "paused again": 2}.get(end, 0)
    Verification.objects.update(woken_at=timezone.now() - timedelta(minutes=minutes))
    endpoint = hub.state.endpoint("acme", "sleeper")
    assert endpoint is not None
    if end == "paused again":
        endpoint.stop("paused", hub.state.now())
    elif end == "failed":
        hub.change_endpoint("acme", "sleeper", state="failed")
    elif end == "gone":
        hub.remove_endpoint("acme", "sleeper")
    elif end == "token revoked":
        hub.revoke_token(next(iter(hub.state.tokens)))
    due(Verification.objects.latest("created_at"))
    work()
    first, last = outcomes()
    assert first == ("asked", "")
    assert last[0] == ("refused" if end in {"gone", "token revoked"} else "failed")
    assert last[1]


def test_an_endpoint_that_runs_already_is_not_recorded_as_woken(
    asleep: ProviderModel, as_operator: Client, hub: Sandbox, work: Work
) -> None:
    hub.change_endpoint("acme", "sleeper", state="running")
    as_operator.post(path("wake", asleep.pk))
    work()
    assert outcomes() == []
    asleep.refresh_from_db()
    assert asleep.state == "verified"


def test_waking_ends_also_where_the_endpoint_cannot_be_read(
    asleep: ProviderModel, as_operator: Client, hub: Sandbox, work: Work
) -> None:
    as_operator.post(path("wake", asleep.pk))
    work()
    row = Verification.objects.latest("created_at")
    hub.fault("malformed", path="/v2/endpoint/acme/sleeper")
    due(row)
    work()
    row.refresh_from_db()
    assert row.state == "running"
    long_ago = timezone.now() - timedelta(minutes=31)
    Verification.objects.filter(pk=row.pk).update(woken_at=long_ago)
    due(row)
    work()
    row.refresh_from_db()
    assert (row.state, row.problem["kind"]) == ("failed", "upstream_malformed")
    outcomes = Record.objects.filter(verb="endpoint.resumed").values_list("outcome", flat=True)
    assert sorted(outcomes) == ["asked", "failed"]
