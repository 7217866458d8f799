"""The pages of actions, given names and requests that mean no good."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from hfadmin.accounts.models import User
from hfadmin.sandbox.hostile_strings import STRINGS
from providers.endpoints.lifecycle import batches
from providers.endpoints.lifecycle.models import Action, Batch
from providers.endpoints.lifecycle.verbs import VERBS
from providers.endpoints.models import Endpoint
from tests.providers.endpoints.lifecycle.conftest import Ask

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>"
# No browser can send half a character.
SENDABLE = [text for text in STRINGS if text.encode(errors="replace").decode() == text]
PAGES = ("menu", "confirm", "outcome", "batch", "confirm_many", "detail", "list")


def address(page: str, endpoint: Endpoint, action: Action) -> str:
    slug = endpoint.organization.slug
    arguments: dict[str, tuple[str, list[Any]]] = {
        "menu": ("lifecycle:menu", [slug, endpoint.pk]),
        "confirm": ("lifecycle:confirm", [slug, "pause", endpoint.pk]),
        "outcome": ("lifecycle:outcome", [slug, action.pk]),
        "batch": ("lifecycle:batch", [slug, action.batch_id]),
        "confirm_many": ("lifecycle:confirm_many", [slug, "delete"]),
        "detail": ("endpoints:detail", [slug, endpoint.namespace.name, endpoint.name]),
        "list": ("endpoints:list", [slug]),
    }
    name, values = arguments[page]
    return reverse(name, args=values)


@pytest.mark.parametrize("page", PAGES)
def test_names_and_reasons_are_shown_as_text(
    page: str, as_admin: Client, endpoint: Endpoint, ask: Ask
) -> None:
    action = ask("pause")
    batch = Batch.objects.create(
        organization=endpoint.organization, verb="pause", reason=MARKUP, actor=action.actor
    )
    Action.objects.update(reason=MARKUP, batch=batch, name=MARKUP)
    Endpoint.objects.update(
        name=MARKUP, repository=MARKUP, message=MARKUP, container={"env": [MARKUP]}, tags=[MARKUP]
    )
    endpoint.refresh_from_db()
    action.refresh_from_db()
    url = address(page, endpoint, action)
    sent = {"endpoint": endpoint.pk}
    answer = as_admin.post(url, sent) if page == "confirm_many" else as_admin.get(url)
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "alert(1)" in html
    assert "<script>alert" not in html
    assert "<img src=x" not in html


@pytest.mark.parametrize("text", SENDABLE)
def test_a_hostile_reason_is_kept_or_refused_and_breaks_nothing(
    text: str, as_admin: Client, endpoint: Endpoint
) -> None:
    url = reverse("lifecycle:confirm", args=[endpoint.organization.slug, "pause", endpoint.pk])
    assert as_admin.post(url, {"reason": text}).status_code in {302, 400, 422}
    page = reverse("endpoints:list", args=[endpoint.organization.slug])
    assert as_admin.get(page).status_code == 200


def test_no_form_is_taken_without_its_csrf_token(admin: User, endpoint: Endpoint, ask: Ask) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(admin)
    action = ask("pause")
    batch = batches.ask(endpoint.organization, VERBS["pause"], [endpoint], action.by)
    assert batch is None  # it is under way already
    slug = endpoint.organization.slug
    addresses = [
        reverse("lifecycle:confirm", args=[slug, "delete", endpoint.pk]),
        reverse("lifecycle:confirm_many", args=[slug, "pause"]),
        reverse("lifecycle:cancel", args=[slug, action.pk]),
        reverse("lifecycle:reveal", args=[slug, endpoint.pk]),
        reverse("lifecycle:keep", args=[slug, "replicas", endpoint.pk]),
    ]
    answers = {url: browser.post(url, {"ids": endpoint.pk, "confirmed": "1"}) for url in addresses}
    assert {url: answer.status_code for url, answer in answers.items()} == dict.fromkeys(
        addresses, 403
    )
    assert Action.objects.get().state == "asked"
