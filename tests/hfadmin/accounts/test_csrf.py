"""A form that was open while somebody signed in anew: refused, and shown again as it was."""

from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from hfadmin.accounts.models import Organization, User
from tests.factories import stored_token

PAGE = "/o/acme/settings/"
SIGN_IN = "/accounts/login/"
HERE = {"Origin": "http://testserver"}


@pytest.fixture
def first_tab(admin: User) -> tuple[Client, str]:
    """A browser, and the safety code of a form in its first tab; in another tab somebody has
    signed out and in again."""
    browser = Client(enforce_csrf_checks=True)
    signs_in(browser, admin)
    code = code_of(browser.get(PAGE).content.decode())
    signs_out(browser)
    signs_in(browser, admin)
    return browser, code


def test_the_form_is_shown_again_filled_and_nothing_is_done(
    first_tab: tuple[Client, str], organization: Organization
) -> None:
    browser, code = first_tab

    answer = browser.post(
        PAGE, {"name": "A better name", "csrfmiddlewaretoken": code}, headers=HERE, follow=True
    )

    page = answer.content.decode()
    assert answer.redirect_chain == [(PAGE, 302)]
    assert 'value="A better name"' in page
    assert "It is not saved yet" in page
    organization.refresh_from_db()
    assert organization.name == "ACME"


def test_the_form_that_is_shown_again_can_be_saved(
    first_tab: tuple[Client, str], organization: Organization
) -> None:
    browser, code = first_tab
    typed = {"name": "A better name"}
    shown = browser.post(
        PAGE, typed | {"csrfmiddlewaretoken": code}, headers=HERE, follow=True
    ).content.decode()

    browser.post(PAGE, typed | {"csrfmiddlewaretoken": code_of(shown)}, headers=HERE)

    organization.refresh_from_db()
    assert organization.name == "A better name"


def test_a_token_is_not_kept_meanwhile(first_tab: tuple[Client, str]) -> None:
    browser, code = first_tab
    typed = {"token_name": "ci", "token": "hf_" + "a" * 34, "csrfmiddlewaretoken": code}

    page = browser.post("/o/acme/tokens/add/", typed, headers=HERE, follow=True).content.decode()

    assert 'value="ci"' in page
    assert "hf_aaaa" not in page
    assert "hf_aaaa" not in str([session.get_decoded() for session in Session.objects.all()])


def test_a_form_of_nothing_but_a_secret_says_why_it_is_shown_again(
    first_tab: tuple[Client, str], organization: Organization
) -> None:
    browser, code = first_tab
    token = stored_token(organization, "ci", "hf_" + "b" * 34)
    page = f"/o/acme/tokens/{token.pk}/replace/"
    typed = {"token": "hf_" + "a" * 34, "version": "0", "csrfmiddlewaretoken": code}

    shown = browser.post(page, typed, headers=HERE, follow=True).content.decode()

    assert "Tokens and passwords have to be entered again" in shown
    assert "hf_aaaa" not in shown


def test_signed_out_in_another_tab_the_form_waits_behind_the_sign_in(
    first_tab: tuple[Client, str], admin: User
) -> None:
    browser, code = first_tab
    signs_out(browser)

    answer = browser.post(
        PAGE, {"name": "A better name", "csrfmiddlewaretoken": code}, headers=HERE
    )
    assert answer["Location"] == f"{SIGN_IN}?next={PAGE}"
    signs_in(browser, admin)

    assert 'value="A better name"' in browser.get(PAGE).content.decode()


def test_after_the_password_was_changed_elsewhere_nothing_typed_is_lost(
    first_tab: tuple[Client, str], admin: User
) -> None:
    browser, _code = first_tab
    code = code_of(browser.get(PAGE).content.decode())
    admin.set_password("another long sentence")
    admin.save()

    browser.post(PAGE, {"name": "A better name", "csrfmiddlewaretoken": code}, headers=HERE)
    signs_in(browser, admin, "another long sentence")

    assert 'value="A better name"' in browser.get(PAGE).content.decode()


def test_a_mere_button_is_to_be_pressed_once_more(first_tab: tuple[Client, str]) -> None:
    browser, code = first_tab
    page = {"Referer": "http://testserver/o/acme/tokens/"}

    answer = browser.post(
        f"/o/acme/tokens/{uuid4()}/check/",
        {"csrfmiddlewaretoken": code},
        headers=HERE | page,
        follow=True,
    )

    assert answer.redirect_chain == [("/o/acme/tokens/", 302)]
    assert "Nothing was changed" in answer.content.decode()


def test_the_sign_in_of_a_second_tab_goes_on_where_one_is_signed_in(admin: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    code = code_of(browser.get(SIGN_IN).content.decode())
    signs_in(browser, admin)

    answer = browser.post(
        SIGN_IN,
        {"login": admin.email, "password": "correct horse", "csrfmiddlewaretoken": code},
        headers=HERE,
        follow=True,
    )

    assert answer.redirect_chain[-1][0] == "/o/acme/"


def test_a_script_is_led_to_the_form(first_tab: tuple[Client, str]) -> None:
    browser, code = first_tab

    answer = browser.post(
        PAGE,
        {"name": "A better name", "csrfmiddlewaretoken": code},
        headers=HERE | {"HX-Request": "true"},
    )

    assert answer.status_code == 204
    assert answer["HX-Redirect"] == PAGE
    assert 'value="A better name"' in browser.get(PAGE).content.decode()


@pytest.mark.parametrize("origin", ["https://evil.test", "null", "http://testserver.evil.test", ""])
def test_what_another_site_sends_is_refused_and_not_kept(
    first_tab: tuple[Client, str], origin: str, organization: Organization
) -> None:
    browser, _code = first_tab
    headers = {"Origin": origin} if origin else {}

    answer = browser.post(PAGE, {"name": "Filled in by evil"}, headers=headers)

    assert answer.status_code == 403
    assert "Filled in by evil" not in browser.get(PAGE).content.decode()
    organization.refresh_from_db()
    assert organization.name == "ACME"


def test_a_browser_without_cookies_is_told_so(admin: User) -> None:
    browser = Client(enforce_csrf_checks=True)

    for page in (PAGE, SIGN_IN):
        answer = browser.post(page, {"name": "x"}, headers=HERE)
        assert answer.status_code == 403
        assert "cookies are blocked" in answer.content.decode()
    assert not Session.objects.exists()


def signs_in(browser: Client, user: User, password: str = "correct horse") -> None:
    code = code_of(browser.get(SIGN_IN).content.decode())
    typed = {"login": user.email, "password": password, "csrfmiddlewaretoken": code}
    assert browser.post(SIGN_IN, typed, headers=HERE).status_code == 302
    browser.get("/", follow=True)


def signs_out(browser: Client) -> None:
    code = code_of(browser.get("/accounts/logout/").content.decode())
    browser.post("/accounts/logout/", {"csrfmiddlewaretoken": code}, headers=HERE)
    assert not browser.cookies[settings.SESSION_COOKIE_NAME].value


def code_of(page: str) -> str:
    return page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
