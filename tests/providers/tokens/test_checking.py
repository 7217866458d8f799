"""One look at a token: what is written, and when the next one is."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from hfadmin.accounts.models import Organization
from hfadmin.audit.actors import COMMAND
from hfadmin.sandbox import Sandbox
from hfadmin.vault import Secret
from providers.tokens import checking, operations
from providers.tokens.models import AccessToken, Namespace
from providers.tokens.operations import NewToken
from providers.tokens.probing import probe_stored
from providers.tokens.xray import ENDPOINTS_CALL, ENDPOINTS_WRITE, SERVERLESS
from tests.providers.tokens.conftest import EVERYTHING, Check
from tests.providers.tokens.helpers import add_model, live_version, whoamis

pytestmark = pytest.mark.django_db


def test_a_check_tells_whose_it_is_and_what_it_reaches(token: AccessToken, check: Check) -> None:
    token = check(token)
    assert (token.state, token.owner, token.role) == ("valid", "ada", "fineGrained")
    assert token.created_upstream_at is not None
    reached = token.accesses.order_by("namespace__name")
    assert [access.namespace.name for access in reached] == ["acme", "ada"]
    assert reached[0].role_in_org == "admin"
    assert reached[0].abilities["manage"] == "yes"
    assert reached[1].abilities["list"] == "yes"


def test_namespaces_found_are_watched_and_due(token: AccessToken, check: Check) -> None:
    check(token)
    assert Namespace.objects.filter(watched=True, next_check_at__lte=timezone.now()).count() == 2


def test_a_namespace_that_is_switched_off_stays_so(
    token: AccessToken, organization: Organization, check: Check
) -> None:
    Namespace.objects.create(
        organization=organization, name="acme", kind="org", watched=False, next_check_at=None
    )
    check(token)
    acme = Namespace.objects.get(name="acme")
    assert (acme.watched, acme.next_check_at) == (False, None)


def test_a_namespace_no_longer_reached_is_let_go(
    hub: Sandbox, token: AccessToken, check: Check
) -> None:
    check(token)
    hub.state.organizations["acme"].members.clear()
    check(token)
    assert [access.namespace.name for access in token.accesses.all()] == ["ada"]
    assert Namespace.objects.filter(name="acme").exists()


def test_the_next_look_is_an_hour_away(token: AccessToken, check: Check) -> None:
    token = check(token)
    assert token.next_check_at is not None
    wait = token.next_check_at - timezone.now()
    assert timedelta(minutes=53) < wait < timedelta(minutes=67)


def test_the_next_look_is_at_the_expiry_where_that_is_sooner(
    hub: Sandbox, organization: Organization, check: Check
) -> None:
    soon = hub.clock.now() + timedelta(minutes=10)
    value = hub.add_token("ada", scopes={"ada": EVERYTHING}, expires_at=soon)
    token = check(operations.add(organization, NewToken("short", Secret(value)), COMMAND))
    assert token.state == "expiring"
    assert token.next_check_at is not None
    assert token.next_check_at - timezone.now() < timedelta(minutes=11)


@pytest.mark.parametrize(("days", "state"), [(13, "expiring"), (15, "valid")])
def test_expiring_is_within_two_weeks(
    hub: Sandbox, organization: Organization, check: Check, days: int, state: str
) -> None:
    expires = hub.clock.now() + timedelta(days=days)
    value = hub.add_token("ada", scopes={"ada": EVERYTHING}, expires_at=expires)
    token = check(operations.add(organization, NewToken("dated", Secret(value)), COMMAND))
    assert token.state == state
    assert token.expires_at is not None


@pytest.mark.parametrize(
    "scopes",
    [
        pytest.param({"ada": ["discussion.write"]}, id="good for nothing"),
        pytest.param({"ada": [ENDPOINTS_WRITE]}, id="deploys but cannot call"),
    ],
)
def test_limited_is_a_token_that_lacks_something_needed(
    hub: Sandbox, organization: Organization, check: Check, scopes: dict[str, list[str]]
) -> None:
    value = hub.add_token("ada", scopes=scopes)
    assert (
        check(operations.add(organization, NewToken("poor", Secret(value)), COMMAND)).state
        == "limited"
    )


def test_a_token_for_one_purpose_is_not_limited(
    hub: Sandbox, organization: Organization, check: Check
) -> None:
    value = hub.add_token("ada", scopes={"ada": [SERVERLESS]})
    assert (
        check(operations.add(organization, NewToken("hosted", Secret(value)), COMMAND)).state
        == "valid"
    )


def test_a_model_set_up_here_can_make_a_token_limited(
    hub: Sandbox, organization: Organization, check: Check
) -> None:
    value = hub.add_token("ada", scopes={"ada": [ENDPOINTS_CALL]})
    token = operations.add(organization, NewToken("caller", Secret(value)), COMMAND)
    add_model(token)
    assert check(token).state == "limited"


@pytest.mark.parametrize(("role", "state"), [("admin", "valid"), (None, "limited")])
def test_a_hosted_model_may_be_billed_to_any_namespace_of_its_token(
    hub: Sandbox, organization: Organization, check: Check, role: str | None, state: str
) -> None:
    value = hub.add_token("ada", scopes={"ada": [ENDPOINTS_CALL], "acme": [SERVERLESS]})
    if role is None:
        hub.state.organizations["acme"].members.clear()
    token = operations.add(organization, NewToken("billed", Secret(value)), COMMAND)
    add_model(token)
    assert check(token).state == state


def test_a_model_on_an_endpoint_of_any_namespace_needs_one_where_calls_may_be_made(
    hub: Sandbox, organization: Organization, check: Check
) -> None:
    value = hub.add_token("ada", scopes={"ada": [SERVERLESS]})
    token = operations.add(organization, NewToken("hosted", Secret(value)), COMMAND)
    add_model(
        token, endpoint_type="endpoint", endpoint_url="https://x.example", task="text-generation"
    )
    assert check(token).state == "limited"


def test_a_result_is_not_written_where_the_lease_was_lost(
    hub: Sandbox, token: AccessToken, organization: Organization
) -> None:
    before = live_version(organization)
    assert not operations.check(token.pk, uuid4())
    assert whoamis(hub) == 0

    lease = AccessToken.objects.all().claim().lease
    stale = AccessToken.objects.held(token.pk, lease).get()
    AccessToken.objects.update(lease_id=uuid4())
    assert not checking._settle(stale, lease, probe_stored(stale))
    token.refresh_from_db()
    assert (token.state, token.attempted_at) == ("unchecked", None)
    assert live_version(organization) == before


def test_a_change_of_state_is_news_for_open_pages(
    token: AccessToken, organization: Organization, check: Check
) -> None:
    before = live_version(organization)
    check(token)
    assert live_version(organization) > before
