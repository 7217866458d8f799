"""A session that ended while somebody was filling in a form."""

from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from hfadmin.accounts.models import Organization, User

PAGE = "/o/acme/settings/"


@pytest.fixture
def signed_out(as_admin: Client) -> Client:
    """A browser that still has the cookie of a session that is over."""
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

    assert signed_out.session["draft"]["fields"] == {"name": "x", "api_token": choice}


def test_a_stranger_leaves_nothing_behind(client: Client, admin: User) -> None:
    client.post(PAGE, {"name": "x"})

    assert not Session.objects.exists()
    assert settings.SESSION_COOKIE_NAME not in client.cookies


def test_too_much_is_not_kept(signed_out: Client) -> None:
    signed_out.post(PAGE, {"name": "x" * 20_000})

    assert "draft" not in signed_out.session


@pytest.mark.parametrize("header", ["HX-Request", "Live-Version"])
def test_a_script_is_told_so_that_the_page_can_say_it(signed_out: Client, header: str) -> None:
    response = signed_out.post(PAGE, {"name": "x"}, headers={header: "true"})

    assert response.status_code == 401
    assert "Sign in again" in response.content.decode()
    assert "Location" not in response
