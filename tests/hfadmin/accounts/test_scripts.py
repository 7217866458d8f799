"""Where an answer leads is told to a script in a header, and to a page by a redirect."""

import pytest
from django.test import Client
from django.urls import reverse

from hfadmin.accounts.models import Organization
from providers.tokens.models import AccessToken
from tests.factories import stored_token

LIST = "/o/acme/tokens/"
DELETED = "ci is deleted here."


@pytest.fixture
def token(organization: Organization) -> AccessToken:
    return stored_token(organization, "ci", "hf_" + "a" * 34)


def address(name: str, token: AccessToken) -> str:
    return reverse(f"tokens:{name}", args=["acme", token.pk])


def test_a_script_is_told_and_the_message_waits_for_the_page(
    token: AccessToken, as_admin: Client
) -> None:
    answer = as_admin.post(address("delete", token), headers={"HX-Request": "true"})

    assert answer.status_code == 204
    assert answer["HX-Redirect"] == LIST
    assert "Location" not in answer
    assert DELETED in as_admin.get(LIST).content.decode()
    assert DELETED not in as_admin.get(LIST).content.decode()


def test_a_page_is_redirected(token: AccessToken, as_admin: Client) -> None:
    answer = as_admin.post(address("delete", token))

    assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert "HX-Redirect" not in answer


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "dialog"])
@pytest.mark.parametrize("page", ["rename", "replace"])
def test_a_form_that_is_wrong_comes_back_with_what_a_dialog_shows_of_it(
    page: str, headers: dict[str, str], token: AccessToken, as_admin: Client
) -> None:
    opened = as_admin.get(address(page, token)).content.decode()
    answer = as_admin.post(address(page, token), {"version": 0}, headers=headers)

    assert "data-dialog-body" in opened
    assert answer.status_code == 422
    assert "data-dialog-body" in answer.content.decode()
    assert 'aria-invalid="true"' in answer.content.decode()


def test_an_address_without_its_last_slash_is_told_too(as_admin: Client) -> None:
    answer = as_admin.get(LIST.removesuffix("/"), headers={"HX-Request": "true"})

    assert (answer.status_code, answer["HX-Redirect"]) == (204, LIST)
