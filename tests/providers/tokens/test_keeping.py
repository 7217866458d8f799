"""Adding, replacing, renaming, deleting; and that nothing of it writes a secret down."""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from hfadmin.accounts.models import Organization, User
from hfadmin.audit.actors import COMMAND, Actor
from hfadmin.audit.models import Record
from hfadmin.sandbox import Sandbox
from hfadmin.vault import Secret
from providers.tokens import operations
from providers.tokens.models import AccessToken, Namespace
from providers.tokens.operations import NewToken
from tests.providers.tokens.conftest import Check
from tests.providers.tokens.helpers import add_model

pytestmark = pytest.mark.django_db


def test_a_new_token_is_unchecked_and_due(token: AccessToken) -> None:
    assert token.state == "unchecked"
    assert AccessToken.objects.due(timezone.now()).filter(pk=token.pk).exists()
    assert token.last_four == token.secret.last_four


def test_the_same_token_twice_is_recognised_by_name(
    token: AccessToken, organization: Organization, admin: User
) -> None:
    with pytest.raises(operations.AlreadyStoredError) as refused:
        operations.add(organization, NewToken("another name", token.secret), Actor.person(admin))
    assert refused.value.token == token


def test_a_second_click_on_save_stores_nothing_and_gives_the_first_one_back(
    token: AccessToken, organization: Organization, admin: User
) -> None:
    assert (
        operations.add(organization, NewToken(token.name, token.secret), Actor.person(admin))
        == token
    )
    assert Record.objects.filter(verb="token.added").count() == 1


def test_a_name_that_is_taken_is_refused(
    token: AccessToken, organization: Organization, admin: User
) -> None:
    with pytest.raises(operations.NameTakenError):
        operations.add(
            organization,
            NewToken(token.name, Secret("hf_another_one")),
            Actor.person(admin),
        )


def test_another_organization_may_store_the_same_token(token: AccessToken, admin: User) -> None:
    other = Organization.objects.create(name="Other", slug="other")
    assert (
        operations.add(other, NewToken(token.name, token.secret), Actor.person(admin)).organization
        == other
    )


def test_replacing_puts_the_new_one_in_place_with_what_it_can_do(
    hub: Sandbox, token: AccessToken, check: Check, admin: User
) -> None:
    check(token)
    hub.add_user("grace")
    value = hub.add_token("grace", role="write")
    operations.replace(token, Secret(value), Actor.person(admin))
    token = AccessToken.objects.get()
    assert token.secret == Secret(value)
    assert (token.state, token.owner, token.last_four) == ("valid", "grace", value[-4:])
    assert [access.namespace.name for access in token.accesses.all()] == ["grace"]
    assert Record.objects.get(verb="token.replaced").detail == {"owner": "grace"}


@pytest.mark.parametrize("fault", ["401", "500", "429"])
def test_the_old_one_stays_where_the_new_one_is_not_accepted(
    hub: Sandbox, token: AccessToken, admin: User, fault: str
) -> None:
    old = token.secret
    hub.fault(fault, path="/api/whoami-v2")
    with pytest.raises(operations.TokenRefusedError):
        operations.replace(token, Secret(hub.add_token("ada")), Actor.person(admin))
    assert AccessToken.objects.get().secret == old
    assert not Record.objects.filter(verb="token.replaced").exists()


def test_replacing_by_a_stored_one_is_refused_with_its_name(
    token: AccessToken, admin: User
) -> None:
    with pytest.raises(operations.AlreadyStoredError) as refused:
        operations.replace(token, token.secret, Actor.person(admin))
    assert refused.value.token == token


def test_a_check_of_the_old_one_does_not_write_over_its_replacement(
    hub: Sandbox, token: AccessToken, admin: User
) -> None:
    lease = AccessToken.objects.all().claim().lease
    operations.replace(token, Secret(hub.add_token("ada", role="read")), Actor.person(admin))
    assert not operations.check(token.pk, lease)


def test_two_people_editing_do_not_write_over_each_other(
    hub: Sandbox, token: AccessToken, admin: User
) -> None:
    seen_by_both = AccessToken.objects.get()
    operations.rename(token, "first", Actor.person(admin))
    with pytest.raises(operations.ChangedMeanwhileError):
        operations.rename(seen_by_both, "second", Actor.person(admin))
    with pytest.raises(operations.ChangedMeanwhileError):
        operations.replace(seen_by_both, Secret(hub.add_token("ada")), Actor.person(admin))
    assert AccessToken.objects.get().name == "first"


def test_renaming_to_the_same_name_leaves_no_trace(token: AccessToken, admin: User) -> None:
    operations.rename(token, token.name, Actor.person(admin))
    assert not Record.objects.filter(verb="token.renamed").exists()


def test_deleting_keeps_models_and_namespaces(
    token: AccessToken, check: Check, admin: User
) -> None:
    check(token)
    model = add_model(token)
    operations.delete(token, Actor.person(admin))
    model.refresh_from_db()
    assert model.token is None
    assert Namespace.objects.count() == 2
    assert Record.objects.get(verb="token.deleted").detail == {"models": 1}


def test_asking_now_makes_the_token_due(token: AccessToken, check: Check, admin: User) -> None:
    token = check(token)
    operations.check_now(token, Actor.person(admin))
    assert AccessToken.objects.due(timezone.now()).exists()


def test_the_secret_is_in_no_record_no_argument_and_no_stored_answer(
    hub: Sandbox, token: AccessToken, check: Check, admin: User
) -> None:
    value = token.secret.reveal()
    hub.fault(403, path="/api/whoami-v2", text=f"refused {value}")
    token = check(token)
    assert value not in str(token.problem)
    assert value not in str(list(Record.objects.values()))
    assert value not in str(AccessToken.objects.values().get())


def test_a_worker_is_told_which_row_and_nothing_else(
    hub: Sandbox,
    organization: Organization,
    django_capture_on_commit_callbacks: Any,
) -> None:
    queue = Path(settings.BROKER_DIR) / "queue"
    before = set(queue.glob("*")) if queue.exists() else set()
    value = hub.add_token("ada")
    with django_capture_on_commit_callbacks(execute=True):
        token = operations.add(organization, NewToken("bot", Secret(value)), COMMAND)
    (message,) = set(queue.glob("*")) - before
    args, kwargs, _ = json.loads(b64decode(json.loads(message.read_text())["body"]))
    assert (args, kwargs) == ([[str(token.pk)]], {})
    assert value not in message.read_text()
    message.unlink()
