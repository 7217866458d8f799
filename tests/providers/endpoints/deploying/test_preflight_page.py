"""The preflight on the page: what stands against a creation, and what is asked anew."""

import re
from typing import Any

import pytest
from django.test import Client

from hfadmin.accounts.models import Organization
from hfadmin.audit.models import Record
from hfadmin.sandbox import Sandbox
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.models import Endpoint
from providers.tokens.models import AccessToken
from tests.providers.endpoints.deploying.conftest import (
    L4,
    NAME,
    NAMESPACE,
    check,
    entered,
    form_url,
)

pytestmark = pytest.mark.page

A100 = "aws/us-east-1/nvidia-a100/x4"
NO_CARD = "acme-labs has no payment method"


def without_card(upstream: Sandbox, token: AccessToken) -> None:
    upstream.state.organizations[NAMESPACE].can_pay = False
    check(token)
    upstream.clock.advance(60)


def whoamis(upstream: Sandbox) -> int:
    return sum(each.path == "/api/whoami-v2" for each in upstream.requests)


def errors_in(page: str) -> list[str]:
    return re.findall(r'<p class="error">.*?<span>(.*?)</span>', page, re.DOTALL)


def test_what_would_be_refused_is_not_asked_for_and_said_at_its_field(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    without_card(upstream, token)
    typed = entered(token, hardware=A100, max_replicas="9", repository="nobody/nothing")
    answer = as_operator.post(form_url(acme), typed)
    assert answer.status_code == 422
    assert not Action.objects.exists()
    typed = entered(token, hardware=A100, max_replicas="9")
    answer = as_operator.post(form_url(acme), typed)
    assert answer.status_code == 422
    said = errors_in(answer.content.decode())
    assert [each.partition(".")[0] for each in said] == [
        NO_CARD,
        "Quota: 36 Nvidia A100 wanted, 16 of 16 free",
    ]
    assert not Action.objects.exists()


def test_a_name_that_somebody_took_just_now_is_said_at_the_name(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    upstream.add_endpoint(NAMESPACE, NAME)
    answer = as_operator.post(form_url(acme), entered(token))
    assert answer.status_code == 422
    assert errors_in(answer.content.decode()) == ["acme-labs has an endpoint of this name."]
    assert not Action.objects.exists()


def test_doubts_do_not_stand_against_a_creation(
    as_operator: Client, acme: Organization, token: AccessToken
) -> None:
    too_big = entered(token, repository="Qwen/Qwen3-32B", hardware="aws/us-east-1/nvidia-t4/x1")
    assert as_operator.post(form_url(acme), too_big).status_code == 303


def test_who_has_added_a_card_goes_on_by_one_press(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    without_card(upstream, token)
    upstream.requests.clear()
    page = as_operator.post(f"{form_url(acme)}summary/", entered(token)).content.decode()
    assert NO_CARD in page
    assert f"{form_url(acme)}place/?anew=account" in page
    assert not whoamis(upstream)

    upstream.state.organizations[NAMESPACE].can_pay = True
    again = f"{form_url(acme)}place/?anew=account"
    page = as_operator.post(again, entered(token)).content.decode()
    assert NO_CARD not in page
    assert whoamis(upstream) == 1
    assert as_operator.post(form_url(acme), entered(token)).status_code == 303


def test_without_javascript_the_button_does_the_same_and_creates_nothing(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    without_card(upstream, token)
    upstream.state.organizations[NAMESPACE].can_pay = True
    pressed = entered(token, update="anew=account", tags="kept")
    page = as_operator.post(form_url(acme), pressed)
    assert page.status_code == 200
    assert NO_CARD not in page.content.decode()
    assert 'value="kept"' in page.content.decode()
    assert not Action.objects.exists()


def test_pressing_again_and_again_asks_once_and_is_recorded(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    without_card(upstream, token)
    upstream.requests.clear()
    for _ in range(3):
        as_operator.post(f"{form_url(acme)}place/?anew=account", entered(token))
    assert whoamis(upstream) == 1
    assert Record.objects.filter(verb="token.check_requested").count() == 1


def test_credits_that_were_added_are_seen_at_once(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    upstream.state.tokens[token.secret.reveal()].role = "write"
    upstream.state.organizations[NAMESPACE].credits_used_up = True
    page = as_operator.post(f"{form_url(acme)}summary/", entered(token)).content.decode()
    assert "acme-labs has no credits left" in page
    upstream.state.organizations[NAMESPACE].credits_used_up = False
    again = f"{form_url(acme)}place/?anew=account"
    assert "acme-labs has $25.00 of credits" in as_operator.post(
        again, entered(token)
    ).content.decode().replace("<bdi>", "")


def test_quota_that_was_freed_elsewhere_is_seen_by_one_press(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    place: dict[str, Any] = {"instance_type": "nvidia-a100", "instance_size": "x4"}
    upstream.add_endpoint(NAMESPACE, "mixtral-eval", state="scaledToZero", min_replica=0, **place)
    again = f"{form_url(acme)}place/?anew=hardware"
    typed = entered(token, hardware=A100, max_replicas="4")
    upstream.clock.advance(60)
    assert "12 of 16 free" in as_operator.post(again, typed).content.decode()
    assert Endpoint.objects.filter(name="mixtral-eval").exists()
    upstream.change_endpoint(NAMESPACE, "mixtral-eval", state="paused")
    upstream.requests.clear()
    as_operator.post(again, typed)  # just now it was looked at
    assert not upstream.requests
    upstream.clock.advance(60)
    assert "16 of 16 free" in as_operator.post(again, typed).content.decode()


def test_a_repository_that_could_not_be_read_is_looked_at_again_by_one_press(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    upstream.fault("503", path="/api/models/", times=1)
    again = f"{form_url(acme)}place/?anew=repository"
    page = as_operator.post(f"{form_url(acme)}summary/", entered(token)).content.decode()
    assert "can be read is not known" in page
    assert "anew=repository" in page
    page = as_operator.post(again, entered(token)).content.decode()
    assert "can be read is not known" not in page


def test_what_is_no_question_asks_nobody(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    as_operator.post(f"{form_url(acme)}summary/", entered(token))
    upstream.requests.clear()
    for question in ("", "nonsense", "account%20"):
        answer = as_operator.post(f"{form_url(acme)}place/?anew={question}", entered(token))
        assert answer.status_code == 200
    assert not upstream.requests


def test_the_first_paint_asks_nobody(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    for query in ({}, {"repository": "Qwen/Qwen3-8B", "hardware": L4}):
        assert as_operator.get(form_url(acme), query).status_code == 200
    assert not upstream.requests
