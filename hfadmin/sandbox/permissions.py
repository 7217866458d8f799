"""Whether a token may do something in a namespace; every route of the sandbox asks here.

It checks, in this order, the user's membership in the organization, the organization's policy for
tokens, the token's role or scopes, and the member's role in the organization.
"""

from dataclasses import dataclass
from enum import StrEnum

from hfadmin.sandbox.entities import Model, Namespace, Organization, Token, User

SERVERLESS = "inference.serverless.write"
ENDPOINTS_READ = "inference.endpoints.read"
ENDPOINTS_WRITE = "inference.endpoints.write"
ENDPOINTS_CALL = "inference.endpoints.infer.write"
REPOSITORY_READ = "repo.content.read"
BILLING_READ = "billing.read"

FINE_GRAINED_ONLY = (
    "Due to the organization token policy, only fine-grained tokens can access the resources of "
    "the organization {name}."
)
APPROVAL_PENDING = (
    "Due to the organization token policy, your token needs to be approved by an administrator of "
    "the organization {name}."
)
REVOKED = "Your token has been revoked by the organization administrator of {name}."


class Job(StrEnum):
    """What a token is used for."""

    LIST = "list endpoints"
    MANAGE = "manage endpoints"
    CALL = "call endpoints"
    HOSTED = "hosted inference"
    READ = "read private repositories"
    BILLING = "read the billing"


@dataclass(frozen=True, slots=True)
class Refusal:
    """The HTTP status and the text of the error."""

    status: int
    error: str


GRANTED_BY: dict[Job, tuple[str, ...]] = {
    Job.LIST: (ENDPOINTS_WRITE, ENDPOINTS_CALL, ENDPOINTS_READ),
    Job.MANAGE: (ENDPOINTS_WRITE,),
    Job.CALL: (ENDPOINTS_CALL,),
    Job.HOSTED: (SERVERLESS,),
    Job.READ: (REPOSITORY_READ,),
    Job.BILLING: (BILLING_READ,),
}
NAMED_IN_ERROR: dict[Job, str] = {
    Job.LIST: ENDPOINTS_READ,
    Job.MANAGE: ENDPOINTS_WRITE,
    Job.CALL: ENDPOINTS_CALL,
    Job.READ: REPOSITORY_READ,
    Job.BILLING: BILLING_READ,
}
RANK = {"read": 1, "contributor": 2, "write": 3, "admin": 4}
RANK_NEEDED: dict[Job, int] = dict.fromkeys(Job, RANK["read"]) | {
    Job.MANAGE: RANK["write"],
    Job.BILLING: RANK["admin"],
}


def refusal(token: Token, namespace: Namespace, job: Job) -> Refusal | None:
    """Return why `token` may not do `job` in `namespace`, or None where it may.

    The token has to be valid: the routes answer 401 to others before.
    """
    if isinstance(namespace, User):
        if token.user != namespace.name:
            return _cannot_see(token, namespace, job)
        return _missing_permission(token, namespace, job)
    if token.user not in namespace.members:
        return _cannot_see(token, namespace, job)
    return (
        policy_refusal(token, namespace)
        or _missing_permission(token, namespace, job)
        or _role_too_low(token, namespace, job)
    )


def policy_refusal(token: Token, organization: Organization) -> Refusal | None:
    """Return the refusal by the organization's policy for tokens, if any."""
    approval = token.approvals.get(organization.name, "pending")
    if approval == "revoked":
        return Refusal(403, REVOKED.format(name=organization.name))
    if organization.policy != "any" and not token.is_fine_grained:
        return Refusal(403, FINE_GRAINED_ONLY.format(name=organization.name))
    if organization.policy == "approval_required" and approval != "approved":
        return Refusal(403, APPROVAL_PENDING.format(name=organization.name))
    return None


def may_read_gated(token: Token, model: Model) -> bool:
    """Whether the token's user has access to the model, and the token may use it."""
    return token.user in model.granted_to and (token.can_read_gated or not token.is_fine_grained)


def _missing_permission(token: Token, namespace: Namespace, job: Job) -> Refusal | None:
    if not token.is_fine_grained:
        allowed = token.role == "write" or job is not Job.MANAGE
        return None if allowed else _lacks(token, namespace, job)
    kind = "user" if isinstance(namespace, User) else "org"
    held = token.permissions_on(kind, namespace.name)
    if held.intersection(GRANTED_BY[job]):
        return None
    return _lacks(token, namespace, job) if held else _cannot_see(token, namespace, job)


def _role_too_low(token: Token, organization: Organization, job: Job) -> Refusal | None:
    if RANK[organization.members[token.user]] >= RANK_NEEDED[job]:
        return None
    return Refusal(403, f"Forbidden: your role in {organization.name} does not allow this.")


def _lacks(token: Token, namespace: Namespace, job: Job) -> Refusal:
    if job is Job.HOSTED:
        return _no_providers(token, namespace)
    return Refusal(403, f"Forbidden: missing permissions: {NAMED_IN_ERROR[job]}")


def _cannot_see(token: Token, namespace: Namespace, job: Job) -> Refusal:
    if job is Job.HOSTED:
        return _no_providers(token, namespace)
    return Refusal(401, f"Unauthorized: you cannot access the namespace {namespace.name}.")


def _no_providers(token: Token, namespace: Namespace) -> Refusal:
    whose = (
        f"user {token.user}" if isinstance(namespace, User) else f"organization {namespace.name}"
    )
    return Refusal(
        403,
        "This authentication method does not have sufficient permissions to call Inference "
        f"Providers on behalf of {whose}",
    )
