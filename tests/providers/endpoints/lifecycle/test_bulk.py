"""Acting on many endpoints at once: what is said before, what is left out, progress, stopping."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from hfadmin.accounts.models import Organization
from hfadmin.audit.models import Record
from hfadmin.sandbox import Sandbox
from providers.endpoints.lifecycle.models import Action, Batch
from providers.endpoints.lifecycle.progress import Progress
from providers.endpoints.models import Endpoint
from providers.tokens.models import Namespace
from tests.factories import model_on
from tests.providers.endpoints.conftest import look
from tests.providers.endpoints.lifecycle.conftest import NAMESPACE, mutations, work

STATES = ("running", "running", "running", "paused", "scaledToZero")


@pytest.fixture
def many(upstream: Sandbox, namespace: Namespace) -> list[Endpoint]:
    """Five endpoints: three that run, one paused, one scaled to zero."""
    for number, state in enumerate(STATES):
        upstream.add_endpoint(NAMESPACE, f"many-{number}", state=state, min_replica=0)
    look(namespace)
    upstream.requests.clear()
    return list(Endpoint.objects.order_by("name"))


def many_of(verb: str) -> str:
    return reverse("lifecycle:confirm_many", args=["acme", verb])


def chosen(endpoints: list[Endpoint]) -> dict[str, list[int]]:
    return {"endpoint": [endpoint.pk for endpoint in endpoints]}


def text(page: bytes) -> str:
    return " ".join(re.sub(r"</?bdi>", "", page.decode()).split())


def asked(client: Client, verb: str, endpoints: list[Endpoint], **more: str) -> Batch:
    ids = ",".join(str(endpoint.pk) for endpoint in endpoints)
    answer = client.post(many_of(verb), {"ids": ids, "confirmed": "1", **more})
    assert answer.status_code == 302, text(answer.content)
    return Batch.objects.latest("pk")


def test_the_preview_says_what_will_happen_and_what_is_left_out(
    as_operator: Client, many: list[Endpoint], upstream: Sandbox
) -> None:
    page = text(as_operator.post(many_of("pause"), chosen(many)).content)
    assert "Pause 4 endpoints?" in page
    assert "4 will pause" in page
    assert "1 of 5 is left out" in page
    assert "It is paused already." in page
    assert not Action.objects.exists()
    assert mutations(upstream) == []


def test_all_that_are_left_out_are_named(as_operator: Client, many: list[Endpoint]) -> None:
    page = text(as_operator.post(many_of("resume"), chosen(many)).content)
    assert 'many-0: <span class="muted">It is not paused.' in page
    assert "and 2 others, likewise </summary> many-1, many-2" in page


@pytest.mark.parametrize(
    ("chosen_ones", "sentence"),
    [(slice(3, 4), "Its replicas start."), (slice(3, 5), "Their replicas start.")],
)
def test_one_is_not_spoken_of_as_many(
    chosen_ones: slice, sentence: str, as_operator: Client, many: list[Endpoint]
) -> None:
    Endpoint.objects.filter(name="many-4").update(state="paused")
    model_on(many[3], "llama")
    page = text(as_operator.post(many_of("resume"), chosen(many[chosen_ones])).content)
    assert sentence in page
    assert "Used by 1 model here" in page


def test_what_costs_is_said_an_hour_and_unknown_costs_are_said_to_be(
    as_operator: Client, many: list[Endpoint]
) -> None:
    Endpoint.objects.filter(name="many-0").update(price_per_hour="2.50", ready_replicas=1)
    Endpoint.objects.filter(name="many-1").update(price_per_hour=None, ready_replicas=1)
    page = text(as_operator.post(many_of("pause"), chosen(many[:2])).content)
    assert "$2.50" in page
    assert "$60.00 a day, $1,825 a month" in page
    assert "without 1 whose cost is not known" in page


def test_where_no_cost_is_known_none_is_named(as_operator: Client, many: list[Endpoint]) -> None:
    Endpoint.objects.update(price_per_hour=None, ready_replicas=1)
    for verb, chosen_ones in (("pause", many[:2]), ("resume", many[3:4])):
        page = text(as_operator.post(many_of(verb), chosen(chosen_ones)).content)
        assert "unknown" in page
        assert "$" not in page.partition("data-dialog-body")[2]


def test_all_that_match_are_those_that_the_filters_find(
    as_operator: Client, many: list[Endpoint]
) -> None:
    sent = {"all": "1", "matching": "state=running", **chosen(many[3:])}
    assert "Pause 3 endpoints?" in text(as_operator.post(many_of("pause"), sent).content)


def test_each_is_sent_once_and_the_batch_tells_how_it_went(
    as_operator: Client, many: list[Endpoint], upstream: Sandbox
) -> None:
    batch = asked(as_operator, "pause", many, reason="Nothing until Monday")
    work()
    assert len(mutations(upstream)) == 4
    progress = Progress.of(batch)
    assert (progress.done, progress.total, progress.is_open) == (4, 4, False)
    outcomes = Record.objects.filter(verb="endpoint.pause").values_list("outcome", flat=True)
    assert sorted(outcomes) == ["asked"] * 4 + ["done"] * 4
    reasons = Record.objects.filter(verb="endpoint.pause", outcome="asked")
    assert {record.detail["why"] for record in reasons} == {"Nothing until Monday"}


def test_one_that_is_refused_stands_first_with_why(
    as_operator: Client, many: list[Endpoint], upstream: Sandbox
) -> None:
    upstream.fault("quota", path=f"/v2/endpoint/{NAMESPACE}/many-1/pause")
    batch = asked(as_operator, "pause", many[:3])
    work()
    page = text(as_operator.get(reverse("lifecycle:batch", args=["acme", batch.pk])).content)
    assert "3 of 3 · 1 refused" in page
    assert page.index("many-1") < page.index("many-0")


def test_what_was_not_sent_can_be_stopped_and_is_said_to_be_left(
    as_operator: Client, many: list[Endpoint], upstream: Sandbox
) -> None:
    batch = asked(as_operator, "pause", many[:3])
    Action.objects.exclude(name="many-0").update(next_check_at=None)
    work()
    stop = reverse("lifecycle:stop", args=["acme", batch.pk])
    as_operator.post(stop)
    batch.refresh_from_db()
    assert batch.stopped_by == "grace@acme.test"
    assert (Progress.of(batch).done, Progress.of(batch).left) == (1, 2)
    page = text(as_operator.get(reverse("lifecycle:batch", args=["acme", batch.pk])).content)
    assert "1 of 3" not in page
    assert "2 left as they were" in page
    Action.objects.filter(ended_at=None).update(next_check_at="2026-01-01T00:00Z")
    work()
    assert len(mutations(upstream)) == 1
    cancelled = Record.objects.filter(outcome="refused", detail__reason="cancelled")
    assert cancelled.count() == 2


def test_somebody_else_s_action_is_left_alone_and_a_resume_not_yet_sent_gives_way(
    as_operator: Client, many: list[Endpoint], as_admin: Client
) -> None:
    single = reverse("lifecycle:confirm", args=["acme", "scale-to-zero", many[0].pk])
    as_admin.post(single)
    as_admin.post(reverse("lifecycle:confirm", args=["acme", "resume", many[3].pk]))
    page = text(as_operator.post(many_of("pause"), chosen(many)).content)
    assert "is at it: Scale to zero" in page
    batch = asked(as_operator, "pause", many)
    assert set(batch.actions.values_list("name", flat=True)) == {"many-1", "many-2", "many-4"}


def test_what_changed_since_it_was_shown_is_named_with_why_it_was_left_out(
    as_operator: Client, many: list[Endpoint], as_admin: Client
) -> None:
    as_admin.post(reverse("lifecycle:confirm", args=["acme", "scale-to-zero", many[0].pk]))
    Endpoint.objects.filter(name__in=["many-1", "many-2"]).update(state="paused")
    batch = asked(as_operator, "pause", [*many[:3], many[4]])
    page = text(as_operator.get(reverse("lifecycle:batch", args=["acme", batch.pk])).content)
    assert "many-0 was left out: ada@acme.test is at it: Scale to zero." in page
    assert "many-1 and others, 2 in all, were left out: It is paused already." in page


def test_a_double_click_finds_nothing_left_to_do(
    as_operator: Client, many: list[Endpoint], upstream: Sandbox
) -> None:
    sent = chosen(many[:3]) | {"confirmed": "1"}
    assert as_operator.post(many_of("pause"), sent).status_code == 302
    assert as_operator.post(many_of("pause"), sent).status_code == 409
    assert Batch.objects.count() == 1
    work()
    assert len(mutations(upstream)) == 3


@pytest.mark.parametrize(
    "ids", ["", "0", "-1", "nothing", "9" * 40, "1e3", "٣"], ids=lambda ids: ids or "none"
)
def test_forged_ids_choose_nothing(ids: str, as_operator: Client, many: list[Endpoint]) -> None:
    assert as_operator.post(many_of("pause"), {"ids": ids}).status_code == 200
    answer = as_operator.post(many_of("pause"), {"ids": ids, "confirmed": "1"})
    assert answer.status_code == 409
    assert not Action.objects.exists()


def test_endpoints_of_another_organization_are_not_touched(
    as_operator: Client, many: list[Endpoint]
) -> None:
    other = Organization.objects.create(name="Other", slug="other")
    theirs = Namespace.objects.create(organization=other, name=NAMESPACE, kind="org")
    foreign = theirs.endpoints.create(organization=other, name="theirs", state="running")
    page = text(as_operator.post(many_of("pause"), chosen([many[0], foreign])).content)
    assert "Pause 1 endpoint?" in page
    assert "1 that this organization does not have" in page
    assert "theirs" not in page
    batch = asked(as_operator, "pause", [many[0], foreign])
    assert list(batch.actions.values_list("name", flat=True)) == ["many-0"]


def test_five_thousand_are_taken_and_more_are_refused(
    as_operator: Client, many: list[Endpoint]
) -> None:
    ids = [str(many[0].pk), *map(str, range(10**6, 10**6 + 4_999))]
    page = text(as_operator.post(many_of("pause"), {"ids": ",".join(ids)}).content)
    assert "Pause 1 endpoint?" in page
    answer = as_operator.post(many_of("pause"), {"ids": ",".join([*ids, "5"])})
    assert answer.status_code == 422
    assert "No more than 5,000 can be acted on at once." in text(answer.content)


@pytest.mark.parametrize(("typed", "status"), [("", 422), ("2", 422), ("3", 302), (" 3 ", 302)])
def test_a_deletion_asks_for_their_number(
    typed: str, status: int, as_operator: Client, many: list[Endpoint]
) -> None:
    sent = {"ids": ",".join(str(each.pk) for each in many[:3]), "confirmed": "1"}
    answer = as_operator.post(many_of("delete"), sent | {"typed_count": typed})
    assert answer.status_code == status
    assert Action.objects.filter(verb="delete").exists() == (status == 302)


@pytest.mark.parametrize("verb", ["scaling", "explode"])
def test_what_is_not_for_many_is_not_found(
    verb: str, as_operator: Client, many: list[Endpoint]
) -> None:
    assert as_operator.post(many_of(verb), chosen(many)).status_code == 404


def test_a_viewer_selects_nothing_and_follows_a_batch(
    as_operator: Client, as_viewer: Client, many: list[Endpoint]
) -> None:
    assert as_viewer.post(many_of("pause"), chosen(many)).status_code == 403
    assert "Select many-0" not in as_viewer.get("/o/acme/endpoints/").content.decode()
    batch = asked(as_operator, "pause", many[:2])
    page = text(as_viewer.get(reverse("lifecycle:batch", args=["acme", batch.pk])).content)
    assert "Pause 2 endpoints" in page
    assert "Stop, and leave" not in page
    stop = reverse("lifecycle:stop", args=["acme", batch.pk])
    assert as_viewer.post(stop).status_code == 403


def test_the_list_tells_what_is_under_way(
    as_operator: Client, as_viewer: Client, many: list[Endpoint]
) -> None:
    asked(as_operator, "pause", many[:2])
    page = text(as_viewer.get("/o/acme/endpoints/").content)
    assert "Pause, asked for by grace@acme.test" in page
    assert "Pause 2 endpoints:" in page
    work()
    assert "asked for by" not in text(as_viewer.get("/o/acme/endpoints/").content)


def test_a_row_s_menu_offers_what_its_endpoint_can_do(
    as_operator: Client, as_viewer: Client, many: list[Endpoint]
) -> None:
    menu = reverse("lifecycle:menu", args=["acme", many[3].pk])
    confirm = reverse("lifecycle:confirm", args=["acme", "resume", many[3].pk])
    assert confirm in as_operator.get(menu).content.decode()
    page = text(as_viewer.get(menu).content)
    assert confirm not in page
    assert "Operators and administrators of this organization can do this." in page
