"""Looks at a namespace in which somebody acts go on, and undo nothing."""

from collections.abc import Callable

import pytest

from hfadmin.sandbox import Sandbox
from hfadmin.sandbox.wire import Reply, Request
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.models import Endpoint
from providers.endpoints.polling.intervals import IN_MOTION
from providers.tokens.models import Namespace
from tests.providers.endpoints.conftest import calls, look, wait_for
from tests.providers.endpoints.lifecycle.conftest import NAMESPACE, Ask, work

LISTING = f"/v2/endpoint/{NAMESPACE}"


def acting_while_listed(upstream: Sandbox, act: Callable[[], None]) -> Callable[[Request], Reply]:
    """Hugging Face's answers; `act` is called once, between a list's making and its arrival."""
    honest, waiting = upstream.handle, [act]

    def handle(request: Request) -> Reply:
        reply = honest(request)
        if request.path == LISTING and waiting:
            waiting.pop()()
        return reply

    return handle


@pytest.fixture
def other(upstream: Sandbox, endpoint: Endpoint) -> str:
    """The name of a second endpoint in the namespace, that was not seen yet."""
    upstream.add_endpoint(NAMESPACE, "bge-search", state="running")
    return "bge-search"


def test_a_look_that_asked_before_an_action_leaves_its_endpoint_alone(
    upstream: Sandbox, namespace: Namespace, endpoint: Endpoint, ask: Ask, other: str
) -> None:
    action = ask("pause")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(upstream, "handle", acting_while_listed(upstream, work))
        look(namespace)
    action.refresh_from_db()
    assert action.state == Action.State.DONE
    endpoint.refresh_from_db()
    assert endpoint.state == "paused"
    assert Endpoint.objects.filter(name=other).exists()


def test_after_such_a_look_the_next_is_soon_and_compares_everything(
    upstream: Sandbox, namespace: Namespace, ask: Ask
) -> None:
    ask("pause")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(upstream, "handle", acting_while_listed(upstream, work))
        look(namespace)
    assert wait_for(namespace) <= IN_MOTION.total_seconds()
    assert namespace.answer == ""


def test_a_deletion_is_not_undone_by_a_look_that_asked_before(
    upstream: Sandbox, namespace: Namespace, endpoint: Endpoint, ask: Ask, other: str
) -> None:
    ask("delete")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(upstream, "handle", acting_while_listed(upstream, work))
        look(namespace)
    endpoint.refresh_from_db()
    assert endpoint.deleted_at is not None
    assert Endpoint.objects.filter(name=other).exists()


def test_what_a_look_asked_before_has_found_otherwise_does_not_replace_what_was_confirmed_since(
    upstream: Sandbox, namespace: Namespace, endpoint: Endpoint, ask: Ask
) -> None:
    """The list says failed; it runs again by the time an action looks at it, and is refused."""
    ask("resume")
    upstream.change_endpoint(NAMESPACE, endpoint.name, state="failed", stuck=True)

    def recover_and_work() -> None:
        upstream.change_endpoint(NAMESPACE, endpoint.name, state="running", stuck=True)
        work()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(upstream, "handle", acting_while_listed(upstream, recover_and_work))
        look(namespace)
    endpoint.refresh_from_db()
    assert endpoint.state == "running"


def test_many_actions_in_a_namespace_bring_one_look(
    upstream: Sandbox, namespace: Namespace, ask: Ask, other: str
) -> None:
    look(namespace)
    upstream.requests.clear()
    for endpoint in Endpoint.objects.filter(namespace=namespace):
        ask("pause", endpoint)
    work()
    assert Endpoint.objects.filter(state="paused").count() == 2
    assert 0 < wait_for(namespace) <= IN_MOTION.total_seconds()
    assert not any(request.path == LISTING for request in upstream.requests)
    assert calls(upstream) == 4
