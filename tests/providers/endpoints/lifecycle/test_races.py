"""What changes between asking and sending, or while no answer comes, is not acted on blindly."""

from collections.abc import Callable

import pytest
from django.test import Client

from hfadmin.audit.actors import Actor
from hfadmin.sandbox import Clock, Sandbox
from hfadmin.sandbox.wire import Reply, Request
from providers.endpoints.lifecycle import asking, batches, running
from providers.endpoints.lifecycle.models import Action, Batch
from providers.endpoints.lifecycle.progress import Progress
from providers.endpoints.lifecycle.verbs import VERBS
from providers.endpoints.models import Endpoint
from providers.tokens.models import AccessToken, Namespace
from tests.providers.endpoints.conftest import look
from tests.providers.endpoints.lifecycle.conftest import (
    NAME,
    NAMESPACE,
    Ask,
    mutations,
    remote_of,
    work,
)
from tests.providers.endpoints.lifecycle.test_pages import detail, shown
from tests.providers.endpoints.lifecycle.test_running import VERBS as CASES
from tests.providers.endpoints.lifecycle.test_running import in_state, outcomes, settle


def make_anew(upstream: Sandbox, clock: Clock) -> None:
    """Somebody deletes the endpoint, and deploys another under its name."""
    upstream.remove_endpoint(NAMESPACE, NAME)
    clock.advance(1)
    upstream.add_endpoint(NAMESPACE, NAME, state="running", created_at=upstream.state.now())


@pytest.mark.parametrize("verb", CASES)
@pytest.mark.parametrize("is_seen", [False, True])
def test_an_endpoint_made_anew_under_the_name_is_not_the_one_that_was_meant(
    verb: str, is_seen: bool, ask: Ask, upstream: Sandbox, namespace: Namespace, clock: Clock
) -> None:
    in_state(upstream, CASES[verb].before)
    action = ask(verb, wanted=CASES[verb].wanted)
    make_anew(upstream, clock)
    if is_seen:
        look(namespace)
    settle(clock)
    action.refresh_from_db()
    assert (action.state, action.problem["kind"]) == ("refused", "endpoint_deleted")
    assert outcomes() == ["asked", "refused"]
    assert mutations(upstream) == []
    assert remote_of(upstream) is not None


def test_the_page_says_that_another_stands_under_the_name(
    ask: Ask, as_operator: Client, endpoint: Endpoint, upstream: Sandbox, clock: Clock
) -> None:
    ask("delete")
    make_anew(upstream, clock)
    work()
    page = shown(as_operator, detail(endpoint))
    assert "Another endpoint stands under this name now" in page
    assert "Nothing was sent to it." in page


def test_a_deletion_without_an_answer_is_done_where_another_stands_under_the_name(
    ask: Ask, upstream: Sandbox, clock: Clock
) -> None:
    upstream.fault("lost", method="DELETE", times=1)
    action = ask("delete")
    work()
    action.refresh_from_db()
    assert action.state == "unclear"
    upstream.add_endpoint(NAMESPACE, NAME, state="running", created_at=upstream.state.now())
    settle(clock, 10)
    action.refresh_from_db()
    assert (action.state, mutations(upstream)) == ("done", ["DELETE "])
    assert remote_of(upstream) is not None


@pytest.fixture
def batch(endpoint: Endpoint, actor: Actor) -> Batch:
    """A pause of one endpoint, about to be sent."""
    made = batches.ask(endpoint.organization, VERBS["pause"], [endpoint], actor)
    assert made is not None
    return made


def refuse_while(upstream: Sandbox, patch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """The next pause is refused by a rate limit; `act` is called while it is on its way."""
    honest, waiting = upstream.handle, [act]
    upstream.fault("429", method="POST", times=1, seconds=90)

    def handle(request: Request) -> Reply:
        if request.method == "POST" and waiting:
            waiting.pop()()
        return honest(request)

    patch.setattr(upstream, "handle", handle)


def test_what_was_on_its_way_as_its_batch_was_stopped_is_not_sent_again(
    batch: Batch, actor: Actor, upstream: Sandbox, clock: Clock
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        refuse_while(upstream, patch, lambda: batches.stop(batch, actor))
        work()
    work()
    assert (Progress.of(batch).left, Progress.of(batch).is_open) == (1, False)
    assert outcomes() == ["asked", "asked", "refused"]  # the second: to take it back
    clock.advance(91)
    settle(clock)
    assert mutations(upstream) == ["POST /pause"]
    remote = remote_of(upstream)
    assert remote is not None
    assert remote.state == "running"


def test_what_waits_for_a_rate_limit_says_so_and_can_be_taken_back(
    ask: Ask, as_operator: Client, actor: Actor, upstream: Sandbox, clock: Clock
) -> None:
    upstream.fault("429", method="POST", times=1, seconds=90)
    action = ask("pause")
    work()
    assert 'data-kind="rate_limited"' in shown(as_operator, detail(Endpoint.objects.get(name=NAME)))
    assert asking.cancel(action, actor)
    clock.advance(91)
    settle(clock)
    assert mutations(upstream) == ["POST /pause"]


def test_a_batch_that_has_ended_cannot_be_stopped_any_more(
    batch: Batch, actor: Actor, upstream: Sandbox
) -> None:
    work()
    assert batches.stop(batch, actor) == 0
    batch.refresh_from_db()
    assert batch.stopped_at is None
    assert mutations(upstream) == ["POST /pause"]


def test_a_token_that_was_deleted_before_it_was_used_sends_nothing(
    ask: Ask, upstream: Sandbox, namespace: Namespace, clock: Clock
) -> None:
    action = ask("pause")
    AccessToken.objects.filter(organization=namespace.organization).delete()
    settle(clock)
    action.refresh_from_db()
    assert (action.state, mutations(upstream)) == ("refused", [])
    assert outcomes() == ["asked", "refused"]


def test_a_token_that_was_deleted_while_no_answer_came_leaves_it_unclear(
    ask: Ask, upstream: Sandbox, namespace: Namespace, clock: Clock
) -> None:
    upstream.fault("lost", method="POST", times=1)
    action = ask("pause")
    work()
    AccessToken.objects.filter(organization=namespace.organization).delete()
    settle(clock)
    action.refresh_from_db()
    assert (action.state, mutations(upstream)) == ("unclear", ["POST /pause"])
    assert action.ended_at is not None
    assert outcomes() == ["asked", "unclear"]


def test_a_worker_that_lost_its_lease_before_sending_sends_nothing(
    ask: Ask, upstream: Sandbox, clock: Clock
) -> None:
    """It was held up for longer than its lease; another has begun anew meanwhile."""
    action = ask("pause")
    claim = Action.objects.open().claim()
    clock.advance(61)
    work()
    running.run(action.pk, claim.lease)
    assert mutations(upstream) == ["POST /pause"]
    action.refresh_from_db()
    assert (action.state, outcomes()) == ("done", ["asked", "done"])


@pytest.mark.parametrize(("fault", "seconds"), [("429", 20), ("503", 0), ("403", 0)])
def test_a_resume_that_was_not_needed_is_not_sent_again_for_want_of_a_look(
    fault: str, seconds: int, ask: Ask, upstream: Sandbox, namespace: Namespace, clock: Clock
) -> None:
    """Somebody resumes it meanwhile, and pauses it again."""
    in_state(upstream, "paused")
    honest = upstream.handle

    def handle(request: Request) -> Reply:
        if request.method == "POST":
            in_state(upstream, "running")
            upstream.fault(fault, method="GET", times=1, seconds=seconds)
        return honest(request)

    action = ask("resume")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(upstream, "handle", handle)
        work()
    action.refresh_from_db()
    assert action.state == "accepted"
    in_state(upstream, "paused")
    clock.advance(30)
    settle(clock)
    assert mutations(upstream) == ["POST /resume"]
    remote = remote_of(upstream)
    assert remote is not None
    assert remote.state == "paused"
