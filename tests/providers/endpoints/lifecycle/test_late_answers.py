"""An answer that comes too late, or to what was done too late, changes nothing but the wait."""

import pytest

from hfadmin import outbound
from hfadmin.sandbox import Clock, Sandbox
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.models import Endpoint
from providers.tokens.models import Namespace
from tests.providers.endpoints.conftest import look
from tests.providers.endpoints.lifecycle.conftest import (
    Ask,
    is_shown,
    mutations,
    remote_of,
    work,
)
from tests.providers.endpoints.lifecycle.test_running import (
    VERBS,
    in_state,
    is_so,
    outcomes,
    settle,
)
from tests.providers.endpoints.lifecycle.test_unwatched import accept_only

WAITS = 1.0  # seconds of real time, for all answers of a turn
TURNS = 20  # at most, where looks take that long by themselves


def state_of(action: Action) -> str:
    action.refresh_from_db()
    return action.state


@pytest.mark.parametrize("verb", VERBS)
def test_an_answer_after_the_time_for_it_is_no_answer_to_what_was_done(
    verb: str, ask: Ask, upstream: Sandbox, endpoint: Endpoint, namespace: Namespace, clock: Clock
) -> None:
    case = VERBS[verb]
    in_state(upstream, case.before)
    upstream.fault("slow", method=case.method, times=1, seconds=WAITS)
    action = ask(verb, wanted=case.wanted)
    for _turn in range(TURNS):
        with outbound.deadline(WAITS):
            work()
        clock.advance(5)
        if mutations(upstream):
            break
    # In process the status comes in time, and that is all that is asked of the answer to a wake.
    assert state_of(action) == ("accepted" if verb == "wake" else "unclear")
    look(namespace)
    work()
    assert (state_of(action), outcomes()) == ("done", ["asked", "done"])
    assert len(mutations(upstream)) == 1
    endpoint.refresh_from_db()
    assert is_shown(endpoint, remote_of(upstream))


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(("seconds", "ended"), [(20, "done"), (200, "unclear")])
def test_what_is_done_after_nobody_waits_for_it_is_told_as_far_as_looks_show_it(
    verb: str,
    seconds: int,
    ended: str,
    ask: Ask,
    upstream: Sandbox,
    endpoint: Endpoint,
    namespace: Namespace,
    clock: Clock,
) -> None:
    case = VERBS[verb]
    in_state(upstream, case.before)
    upstream.fault("late", method=case.method, times=1, seconds=seconds)
    action = ask(verb, wanted=case.wanted)
    work()
    assert (state_of(action), outcomes()) == ("unclear", ["asked"])
    assert not is_so(upstream, case)
    settle(clock)
    assert (state_of(action), outcomes()) == (ended, ["asked", ended])
    for _ in ("it is done", "what follows is over"):
        clock.advance(200)
        look(namespace)
    assert is_so(upstream, case)
    assert len(mutations(upstream)) == 1
    endpoint.refresh_from_db()
    assert is_shown(endpoint, remote_of(upstream))


@pytest.mark.parametrize("wanted", [{"revision": "main"}, {"revision": "v2"}])
def test_an_update_by_somebody_else_is_not_the_one_that_no_answer_came_to(
    wanted: dict[str, str], ask: Ask, upstream: Sandbox, namespace: Namespace, clock: Clock
) -> None:
    """Of a branch, nothing but the time of an update tells."""
    upstream.fault("504", method="PUT", times=1)
    action = ask("model", wanted=wanted)
    work()
    clock.advance(30)
    in_state(upstream, "paused")
    look(namespace)
    settle(clock)
    assert (state_of(action), outcomes()) == ("unclear", ["asked", "unclear"])


@pytest.mark.parametrize("fault", ["lost", "truncated"])
def test_a_branch_that_was_updated_as_it_was_sent_is_done(
    fault: str, ask: Ask, upstream: Sandbox, clock: Clock
) -> None:
    upstream.fault(fault, method="PUT", times=1)
    action = ask("model", wanted={"revision": "main"})
    settle(clock)
    assert (state_of(action), outcomes()) == ("done", ["asked", "done"])


def test_a_branch_whose_update_was_accepted_is_done_whenever_it_shows(
    ask: Ask, upstream: Sandbox, namespace: Namespace, clock: Clock
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        accept_only(upstream, patch)
        action = ask("model", wanted={"revision": "main"})
        work()
    clock.advance(120)
    upstream.change_endpoint(namespace.name, action.name, revision="main", state="updating")
    look(namespace)
    work()
    assert state_of(action) == "done"
