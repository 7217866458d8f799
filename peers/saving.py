"""Saves a model as the settings screen does, and verifies it as a worker does."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from hfadmin import prepare
from peers.engines import RunningEngine
from peers.hub import NAMESPACE
from tests.stack.processes import SandboxClient, clean_environment

if TYPE_CHECKING:
    from hfadmin.accounts.models import Organization, User
    from providers.catalog.models import Verification


@dataclass(frozen=True, slots=True)
class Saved:
    """What was saved of a model; if it was not verified, only the `problem`."""

    problem: str = ""
    route: str = ""
    served_name: str = ""
    dimension: int | None = None
    milliseconds: int | None = None
    only_continues: bool = False  # the model cannot chat


def save_all(engines: Sequence[RunningEngine], hub: str, token: str, data: Path) -> list[Saved]:
    """Save a model on each engine, by a new installation of hfadmin in `data`."""
    environment = clean_environment(HFADMIN_DATA_DIR=str(data), **SandboxClient(hub).environment)
    os.environ.clear()
    os.environ.update(environment)
    prepare.load_django()
    prepare.create_tables()
    return _save_all(engines, token)


def _save_all(engines: Sequence[RunningEngine], token: str) -> list[Saved]:
    from hfadmin.accounts.models import Organization, Role, User
    from hfadmin.audit.actors import Actor
    from hfadmin.vault import Secret
    from providers.tokens import operations as tokens

    organization = Organization.objects.create(name="ACME", slug="acme")
    user = User.objects.create_user("ada@example.org", None)
    organization.memberships.create(user=user, role=Role.ADMIN)
    stored = tokens.add(organization, tokens.NewToken("peers", Secret(token)), Actor.person(user))
    return [_save(organization, user, stored.pk, served) for served in engines]


def _save(organization: "Organization", user: "User", token: UUID, served: RunningEngine) -> Saved:
    from hfadmin.audit.actors import Actor
    from providers.catalog import operations
    from providers.catalog.models import Verification

    setup = _setup(served) | {"token_id": token}
    check = operations.save(organization, setup, form_key=uuid4(), actor=Actor.person(user))
    claim = Verification.objects.open().claim()
    for pk in claim.ids:
        operations.verify(pk, str(claim.lease))
    check.refresh_from_db()
    return _saved(check)


def _setup(served: RunningEngine) -> dict[str, Any]:
    """Return what a person enters in the settings screen."""
    engine = served.engine
    return {
        "model_type": "text-embedding" if engine.embeds else "llm",
        "name": engine.repository,
        "endpoint_type": "endpoint",
        "namespace_name": NAMESPACE if engine.embeds else "",
        "endpoint_url": served.url,
        "task": engine.task,
        "real_call": True,
        "url_confirmed": False,
    }


def _saved(check: "Verification") -> Saved:
    model = check.model
    if model is None or model.state != model.State.VERIFIED:
        return Saved(problem=f"{check.state}: {check.problem}")
    return Saved(
        route=model.route,
        served_name=model.served_name,
        dimension=model.dimension,
        milliseconds=model.latency_ms,
        only_continues=model.only_continues,
    )
