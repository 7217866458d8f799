"""What cannot be sent, or cannot be seen, comes to an end that is true."""

from datetime import timedelta

import pytest

from hfadmin.audit.models import Record
from hfadmin.sandbox import Clock, Sandbox
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.lifecycle.running import GIVES_UP_AFTER
from providers.endpoints.models import Endpoint
from providers.tokens.models import Namespace
from tests.providers.endpoints.lifecycle.conftest import (
    NAME,
    NAMESPACE,
    Ask,
    mutations,
    remote_of,
    work,
)
from tests.providers.endpoints.lifecycle.test_running import outcomes, settle


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_rate_limit_that_never_ends_is_given_up(
    method: str, ask: Ask, upstream: Sandbox, clock: Clock
) -> None:
    upstream.fault("429", method=method, seconds=70)
    began = clock.now()
    action = ask("pause")
    settle(clock, 3_600)
    action.refresh_from_db()
    assert (action.state, action.problem["kind"]) == ("refused", "rate_limited")
    assert abs(clock.now() - began - GIVES_UP_AFTER) < timedelta(minutes=3)
    assert outcomes() == ["asked", "refused"]
    remote = remote_of(upstream)
    assert remote is not None
    assert remote.state == "running"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_rate_limit_that_lasts_longer_than_anybody_waits_is_given_up_at_once(
    method: str, ask: Ask, upstream: Sandbox
) -> None:
    upstream.fault("429", method=method, seconds=86_400)
    action = ask("pause")
    work()
    action.refresh_from_db()
    assert (action.state, action.problem["kind"]) == ("refused", "rate_limited")
    assert outcomes() == ["asked", "refused"]


def test_a_rate_limit_for_looks_keeps_no_action_open_for_a_day(
    ask: Ask, upstream: Sandbox, clock: Clock
) -> None:
    upstream.fault("503", method="POST", times=1)
    action = ask("pause")
    work()
    upstream.fault("429", method="GET", seconds=86_400)
    settle(clock, 3_600)
    action.refresh_from_db()
    assert (action.state, action.is_open) == ("unclear", False)


@pytest.mark.parametrize("verb", ["delete", "pause"])
def test_what_is_not_found_and_listed_all_the_same_is_not_taken_for_deleted(
    verb: str, ask: Ask, upstream: Sandbox, endpoint: Endpoint, clock: Clock
) -> None:
    upstream.fault("404", method="GET", path=f"/v2/endpoint/{NAMESPACE}/{NAME}", times=1)
    action = ask(verb)
    work()
    action.refresh_from_db()
    endpoint.refresh_from_db()
    assert (action.state, endpoint.deleted_at) == ("asked", None)
    assert mutations(upstream) == []
    settle(clock)
    action.refresh_from_db()
    assert action.state == "done"
    assert len(mutations(upstream)) == 1


def test_a_namespace_that_cannot_be_seen_any_more_deletes_nothing(
    ask: Ask, upstream: Sandbox, endpoint: Endpoint, namespace: Namespace
) -> None:
    upstream.fault("404", method="GET")
    action = ask("delete")
    work()
    action.refresh_from_db()
    endpoint.refresh_from_db()
    assert (action.state, endpoint.deleted_at) == ("refused", None)
    assert mutations(upstream) == []


def test_who_overrides_is_told_of_and_not_who_was_overridden(
    ask: Ask, upstream: Sandbox, endpoint: Endpoint
) -> None:
    upstream.change_endpoint(NAMESPACE, NAME, state="paused")
    Endpoint.objects.filter(pk=endpoint.pk).update(state="paused")
    resume = ask("resume")
    Action.objects.update(actor=resume.actor | {"label": "other@acme.test"}, asked_by=None)
    ask("pause")
    record = Record.objects.get(verb="endpoint.resume", detail__reason="superseded")
    assert record.actor_label != "other@acme.test"
