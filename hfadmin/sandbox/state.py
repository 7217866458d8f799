"""Everything the sandbox knows, behind one lock."""

import json
import threading
from collections.abc import Iterator
from datetime import datetime

from hfadmin.sandbox.clock import Clock
from hfadmin.sandbox.endpoint import Endpoint, Timings, deployment_id
from hfadmin.sandbox.entities import Model, Namespace, Organization, Token, User


class State:
    """The stand-in's database. Hold `lock` while reading or changing it."""

    def __init__(self, clock: Clock, base_url: str, endpoint_url: str, timings: Timings) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self.base_url = base_url.rstrip("/")
        self.endpoint_url = endpoint_url
        self.timings = timings
        self.users: dict[str, User] = {}
        self.organizations: dict[str, Organization] = {}
        self.tokens: dict[str, Token] = {}
        self.models: dict[str, Model] = {}
        self.renamed: dict[str, str] = {}
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

    def genuine(self, value: str | None) -> Token | None:
        """The token of that value, unless unknown, revoked or expired."""
        token = self.tokens.get(value or "")
        if token is None or token.revoked:
            return None
        expired = token.expires_at is not None and token.expires_at <= self.now()
        return None if expired else token

    def model(self, repository: str) -> Model | None:
        return self.models.get(repository)

    def spelled(self, repository: str) -> str:
        """The repository as it is spelled where it exists in other letters' case."""
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
        self.changed(endpoint)

    def remove_endpoint(self, endpoint: Endpoint) -> None:
        del self._endpoints[endpoint.namespace][endpoint.name]
        self._by_url.pop(_without_scheme(endpoint.url_when_deployed), None)
        self.changed(endpoint)

    def changed(self, endpoint: Endpoint) -> None:
        """Forget how an endpoint that was changed looked, alone and in its namespace's listing."""
        self._serialized.pop(endpoint.key, None)
        self._listings.pop(endpoint.namespace, None)

    def endpoints(self, namespace: str) -> list[Endpoint]:
        """The namespace's endpoints, as they are now."""
        endpoints = list(self._endpoints.get(namespace, {}).values())
        for endpoint in endpoints:
            self._settle(endpoint)
        return endpoints

    def all_endpoints(self) -> Iterator[Endpoint]:
        for namespace in list(self._endpoints):
            yield from self.endpoints(namespace)

    def endpoint(self, namespace: str, name: str) -> Endpoint | None:
        endpoint = self._endpoints.get(namespace, {}).get(name)
        if endpoint is not None:
            self._settle(endpoint)
        return endpoint

    def endpoint_at(self, host: str, path: str) -> tuple[Endpoint, str] | None:
        """The endpoint deployed at an address, and the rest of the path."""
        first, _, rest = path.removeprefix("/deployed/").partition("/")
        by_path = self._by_url.get(f"{host}/deployed/{first}")
        if path.startswith("/deployed/") and by_path is not None:
            found, remainder = by_path, f"/{rest}"
        elif (by_host := self._by_url.get(host)) is not None:
            found, remainder = by_host, path
        else:
            return None
        self._settle(found)
        return (found, remainder) if found.deployed else None

    def listing(self, namespace: str) -> bytes:
        """`{"items": […]}` of a namespace, serialized once for as long as nothing changes."""
        cached = self._listings.get(namespace)
        if cached is not None and (cached[1] is None or self.now() < cached[1]):
            return cached[0]
        endpoints = self.endpoints(namespace)
        body = b'{"items":[%s]}' % b",".join(self._item(endpoint) for endpoint in endpoints)
        changes = [e.next_change for e in endpoints if e.next_change is not None]
        self._listings[namespace] = (body, min(changes, default=None))
        return body

    def used_accelerators(self, namespace: str) -> dict[str, int]:
        """Accelerators by instance type that count against the quota: all but the paused."""
        used: dict[str, int] = {}
        for endpoint in self.endpoints(namespace):
            if endpoint.state != "paused":
                units = int(endpoint.instance_size.removeprefix("x") or 1)
                count = units * max(endpoint.min_replica, 1)
                used[endpoint.instance_type] = used.get(endpoint.instance_type, 0) + count
        return used

    def _item(self, endpoint: Endpoint) -> bytes:
        if endpoint.key not in self._serialized:
            item = json.dumps(endpoint.raw(), separators=(",", ":")).encode()
            self._serialized[endpoint.key] = item
        return self._serialized[endpoint.key]

    def _settle(self, endpoint: Endpoint) -> None:
        if endpoint.settle(self.now()):
            self.changed(endpoint)


def _without_scheme(url: str) -> str:
    return url.partition("://")[2].rstrip("/").lower()
