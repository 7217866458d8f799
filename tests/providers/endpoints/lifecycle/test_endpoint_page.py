"""The page of an endpoint: what can be done, what is missing for it, and what was done last."""

from contextlib import AbstractContextManager
from typing import Any, Protocol

import pytest
from django.test import Client
from django.utils import timezone

from hfadmin.accounts.models import Organization
from hfadmin.audit.actors import Actor
from hfadmin.sandbox import Sandbox
from hfadmin.vault import Secret, fingerprint
from providers.endpoints.lifecycle import asking
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.lifecycle.verbs import VERBS
from providers.endpoints.models import Endpoint
from providers.tokens import operations
from providers.tokens.models import AccessToken, Namespace
from tests.providers.endpoints.conftest import look
from tests.providers.endpoints.lifecycle.conftest import NAME, NAMESPACE, Ask, work
from tests.providers.endpoints.lifecycle.test_pages import confirm, detail, shown
from tests.providers.endpoints.test_inventory_page import text

pytestmark = pytest.mark.page


class AtMost(Protocol):
    def __call__(self, number: int) -> AbstractContextManager[Any]: ...


def page(client: Client, endpoint: Endpoint) -> str:
    return text(client.get(detail(endpoint)))


def test_the_bar_has_what_fits_the_state_and_the_menus_all_else(
    as_operator: Client, endpoint: Endpoint, upstream: Sandbox, namespace: Namespace
) -> None:
    upstream.change_endpoint(NAMESPACE, NAME, state="paused", stuck=True)
    look(namespace)
    html = shown(as_operator, detail(endpoint))
    offered = {verb for verb in VERBS if f'href="{confirm(endpoint, verb)}"' in html}
    assert offered == {"resume", "scaling", "hardware", "model", "tags", "access", "delete"}


def test_in_a_state_that_nobody_knows_it_can_be_changed_and_deleted(
    as_operator: Client, endpoint: Endpoint, upstream: Sandbox, namespace: Namespace
) -> None:
    upstream.change_endpoint(NAMESPACE, NAME, state="levitating", stuck=True)
    look(namespace)
    html = shown(as_operator, detail(endpoint))
    assert confirm(endpoint, "scaling") in html
    assert confirm(endpoint, "delete") in html


def test_where_no_token_may_the_page_says_what_is_missing_and_where_to_get_it(
    as_operator: Client, endpoint: Endpoint, upstream: Sandbox
) -> None:
    token = AccessToken.objects.get()
    weak = upstream.add_token("ada", scopes={NAMESPACE: ["inference.endpoints.read"]})
    use(token, weak)
    answer = as_operator.get(detail(endpoint))
    assert "Add “Manage Inference Endpoints” for acme-labs." in text(answer)
    html = answer.content.decode()
    assert "orgs=acme-labs&amp;orgPermissions=inference.endpoints.write" in html
    assert f'href="/o/acme/tokens/{token.pk}/"' in html
    assert confirm(endpoint, "pause") not in html


def use(token: AccessToken, value: str) -> None:
    """Replace the token's value, and check it as a worker does."""
    secret = Secret(value)
    token.secret, token.fingerprint = secret, fingerprint(secret)
    token.next_check_at = timezone.now()
    token.save()
    claim = AccessToken.objects.claim()
    for pk in claim.ids:
        operations.check(pk, claim.lease)


def test_an_action_is_told_with_what_it_changes_why_and_how_far_it_has_come(
    as_operator: Client, endpoint: Endpoint, actor: Actor
) -> None:
    columns = {"min_replicas": 0, "max_replicas": 3, "scale_to_zero_minutes": 30}
    asking.ask(endpoint, VERBS["scaling"], actor, columns, reason="Black Friday")
    told = page(as_operator, endpoint)
    assert "Change scaling : 0 to 3 replicas, scale to zero after 30 min" in told
    assert "Black Friday" in told
    html = shown(as_operator, detail(endpoint))
    assert 'data-place="present" aria-current="step" data-tone="blue" > <span>Asked</span>' in html
    assert html.count('data-place="ahead"') == 3
    work()
    told = page(as_operator, endpoint)
    assert "ada@acme.test , through ada-manages" in told
    assert "stations" not in shown(as_operator, detail(endpoint))


@pytest.mark.parametrize(
    ("state", "present", "tone"),
    [("sent", "Sent", "blue"), ("accepted", "Accepted", "blue"), ("unclear", "No answer", "amber")],
)
def test_the_station_at_which_an_action_stands_is_the_coloured_one(
    state: str, present: str, tone: str, ask: Ask, as_viewer: Client, endpoint: Endpoint
) -> None:
    action = ask("pause")
    Action.objects.filter(pk=action.pk).update(state=state, sent_at=timezone.now())
    html = shown(as_viewer, detail(endpoint))
    assert f'aria-current="step" data-tone="{tone}" > <span>{present}</span>' in html
    assert html.count('aria-current="step"') == 1
    assert "<span>Paused</span>" in html


def test_a_pause_tells_no_change_although_the_scaling_is_kept_with_it(
    ask: Ask, as_viewer: Client, endpoint: Endpoint
) -> None:
    assert ask("pause").wanted
    assert "Pause :" not in page(as_viewer, endpoint)


def test_what_was_deleted_from_here_says_by_whom_and_costs_nothing_more(
    ask: Ask, endpoint: Endpoint, actor: Actor, as_viewer: Client
) -> None:
    ask("delete")
    work()
    shown = page(as_viewer, endpoint)
    assert f"{actor.label} has deleted it from here. What is shown here is how it was" in shown
    assert "no longer lists" not in shown
    assert "A month like this $0 Deployment" in shown


def test_the_activity_tells_what_was_asked_from_what_was_done(
    ask: Ask, as_viewer: Client, acme: Organization
) -> None:
    ask("pause")
    activity = f"/o/{acme.slug}/activity/"
    sentence = f"Asked to pause the endpoint {NAMESPACE}/{NAME}"
    assert f"{sentence} Asked" in text(as_viewer.get(activity))
    work()
    shown = text(as_viewer.get(activity))
    assert f"{sentence} Done" in shown
    assert f"{sentence} Asked" in shown


def test_autoscaling_is_told_in_words(
    as_viewer: Client, endpoint: Endpoint, upstream: Sandbox, namespace: Namespace
) -> None:
    assert "Autoscaling unknown" in page(as_viewer, endpoint)
    for measure, words in (
        ({"hardwareUsage": 80}, "by hardware use over 80 %"),
        ({"pendingRequests": 1.5}, "by pending requests over 1.5 per replica"),
    ):
        upstream.change_endpoint(NAMESPACE, NAME, measure=measure, stuck=True)
        look(namespace)
        assert f"Autoscaling {words}" in page(as_viewer, endpoint)


def test_a_poll_of_the_page_takes_ten_queries_at_most(
    ask: Ask, as_operator: Client, endpoint: Endpoint, django_assert_max_num_queries: AtMost
) -> None:
    ask("pause")
    as_operator.get(detail(endpoint))
    with django_assert_max_num_queries(10):
        tag = {"HX-PTag": as_operator.get(detail(endpoint), headers={"HX-PTag": "old"})["HX-PTag"]}
    with django_assert_max_num_queries(4):
        assert as_operator.get(detail(endpoint), headers=tag).status_code == 304
