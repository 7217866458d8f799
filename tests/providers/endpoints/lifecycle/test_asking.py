"""One open action an endpoint: the same again is the same, another is refused or takes over."""

import pytest
from django.db import IntegrityError, transaction

from hfadmin.accounts.models import User
from hfadmin.audit.actors import Actor
from hfadmin.audit.models import Record
from hfadmin.sandbox import Sandbox
from providers.endpoints.lifecycle import asking
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.lifecycle.verbs import VERBS
from providers.endpoints.models import Endpoint
from tests.providers.endpoints.lifecycle.conftest import (
    NAME,
    NAMESPACE,
    Ask,
    mutations,
    remote_of,
    work,
)


def test_a_double_click_asks_once(ask: Ask) -> None:
    assert ask("pause") == ask("pause")
    assert Record.objects.filter(verb="endpoint.pause").count() == 1


def test_the_database_holds_one_open_action_an_endpoint(ask: Ask, endpoint: Endpoint) -> None:
    action = ask("pause")
    with pytest.raises(IntegrityError), transaction.atomic():
        Action.objects.create(
            organization=endpoint.organization,
            namespace=endpoint.namespace,
            name=action.name,
            verb="delete",
        )


def test_another_person_is_told_who_is_at_it(
    ask: Ask, endpoint: Endpoint, operator: User, admin: User
) -> None:
    ask("pause")
    with pytest.raises(asking.BusyError) as refused:
        asking.ask(endpoint, VERBS["scale-to-zero"], Actor.person(operator))
    assert refused.value.action is not None
    assert refused.value.action.by.label == admin.email


def test_a_pause_takes_the_place_of_a_resume_that_is_not_sent(ask: Ask, upstream: Sandbox) -> None:
    upstream.change_endpoint(NAMESPACE, NAME, state="paused")
    resume = ask("resume")
    pause = ask("pause")
    resume.refresh_from_db()
    assert resume.state == "superseded"
    work()
    pause.refresh_from_db()
    assert pause.state == "done"
    assert mutations(upstream) == []  # it was paused all along


def test_what_was_sent_already_does_not_give_way(ask: Ask, upstream: Sandbox) -> None:
    upstream.change_endpoint(NAMESPACE, NAME, state="paused")
    upstream.fault("lost", method="POST", times=1)
    ask("resume")
    work()
    with pytest.raises(asking.BusyError):
        ask("pause")


def test_it_can_be_taken_back_until_it_is_sent(ask: Ask, upstream: Sandbox, actor: Actor) -> None:
    action = ask("pause")
    assert asking.cancel(action, actor)
    work()
    action.refresh_from_db()
    assert action.state == "cancelled"
    assert mutations(upstream) == []
    remote = remote_of(upstream)
    assert remote is not None
    assert remote.state == "running"
    again = ask("pause")
    work()
    again.refresh_from_db()
    assert not asking.cancel(again, actor)
    assert again.state == "done"
