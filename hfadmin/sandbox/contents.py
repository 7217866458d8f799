"""Adding users, organizations, tokens, models and endpoints to the sandbox."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from hfadmin.sandbox.endpoint import Endpoint
from hfadmin.sandbox.entities import (
    Approval,
    Model,
    Organization,
    OrganizationRole,
    Policy,
    Recipe,
    Role,
    Token,
    User,
    commit_id,
)
from hfadmin.sandbox.state import State

Scopes = Mapping[str, Iterable[str]] | Iterable[tuple[str, str, Iterable[str]]]
Providers = Mapping[str, str | Mapping[str, Any]] | Iterable[str]
TASKS = {
    "text-generation": "conversational",
    "image-text-to-text": "conversational",
    "sentence-similarity": "feature-extraction",
}

IMAGES: dict[str, dict[str, Any]] = {
    "vLLM": {"url": "vllm/vllm-openai:v0.11.0", "healthRoute": "/health", "port": 8000},
    "sGLang": {"url": "lmsysorg/sglang:v0.5.3", "healthRoute": "/health", "port": 30000},
    "llamacpp": {"url": "ghcr.io/ggml-org/llama.cpp:server", "healthRoute": "/health", "port": 80},
    "tei": {"url": "ghcr.io/huggingface/text-embeddings-inference:1.8", "port": 80},
    "tgi": {"url": "ghcr.io/huggingface/text-generation-inference:3.3", "port": 80},
    "infinity": {"url": "michaelf34/infinity:0.0.78", "healthRoute": "/health", "port": 7997},
    "transformers": {"url": "acme/transformers-serve:5.24", "port": 8000},
}


class Contents:
    """The methods by which tests and seeds fill the sandbox. They may be called at any time."""

    def __init__(self, state: State) -> None:
        self.state = state

    def add_user(self, name: str, *, fullname: str = "", email: str = "", **fields: bool) -> User:
        """Add a user; `fields` are `can_pay`, `is_pro` and `credits_used_up`."""
        user = User(name, fullname or name.title(), email or f"{name}@example.org", **fields)
        with self.state.lock:
            self.state.users[name] = user
        return user

    def add_organization(
        self,
        name: str,
        *,
        members: Mapping[str, OrganizationRole] | None = None,
        fullname: str = "",
        policy: Policy = "any",
        **fields: bool,
    ) -> Organization:
        """Add an organization; `fields` are `can_pay`, `is_enterprise` and `credits_used_up`."""
        organization = Organization(name, fullname or name, dict(members or {}), policy, **fields)
        with self.state.lock:
            self.state.organizations[name] = organization
        return organization

    def add_token(
        self,
        user: str,
        *,
        role: Role = "fineGrained",
        scopes: Scopes = (),
        value: str | None = None,
        display_name: str = "hfadmin",
        approvals: Mapping[str, Approval] | None = None,
        global_permissions: Iterable[str] = (),
        **fields: Any,
    ) -> str:
        """Add a token of the user, and return its value.

        `scopes` maps a namespace to its permissions, or lists (kind, name, permissions). `fields`
        are `can_read_gated`, `created_at`, `expires_at`, `expiry_field` and `oauth`.
        """
        with self.state.lock:
            made = value or _token_value(user, len(self.state.tokens))
            fields.setdefault("created_at", self.state.now() - timedelta(days=90))
            self.state.tokens[made] = Token(
                value=made,
                user=user,
                role=role,
                display_name=display_name,
                scopes=self._scopes(scopes),
                global_permissions=tuple(global_permissions),
                approvals=dict(approvals or {}),
                **fields,
            )
        return made

    def add_model(
        self,
        repository: str,
        *,
        pipeline_tag: str | None = "text-generation",
        providers: Providers = (),
        library_name: str | None = "transformers",
        renamed_from: Iterable[str] = (),
        granted_to: Iterable[str] = (),
        **fields: Any,
    ) -> Model:
        """Add a model repository.

        `providers` names those that serve it live, or maps each to its status or its whole entry.
        `fields` are the other fields of `Model`.
        """
        task = TASKS.get(pipeline_tag or "", pipeline_tag)
        with self.state.lock:
            fields.setdefault("created_at", self.state.now() - timedelta(days=400))
            model = Model(
                id=repository,
                pipeline_tag=pipeline_tag,
                library_name=library_name,
                providers=_provider_entries(repository, task, providers),
                granted_to=frozenset(granted_to),
                **fields,
            )
            self.state.models[repository] = model
            self.state.renamed.update(dict.fromkeys(renamed_from, repository))
        return model

    def add_recipe(self, repository: str, accelerator: str, engine: str, **fields: str) -> Recipe:
        """Add a recipe of a model; `fields` are `gguf_file` and `revision`."""
        recipe = Recipe(repository, accelerator, engine, **fields)
        with self.state.lock:
            self.state.recipes.append(recipe)
        return recipe

    def add_endpoint(
        self,
        namespace: str,
        name: str,
        *,
        state: str = "running",
        message: str | None = None,
        stuck: bool = False,
        **fields: Any,
    ) -> Endpoint:
        """Add an endpoint in `state`. Unless `stuck`, it changes from there as the clock runs.

        `fields` are the other fields of `Endpoint`; by default Llama on vLLM and one Nvidia L4.
        """
        with self.state.lock:
            endpoint = self._endpoint(namespace, name, fields)
            endpoint.begin(state, self.state.now(), message)
            if stuck:
                endpoint.upcoming = []
            endpoint.updated_at = fields.get("updated_at", endpoint.updated_at)
            endpoint.deployed = endpoint.deployed or state == "paused"
            self.state.add_endpoint(endpoint)
        return endpoint

    def change_endpoint(self, namespace: str, name: str, **changes: Any) -> Endpoint:
        """Set fields of an endpoint. A new `state` changes from there as the clock runs.

        With `stuck` true it stays in that state. Raises LookupError for an unknown endpoint.
        """
        with self.state.lock:
            endpoint = self._existing(namespace, name)
            new_state, message = changes.pop("state", None), changes.pop("message", None)
            stuck = changes.pop("stuck", False)
            for field, value in changes.items():
                getattr(endpoint, field)
                setattr(endpoint, field, value)
            if new_state is not None:
                endpoint.script = ()
                endpoint.begin(new_state, self.state.now(), message)
            elif message is not None:
                endpoint.message = message
            if stuck:
                endpoint.upcoming = []
            self.state.invalidate(endpoint)
        return endpoint

    def remove_endpoint(self, namespace: str, name: str) -> None:
        """Delete an endpoint. Raises LookupError for an unknown one."""
        with self.state.lock:
            self.state.remove_endpoint(self._existing(namespace, name))

    def change_share(self, share: float) -> int:
        """Change the state of a share of all endpoints, evenly spread. Returns their number."""
        with self.state.lock:
            step = max(round(1 / share), 1)
            chosen = list(self.state.all_endpoints())[::step]
            for endpoint in chosen:
                asleep = endpoint.state == "scaledToZero"
                endpoint.enter("running" if asleep else "scaledToZero", self.state.now())
                self.state.invalidate(endpoint)
        return len(chosen)

    def revoke_token(self, value: str) -> None:
        """Revoke a token, as its user does. Raises KeyError for an unknown one."""
        with self.state.lock:
            self.state.tokens[value].revoked = True

    def _existing(self, namespace: str, name: str) -> Endpoint:
        endpoint = self.state.endpoint(namespace, name)
        if endpoint is None:
            raise LookupError(f"No endpoint {namespace}/{name}")
        return endpoint

    def _scopes(self, scopes: Scopes) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        if isinstance(scopes, Mapping):
            kinds = {name: "org" if name in self.state.organizations else "user" for name in scopes}
            return tuple((kinds[name], name, tuple(held)) for name, held in scopes.items())
        return tuple((kind, name, tuple(held)) for kind, name, held in scopes)

    def _endpoint(self, namespace: str, name: str, fields: dict[str, Any]) -> Endpoint:
        defaults: dict[str, Any] = {
            "repository": "meta-llama/Llama-3.1-8B-Instruct",
            "task": "text-generation",
            "engine": "vLLM",
            "vendor": "aws",
            "region": "us-east-1",
            "accelerator": "gpu",
            "instance_type": "nvidia-l4",
            "instance_size": "x1",
            "created_at": self.state.now() - timedelta(days=30),
            "created_by": "ada",
            "timings": self.state.timings,
        }
        known = defaults | fields
        known.setdefault("image", IMAGES.get(known["engine"], {}))
        known.setdefault("revision", commit_id(known["repository"]))
        known.setdefault(
            "url_when_deployed",
            self.state.deployment_url(namespace, name, known["vendor"], known["region"]),
        )
        return Endpoint(namespace=namespace, name=name, **known)


def _token_value(user: str, serial: int) -> str:
    digest = hashlib.sha256(f"{user}/{serial}".encode()).hexdigest()
    return f"hf_{digest[:34]}"


def _provider_entries(
    repository: str, task: str | None, providers: Providers
) -> dict[str, dict[str, Any]]:
    named = providers if isinstance(providers, Mapping) else dict.fromkeys(providers, "live")
    usual = {"status": "live", "providerId": repository, "task": task}
    return {
        provider: usual | ({"status": entry} if isinstance(entry, str) else dict(entry))
        for provider, entry in named.items()
    }
