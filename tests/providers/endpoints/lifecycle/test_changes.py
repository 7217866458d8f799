"""Verbs that change how an endpoint is set up: what each sends, and what it leaves as it is."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client

from hfadmin.audit.models import Record
from hfadmin.sandbox import Clock, Sandbox
from hfadmin.sandbox.endpoint import Endpoint as Remote
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.models import Endpoint
from tests.providers.endpoints.lifecycle.conftest import remote_of, work
from tests.providers.endpoints.lifecycle.test_pages import confirm
from tests.providers.endpoints.lifecycle.test_running import settle

pytestmark = pytest.mark.page

COMMIT = "0e9e39f249a16976918f6564b8830bc894c89659"
OTHER_COMMIT = "8268fe3026cb304910457689366670e803a6fd56"
L4 = {"accelerator": "gpu", "instanceType": "nvidia-l4", "instanceSize": "x4"}

# For each verb: what is entered, and what is sent.
ENTERED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "scaling": (
        {
            "min_replicas": 1,
            "max_replicas": 3,
            "autoscale_by": "pendingRequests",
            "most_requests": 2.5,
        },
        {
            "compute": {
                "scaling": {
                    "minReplica": 1,
                    "maxReplica": 3,
                    "scaleToZeroTimeout": None,
                    "measure": {"pendingRequests": 2.5},
                }
            }
        },
    ),
    "hardware": ({"hardware": "nvidia-l4/x4"}, {"compute": L4}),
    "model": (
        {"repository": "Qwen/Qwen3-14B", "revision": COMMIT},
        {"model": {"repository": "Qwen/Qwen3-14B", "revision": COMMIT}},
    ),
    "tags": ({"tags": "prod, chat,, prod"}, {"tags": ["prod", "chat"]}),
    "access": ({"auth_type": "public", "public_confirmed": "on"}, {"type": "public"}),
}
# Where it comes back otherwise than it was entered.
TYPED = {"tags": {"tags": "prod, chat"}, "access": {"auth_type": "public"}}


def guarded(upstream: Sandbox) -> Remote:
    """The endpoint with what no update may touch."""
    remote = remote_of(upstream)
    assert remote is not None
    remote.image, remote.secrets = {"url": "registry/x", "credentials": "***"}, {"TOKEN": "***"}
    remote.env, remote.custom_router = {"MAX_LEN": "4096"}, {"tag": "mine"}
    return remote


def sent(upstream: Sandbox) -> Mapping[str, Any]:
    (request,) = (each for each in upstream.requests if each.method == "PUT")
    return request.object()


def asked(client: Client, endpoint: Endpoint, verb: str) -> Action:
    assert client.post(confirm(endpoint, verb), ENTERED[verb][0]).status_code == 302
    return Action.objects.get()


def outcomes() -> list[str]:
    rows = Record.objects.filter(verb__startswith="endpoint.").order_by("id")
    return list(rows.values_list("outcome", flat=True))


@pytest.mark.parametrize("verb", ENTERED)
def test_a_change_sends_nothing_else_and_is_done_once_it_is_seen(
    verb: str, as_operator: Client, endpoint: Endpoint, upstream: Sandbox
) -> None:
    before = guarded(upstream).raw()
    action = asked(as_operator, endpoint, verb)
    work()
    action.refresh_from_db()
    assert (action.state, outcomes()) == ("done", ["asked", "done"])
    assert sent(upstream) == ENTERED[verb][1]
    remote = remote_of(upstream)
    assert remote is not None
    after = remote.raw()
    for kept in ("image", "env", "secrets"):
        assert after["model"][kept] == before["model"][kept]
    assert after["customRouter"] == {"tag": "mine"}
    for part, value in ENTERED[verb][1].items():
        assert contains(after[part], value)


def contains(whole: Any, part: Any) -> bool:
    if not isinstance(part, dict):
        return bool(whole == part)
    return all(contains(whole[name], value) for name, value in part.items())


def test_a_repository_alone_leaves_the_revision_out(
    as_operator: Client, endpoint: Endpoint, upstream: Sandbox
) -> None:
    Endpoint.objects.filter(pk=endpoint.pk).update(revision="")
    entered = {"repository": "Qwen/Qwen3-14B", "revision": ""}
    as_operator.post(confirm(endpoint, "model"), entered)
    work()
    assert sent(upstream) == {"model": {"repository": "Qwen/Qwen3-14B"}}
    assert Action.objects.get().wanted == {"repository": "Qwen/Qwen3-14B"}


def pinned(endpoint: Endpoint, upstream: Sandbox) -> Endpoint:
    upstream.change_endpoint(endpoint.namespace.name, endpoint.name, revision=COMMIT)
    Endpoint.objects.filter(pk=endpoint.pk).update(revision=COMMIT)
    endpoint.refresh_from_db()
    return endpoint


@pytest.mark.parametrize("fault", [None, "lost", "500"])
def test_the_newest_revision_is_done_once_the_endpoint_was_updated(
    fault: str | None, as_operator: Client, endpoint: Endpoint, upstream: Sandbox, clock: Clock
) -> None:
    endpoint = pinned(endpoint, upstream)
    clock.advance(60)
    if fault:
        upstream.fault(fault, method="PUT", times=1)
    entered = {"repository": endpoint.repository, "revision": ""}
    assert as_operator.post(confirm(endpoint, "model"), entered).status_code == 302
    settle(clock)
    assert sent(upstream) == {"model": {"revision": None}}
    assert Action.objects.get().state == ("unclear" if fault == "500" else "done")


def test_a_commit_of_the_present_repository_is_not_taken_to_another(
    as_operator: Client, endpoint: Endpoint, upstream: Sandbox
) -> None:
    endpoint = pinned(endpoint, upstream)
    entered = {"repository": "Qwen/Qwen3-14B", "revision": COMMIT}
    answer = as_operator.post(confirm(endpoint, "model"), entered)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"revision"}
    other = as_operator.post(confirm(endpoint, "model"), entered | {"revision": OTHER_COMMIT})
    assert other.status_code == 302


def test_what_older_answers_call_protected_is_authenticated(
    as_operator: Client, endpoint: Endpoint
) -> None:
    Endpoint.objects.filter(pk=endpoint.pk).update(auth_type="protected")
    page = as_operator.get(confirm(endpoint, "access"))
    assert page.context["form"]["auth_type"].value() == "authenticated"
    answer = as_operator.post(confirm(endpoint, "access"), {"auth_type": "authenticated"})
    assert answer.status_code == 422


def test_public_is_asked_once_more(as_operator: Client, endpoint: Endpoint) -> None:
    answer = as_operator.post(confirm(endpoint, "access"), {"auth_type": "public"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"public_confirmed"}
    assert not Action.objects.exists()


@pytest.mark.parametrize(
    ("present", "chosen", "measure"),
    [
        ("", "", None),
        ("hardwareUsage", "hardwareUsage", {"hardwareUsage": 70.0}),
        ("mood", "mood", None),
        ("mood", "pendingRequests", {"pendingRequests": 1.5}),
    ],
)
def test_replicas_are_added_by_what_is_chosen_and_what_is_unknown_stays(
    present: str,
    chosen: str,
    measure: dict[str, float] | None,
    as_operator: Client,
    endpoint: Endpoint,
    upstream: Sandbox,
) -> None:
    Endpoint.objects.filter(pk=endpoint.pk).update(autoscale_by=present, autoscale_threshold=60)
    page = as_operator.get(confirm(endpoint, "scaling")).context["form"]
    assert page["autoscale_by"].value() == present
    entered = {"most_use": 70, "most_requests": page["most_requests"].value()}
    replicas = {"min_replicas": 0, "max_replicas": 3, "autoscale_by": chosen}
    answer = as_operator.post(confirm(endpoint, "scaling"), entered | replicas)
    assert answer.status_code == 302
    work()
    assert sent(upstream)["compute"]["scaling"].get("measure") == measure
