from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hfadmin import outbound
from hfadmin.sandbox import Clock, Sandbox
from hfadmin.vault import Secret
from providers.huggingface import client
from providers.huggingface.errors import Diagnosis, HuggingFaceError, Kind
from providers.huggingface.types import Identity, Membership, Scope, TokenFacts
from providers.tokens.findings import findings
from providers.tokens.xray import (
    ENDPOINTS_CALL,
    ENDPOINTS_READ,
    ENDPOINTS_WRITE,
    SERVERLESS,
    Ability,
    Reason,
    Row,
    Seen,
    Verdict,
    xray,
)

HUB = "https://sandbox.test"
CHAT_MODEL = "meta-llama/Llama-3.1-8B-Instruct"
GATED_MODEL = "acme/gated"
PERMISSIONS = (
    SERVERLESS,
    ENDPOINTS_READ,
    ENDPOINTS_WRITE,
    ENDPOINTS_CALL,
    "repo.content.read",
    "inference.endpoints.brand.new",
)
NAMESPACES = ("ada", "acme", "labs")

# Each permission by the toss of a coin: sets as such would mostly come out nearly empty.
held = st.tuples(*[st.booleans()] * len(PERMISSIONS)).map(
    lambda tossed: frozenset(
        name for name, is_held in zip(PERMISSIONS, tossed, strict=True) if is_held
    )
)


@dataclass(frozen=True)
class World:
    """One Hugging Face, with one token of ada."""

    role: Any
    oauth: bool
    scopes: dict[str, frozenset[str]]
    everywhere: frozenset[str]
    can_read_gated: bool
    members: dict[str, Any]
    policies: dict[str, Any]
    approvals: dict[str, Any]
    can_pay: dict[str, bool] = field(default_factory=dict)

    def build(self) -> tuple[Sandbox, Secret]:
        clock = Clock()
        clock.hold()
        sandbox = Sandbox(clock=clock)
        sandbox.add_user("ada", can_pay=self.can_pay["ada"])
        for name in ("acme", "labs"):
            role = self.members[name]
            sandbox.add_organization(
                name,
                members={"ada": role} if role else {},
                policy=self.policies[name],
                can_pay=self.can_pay[name],
            )
        for name in NAMESPACES:
            sandbox.add_endpoint(name, "running-one", repository=CHAT_MODEL, stuck=True)
            sandbox.add_endpoint(name, "paused-one", state="paused")
        sandbox.add_model(CHAT_MODEL, providers=["together"])
        sandbox.add_model(GATED_MODEL, gated="auto", granted_to=["ada"])
        value = sandbox.add_token(
            "ada",
            role=self.role,
            scopes=self.scopes if self.role == "fineGrained" else {},
            global_permissions=self.everywhere if self.role == "fineGrained" else (),
            can_read_gated=self.can_read_gated,
            approvals={name: said for name, said in self.approvals.items() if said},
            oauth=self.oauth and self.role == "fineGrained",
        )
        return sandbox, Secret(value)


def per_organization(*values: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({name: st.sampled_from(values) for name in ("acme", "labs")})


worlds = st.builds(
    World,
    role=st.sampled_from(["read", "write", "fineGrained", "fineGrained", "fineGrained"]),
    oauth=st.sampled_from([False, False, True]),
    scopes=st.fixed_dictionaries(dict.fromkeys(NAMESPACES, held)),
    everywhere=st.sampled_from([frozenset[str](), frozenset[str](), frozenset({SERVERLESS})]),
    can_read_gated=st.booleans(),
    members=per_organization("admin", "write", "contributor", "contributor", "read", None),
    policies=per_organization("any", "any", "fine_grained_only", "approval_required"),
    approvals=per_organization("pending", "denied", "approved", "approved", "revoked", None),
    can_pay=st.fixed_dictionaries(
        {name: st.sampled_from([True, True, False]) for name in NAMESPACES}
    ),
)


@contextmanager
def inside(sandbox: Sandbox) -> Iterator[None]:
    outbound.use_transport(lambda: httpx2.WSGITransport(app=sandbox))
    try:
        yield
    finally:
        outbound.reset()


def problem_of(call: Callable[[], object]) -> Diagnosis | None:
    try:
        call()
    except HuggingFaceError as error:
        return error.diagnosis
    return None


def as_polled(secret: Secret, rows: tuple[Row, ...]) -> dict[str, Seen]:
    """What the list calls of the inventory leave behind."""
    seen = {}
    for row in rows:
        if row.may(Ability.LIST):
            problem = problem_of(lambda name=row.namespace: client.list_endpoints(secret, name))  # type: ignore[misc]
            seen[row.namespace] = Seen(admitted=problem is None, problem=problem)
    return seen


def really(sandbox: Sandbox, secret: Secret, row: Row, ability: Ability) -> bool:
    """Make the call itself."""
    name = row.namespace
    match ability:
        case Ability.LIST:
            problem = problem_of(lambda: client.list_endpoints(secret, name))
        case Ability.MANAGE:
            problem = problem_of(lambda: client.resume_endpoint(secret, name, "paused-one"))
        case Ability.CALL:
            endpoint = sandbox.state.endpoint(name, "running-one")
            assert endpoint is not None
            url = endpoint.url_when_deployed
            problem = problem_of(
                lambda: client.endpoint_text(secret, url, [CHAT_MODEL], listed=[url])
            )
        case Ability.HOSTED:
            billed = None if row.kind == "user" else name
            problem = problem_of(lambda: client.hosted_chat(secret, CHAT_MODEL, bill_to=billed))
        case Ability.GATED:
            problem = problem_of(lambda: client.model(GATED_MODEL, token=secret))
    refusals = {Kind.UPSTREAM_ERROR, Kind.UNREACHABLE, Kind.ENDPOINT_NOT_FOUND, Kind.BAD_REQUEST}
    assert problem is None or problem.kind not in refusals, problem
    return problem is None


@settings(max_examples=120, deadline=None)
@given(world=worlds, asked=st.sampled_from([True, True, True, False]))
def test_every_yes_and_every_no_is_what_the_call_answers(world: World, asked: bool) -> None:
    sandbox, secret = world.build()
    with inside(sandbox):
        identity = client.whoami(secret)
        rows = xray(identity)
        if asked:
            rows = xray(identity, as_polled(secret, rows))
        for row in rows:
            for cell in row.cells:
                if cell.verdict in {Verdict.YES, Verdict.NO}:
                    expected = cell.verdict is Verdict.YES
                    outcome = really(sandbox, secret, row, cell.ability)
                    assert outcome is expected, (row.namespace, cell)


@settings(max_examples=60, deadline=None)
@given(world=worlds)
def test_little_is_left_unknown_once_the_namespaces_were_looked_at(world: World) -> None:
    if world.oauth or any("brand.new" in p for s in world.scopes.values() for p in s):
        return
    sandbox, secret = world.build()
    with inside(sandbox):
        identity = client.whoami(secret)
        rows = xray(identity, as_polled(secret, xray(identity)))
    for row in rows:
        for cell in row.cells:
            if cell.verdict is Verdict.UNKNOWN:
                assert cell.ability is Ability.HOSTED
                assert not row.seen.admitted


@settings(max_examples=60, deadline=None)
@given(world=worlds)
def test_every_no_is_spoken_of_with_what_would_change_it(world: World) -> None:
    sandbox, secret = world.build()
    with inside(sandbox):
        identity = client.whoami(secret)
        rows = xray(identity, as_polled(secret, xray(identity)))
    found = findings(rows, identity, HUB)
    for row in rows:
        noes = {cell.reason for cell in row.cells if cell.verdict is Verdict.NO}
        here = [finding for finding in found if finding.namespace == row.namespace]
        assert len(here) >= len(noes - {Reason.MISSING})
        assert bool(here) is bool(noes)
        assert all(finding.title and finding.text for finding in here)


# Examples


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


def verdicts(row: Row) -> str:
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


# What is missing


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


def test_what_a_model_needs_is_told_as_needed() -> None:
    identity = identity_of(scope("ada", ENDPOINTS_CALL), gated=True)
    found = findings(xray(identity), identity, HUB, [("ada", Ability.HOSTED)])
    assert [f.state for f in found if f.namespace == "ada"] == ["limited"]


def fine_grained(*permissions: str) -> tuple[Row, ...]:
    facts = TokenFacts(role="fineGrained", scopes=(Scope("user", "ada", frozenset(permissions)),))
    return xray(Identity("ada", "", "user", True, False, (), facts))


@pytest.mark.parametrize(
    "permission",
    ["post.write", "webhooks.write", "notifications.read", "user.billing.read", "paper.write"],
)
def test_an_unfamiliar_right_elsewhere_leaves_a_no_a_no(permission: str) -> None:
    (row,) = fine_grained(permission)
    verdicts = {cell.verdict for cell in row.cells}
    assert verdicts == {Verdict.NO}
    assert not row.may(Ability.LIST)


@pytest.mark.parametrize(
    "permission",
    [
        "inference.brand.new",
        "org.endpoints.write",
        "user.inferenceProviders.call",
        "post",
        "everything",
        "brandnew.write",
        "*",
    ],
)
def test_an_unfamiliar_right_that_may_be_about_inference_leaves_it_open(permission: str) -> None:
    (row,) = fine_grained(permission)
    assert row.cell(Ability.LIST).reason is Reason.UNFAMILIAR
    assert row.may(Ability.CALL)
