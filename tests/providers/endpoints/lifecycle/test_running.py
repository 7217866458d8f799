"""An action is sent once, whatever comes back, and ends as the endpoint really is."""

from dataclasses import dataclass, field
from typing import Any

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


@dataclass(frozen=True)
class Case:
    """The state in which a verb is asked for, and that in which the endpoint is once done; what is
    wanted, and the fields that the sandbox's endpoint has then."""

    before: str
    after: str | None
    wanted: dict[str, Any] | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    method: str = "POST"


def change(wanted: dict[str, Any], **fields: Any) -> Case:
    return Case("running", "running", wanted, fields or wanted, "PUT")


SCALING = {"min_replicas": 0, "max_replicas": 3, "scale_to_zero_minutes": 30}
L4 = {"accelerator": "gpu", "instance_type": "nvidia-l4", "instance_size": "x4"}
OTHER = {"repository": "Qwen/Qwen3-14B", "revision": "8268fe3026cb304910457689366670e803a6fd56"}
VERBS = {
    "pause": Case("running", "paused"),
    "resume": Case("paused", "running"),
    "wake": Case("scaledToZero", "running"),
    "scale-to-zero": Case("running", "scaledToZero"),
    "scaling": change(SCALING, min_replica=0, max_replica=3, scale_to_zero_timeout=30),
    "hardware": change(L4),
    "model": change(OTHER),
    "tags": change({"tags": ["prod", "chat"]}),
    "access": change({"auth_type": "public"}, type="public"),
    "delete": Case("running", None, method="DELETE"),
}
# Faults of the one request that changes something: whether it is done all the same.
LOST = {
    "lost": True,
    "truncated": True,
    "500": False,
    "503": False,
    "504": False,
    "html": False,
    "malformed": False,
    "string": False,
}
# As the management API refuses; what an endpoint's own address says is in test_waking.
MANAGING = [verb for verb in VERBS if verb != "wake"]
REFUSED = ("400", "401", "402", "403", "404", "409", "payment_required", "quota")


def in_state(upstream: Sandbox, state: str) -> None:
    upstream.change_endpoint(NAMESPACE, NAME, state=state)


def make_so(upstream: Sandbox, case: Case) -> None:
    """What the verb asks for is done by somebody else."""
    if case.after is None:
        upstream.remove_endpoint(NAMESPACE, NAME)
    else:
        upstream.change_endpoint(NAMESPACE, NAME, state=case.after, **case.fields)


def is_so(upstream: Sandbox, case: Case) -> bool:
    remote = remote_of(upstream)
    if remote is None or case.after is None:
        return remote is None and case.after is None
    has = all(getattr(remote, name) == value for name, value in case.fields.items())
    return has and remote.state == case.after


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
    case = VERBS[verb]
    in_state(upstream, case.before)
    action = ask(verb, wanted=case.wanted)
    assert (action.state, outcomes()) == ("asked", ["asked"])
    work()
    action.refresh_from_db()
    assert action.state == "done"
    assert outcomes() == ["asked", "done"]
    assert len(mutations(upstream)) == 1
    endpoint.refresh_from_db()
    remote = remote_of(upstream)
    assert (endpoint.deleted_at is not None) == (remote is None)
    if remote is not None:
        assert endpoint.state == remote.state
    clock.advance(600)
    assert is_so(upstream, case)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_done_in_the_end_tells_of_no_problem_on_the_way(
    upstream: Sandbox, ask: Ask, clock: Clock, method: str
) -> None:
    upstream.fault("503" if method == "GET" else "lost", method=method, times=1)
    action = ask("pause")
    work()
    action.refresh_from_db()
    assert action.problem
    settle(clock, 10)
    action.refresh_from_db()
    assert (action.state, action.problem) == ("done", {})


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("fault", LOST)
def test_a_lost_answer_is_settled_by_looking_and_never_sent_again(
    verb: str, fault: str, ask: Ask, upstream: Sandbox, endpoint: Endpoint, clock: Clock
) -> None:
    case = VERBS[verb]
    in_state(upstream, case.before)
    upstream.fault(fault, method=case.method, times=1)
    action = ask(verb, wanted=case.wanted)
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
    case = VERBS[verb]
    in_state(upstream, case.before)
    upstream.fault(fault, method=case.method, times=1)
    action = ask(verb, wanted=case.wanted)
    settle(clock)
    action.refresh_from_db()
    assert action.state == "refused"
    assert action.problem["kind"]
    assert outcomes() == ["asked", "refused"]
    assert len(mutations(upstream)) == 1
    remote = remote_of(upstream)
    assert remote is not None
    assert remote.state == case.before
    assert not is_so(upstream, case)


@pytest.mark.parametrize("verb", MANAGING)
def test_a_rate_limit_is_waited_for_as_told(
    verb: str, ask: Ask, upstream: Sandbox, clock: Clock
) -> None:
    case = VERBS[verb]
    in_state(upstream, case.before)
    upstream.fault("429", method=case.method, times=1, seconds=90)
    action = ask(verb, wanted=case.wanted)
    work()
    action.refresh_from_db()
    assert action.state == "asked"
    clock.advance(89)
    work()
    assert len(mutations(upstream)) == 1
    clock.advance(2)
    work()
    action.refresh_from_db()
    assert (action.state, outcomes()) == ("done", ["asked", "done"])
    assert len(mutations(upstream)) == 2


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_so_already_is_done_without_a_request(
    verb: str, ask: Ask, upstream: Sandbox, clock: Clock
) -> None:
    make_so(upstream, VERBS[verb])
    action = ask(verb, wanted=VERBS[verb].wanted)
    work()
    action.refresh_from_db()
    assert action.state == "done"
    assert mutations(upstream) == []


@pytest.mark.parametrize("verb", VERBS)
def test_a_worker_killed_before_it_marked_the_action_leaves_it_to_another(
    verb: str, ask: Ask, upstream: Sandbox, clock: Clock
) -> None:
    case = VERBS[verb]
    in_state(upstream, case.before)
    action = ask(verb, wanted=case.wanted)
    kill_worker_at("_mark_sent", action)
    assert mutations(upstream) == []
    clock.advance(61)  # the lease runs out
    settle(clock)
    action.refresh_from_db()
    assert (action.state, outcomes()) == ("done", ["asked", "done"])
    assert len(mutations(upstream)) == 1


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("is_sent", [False, True])
def test_a_worker_killed_after_it_marked_the_action_leaves_the_rest_to_looks(
    is_sent: bool, verb: str, ask: Ask, endpoint: Endpoint, upstream: Sandbox, clock: Clock
) -> None:
    case = VERBS[verb]
    in_state(upstream, case.before)
    action = ask(verb, wanted=case.wanted)
    kill_worker_at("_call", action)
    if is_sent:
        make_so(upstream, case)
    clock.advance(61)  # the lease runs out
    settle(clock)
    action.refresh_from_db()
    assert action.state == ("done" if is_sent else "unclear")
    assert mutations(upstream) == []


def kill_worker_at(step: str, action: Action) -> None:
    """Begin a turn of the action, and end it where the function of this name would be called."""

    def killed(*_arguments: object) -> None:
        raise SystemExit

    claim = Action.objects.open().claim()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(running, step, killed)
        with pytest.raises(SystemExit):
            running.run(action.pk, claim.lease)
