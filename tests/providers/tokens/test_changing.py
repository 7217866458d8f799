"""Tokens are renamed, replaced, checked and deleted, by whom and with what kept secret."""

import logging

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hfadmin.accounts.models import Organization, User
from hfadmin.audit.actors import COMMAND, Actor
from hfadmin.audit.models import Record
from hfadmin.sandbox import Sandbox
from hfadmin.vault import Secret
from providers.tokens import operations
from providers.tokens.models import AccessToken
from providers.tokens.operations import NewToken
from tests.providers.tokens.conftest import EVERYTHING, Check
from tests.providers.tokens.pages import add, text, url

pytestmark = pytest.mark.django_db


def test_renaming(token: AccessToken, as_admin: Client) -> None:
    response = as_admin.post(url("rename", token), {"name": "new name", "version": 0})
    assert response.status_code == 302
    assert AccessToken.objects.get().name == "new name"


def test_a_name_that_is_taken_is_not_shown_as_the_token_s(
    token: AccessToken, organization: Organization, as_admin: Client
) -> None:
    operations.add(organization, NewToken("taken", Secret("hf_abcdefgh1234")), COMMAND)
    answer = as_admin.post(url("rename", token), {"name": "taken", "version": token.version})
    assert answer.status_code == 422
    assert f"<bdi>{token.name}</bdi>" in answer.content.decode()
    assert "<bdi>taken</bdi>" not in answer.content.decode()


def test_two_people_renaming_lose_nothing(token: AccessToken, as_admin: Client) -> None:
    as_admin.post(url("rename", token), {"name": "first", "version": 0})
    response = as_admin.post(url("rename", token), {"name": "second", "version": 0})
    assert response.status_code == 409
    assert "Somebody changed this token meanwhile." in text(response)
    assert 'value="second"' in text(response)
    version = response.context["form"]["version"].value()
    as_admin.post(url("rename", token), {"name": "second", "version": version})
    assert AccessToken.objects.get().name == "second"


def test_replacing(hub: Sandbox, token: AccessToken, as_admin: Client) -> None:
    value = hub.add_token("ada", scopes={"ada": EVERYTHING})
    response = as_admin.post(url("replace", token), {"token": value, "version": 0})
    assert response.status_code == 302
    assert AccessToken.objects.get().secret == Secret(value)


def test_a_replacement_that_is_refused_is_diagnosed_at_its_field(
    hub: Sandbox, token: AccessToken, as_admin: Client
) -> None:
    response = as_admin.post(url("replace", token), {"token": "hf_unknown1234567", "version": 0})
    assert response.status_code == 422
    page = text(response)
    assert "Hugging Face does not accept this token" in page
    assert 'aria-describedby="id_token_helptext id_token_diagnosis"' in page
    assert "The old token stays in place." in page
    assert "hf_unknown1234567" not in page
    assert AccessToken.objects.get().fingerprint == token.fingerprint


def test_deleting_says_first_what_hangs_on_the_token(
    hub: Sandbox, organization: Organization, token: AccessToken, check: Check, as_admin: Client
) -> None:
    check(token)
    second = hub.add_token("ada", scopes={"ada": EVERYTHING})
    check(operations.add(organization, NewToken("understudy", Secret(second)), COMMAND))
    token.providermodels.create(
        organization=organization, model_type="llm", name="acme/model", endpoint_type="hosted"
    )
    page = " ".join(text(as_admin.get(url("delete", token))).split())
    assert "1 model loses its token" in page
    assert "acme/model" in page
    assert "<bdi>ada</bdi>: still seen through <bdi>understudy</bdi>" in page
    assert "<bdi>acme</bdi>: <strong>no other token sees it" in page

    assert as_admin.post(url("delete", token)).status_code == 302
    assert [row.name for row in AccessToken.objects.all()] == ["understudy"]
    assert as_admin.post(url("delete", token)).status_code == 404


def test_two_people_deleting_at_once_delete_once(token: AccessToken, admin: User) -> None:
    other = AccessToken.objects.get(pk=token.pk)
    for row in (token, other):
        operations.delete(row, Actor.person(admin))
    assert Record.objects.filter(verb="token.deleted").count() == 1


def test_check_now_makes_it_due_or_says_how_long_to_wait(
    hub: Sandbox, token: AccessToken, check: Check, as_operator: Client
) -> None:
    check(token)
    page = text(as_operator.post(url("check", token), follow=True))
    assert "deploy-bot is being checked." in page
    assert AccessToken.objects.due(timezone.now()).exists()

    hub.fault(429, path="/api/whoami-v2", seconds=100)
    check(token)
    page = text(as_operator.post(url("check", token), follow=True))
    assert "Hugging Face limits how often it may be asked." in page


# Who may


@pytest.mark.parametrize("name", ["rename", "replace", "delete"])
def test_operators_do_not_change_tokens(token: AccessToken, as_operator: Client, name: str) -> None:
    assert as_operator.get(url(name, token)).status_code == 403
    assert as_operator.post(url(name, token), {}).status_code == 403
    assert as_operator.get(url("add")).status_code == 403


def test_viewers_do_not_have_it_checked(token: AccessToken, as_viewer: Client) -> None:
    assert as_viewer.post(url("check", token)).status_code == 403


def test_the_token_of_another_organization_does_not_exist(
    token: AccessToken, outsider: User, as_outsider: Client
) -> None:
    theirs = reverse("tokens:detail", args=["umbrella", token.pk])
    assert as_outsider.get(theirs).status_code == 404
    assert as_outsider.get(url("detail", token)).status_code == 404
    for name in ("rename", "replace", "delete", "check"):
        address = reverse(f"tokens:{name}", args=["umbrella", token.pk])
        assert as_outsider.post(address, {}).status_code == 404


# Secrets


def test_the_secret_is_in_no_page_no_log_and_no_record(
    hub: Sandbox,
    organization: Organization,
    as_admin: Client,
    check: Check,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    value = hub.add_token("ada", scopes={"ada": EVERYTHING})
    add(as_admin, token=value)
    token = check(AccessToken.objects.get())
    pages = [as_admin.get(url("list"))]
    pages += [as_admin.get(url(n, token)) for n in ("detail", "rename", "replace", "delete")]
    pages += [add(as_admin, name="again", token=value)]
    pages += [as_admin.post(url("replace", token), {"token": value, "version": 0})]
    for page in pages:
        assert value not in text(page)
    printed = capfd.readouterr()
    assert value not in caplog.text + printed.out + printed.err
    assert value not in str(list(Record.objects.values()))
