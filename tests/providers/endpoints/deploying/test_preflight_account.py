"""The preflight of who deploys, and who pays."""

from hfadmin.accounts.models import Organization
from hfadmin.sandbox import Sandbox
from providers.endpoints.deploying.preflight import State
from providers.tokens.models import AccessToken
from tests.factories import stored_token
from tests.providers.endpoints.deploying.checks import is_doubt, labels_of, line, lines, remedy
from tests.providers.endpoints.deploying.conftest import EVERYTHING, NAMESPACE, check
from tests.providers.huggingface.test_items import answered_with

BILLING = "billing.read"
DEPLOYS_ONLY = ("inference.endpoints.write", "repo.content.read")


def another(
    upstream: Sandbox, acme: Organization, name: str, permissions: tuple[str, ...]
) -> AccessToken:
    """A token of Ada's with these permissions on acme-labs, checked."""
    made = stored_token(acme, name, upstream.add_token("ada", scopes={NAMESPACE: permissions}))
    check(made)
    return made


def billed(upstream: Sandbox, acme: Organization) -> AccessToken:
    return another(upstream, acme, "ada-bills", (*EVERYTHING, BILLING))


def test_a_token_that_may_manage_and_call_is_ok(acme: Organization, token: AccessToken) -> None:
    shown = line(acme, token, "token")
    assert shown.state is State.OK
    assert shown.title == "ada-deploys may manage and call it"
    assert not shown.about


def test_a_token_that_could_call_nothing_is_warned_of_with_one_that_could(
    acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    bot = another(upstream, acme, "deploy-bot", DEPLOYS_ONLY)
    assert line(acme, token, "token").about == "deploy-bot could create it, and then call nothing."
    shown = line(acme, bot, "token")
    assert is_doubt(shown)
    assert remedy(shown, "Use ada-deploys").sets == {"api_token": str(token.pk)}
    assert "inference.endpoints.infer.write" in remedy(shown, "Give it the right").link


def test_whether_a_token_may_is_not_known_where_hugging_face_has_not_told(
    acme: Organization, token: AccessToken
) -> None:
    token.accesses.all().update(succeeded_at=None)
    assert line(acme, token, "token").state is State.UNKNOWN


def test_without_a_card_it_would_be_refused(
    acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    assert line(acme, token, "payment").state is State.OK
    upstream.state.organizations[NAMESPACE].can_pay = False
    check(token)
    shown = line(acme, token, "payment")
    assert shown.blocks
    assert shown.field == "namespace"
    link = remedy(shown, "Add one").link
    assert link == f"https://sandbox.test/organizations/{NAMESPACE}/settings/billing"
    assert remedy(shown, "I have added one").asks == "account"


def test_of_two_tokens_the_one_that_was_told_last_knows_about_the_card(
    acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    upstream.state.organizations[NAMESPACE].can_pay = False
    upstream.clock.advance(60)
    another(upstream, acme, "later", EVERYTHING)
    assert line(acme, token, "payment").blocks


def test_the_page_of_a_users_billing_is_their_own(
    acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    upstream.state.users["ada"].can_pay = False
    own = stored_token(acme, "own", upstream.add_token("ada", scopes={"ada": EVERYTHING}))
    check(own)
    shown = line(acme, own, "payment", namespace="ada")
    assert remedy(shown, "Add one").link == "https://sandbox.test/settings/billing"


def test_credits_are_told_where_the_token_may_read_billing(
    acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    shown = line(acme, billed(upstream, acme), "credit")
    assert shown.state is State.OK
    assert shown.title == "acme-labs has $25.00 of credits"


def test_without_the_right_the_credits_are_unknown_with_the_form_that_gives_it(
    acme: Organization, token: AccessToken
) -> None:
    shown = line(acme, token, "credit")
    assert shown.state is State.UNKNOWN
    assert shown.about == "ada-deploys may not read billing."
    link = remedy(shown, "Give it the right").link
    for permission in ("billing.read", "inference.endpoints.write", "infer.write"):
        assert permission in link
    assert "canReadGatedRepos=true" in link


def test_without_credits_it_would_be_refused(
    acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    upstream.state.organizations[NAMESPACE].credits_used_up = True
    shown = line(acme, billed(upstream, acme), "credit")
    assert shown.blocks
    assert shown.field == "namespace"
    assert labels_of(shown) == ["Add credits", "I have added some: look again"]


def test_a_balance_that_is_not_told_is_unknown_and_no_zero(
    acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    used = billed(upstream, acme)
    answered_with('{"usage": {}}')
    shown = line(acme, used, "credit")
    assert shown.state is State.UNKNOWN
    assert "$" not in shown.sentence


def test_credits_are_unknown_while_the_hub_does_not_answer(
    acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    used = billed(upstream, acme)
    upstream.fault("503", path=f"/api/organizations/{NAMESPACE}/billing")
    shown = line(acme, used, "credit")
    assert shown.state is State.UNKNOWN
    assert labels_of(shown) == ["Look again"]


def test_hugging_face_is_asked_about_the_credits_once(
    acme: Organization, token: AccessToken, upstream: Sandbox
) -> None:
    for _ in range(3):
        lines(acme, token)
    assert sum("/billing/" in each.path for each in upstream.requests) == 1
