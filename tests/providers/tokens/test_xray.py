from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from hypothesis import given, settings
from hypothesis import strategies as st

from hfadmin import outbound
from hfadmin.sandbox import Clock, Sandbox
from hfadmin.vault import Secret
from providers.huggingface import client
from providers.huggingface.errors import Diagnosis, HuggingFaceError, Kind
from providers.tokens.findings import findings
from providers.tokens.xray import (
    ENDPOINTS_CALL,
    ENDPOINTS_READ,
    ENDPOINTS_WRITE,
    SERVERLESS,
    Ability,
    NamespaceRights,
    Reason,
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
        clock.freeze()
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


def as_polled(secret: Secret, rows: tuple[NamespaceRights, ...]) -> dict[str, Seen]:
    """What the list calls of the inventory leave behind."""
    seen = {}
    for row in rows:
        if row.may(Ability.LIST):
            problem = problem_of(lambda name=row.namespace: client.list_endpoints(secret, name))  # type: ignore[misc]
            seen[row.namespace] = Seen(admitted=problem is None, problem=problem)
    return seen


def really(sandbox: Sandbox, secret: Secret, row: NamespaceRights, ability: Ability) -> bool:
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
            problem = problem_of(lambda: client.check_access(GATED_MODEL, token=secret))
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
