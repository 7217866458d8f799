"""What the preflight says is so: what it calls a refusal is refused, and where it calls everything
ok the endpoint is created."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx2
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hfadmin import outbound
from hfadmin.accounts.models import Organization, User
from hfadmin.audit.actors import Actor
from hfadmin.live import cache
from hfadmin.sandbox import Clock, Sandbox
from hfadmin.sandbox.entities import Approval, OrganizationRole, Policy, Role
from providers.endpoints.deploying import bodies, planning, preflight, screens
from providers.endpoints.deploying.choice import of as choice_of
from providers.endpoints.deploying.computes import Compute
from providers.endpoints.deploying.engines import ENGINES
from providers.endpoints.deploying.forms import DeployForm
from providers.endpoints.deploying.preflight import State
from providers.endpoints.lifecycle import deployments
from providers.huggingface import client
from providers.huggingface.errors import HuggingFaceError
from providers.tokens.models import AccessToken, Namespace
from tests.factories import stored_token
from tests.providers.endpoints.conftest import look
from tests.providers.endpoints.deploying.conftest import NAMESPACE, check, entered
from tests.providers.endpoints.lifecycle.conftest import work

CALL, MANAGE = "inference.endpoints.infer.write", "inference.endpoints.write"
READ, BILLING = "repo.content.read", "billing.read"
ALL = frozenset({CALL, MANAGE, READ, BILLING})
UNSEEN, TAKEN = "taken-just-now", "taken"
NAMES = ("qwen3-8b", UNSEEN, TAKEN, "abc", "a" * 33, "Capital", "-hyphen", "under_score", "")
MODELS: dict[str, Any] = {
    "open/model": {},
    "gated/granted": {"gated": "manual", "granted_to": ["ada"]},
    "gated/closed": {"gated": "auto"},
    f"{NAMESPACE}/own": {"private": True},
    "elsewhere/secret": {"private": True},
    "new/name": {"renamed_from": ["old/name"]},
}
HARDWARE = (
    "aws/us-east-1/nvidia-l4/x1",
    "aws/us-east-1/nvidia-l4/x4",
    "aws/us-east-1/intel-spr/x4",
    "aws/us-east-1/nvidia-a10g/x4",  # deprecated
    "aws/eu-west-1/nvidia-h200/x8",  # not available
    "gcp/us-east4/nvidia-h100/x1",  # reserved
    "aws/us-east-1/nvidia-l4/x64",  # there is none
)
# What tells nothing of whether Hugging Face would refuse it.
BESIDE = {"memory", "engine"}


def mostly(usual: Any, *others: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([*[usual] * (5 * len(others)), *others])


@dataclass(frozen=True)
class World:
    """What Hugging Face has, and what is asked of it. An endpoint is a size of L4 and a state."""

    permissions: frozenset[str]
    role: Role
    member: OrganizationRole
    policy: Policy
    approval: Approval
    reads_gated: bool
    can_pay: bool
    used_up: bool
    name: str
    model: str
    hardware: str
    replicas: int
    others: tuple[tuple[str, str], ...] = field(default=())


worlds = st.builds(
    World,
    permissions=mostly(ALL, *(ALL - {each} for each in sorted(ALL)), frozenset()),
    role=mostly("fineGrained", "write", "read"),
    member=mostly("admin", "write", "contributor", "read"),
    policy=mostly("any", "fine_grained_only", "approval_required"),
    approval=mostly("approved", "pending", "denied", "revoked"),
    reads_gated=mostly(True, False),
    can_pay=mostly(True, False),
    used_up=mostly(False, True),
    name=mostly(*NAMES),
    model=mostly(*MODELS, "old/name", "nobody/nothing"),
    hardware=mostly(*HARDWARE),
    replicas=st.integers(1, 5),
    others=st.lists(
        st.tuples(st.sampled_from(["x1", "x4"]), st.sampled_from(["paused", "scaledToZero"])),
        max_size=4,
    ).map(tuple),
)


def made(world: World, clock: Clock) -> tuple[Sandbox, str]:
    """The sandbox, and the value of the token."""
    upstream = Sandbox(clock=clock)
    upstream.add_user("ada")
    upstream.add_organization(
        NAMESPACE,
        members={"ada": world.member},
        policy=world.policy,
        can_pay=world.can_pay,
        credits_used_up=world.used_up,
    )
    upstream.add_organization("elsewhere", members={})
    for repository, fields in MODELS.items():
        upstream.add_model(repository, safetensors={"BF16": 10**9}, **fields)
    upstream.add_endpoint(NAMESPACE, TAKEN, state="paused", stuck=True)
    for number, (size, state) in enumerate(world.others):
        upstream.add_endpoint(
            NAMESPACE,
            f"other-{number}",
            state=state,
            stuck=True,
            instance_size=size,
            min_replica=0,
        )
    value = upstream.add_token(
        "ada",
        role=world.role,
        scopes={NAMESPACE: sorted(world.permissions)} if world.role == "fineGrained" else (),
        approvals={NAMESPACE: world.approval},
        can_read_gated=world.reads_gated,
    )
    return upstream, value


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is taken back, from the database and from caches."""
    cache.clear_all()
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        cache.clear_all()


def filled(organization: Organization, token: AccessToken, world: World) -> DeployForm:
    typed = entered(
        token,
        name=world.name,
        repository=world.model,
        hardware=world.hardware,
        max_replicas=str(world.replicas),
    )
    return screens.form(organization, typed)


def send(form: DeployForm, token: AccessToken, world: World, actor: Actor) -> None:
    """As a worker does; of a form that is not taken, a request such as it would have led to."""
    if form.is_valid():
        deployments.ask(planning.plan(form), actor)
        work()
    else:
        with suppress(HuggingFaceError):
            client.create_endpoint(token.secret, NAMESPACE, body_of(world))


def body_of(world: World) -> dict[str, Any]:
    place = (*world.hardware.split("/"), "gpu", "")
    row = Compute._make((*place, None, None, None, None, None, "", None, None))
    scaling = {"min_replicas": 0, "max_replicas": world.replicas, "scale_to_zero_minutes": 60}
    typed: dict[str, Any] = {
        "name": world.name,
        "auth_type": "authenticated",
        "repository": world.model,
        "scaling": scaling,
        **dict.fromkeys(["revision", "image", "health_route", "gguf_file"], ""),
        **dict.fromkeys(["port", "tensor_parallel_size", "data_parallel_size"]),
        **{name: [] for name in ("command", "args", "tags")},
    }
    return bodies.body(typed, ENGINES["vLLM"], row, "text-generation")


def test_what_is_called_a_refusal_is_refused_and_what_is_called_ok_is_created(
    organization: Organization, admin: User, sandbox: Sandbox, clock: Clock
) -> None:
    actor, seen = Actor.person(admin), Counter[str]()

    def prove(world: World) -> None:
        upstream, value = made(world, clock)
        outbound.use_transport(lambda: httpx2.WSGITransport(app=upstream))
        with undone():
            token = stored_token(organization, "used", value)
            check(token)
            for namespace in Namespace.objects.filter(name=NAMESPACE):
                look(namespace)
            upstream.add_endpoint(NAMESPACE, UNSEEN, state="paused")
            form = filled(organization, token, world)
            chosen = choice_of(form)
            refusals = preflight.refusals(chosen) if form.is_valid() else []
            unknown = {each.key for each in preflight.run(chosen) if each.state is State.UNKNOWN}
            before = len(upstream.state.endpoints(NAMESPACE))
            send(form, token, world, actor)
            created = len(upstream.state.endpoints(NAMESPACE)) > before
            if not form.is_valid() or refusals:
                assert not created, (form.errors, refusals)
                seen["refused"] += 1
            elif not unknown - BESIDE:
                assert created
                seen["created"] += 1

    given(worlds)(
        settings(
            max_examples=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )(prove)
    )()
    assert seen["refused"]
    assert seen["created"]
