"""Whatever a background task fails for: its row says so, is tried later, and holds no other up."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from hfadmin.accounts.models import Organization
from hfadmin.sandbox import Sandbox
from providers.catalog import operations as catalog
from providers.catalog.models import ProviderModel, Verification
from providers.endpoints import polling
from providers.tokens import operations as tokens
from providers.tokens.models import AccessToken, Namespace
from tests.factories import stored_token

# Real transactions: a statement that is refused inside of one spoils all of it.
pytestmark = pytest.mark.django_db(transaction=True)


class Refusing:
    """A database that refuses one kind of statement, as it does for a value out of its range."""

    def __init__(self, start: str) -> None:
        self.start = start

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(self.start):
            raise OverflowError("date value out of range")
        return execute(sql, params, many, context)


@pytest.fixture
def upstream(sandbox: Sandbox) -> Sandbox:
    sandbox.add_user("ada")
    sandbox.add_organization("acme-labs", members={"ada": "admin"})
    sandbox.add_endpoint("acme-labs", "chat")
    return sandbox


@pytest.fixture
def token(organization: Organization, upstream: Sandbox) -> AccessToken:
    rights = ["inference.endpoints.read"]
    value = upstream.add_token("ada", scopes={"acme-labs": rights, "ada": rights})
    return stored_token(organization, "ada", value, owner="ada", state="valid")


@pytest.fixture
def labs(organization: Organization, token: AccessToken) -> Namespace:
    labs = Namespace.objects.create(organization=organization, name="acme-labs", kind="org")
    token.accesses.create(namespace=labs, abilities={"list": "yes"})
    return labs


def run(operation: Any, rows: Any) -> None:
    rows.update(next_check_at=timezone.now())
    claim = rows.claim()
    for pk in claim.ids:
        operation(pk, str(claim.lease))


@pytest.fixture(params=["a statement is refused", "an exception"])
def broken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Something in the middle of a look at a namespace goes wrong."""
    if request.param == "an exception":
        from providers.endpoints.polling import reconcile

        monkeypatch.setattr(reconcile, "compare", lambda *_: 1 / 0)
        yield
        return
    with connection.execute_wrapper(Refusing('INSERT INTO "endpoints_hardware"')):
        yield


def test_a_look_that_fails_says_so_on_its_namespace(labs: Namespace, broken: None) -> None:
    for failures in (1, 2, 3):
        run(polling.check, Namespace.objects.all())
        labs.refresh_from_db()
        assert (labs.problem["kind"], labs.failures) == ("internal_error", failures)
        assert labs.lease_id is None
        assert labs.next_check_at is not None
        assert timedelta() < labs.next_check_at - timezone.now() <= timedelta(minutes=2)


def test_one_row_that_fails_leaves_the_others_alone(
    labs: Namespace, token: AccessToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    from providers.endpoints.polling import poll

    honest = poll._look
    other = Namespace.objects.create(organization=labs.organization, name="ada", kind="user")
    token.accesses.create(namespace=other, abilities={"list": "yes"})

    def look(namespace: Namespace) -> Any:
        if namespace.pk == labs.pk:
            raise RecursionError
        return honest(namespace)

    monkeypatch.setattr(poll, "_look", look)
    run(polling.check, Namespace.objects.all())
    assert Namespace.objects.get(problem={}).name == "ada"
    assert Namespace.objects.filter(problem={}, checked_at=None).count() == 0


def test_a_look_recovers_by_itself(labs: Namespace) -> None:
    with connection.execute_wrapper(Refusing('INSERT INTO "endpoints_hardware"')):
        run(polling.check, Namespace.objects.all())
    run(polling.check, Namespace.objects.all())
    labs.refresh_from_db()
    assert (labs.problem, labs.failures) == ({}, 0)


def test_a_check_of_a_token_that_fails_says_so_on_the_token(
    token: AccessToken, as_admin: Client, organization: Organization
) -> None:
    with connection.execute_wrapper(Refusing('INSERT INTO "tokens_namespaceaccess"')):
        run(tokens.check, AccessToken.objects.all())
    token.refresh_from_db()
    assert (token.state, token.problem["kind"]) == ("unreachable", "internal_error")
    assert (token.failures, token.lease_id) == (1, None)
    page = as_admin.get(f"/o/{organization.slug}/tokens/{token.pk}/").content.decode()
    assert "hfadmin itself failed" in page
    assert token.problem["params"]["number"] in page
    shown = as_admin.get(f"/o/{organization.slug}/").context["attention"]
    assert token.problem in [item.problem for item in shown]
    run(tokens.check, AccessToken.objects.all())
    token.refresh_from_db()
    assert (token.state, token.problem) == ("valid", {})


def test_a_check_of_a_model_that_fails_says_so_and_condemns_nothing(
    organization: Organization,
    token: AccessToken,
    as_admin: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from providers.catalog.operations import rechecking

    model = ProviderModel.objects.create(
        organization=organization,
        name="acme/coder",
        model_type="llm",
        endpoint_type="hosted",
        token=token,
        state="verified",
    )
    with monkeypatch.context() as patch:
        patch.setattr(rechecking, "existing_model", lambda *_: [][0])
        run(catalog.recheck, ProviderModel.objects.all())
    model.refresh_from_db()
    assert (model.state, model.problem) == ("verified", {})
    assert model.obstacle["kind"] == "internal_error"
    assert (model.failures, model.lease_id) == (1, None)
    assert model.next_check_at is not None
    assert model.next_check_at > timezone.now()
    page = as_admin.get(f"/o/{organization.slug}/models/").content.decode()
    assert "hfadmin itself failed" in page
    run(catalog.recheck, ProviderModel.objects.all())
    assert ProviderModel.objects.get().obstacle == {}


def test_a_save_that_fails_ends_with_a_diagnosis(
    organization: Organization, token: AccessToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    from providers.huggingface import client

    row = Verification.objects.create(
        organization=organization,
        name="acme/coder",
        model_type="llm",
        endpoint_type="hosted",
        token=token,
    )
    monkeypatch.setattr(client, "whoami", lambda *_: 1 / 0)
    run(catalog.verify, Verification.objects.open())
    row.refresh_from_db()
    assert (row.state, row.problem["kind"]) == ("failed", "internal_error")
    assert row.lease_id is None
    assert [step["state"] for step in row.steps][:2] == ["failed", "waiting"]


def test_where_the_failure_cannot_be_written_either_the_row_is_put_off(
    labs: Namespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from providers.endpoints.polling import poll

    monkeypatch.setattr(poll, "_look", lambda _: 1 / 0)
    monkeypatch.setattr(poll, "_record_failure", lambda *_: 1 / 0)
    run(polling.check, Namespace.objects.all())
    labs.refresh_from_db()
    soon = timezone.now() + timedelta(minutes=10)
    assert not Namespace.objects.due(soon).exists()
    assert Namespace.objects.due(soon + timedelta(minutes=10)).get() == labs
