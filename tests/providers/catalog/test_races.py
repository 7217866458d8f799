"""Two clicks, two people, two workers: nothing is done twice, lost or overwritten unseen."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from hfadmin.accounts.models import User
from hfadmin.audit.actors import Actor
from hfadmin.audit.models import Record
from hfadmin.sandbox import Sandbox
from hfadmin.vault import Secret
from providers.catalog import operations
from providers.catalog.models import ProviderModel, Verification
from providers.huggingface import client
from providers.huggingface.types import Identity
from providers.tokens.models import AccessToken
from tests.providers.catalog.conftest import BGE, LLAMA, Work, path, save


def verbs() -> list[str]:
    return list(Record.objects.order_by("id").values_list("verb", flat=True))


@pytest.fixture
def model(as_operator: Client, hosted_llm: dict[str, Any], work: Work) -> ProviderModel:
    save(as_operator, hosted_llm)
    work()
    return ProviderModel.objects.get()


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """Lets something happen while whoami is being asked."""

    def arrange(happen: Callable[[], Any]) -> None:
        ask, pending = client.whoami, [happen]

        def whoami(token: Secret) -> Identity:
            answer = ask(token)
            if pending:
                pending.pop()()
            return answer

        monkeypatch.setattr(client, "whoami", whoami)

    return arrange


def test_a_double_click_is_one_save(as_operator: Client, hosted_llm: dict[str, Any]) -> None:
    answers = [as_operator.post(path("add"), hosted_llm) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer["Location"] for answer in answers}) == 1
    assert Verification.objects.count() == 1


def test_a_double_click_with_a_new_token_stores_it_once(as_admin: Client, hub: Sandbox) -> None:
    entered = {
        "model_type": "llm",
        "name": LLAMA,
        "endpoint_type": "hosted",
        "api_token": "new",
        "token_name": "fresh",
        "token": hub.add_token("ada", role="write"),
        "form_key": str(uuid4()),
    }
    answers = [as_admin.post(path("add"), entered) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert (AccessToken.objects.count(), Verification.objects.count()) == (1, 1)


def test_the_same_form_with_other_values_is_another_save(
    as_operator: Client, hosted_llm: dict[str, Any]
) -> None:
    save(as_operator, hosted_llm)
    save(as_operator, hosted_llm | {"model_type": "text-embedding", "name": BGE})
    assert Verification.objects.count() == 2


def test_the_second_of_two_people_is_told_who_changed_what(
    as_operator: Client,
    as_admin: Client,
    operator: User,
    model: ProviderModel,
    hosted_llm: dict[str, Any],
    work: Work,
) -> None:
    mine = hosted_llm | {"version": "0", "form_key": str(uuid4()), "real_call": ""}
    save(as_operator, mine, "edit", model.pk)
    work()
    theirs = hosted_llm | {"version": "0", "form_key": str(uuid4()), "name": "acme/other"}
    answer = as_admin.post(path("edit", model.pk), theirs)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert operator.email in html
    assert "Make one tiny real call" in html
    assert 'value="acme/other"' in html
    model.refresh_from_db()
    assert (model.version, model.name) == (1, LLAMA)
    assert f'name="version" value="{model.version}"' in html


def test_whoever_finishes_second_saves_nothing_over_the_first(
    as_operator: Client, model: ProviderModel, hosted_llm: dict[str, Any], work: Work
) -> None:
    edited = hosted_llm | {"version": "0", "form_key": str(uuid4())}
    first = save(as_operator, edited | {"real_call": ""}, "edit", model.pk)
    ProviderModel.objects.update(version=1)
    work()
    first.refresh_from_db()
    assert (first.state, first.problem["kind"], first.field) == ("failed", "model_changed", "")
    html = as_operator.get(path("verification", first.pk)).content.decode()
    assert "Somebody else changed this model" in html
    assert 'name="version" value="1"' in html


def test_two_people_adding_the_same_model_make_one(
    as_operator: Client, as_admin: Client, hosted_llm: dict[str, Any], work: Work
) -> None:
    save(as_operator, hosted_llm)
    second = save(as_admin, hosted_llm | {"form_key": str(uuid4())})
    work()
    second.refresh_from_db()
    assert ProviderModel.objects.count() == 1
    assert (second.problem["kind"], second.field) == ("model_exists", "name")


def test_a_model_that_is_deleted_while_it_is_checked_stays_deleted(
    as_operator: Client,
    model: ProviderModel,
    work: Work,
    meanwhile: Callable[[Callable[[], Any]], None],
    operator: User,
) -> None:
    as_operator.post(path("check", model.pk))
    meanwhile(lambda: operations.delete(model, Actor.person(operator)))
    work()
    row = Verification.objects.latest("created_at")
    assert row.problem["kind"] == "model_deleted"
    assert not ProviderModel.objects.exists()
    assert LLAMA in as_operator.get(path("verification", row.pk)).content.decode()


def test_a_token_that_is_deleted_while_it_is_used_saves_nothing(
    as_operator: Client,
    hosted_llm: dict[str, Any],
    work: Work,
    meanwhile: Callable[[Callable[[], Any]], None],
) -> None:
    row = save(as_operator, hosted_llm)
    meanwhile(lambda: AccessToken.objects.all().delete())
    work()
    row.refresh_from_db()
    assert (row.problem["kind"], row.field) == ("token_deleted", "api_token")
    assert not ProviderModel.objects.exists()


def test_a_token_that_is_replaced_while_it_is_used_is_checked_anew(
    as_operator: Client,
    hosted_llm: dict[str, Any],
    work: Work,
    meanwhile: Callable[[Callable[[], Any]], None],
) -> None:
    row = save(as_operator, hosted_llm)
    meanwhile(lambda: AccessToken.objects.update(version=1))
    work()
    row.refresh_from_db()
    assert row.is_open
    work()
    row.refresh_from_db()
    assert row.state == Verification.State.PASSED


def test_a_worker_that_lost_its_lease_writes_nothing(
    as_operator: Client,
    hosted_llm: dict[str, Any],
    work: Work,
    meanwhile: Callable[[Callable[[], Any]], None],
) -> None:
    row = save(as_operator, hosted_llm)
    meanwhile(lambda: Verification.objects.update(lease_id=uuid4()))
    work()
    row.refresh_from_db()
    assert row.is_open
    assert not ProviderModel.objects.exists()


def test_a_check_whose_worker_was_killed_begins_again(
    as_operator: Client,
    hosted_llm: dict[str, Any],
    work: Work,
    meanwhile: Callable[[Callable[[], Any]], None],
) -> None:
    row = save(as_operator, hosted_llm)

    def killed() -> None:
        raise SystemExit

    meanwhile(killed)
    with pytest.raises(SystemExit):
        work()
    Verification.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    work()
    row.refresh_from_db()
    assert row.state == Verification.State.PASSED
    assert {step["state"] for step in row.steps} == {"passed"}


def test_a_check_that_kills_every_worker_is_given_up(
    as_operator: Client, hosted_llm: dict[str, Any], work: Work
) -> None:
    row = save(as_operator, hosted_llm)
    Verification.objects.update(failures=5)
    work()
    row.refresh_from_db()
    assert (row.state, row.problem["kind"]) == ("failed", "internal_error")


def test_check_now_twice_is_one_check(as_operator: Client, model: ProviderModel) -> None:
    answers = [as_operator.post(path("check", model.pk)) for _ in range(2)]
    assert len({answer["Location"] for answer in answers}) == 1
    assert "Checking" in as_operator.get(path("list")).content.decode()


def test_every_change_by_a_person_is_recorded_once(
    as_operator: Client, model: ProviderModel
) -> None:
    for name in ("disable", "disable", "enable", "enable", "delete"):
        as_operator.post(path(name, model.pk))
    assert verbs() == ["model.added", "model.disabled", "model.enabled", "model.deleted"]


def test_saved_anyway_says_so_and_keeps_the_diagnosis(
    as_operator: Client, hub: Sandbox, hosted_llm: dict[str, Any], work: Work
) -> None:
    hub.fault(401, path="/api/whoami-v2")
    row = save(as_operator, hosted_llm)
    work()
    again = hosted_llm | {"form_key": str(uuid4()), "anyway": "1", "check": str(row.pk)}
    assert as_operator.post(path("add"), again).status_code == 302
    model = ProviderModel.objects.get()
    assert (model.state, model.reason) == ("unverified", "saved_anyway")
    assert model.problem["kind"] == "token_rejected"
    assert "Not verified: saved anyway" in as_operator.get(path("list")).content.decode()


def test_a_real_call_that_was_not_asked_for_is_not_made(
    as_operator: Client, hub: Sandbox, hosted_llm: dict[str, Any], work: Work
) -> None:
    del hosted_llm["real_call"]
    save(as_operator, hosted_llm)
    work()
    model = ProviderModel.objects.get()
    assert (model.state, model.reason) == ("unverified", "not_asked")
    assert not [r for r in hub.requests if r.path.startswith("/router")]
