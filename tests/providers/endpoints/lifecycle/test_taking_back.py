"""What is taken back while it is on its way is left off, if it comes back from there."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from hfadmin.accounts.models import User
from hfadmin.audit.actors import Actor
from hfadmin.audit.models import Record
from hfadmin.sandbox import Clock, Sandbox
from hfadmin.sandbox.wire import Reply, Request
from providers.endpoints.lifecycle import asking
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.lifecycle.running import CALLS_PER_TOKEN, GIVES_UP_AFTER
from providers.endpoints.lifecycle.verbs import VERBS
from providers.endpoints.models import Endpoint
from tests.providers.endpoints.lifecycle.conftest import (
    Ask,
    mutations,
    remote_of,
    work,
)
from tests.providers.endpoints.lifecycle.test_pages import detail, shown
from tests.providers.endpoints.lifecycle.test_running import (
    MANAGING,
    in_state,
    kill_worker_at,
    settle,
)
from tests.providers.endpoints.lifecycle.test_running import VERBS as CASES

ON_ITS_WAY = "It is on its way, and is left off if Hugging Face does not take it."
TOO_LATE = "wanted to take it back, but it was on its way already."


def work_while(upstream: Sandbox, act: Callable[[], object]) -> None:
    """Work; `act` is called while the request that changes something is on its way."""
    honest, waiting = upstream.handle, [act]

    def handle(request: Request) -> Reply:
        if request.method != "GET" and waiting:
            waiting.pop()()
        return honest(request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(upstream, "handle", handle)
        work()


def limit_once(upstream: Sandbox, method: str = "POST") -> None:
    upstream.fault("429", method=method, times=1, seconds=90)


def page_of(action: Action) -> str:
    return reverse("lifecycle:cancel", args=[action.organization.slug, action.pk])


def ending(action: Action) -> tuple[str, str]:
    """How it ended, and who took it back."""
    action.refresh_from_db()
    return action.state, (action.withdrawn_by or {}).get("label", "")


def told(action: Action) -> list[tuple[str, str]]:
    """The outcomes that are recorded of the action, and of whom."""
    rows = Record.objects.filter(verb=VERBS[action.verb].record.name).order_by("id")
    return [(row.outcome, row.actor_label) for row in rows]


@pytest.mark.parametrize("verb", MANAGING)
def test_it_is_cancelled_when_a_rate_limit_brings_it_back(
    verb: str, ask: Ask, taker: Actor, admin: User, upstream: Sandbox, clock: Clock
) -> None:
    case = CASES[verb]
    in_state(upstream, case.before)
    limit_once(upstream, case.method)
    action = ask(verb, wanted=case.wanted)
    work_while(upstream, lambda: asking.cancel(action, taker))
    assert ending(action) == ("cancelled", taker.label)
    assert told(action) == [("asked", admin.email), ("refused", taker.label)]
    clock.advance(91)
    settle(clock)
    assert len(mutations(upstream)) == 1
    remote = remote_of(upstream)
    assert remote is not None
    assert remote.state == case.before


def test_it_is_cancelled_even_if_it_would_be_given_up_as_it_comes_back(
    ask: Ask, taker: Actor, upstream: Sandbox, clock: Clock
) -> None:
    limit_once(upstream)
    action = ask("pause")
    clock.advance(GIVES_UP_AFTER.total_seconds() + 1)
    work_while(upstream, lambda: asking.cancel(action, taker))
    assert ending(action) == ("cancelled", taker.label)


def test_it_is_cancelled_when_it_has_to_wait_for_its_turn(
    ask: Ask, taker: Actor, upstream: Sandbox, endpoint: Endpoint
) -> None:
    """It is taken back between the moments at which it is marked as sent and counted."""
    action = ask("pause")
    counted: list[int] = []

    def take_back_first(execute: Callable[..., object], sql: str, *rest: object) -> object:
        if "COUNT(" in sql and not counted:
            counted.append(1)
            asking.cancel(action, taker)
            _fill_the_turns(action)
        return execute(sql, *rest)

    with connection.execute_wrapper(take_back_first):
        work()
    assert ending(action) == ("cancelled", taker.label)
    assert mutations(upstream) == []


def _fill_the_turns(action: Action) -> None:
    action.refresh_from_db()
    for number in range(CALLS_PER_TOKEN):
        Action.objects.create(
            organization=action.organization,
            namespace=action.namespace,
            name=f"other-{number}",
            verb="pause",
            state=Action.State.SENT,
            token=action.token,
            next_check_at=None,
        )


def test_it_is_done_if_hugging_face_takes_it_and_says_who_wanted_otherwise(
    ask: Ask, taker: Actor, admin: User, as_operator: Client, upstream: Sandbox, endpoint: Endpoint
) -> None:
    action = ask("pause")
    work_while(upstream, lambda: asking.cancel(action, taker))
    assert ending(action) == ("done", taker.label)
    assert told(action) == [("asked", admin.email), ("done", admin.email)]
    wish = Record.objects.get(verb="endpoint.withdrawal_requested")
    assert (wish.outcome, wish.actor_label) == ("asked", taker.label)
    assert f"<bdi>{taker.label}</bdi> {TOO_LATE}" in shown(as_operator, detail(endpoint))


@pytest.mark.parametrize(("fault", "state"), [("lost", "done"), ("504", "unclear")])
def test_a_lost_answer_is_settled_by_looks_all_the_same(
    fault: str, state: str, ask: Ask, taker: Actor, upstream: Sandbox, clock: Clock
) -> None:
    upstream.fault(fault, method="POST", times=1)
    action = ask("pause")
    work_while(upstream, lambda: asking.cancel(action, taker))
    settle(clock)
    assert ending(action) == (state, taker.label)
    assert mutations(upstream) == ["POST /pause"]


def test_after_its_worker_was_killed_before_sending_it_ends_at_once(
    ask: Ask, taker: Actor, upstream: Sandbox, clock: Clock
) -> None:
    action = ask("pause")
    kill_worker_at("_mark_sent", action)
    assert asking.cancel(action, taker)
    assert ending(action) == ("cancelled", taker.label)
    clock.advance(61)
    settle(clock)
    assert mutations(upstream) == []


def test_after_its_worker_was_killed_while_sending_looks_decide(
    ask: Ask, taker: Actor, upstream: Sandbox, clock: Clock
) -> None:
    action = ask("pause")
    kill_worker_at("_call", action)
    assert asking.cancel(action, taker)
    assert ending(action) == ("sent", taker.label)
    in_state(upstream, "paused")
    clock.advance(61)
    settle(clock)
    assert ending(action) == ("done", taker.label)
    assert mutations(upstream) == []


def test_a_double_click_is_told_the_same_and_recorded_once(
    ask: Ask, as_operator: Client, upstream: Sandbox, endpoint: Endpoint
) -> None:
    action = ask("pause")
    kill_worker_at("_call", action)
    assert page_of(action) in shown(as_operator, detail(endpoint))
    for _ in range(2):
        assert ON_ITS_WAY in as_operator.post(page_of(action), follow=True).content.decode()
    page = shown(as_operator, detail(endpoint))
    assert "takes it back: it is on its way" in page
    assert page_of(action) not in page
    assert Record.objects.filter(verb="endpoint.withdrawal_requested").count() == 1
