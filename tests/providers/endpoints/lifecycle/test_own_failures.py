"""Where hfadmin itself fails on the way, an action ends as truly as it does without that."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from hfadmin.sandbox import Clock, Sandbox
from providers.endpoints.lifecycle import looking
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.lifecycle.running import GIVES_UP_AFTER, SHOWS_WITHIN
from providers.endpoints.models import Endpoint
from providers.endpoints.polling import single
from providers.tokens.models import AccessToken
from tests.providers.endpoints.lifecycle.conftest import (
    Ask,
    is_shown,
    mutations,
    remote_of,
    work,
)
from tests.providers.endpoints.lifecycle.test_pages import detail, shown
from tests.providers.endpoints.lifecycle.test_running import VERBS, in_state, outcomes, settle

BEFORE_IT_IS_SENT, AFTER_THE_ANSWER, FOR_GOOD = {1}, {2}, set(range(1_000))


@contextmanager
def broken(where: Any, name: str, at: set[int]) -> Iterator[None]:
    """The database goes away as the function is called, at these of its calls."""
    honest: Callable[..., Any] = getattr(where, name)
    called: list[str] = []

    def failing(*arguments: Any) -> Any:
        called.append(name)
        if len(called) in at:
            raise OperationalError("server closed the connection unexpectedly")
        return honest(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(where, name, failing)
        yield


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb not in {"wake", "delete"}])
@pytest.mark.parametrize("at", [BEFORE_IT_IS_SENT, AFTER_THE_ANSWER])
def test_what_is_interrupted_once_goes_on_and_is_sent_once(
    verb: str, at: set[int], ask: Ask, upstream: Sandbox, endpoint: Endpoint, clock: Clock
) -> None:
    in_state(upstream, VERBS[verb].before)
    action = ask(verb, wanted=VERBS[verb].wanted)
    with broken(single, "note_seen", at):
        work()
    action.refresh_from_db()
    assert (action.state, outcomes()) == ("asked" if 1 in at else "unclear", ["asked"])
    settle(clock)
    action.refresh_from_db()
    assert (action.state, action.problem, outcomes()) == ("done", {}, ["asked", "done"])
    assert len(mutations(upstream)) == 1
    endpoint.refresh_from_db()
    assert is_shown(endpoint, remote_of(upstream))


def test_a_deletion_that_is_interrupted_as_it_is_noted_is_done(
    ask: Ask, upstream: Sandbox, clock: Clock
) -> None:
    action = ask("delete")
    with broken(single, "note_deleted", {1}):
        work()
    settle(clock)
    action.refresh_from_db()
    assert (action.state, mutations(upstream)) == ("done", ["DELETE "])


def test_settling_that_is_interrupted_is_taken_up_again(
    ask: Ask, upstream: Sandbox, clock: Clock
) -> None:
    upstream.fault("lost", method="POST", times=1)
    action = ask("pause")
    work()
    clock.advance(5)
    with broken(looking, "look_alone", {1}):
        work()
    action.refresh_from_db()
    assert (action.state, action.is_open) == ("unclear", True)
    settle(clock)
    action.refresh_from_db()
    assert (action.state, outcomes()) == ("done", ["asked", "done"])


@pytest.mark.parametrize(
    ("where", "name", "ended"),
    [(looking, "look", "refused"), (looking, "look_alone", "unclear")],
)
def test_what_fails_for_good_is_given_up_with_what_is_known(
    where: Any, name: str, ended: str, ask: Ask, upstream: Sandbox, clock: Clock
) -> None:
    if ended == "unclear":
        upstream.fault("504", method="POST", times=1)
    began, action = clock.now(), ask("pause")
    with broken(where, name, FOR_GOOD):
        settle(clock, 3_600)
    action.refresh_from_db()
    assert (action.state, action.problem["kind"]) == (ended, "internal_error")
    assert outcomes() == ["asked", ended]
    longest = max(GIVES_UP_AFTER, SHOWS_WITHIN) + timedelta(minutes=3)
    assert clock.now() - began < longest


def test_what_waits_after_a_failure_says_so(
    ask: Ask, as_operator: Client, endpoint: Endpoint
) -> None:
    ask("pause")
    with broken(looking, "look", {1}):
        work()
    assert 'data-kind="internal_error"' in shown(as_operator, detail(endpoint))


@pytest.mark.django_db(transaction=True)
def test_a_token_that_is_deleted_just_before_sending_leaves_it_to_another(
    ask: Ask, other: AccessToken, upstream: Sandbox, clock: Clock
) -> None:
    action, honest = ask("pause"), looking.look

    def delete_after(*arguments: Any) -> bool:
        is_so = honest(*arguments)
        AccessToken.objects.filter(name="ada-manages").delete()
        return is_so

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(looking, "look", delete_after)
        work()
    settle(clock)
    action.refresh_from_db()
    assert (action.state, action.token) == ("done", other)
    assert Action.objects.count() == len(mutations(upstream)) == 1
