"""A token is entered: what is taken, and what is refused."""

import pytest
from django.test import Client

from hfadmin.accounts.models import Organization
from hfadmin.sandbox import Sandbox
from hfadmin.vault import Secret
from providers.tokens.models import AccessToken
from tests.providers.tokens.pages import add, text, url

pytestmark = pytest.mark.django_db


def test_an_administrator_adds_a_token_and_sees_its_page(
    hub: Sandbox, organization: Organization, as_admin: Client
) -> None:
    response = add(as_admin)
    token = AccessToken.objects.get()
    assert response.status_code == 302
    assert response.url == url("detail", token)
    assert token.secret == Secret("hf_abcdefgh1234")
    page = text(as_admin.get(response.url))
    assert "deploy-bot is stored and is being checked." in page
    assert "Not checked yet" in page


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("", "Enter the access token."),
        ("   \n", "Enter the access token."),
        ("hf_abcd efgh1234", "There is a space or a line break within it."),
        ("hf_abcdefgh1234é", "consists of plain letters and digits"),
        ("hf_abcd\u202eefgh1234", "consists of plain letters and digits"),
        ("hf_" + "x" * 10_237, "This text has 10,240 characters"),
        ("api_org_abcdefgh1234", "Make a fine-grained user token"),
        ("sk-abcdefgh1234", "starts with hf_"),
        ("<script>hf_</script>", "starts with hf_"),
        ("hf_", "consists of plain letters and digits"),
        (f"hf_{'a' * 34} hf_{'b' * 34}", "There is more than one access token in this text."),
        (f"hf_{'a' * 34}hf_{'b' * 34}", "There is more than one access token in this text."),
        (f"A=hf_{'a' * 34}\nB=api_org_{'b' * 34}", "There is more than one access token"),
    ],
)
def test_what_cannot_be_a_token_is_refused_at_its_field_and_not_shown_again(
    organization: Organization, as_admin: Client, value: str, sentence: str
) -> None:
    response = add(as_admin, token_name="my bot", token=value)
    assert response.status_code == 422
    assert sentence in response.context["form"].errors["token"][0]
    assert 'aria-invalid="true"' in response.content.decode()
    assert 'value="my bot"' in response.content.decode()
    if value.strip() not in {"", "hf_"}:
        assert value.strip() not in text(response)
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize("pasted", ["{}.", "({})", '{{"token": "{}"}}', "--token {}"])
def test_what_was_copied_along_with_a_token_is_not_stored(
    hub: Sandbox, organization: Organization, as_admin: Client, pasted: str
) -> None:
    token = f"hf_{'aB3x' * 8}zz"
    assert add(as_admin, token=pasted.format(token)).status_code == 302
    assert AccessToken.objects.get().secret == Secret(token)


@pytest.mark.parametrize("name", ["", "a\u202eb", "a\u200bb", "<b>bold</b>", "x" * 81, "a\x00b"])
def test_a_name_that_would_not_show_as_typed_is_refused(
    organization: Organization, as_admin: Client, name: str
) -> None:
    response = add(as_admin, token_name=name)
    assert response.status_code == 422
    assert "token_name" in response.context["form"].errors


def test_a_persian_name_with_its_joiner_is_a_name(
    organization: Organization, as_admin: Client
) -> None:
    assert add(as_admin, token_name="توکن\u200cها").status_code == 302


def test_the_same_token_again_is_refused_with_the_name_that_it_has(
    organization: Organization, as_admin: Client
) -> None:
    add(as_admin)
    response = add(as_admin, token_name="another")
    assert response.status_code == 422
    assert "This token is stored already, as “deploy-bot”." in text(response)


def test_a_name_that_is_taken_is_told_at_the_name(
    organization: Organization, as_admin: Client
) -> None:
    add(as_admin)
    response = add(as_admin, token="hf_zyxwvuts9876")
    assert response.status_code == 422
    assert "Another token has this name." in response.context["form"].errors["token_name"][0]
    assert "hf_zyxwvuts9876" not in text(response)


def test_the_form_links_to_hugging_faces_and_says_how_tokens_are_stored(
    organization: Organization, as_admin: Client
) -> None:
    page = text(as_admin.get(url("add")))
    assert "https://sandbox.test/settings/tokens/new?tokenType=fineGrained" in page
    assert "Encrypted with this installation's own keys" in page
