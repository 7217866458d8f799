"""Every route by every method by everybody, against the table. A route that it lacks fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import Any
from uuid import UUID

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from hfadmin.accounts.models import Membership, Organization, Role, User
from hfadmin.audit.actors import COMMAND
from hfadmin.sandbox import Sandbox
from providers.catalog.models import ProviderModel, Verification
from providers.catalog.setups import EndpointType, ModelType
from providers.endpoints.lifecycle import asking, batches
from providers.endpoints.lifecycle.verbs import VERBS
from providers.endpoints.models import Endpoint
from providers.tokens.models import Namespace, NamespaceAccess
from tests.conftest import SignIn
from tests.factories import stored_token
from tests.route_table import (
    ADMIN,
    NOBODY,
    OF_NO_ROW,
    OPERATOR,
    PART_OF_A_FORM,
    ROUTES,
    SIGN_IN,
    VERB_FOR_MANY,
    VIEWER,
)

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
PEOPLE = ("anonymous", "outsider", "removed", "viewer", "operator", "admin")


# What a person is to the organization whose pages are asked for.
STANDING = {
    "anonymous": NOBODY,
    "outsider": SIGN_IN,
    "removed": SIGN_IN,
    "viewer": VIEWER,
    "operator": OPERATOR,
    "admin": ADMIN,
}


# Who is set up is not set up again: the page is gone for everybody.
GONE = {"accounts:setup"}
ANSWERED = {200, 302, 303, 422}
READING = ("SELECT ", "SAVEPOINT ", "RELEASE SAVEPOINT ", "ROLLBACK TO SAVEPOINT ")

Rows = dict[str, dict[str, Any]]


def routes(
    patterns: list[URLPattern | URLResolver],
    namespace: str = "",
    holds: frozenset[str] = frozenset(),
) -> Iterator[tuple[str, frozenset[str]]]:
    """Each route's name, and the names of what its address holds."""
    for pattern in patterns:
        held = holds | set(pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from routes(pattern.url_patterns, namespace + inner, held)
        else:
            assert pattern.name, f"{pattern.pattern} has no name"
            yield namespace + pattern.name, held


@pytest.fixture
def rows(organization: Organization, outsider: User) -> dict[str, Rows]:
    """One row of each kind in the organization, and in the outsider's."""
    return {
        "acme": filled(organization),
        "umbrella": filled(outsider.memberships.get().organization),
    }


def filled(organization: Organization) -> Rows:
    token = stored_token(organization, "ci", f"hf_{organization.slug:x<34}")
    namespace = Namespace.objects.create(organization=organization, name="hub", kind="org")
    NamespaceAccess.objects.create(
        token=token, namespace=namespace, abilities={"list": "yes", "manage": "yes"}
    )
    endpoint, paused, other = (
        namespace.endpoints.create(
            organization=organization, name=name, state=state, state_since=timezone.now()
        )
        for name, state in (("llama", "running"), ("mistral", "paused"), ("gemma", "running"))
    )
    action = asking.ask(paused, VERBS["resume"], COMMAND)
    batch = batches.ask(organization, VERBS["pause"], [other], COMMAND)
    assert batch is not None
    setup: dict[str, Any] = {
        "organization": organization,
        "model_type": ModelType.LLM,
        "name": "acme/llama",
        "endpoint_type": EndpointType.HOSTED,
        "token": token,
    }
    model = ProviderModel.objects.create(**setup)
    verification = Verification.objects.create(model=model, **setup)
    not_saved = Verification.objects.create(state="failed", **setup)
    return {
        "token": {"pk": token.pk},
        "namespace": {"pk": namespace.pk},
        "endpoint": {"namespace": "hub", "name": "llama"},
        "endpoint to act on": {"verb": "pause", "pk": endpoint.pk},
        "endpoint by its id": {"pk": endpoint.pk},
        "setting": {"setting": "replicas", "pk": endpoint.pk},
        VERB_FOR_MANY: {"verb": "pause"},
        PART_OF_A_FORM: {"part": "summary"},
        "action": {"pk": action.pk},
        "batch": {"pk": batch.pk},
        "model": {"pk": model.pk},
        "verification": {"pk": verification.pk},
        "not saved": {"pk": not_saved.pk},
        "": {},
    }


@pytest.fixture
def browser(person: str, request: pytest.FixtureRequest, sign_in: SignIn) -> Client:
    """The person's. A removed member was signed in while still belonging to the organization."""
    if person == "anonymous":
        return Client(raise_request_exception=False)
    name = {"removed": "operator"}.get(person, person)
    client = sign_in(request.getfixturevalue(name))
    client.raise_request_exception = False
    if person == "removed":
        Membership.objects.filter(user__email="grace@acme.test").delete()
    return client


def test_the_table_lists_every_route_and_no_other() -> None:
    assert {name for name, _ in routes(get_resolver().url_patterns)} == set(ROUTES)


@pytest.mark.usefixtures("sandbox", "admin")
@pytest.mark.parametrize("person", PEOPLE)
def test_each_route_answers_everybody_as_the_table_says(
    person: str, browser: Client, rows: dict[str, Rows]
) -> None:
    """Each request finds the rows and the cookies as the first one did."""
    cookies = SimpleCookie(browser.cookies)
    wrong = []
    for name, route in ROUTES.items():
        address = address_of(name, rows["acme"], "acme")
        for method in METHODS:
            browser.cookies = SimpleCookie(cookies)
            with transaction.atomic(), written() as statements:
                response = browser.generic(method, address)
                transaction.set_rollback(True)
            told = f"{name}: {method} {address}: {response.status_code}"
            if response.status_code not in expected(name, method, person):
                wrong.append(told)
            if method != "POST":
                wrong += [f"{told} wrote {statement}" for statement in statements]
            if person == "anonymous" and route.needs(method) not in {NOBODY, None}:
                assert response["Location"].startswith("/accounts/login/?next=/"), told
    assert not wrong, "\n".join(wrong)


@contextmanager
def written() -> Iterator[list[str]]:
    """The statements that change any table but that of the sessions."""
    statements: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(READING) and f'"{Session._meta.db_table}"' not in sql:
            statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield statements


def expected(name: str, method: str, person: str) -> set[int]:
    route, standing = ROUTES[name], STANDING[person]
    if method not in {"GET", "HEAD", "POST"}:
        return {405}
    public = NOBODY in {route.read, route.write}
    if person == "anonymous" and not public:
        return {302}
    needed = route.needs(method)
    if needed is None:
        return {405}
    if name in GONE:
        return {404}
    if standing >= needed:
        return ANSWERED | ({503} if name == "background:ready" else set())
    return {404} if standing < VIEWER else {403}


@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize(
    "name", [name for name, route in ROUTES.items() if route.row not in OF_NO_ROW]
)
def test_the_rows_of_another_organization_are_not_found_under_ones_own(
    name: str, as_admin: Client, rows: dict[str, Rows]
) -> None:
    if ROUTES[name].row == "endpoint":
        Endpoint.objects.filter(organization__slug="acme").delete()
    address = address_of(name, rows["umbrella"], "acme")

    for method in ("GET", "POST"):
        if ROUTES[name].needs(method) is not None:
            assert as_admin.generic(method, address).status_code == 404


@pytest.mark.parametrize("name", ["catalog:add", "catalog:edit"])
def test_ids_in_bodies_are_checked_as_those_in_addresses(
    name: str, as_admin: Client, rows: dict[str, Rows], sandbox: Sandbox
) -> None:
    foreign: UUID = rows["umbrella"]["token"]["pk"]
    typed = {
        "model_type": "llm",
        "name": "acme/other",
        "endpoint_type": "hosted",
        "api_token": str(foreign),
        "form_key": "6f6f3f0e-6a5c-4a57-9a3c-0f0a6d8f4a11",
    }

    response = as_admin.post(address_of(name, rows["acme"], "acme"), typed)

    assert response.status_code == 422
    assert not Verification.objects.filter(organization__slug="acme", token=foreign).exists()
    assert not sandbox.requests


def test_the_first_role_that_may_is_the_one_that_the_access_rules_name() -> None:
    """The table's order of roles is that of the roles themselves."""
    assert [role.name for role in Role] == [need.name for need in (VIEWER, OPERATOR, ADMIN)]


def address_of(name: str, rows: Rows, slug: str) -> str:
    holds = dict(routes(get_resolver().url_patterns))[name]
    organization = {"organization": slug} if "organization" in holds else {}
    return reverse(name, kwargs=organization | rows[ROUTES[name].row])
