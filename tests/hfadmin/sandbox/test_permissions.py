"""What a token may do: membership, policy, role or scopes, and the member's role."""

from typing import Any

import httpx2
import pytest

from hfadmin.sandbox import Clock, Sandbox
from hfadmin.sandbox.entities import OrganizationRole

CALL, MANAGE = "inference.endpoints.infer.write", "inference.endpoints.write"
HOSTED = "inference.serverless.write"
MODEL = "acme/chat"


class World:
    """One organization with one endpoint, and the four calls that a token is for."""

    def __init__(self, sandbox: Sandbox, web: httpx2.Client) -> None:
        self.sandbox, self.web = sandbox, web
        sandbox.add_user("ada")
        sandbox.add_model(MODEL, providers=["novita"])

    def organize(self, role: OrganizationRole = "admin", **facts: Any) -> None:
        self.sandbox.add_organization("acme", members={"ada": role}, **facts)
        self.endpoint = self.sandbox.add_endpoint("acme", "llama", repository=MODEL)

    def statuses(self, token: str, *, billed: str | None = None) -> tuple[int, int, int, int]:
        """What list, manage, call and hosted inference answer."""
        headers = {"Authorization": f"Bearer {token}"}
        bill = {"X-HF-Bill-To": billed} if billed else {}
        chat = {"model": MODEL, "messages": [{"role": "user", "content": "Hi"}]}
        url = f"{self.endpoint.url_when_deployed}/v1/chat/completions"
        answers = [
            self.web.get("/v2/endpoint/acme", headers=headers),
            self.web.post("/v2/endpoint/acme/llama/pause", headers=headers),
        ]
        self.sandbox.change_endpoint("acme", "llama", state="running")
        answers += [
            self.web.post(url, json=chat, headers=headers),
            self.web.post("/router/v1/chat/completions", json=chat, headers=headers | bill),
        ]
        first, second, third, fourth = (answer.status_code for answer in answers)
        return first, second, third, fourth


@pytest.fixture
def world(sandbox: Sandbox, web: httpx2.Client) -> World:
    return World(sandbox, web)


@pytest.mark.parametrize(
    ("role", "expected"), [("write", (200, 200, 200, 200)), ("read", (200, 403, 200, 200))]
)
def test_a_classic_token_does_what_its_role_says(
    world: World, role: Any, expected: tuple[int, ...]
) -> None:
    world.organize()
    assert world.statuses(world.sandbox.add_token("ada", role=role)) == expected


@pytest.mark.parametrize(
    ("scopes", "expected"),
    [
        ({"acme": [MANAGE, CALL], "ada": [HOSTED]}, (200, 200, 200, 200)),
        ({"acme": [MANAGE]}, (200, 200, 403, 403)),
        ({"acme": [CALL]}, (200, 403, 200, 403)),
        ({"acme": ["repo.content.read"]}, (403, 403, 403, 403)),
        ({"ada": [MANAGE, CALL, HOSTED]}, (401, 401, 401, 200)),
        ({}, (401, 401, 401, 403)),
    ],
)
def test_a_fine_grained_token_does_what_its_scopes_say_entity_by_entity(
    world: World, scopes: dict[str, list[str]], expected: tuple[int, ...]
) -> None:
    world.organize()
    assert world.statuses(world.sandbox.add_token("ada", scopes=scopes)) == expected


def test_a_permission_held_globally_counts_everywhere(world: World) -> None:
    world.organize()
    token = world.sandbox.add_token("ada", global_permissions=[MANAGE, HOSTED])
    assert world.statuses(token) == (200, 200, 403, 200)


@pytest.mark.parametrize(
    ("role", "manages"), [("admin", 200), ("write", 200), ("contributor", 403), ("read", 403)]
)
def test_the_members_role_limits_what_a_good_token_does(
    world: World, role: OrganizationRole, manages: int
) -> None:
    world.organize(role)
    token = world.sandbox.add_token("ada", role="write")
    assert world.statuses(token) == (200, manages, 200, 200)


def test_an_outsider_cannot_see_the_namespace(world: World) -> None:
    world.organize()
    world.sandbox.add_user("eve")
    token = world.sandbox.add_token("eve", role="write")
    assert world.statuses(token, billed="acme") == (401, 401, 401, 403)


@pytest.mark.parametrize(
    ("policy", "role", "approval", "expected"),
    [
        ("any", "write", "revoked", 403),
        ("fine_grained_only", "write", "approved", 403),
        ("fine_grained_only", "fineGrained", "pending", 200),
        ("approval_required", "write", "approved", 403),
        ("approval_required", "fineGrained", "pending", 403),
        ("approval_required", "fineGrained", "denied", 403),
        ("approval_required", "fineGrained", "approved", 200),
    ],
)
def test_the_organizations_policy_comes_before_the_tokens_rights(
    world: World, policy: Any, role: Any, approval: Any, expected: int
) -> None:
    world.organize(policy=policy)
    scopes = {"acme": [MANAGE, CALL, HOSTED]}
    token = world.sandbox.add_token("ada", role=role, scopes=scopes, approvals={"acme": approval})
    assert world.statuses(token, billed="acme") == (expected,) * 4


def test_hosted_inference_is_billed_to_whom_the_header_names(world: World) -> None:
    world.organize(credits_used_up=True)
    token = world.sandbox.add_token("ada", scopes={"ada": [HOSTED], "acme": [HOSTED]})
    assert world.statuses(token)[-1] == 200
    assert world.statuses(token, billed="acme")[-1] == 402
    own_only = world.sandbox.add_token("ada", scopes={"ada": [HOSTED]})
    assert world.statuses(own_only, billed="acme")[-1] == 403


def test_without_a_payment_method_nothing_is_started_but_all_can_be_stopped(world: World) -> None:
    world.organize(can_pay=False)
    headers = {"Authorization": f"Bearer {world.sandbox.add_token('ada', role='write')}"}
    assert world.web.post("/v2/endpoint/acme/llama/pause", headers=headers).status_code == 200
    refused = world.web.post("/v2/endpoint/acme/llama/resume", headers=headers)
    assert refused.status_code == 403
    assert refused.json()["error"].endswith("Payment method required for namespace: acme")
    identity = world.web.get("/api/whoami-v2", headers=headers).json()
    assert identity["orgs"][0]["canPay"] is False


def test_a_token_ends_when_it_expires_or_is_revoked(world: World, clock: Clock) -> None:
    world.organize()
    token = world.sandbox.add_token("ada", role="write", expires_at=clock.now())
    assert world.statuses(token) == (401, 401, 401, 401)
    revoked = world.sandbox.add_token("ada", role="write")
    answered = world.web.post("/api/credentials/revoke", json={"credentials": [revoked, "hf_no"]})
    assert answered.status_code == 202
    assert world.statuses(revoked) == (401, 401, 401, 401)


def _creation(**changes: Any) -> dict[str, Any]:
    """The body of a good creation; `compute` and `scaling` change single fields of theirs."""
    scaling = {"minReplica": 0, "maxReplica": 1, "scaleToZeroTimeout": 60}
    compute = {"accelerator": "gpu", "instanceType": "nvidia-l4", "instanceSize": "x1"}
    compute |= changes.pop("compute", {})
    return {
        "name": "llama-new",
        "type": "authenticated",
        "provider": {"vendor": "aws", "region": "us-east-1"},
        "compute": compute | {"scaling": scaling | changes.pop("scaling", {})},
        "model": {"repository": MODEL, "framework": "pytorch", "image": {"huggingface": {}}},
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({}, 200, None),
        ({"name": "llama"}, 409, "already exists"),
        ({"name": "Ab"}, 400, "4 to 32"),
        ({"scaling": {"scaleToZeroTimeout": 5}}, 400, "must be between 15 and 2880 minutes"),
        ({"compute": {"instanceType": "c6i"}}, 400, "'Gpu' - 'c6i' - 'x1' in 'aws' - 'us-east-1'"),
        ({"scaling": {"maxReplica": 99}}, 403, "quota"),
        ({"model": {}}, 400, "field"),
    ],
)
def test_a_creation_is_checked(
    world: World, changes: dict[str, Any], status: int, words: str | None
) -> None:
    world.organize()
    headers = {"Authorization": f"Bearer {world.sandbox.add_token('ada', role='write')}"}
    answered = world.web.post("/v2/endpoint/acme", json=_creation(**changes), headers=headers)
    assert answered.status_code == status
    if words is not None:
        assert words in answered.json()["error"]
