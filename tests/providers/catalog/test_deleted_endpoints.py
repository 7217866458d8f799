"""A model whose endpoint was deleted says at once by whom and when."""

import pytest
from django.test import Client

from hfadmin.accounts.models import User
from hfadmin.audit.actors import Actor
from hfadmin.sandbox import Clock, Sandbox
from providers.catalog.models import ProviderModel, Verification
from providers.endpoints import tasks as endpoints
from providers.endpoints.lifecycle import asking, outcomes
from providers.endpoints.lifecycle import tasks as actions
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.lifecycle.verbs import VERBS
from providers.endpoints.models import Endpoint
from providers.huggingface.errors import Diagnosis
from tests.providers.catalog.conftest import LLAMA, Sweep, Work, path

pytestmark = pytest.mark.usefixtures("one_time")


@pytest.fixture
def model(deployed_model: ProviderModel) -> ProviderModel:
    return deployed_model


def ask_to_delete(person: User) -> Action:
    return asking.ask(Endpoint.objects.get(name="chat"), VERBS["delete"], Actor.person(person))


def look(clock: Clock) -> None:
    """At the namespaces, as soon as they fall due."""
    clock.advance(300)
    endpoints.sweep()


def said_of(model: ProviderModel) -> str:
    return Diagnosis.from_json(model.problem).explain().title


def test_it_fails_with_who_deleted_it_and_when(
    model: ProviderModel, admin: User, as_operator: Client, clock: Clock, sweep: Sweep
) -> None:
    ask_to_delete(admin)
    actions.sweep()
    when = f"{clock.now():%Y-%m-%d %H:%M} UTC"
    failed = sweep()  # a second later
    assert (failed.state, failed.problem["kind"]) == ("failing", "endpoint_deleted")
    assert said_of(failed) == f"Its endpoint was deleted by {admin.email}, {when}"
    page = as_operator.get(path("list")).content.decode()
    assert f"Its endpoint was deleted by <bdi>{admin.email}</bdi>, <bdi>{when}</bdi>" in page


def test_who_it_was_is_known_before_the_deletion_is_recorded_as_done(
    model: ProviderModel, admin: User, sweep: Sweep
) -> None:
    ask_to_delete(admin)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(outcomes, "done", _killed)
        with pytest.raises(SystemExit):
            actions.sweep()
    assert Action.objects.open().exists()
    assert admin.email in said_of(sweep())


def _killed(*_arguments: object) -> None:
    raise SystemExit


def test_what_nobody_here_deleted_was_deleted_at_hugging_face(
    model: ProviderModel, hub: Sandbox, clock: Clock, sweep: Sweep
) -> None:
    hub.remove_endpoint("acme", "chat")
    look(clock)
    assert said_of(sweep()).startswith("Its endpoint was deleted at Hugging Face, as seen ")


def test_who_asked_to_delete_what_was_gone_already_did_not_delete_it(
    model: ProviderModel, admin: User, hub: Sandbox, sweep: Sweep
) -> None:
    ask_to_delete(admin)
    hub.remove_endpoint("acme", "chat")
    actions.sweep()
    assert Action.objects.get().state == "done"
    assert "at Hugging Face" in said_of(sweep())


def test_one_that_is_there_again_has_the_model_checked_again(
    model: ProviderModel, admin: User, hub: Sandbox, clock: Clock, sweep: Sweep
) -> None:
    ask_to_delete(admin)
    actions.sweep()
    assert sweep().state == "failing"
    hub.add_endpoint("acme", "chat", repository=LLAMA)
    look(clock)
    again = sweep()
    assert (again.state, again.problem) == ("verified", {})
    hub.remove_endpoint("acme", "chat")
    look(clock)
    assert "at Hugging Face" in said_of(sweep())


def test_a_check_on_request_says_so_too(
    model: ProviderModel, admin: User, as_operator: Client, clock: Clock, work: Work
) -> None:
    ask_to_delete(admin)
    actions.sweep()
    as_operator.post(path("check", model.pk))
    clock.advance(1)
    work()
    row = Verification.objects.latest("created_at")
    assert (row.problem["kind"], row.field) == ("endpoint_deleted", "endpoint_url")
    assert row.problem["params"]["by"] == admin.email
