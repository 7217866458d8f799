"""A session that ended while somebody was filling in a form."""

import re
import time
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from hfadmin.accounts import account_cookie
from hfadmin.accounts.models import Organization, User

PAGE = "/o/acme/settings/"
SIGN_IN = "/accounts/login/"


@pytest.fixture
def signed_out(as_admin: Client) -> Client:
    """A browser that still has the cookie of a session that is over."""
    as_admin.get(PAGE)
    Session.objects.all().delete()
    return as_admin


def test_what_was_typed_waits_behind_the_sign_in(signed_out: Client, admin: User) -> None:
    response = signed_out.post(PAGE, {"name": "A better name"})
    assert response["Location"] == f"/accounts/login/?next={PAGE}"
    assert "What you typed is kept" in signed_out.get(response["Location"]).content.decode()

    signed_out.post(
        response["Location"], {"login": admin.email, "password": "correct horse", "next": PAGE}
    )

    assert 'value="A better name"' in signed_out.get(PAGE).content.decode()
    assert 'value="ACME"' in signed_out.get(PAGE).content.decode()


def test_nothing_was_changed_meanwhile(signed_out: Client, organization: Organization) -> None:
    signed_out.post(PAGE, {"name": "A better name"})

    organization.refresh_from_db()
    assert organization.name == "ACME"


def test_secrets_are_not_kept_but_the_choice_of_a_stored_token_is(signed_out: Client) -> None:
    choice = str(uuid4())
    typed = {
        "name": "x",
        "token": "hf_" + "a" * 34,
        "new_token": "whatever",
        "password": "secret",
        "oldpassword": "secret",
        "note": " hf_" + "b" * 34,
        "api_token": choice,
    }

    signed_out.post(PAGE, typed)

    (draft,) = signed_out.session["drafts"]
    assert draft["fields"] == {"name": "x", "api_token": choice}


def test_the_choice_of_a_new_token_is_no_secret(signed_out: Client) -> None:
    signed_out.post(PAGE, {"api_token": "new", "token_name": "ci"})

    (draft,) = signed_out.session["drafts"]
    assert draft["fields"] == {"api_token": "new", "token_name": "ci"}


def test_after_the_browser_forgot_the_session_with_the_server_the_form_is_as_it_was(
    signed_out: Client, admin: User
) -> None:
    del signed_out.cookies[settings.SESSION_COOKIE_NAME]

    signed_out.post(PAGE, {"name": "A better name"})
    signed_out.post(SIGN_IN, {"login": admin.email, "password": "correct horse"})

    page = signed_out.get(PAGE).content.decode()
    assert 'value="A better name"' in page
    assert "It is not saved yet" in page


def test_a_box_that_was_unchecked_stays_so(as_admin: Client, admin: User) -> None:
    add = "/o/acme/models/add/"
    assert "checked" in box(as_admin.get(add).content.decode(), "real_call")
    Session.objects.all().delete()

    as_admin.post(add, {"name": "acme/llama", "model_type": "llm"})
    as_admin.post(SIGN_IN, {"login": admin.email, "password": "correct horse"})

    page = as_admin.get(add).content.decode()
    assert 'value="acme/llama"' in page
    assert "checked" not in box(page, "real_call")


def test_the_forms_of_several_tabs_are_kept_but_only_the_latest_few(
    signed_out: Client, admin: User
) -> None:
    pages = [f"/o/acme/{name}/" for name in ("tokens/add", "models/add", "settings", "endpoints")]
    for page in [PAGE, *pages]:
        signed_out.post(page, {"name": f"typed at {page}"})

    assert [draft["path"] for draft in signed_out.session["drafts"]] == pages[1:]


def test_somebody_else_who_signs_in_there_does_not_see_it(
    signed_out: Client, operator: User
) -> None:
    signed_out.post(PAGE, {"name": "Not for Grace"})
    signed_out.post(SIGN_IN, {"login": operator.email, "password": "correct horse"})

    assert "Not for Grace" not in signed_out.get(PAGE).content.decode()
    assert "drafts" not in signed_out.session or not signed_out.session["drafts"]


@pytest.mark.parametrize(
    "name",
    [settings.SESSION_COOKIE_NAME, account_cookie.cookie_name()],
    ids=["session", "companion"],
)
@pytest.mark.parametrize("value", ["x" * 32, "1", "1:1wZ:forged", ""])
def test_a_cookie_that_is_not_ours_leaves_nothing_behind(
    client: Client, admin: User, name: str, value: str
) -> None:
    client.cookies[name] = value
    for _ in range(3):
        assert client.post(PAGE, {"name": "x" * 2000}).status_code == 302

    assert not Session.objects.exists()


def test_a_proof_that_is_too_old_is_none(
    signed_out: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_22_days = time.time() + 22 * 24 * 3600
    monkeypatch.setattr(time, "time", lambda: in_22_days)

    signed_out.post(PAGE, {"name": "x"})

    assert not Session.objects.exists()


def test_one_account_leaves_few_however_often_it_tries(signed_out: Client) -> None:
    for _ in range(15):
        signed_out.cookies[settings.SESSION_COOKIE_NAME] = ""
        signed_out.post(PAGE, {"name": "x"})

    assert Session.objects.count() == 10


def test_what_is_kept_is_gone_after_a_day(
    signed_out: Client, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_out.post(PAGE, {"name": "Forgotten"})
    assert Session.objects.get().expire_date <= timezone.now() + timedelta(days=1)
    signed_out.post(SIGN_IN, {"login": admin.email, "password": "correct horse"})

    tomorrow = time.time() + 24 * 3600 + 1
    monkeypatch.setattr(time, "time", lambda: tomorrow)

    assert "Forgotten" not in signed_out.get(PAGE).content.decode()


def test_a_mere_button_leads_back_to_its_page(signed_out: Client, admin: User) -> None:
    button = f"/o/acme/tokens/{uuid4()}/check/"
    list_page = "/o/acme/tokens/?page=2"

    answer = signed_out.post(button, headers={"Referer": f"http://testserver{list_page}"})

    assert answer["Location"] == f"{SIGN_IN}?{urlencode({'next': list_page}, safe='/')}"
    assert not Session.objects.exists()


@pytest.mark.parametrize("referer", ["https://evil.test/x", "http://testserver//evil.test/x"])
def test_nobody_leads_a_button_elsewhere(signed_out: Client, referer: str) -> None:
    answer = signed_out.post(f"/o/acme/tokens/{uuid4()}/check/", headers={"Referer": referer})

    assert not parse_qs(urlsplit(answer["Location"]).query)["next"][0].startswith(("//", "http"))


def test_a_stranger_leaves_nothing_behind(client: Client, admin: User) -> None:
    client.post(PAGE, {"name": "x"})

    assert not Session.objects.exists()
    assert settings.SESSION_COOKIE_NAME not in client.cookies


def test_too_much_is_not_kept(signed_out: Client) -> None:
    signed_out.post(PAGE, {"name": "x" * 9_000})
    signed_out.post(PAGE, {"x" * 9_000: "name"})

    assert not Session.objects.exists()


def test_a_script_is_told_so_that_the_page_can_say_it(signed_out: Client) -> None:
    response = signed_out.post(PAGE, {"name": "x"}, headers={"HX-Request": "true"})

    assert response.status_code == 401
    assert "Nothing was changed" in response.content.decode()
    assert "Sign in again" in response.content.decode()
    assert "Location" not in response


def box(page: str, name: str) -> str:
    """The tag of a check box."""
    found = re.search(rf'<input type="checkbox" name="{name}"[^>]*>', page)
    assert found is not None
    return found[0]
