"""A token that may not look leaves the action to another, before anything is sent."""

from collections.abc import Callable

import pytest

from hfadmin.accounts.models import Organization
from hfadmin.sandbox import Clock, Sandbox
from hfadmin.sandbox.wire import Reply, Request, error
from providers.tokens.models import AccessToken
from tests.providers.endpoints.lifecycle.conftest import NAMESPACE, Ask, mutations, work
from tests.providers.endpoints.lifecycle.test_running import VERBS, in_state, outcomes, settle

REFUSALS = {
    "token_rejected": (401, "Invalid user token."),
    "missing_permission": (403, "missing permissions: inference.endpoints.read"),
    "namespace_not_found": (404, f"Namespace {NAMESPACE} not found"),
    "not_a_member": (401, "Unauthorized"),
}


def refuse(upstream: Sandbox, patch: pytest.MonkeyPatch, why: str, *names: str) -> None:
    """Hugging Face refuses whatever is asked with these tokens."""
    rows = AccessToken.objects.filter(name__in=names)
    refused = {token.secret.reveal() for token in rows}
    honest: Callable[[Request], Reply] = upstream.handle

    def handle(request: Request) -> Reply:
        return error(*REFUSALS[why]) if request.bearer in refused else honest(request)

    patch.setattr(upstream, "handle", handle)


@pytest.mark.parametrize("why", REFUSALS)
def test_what_one_token_may_not_see_is_sent_through_another(
    why: str, ask: Ask, other: AccessToken, upstream: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(upstream, monkeypatch, why, "ada-manages")
    action = ask("pause")
    work()
    action.refresh_from_db()
    assert (action.state, action.token, action.problem) == ("done", other, {})
    assert (mutations(upstream), outcomes()) == (["POST /pause"], ["asked", "done"])


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_is_sent_through_another(
    verb: str,
    ask: Ask,
    other: AccessToken,
    upstream: Sandbox,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    in_state(upstream, VERBS[verb].before)
    refuse(upstream, monkeypatch, "token_rejected", "ada-manages")
    action = ask(verb, wanted=VERBS[verb].wanted)
    settle(clock)
    action.refresh_from_db()
    assert (action.state, action.token) == ("done", other)
    assert len(mutations(upstream)) == 1


def test_a_token_that_cannot_be_decrypted_leaves_it_to_another(
    ask: Ask, other: AccessToken, upstream: Sandbox
) -> None:
    # The stored secret is bound to its organization.
    elsewhere = Organization.objects.create(name="B", slug="b")
    AccessToken.objects.filter(name="ada-manages").update(organization=elsewhere)
    action = ask("pause")
    work()
    action.refresh_from_db()
    assert (action.state, action.token) == ("done", other)


@pytest.mark.parametrize("why", REFUSALS)
def test_a_lost_answer_is_looked_for_through_another(
    why: str,
    ask: Ask,
    other: AccessToken,
    upstream: Sandbox,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    upstream.fault("lost", method="POST", times=1)
    action = ask("pause")
    work()
    refuse(upstream, monkeypatch, why, "ada-manages")
    settle(clock)
    action.refresh_from_db()
    assert (action.state, mutations(upstream)) == ("done", ["POST /pause"])


def test_where_all_are_refused_the_reason_is_that_of_the_healthiest(
    ask: Ask, other: AccessToken, upstream: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(upstream, monkeypatch, "missing_permission", "ada-manages")
    refuse(upstream, monkeypatch, "token_rejected", "other")
    action = ask("pause")
    work()
    action.refresh_from_db()
    assert (action.state, action.problem["kind"]) == ("refused", "missing_permission")
    assert (mutations(upstream), outcomes()) == ([], ["asked", "refused"])


def test_a_refusal_of_what_was_sent_is_not_tried_through_another(
    ask: Ask, other: AccessToken, upstream: Sandbox
) -> None:
    upstream.fault("403", method="POST", times=1)
    action = ask("pause")
    work()
    action.refresh_from_db()
    assert action.state == "refused"
    assert mutations(upstream) == ["POST /pause"]
