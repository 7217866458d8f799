"""The data of the sandbox, behind one lock."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from hfadmin.sandbox.clock import Clock
from hfadmin.sandbox.endpoint import Endpoint, Timings, deployment_id
from hfadmin.sandbox.entities import Model, Namespace, Organization, Recipe, Token, User


@dataclass(slots=True)
class Quirks:
    """What the management API is told to do in one guide and not in another."""

    resume_resets_scaling: bool = False  # to one replica, whatever it was before
    refuses_pause_while_starting: bool = False


class State:
    """Users, organizations, tokens, models and endpoints. Hold `lock` to read or change them."""

    def __init__(self, clock: Clock, base_url: str, endpoint_url: str, timings: Timings) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self.base_url = base_url.rstrip("/")
        self.endpoint_url = endpoint_url
        self.timings = timings
        self.quirks = Quirks()
        self.users: dict[str, User] = {}
        self.organizations: dict[str, Organization] = {}
        self.tokens: dict[str, Token] = {}
        self.models: dict[str, Model] = {}
        self.renamed: dict[str, str] = {}
        self.recipes: list[Recipe] = []
        self._endpoints: dict[str, dict[str, Endpoint]] = {}
        self._by_url: dict[str, Endpoint] = {}
        self._serialized: dict[tuple[str, str], bytes] = {}
        self._listings: dict[str, tuple[bytes, datetime | None]] = {}

    def now(self) -> datetime:
        return self.clock.now()

    def namespace(self, name: str) -> Namespace | None:
        return self.users.get(name) or self.organizations.get(name)

    def organizations_of(self, user: str) -> list[Organization]:
        return [org for org in self.organizations.values() if user in org.members]

    def valid_token(self, value: str | None) -> Token | None:
        """Return the token, or None where it is unknown, revoked or expired."""
        token = self.tokens.get(value or "")
        if token is None or token.revoked:
            return None
        expired = token.expires_at is not None and token.expires_at <= self.now()
        return None if expired else token

    def model(self, repository: str) -> Model | None:
        return self.models.get(repository)

    def canonical_name(self, repository: str) -> str:
        """Return the name of the repository that differs only in case; else the name as given."""
        if repository in self.models:
            return repository
        wanted = repository.lower()
        return next((name for name in self.models if name.lower() == wanted), repository)

    def deployment_url(self, namespace: str, name: str, vendor: str, region: str) -> str:
        return self.endpoint_url.format(
            id=deployment_id(namespace, name), vendor=vendor, region=region
        )

    def add_endpoint(self, endpoint: Endpoint) -> None:
        self._endpoints.setdefault(endpoint.namespace, {})[endpoint.name] = endpoint
        self._by_url[_without_scheme(endpoint.url_when_deployed)] = endpoint
        self.invalidate(endpoint)

    def remove_endpoint(self, endpoint: Endpoint) -> None:
        del self._endpoints[endpoint.namespace][endpoint.name]
        self._by_url.pop(_without_scheme(endpoint.url_when_deployed), None)
        self.invalidate(endpoint)

    def invalidate(self, endpoint: Endpoint) -> None:
        """Drop the cached JSON of an endpoint that has changed, and of its namespace's listing."""
        self._serialized.pop(endpoint.key, None)
        self._listings.pop(endpoint.namespace, None)

    def endpoints(self, namespace: str) -> list[Endpoint]:
        """Return the namespace's endpoints in their present state."""
        endpoints = list(self._endpoints.get(namespace, {}).values())
        for endpoint in endpoints:
            self._bring_up_to_date(endpoint)
        return endpoints

    def all_endpoints(self) -> Iterator[Endpoint]:
        for namespace in list(self._endpoints):
            yield from self.endpoints(namespace)

    def endpoint(self, namespace: str, name: str) -> Endpoint | None:
        endpoint = self._endpoints.get(namespace, {}).get(name)
        if endpoint is not None:
            self._bring_up_to_date(endpoint)
        return endpoint

    def endpoint_at(self, host: str, path: str) -> tuple[Endpoint, str] | None:
        """Return the endpoint deployed at the address, and the rest of the path."""
        first, _, rest = path.removeprefix("/deployed/").partition("/")
        by_path = self._by_url.get(f"{host}/deployed/{first}")
        if path.startswith("/deployed/") and by_path is not None:
            found, remainder = by_path, f"/{rest}"
        elif (by_host := self._by_url.get(host)) is not None:
            found, remainder = by_host, path
        else:
            return None
        self._bring_up_to_date(found)
        return (found, remainder) if found.deployed else None

    def listing(self, namespace: str) -> bytes:
        """Return `{"items": […]}` of the namespace, cached for as long as nothing changes."""
        cached = self._listings.get(namespace)
        if cached is not None and (cached[1] is None or self.now() < cached[1]):
            return cached[0]
        endpoints = self.endpoints(namespace)
        body = b'{"items":[%s]}' % b",".join(self._item(endpoint) for endpoint in endpoints)
        changes = [e.next_change for e in endpoints if e.next_change is not None]
        self._listings[namespace] = (body, min(changes, default=None))
        return body

    def used_accelerators(self, namespace: str, *, but: str = "") -> dict[str, int]:
        """Count, by instance type, the accelerators of all endpoints that are not paused, but the
        one of this name."""
        used: dict[str, int] = {}
        for endpoint in self.endpoints(namespace):
            if endpoint.state != "paused" and endpoint.name != but:
                units = int(endpoint.instance_size.removeprefix("x") or 1)
                count = units * max(endpoint.min_replica, 1)
                used[endpoint.instance_type] = used.get(endpoint.instance_type, 0) + count
        return used

    def _item(self, endpoint: Endpoint) -> bytes:
        if endpoint.key not in self._serialized:
            item = json.dumps(endpoint.raw(), separators=(",", ":")).encode()
            self._serialized[endpoint.key] = item
        return self._serialized[endpoint.key]

    def _bring_up_to_date(self, endpoint: Endpoint) -> None:
        if endpoint.advance_to(self.now()):
            self.invalidate(endpoint)


def _without_scheme(url: str) -> str:
    return url.partition("://")[2].rstrip("/").lower()
