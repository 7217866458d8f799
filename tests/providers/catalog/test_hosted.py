"""Who serves a model in a way that can be called: any provider to chat, else hf-inference alone."""

from typing import Any

import pytest
from django.test import Client

from hfadmin.accounts.models import Organization
from hfadmin.sandbox import Sandbox
from providers.catalog.models import ProviderModel, Verification
from providers.tokens.models import AccessToken
from tests.factories import stored_token
from tests.providers.catalog.conftest import EVERYTHING, Work, entries, path, save

CHATS = {"task": "conversational"}
GENERATES = {"task": "text-generation"}
EMBEDS = {"task": "feature-extraction"}


def verified(
    client: Client, work: Work, token: AccessToken, model_type: str, **fields: Any
) -> Verification:
    entered = entries(
        token, model_type=model_type, name="acme/own", endpoint_type="hosted", **fields
    )
    row = save(client, entered)
    work()
    row.refresh_from_db()
    return row


@pytest.mark.parametrize(
    ("providers", "route", "served_by"),
    [
        pytest.param({"hf-inference": GENERATES}, "generation", ["hf-inference"], id="generates"),
        pytest.param({"novita": CHATS}, "chat", ["novita"], id="chats"),
        pytest.param(
            {"hf-inference": GENERATES, "novita": CHATS},
            "chat",
            ["novita", "hf-inference"],
            id="both",
        ),
    ],
)
def test_a_chat_is_tried_first_and_text_generation_where_nobody_chats(
    as_operator: Client,
    hub: Sandbox,
    work: Work,
    token: AccessToken,
    providers: dict[str, Any],
    route: str,
    served_by: list[str],
) -> None:
    hub.add_model("acme/own", providers=providers)
    row = verified(as_operator, work, token, "llm")
    assert row.state == Verification.State.PASSED, row.problem
    model = ProviderModel.objects.get()
    assert (model.state, model.route, model.served_by) == ("verified", route, served_by)


def test_a_router_that_knows_no_chat_after_all_is_asked_to_generate(
    as_operator: Client, hub: Sandbox, work: Work, token: AccessToken
) -> None:
    hub.add_model("acme/own", providers={"hf-inference": GENERATES, "novita": CHATS})
    hub.fault(404, path="/router/v1/chat/completions")
    row = verified(as_operator, work, token, "llm")
    assert row.state == Verification.State.PASSED, row.problem
    assert ProviderModel.objects.get().route == "generation"


@pytest.mark.parametrize(
    ("model_type", "tag", "task"),
    [
        ("llm", "text-generation", GENERATES),
        ("text-embedding", "feature-extraction", EMBEDS),
    ],
)
def test_providers_that_cannot_be_called_for_the_task_are_named(
    as_operator: Client,
    hub: Sandbox,
    work: Work,
    token: AccessToken,
    model_type: str,
    tag: str,
    task: dict[str, str],
) -> None:
    hub.add_model("acme/own", pipeline_tag=tag, providers={"nebius": task, "together": task})
    row = verified(as_operator, work, token, model_type)
    assert (row.state, row.field) == ("failed", "name")
    assert row.problem["kind"] == "model_not_served"
    assert row.problem["params"]["providers"] == "nebius, together"
    html = as_operator.get(path("verification", row.pk)).content.decode()
    assert "only hf-inference can be called" in html
    assert "nebius, together" in html
    assert not [request for request in hub.requests if request.path.startswith("/router")]


def test_a_model_that_nobody_serves_is_said_so(
    as_operator: Client, hub: Sandbox, work: Work, token: AccessToken
) -> None:
    hub.add_model("acme/own", providers={"novita": "staging"})
    row = verified(as_operator, work, token, "llm")
    assert row.problem["kind"] == "model_not_served"
    assert "No inference provider offers acme/own" in as_operator.get(
        path("verification", row.pk)
    ).content.decode().replace("<bdi>", "").replace("</bdi>", "")


@pytest.mark.parametrize("model_type", ["llm", "text-embedding"])
def test_an_organization_pays_where_the_token_may_spend_its_money_alone(
    as_operator: Client, hub: Sandbox, work: Work, organization: Organization, model_type: str
) -> None:
    value = hub.add_token("ada", scopes={"acme": EVERYTHING})
    token = stored_token(organization, "acme-only", value)
    task, tag = {"llm": (GENERATES, "text-generation")}.get(
        model_type, (EMBEDS, "feature-extraction")
    )
    hub.add_model("acme/own", pipeline_tag=tag, providers={"hf-inference": task})
    row = verified(as_operator, work, token, model_type)
    assert row.state == Verification.State.PASSED, row.problem
    assert hub.requests[-1].headers["x-hf-bill-to"] == "acme"


def test_only_models_that_can_be_called_are_offered_for_hosted_use(
    as_operator: Client, hub: Sandbox
) -> None:
    hub.add_model(
        "acme/out-of-reach", pipeline_tag="feature-extraction", providers={"nebius": EMBEDS}
    )
    hub.add_model(
        "acme/within-reach", pipeline_tag="feature-extraction", providers={"hf-inference": EMBEDS}
    )
    asked = {"name": "acme/", "model_type": "text-embedding", "endpoint_type": "hosted"}
    html = as_operator.get(path("suggest_models"), asked).content.decode()
    assert "acme/within-reach" in html
    assert "acme/out-of-reach" not in html
