"""What Hugging Face answers, as frozen data. Texts are cleaned and capped, and hold no secrets."""

import hashlib
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Self, cast


@dataclass(frozen=True, slots=True)
class Scope:
    """The permissions of a fine-grained token on one entity."""

    entity_kind: str  # "user", "org", "model", …
    entity_name: str
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """What whoami says about the token itself."""

    role: str  # "read", "write", "fineGrained", or "" where the answer does not say
    display_name: str = ""
    created_at: datetime | None = None
    expires_at: datetime | None = None
    can_read_gated: bool = False
    global_permissions: frozenset[str] = frozenset()
    scopes: tuple[Scope, ...] = ()
    expiry_is_odd: bool = False  # one is told, and it cannot be one: not known, and not "never"


@dataclass(frozen=True, slots=True)
class Membership:
    """An organization on Hugging Face that the token's owner belongs to."""

    name: str
    fullname: str
    role: str  # "admin", "write", "contributor", "read", or "" where the answer does not say
    can_pay: bool
    is_enterprise: bool


@dataclass(frozen=True, slots=True)
class Identity:
    name: str
    fullname: str
    kind: str  # "user" or "org"
    can_pay: bool
    is_pro: bool
    organizations: tuple[Membership, ...]
    token: TokenFacts
    organizations_left_out: int = 0  # how many more the answer lists than are read

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The owner's own namespace first, then the organizations'."""
        return (self.name, *(organization.name for organization in self.organizations))

    def to_json(self) -> dict[str, Any]:
        return cast("dict[str, Any]", _plain(asdict(self)))

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        token = stored["token"]
        scopes = tuple(
            Scope(s["entity_kind"], s["entity_name"], frozenset(s["permissions"]))
            for s in token["scopes"]
        )
        facts = TokenFacts(
            role=token["role"],
            display_name=token["display_name"],
            created_at=_time(token["created_at"]),
            expires_at=_time(token["expires_at"]),
            can_read_gated=token["can_read_gated"],
            global_permissions=frozenset(token["global_permissions"]),
            scopes=scopes,
            expiry_is_odd=token.get("expiry_is_odd", False),
        )
        members = tuple(Membership(**member) for member in stored["organizations"])
        return cls(**{**stored, "organizations": members, "token": facts})


@dataclass(frozen=True, slots=True)
class Provider:
    """One inference provider's mapping of a model."""

    name: str
    status: str  # "live", "staging", "error"
    task: str  # "conversational", "text-generation", "feature-extraction", …


@dataclass(frozen=True, slots=True)
class ModelSummary:
    """One suggestion of the search."""

    repository: str
    pipeline_tag: str
    downloads: int | None
    likes: int | None
    gated: bool
    private: bool
    tags: tuple[str, ...]
    library: str
    providers: tuple[Provider, ...] = ()
    licence: str = ""
    # What only a search for sizes is told.
    parameters: dict[str, int] = field(default_factory=dict)  # count by dtype, from safetensors
    gguf_architecture: str = ""
    gguf_parameters: int | None = None


@dataclass(frozen=True, slots=True)
class ModelDetails:
    repository: str
    renamed_from: str  # what was asked for, where the Hub answered under a new name; else ""
    pipeline_tag: str
    tags: tuple[str, ...]
    gated: bool
    private: bool
    warm: bool
    providers: tuple[Provider, ...]
    parameters: dict[str, int] = field(default_factory=dict)  # count by dtype, from safetensors
    gguf_parameters: int | None = None  # their count, whatever their type
    context_length: int | None = None
    sha: str = ""  # the commit that was read
    last_modified: datetime | None = None
    library: str = ""
    licence: str = ""  # the Hub's key for it, such as "apache-2.0"
    gguf_architecture: str = ""


@dataclass(frozen=True, slots=True)
class RepositoryFile:
    path: str
    size: int | None  # bytes


@dataclass(frozen=True, slots=True)
class ModelShape:
    """What a repository's config.json says of the model; None or "" where it does not say."""

    layers: int | None = None
    kv_heads: int | None = None
    head_size: int | None = None
    context_length: int | None = None  # tokens
    dtype: str = ""  # such as "bfloat16"
    architecture: str = ""  # such as "LlamaForCausalLM"
    model_type: str = ""
    quantization: str = ""  # its method, such as "awq"
    # With multi-head latent attention each layer caches so many values for a token, instead of
    # a key and a value for each head.
    latent_rank: int | None = None
    # Tokens that layers with a sliding window look back; their number is not read.
    sliding_window: int | None = None


@dataclass(frozen=True)
class RemoteEndpoint:
    """One Inference Endpoint as the management API returned it."""

    namespace: str
    name: str
    state: str
    message: str
    repository: str
    revision: str
    task: str
    framework: str
    engine: str
    image_url: str
    vendor: str
    region: str
    accelerator: str
    instance_type: str
    instance_size: str
    compute_id: str
    min_replica: int | None  # None: the answer does not say
    max_replica: int | None
    scale_to_zero_timeout: int | None  # minutes
    autoscale_by: str  # "hardwareUsage", "pendingRequests", or "" where the answer does not say
    autoscale_threshold: float | None  # per cent of the hardware, or requests per replica
    ready_replicas: int | None
    target_replicas: int | None
    auth_type: str
    url: str
    tags: tuple[str, ...]
    created_at: datetime | None
    created_by: str
    updated_at: datetime | None
    updated_by: str
    last_used_at: datetime | None
    health_route: str
    container: dict[str, Any]  # see containers.facts

    @cached_property
    def fingerprint(self) -> str:
        """Of all the above: equal means that nothing changed. The values of secrets and of the
        environment, which are not kept, have no part in it."""
        text = repr(tuple(vars(self).values())).encode("utf-8", "replace")
        return hashlib.blake2b(text, digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class EndpointList:
    """Every endpoint of a namespace, as far as the answer could be read."""

    items: tuple[RemoteEndpoint, ...]
    without_name: int = 0  # entries of which not even the name could be read
    left_out: int = 0  # entries beyond the number that is read

    @property
    def unread(self) -> int:
        return self.without_name + self.left_out

    @property
    def is_complete(self) -> bool:
        """Whether an endpoint that is not in it does not exist."""
        return not self.unread


@dataclass(frozen=True, slots=True)
class Hardware:
    """One compute that a namespace may deploy on."""

    id: str
    vendor: str
    region: str
    accelerator: str
    instance_type: str
    instance_size: str
    architecture: str
    status: str
    price_per_hour: Decimal | None  # USD per replica
    accelerators: int | None
    cpus: int | None
    memory_gb: float | None
    gpu_memory_gb: float | None
    quota_max: int | None
    quota_used: int | None


# "chat", "completions" and "embeddings" are OpenAI's, "generation" and "embedding" Hugging Face's.
ROUTES = frozenset({"chat", "completions", "generation", "embeddings", "embedding"})
ROUTES_OF_GENERATION = frozenset({"completions", "generation"})


@dataclass(frozen=True, slots=True)
class CallResult:
    """The outcome of one tiny real call."""

    route: str  # of ROUTES
    latency_ms: int
    text: str | None = None
    dimension: int | None = None
    served_name: str = ""  # what was sent as `model`, "" where the route asks for none


@dataclass(frozen=True, slots=True)
class NormalizedURL:
    """An endpoint's address as hfadmin keeps it: scheme and host, no path."""

    url: str
    host: str
    hosted_by_huggingface: bool
    notes: tuple[str, ...] = ()  # what was tidied up: "console", "route", "scheme", "case"


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
