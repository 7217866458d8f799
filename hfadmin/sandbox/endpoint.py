"""An Inference Endpoint: its fields, and its states over time."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hfadmin.sandbox.entities import object_id

Step = tuple[float, str, str]  # seconds to wait, the next state, its message

MESSAGES = {
    "pending": "Waiting to be scheduled",
    "initializing": "Endpoint is initializing",
    "running": "Endpoint is ready",
    "updating": "Endpoint is updating",
    "updateFailed": "Endpoint update failed, the previous version is still serving",
    "failed": "Endpoint failed to start",
    "paused": "Endpoint is paused",
    "scaledToZero": "Endpoint is scaled to zero",
}
# Engines that run on Hugging Face only as a custom container.
CUSTOM_ENGINES = {"transformers", "infinity"}
SERVING = {"running", "updating", "updateFailed"}
ASLEEP = {"paused", "scaledToZero"}


@dataclass(frozen=True, slots=True)
class Timings:
    """The duration of each transition, in seconds."""

    pending: float = 10
    initializing: float = 60
    updating: float = 30
    noticing: float = 0  # the request that wakes it
    waking: float = 20


@dataclass(slots=True)
class Endpoint:
    """One endpoint. `upcoming` are its next states, as (time, state, message), in order."""

    namespace: str
    name: str
    repository: str
    task: str
    engine: str
    vendor: str
    region: str
    accelerator: str
    instance_type: str
    instance_size: str
    created_at: datetime
    created_by: str
    url_when_deployed: str
    state: str = "pending"
    message: str = ""
    type: str = "authenticated"
    framework: str = "pytorch"
    revision: str | None = None
    image: Mapping[str, Any] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    extra_model: Mapping[str, Any] = field(default_factory=dict)
    custom_router: Mapping[str, Any] | None = None
    serves: Sequence[str] = ()  # names of models that the engine serves; the repository if empty
    chat_template: bool = True
    tags: Sequence[str] = ()
    min_replica: int = 1
    max_replica: int = 1
    scale_to_zero_timeout: int | None = None
    measure: Mapping[str, float] | None = None
    ready_replica: int | None = None
    target_replica: int | None = None
    health_route: str | None = "/health"
    updated_at: datetime | None = None
    updated_by: str | None = None
    last_used_at: datetime | None = None
    fails_with: str | None = None
    leaves_out: Sequence[str] = ()  # keys that the status and the scaling lack
    timings: Timings = field(default_factory=Timings)
    script: Sequence[Step] = ()
    deployed: bool = False
    upcoming: list[tuple[datetime, str, str]] = field(default_factory=list)
    next_step: int = 0

    @property
    def key(self) -> tuple[str, str]:
        return self.namespace, self.name

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the models that its engine serves."""
        return tuple(self.serves) or (self.repository,)

    @property
    def is_serving(self) -> bool:
        return self.state in SERVING

    @property
    def is_asleep(self) -> bool:
        return self.state in ASLEEP

    @property
    def next_change(self) -> datetime | None:
        """The time of the next state, if there is one."""
        return self.upcoming[0][0] if self.upcoming else None

    def enter(self, state: str, at: datetime, message: str | None = None) -> None:
        """Enter `state` at `at`, and drop the upcoming states."""
        self.state = state
        self.message = MESSAGES.get(state, "") if message is None else message
        self.updated_at = at
        self.deployed = self.deployed or state in SERVING | {"scaledToZero"}
        self.upcoming = []
        if self.script:
            self._plan_script(at)
        elif state == "running":
            self._plan_sleep(at)

    def begin(self, state: str, at: datetime, message: str | None = None) -> None:
        """Enter `state` at `at`, and plan the states that follow."""
        if state == "pending":
            self.start(at)
        elif state == "updating":
            self.update(at)
        else:
            self.enter(state, at, message)
        if state == "initializing":
            self._plan_start(at, self.timings.initializing)
            self.advance_to(at)

    def start(self, at: datetime) -> None:
        """Start as a new or resumed endpoint: pending, initializing, then running or failed."""
        self.script = ()
        self.enter("pending", at)
        begins = at + timedelta(seconds=self.timings.pending)
        self._plan_start(begins, self.timings.initializing)

    def wake(self, at: datetime) -> None:
        """Start to scale up from zero replicas, unless it is about to."""
        if self.upcoming and not self.script:
            return
        self.script = ()
        begins = at + timedelta(seconds=self.timings.noticing)
        self._plan_start(begins, self.timings.waking)
        self.advance_to(at)

    def update(self, at: datetime) -> None:
        """Start to roll out a change, while the old version serves."""
        self.script = ()
        self.enter("updating", at)
        ends = at + timedelta(seconds=self.timings.updating)
        last = ("updateFailed", self.fails_with) if self.fails_with else ("running", None)
        self.upcoming = [(ends, last[0], last[1] or MESSAGES[last[0]])]

    def stop(self, state: str, at: datetime) -> None:
        """Enter `state`, paused or scaled to zero, without upcoming states."""
        self.script = ()
        self.enter(state, at)

    def touch(self, at: datetime) -> None:
        """Record a served request, which postpones scaling to zero."""
        self.last_used_at = at
        if not self.script and self.state == "running":
            self.upcoming = []
            self._plan_sleep(at)

    def advance_to(self, now: datetime) -> bool:
        """Enter the states that are due at `now`. Returns whether there were any."""
        changed = False
        while self.upcoming and self.upcoming[0][0] <= now:
            (at, state, message), *rest = self.upcoming
            self.enter(state, at, message)
            if rest:
                self.upcoming = rest
            changed = True
        return changed

    def raw(self) -> dict[str, Any]:
        """Return the endpoint as JSON of the management API."""
        return {
            "name": self.name,
            "type": self.type,
            "accountId": None,
            "healthRoute": self.health_route,
            "tags": list(self.tags),
            "provider": {"vendor": self.vendor, "region": self.region},
            "compute": self._raw_compute(),
            "model": self._raw_model(),
            "status": self._present(self._raw_status()),
            **({"customRouter": dict(self.custom_router)} if self.custom_router else {}),
        }

    def _plan_start(self, at: datetime, takes: float) -> None:
        outcome = "failed" if self.fails_with else "running"
        self.upcoming = [
            (at, "initializing", MESSAGES["initializing"]),
            (at + timedelta(seconds=takes), outcome, self.fails_with or MESSAGES[outcome]),
        ]

    def _plan_sleep(self, since: datetime) -> None:
        if self.min_replica == 0 and self.scale_to_zero_timeout:
            falls_asleep = since + timedelta(minutes=self.scale_to_zero_timeout)
            self.upcoming = [(falls_asleep, "scaledToZero", MESSAGES["scaledToZero"])]

    def _plan_script(self, at: datetime) -> None:
        wait, state, message = self.script[self.next_step % len(self.script)]
        self.next_step += 1
        self.upcoming = [(at + timedelta(seconds=wait), state, message or MESSAGES.get(state, ""))]

    def _raw_compute(self) -> dict[str, Any]:
        scaling: dict[str, Any] = {
            "minReplica": self.min_replica,
            "maxReplica": self.max_replica,
            "scaleToZeroTimeout": self.scale_to_zero_timeout,
        }
        if self.measure is not None:
            scaling["measure"] = dict(self.measure)
        return {
            "accelerator": self.accelerator,
            "instanceType": self.instance_type,
            "instanceSize": self.instance_size,
            "id": f"{self.vendor}-{self.region}-{self.instance_type}-{self.instance_size}",
            "scaling": self._present(scaling),
        }

    def _present(self, values: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in values.items() if key not in self.leaves_out}

    def _raw_model(self) -> dict[str, Any]:
        engine = "custom" if self.engine in CUSTOM_ENGINES else self.engine
        return {
            "repository": self.repository,
            "revision": self.revision,
            "task": self.task,
            "framework": self.framework,
            "image": {engine: dict(self.image)},
            "env": dict(self.env),
            "secrets": dict(self.secrets),
            **self.extra_model,
        }

    def _raw_status(self) -> dict[str, Any]:
        ready, target = self._replicas()
        updated_by = self.updated_by or self.created_by
        status: dict[str, Any] = {
            "createdAt": timestamp(self.created_at),
            "createdBy": {"id": object_id("user", self.created_by), "name": self.created_by},
            "updatedAt": timestamp(self.updated_at or self.created_at),
            "updatedBy": {"id": object_id("user", updated_by), "name": updated_by},
            "private": None,
            "state": self.state,
            "message": self.message,
            "readyReplica": ready,
            "targetReplica": target,
        }
        if self.deployed:
            status["url"] = self.url_when_deployed
        if self.last_used_at is not None:
            status["lastUsedAt"] = timestamp(self.last_used_at)
        return status

    def _replicas(self) -> tuple[int, int]:
        if self.state in ASLEEP:
            return 0, 0
        target = self.target_replica or max(self.min_replica, 1)
        ready = target if self.ready_replica is None else self.ready_replica
        return (ready if self.is_serving else 0), target


def timestamp(moment: datetime) -> str:
    """Return RFC 3339 with nine digits of fraction, as the management API writes times."""
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}000Z"


def deployment_id(namespace: str, name: str) -> str:
    """Return the label of a deployed endpoint's host: sixteen letters, stable."""
    digest = hashlib.sha256(f"{namespace}/{name}".encode()).digest()
    return "".join(chr(ord("a") + byte % 26) for byte in digest[:16])
