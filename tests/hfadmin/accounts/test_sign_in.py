import pytest
from django.test import Client

from hfadmin.accounts.models import User
from hfadmin.vault import Secret

SIGN_IN = "/accounts/login/"


def test_e_mail_in_any_case_and_the_password_sign_in(client: Client, admin: User) -> None:
    response = client.post(SIGN_IN, {"login": "ADA@acme.test", "password": "correct horse"})

    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.get("/", follow=False)["Location"] == "/o/acme/"


def test_a_wrong_password_is_told_without_saying_which_part_was_wrong(
    client: Client, admin: User
) -> None:
    known = client.post(SIGN_IN, {"login": "ada@acme.test", "password": "wrong"})
    unknown = client.post(SIGN_IN, {"login": "eve@acme.test", "password": "wrong"})

    assert known.status_code == unknown.status_code == 422
    assert "not correct" in known.content.decode()
    assert "not correct" in unknown.content.decode()


def test_guessing_is_slowed_down(client: Client, admin: User) -> None:
    for _ in range(5):
        client.post(SIGN_IN, {"login": "ada@acme.test", "password": "wrong"})

    response = client.post(SIGN_IN, {"login": "ada@acme.test", "password": "correct horse"})

    assert response.status_code == 422
    assert "Too many" in response.content.decode()


def test_too_many_attempts_from_one_address_are_answered_with_429(
    client: Client, admin: User
) -> None:
    answers = [
        client.post(SIGN_IN, {"login": f"{n}@acme.test", "password": "wrong"}).status_code
        for n in range(31)
    ]

    assert answers[-1] == 429


def test_a_page_that_was_asked_for_is_shown_after_the_sign_in(client: Client, admin: User) -> None:
    first = client.get("/o/acme/settings/")
    assert first["Location"] == "/accounts/login/?next=/o/acme/settings/"

    credentials = {"login": "ada@acme.test", "password": "correct horse"}
    response = client.post(SIGN_IN, credentials | {"next": "/o/acme/settings/"})

    assert response["Location"] == "/o/acme/settings/"


@pytest.mark.parametrize("elsewhere", ["https://evil.test/", "//evil.test", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site(client: Client, admin: User, elsewhere: str) -> None:
    credentials = {"login": "ada@acme.test", "password": "correct horse", "next": elsewhere}

    assert client.post(SIGN_IN, credentials)["Location"] == "/"


@pytest.mark.parametrize(
    "path", ["/accounts/signup/", "/accounts/password/reset/", "/accounts/email/"]
)
def test_there_is_no_sign_up_and_no_reset_by_mail(client: Client, admin: User, path: str) -> None:
    client.force_login(admin)

    assert client.get(path).status_code == 404


def test_signing_out_takes_a_post(as_admin: Client) -> None:
    assert as_admin.get("/accounts/logout/").status_code == 200
    assert as_admin.get("/o/acme/settings/").status_code == 200

    as_admin.post("/accounts/logout/")

    assert as_admin.get("/o/acme/settings/").status_code == 302


def test_changing_the_password_ends_the_other_sessions(as_admin: Client, admin: User) -> None:
    other = Client()
    other.force_login(admin)
    new = {"password1": "another long sentence", "password2": "another long sentence"}

    wrong = as_admin.post("/accounts/password/change/", new | {"oldpassword": "wrong"})
    right = as_admin.post("/accounts/password/change/", new | {"oldpassword": "correct horse"})

    assert (wrong.status_code, right.status_code) == (422, 302)
    assert as_admin.get("/o/acme/settings/").status_code == 200
    assert other.get("/o/acme/settings/").status_code == 302


def test_somebody_without_an_organization_is_told_what_to_do(client: Client, db: None) -> None:
    client.force_login(User.objects.create_user("eve@acme.test", Secret("correct horse")))

    page = client.get("/").content.decode()

    assert "hfadmin person add eve@acme.test" in page


def test_an_account_that_is_switched_off_cannot_sign_in(client: Client, admin: User) -> None:
    User.objects.filter(pk=admin.pk).update(is_active=False)

    client.post(SIGN_IN, {"login": "ada@acme.test", "password": "correct horse"})

    assert client.get("/o/acme/settings/").status_code == 302
