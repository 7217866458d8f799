"""Whatever people, Hugging Face and the network do: what is shown in the end is what is so."""

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hfadmin.audit.actors import COMMAND
from hfadmin.sandbox import Clock, Sandbox
from providers.endpoints.lifecycle import asking
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.lifecycle.verbs import VERBS
from providers.endpoints.models import Endpoint
from providers.tokens.models import Namespace
from tests.providers.endpoints.conftest import look
from tests.providers.endpoints.lifecycle.conftest import (
    NAME,
    NAMESPACE,
    mutations,
    remote_of,
    work,
)
from tests.providers.endpoints.lifecycle.test_running import VERBS as CASES

# Without 429: what is refused so is sent again, when it was told to be.
FAULTS = ("lost", "truncated", "500", "503", "403", "409", "quota")
STATES = ("running", "paused", "scaledToZero", "failed", "initializing")
ASKED = ("pause", "resume", "wake", "scale-to-zero", "scaling", "tags", "delete")
STEPS = st.one_of(
    st.tuples(st.just("ask"), st.sampled_from(ASKED)),
    st.tuples(st.just("fault"), st.sampled_from(FAULTS)),
    st.tuples(st.just("change"), st.sampled_from(STATES)),
    st.tuples(st.just("time"), st.sampled_from(["1", "5", "30", "200"])),
    st.tuples(st.just("work"), st.just("")),
    st.tuples(st.just("look"), st.just("")),
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(STEPS, max_size=14))
def test_in_the_end_what_is_shown_is_so_and_nothing_was_sent_twice(
    steps: list[tuple[str, str]],
    namespace: Namespace,
    upstream: Sandbox,
    clock: Clock,
) -> None:
    with transaction.atomic():
        upstream.clear_faults()
        upstream.add_endpoint(NAMESPACE, NAME, state="running", min_replica=0, max_replica=2)
        namespace.refresh_from_db()
        look(namespace)
        upstream.requests.clear()
        for step in steps:
            _take(step, namespace, upstream, clock)
            assert Action.objects.open().count() <= 1
            assert len(mutations(upstream)) <= Action.objects.count()
        _calm_down(namespace, upstream, clock)
        _compare(upstream)
        if upstream.state.endpoint(NAMESPACE, NAME) is not None:
            upstream.remove_endpoint(NAMESPACE, NAME)
        transaction.set_rollback(True)


def _take(step: tuple[str, str], namespace: Namespace, upstream: Sandbox, clock: Clock) -> None:
    kind, what = step
    if kind == "ask":
        _ask(what)
    elif kind == "fault":
        for method in ("POST", "PUT", "DELETE"):
            upstream.fault(what, method=method, times=1)
    elif kind == "change" and remote_of(upstream) is not None:
        upstream.change_endpoint(NAMESPACE, NAME, state=what)
    elif kind == "time":
        clock.advance(int(what))
    elif kind == "work":
        work()
    elif kind == "look":
        look(namespace)


def _ask(verb: str) -> None:
    endpoint = Endpoint.objects.get(name=NAME)
    if endpoint.deleted_at:
        return
    try:
        asking.ask(endpoint, VERBS[verb], COMMAND, CASES[verb].wanted)
    except asking.BusyError:
        assert Action.objects.open().count() == 1


def _calm_down(namespace: Namespace, upstream: Sandbox, clock: Clock) -> None:
    upstream.clear_faults()
    for _ in range(300):
        if not Action.objects.open().exists():
            break
        work()
        clock.advance(5)
    assert not Action.objects.open().exists()
    look(namespace)


def _compare(upstream: Sandbox) -> None:
    endpoint, remote = Endpoint.objects.get(name=NAME), remote_of(upstream)
    assert (endpoint.deleted_at is not None) == (remote is None)
    if remote is not None:
        assert endpoint.state == remote.state
        assert endpoint.tags == list(remote.tags)
        assert endpoint.max_replicas == remote.max_replica
