import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol

import pytest
from django.test import Client

from hfadmin.accounts.models import Organization
from hfadmin.live import versions
from hfadmin.sandbox import Clock, Sandbox
from providers.endpoints.inventory.columns import COLUMNS
from providers.endpoints.models import Endpoint
from providers.tokens.models import Namespace
from tests.factories import model_on
from tests.providers.endpoints.conftest import Store, endpoint, look

pytestmark = pytest.mark.django_db

URL = "/o/acme/endpoints/"
Counted = Callable[..., AbstractContextManager[Any]]


class Answer(Protocol):
    @property
    def content(self) -> bytes: ...


def names(answer: Answer) -> list[str]:
    """Of the rows that are not marked as those that the page shows already."""
    shown = r'<tr id="e-\d+"(?! data-same).*?<bdi>(.*?)</bdi>'
    return re.findall(shown, answer.content.decode(), re.DOTALL)


def version(answer: Answer) -> str:
    found = re.search(r'"HX-PTag": "([^"]+)"', answer.content.decode())
    assert found is not None
    return found[1]


def text(answer: Answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_every_fact_of_the_issue_can_be_shown(
    three: Namespace, as_viewer: Client, acme: Organization
) -> None:
    model_on(endpoint("alpha"), "our-llama")
    chosen = {"column": [key for key in COLUMNS if key not in {"name", "state"}]}
    answer = as_viewer.get(URL, chosen)
    shown = text(answer)
    for fact in (
        "alpha",
        "Running",
        "Endpoint is ready",
        "meta-llama/Llama-3.1-8B-Instruct",
        "vLLM",
        "Text Generation",
        "1 × Nvidia L4",
        "$0.80",
        "1 / 1",
        "1–1",
        "acme-labs",
        "AWS us-east-1",
        "authenticated",
        endpoint("alpha").url,
        "prod",
        "our-llama",
        "by ada",
    ):
        assert fact in shown
    assert f'data-copy="{endpoint("alpha").url}"' in answer.content.decode()


def test_the_chips_count_what_the_other_filters_leave(three: Namespace, as_viewer: Client) -> None:
    shown = text(as_viewer.get(URL))
    assert "All 3 Running 1 In transition 0 Asleep 1 Paused 0 Failed 1" in shown
    shown = text(as_viewer.get(URL, {"q": "prod", "state": "running"}))
    assert "All 2 Running 1 In transition 0 Asleep 1 Paused 0 Failed 0" in shown


def test_pages_of_fifty(labs: Namespace, upstream: Sandbox, as_viewer: Client) -> None:
    for number in range(120):
        upstream.add_endpoint("acme-labs", f"e-{number:03}", stuck=True)
    look(labs)
    assert names(as_viewer.get(URL)) == [f"e-{number:03}" for number in range(50)]
    last = as_viewer.get(URL, {"page": 3})
    assert names(last) == [f"e-{number:03}" for number in range(100, 120)]
    assert "101 to 120 of 120" in text(last)


@pytest.mark.parametrize("query", ["", "q=e-1", "state=failed", "tag=prod&sort=-models&page=2"])
def test_a_page_takes_ten_queries_at_most(
    labs: Namespace,
    upstream: Sandbox,
    as_viewer: Client,
    query: str,
    django_assert_max_num_queries: Counted,
) -> None:
    for number in range(120):
        upstream.add_endpoint("acme-labs", f"e-{number:03}", tags=["prod"], stuck=True)
    look(labs)
    as_viewer.get(URL)
    with django_assert_max_num_queries(11):
        as_viewer.get(f"{URL}?{query}&column=models")
    with django_assert_max_num_queries(10):
        as_viewer.get(f"{URL}?{query}&column=models")


def test_a_poll_without_news_is_empty_and_cheap(
    three: Namespace, as_viewer: Client, django_assert_max_num_queries: Counted
) -> None:
    seen = version(as_viewer.get(URL))
    with django_assert_max_num_queries(4):
        answer = as_viewer.get(URL, headers={"HX-PTag": seen})
    assert (answer.status_code, answer.content) == (304, b"")


def test_a_poll_brings_the_changed_row_alone(
    three: Namespace, as_viewer: Client, upstream: Sandbox, clock: Clock
) -> None:
    seen = version(as_viewer.get(URL))
    clock.advance(5)
    upstream.change_endpoint("acme-labs", "gamma", state="initializing", stuck=True)
    look(three)
    answer = as_viewer.get(URL, headers={"HX-PTag": seen})
    assert answer.status_code == 200
    assert names(answer) == ["gamma"]
    rows = re.findall(r'<tr id="(e-\d+)"( data-same></tr>)?', answer.content.decode())
    ids = [f"e-{endpoint(name).pk}" for name in ("alpha", "beta", "gamma")]
    assert [row for row, _same in rows] == ids
    assert [bool(same) for _row, same in rows] == [True, True, False]
    assert "In transition 1" in text(answer)
    again = as_viewer.get(URL, headers={"HX-PTag": answer["HX-PTag"]})
    assert again.status_code == 304


def test_a_page_that_knows_nothing_is_sent_everything(three: Namespace, as_viewer: Client) -> None:
    answer = as_viewer.get(URL, headers={"HX-PTag": ""})
    assert names(answer) == ["alpha", "beta", "gamma"]
    assert as_viewer.get(URL, headers={"HX-PTag": "x.y"}).status_code == 200


def test_a_row_that_cannot_be_seen_any_more_says_how_old_it_is(
    three: Namespace, as_viewer: Client, upstream: Sandbox, clock: Clock
) -> None:
    seen = version(as_viewer.get(URL))
    clock.advance(60)
    upstream.fault(500)
    look(three)
    answer = as_viewer.get(URL, headers={"HX-PTag": seen})
    assert names(answer) == ["alpha", "beta", "gamma"]
    html = answer.content.decode()
    assert html.count('class="stale"') == 3
    assert f'datetime="{three.checked_at:%Y-%m-%dT%H:%M:%S}' in html
    upstream.clear_faults()
    look(three)
    assert 'class="stale"' not in as_viewer.get(URL).content.decode()


def test_rows_of_which_nobody_has_looked_for_long_are_stale(
    three: Namespace, as_viewer: Client, clock: Clock
) -> None:
    assert 'class="stale"' not in as_viewer.get(URL).content.decode()
    clock.advance(12 * 60)
    assert 'class="stale"' in as_viewer.get(URL).content.decode()


def test_what_is_gone_has_a_chip_of_its_own(
    three: Namespace, as_viewer: Client, upstream: Sandbox
) -> None:
    upstream.remove_endpoint("acme-labs", "beta")
    look(three)
    answer = as_viewer.get(URL)
    assert names(answer) == ["alpha", "gamma"]
    assert "Deleted upstream 1" in text(answer)
    assert names(as_viewer.get(URL, {"state": "deleted"})) == ["beta"]


def test_typing_brings_only_the_part_that_changes(three: Namespace, as_viewer: Client) -> None:
    answer = as_viewer.get(URL, {"q": "alpha", "namespace": ""}, headers={"HX-Request": "true"})
    assert names(answer) == ["alpha"]
    assert b"<html" not in answer.content
    assert answer["HX-Push-Url"] == f"{URL}?q=alpha"
    assert "HX-Request" in answer["Vary"]


def test_hostile_texts_are_shown_as_texts(
    labs: Namespace, upstream: Sandbox, as_viewer: Client
) -> None:
    upstream.add_endpoint("acme-labs", "chat")
    upstream.fault("hostile", namespace="acme-labs")
    look(labs)
    columns = {"column": list(COLUMNS), "q": "<script>alert(1)</script>\u202e"}
    for address in (URL, *(f"{URL}acme-labs/{row.name}/" for row in Endpoint.objects.all())):
        html = as_viewer.get(address, columns).content.decode()
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "\u202e" not in html
    assert as_viewer.get(URL, {"column": list(COLUMNS)}).status_code == 200


def test_another_organization_s_endpoints_are_not_there(
    three: Namespace, as_outsider: Client
) -> None:
    assert as_outsider.get(URL).status_code == 404
    assert as_outsider.get(f"{URL}acme-labs/alpha/").status_code == 404
    own = as_outsider.get("/").headers["Location"]
    assert names(as_outsider.get(f"{own}endpoints/")) == []


def test_an_empty_inventory_leads_on(as_admin: Client, as_viewer: Client) -> None:
    assert "/tokens/add/" in as_admin.get(URL).content.decode()
    assert "/tokens/add/" not in as_viewer.get(URL).content.decode()


def test_a_model_that_comes_or_goes_shows_on_the_row(
    three: Namespace, as_viewer: Client, acme: Organization
) -> None:
    seen = version(as_viewer.get(URL, {"column": "models"}))
    model_on(endpoint("alpha"), "ours")
    versions.advance(acme.pk)
    answer = as_viewer.get(URL, {"column": "models"}, headers={"HX-PTag": seen})
    assert names(answer) == ["alpha"]
    assert "ours" in text(answer)


def test_nothing_on_the_page_calls_hugging_face(
    three: Namespace, as_viewer: Client, upstream: Sandbox, store: Store
) -> None:
    before = len(upstream.requests)
    as_viewer.get(URL)
    as_viewer.get(f"{URL}acme-labs/alpha/")
    assert len(upstream.requests) == before
