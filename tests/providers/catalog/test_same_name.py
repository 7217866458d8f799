"""Two models of one name can be told apart wherever they are named."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client

from hfadmin.accounts.models import Organization
from hfadmin.audit.actors import Actor
from hfadmin.audit.models import Record
from hfadmin.sandbox import Sandbox
from providers.catalog import operations
from providers.catalog.models import ProviderModel
from providers.endpoints.models import Endpoint
from providers.huggingface.errors import Diagnosis, Kind
from providers.tokens.models import AccessToken, Namespace

pytestmark = pytest.mark.django_db

NAME = "meta-llama/Llama-3.1-8B-Instruct"
HERE = {
    "hosted": "LLM · hosted",
    "endpoint": "LLM · acme/chat",
    "address": "LLM · gone.example",
    "embedding": "Text Embedding · acme/chat",
}


@pytest.fixture
def alike(organization: Organization, token: AccessToken) -> dict[str, ProviderModel]:
    """Four of one name."""
    namespace, _ = Namespace.objects.get_or_create(
        organization=organization, name="acme", defaults={"kind": "org"}
    )
    chat = Endpoint.objects.create(
        organization=organization,
        namespace=namespace,
        name="chat",
        state="running",
        fingerprint="",
        url="https://chat.example",
    )
    common = {"organization": organization, "token": token, "name": NAME, "state": "failing"}
    common["problem"] = Diagnosis(Kind.CREDITS_EXHAUSTED).to_json()
    deployed = {"endpoint_type": "endpoint", "task": "text-generation", "endpoint": chat}
    at = "https://chat.example"
    return {
        "hosted": ProviderModel.objects.create(**common, model_type="llm", endpoint_type="hosted"),
        "endpoint": ProviderModel.objects.create(
            **common, **deployed, model_type="llm", endpoint_url=at
        ),
        "address": ProviderModel.objects.create(
            **common,
            **(deployed | {"endpoint": None}),
            model_type="llm",
            endpoint_url="https://gone.example",
        ),
        "embedding": ProviderModel.objects.create(
            **common, **deployed, model_type="text-embedding", endpoint_url=at
        ),
    }


def text(client: Client, path: str) -> str:
    page = client.get(f"/o/acme/{path}").content.decode().replace("<wbr>", "")
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_each_has_a_label_of_its_own(alike: dict[str, ProviderModel]) -> None:
    assert {key: model.beside for key, model in alike.items()} == HERE
    assert len({str(model) for model in alike.values()}) == len(alike)


def test_it_stands_beside_the_name_on_every_page(
    alike: dict[str, ProviderModel], token: AccessToken, as_admin: Client
) -> None:
    home = text(as_admin, "")
    assert all(label in home for label in HERE.values())
    losing = text(as_admin, f"tokens/{token.pk}/delete/")
    assert all(label in losing for label in HERE.values())
    using = text(as_admin, f"tokens/{token.pk}/")
    assert all(word in using for word in ("Hosted", "chat acme", "https://gone.example"))
    used_by = text(as_admin, "endpoints/acme/chat/")
    assert f"{NAME} LLM" in used_by
    assert f"{NAME} Text Embedding" in used_by
    row = text(as_admin, "endpoints/?column=models")
    assert f"{NAME} LLM , {NAME} Text Embedding" in row
    for key, model in alike.items():
        for what in ("edit", "delete", "wake"):
            assert HERE[key] in text(as_admin, f"models/{model.pk}/{what}/"), (key, what)


def test_the_activity_and_the_message_say_which(
    alike: dict[str, ProviderModel], as_admin: Client
) -> None:
    as_admin.post(f"/o/acme/models/{alike['endpoint'].pk}/delete/")
    label = f"{NAME} ({HERE['endpoint']})"
    assert Record.objects.get(verb="model.deleted").target_label == label
    assert label in text(as_admin, "activity/")


def test_a_check_says_where_it_checks(
    alike: dict[str, ProviderModel], hub: Sandbox, as_admin: Client
) -> None:
    model = alike["hosted"]
    person = model.organization.memberships.earliest("pk").user
    check = operations.check_now(model, Actor.person(person))
    assert HERE["hosted"] in text(as_admin, f"models/checks/{check.pk}/")


def test_saying_where_takes_no_query_for_each(
    alike: dict[str, ProviderModel],
    token: AccessToken,
    django_assert_num_queries: Callable[[int], AbstractContextManager[Any]],
) -> None:
    with django_assert_num_queries(1):
        assert {model.beside for model in token.providermodels.shown()} == set(HERE.values())
