"""What counts a guess, and that nothing the guesser sends begins the count anew."""

from types import SimpleNamespace

import pytest
from django.test import Client, RequestFactory

from hfadmin.accounts import rate_limits
from hfadmin.accounts.adapter import Adapter
from hfadmin.accounts.models import User
from hfadmin.vault import Secret

SIGN_IN = "/accounts/login/"
CHANGE = "/accounts/password/change/"
WRONG = {"login": "ada@acme.test", "password": "wrong"}
RIGHT = {"login": "ada@acme.test", "password": "correct horse"}
HEADERS = [
    "Host",
    "X-Forwarded-Host",
    "X-Forwarded-For",
    "X-Forwarded-Port",
    "X-Real-IP",
    "Forwarded",
    "Cf-Connecting-IP",
    "User-Agent",
    "Accept-Language",
    "Cookie",
]


def varied(header: str, number: int) -> dict[str, str]:
    value = f"localhost:{8000 + number}" if header.endswith("Host") else f"192.0.2.{number}"
    return {header: value}


@pytest.mark.parametrize("header", HEADERS)
def test_an_account_is_counted_whatever_a_header_says(header: str, admin: User) -> None:
    for number in range(5):
        Client().post(SIGN_IN, WRONG, headers=varied(header, number))

    response = Client().post(SIGN_IN, RIGHT, headers=varied(header, 9))

    assert response.status_code == 422
    assert "Too many" in response.content.decode()


@pytest.mark.parametrize("header", HEADERS)
def test_an_address_is_counted_whatever_a_header_says(header: str, admin: User) -> None:
    for number in range(10):
        typed = {"login": f"{number}@acme.test", "password": "wrong"}
        Client().post(SIGN_IN, typed, headers=varied(header, number))

    assert "Too many" in Client().post(SIGN_IN, RIGHT, headers=varied(header, 99)).content.decode()


def test_an_account_is_counted_from_all_addresses_together(admin: User) -> None:
    for number in range(5):
        Client().post(SIGN_IN, WRONG, REMOTE_ADDR=f"192.0.2.{number}")

    assert "Too many" in Client().post(SIGN_IN, RIGHT, REMOTE_ADDR="192.0.2.99").content.decode()


@pytest.mark.parametrize(
    "spelling", ["ADA@ACME.test", " ada@acme.test ", "Ada@acme.TEST", "aDa@acme.test\u00a0"]
)
def test_every_spelling_that_signs_in_is_one_account(spelling: str, admin: User) -> None:
    for _ in range(5):
        Client().post(SIGN_IN, WRONG | {"login": spelling})

    assert "Too many" in Client().post(SIGN_IN, RIGHT).content.decode()


def test_letters_that_fold_to_one_another_lead_to_one_count(db: None) -> None:
    User.objects.create_user("kim@acme.test", Secret("correct horse"))

    assert rate_limits.account_key("\u212aim@acme.test") == rate_limits.account_key("kim@acme.test")
    assert rate_limits.account_key("\uff4eo@acme.test") == rate_limits.account_key("NO@acme.test")


def test_the_proxy_s_word_counts_and_not_what_a_client_wrote_before_it(
    settings: SimpleNamespace,
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    request = RequestFactory().post("/", HTTP_X_FORWARDED_FOR="6.6.6.6, 192.0.2.7:50123")

    assert Adapter().get_client_ip(request) == "192.0.2.7"


def test_without_a_proxy_what_is_forwarded_is_not_believed() -> None:
    request = RequestFactory().post("/", HTTP_X_FORWARDED_FOR="192.0.2.7", REMOTE_ADDR="192.0.2.1")

    assert Adapter().get_client_ip(request) == "192.0.2.1"


def test_people_on_a_socket_for_both_families_are_counted_each_by_their_address(
    admin: User,
) -> None:
    for number in range(10):
        typed = {"login": f"{number}@acme.test", "password": "wrong"}
        Client().post(SIGN_IN, typed, REMOTE_ADDR="::ffff:192.0.2.1")

    assert Client().post(SIGN_IN, RIGHT, REMOTE_ADDR="::ffff:192.0.2.2").status_code == 302


def test_a_session_left_open_is_no_way_to_guess_the_password(as_admin: Client) -> None:
    new = {"password1": "another long sentence", "password2": "another long sentence"}
    for _ in range(5):
        assert as_admin.post(CHANGE, new | {"oldpassword": "wrong"}).status_code == 422

    assert as_admin.post(CHANGE, new | {"oldpassword": "correct horse"}).status_code == 429
