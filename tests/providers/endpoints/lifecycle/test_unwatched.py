"""What was accepted is looked after where nobody looks by the clock."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from hfadmin.audit.actors import Actor
from hfadmin.sandbox import Clock, Sandbox
from hfadmin.sandbox.endpoint import Timings
from hfadmin.sandbox.wire import Reply, Request, error
from providers.endpoints import polling
from providers.endpoints.models import Endpoint
from providers.tokens.models import Namespace
from tests.providers.endpoints.conftest import calls, look, sweep
from tests.providers.endpoints.lifecycle.conftest import (
    MUTATING,
    NAME,
    NAMESPACE,
    Ask,
    mutations,
    work,
)
from tests.providers.endpoints.lifecycle.test_running import VERBS, in_state, make_so

ENDPOINT = f"/v2/endpoint/{NAMESPACE}/{NAME}"


@pytest.fixture
def unwatched(namespace: Namespace, endpoint: Endpoint, actor: Actor) -> Namespace:
    polling.unwatch(namespace, actor)
    return namespace


@pytest.fixture
def asleep(endpoint: Endpoint, namespace: Namespace, upstream: Sandbox) -> Endpoint:
    """It takes four minutes from the request that wakes it until that shows."""
    in_state(upstream, "scaledToZero")
    upstream.change_endpoint(NAMESPACE, NAME, timings=Timings(noticing=240))
    look(namespace)
    upstream.requests.clear()
    return Endpoint.objects.get(pk=endpoint.pk)


def pass_time(clock: Clock, minutes: float) -> None:
    """All that works by the clock does, every five seconds."""
    for _ in range(int(minutes * 12)):
        clock.advance(5)
        sweep()
        work()


def accept_only(upstream: Sandbox, patch: pytest.MonkeyPatch) -> list[Request]:
    """Hugging Face accepts what is asked for, and shows the endpoint as it was. Returns what was
    asked for, as it comes."""
    honest: Callable[[Request], Reply] = upstream.handle
    received: list[Request] = []

    def handle(request: Request) -> Reply:
        if request.method not in MUTATING:
            return honest(request)
        received.append(request)
        if request.method == "DELETE":
            return Reply(200, b"{}")
        if not request.path.startswith(ENDPOINT):  # the endpoint's own address
            return error(503, "503 Service Unavailable", "SERVICE_UNAVAILABLE")
        return honest(replace(request, method="GET", path=ENDPOINT))

    patch.setattr(upstream, "handle", handle)
    return received


def test_one_that_takes_minutes_to_wake_is_seen_to(
    asleep: Endpoint, unwatched: Namespace, ask: Ask, upstream: Sandbox, clock: Clock
) -> None:
    action = ask("wake", asleep)
    work()
    pass_time(clock, 3)
    action.refresh_from_db()
    assert action.state == "accepted"
    pass_time(clock, 2)
    action.refresh_from_db()
    assert action.state == "done"
    assert len(mutations(upstream)) == 1
    assert calls(upstream, ENDPOINT) < 30


@pytest.mark.parametrize("verb", VERBS)
def test_what_shows_minutes_later_is_done_then(
    verb: str, unwatched: Namespace, ask: Ask, upstream: Sandbox, clock: Clock
) -> None:
    case = VERBS[verb]
    in_state(upstream, case.before)
    with pytest.MonkeyPatch.context() as patch:
        sent = accept_only(upstream, patch)
        action = ask(verb, wanted=case.wanted)
        work()
    pass_time(clock, 5)
    action.refresh_from_db()
    assert action.state == "accepted"
    make_so(upstream, case)
    pass_time(clock, 1)
    action.refresh_from_db()
    assert action.state == "done"
    assert (len(sent), mutations(upstream)) == (1, [])


def test_what_never_shows_is_unclear_after_a_quarter_of_an_hour(
    unwatched: Namespace, ask: Ask, upstream: Sandbox, clock: Clock
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        accept_only(upstream, patch)
        action = ask("pause")
        work()
    pass_time(clock, 14)
    action.refresh_from_db()
    assert action.state == "accepted"
    pass_time(clock, 4)
    action.refresh_from_db()
    assert (action.state, action.is_open) == ("unclear", False)


def test_only_the_endpoint_is_looked_at_and_only_until_it_shows(
    asleep: Endpoint, unwatched: Namespace, ask: Ask, upstream: Sandbox, clock: Clock
) -> None:
    ask("wake", asleep)
    work()
    pass_time(clock, 5)
    assert all(
        request.path.startswith(ENDPOINT)
        for request in upstream.requests
        if request.method == "GET"
    )
    upstream.requests.clear()
    pass_time(clock, 15)
    assert list(upstream.requests) == []


def test_a_namespace_that_is_unwatched_meanwhile_leaves_the_action_to_itself(
    asleep: Endpoint,
    namespace: Namespace,
    ask: Ask,
    actor: Actor,
    upstream: Sandbox,
    clock: Clock,
) -> None:
    action = ask("wake", asleep)
    work()
    pass_time(clock, 1)
    polling.unwatch(namespace, actor)
    pass_time(clock, 4)
    action.refresh_from_db()
    assert action.state == "done"


@pytest.mark.parametrize("is_watched", [True, False])
def test_before_it_counts_as_unclear_it_is_looked_at_once_more(
    is_watched: bool,
    namespace: Namespace,
    endpoint: Endpoint,
    actor: Actor,
    ask: Ask,
    upstream: Sandbox,
    clock: Clock,
) -> None:
    """No worker was there for an hour."""
    if not is_watched:
        polling.unwatch(namespace, actor)
    with pytest.MonkeyPatch.context() as patch:
        accept_only(upstream, patch)
        action = ask("pause")
        work()
    in_state(upstream, "paused")
    clock.advance(3_600)
    work()
    action.refresh_from_db()
    assert action.state == "done"


@pytest.mark.parametrize("is_answered", [True, False])
def test_a_look_that_is_refused_by_a_rate_limit_is_repeated_when_it_was_told_to_be(
    is_answered: bool, unwatched: Namespace, ask: Ask, upstream: Sandbox, clock: Clock
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if is_answered:
            accept_only(upstream, patch)
        else:
            upstream.fault("503", method="POST", times=1)
        action = ask("pause")
        work()
    upstream.fault("429", method="GET", times=1, seconds=50)
    upstream.requests.clear()
    pass_time(clock, 0.75)
    assert len(upstream.requests) == 1
    in_state(upstream, "paused")
    pass_time(clock, 0.5)
    action.refresh_from_db()
    assert action.state == "done"


@pytest.mark.parametrize("is_answered", [True, False])
@pytest.mark.parametrize("is_watched", [True, False])
def test_what_is_deleted_at_hugging_face_meanwhile_is_waited_for_no_longer(
    is_watched: bool,
    is_answered: bool,
    namespace: Namespace,
    endpoint: Endpoint,
    actor: Actor,
    ask: Ask,
    upstream: Sandbox,
    clock: Clock,
) -> None:
    if not is_watched:
        polling.unwatch(namespace, actor)
    with pytest.MonkeyPatch.context() as patch:
        if is_answered:
            accept_only(upstream, patch)
        else:
            upstream.fault("503", method="POST", times=1)
        action = ask("pause")
        work()
    upstream.remove_endpoint(NAMESPACE, endpoint.name)
    pass_time(clock, 1)
    action.refresh_from_db()
    assert (action.state, action.is_open) == ("unclear", False)
    assert action.problem["params"]["reason"] == "meanwhile"
