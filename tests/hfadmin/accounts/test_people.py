"""Removing people, changing their roles, and letting them choose a new password."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from hfadmin.accounts import operations
from hfadmin.accounts.models import Membership, Organization, Role, User
from hfadmin.audit.actors import COMMAND
from hfadmin.audit.models import Record
from hfadmin.cli import main

HERE = ["--organization", "acme"]
PAGE = "/password/"
NEW = "another long sentence"


def test_who_is_removed_is_out_at_once_and_can_be_added_again(
    as_operator: Client, operator: User, admin: User, organization: Organization
) -> None:
    assert main(["person", "remove", "GRACE@acme.test", *HERE]) == 0

    assert as_operator.get("/o/acme/").status_code == 302
    assert not Membership.objects.filter(user=operator).exists()
    assert Record.objects.get().verb == "person.removed"
    assert main(["person", "add", operator.email, *HERE, "--role", "viewer"]) == 0


def test_other_people_stay_signed_in(as_admin: Client, operator: User) -> None:
    operations.remove_person(operator.memberships.get().organization, operator.email, COMMAND)

    assert as_admin.get("/o/acme/settings/").status_code == 200


def test_a_role_is_changed_once(operator: User, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert main(["person", "role", operator.email, *HERE, "--role", "viewer"]) == 0

    assert "is viewer in ACME now" in capsys.readouterr().out
    assert operator.memberships.get().role == Role.VIEWER
    assert Record.objects.get().detail == {"before": "operator", "role": "viewer"}


@pytest.mark.parametrize("command", [["remove"], ["role", "--role", "operator"]])
def test_the_last_administrator_stays_one(
    command: list[str], admin: User, operator: User, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["person", command[0], admin.email, *HERE, *command[1:]]) == 1

    assert "is the last administrator of ACME" in capsys.readouterr().err
    assert admin.memberships.get().role == Role.ADMIN


def test_one_who_is_switched_off_is_no_other_administrator(admin: User, operator: User) -> None:
    Membership.objects.filter(user=operator).update(role=Role.ADMIN)
    User.objects.filter(pk=operator.pk).update(is_active=False)

    with pytest.raises(ValidationError, match="last administrator"):
        operations.remove_person(admin.memberships.get().organization, admin.email, COMMAND)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_are_removed_at_once_do_not_both_go(
    organization: Organization, admin: User, operator: User
) -> None:
    Membership.objects.update(role=Role.ADMIN)
    barrier = Barrier(2)

    def remove(email: str) -> bool:
        barrier.wait()
        try:
            operations.remove_person(organization, email, COMMAND)
        except ValidationError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(remove, [admin.email, operator.email])) == [False, True]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["remove", "eve@x.test", *HERE], "There is no account eve@x.test"),
        (["remove", "mallory@umbrella.test", *HERE], "is not in ACME"),
        (["role", "ada@acme.test", "--organization", "x", "--role", "admin"], "no organization"),
        (["password-link", "eve@x.test"], "There is no account eve@x.test"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    arguments: list[str],
    said: str,
    admin: User,
    outsider: User,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["person", *arguments]) == 1
    assert said in capsys.readouterr().err


def test_a_link_lets_somebody_choose_a_new_password_once(
    as_admin: Client, admin: User, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["person", "password-link", admin.email]) == 0
    address, _, code = capsys.readouterr().out.partition("\n")[0].partition("#")
    browser = Client()

    answer = browser.post(PAGE, {"code": code, "password": NEW})

    assert address == "http://127.0.0.1:8000/password/"
    assert answer.status_code == 302
    assert browser.get("/o/acme/settings/").status_code == 200
    assert as_admin.get("/o/acme/settings/").status_code == 302
    again = Client().post(PAGE, {"code": code, "password": NEW})
    assert again.status_code == 422
    assert "Ask for a new one" in again.content.decode()
    verbs = Record.objects.order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["person.password_link_created", "person.password_replaced"]
    assert code not in str(list(Record.objects.values()))


def test_a_link_ends_with_a_day_a_sign_in_or_a_change_of_the_password(
    admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def code() -> str:
        return operations.new_password_link_code(admin.email, COMMAND)

    after_sign_in = code()
    Client().post("/accounts/login/", {"login": admin.email, "password": "correct horse"})
    assert operations.account_of_code(after_sign_in) is None

    after_change = code()
    admin.refresh_from_db()
    admin.set_password(NEW)
    admin.save()
    assert operations.account_of_code(after_change) is None

    assert operations.account_of_code(code()) == admin


@pytest.mark.parametrize("code", ["", "x", "1", "1-", "1-x-y", "9" * 30 + "-x", "-1-x", "\u0661-x"])
def test_what_is_no_code_changes_nothing(code: str, client: Client, admin: User) -> None:
    answer = client.post(PAGE, {"code": code, "password": NEW})

    assert answer.status_code == 422
    admin.refresh_from_db()
    assert admin.check_password("correct horse")


def test_codes_are_not_to_be_guessed(client: Client, admin: User) -> None:
    for _ in range(10):
        client.post(PAGE, {"code": f"{admin.pk}-x", "password": NEW})

    assert client.post(PAGE, {"code": f"{admin.pk}-x", "password": NEW}).status_code == 429


def test_a_poor_password_is_told_and_leaves_the_link_good(client: Client, admin: User) -> None:
    code = operations.new_password_link_code(admin.email, COMMAND)

    poor = client.post(PAGE, {"code": code, "password": "ada@acme.test"})

    assert poor.status_code == 422
    assert "too similar" in poor.content.decode()
    assert client.post(PAGE, {"code": code, "password": NEW}).status_code == 302
