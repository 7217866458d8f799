"""The entities of the sandbox's Hub: users, organizations, access tokens and models."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Role = Literal["read", "write", "fineGrained"]
OrganizationRole = Literal["admin", "write", "contributor", "read"]
Policy = Literal["any", "fine_grained_only", "approval_required"]
Approval = Literal["pending", "denied", "approved", "revoked"]
Scope = tuple[str, str, tuple[str, ...]]


@dataclass(slots=True)
class User:
    """A user, who is a namespace too."""

    name: str
    fullname: str
    email: str
    can_pay: bool = True
    is_pro: bool = False
    credits_used_up: bool = False

    @property
    def id(self) -> str:
        return object_id("user", self.name)


@dataclass(slots=True)
class Organization:
    """An organization on Hugging Face, with its policy for access tokens."""

    name: str
    fullname: str
    members: dict[str, OrganizationRole]
    policy: Policy = "any"
    can_pay: bool = True
    is_enterprise: bool = False
    credits_used_up: bool = False

    @property
    def id(self) -> str:
        return object_id("org", self.name)


Namespace = User | Organization


@dataclass(slots=True)
class Token:
    """An access token; `approvals` maps organizations to their administrators' decision on it."""

    value: str
    user: str
    role: Role
    display_name: str
    created_at: datetime
    scopes: tuple[Scope, ...] = ()
    global_permissions: tuple[str, ...] = ()
    can_read_gated: bool = False
    expires_at: datetime | None = None
    expiry_field: Literal["expiresAt", "expiration"] = "expiresAt"
    approvals: dict[str, Approval] = field(default_factory=dict)
    oauth: bool = False
    revoked: bool = False

    @property
    def is_fine_grained(self) -> bool:
        return self.role == "fineGrained"

    def permissions_on(self, kind: str, name: str) -> frozenset[str]:
        """Return the permissions of its scopes on one entity, and its global ones."""
        scoped = (
            permission
            for entity_kind, entity_name, permissions in self.scopes
            if (entity_kind, entity_name) == (kind, name)
            for permission in permissions
        )
        return frozenset((*scoped, *self.global_permissions))


@dataclass(slots=True)
class Model:
    """A model repository; `providers` is its `inferenceProviderMapping`."""

    id: str
    pipeline_tag: str | None
    library_name: str | None
    providers: dict[str, dict[str, Any]]
    created_at: datetime
    tags: tuple[str, ...] = ()
    downloads: int = 0
    likes: int = 0
    gated: Literal["auto", "manual", False] = False
    private: bool = False
    granted_to: frozenset[str] = frozenset()
    safetensors: Mapping[str, int] | None = None
    gguf: Mapping[str, Any] | None = None
    dimension: int = 384
    context_length: int = 131072
    price: tuple[float, float] = (0.1, 0.3)
    mapping_as: Literal["object", "list"] = "object"
    config: Mapping[str, Any] | None = None  # its config.json
    # Sizes by path; without weights among them, there are those that `safetensors` counts.
    files: Mapping[str, int] = field(default_factory=dict)

    @property
    def author(self) -> str:
        return self.id.partition("/")[0]

    @property
    def sha(self) -> str:
        """Its only commit."""
        return commit_id(self.id)

    def is_live(self, task: str) -> bool:
        """Whether any provider serves it live for the task."""
        return any(
            entry["status"] == "live" and entry["task"] == task for entry in self.providers.values()
        )


@dataclass(frozen=True, slots=True)
class Recipe:
    """A tested way of deploying a model, in the Inference Catalog."""

    repository: str
    accelerator: str
    engine: str  # as in an endpoint's image
    gguf_file: str | None = None
    revision: str | None = None

    @property
    def public_id(self) -> str:
        parts = (self.repository, self.accelerator, self.engine, self.gguf_file or "")
        return f"recipe-{object_id('recipe', *parts)[:12]}"


def commit_id(repository: str) -> str:
    """Return the stable commit of a repository: 40 hexadecimal digits."""
    return object_id("sha", repository) + object_id("commit", repository)[:16]


def object_id(*parts: str) -> str:
    """Return a stable id of 24 hexadecimal digits, as the Hub's are."""
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:24]
