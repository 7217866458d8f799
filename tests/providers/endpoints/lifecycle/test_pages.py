"""Asking on the pages: what is offered to whom, what is asked before, and what bad input gets."""

import pytest
from django.test import Client
from django.urls import reverse

from providers.endpoints.lifecycle.models import Action
from providers.endpoints.models import Endpoint
from providers.tokens.models import Namespace, NamespaceAccess
from tests.providers.endpoints.lifecycle.conftest import Ask, work

pytestmark = pytest.mark.page


def confirm(endpoint: Endpoint, verb: str) -> str:
    return reverse("lifecycle:confirm", args=[endpoint.organization.slug, verb, endpoint.pk])


def detail(endpoint: Endpoint) -> str:
    place = (endpoint.organization.slug, endpoint.namespace.name, endpoint.name)
    return reverse("endpoints:detail", args=place)


def shown(client: Client, url: str) -> str:
    return " ".join(client.get(url).content.decode().split())


def test_a_pause_is_asked_for_and_followed_on_the_endpoint_s_page(
    as_operator: Client, endpoint: Endpoint
) -> None:
    assert "Pause llama-prod?" in shown(as_operator, confirm(endpoint, "pause"))
    answer = as_operator.post(confirm(endpoint, "pause"))
    assert answer.status_code == 302
    assert answer["Location"] == detail(endpoint)
    assert "Take back" in shown(as_operator, detail(endpoint))
    work()
    page = shown(as_operator, detail(endpoint))
    assert "Paused" in page
    assert "Done" in page
    assert "Resume" in page


def test_a_viewer_sees_what_can_be_done_and_by_whom(as_viewer: Client, endpoint: Endpoint) -> None:
    page = shown(as_viewer, detail(endpoint))
    assert "Operators and administrators of this organization can do this." in page
    assert confirm(endpoint, "pause") not in page


def test_why_a_button_cannot_be_used_stands_below_it(
    as_operator: Client, endpoint: Endpoint
) -> None:
    note = '<p class="bar-note">Scale to zero: Its scaling keeps replicas running.'
    Endpoint.objects.filter(pk=endpoint.pk).update(min_replicas=1)
    assert note in shown(as_operator, detail(endpoint))
    Endpoint.objects.filter(pk=endpoint.pk).update(min_replicas=0)
    assert "bar-note" not in shown(as_operator, detail(endpoint))


def test_where_no_token_may_manage_the_button_says_so(
    as_operator: Client, endpoint: Endpoint, namespace: Namespace
) -> None:
    accesses = NamespaceAccess.objects.filter(namespace=namespace)
    accesses.update(abilities={"list": "yes", "manage": "no"})
    assert confirm(endpoint, "pause") not in shown(as_operator, detail(endpoint))
    answer = as_operator.post(confirm(endpoint, "pause"))
    assert answer.status_code == 409
    assert not Action.objects.exists()


@pytest.mark.parametrize(
    ("typed", "status"), [("", 422), ("llama", 422), ("llama-prod", 302), (" llama-prod ", 302)]
)
def test_a_deletion_asks_for_the_name(
    typed: str, status: int, as_operator: Client, endpoint: Endpoint
) -> None:
    answer = as_operator.post(confirm(endpoint, "delete"), {"typed_name": typed})
    assert answer.status_code == status
    assert Action.objects.filter(verb="delete").exists() == (status == 302)


@pytest.mark.parametrize("verb", ["resume", "explode"])
def test_what_makes_no_sense_is_refused(verb: str, as_operator: Client, endpoint: Endpoint) -> None:
    answer = as_operator.post(confirm(endpoint, verb))
    assert answer.status_code == (409 if verb == "resume" else 404)
    assert not Action.objects.exists()


def test_two_people_at_once_are_told_of_each_other(
    ask: Ask, as_operator: Client, endpoint: Endpoint
) -> None:
    ask("pause")
    answer = as_operator.post(confirm(endpoint, "scale-to-zero"))
    assert answer.status_code == 409
    assert "is at it: Pause" in " ".join(answer.content.decode().split())


def test_what_is_so_already_by_now_is_said_and_leaves_nothing_to_press(
    as_operator: Client, endpoint: Endpoint
) -> None:
    Endpoint.objects.update(state="paused")
    answer = as_operator.post(confirm(endpoint, "pause"), {"reason": "Weekend"})
    page = " ".join(answer.content.decode().split())
    assert answer.status_code == 409
    assert "It is paused already." in page
    assert 'name="reason"' not in page


def test_what_was_asked_for_can_be_taken_back(
    ask: Ask, as_operator: Client, endpoint: Endpoint
) -> None:
    action = ask("pause")
    url = reverse("lifecycle:cancel", args=[endpoint.organization.slug, action.pk])
    as_operator.post(url)
    assert "Cancelled" in shown(as_operator, detail(endpoint))
    assert "Taken back by <bdi>grace@acme.test</bdi>." in shown(as_operator, detail(endpoint))
    page = as_operator.post(url, follow=True)  # a double click
    assert "cannot be taken back" not in page.content.decode()


def test_what_is_done_cannot_be_taken_back(
    ask: Ask, as_operator: Client, endpoint: Endpoint
) -> None:
    action = ask("pause")
    work()
    url = reverse("lifecycle:cancel", args=[endpoint.organization.slug, action.pk])
    page = as_operator.post(url, follow=True)
    assert "cannot be taken back" in page.content.decode()
    assert "wanted to take it back" not in page.content.decode()
