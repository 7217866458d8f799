"""What the bodies of the Inference Endpoints API ask for, and what it refuses of that."""

from dataclasses import replace
from typing import Any

from hfadmin.sandbox import hardware
from hfadmin.sandbox.endpoint import Endpoint
from hfadmin.sandbox.entities import Token
from hfadmin.sandbox.state import State
from hfadmin.sandbox.wire import RefusedError, error

CODES = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    402: "PAYMENT_REQUIRED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    409: "CONFLICT",
}
_SCALING = {
    "minReplica": "min_replica",
    "maxReplica": "max_replica",
    "scaleToZeroTimeout": "scale_to_zero_timeout",
    "measure": "measure",
}
_COMPUTE = {
    "accelerator": "accelerator",
    "instanceType": "instance_type",
    "instanceSize": "instance_size",
}
TYPES = {"public", "authenticated", "protected", "private"}
STARS = "***"
_MEASURES = {"hardwareUsage", "pendingRequests"}
_OF_QUOTA = {*_COMPUTE.values(), "vendor", "region", "max_replica"}
_MODEL = {
    "repository": "repository",
    "revision": "revision",
    "task": "task",
    "framework": "framework",
    "env": "env",
    "secrets": "secrets",
}


def created(state: State, token: Token, namespace: str, body: dict[str, Any]) -> Endpoint:
    try:
        provider, compute, name = body["provider"], body["compute"], body["name"]
        vendor, region = provider["vendor"], provider["region"]
        endpoint = Endpoint(
            namespace=namespace,
            name=name,
            vendor=vendor,
            region=region,
            accelerator=compute["accelerator"],
            instance_type=compute["instanceType"],
            instance_size=compute["instanceSize"],
            created_at=state.now(),
            created_by=token.user,
            url_when_deployed=state.deployment_url(namespace, name, vendor, region),
            type=body.get("type", "authenticated"),
            tags=body.get("tags") or (),
            timings=state.timings,
            **_scaling(compute["scaling"]),
            **_model(body["model"]),
        )
    except (KeyError, TypeError, AttributeError, StopIteration) as missing:
        raise refused(400, f"Missing or malformed field: {missing}") from missing
    _require_valid_scaling(endpoint)
    _require_valid_access(endpoint)
    _require_valid_texts(endpoint)
    _require_quota(state, endpoint)
    return endpoint


def changed(state: State, endpoint: Endpoint, body: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of the endpoint that an update changes. What it does not name stays."""
    try:
        changes = _changes(body)
    except (TypeError, AttributeError, StopIteration) as malformed:
        raise refused(400, f"Malformed field: {malformed}") from malformed
    wanted = replace(endpoint, **changes)
    _require_valid_scaling(wanted)
    _require_valid_access(wanted, before=endpoint.type)
    _require_valid_texts(wanted)
    if not changes.keys().isdisjoint(_OF_QUOTA):
        _require_quota(state, wanted)
    return changes


def _changes(body: dict[str, Any]) -> dict[str, Any]:
    compute, model, provider = (body.get(part) or {} for part in ("compute", "model", "provider"))
    changes = {
        **_named(compute, _COMPUTE),
        **_named(compute.get("scaling") or {}, _SCALING),
        **_named(model, _MODEL),
        **_named(provider, {"vendor": "vendor", "region": "region"}),
        **_named(body, {"tags": "tags", "type": "type"}),
    }
    if model.get("image"):
        changes["engine"], changes["image"] = _image(model["image"])
    if "secrets" in changes:
        changes["secrets"] = _redacted(changes["secrets"])
    if "customRouter" in body:
        # A missing tag removes it.
        router = body["customRouter"] or {}
        changes["custom_router"] = router if router.get("tag") else None
    return changes


def _named(given: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {field: given[name] for name, field in names.items() if name in given}


def _scaling(scaling: dict[str, Any]) -> dict[str, Any]:
    return {
        "min_replica": scaling["minReplica"],
        "max_replica": scaling["maxReplica"],
        "scale_to_zero_timeout": scaling.get("scaleToZeroTimeout"),
        "measure": scaling.get("measure"),
    }


def _model(model: dict[str, Any]) -> dict[str, Any]:
    engine, image = _image(model["image"])
    return {
        "repository": model["repository"],
        "task": model.get("task") or "text-generation",
        "engine": engine,
        "image": image,
        "framework": model.get("framework", "custom"),
        "revision": model.get("revision"),
        "env": model.get("env") or {},
        "secrets": _redacted(model.get("secrets") or {}),
        "extra_model": {key: model[key] for key in ("command", "args") if key in model},
    }


def _image(image: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the one key of the union, and what stands under it."""
    engine, settings = next(iter(image.items()))
    if settings.get("credentials"):
        settings = settings | {"credentials": _redacted(settings["credentials"])}
    return engine, settings


def _redacted(values: Any) -> Any:
    """Return the names with stars for their values: neither is read here, nor comes back."""
    if not isinstance(values, dict):
        return values
    return {name: STARS if isinstance(value, str) else value for name, value in values.items()}


def _require_valid_scaling(endpoint: Endpoint) -> None:
    timeout = endpoint.scale_to_zero_timeout
    if timeout is not None and not 15 <= timeout <= 2880:
        raise refused(400, "scaleToZeroTimeout must be between 15 and 2880 minutes")
    if not 0 <= endpoint.min_replica <= endpoint.max_replica:
        raise refused(400, "minReplica must be between 0 and maxReplica")
    for name, threshold in (endpoint.measure or {}).items():
        if name not in _MEASURES or not isinstance(threshold, int | float) or threshold <= 0:
            raise refused(400, f"measure: {name} above {threshold} is not supported")


def _require_valid_access(endpoint: Endpoint, *, before: str = "") -> None:
    """Nobody has PrivateLink here: what is private was made so."""
    if endpoint.type not in TYPES:
        raise refused(400, f"type must be one of {', '.join(sorted(TYPES))}")
    if endpoint.type == "private" != before:
        raise refused(400, "type private needs a PrivateLink account for this namespace")


def _require_valid_texts(endpoint: Endpoint) -> None:
    tags = endpoint.tags
    if not isinstance(tags, list | tuple) or not all(isinstance(tag, str) for tag in tags):
        raise refused(400, "tags must be a list of strings")
    if not isinstance(endpoint.repository, str) or not endpoint.repository:
        raise refused(400, "model.repository must be the name of a repository")
    if not isinstance(endpoint.revision, str | None):
        raise refused(400, "model.revision must be a string")


def _require_quota(state: State, endpoint: Endpoint) -> None:
    chosen = hardware.find(
        endpoint.vendor, endpoint.region, endpoint.instance_type, endpoint.instance_size
    )
    if chosen is None:
        raise refused(400, f"Instance compute {hardware.described(endpoint)} not found")
    used = state.used_accelerators(endpoint.namespace, but=endpoint.name)
    if (
        used.get(endpoint.instance_type, 0) + chosen.units * max(endpoint.max_replica, 1)
        > hardware.QUOTA[chosen.accelerator]
    ):
        # What the API says here is not known; any 4xx that tells the quota will do.
        raise refused(403, f"Forbidden: quota exceeded for {endpoint.instance_type}")


def refused(status: int, text: str) -> RefusedError:
    return RefusedError(error(status, text, CODES[status]))
