"""What was typed, and what was learned, stays when an action cannot be asked for or is refused."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hfadmin.accounts.models import Organization
from hfadmin.audit.actors import Actor
from hfadmin.sandbox import Sandbox
from providers.endpoints.lifecycle import batches
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.lifecycle.verbs import VERBS
from providers.endpoints.models import Endpoint
from providers.tokens.models import AccessToken, Namespace
from tests.providers.endpoints.lifecycle.conftest import Ask, mutations, work
from tests.providers.endpoints.lifecycle.test_pages import confirm, detail

TYPED = {
    "tags": ({"tags": "red, blue"}, 'value="red, blue"'),
    "scaling": (
        {"min_replicas": "1", "max_replicas": "17", "autoscale_by": ""},
        'value="17"',
    ),
    "delete": ({"typed_name": "llama-prod"}, 'value="llama-prod"'),
}


@pytest.mark.parametrize("verb", TYPED)
def test_what_was_typed_stays_while_somebody_else_is_at_it(
    verb: str, ask: Ask, endpoint: Endpoint, as_operator: Client
) -> None:
    ask("pause")
    Action.objects.update(state="sent", sent_at=timezone.now())
    sent, shown = TYPED[verb]
    answer = as_operator.post(confirm(endpoint, verb), sent | {"reason": "for the launch"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert shown in page
    assert 'value="for the launch"' in page


def test_a_header_that_is_no_address_is_no_way_back(
    endpoint: Endpoint, as_operator: Client
) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://["}
    answer = as_operator.post(confirm(endpoint, "pause"), headers=headers)
    assert answer.headers.get("Location", answer.headers.get("HX-Redirect")) == detail(endpoint)
    assert Action.objects.count() == 1


def test_a_batch_that_is_over_is_said_to_be(
    acme: Organization, endpoint: Endpoint, actor: Actor, as_operator: Client
) -> None:
    batch = batches.ask(acme, VERBS["pause"], [endpoint], actor)
    assert batch is not None
    work()
    answer = as_operator.post(reverse("lifecycle:stop", args=[acme.slug, batch.pk]))
    said = [str(each) for each in get_messages(answer.wsgi_request)]
    assert said == ["Nothing was left to take back. It had ended already."]


def test_a_right_that_turns_out_to_be_lost_has_the_token_checked(
    ask: Ask, upstream: Sandbox, namespace: Namespace
) -> None:
    token = AccessToken.objects.get()
    AccessToken.objects.update(next_check_at=timezone.now() + timedelta(hours=1))
    upstream.fault("missing_permission", method="POST")
    action = ask("pause")
    work()
    action.refresh_from_db()
    token.refresh_from_db()
    assert (action.state, token.is_due) == ("refused", True)
    assert mutations(upstream) == ["POST /pause"]


def test_without_any_token_nobody_is_said_not_to_be_a_member(
    ask: Ask, namespace: Namespace, endpoint: Endpoint, as_operator: Client
) -> None:
    action = ask("pause")
    AccessToken.objects.all().delete()
    work()
    action.refresh_from_db()
    assert (action.state, action.problem["params"]["reason"]) == ("refused", "nobody")
    page = as_operator.get(confirm(endpoint, "pause")).content.decode()
    assert "None of the tokens that are kept here sees" in page


@pytest.mark.parametrize("tag", ["team:a,b", "x  y", " z"])
def test_a_tag_that_cannot_be_entered_as_it_is_is_left_alone(
    tag: str, endpoint: Endpoint, as_operator: Client
) -> None:
    Endpoint.objects.filter(pk=endpoint.pk).update(tags=["prod", tag])
    answer = as_operator.post(confirm(endpoint, "tags"), {"tags": f"prod, {tag}, new"})
    assert answer.status_code == 409
    assert "Edit them at Hugging Face." in answer.content.decode()
    assert not Action.objects.exists()
