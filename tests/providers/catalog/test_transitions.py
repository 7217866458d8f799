"""A model's state has one writer with one table, and a recovery claims no more than was checked."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from hfadmin.audit.models import Record
from hfadmin.live import versions
from hfadmin.sandbox import Sandbox
from providers.catalog import tasks, transitions
from providers.catalog.models import ProviderModel
from providers.catalog.transitions import TABLE, Event, Standing
from providers.huggingface.errors import Diagnosis, Kind
from providers.tokens import operations as tokens
from providers.tokens.models import AccessToken
from tests.providers.catalog.conftest import Work, path, save

ROOT = Path(__file__).resolve().parents[3]
Recheck = Callable[[ProviderModel], ProviderModel]
WRONG = Diagnosis(Kind.MODEL_NOT_SERVED).to_json()
REFUSED = Diagnosis(Kind.CREDITS_EXHAUSTED).to_json()

UNVERIFIED = (Standing.ASLEEP, Standing.NOT_ASKED, Standing.SAVED_ANYWAY)
SAVED = [standing for standing in Standing if standing is not Standing.NEW]
FAILING = [standing for standing in SAVED if standing.value[0] == "failing"]


def expected(before: Standing, event: Event) -> Standing | None:
    """The rules that the table follows, said the other way round; None: cannot happen."""
    was_verified = before in {Standing.VERIFIED, Standing.FAILING}
    if event in {Event.CALLED, Event.SAVED_ANYWAY}:
        return Standing.VERIFIED if event is Event.CALLED else Standing.SAVED_ANYWAY
    if event in {Event.FOUND_ASLEEP, Event.NOT_CALLED}:
        unproven = Standing.ASLEEP if event is Event.FOUND_ASLEEP else Standing.NOT_ASKED
        return Standing.VERIFIED if was_verified else unproven
    if before is Standing.NEW:
        return None
    if before is Standing.CALL_FAILED:
        return before
    if event is Event.CALL_FAILED and was_verified:
        return Standing.CALL_FAILED
    if event in {Event.CHECK_PASSED, Event.FOUND_AWAKE}:
        reason = before.value[1]
        if event is Event.FOUND_AWAKE and reason == "asleep":
            return Standing.NOT_ASKED
        return Standing(("unverified", reason)) if reason else Standing.VERIFIED
    if event is Event.TOKEN_REFUSED or was_verified:
        return Standing(("failing", before.value[1]))
    return before


@pytest.mark.parametrize("event", Event)
@pytest.mark.parametrize("before", Standing)
def test_every_standing_has_an_answer_to_every_event(before: Standing, event: Event) -> None:
    assert TABLE[before].get(event) is expected(before, event)


@pytest.mark.parametrize("event", set(Event) - {Event.CALLED})
def test_only_a_call_makes_verified_what_was_not(event: Event) -> None:
    proven = {Standing.VERIFIED, Standing.FAILING}
    for before in set(Standing) - proven:
        assert TABLE[before].get(event) not in proven


@pytest.fixture
def model(as_operator: Client, hosted_llm: dict[str, Any], work: Work) -> ProviderModel:
    save(as_operator, hosted_llm)
    work()
    return ProviderModel.objects.get()


def put(model: ProviderModel, standing: Standing) -> ProviderModel:
    state, reason = standing.value
    problem = WRONG if standing in FAILING else {}
    if standing is Standing.CALL_FAILED:
        problem = REFUSED
    ProviderModel.objects.filter(pk=model.pk).update(state=state, reason=reason, problem=problem)
    return ProviderModel.objects.get(pk=model.pk)


@pytest.mark.parametrize("event", Event)
@pytest.mark.parametrize("before", SAVED)
def test_every_change_of_state_is_written_and_recorded_in_one_place(
    before: Standing, event: Event, model: ProviderModel
) -> None:
    since = put(model, before).state_since
    records = Record.objects.count()
    told = WRONG if "fail" in event or "refused" in event else {}
    transitions.write(ProviderModel.objects.filter(pk=model.pk), event, told)
    model.refresh_from_db()
    assert transitions.standing_of(model) is TABLE[before][event]
    turned = model.state != before.value[0]
    assert (model.state_since != since) >= turned
    assert Record.objects.count() - records >= turned
    if turned:
        record = Record.objects.latest("id")
        assert record.verb in {f"model.{model.state}", "model.recovered"}
        assert (record.outcome == "failed") == (model.state == "failing")


def test_the_database_itself_refuses_states_that_contradict_themselves(
    model: ProviderModel,
) -> None:
    for odd in (
        {"state": "failing", "problem": {}},
        {"state": "verified", "problem": WRONG},
        {"state": "verified", "reason": "asleep", "problem": {}},
        {"state": "unverified", "reason": "call_failed"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            ProviderModel.objects.filter(pk=model.pk).update(**odd)


def refuse(token: AccessToken) -> None:
    """As the check does that finds the token rejected."""
    AccessToken.objects.filter(pk=token.pk).update(
        state="invalid",
        problem=Diagnosis(Kind.TOKEN_REJECTED).to_json(),
        live_version=versions.advance(token.organization_id),
    )


def check_token() -> AccessToken:
    claim_of = AccessToken.objects.all()
    claim_of.update(next_check_at="2020-01-01T00:00Z")
    claim = claim_of.claim()
    tokens.check(claim.ids[0], claim.lease)
    return AccessToken.objects.get()


@pytest.mark.parametrize("standing", [Standing.VERIFIED, *UNVERIFIED])
def test_a_token_that_is_rejected_and_recovers_leaves_its_models_as_they_were(
    standing: Standing, model: ProviderModel, hub: Sandbox, token: AccessToken, recheck: Recheck
) -> None:
    put(model, standing)
    refuse(token)
    model = recheck(model)
    assert (model.state, model.problem["kind"]) == ("failing", "token_rejected")
    check_token()
    model = recheck(model)
    assert (model.state, model.reason, model.problem) == (*standing.value, {})


def test_saved_anyway_stays_so_through_a_rejection_until_a_call_was_made(
    as_operator: Client, hub: Sandbox, hosted_llm: dict[str, Any], recheck: Recheck, work: Work
) -> None:
    entered = hosted_llm | {"anyway": "1", "form_key": str(uuid4())}
    as_operator.post(path("add"), entered)
    model = ProviderModel.objects.get()
    AccessToken.objects.update(state="valid")
    value = AccessToken.objects.get().secret.reveal()
    hub.state.tokens[value].revoked = True
    refuse(AccessToken.objects.get())
    assert recheck(model).state == "failing"
    hub.state.tokens[value].revoked = False
    assert check_token().state != "invalid"
    model = recheck(model)
    assert (model.state, model.reason) == ("unverified", "saved_anyway")
    assert not [request for request in hub.requests if request.path.startswith("/router")]
    as_operator.post(path("check", model.pk))
    work()
    model.refresh_from_db()
    assert (model.state, model.reason) == ("verified", "")
    assert Record.objects.filter(verb="model.verified").count() == 1


def test_a_call_that_failed_is_not_forgotten_over_another_problem(
    model: ProviderModel, as_operator: Client, hub: Sandbox, recheck: Recheck, work: Work
) -> None:
    """Failing by a call, then seen not served, then served again: still nobody called it."""
    hub.fault(402, path="/router", times=1)
    as_operator.post(path("check", model.pk))
    work()
    served = dict(hub.state.models[model.name].providers)
    hub.state.models[model.name].providers.clear()
    recheck(model)
    hub.state.models[model.name].providers.update(served)
    model = recheck(model)
    assert (model.state, model.problem["kind"]) == ("failing", "credits_exhausted")
    as_operator.post(path("check", model.pk))
    work()
    model.refresh_from_db()
    assert (model.state, model.reason, model.problem) == ("verified", "", {})
    assert Record.objects.filter(verb="model.recovered").count() == 1


def test_a_call_refused_for_a_right_is_not_taken_back_by_the_x_ray(
    model: ProviderModel, as_operator: Client, hub: Sandbox, recheck: Recheck, work: Work
) -> None:
    text = "This authentication method does not have sufficient permissions to call"
    hub.fault(403, path="/router", text=text)
    as_operator.post(path("check", model.pk))
    work()
    model = recheck(model)
    assert (model.state, model.problem["kind"]) == ("failing", "missing_permission")


def test_a_disabled_model_is_left_alone_when_its_token_is_refused(
    model: ProviderModel, token: AccessToken
) -> None:
    ProviderModel.objects.update(enabled=False)
    refuse(token)
    tasks.sweep_models()
    model.refresh_from_db()
    assert model.state != "failing"


CATALOG = ROOT / "providers" / "catalog"
COLUMNS = {"state", "reason", "state_since", "problem"}
WRITING = {"update", "create", "bulk_create", "bulk_update", "update_or_create", "get_or_create"}


def writers(source: str, *, in_catalog: bool) -> Iterator[str]:
    """Where code writes these columns of a model: by a query that names it, by an object made of
    it, and within its own app by setting the attribute of anything."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            asked = ast.unparse(node.func)
            named = "ProviderModel" in asked or "providermodels" in asked
            keywords = {word.arg for word in node.keywords}
            if named and node.func.attr in WRITING and keywords & (COLUMNS | {None}):
                yield ast.unparse(node)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "ProviderModel":
            if {word.arg for word in node.keywords} & (COLUMNS | {None}):
                yield ast.unparse(node)
        elif in_catalog and _sets_a_column(node):
            yield ast.unparse(node)


def _sets_a_column(node: ast.AST) -> bool:
    if not isinstance(node, ast.Attribute):
        return False
    return isinstance(node.ctx, ast.Store) and node.attr in COLUMNS


def test_nobody_else_writes_the_state_of_a_model() -> None:
    found = {
        f"{file.relative_to(ROOT)}: {written}"
        for folder in ("hfadmin", "providers")
        for file in (ROOT / folder).rglob("*.py")
        if file.name != "transitions.py" and "migrations" not in file.parts
        for written in writers(file.read_text("utf-8"), in_catalog=CATALOG in file.parents)
    }
    assert found == set()


@pytest.mark.parametrize(
    "written",
    [
        "model.state = 'verified'",
        "a.problem, a.reason = {}, ''",
        "token.providermodels.filter(enabled=True).update(state='failing')",
        "ProviderModel.objects.held(pk, lease).update(checked_at=now, **changed)",
        "ProviderModel(organization=o, state='verified')",
    ],
)
def test_who_would_write_it_is_found(written: str) -> None:
    assert list(writers(written, in_catalog=True))
