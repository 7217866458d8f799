"""A token that is typed anywhere but into the field for it: refused, and nowhere kept or shown."""

from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import serializers
from django.core.exceptions import ValidationError
from django.test import Client

from hfadmin.accounts import operations
from hfadmin.accounts.models import Organization
from hfadmin.audit.actors import COMMAND
from hfadmin.sandbox import Sandbox
from providers.tokens.models import AccessToken
from tests.factories import stored_token

TOKEN = "hf_" + "Misplaced1" * 3 + "wxyz"
OTHER = "hf_" + "Rightly2In" * 3 + "wxyz"
MODEL = {
    "model_type": "text-embedding",
    "name": "acme/llama",
    "endpoint_type": "endpoint",
    "api_token": "new",
    "token_name": "ci",
    "token": OTHER,
    "namespace_name": "acme",
    "endpoint_url": "https://x.endpoints.huggingface.cloud",
    "task": "feature-extraction",
}
SETUP = {"organization": "ACME", "email": "a@x.test", "password": "correct horse", "code": "x"}
FORMS = [
    *(("/o/acme/models/add/", MODEL, name) for name in MODEL if name != "token"),
    ("/o/acme/tokens/add/", {"token_name": "ci", "token": OTHER}, "token_name"),
    ("/o/acme/tokens/{pk}/rename/", {"name": "ci", "version": "0"}, "name"),
    ("/o/acme/settings/", {"name": "ACME"}, "name"),
    ("/accounts/login/", {"login": "ada@acme.test", "password": "wrong"}, "login"),
]


@pytest.mark.parametrize("value", [TOKEN, f"ci {TOKEN}", f"{TOKEN[:2]}\u200b{TOKEN[2:]}"])
@pytest.mark.parametrize(("address", "fields", "name"), FORMS)
def test_a_form_refuses_it_and_forgets_it(
    address: str,
    fields: dict[str, str],
    name: str,
    value: str,
    as_admin: Client,
    organization: Organization,
    sandbox: Sandbox,
    capfd: pytest.CaptureFixture[str],
) -> None:
    token = stored_token(organization, "before", OTHER[:-1])
    typed = {"form_key": str(uuid4())} | fields | {name: value}
    browser = Client() if "login" in address else as_admin

    response = browser.post(address.format(pk=token.pk), typed)

    page = response.content.decode()
    assert response.status_code == 422
    assert "does not belong here" in page
    assert TOKEN[3:] not in page
    assert TOKEN[3:] not in stored()
    assert TOKEN[3:] not in capfd.readouterr().err
    assert not sandbox.requests


@pytest.mark.parametrize("field", ["code", "organization", "email"])
def test_the_set_up_refuses_it_too(client: Client, db: None, field: str) -> None:
    operations.new_setup_code()

    response = client.post("/setup/", SETUP | {field: TOKEN})

    assert "does not belong here" in response.content.decode()
    assert TOKEN not in response.content.decode()


def test_other_fields_keep_what_was_typed(as_admin: Client) -> None:
    page = as_admin.post("/o/acme/models/add/", MODEL | {"token_name": TOKEN}).content.decode()

    assert 'value="acme/llama"' in page
    assert 'value="https://x.endpoints.huggingface.cloud"' in page


def test_a_draft_does_not_hold_it(as_admin: Client) -> None:
    as_admin.get("/o/acme/settings/")
    Session.objects.all().delete()

    as_admin.post("/o/acme/models/add/", {"name": f"my {TOKEN}", "token_name": "ci"})

    assert TOKEN not in stored()
    (draft,) = as_admin.session["drafts"]
    assert draft["fields"] == {"token_name": "ci"}


@pytest.mark.parametrize(
    "address",
    [
        "/o/acme/activity/?q={}",
        "/o/acme/activity/?person={}&page=2",
        "/o/acme/endpoints/?q=x&namespace={}",
        "/o/acme/models/add/?name={}",
        "/o/acme/models/suggest/models/?q={}",
        "/accounts/login/?next={}",
    ],
)
def test_a_search_is_opened_without_it(address: str, as_admin: Client, sandbox: Sandbox) -> None:
    response = as_admin.get(address.format(TOKEN))

    assert response.status_code == 302
    assert TOKEN not in response["Location"]
    assert response["Location"].startswith(address.partition("?")[0])
    assert "That was an access token" in as_admin.get("/o/acme/activity/").content.decode()
    assert TOKEN not in stored()
    assert not sandbox.requests


def test_a_search_that_htmx_makes_loads_the_page_without_it(as_admin: Client) -> None:
    response = as_admin.get(
        "/o/acme/endpoints/", {"q": TOKEN, "sort": "name"}, headers={"HX-Request": "true"}
    )

    assert response["HX-Redirect"] == "/o/acme/endpoints/?sort=name"


@pytest.mark.parametrize(
    ("asked", "told"),
    [("/o/acme/endpoints/?q=", True), ("/o/acme/models/suggest/models/?name=", False)],
)
@pytest.mark.parametrize("page", ["http://testserver/o/acme/endpoints/?q=x", "http://[", ""])
def test_what_htmx_asks_beside_its_page_leaves_no_message(
    asked: str, told: bool, page: str, as_admin: Client
) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": page, "Sec-Fetch-Dest": "empty"}
    response = as_admin.get(f"{asked}{TOKEN}", headers=headers)

    assert response.status_code == 204
    said = "That was an access token" in as_admin.get("/o/acme/activity/").content.decode()
    assert said is (told and "acme" in page)


def test_an_organization_is_not_called_by_a_token(db: None) -> None:
    with pytest.raises(ValidationError, match="does not belong here"):
        operations.add_organization(TOKEN, actor=COMMAND)


@pytest.mark.parametrize("around", ["{}", ' "{}" ', "Bearer {}", 'export HF_TOKEN="{}"\u00a0'])
def test_both_forms_take_the_token_as_it_was_pasted(
    around: str, as_admin: Client, organization: Organization, sandbox: Sandbox
) -> None:
    pasted = around.format(OTHER)
    as_admin.post("/o/acme/tokens/add/", {"token_name": "one", "token": pasted})
    assert AccessToken.objects.get().secret.reveal() == OTHER
    organization.tokens.all().delete()

    typed: dict[str, Any] = MODEL | {"token": pasted, "form_key": str(uuid4())}
    assert as_admin.post("/o/acme/models/add/", typed | {"anyway": "1"}).status_code < 400
    assert AccessToken.objects.get().secret.reveal() == OTHER


@pytest.mark.parametrize("token", ["", "nonsense", "hf_a b", "api_org_" + "a" * 34, "hf_" * 400])
@pytest.mark.parametrize("name", ["ci", "x" * 81, "a\u202eb", "<b>"])
def test_both_forms_refuse_the_same_names_and_tokens_with_the_same_words(
    name: str, token: str, as_admin: Client
) -> None:
    alone = as_admin.post("/o/acme/tokens/add/", {"token_name": name, "token": token})
    within = as_admin.post("/o/acme/models/add/", MODEL | {"token_name": name, "token": token})

    one, other = alone.context["form"].errors, within.context["form"].errors
    assert one.get("token") == other.get("token")
    assert one.get("token_name") == other.get("token_name")


def stored() -> str:
    """Every row, and what the sessions hold."""
    rows = [
        serializers.serialize("json", model._default_manager.all()) for model in apps.get_models()
    ]
    return "".join(rows) + str([session.get_decoded() for session in Session.objects.all()])
