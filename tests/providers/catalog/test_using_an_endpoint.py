"""From the page of an endpoint to a model that uses it."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hfadmin.accounts.models import Organization, User
from hfadmin.audit.actors import Actor
from hfadmin.sandbox import Sandbox
from providers.catalog.models import ProviderModel
from providers.endpoints import tasks as endpoints
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.models import Endpoint
from providers.tokens import tasks as tokens
from providers.tokens.models import AccessToken, Namespace
from tests.factories import model_on, stored_token
from tests.providers.catalog.conftest import BGE, EVERYTHING, LLAMA, Work, path, saved
from tests.providers.endpoints.test_inventory_page import text


def here(name: str) -> str:
    return f"/o/acme/endpoints/acme/{name}/"


def entered(client: Client, name: str) -> dict[str, Any]:
    """What the settings screen is filled in with by the link on the endpoint's page."""
    html = client.get(here(name)).content.decode()
    (link,) = re.findall(rf'href="({re.escape(path("add"))}\?[^"]*)"', html)
    form = client.get(unescape(link)).context["form"]
    values = {field: form[field].value() for field in form.fields}
    return {field: value for field, value in values.items() if value}


@pytest.mark.parametrize(
    ("name", "model_type", "model"), [("chat", "llm", LLAMA), ("search", "text-embedding", BGE)]
)
def test_one_save_makes_an_endpoint_a_model(
    name: str, model_type: str, model: str, seen: AccessToken, as_operator: Client, work: Work
) -> None:
    shown = entered(as_operator, name)
    assert (shown["model_type"], shown["name"]) == (model_type, model)
    made = saved(as_operator, work, shown)
    assert (made.endpoint, made.token) == (Endpoint.objects.get(name=name), seen)
    page = text(as_operator.get(here(name)))
    assert "Used by 1 model Use this endpoint" in page


def test_a_token_that_may_not_call_is_not_entered(
    hub: Sandbox, organization: Organization, as_operator: Client
) -> None:
    value = hub.add_token("ada", scopes={"acme": ["inference.endpoints.write"]})
    stored_token(organization, "deploys", value)
    _check()
    assert "api_token" not in entered(as_operator, "chat")
    caller = stored_token(organization, "calls", hub.add_token("ada", scopes={"acme": EVERYTHING}))
    _check()
    assert entered(as_operator, "chat")["api_token"] == str(caller.pk)


def test_the_token_that_made_the_endpoint_comes_before_the_one_that_sees_it(
    seen: AccessToken,
    hub: Sandbox,
    organization: Organization,
    operator: User,
    as_operator: Client,
) -> None:
    maker = stored_token(organization, "maker", hub.add_token("ada", scopes={"acme": EVERYTHING}))
    _check()
    assert entered(as_operator, "chat")["api_token"] == str(seen.pk)
    chat = Endpoint.objects.get(name="chat")
    Action.objects.create(
        organization=organization,
        namespace=chat.namespace,
        name="chat",
        endpoint=chat,
        verb="create",
        actor=Actor.person(operator).to_json(),
        state="done",
        ended_at=chat.state_since,
        token=maker,
    )
    assert entered(as_operator, "chat")["api_token"] == str(maker.pk)


def test_a_token_of_somebody_else_is_not_entered(
    seen: AccessToken, as_operator: Client, outsider: object
) -> None:
    umbrella = Organization.objects.get(slug="umbrella")
    other = stored_token(umbrella, "theirs", "hf_" + "u" * 34)
    for value in (str(other.pk), "nonsense", "new"):
        html = as_operator.get(path("add"), {"api_token": value}).content.decode()
        assert '<option value="">Choose a token</option>' in html
        assert f'value="{value}"' not in html


def test_until_it_has_an_address_it_cannot_be_used(
    seen: AccessToken, hub: Sandbox, as_operator: Client, as_viewer: Client
) -> None:
    hub.add_endpoint("acme", "young", state="initializing", stuck=True)
    _look()
    answer = as_operator.get(here("young"))
    assert "Hugging Face gives the address once it runs. Then one Save makes it" in text(answer)
    assert re.search(r"<button[^>]*disabled>\s*Use this endpoint", answer.content.decode())
    assert "Use this endpoint" not in text(as_viewer.get(here("young")))


def test_only_who_may_set_models_up_is_led_there(seen: AccessToken, as_viewer: Client) -> None:
    html = as_viewer.get(here("chat")).content.decode()
    assert "/models/add/" not in html
    assert "/v1/chat/completions" in html


def test_what_is_used_already_says_by_how_many(seen: AccessToken, as_operator: Client) -> None:
    chat = Endpoint.objects.get(name="chat")
    model_on(chat, "one")
    model_on(chat, "two")
    assert ProviderModel.objects.count() == 2
    html = as_operator.get(here("chat")).content.decode()
    assert "Used by 2 models" in " ".join(html.split())
    assert re.search(r'class="button quiet" href="[^"]*/models/add/', html)


def test_what_no_model_here_does_offers_none(
    seen: AccessToken, hub: Sandbox, as_operator: Client
) -> None:
    hub.add_endpoint("acme", "hears", task="automatic-speech-recognition", engine="huggingface")
    _look()
    html = as_operator.get(here("hears")).content.decode()
    assert "/models/add/" not in html


def _check() -> None:
    """Have the tokens checked and the namespaces looked at, as workers do."""
    AccessToken.objects.all().revoke(timezone.now())
    tokens.sweep()
    _look()


def _look() -> None:
    Namespace.objects.all().revoke(timezone.now())
    endpoints.sweep()
