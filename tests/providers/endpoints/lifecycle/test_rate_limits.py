"""A token that was told to wait is asked for nothing until then, and others take its place."""

from collections.abc import Callable

import pytest

from hfadmin.sandbox import Clock, Sandbox
from hfadmin.sandbox.wire import Reply, Request, error
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.models import Endpoint
from providers.tokens.models import AccessToken, Namespace, NamespaceAccess
from tests.providers.endpoints.conftest import look
from tests.providers.endpoints.lifecycle.conftest import NAMESPACE, Ask, mutations, work
from tests.providers.endpoints.lifecycle.test_running import VERBS, in_state, settle

MANAGING = sorted(VERBS.keys() - {"wake"})


@pytest.mark.parametrize("verb", MANAGING)
def test_what_one_token_is_told_to_wait_with_is_sent_through_another(
    verb: str, ask: Ask, other: AccessToken, upstream: Sandbox, clock: Clock
) -> None:
    case = VERBS[verb]
    in_state(upstream, case.before)
    upstream.fault("429", method=case.method, times=1, seconds=90)
    action = ask(verb, wanted=case.wanted)
    work()
    clock.advance(1)
    work()
    action.refresh_from_db()
    assert (action.state, action.token) == ("done", other)
    assert len(mutations(upstream)) == 2


def test_where_one_token_is_told_to_wait_another_looks(
    ask: Ask, other: AccessToken, upstream: Sandbox
) -> None:
    upstream.fault("429", method="GET", times=1, seconds=90)
    action = ask("pause")
    work()
    action.refresh_from_db()
    assert (action.state, action.token) == ("done", other)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_all_actions_wait_for_what_one_of_them_was_told(
    method: str, ask: Ask, endpoint: Endpoint, upstream: Sandbox, clock: Clock
) -> None:
    for number in range(6):
        upstream.add_endpoint(NAMESPACE, f"more-{number}", state="running")
    look(Namespace.objects.get())
    upstream.fault("429", method=method, times=1, seconds=90)
    for each in Endpoint.objects.all():
        ask("pause", each)
    upstream.requests.clear()
    work()
    asked = len(upstream.requests)
    assert asked == {"GET": 1, "POST": 2}[method]
    clock.advance(60)
    work()
    assert len(upstream.requests) == asked
    assert set(Action.objects.values_list("state", flat=True)) == {"asked"}
    clock.advance(31)
    settle(clock)
    assert set(Action.objects.values_list("state", flat=True)) == {"done"}


def test_a_limit_that_tells_no_time_is_waited_for_a_minute(
    ask: Ask, upstream: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest: Callable[[Request], Reply] = upstream.handle
    limited: list[Request] = []

    def handle(request: Request) -> Reply:
        if request.method != "POST" or limited:
            return honest(request)
        limited.append(request)
        return error(429, "Slow down.")

    monkeypatch.setattr(upstream, "handle", handle)
    action = ask("pause")
    work()
    clock.advance(59)
    work()
    assert mutations(upstream) == []
    clock.advance(2)
    work()
    action.refresh_from_db()
    assert (action.state, mutations(upstream), len(limited)) == ("done", ["POST /pause"], 1)


def test_a_limit_at_an_endpoint_s_own_address_is_not_the_token_s(
    ask: Ask, upstream: Sandbox, namespace: Namespace
) -> None:
    in_state(upstream, "scaledToZero")
    upstream.fault("429", method="POST", times=1, seconds=90)
    ask("wake")
    work()
    assert NamespaceAccess.objects.get().problem == {}
