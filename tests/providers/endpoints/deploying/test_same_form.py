"""The same form, or the same name, sent more than once: one action, and one request."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from hfadmin.accounts.models import Organization, User
from hfadmin.audit.actors import Actor
from hfadmin.audit.models import Record
from hfadmin.sandbox import Clock, Sandbox
from providers.endpoints.lifecycle import asking, deployments
from providers.endpoints.lifecycle.asking import BusyError
from providers.endpoints.lifecycle.deployments import Plan
from providers.endpoints.lifecycle.models import Action, Deployment, Values
from providers.tokens.models import AccessToken, Namespace
from tests.conftest import SignIn
from tests.providers.endpoints.deploying.conftest import NAME, NAMESPACE, page_of
from tests.providers.endpoints.deploying.sending import create, made, posts, send, settle
from tests.providers.endpoints.lifecycle.conftest import work

KEY = str(uuid4())


@pytest.fixture
def plan(token: AccessToken) -> Callable[..., Plan]:
    def made_of(**changes: object) -> Plan:
        fields: dict[str, object] = {
            "namespace": Namespace.objects.get(organization=token.organization_id),
            "name": NAME,
            "token": token,
            "form_key": uuid4(),
            "wanted": {},
            "entered": {},
            "body": {},
            "secrets": {"KEY": "canary-in-a-coal-mine"},
        }
        return Plan(**fields | changes)  # type: ignore[arg-type]

    return made_of


def test_a_double_click_creates_once(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    answers = [send(as_operator, acme, token, form_key=KEY) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert {answer["Location"] for answer in answers} == {page_of(acme)}
    work()
    assert Action.objects.get().state == Action.State.DONE
    assert len(posts(upstream)) == 1
    assert Record.objects.filter(verb="endpoint.create", outcome="asked").count() == 1


def test_a_click_after_it_is_done_leads_to_the_endpoint(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    create(as_operator, acme, token, form_key=KEY)
    answer = send(as_operator, acme, token, form_key=KEY)
    assert (answer.status_code, answer["Location"]) == (303, page_of(acme))
    assert Action.objects.count() == len(posts(upstream)) == 1


def test_the_same_form_with_another_name_creates_another(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    """By the back button of the browser."""
    send(as_operator, acme, token, form_key=KEY)
    other = send(as_operator, acme, token, form_key=KEY, name="qwen3-again")
    assert other["Location"] == page_of(acme, "qwen3-again")
    work()
    assert {sent.json()["name"] for sent in posts(upstream)} == {NAME, "qwen3-again"}


def test_the_form_of_a_refusal_may_be_sent_again(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    """With the key that it had, by the back button too."""
    upstream.fault("payment_required", method="POST", path="/v2/endpoint/", times=1)
    create(as_operator, acme, token, form_key=KEY)
    assert send(as_operator, acme, token, form_key=KEY).status_code == 303
    work()
    states = Action.objects.order_by("pk").values_list("state", flat=True)
    assert [*states] == [Action.State.REFUSED, Action.State.DONE]
    assert Deployment.objects.filter(form_key=KEY).get().action.state == Action.State.DONE


def test_two_tabs_with_one_name_and_the_second_is_told_who_is_at_it(
    as_operator: Client,
    as_admin: Client,
    acme: Organization,
    token: AccessToken,
    upstream: Sandbox,
    admin: User,
) -> None:
    assert send(as_admin, acme, token).status_code == 303
    answer = send(as_operator, acme, token, min_replicas="1", scale_to_zero_minutes="")
    assert answer.status_code in {409, 422}
    html = answer.content.decode()
    assert "an endpoint of this name" in html or admin.email in html
    assert 'name="min_replicas" value="1"' in html
    work()
    assert len(posts(upstream)) == 1


def test_a_name_that_is_there_already_is_refused_at_once(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    create(as_operator, acme, token)
    answer = send(as_operator, acme, token)
    assert answer.status_code == 422
    assert "has an endpoint of this name" in answer.content.decode()
    assert Action.objects.count() == 1


def test_the_key_of_a_form_is_of_one_organization(
    as_operator: Client,
    acme: Organization,
    token: AccessToken,
    outsider: User,
    plan: Callable[..., Plan],
) -> None:
    """Another's may have the same, and neither is answered with the other's."""
    umbrella = outsider.memberships.get().organization
    theirs = Namespace.objects.create(organization=umbrella, name=NAMESPACE, kind="org")
    first = deployments.ask(plan(form_key=KEY), Actor.person(outsider))
    second = deployments.ask(plan(form_key=KEY, namespace=theirs), Actor.person(outsider))
    assert {first.organization, second.organization} == {acme, umbrella}


def test_what_is_taken_back_before_it_is_sent_is_never_sent(
    as_operator: Client,
    acme: Organization,
    token: AccessToken,
    upstream: Sandbox,
    operator: User,
    clock: Clock,
) -> None:
    send(as_operator, acme, token, secrets_name=["KEY"], secrets_value=["canary"])
    assert Values.objects.exists()
    assert asking.cancel(Action.objects.get(), Actor.person(operator))
    assert not Values.objects.exists()
    settle(clock)
    assert posts(upstream) == []
    assert as_operator.get(page_of(acme)).status_code == 200
    assert send(as_operator, acme, token).status_code == 303


def test_what_is_taken_back_while_it_waits_for_a_rate_limit_is_never_sent_again(
    as_operator: Client,
    acme: Organization,
    token: AccessToken,
    upstream: Sandbox,
    operator: User,
    clock: Clock,
) -> None:
    upstream.fault("429", method="POST", path="/v2/endpoint/", times=1, seconds=90)
    action = create(as_operator, acme, token, secrets_name=["KEY"], secrets_value=["canary"])
    assert asking.cancel(action, Actor.person(operator))
    clock.advance(100)
    settle(clock)
    assert len(posts(upstream)) == 1
    assert made(upstream) is None
    assert not Values.objects.exists()


def test_what_is_done_cannot_be_taken_back(
    as_operator: Client, acme: Organization, token: AccessToken, operator: User
) -> None:
    action = create(as_operator, acme, token)
    assert not asking.cancel(action, Actor.person(operator))
    assert action.state == Action.State.DONE


def at_once(*works: Callable[[], object]) -> list[object]:
    """What comes of several who begin at the same moment."""
    gate = Barrier(len(works))

    def run(each: Callable[[], object]) -> object:
        try:
            gate.wait(10)
            return each()
        except BusyError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [each.result() for each in [pool.submit(run, each) for each in works]]


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_create_once(
    plan: Callable[..., Plan], operator: User
) -> None:
    actor = Actor.person(operator)
    for _attempt in range(5):
        wanted = plan(form_key=uuid4(), name=f"llama-{_attempt}")
        found = at_once(*[lambda: deployments.ask(wanted, actor)] * 4)  # noqa: B023 - at once
        assert len({action.pk for action in found if isinstance(action, Action)}) == 1
        assert all(isinstance(action, Action) for action in found)
    assert Action.objects.count() == Deployment.objects.count() == Values.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_of_two_forms_with_one_name_at_the_same_moment_one_is_told_of_the_other(
    plan: Callable[..., Plan], operator: User
) -> None:
    actor = Actor.person(operator)
    for attempt in range(5):
        name = f"llama-{attempt}"
        found = at_once(*[lambda: deployments.ask(plan(name=name), actor)] * 3)  # noqa: B023
        (action,) = {each for each in found if isinstance(each, Action)}
        busy = [each for each in found if isinstance(each, BusyError)]
        assert busy
        assert {each.action for each in busy} == {action}


@pytest.mark.django_db(transaction=True)
def test_two_browsers_at_the_same_moment(
    acme: Organization, token: AccessToken, upstream: Sandbox, operator: User, sign_in: SignIn
) -> None:
    browsers = [sign_in(operator) for _ in range(3)]
    found = at_once(*[lambda each=each: send(each, acme, token, form_key=KEY) for each in browsers])
    assert [getattr(answer, "status_code", None) for answer in found] == [303] * 3
    work()
    assert len(posts(upstream)) == 1
    assert Action.objects.get().state == Action.State.DONE
