"""From the form to an endpoint that runs."""

from typing import Any

import pytest
from django.test import Client

from hfadmin.accounts.models import Organization
from hfadmin.sandbox import Sandbox
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.models import Endpoint
from providers.tokens.models import AccessToken
from tests.providers.endpoints.deploying.conftest import (
    MODEL,
    NAME,
    NAMESPACE,
    entered,
    form_url,
    page_of,
)
from tests.providers.endpoints.lifecycle.conftest import work

pytestmark = pytest.mark.page


def posts(upstream: Sandbox) -> list[Any]:
    return [each for each in upstream.requests if each.method == "POST"]


def test_what_was_entered_is_created_once_and_shown_at_once(
    as_operator: Client, acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    answer = as_operator.post(form_url(acme), entered(token))
    assert answer.status_code == 303, answer.content.decode()
    assert answer["Location"] == page_of(acme)
    page = as_operator.get(page_of(acme))
    assert "Asked" in page.content.decode()
    work()
    action = Action.objects.get(verb="create")
    assert action.state == Action.State.DONE, action.problem
    assert action.endpoint == Endpoint.objects.get(name=NAME)
    (sent,) = posts(upstream)
    assert sent.path == f"/v2/endpoint/{NAMESPACE}"
    assert sent.json()["model"]["repository"] == MODEL
    page = as_operator.get(page_of(acme))
    assert "Pending" in page.content.decode()


def test_the_form_is_shown(as_operator: Client, acme: Organization, token: AccessToken) -> None:
    assert as_operator.get(form_url(acme)).status_code == 200
    query = {"repository": MODEL}
    assert as_operator.get(form_url(acme), query).status_code == 200
    for part in ("model", "place", "hardware", "summary"):
        answer = as_operator.post(f"{form_url(acme)}{part}/", entered(token))
        assert answer.status_code == 200
