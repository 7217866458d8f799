"""What the form takes and refuses before anything is asked of Hugging Face."""

from typing import Any

import pytest
from django.test import Client

from hfadmin.accounts.models import Organization, User
from hfadmin.sandbox import Sandbox
from providers.catalog.models import ProviderModel, Verification
from providers.tokens.models import AccessToken
from tests.factories import stored_token
from tests.providers.catalog.conftest import LLAMA, Work, entries, path, save

BIDI = "\u202e"


def refused(client: Client, entered: dict[str, Any], field: str) -> str:
    """Posts what must be refused at this field, and returns the page."""
    answer = client.post(path("add"), entered)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in html
    assert not Verification.objects.exists()
    return html


def test_the_fields_stand_in_the_agreed_order(as_admin: Client, token: AccessToken) -> None:
    html = as_admin.get(path("add")).content.decode()
    last = ("api_token", "namespace_name", "endpoint_url", "task")
    names = ["model_type", "name", "endpoint_type", *last]
    places = [html.index(f'name="{name}"') for name in names]
    assert places == sorted(places)
    for label in ("Model Type", "Model Name", "Endpoint Type", "API Token", "Task"):
        assert label in html
    assert "User Name / Organization Name" in html
    assert "Get your access token from Hugging Face" in html


def test_only_administrators_may_add_a_token_in_place(
    as_operator: Client, as_admin: Client, token: AccessToken
) -> None:
    assert "Add a new token" in as_admin.get(path("add")).content.decode()
    assert "Add a new token" not in as_operator.get(path("add")).content.decode()
    refused(
        as_operator, entries(token, **HOSTED) | {"api_token": "new", "token": "hf_x"}, "api_token"
    )
    assert AccessToken.objects.count() == 1


HOSTED = {"model_type": "llm", "name": LLAMA, "endpoint_type": "hosted"}


def test_a_new_token_is_stored_with_the_model_and_not_shown_again(
    as_admin: Client, hub: Sandbox, organization: Organization, work: Work
) -> None:
    value = hub.add_token("ada", role="write")
    new = {"api_token": "new", "token_name": "fresh", "token": f"  {value}\n"}
    row = save(as_admin, {**HOSTED, **new, "real_call": "on", "form_key": FORM_KEY})
    assert AccessToken.objects.get().secret.reveal() == value
    work()
    row.refresh_from_db()
    assert row.state == Verification.State.PASSED
    for page in (path("list"), path("verification", row.pk), path("edit", row.model_id)):
        assert value not in as_admin.get(page).content.decode()


FORM_KEY = "a3d2cf3a-3b6f-4be8-9d7e-fb8f4d1d8a52"


def test_a_token_that_is_stored_already_is_recognised(as_admin: Client, token: AccessToken) -> None:
    new = {"api_token": "new", "token_name": "again", "token": token.secret.reveal()}
    html = refused(as_admin, entries(token, **HOSTED) | new, "token")
    assert "ada-admin" in html
    assert token.secret.reveal() not in html


@pytest.mark.parametrize(
    "value",
    ["", "   ", "hf_", "sesame", "api_org_abcdef", "hf_tokenß", "hf_a b", "hf_" + "x" * 10240],
)
def test_what_is_no_token_is_refused_and_not_repeated(
    value: str, as_admin: Client, token: AccessToken
) -> None:
    new = {"api_token": "new", "token_name": "odd", "token": value}
    html = refused(as_admin, entries(token, **HOSTED) | new, "token")
    assert not value.strip() or f'value="{value}"' not in html
    assert AccessToken.objects.count() == 1


@pytest.mark.parametrize(
    "name", ["", "no spaces allowed", f"meta{BIDI}/x", "<b>x</b>", "a/b/c", "../etc", "ü/ü"]
)
def test_what_is_no_repository_is_refused(
    name: str, as_operator: Client, token: AccessToken
) -> None:
    refused(as_operator, entries(token, **{**HOSTED, "name": name}), "name")


@pytest.mark.parametrize("name", [f"chat{BIDI}", "<i>chat</i>", "chat\x07"])
def test_free_names_hold_nothing_invisible(
    name: str, as_operator: Client, endpoint_llm: dict[str, Any]
) -> None:
    refused(as_operator, endpoint_llm | {"name": name}, "name")


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "Enter the endpoint"),
        ("https://ada:pw@x.us-east-1.aws.endpoints.huggingface.cloud", "cannot be used"),
        ("ftp://x.us-east-1.aws.endpoints.huggingface.cloud", "cannot be used"),
        ("https://x.us-east-1.aws.endpoints.huggingface.cloud:8443", "cannot be used"),
        ("http://169.254.169.254/latest/meta-data", "cannot be used"),
        ("https://127.0.0.1", "cannot be used"),
        ("https://localhost", "cannot be used"),
        ("https://endpoints-huggingface.cloud.evil.test", "cannot be used"),
        ("https://api-inference.huggingface.co/models/gpt2", "no longer in use"),
        ("https://endpoints.huggingface.co/acme/endpoints/unseen", "console"),
    ],
)
def test_hostile_addresses_are_refused_at_their_field(
    url: str, sentence: str, as_operator: Client, hub: Sandbox, endpoint_llm: dict[str, Any]
) -> None:
    html = refused(as_operator, endpoint_llm | {"endpoint_url": url}, "endpoint_url")
    assert sentence in html
    assert url in html
    assert not hub.requests


def test_an_address_is_understood_however_it_is_pasted(
    as_operator: Client, endpoint_llm: dict[str, Any]
) -> None:
    url = endpoint_llm["endpoint_url"]
    row = save(
        as_operator, endpoint_llm | {"endpoint_url": f"  {url.upper()}/V1/".replace("V1", "v1")}
    )
    assert row.endpoint_url == url


def test_the_task_must_fit_the_type(as_operator: Client, endpoint_llm: dict[str, Any]) -> None:
    refused(as_operator, endpoint_llm | {"task": "feature-extraction"}, "task")
    refused(as_operator, endpoint_llm | {"task": ""}, "task")


def test_fields_that_are_away_are_not_asked_for(
    as_operator: Client, hosted_llm: dict[str, Any]
) -> None:
    away = {"endpoint_url": "http://evil.test", "task": "nonsense", "namespace_name": "<x>"}
    away["task"] = "feature-extraction"
    row = save(as_operator, hosted_llm | away)
    assert (row.endpoint_url, row.task, row.namespace_name) == ("", "", "")


def test_what_was_typed_is_kept_when_something_is_wrong(
    as_operator: Client, endpoint_embedding: dict[str, Any]
) -> None:
    html = refused(as_operator, endpoint_embedding | {"namespace_name": ""}, "namespace_name")
    assert f'value="{endpoint_embedding["name"]}"' in html
    assert f'value="{endpoint_embedding["endpoint_url"]}"' in html


@pytest.mark.parametrize("chosen", ["", "11111111-1111-4111-8111-111111111111", "hf_typed"])
def test_a_form_that_comes_back_has_chosen_no_token_for_anybody(
    as_operator: Client, hosted_llm: dict[str, Any], chosen: str
) -> None:
    html = refused(as_operator, hosted_llm | {"api_token": chosen}, "api_token")
    options = html.partition('name="api_token"')[2].partition("</select>")[0].split("<option")[1:]
    assert 'value=""' in options[0]
    assert "Choose a token" in options[0]
    assert not any("selected" in option for option in options[1:])


def test_another_organizations_token_is_refused_and_nothing_is_sent(
    as_operator: Client, hub: Sandbox, outsider: User, hosted_llm: dict[str, Any]
) -> None:
    theirs = stored_token(Organization.objects.get(slug="umbrella"), "theirs", hub.add_token("ada"))
    html = refused(as_operator, hosted_llm | {"api_token": str(theirs.pk)}, "api_token")
    assert "theirs" not in html
    assert not hub.requests


def test_viewers_and_outsiders_change_nothing(
    as_viewer: Client, as_outsider: Client, hosted_llm: dict[str, Any]
) -> None:
    assert as_viewer.get(path("list")).status_code == 200
    assert as_viewer.post(path("add"), hosted_llm).status_code == 403
    assert as_outsider.post(path("add"), hosted_llm).status_code == 404
    assert not Verification.objects.exists()


def test_what_is_set_up_already_is_linked_to(
    as_operator: Client, hosted_llm: dict[str, Any], work: Work
) -> None:
    save(as_operator, hosted_llm)
    work()
    html = as_operator.post(path("add"), hosted_llm | {"form_key": FORM_KEY}).content.decode()
    assert path("edit", ProviderModel.objects.get().pk) in html


def test_a_session_that_ended_mid_form_loses_nothing_but_the_token(
    as_admin: Client, admin: User, hosted_llm: dict[str, Any]
) -> None:
    as_admin.get(path("add"))
    as_admin.session.flush()
    answer = as_admin.post(path("add"), hosted_llm | {"token": "hf_secretsecret"})
    assert answer.status_code == 302
    assert "hf_secretsecret" not in str(as_admin.session["drafts"])
    as_admin.post("/accounts/login/", {"login": admin.email, "password": "correct horse"})
    assert f'value="{LLAMA}"' in as_admin.get(path("add")).content.decode()


def test_fields_may_come_with_the_address(as_operator: Client, token: AccessToken) -> None:
    page = as_operator.get(path("add"), {"name": "acme/x", "endpoint_type": "endpoint"})
    html = page.content.decode()
    assert 'value="acme/x"' in html
    assert "data-off" not in html[html.index('name="endpoint_url"') - 200 :][:200]
