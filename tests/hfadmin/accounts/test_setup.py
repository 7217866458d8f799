from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from hfadmin.accounts import operations
from hfadmin.accounts.models import Organization, SetupCode, User
from hfadmin.audit.models import Record
from hfadmin.vault import Secret

PERSON = {"organization": "ACME", "email": "Ada@ACME.test", "password": "correct horse battery"}


@pytest.fixture
def code(db: None) -> str:
    code = operations.new_setup_code()
    assert code
    return code


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/o/acme/settings/", "/accounts/login/"])
def test_before_anybody_exists_every_page_leads_to_the_set_up(client: Client, path: str) -> None:
    response = client.get(path)

    assert (response.status_code, response["Location"]) == (302, "/setup/")


def test_the_code_makes_an_administrator_who_is_signed_in(client: Client, code: str) -> None:
    response = client.post("/setup/", PERSON | {"code": f" {code.lower().replace('-', ' ')} "})

    assert (response.status_code, response["Location"]) == (302, "/")
    membership = User.objects.get(email="ada@acme.test").memberships.get()
    assert (membership.organization.slug, membership.role) == ("acme", "admin")
    assert client.get("/o/acme/settings/").status_code == 200
    assert list(Record.objects.values_list("verb", flat=True)) == [
        "person.added",
        "organization.created",
    ]


def test_once_there_is_a_person_the_page_is_gone_and_no_code_is_made(
    client: Client, code: str
) -> None:
    client.post("/setup/", PERSON | {"code": code})

    assert Client().get("/setup/").status_code == 404
    assert Client().post("/setup/", PERSON | {"code": code}).status_code == 404
    assert operations.new_setup_code() is None


def test_a_wrong_code_is_told_at_its_field_and_keeps_what_was_typed(
    client: Client, code: str
) -> None:
    response = client.post("/setup/", PERSON | {"code": "AAAA-BBBB"})

    page = response.content.decode()
    assert response.status_code == 422
    assert "not the code" in page
    assert 'value="ACME"' in page
    assert not User.objects.exists()


def test_wrong_codes_slow_their_own_address_down_and_nobody_else(client: Client, code: str) -> None:
    for _ in range(30):
        client.post("/setup/", PERSON | {"code": "wrong"})

    slowed = client.post("/setup/", PERSON | {"code": code})
    elsewhere = client.post("/setup/", PERSON | {"code": code}, REMOTE_ADDR="192.0.2.9")

    assert slowed.status_code == 422
    assert "Try again in five minutes" in slowed.content.decode()
    assert 'value="ACME"' in slowed.content.decode()
    assert elsewhere.status_code == 302


def test_no_number_of_wrong_codes_from_anywhere_closes_the_page(client: Client, code: str) -> None:
    for host in range(30):
        client.post("/setup/", PERSON | {"code": "wrong"}, REMOTE_ADDR=f"192.0.2.{host}")

    assert client.post("/setup/", PERSON | {"code": code}).status_code == 302


def test_a_new_code_replaces_the_one_before(client: Client, code: str) -> None:
    newer = operations.new_setup_code()

    assert client.post("/setup/", PERSON | {"code": code}).status_code == 422
    assert client.post("/setup/", PERSON | {"code": newer}).status_code == 302


def test_without_a_printed_code_nobody_gets_in(client: Client, db: None) -> None:
    assert client.post("/setup/", PERSON | {"code": ""}).status_code == 422
    assert client.post("/setup/", PERSON | {"code": "x"}).status_code == 422
    assert not User.objects.exists()


def test_the_code_is_stored_as_a_hash(code: str) -> None:
    stored = SetupCode.objects.values().get()

    assert code not in str(stored)
    assert code.replace("-", "") not in str(stored)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("password", "short", "too short"),
        ("password", "ada@acme.test", "too similar"),
        ("email", "not an address", "valid email"),
        ("organization", " ", "required"),
    ],
)
def test_what_cannot_be_is_told_and_counts_as_no_guess(
    client: Client, code: str, field: str, value: str, said: str
) -> None:
    for _ in range(11):
        response = client.post("/setup/", PERSON | {"code": "wrong", field: value})

    assert response.status_code == 422
    assert said in response.content.decode()
    assert client.post("/setup/", PERSON | {"code": code}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_make_one_administrator() -> None:
    code = operations.new_setup_code()
    assert code
    barrier = Barrier(2)

    def try_it(email: str) -> str:
        barrier.wait()
        try:
            operations.set_up(
                code, email=email, password=Secret("correct horse"), organization=email
            )
        except operations.AlreadySetUpError:
            return "too late"
        finally:
            connection.close()
        return "made"

    with ThreadPoolExecutor(2) as both:
        outcomes = sorted(both.map(try_it, ["ada@acme.test", "eve@acme.test"]))

    assert outcomes == ["made", "too late"]
    assert (User.objects.count(), Organization.objects.count()) == (1, 1)


def test_the_environment_makes_the_first_administrator_once(db: None) -> None:
    assert operations.set_up_unattended("ada@acme.test", Secret("correct horse"))
    assert operations.set_up_unattended("eve@acme.test", Secret("correct horse")) is None

    assert User.objects.get().memberships.get().organization.name == "Acme"


def test_a_poor_password_in_the_environment_is_refused(db: None) -> None:
    with pytest.raises(ValidationError, match="too short"):
        operations.set_up_unattended("ada@acme.test", Secret("x"))
