"""What a token may not do, where that shows, and what would change it."""

from dataclasses import replace

import pytest

from providers.huggingface.errors import Diagnosis, Kind
from providers.huggingface.types import Identity, Membership, Scope, TokenFacts
from providers.tokens.findings import findings
from providers.tokens.xray import (
    ANYWHERE,
    ENDPOINTS_CALL,
    ENDPOINTS_WRITE,
    SERVERLESS,
    Ability,
    NamespaceRights,
    Reason,
    Seen,
    Verdict,
    is_limited,
    unmet,
    xray,
)

HUB = "https://sandbox.test"


def identity_of(
    *scopes: Scope, role: str = "fineGrained", member: str = "admin", gated: bool = False
) -> Identity:
    return Identity(
        name="ada",
        fullname="Ada",
        kind="user",
        can_pay=True,
        is_pro=False,
        organizations=(Membership("acme", "ACME", member, can_pay=True, is_enterprise=False),),
        token=TokenFacts(role=role, display_name="bot", can_read_gated=gated, scopes=scopes),
    )


def scope(name: str, *permissions: str) -> Scope:
    return Scope("user" if name == "ada" else "org", name, frozenset(permissions))


def verdicts(row: NamespaceRights) -> str:
    return " ".join(row.abilities.values())


def test_rights_on_the_owner_do_nothing_for_an_organization() -> None:
    ada, acme = xray(identity_of(scope("ada", ENDPOINTS_WRITE, ENDPOINTS_CALL, SERVERLESS)))
    assert verdicts(ada) == "yes yes yes yes no"
    assert verdicts(acme) == "no no no no none"


def test_an_organization_is_unknown_until_it_was_asked() -> None:
    identity = identity_of(scope("acme", ENDPOINTS_CALL))
    assert verdicts(xray(identity)[1]) == "unknown no unknown no none"
    asked = xray(identity, {"acme": Seen(admitted=True)})[1]
    assert verdicts(asked) == "yes no yes no none"


def test_a_permission_that_is_not_known_is_unknown_and_not_missing() -> None:
    ada = xray(identity_of(scope("ada", "inference.endpoints.everything")))[0]
    assert verdicts(ada) == "unknown unknown unknown unknown no"


def test_permissions_of_other_parts_of_the_hub_leave_no_doubt() -> None:
    ada = xray(identity_of(scope("ada", "repo.content.read", "discussion.write")))[0]
    assert verdicts(ada) == "no no no no no"


def test_a_role_that_is_not_known_is_unknown() -> None:
    acme = xray(identity_of(role="write", member="janitor"), {"acme": Seen(admitted=True)})[1]
    assert verdicts(acme) == "unknown unknown unknown unknown none"


def test_a_rejected_token_can_do_nothing() -> None:
    rows = xray(identity_of(role="write"), rejected=True)
    assert {cell.verdict for row in rows for cell in row.cells} == {Verdict.NO}


def test_a_failure_to_ask_leaves_the_last_good_answer() -> None:
    seen = Seen(admitted=True, problem=Diagnosis(Kind.TIMEOUT))
    acme = xray(identity_of(role="write"), {"acme": seen})[1]
    assert acme.cell(Ability.MANAGE).verdict is Verdict.YES


def link_of(identity: Identity, namespace: str, seen: dict[str, Seen] | None = None) -> str:
    found = findings(xray(identity, seen), identity, HUB)
    return next(finding.link for finding in found if finding.namespace == namespace)


def test_deploying_without_calling_comes_first_and_in_red() -> None:
    identity = identity_of(scope("acme", ENDPOINTS_WRITE, SERVERLESS), gated=True)
    first = findings(xray(identity, {"acme": Seen(admitted=True)}), identity, HUB)[0]
    assert (first.namespace, first.state) == ("acme", "invalid")
    assert "Make calls to Inference Endpoints" in first.text


def test_the_form_opens_with_what_there_is_and_what_is_missing() -> None:
    identity = identity_of(
        scope("ada", SERVERLESS, ENDPOINTS_CALL, ENDPOINTS_WRITE),
        scope("acme", ENDPOINTS_WRITE, SERVERLESS),
        gated=True,
    )
    assert link_of(identity, "acme", {"acme": Seen(admitted=True)}) == (
        "https://sandbox.test/settings/tokens/new?tokenType=fineGrained"
        "&ownUserPermissions=inference.endpoints.infer.write"
        "&ownUserPermissions=inference.endpoints.write"
        "&ownUserPermissions=inference.serverless.write"
        "&orgs=acme"
        "&orgPermissions=inference.endpoints.infer.write"
        "&orgPermissions=inference.endpoints.write"
        "&orgPermissions=inference.serverless.write"
        "&canReadGatedRepos=true"
    )


def test_a_hostile_namespace_stays_one_parameter_of_the_link() -> None:
    identity = identity_of()
    hostile = replace(identity.organizations[0], name="a&canReadGatedRepos=true#")
    assert "orgs=a%26canReadGatedRepos%3Dtrue%23" in link_of(
        replace(identity, organizations=(hostile,)), hostile.name
    )


@pytest.mark.parametrize(
    ("kind", "link", "message"),
    [
        (Kind.POLICY_PENDING, False, True),
        (Kind.POLICY_FINE_GRAINED_ONLY, True, False),
        (Kind.POLICY_REVOKED, True, True),
        (Kind.PAYMENT_REQUIRED, False, False),
    ],
)
def test_each_refusal_has_its_remedy(kind: Kind, link: bool, message: bool) -> None:
    identity = identity_of(role="write")
    seen = {"acme": Seen(problem=Diagnosis(kind, {"namespace": "acme"}))}
    (finding,) = findings(xray(identity, seen), identity, HUB)
    assert (bool(finding.link), bool(finding.message)) == (link, message)


@pytest.mark.parametrize("namespace", ["ada", "Ada", ANYWHERE])
def test_what_a_model_needs_is_told_as_needed(namespace: str) -> None:
    identity = identity_of(scope("ada", ENDPOINTS_CALL), gated=True)
    found = findings(xray(identity), identity, HUB, [(namespace, Ability.HOSTED)])
    assert [f.state for f in found if f.namespace == "ada"] == ["limited"]
    assert "limited" not in [f.state for f in found if f.namespace == "acme"]


@pytest.mark.parametrize("right", [SERVERLESS, "inference.brand.new"])
def test_what_may_be_anywhere_is_missing_only_where_it_is_nowhere(right: str) -> None:
    identity = identity_of(scope("acme", right))
    rows, needed = xray(identity), [(ANYWHERE, Ability.HOSTED)]
    assert not unmet(rows, needed)
    assert not is_limited(rows, needed)
    assert {f.state for f in findings(rows, identity, HUB, needed)} <= {"unchecked"}
    assert unmet(rows, [("ada", Ability.HOSTED)]) == {("ada", Ability.HOSTED)}


def fine_grained(*permissions: str) -> tuple[NamespaceRights, ...]:
    facts = TokenFacts(role="fineGrained", scopes=(Scope("user", "ada", frozenset(permissions)),))
    return xray(Identity("ada", "", "user", True, False, (), facts))


@pytest.mark.parametrize(
    "permission",
    [
        *("post.write", "webhooks.write", "notifications.read", "user.billing.read", "paper.write"),
        *("sql-console.embed.write", "space.write", "bucket.read", "mcp.read", "article.write"),
        "brandnew.write",
    ],
)
def test_an_unfamiliar_right_elsewhere_leaves_a_no_a_no(permission: str) -> None:
    (row,) = fine_grained(permission)
    verdicts = {cell.verdict for cell in row.cells}
    assert verdicts == {Verdict.NO}
    assert not row.may(Ability.LIST)


def test_an_unfamiliar_right_elsewhere_hides_none_that_are_held() -> None:
    (row,) = fine_grained("sql-console.embed.write", SERVERLESS)
    assert verdicts(row) == "no no no yes no"


@pytest.mark.parametrize(
    "permission",
    [
        "inference.brand.new",
        "org.endpoints.write",
        "user.inferenceProviders.call",
        "post",
        "everything",
        "models.hosted.write",
        "space.deploy",
        "router.read",
        "post.",
        ".write",
        "*",
        "*.write",
        "sql-console.embed.…",
    ],
)
def test_an_unfamiliar_right_that_may_be_about_inference_leaves_it_open(permission: str) -> None:
    (row,) = fine_grained(permission)
    assert row.cell(Ability.LIST).reason is Reason.UNFAMILIAR
    assert row.may(Ability.CALL)
