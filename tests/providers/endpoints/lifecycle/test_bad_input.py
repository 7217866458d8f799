"""What bad input gets: a clear answer at the right place, nothing lost, nothing doubled."""

from typing import Any

import pytest
from django.test import Client

from hfadmin.accounts.models import User
from hfadmin.sandbox import Sandbox
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.models import Endpoint
from providers.tokens.models import Namespace, NamespaceAccess
from tests.conftest import SignIn
from tests.providers.endpoints.lifecycle.conftest import (
    NAME,
    NAMESPACE,
    mutations,
    remote_of,
    work,
)
from tests.providers.endpoints.lifecycle.test_changes import ENTERED
from tests.providers.endpoints.lifecycle.test_outcome import outcome
from tests.providers.endpoints.lifecycle.test_pages import confirm

pytestmark = pytest.mark.page

WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("scaling", {"min_replicas": 4}, "max_replicas"),
    ("scaling", {"scale_to_zero_minutes": 30}, "min_replicas"),
    ("scaling", {"max_replicas": 10_000}, "max_replicas"),
    ("scaling", {"min_replicas": 0, "scale_to_zero_minutes": 14}, "scale_to_zero_minutes"),
    ("scaling", {"min_replicas": 0, "scale_to_zero_minutes": 2_881}, "scale_to_zero_minutes"),
    ("scaling", {"autoscale_by": "mood"}, "autoscale_by"),
    ("scaling", {"most_requests": ""}, "most_requests"),
    ("scaling", {"most_requests": 0}, "most_requests"),
    ("scaling", {"most_requests": "nan"}, "most_requests"),
    ("scaling", {"autoscale_by": "hardwareUsage", "most_use": 101}, "most_use"),
    ("hardware", {"hardware": ""}, "hardware"),
    ("hardware", {"hardware": "intel-xeon/x1"}, "hardware"),  # of another vendor
    ("hardware", {"hardware": "17"}, "hardware"),
    ("model", {"repository": ""}, "repository"),
    ("model", {"repository": "https://huggingface.co/Qwen/Qwen3-14B"}, "repository"),
    ("model", {"repository": "../secrets"}, "repository"),
    ("model", {"revision": "the newest"}, "revision"),
    ("tags", {"tags": ",".join(map(str, range(60)))}, "tags"),
    ("tags", {"tags": "x" * 80}, "tags"),
    ("access", {"auth_type": "everybody"}, "auth_type"),
    ("access", {"auth_type": ""}, "auth_type"),
]


@pytest.mark.parametrize(("verb", "changes", "field"), WRONG)
def test_it_is_said_at_its_field_with_what_was_typed(
    verb: str, changes: dict[str, Any], field: str, as_operator: Client, endpoint: Endpoint
) -> None:
    typed = ENTERED[verb][0] | changes | {"reason": "Because"}
    answer = as_operator.post(confirm(endpoint, verb), typed)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert set(form.errors) == {field}
    assert f'id="id_{field}_error"' in answer.content.decode()
    for name, value in typed.items():
        assert name == "public_confirmed" or form[name].value() == str(value)
    assert not Action.objects.exists()


@pytest.mark.parametrize("verb", ENTERED)
def test_what_changes_nothing_is_not_sent(
    verb: str, as_operator: Client, endpoint: Endpoint, upstream: Sandbox
) -> None:
    form = as_operator.get(confirm(endpoint, verb)).context["form"]
    shown = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    answer = as_operator.post(confirm(endpoint, verb), shown)
    assert answer.status_code == 422
    assert "Nothing to change" in answer.content.decode()
    assert not Action.objects.exists()
    assert mutations(upstream) == []


@pytest.mark.parametrize("verb", ENTERED)
def test_a_double_click_sends_it_once(
    verb: str, as_operator: Client, endpoint: Endpoint, upstream: Sandbox
) -> None:
    answers = [as_operator.post(confirm(endpoint, verb), ENTERED[verb][0]) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert {answer["Location"] for answer in answers} == {outcome(Action.objects.get())}
    work()
    assert mutations(upstream) == ["PUT "]


def test_two_people_who_pause_and_resume_at_once_do_one_of_it(
    as_operator: Client, admin: User, sign_in: SignIn, endpoint: Endpoint, upstream: Sandbox
) -> None:
    as_operator.post(confirm(endpoint, "pause"))
    answer = sign_in(admin).post(confirm(endpoint, "resume"))
    assert answer.status_code == 409
    work()
    assert list(Action.objects.values_list("verb", "state")) == [("pause", "done")]
    remote = remote_of(upstream)
    assert remote is not None
    assert remote.state == "paused"


def test_a_deletion_while_a_change_is_on_its_way_is_told_who_is_at_it(
    as_operator: Client, endpoint: Endpoint, upstream: Sandbox
) -> None:
    upstream.fault("lost", method="PUT", times=1)
    as_operator.post(confirm(endpoint, "tags"), ENTERED["tags"][0])
    upstream.fault("500", method="GET", namespace=NAMESPACE)
    Action.objects.update(state=Action.State.SENT)
    answer = as_operator.post(confirm(endpoint, "delete"), {"typed_name": NAME})
    assert answer.status_code == 409
    assert "is at it: Edit tags" in " ".join(answer.content.decode().split())
    assert Action.objects.count() == 1


def test_a_deletion_takes_the_place_of_a_change_that_is_not_sent(
    as_operator: Client, endpoint: Endpoint, upstream: Sandbox
) -> None:
    as_operator.post(confirm(endpoint, "hardware"), ENTERED["hardware"][0])
    as_operator.post(confirm(endpoint, "delete"), {"typed_name": NAME})
    work()
    assert list(Action.objects.values_list("state", flat=True)) == ["done", "superseded"]
    assert mutations(upstream) == ["DELETE "]


def test_a_deletion_while_the_endpoint_updates_is_done(
    as_operator: Client, endpoint: Endpoint, upstream: Sandbox
) -> None:
    upstream.change_endpoint(NAMESPACE, NAME, state="updating")
    as_operator.post(confirm(endpoint, "delete"), {"typed_name": NAME})
    work()
    assert Action.objects.get().state == "done"
    assert remote_of(upstream) is None


def test_without_access_to_its_namespace_nothing_can_be_asked_for(
    as_operator: Client, endpoint: Endpoint, namespace: Namespace
) -> None:
    NamespaceAccess.objects.filter(namespace=namespace).delete()
    answer = as_operator.post(confirm(endpoint, "tags"), {"tags": "prod"})
    assert answer.status_code == 409
    assert not Action.objects.exists()


def test_ids_of_another_organization_are_not_found(
    as_operator: Client, as_outsider: Client, endpoint: Endpoint
) -> None:
    as_operator.post(confirm(endpoint, "tags"), {"tags": "prod", "reason": "secret plan"})
    action = Action.objects.get()
    for there in (confirm(endpoint, "tags"), outcome(action)):
        assert as_outsider.get(there).status_code == 404
        forged = there.replace("/acme/", "/umbrella/")
        assert as_outsider.get(forged).status_code == 404
        assert as_outsider.post(forged, {"tags": "x"}).status_code in {404, 405}


@pytest.mark.parametrize("number", ["0", "999999999999999999999", "-1", "x", "١"])
def test_a_forged_number_of_an_earlier_action_counts_for_nothing(
    number: str, as_operator: Client, endpoint: Endpoint
) -> None:
    answer = as_operator.get(f"{confirm(endpoint, 'tags')}?as={number}")
    assert answer.status_code == 200
    assert answer.context["form"].problem is None
