"""An action is sent once, whatever comes back, and ends as the endpoint really is."""

import pytest

from hfadmin.audit.models import Record
from hfadmin.sandbox import Clock, Sandbox
from providers.endpoints.lifecycle import running
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.models import Endpoint
from tests.providers.endpoints.lifecycle.conftest import (
    NAME,
    NAMESPACE,
    Ask,
    mutations,
    remote_of,
    work,
)

# For each verb: the state in which it is asked for, and that in which the endpoint is once done.
VERBS = {
    "pause": ("running", "paused"),
    "resume": ("paused", "running"),
    "wake": ("scaledToZero", "running"),
    "scale-to-zero": ("running", "scaledToZero"),
    "delete": ("running", None),
}
# Faults of the one request that changes something: whether it is done all the same.
LOST = {"lost": True, "truncated": True, "500": False, "503": False, "string": False}
# As the management API refuses; what an endpoint's own address says is in test_waking.
MANAGING = [verb for verb in VERBS if verb != "wake"]
REFUSED = ("401", "402", "403", "404", "409", "payment_required", "quota")


def in_state(upstream: Sandbox, state: str) -> None:
    upstream.change_endpoint(NAMESPACE, NAME, state=state)


def settle(clock: Clock, seconds: int = 1_200) -> None:
    """Let time pass, with a sweep every few seconds, until nothing is open any more."""
    for _ in range(0, seconds, 5):
        work()
        if not Action.objects.open().exists():
            return
        clock.advance(5)


def outcomes() -> list[str]:
    records = Record.objects.filter(verb__startswith="endpoint.").order_by("id")
    return [record.outcome for record in records]


@pytest.mark.parametrize("verb", VERBS)
def test_what_was_asked_for_is_sent_once_and_seen(
    verb: str, ask: Ask, upstream: Sandbox, endpoint: Endpoint, clock: Clock
) -> None:
    before, after = VERBS[verb]
    in_state(upstream, before)
    action = ask(verb)
    assert (action.state, outcomes()) == ("asked", ["asked"])
    work()
    action.refresh_from_db()
    assert action.state == "done"
    assert outcomes() == ["asked", "done"]
    assert len(mutations(upstream)) == 1
    endpoint.refresh_from_db()
    remote = remote_of(upstream)
    if remote is None:
        assert after is None
        assert endpoint.deleted_at is not None
    else:
        assert endpoint.state == remote.state
    clock.advance(600)
    remote = remote_of(upstream)
    assert (remote and remote.state) == after


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("fault", LOST)
def test_a_lost_answer_is_settled_by_looking_and_never_sent_again(
    verb: str, fault: str, ask: Ask, upstream: Sandbox, endpoint: Endpoint, clock: Clock
) -> None:
    in_state(upstream, VERBS[verb][0])
    upstream.fault(fault, method="DELETE" if verb == "delete" else "POST", times=1)
    action = ask(verb)
    settle(clock)
    action.refresh_from_db()
    remote = remote_of(upstream)
    ended = "done" if LOST[fault] else "unclear"
    assert (action.state, outcomes()) == (ended, ["asked", ended])
    assert len(mutations(upstream)) == 1
    endpoint.refresh_from_db()
    assert (endpoint.deleted_at is not None) == (remote is None)
    if remote is not None:
        assert endpoint.state == remote.state


@pytest.mark.parametrize("verb", MANAGING)
@pytest.mark.parametrize("fault", REFUSED)
def test_a_refusal_is_told_with_its_reason_and_changes_nothing(
    verb: str, fault: str, ask: Ask, upstream: Sandbox, clock: Clock
) -> None:
    before, _after = VERBS[verb]
    in_state(upstream, before)
    upstream.fault(fault, method="DELETE" if verb == "delete" else "POST", times=1)
    action = ask(verb)
    settle(clock)
    action.refresh_from_db()
    assert action.state == "refused"
    assert action.problem["kind"]
    assert outcomes() == ["asked", "refused"]
    assert len(mutations(upstream)) == 1
    remote = remote_of(upstream)
    assert remote is not None
    assert remote.state == before


def test_a_rate_limit_is_waited_for_as_told(ask: Ask, upstream: Sandbox, clock: Clock) -> None:
    upstream.fault("429", method="POST", times=1, seconds=90)
    action = ask("pause")
    work()
    action.refresh_from_db()
    assert action.state == "asked"
    clock.advance(89)
    work()
    assert len(mutations(upstream)) == 1
    clock.advance(2)
    work()
    action.refresh_from_db()
    assert action.state == "done"


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_so_already_is_done_without_a_request(
    verb: str, ask: Ask, upstream: Sandbox, clock: Clock
) -> None:
    after = VERBS[verb][1]
    if after is None:
        upstream.remove_endpoint(NAMESPACE, NAME)
    else:
        in_state(upstream, after)
    action = ask(verb)
    work()
    action.refresh_from_db()
    assert action.state == "done"
    assert mutations(upstream) == []


@pytest.mark.parametrize("is_sent", [False, True])
def test_a_worker_killed_after_it_marked_the_action_leaves_the_rest_to_looks(
    is_sent: bool, ask: Ask, upstream: Sandbox, clock: Clock
) -> None:
    action = ask("pause")
    claim = Action.objects.open().claim()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(running, "_call", _killed)
        with pytest.raises(SystemExit):
            running.run(action.pk, claim.lease)
    if is_sent:
        in_state(upstream, "paused")
    clock.advance(61)  # the lease runs out
    settle(clock)
    action.refresh_from_db()
    assert action.state == ("done" if is_sent else "unclear")
    assert mutations(upstream) == []


def _killed(*_arguments: object) -> None:
    raise SystemExit
