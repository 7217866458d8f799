import re

import pytest
from django.test import Client

from hfadmin.accounts.models import Organization
from hfadmin.audit.models import Record
from hfadmin.sandbox import Clock, Sandbox
from providers.tokens.models import Namespace
from tests.factories import model_on
from tests.providers.endpoints.conftest import calls, endpoint, look, wait_for
from tests.providers.endpoints.test_inventory_page import text, version

pytestmark = pytest.mark.django_db

CHAT = "/o/acme/endpoints/acme-labs/chat/"
NAMESPACES = "/o/acme/endpoints/namespaces/"


@pytest.fixture
def chat(labs: Namespace, upstream: Sandbox) -> Namespace:
    upstream.add_endpoint("acme-labs", "chat", min_replica=0, scale_to_zero_timeout=60, stuck=True)
    return look(labs)


def region(html: str, heading: str) -> str:
    """The labelled section with this heading."""
    found = re.search(rf'<h2 id="([^"]+)">{heading}</h2>', html)
    assert found is not None
    start = html.index(f'aria-labelledby="{found[1]}"')
    return html[start : html.index("</section>", start)]


def test_the_history_is_a_region_with_an_item_for_each_period(
    chat: Namespace, as_viewer: Client, upstream: Sandbox, clock: Clock
) -> None:
    for state in ("failed", "initializing", "running"):
        clock.advance(600)
        upstream.change_endpoint("acme-labs", "chat", state=state, stuck=True)
        look(chat)
    history = region(as_viewer.get(CHAT).content.decode(), "History")
    items = re.findall(r"<li>.*?</li>", history, re.DOTALL)
    assert [re.search(r"<span>(\w[\w ]*)</span>", item)[1] for item in items] == [  # type: ignore[index]
        "Running",
        "Initializing",
        "Failed",
        "Running",
    ]
    assert "10 min" in items[1]
    assert "of 1 replicas ready" in items[1]


def test_the_page_says_what_is_known_and_through_which_token(
    chat: Namespace, as_viewer: Client, acme: Organization, clock: Clock
) -> None:
    clock.advance(600)
    model_on(endpoint("chat"), "our-llama")
    shown = text(as_viewer.get(CHAT))
    for fact in (
        "chat",
        "Running",
        endpoint("chat").url,
        "1 × Nvidia L4",
        "24 GB",
        "after 60 min",
        "1 ready of 1, 0 to 1",
        "our-llama",
        "ada-labs",
        "100.0 % available",
        "0 failures",
        "Each replica $0.80 per hour",
        "Endpoint is ready",
    ):
        assert fact in shown


def test_the_page_changes_while_one_looks(
    chat: Namespace, as_viewer: Client, upstream: Sandbox, clock: Clock
) -> None:
    seen = version(as_viewer.get(CHAT))
    assert as_viewer.get(CHAT, headers={"HX-PTag": seen}).status_code == 304
    clock.advance(60)
    upstream.change_endpoint("acme-labs", "chat", state="failed", message="OOM <b>", stuck=True)
    look(chat)
    answer = as_viewer.get(CHAT, headers={"HX-PTag": seen})
    assert '<hx-partial id="endpoint-head">' in answer.content.decode()
    assert "Hugging Face says: OOM &lt;b&gt;" in text(answer)


def test_an_endpoint_that_is_gone_keeps_its_page(
    chat: Namespace, as_viewer: Client, upstream: Sandbox
) -> None:
    upstream.remove_endpoint("acme-labs", "chat")
    look(chat)
    shown = text(as_viewer.get(CHAT))
    assert "Deleted upstream" in shown
    assert "no longer lists this endpoint" in shown


def test_an_endpoint_that_nobody_has_seen_is_not_found(chat: Namespace, as_viewer: Client) -> None:
    assert as_viewer.get("/o/acme/endpoints/acme-labs/nothing/").status_code == 404


def test_a_problem_stands_on_the_endpoint_and_on_its_namespace(
    chat: Namespace, as_viewer: Client, upstream: Sandbox
) -> None:
    upstream.fault(403, text="Forbidden: Payment method required for namespace: acme-labs")
    look(chat)
    assert "cannot be seen at the moment" in text(as_viewer.get(CHAT))
    shown = text(as_viewer.get(NAMESPACES))
    assert "Cannot be seen" in shown
    assert "A payment method is missing" in shown


def test_operators_switch_watching_and_viewers_do_not(
    chat: Namespace, as_operator: Client, as_viewer: Client, upstream: Sandbox
) -> None:
    address = f"{NAMESPACES}{chat.pk}/unwatch/"
    assert as_viewer.post(address).status_code == 403
    assert "Stop watching" not in text(as_viewer.get(NAMESPACES))
    for _ in range(2):
        assert as_operator.post(address).status_code == 302
    chat.refresh_from_db()
    assert (chat.watched, chat.next_check_at) == (False, None)
    assert "is not watched" in text(as_viewer.get(CHAT))
    as_operator.post(f"{NAMESPACES}{chat.pk}/watch/")
    assert wait_for(chat) <= 0
    verbs = Record.objects.order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["namespace.unwatched", "namespace.watched"]


def test_look_now_makes_it_due_and_asks_nobody_by_itself(
    chat: Namespace, as_operator: Client, upstream: Sandbox
) -> None:
    before = calls(upstream)
    answer = as_operator.post(f"{NAMESPACES}{chat.pk}/look/", follow=True)
    assert "looking at acme-labs now" in text(answer)
    assert wait_for(chat) <= 0
    assert calls(upstream) == before


def test_namespaces_of_others_cannot_be_reached_by_their_number(
    chat: Namespace, as_outsider: Client, as_operator: Client
) -> None:
    for verb in ("look", "watch", "unwatch"):
        assert as_outsider.post(f"{NAMESPACES}{chat.pk}/{verb}/").status_code == 404
        assert as_operator.get(f"{NAMESPACES}{chat.pk}/{verb}/").status_code == 405
        assert as_operator.post(f"{NAMESPACES}999/{verb}/").status_code == 404
