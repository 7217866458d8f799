"""The Inference Endpoints API: list, get, create, delete, pause, resume, sleep, hardware."""

import re
from typing import Any

from hfadmin.sandbox import hardware
from hfadmin.sandbox.endpoint import Endpoint
from hfadmin.sandbox.entities import Namespace, Organization, Token
from hfadmin.sandbox.permissions import Job, refusal
from hfadmin.sandbox.state import State
from hfadmin.sandbox.wire import RefusedError, Reply, Request, Routes, error, json_reply, text_reply

routes = Routes()
NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{2,30})[a-z0-9]")
CODES = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    409: "CONFLICT",
}


@routes.on("GET", "/endpoint/{namespace}")
def list_endpoints(state: State, request: Request, namespace: str) -> Reply:
    _allowed(state, request, namespace, Job.LIST)
    return Reply(200, state.listing(namespace))


@routes.on("GET", "/endpoint/{namespace}/{name}")
def get_endpoint(state: State, request: Request, namespace: str, name: str) -> Reply:
    _allowed(state, request, namespace, Job.LIST)
    return json_reply(_existing(state, namespace, name).raw())


@routes.on("POST", "/endpoint/{namespace}")
def create_endpoint(state: State, request: Request, namespace: str) -> Reply:
    token, owner = _allowed(state, request, namespace, Job.MANAGE)
    _require_payment(owner)
    body = request.object()
    name = str(body.get("name", ""))
    if NAME.fullmatch(name) is None:
        raise _refused(400, "The name must be 4 to 32 lower case letters, digits and hyphens")
    if state.endpoint(namespace, name) is not None:
        raise _refused(409, f"Endpoint with name {name} already exists")
    endpoint = _created(state, token, namespace, body)
    _require_quota(state, endpoint)
    endpoint.start(state.now())
    state.add_endpoint(endpoint)
    return json_reply(endpoint.raw())


@routes.on("DELETE", "/endpoint/{namespace}/{name}")
def delete_endpoint(state: State, request: Request, namespace: str, name: str) -> Reply:
    _allowed(state, request, namespace, Job.MANAGE)
    state.remove_endpoint(_existing(state, namespace, name))
    return json_reply({})


@routes.on("POST", "/endpoint/{namespace}/{name}/pause")
def pause_endpoint(state: State, request: Request, namespace: str, name: str) -> Reply:
    return _stop(state, request, namespace, name, "paused")


@routes.on("POST", "/endpoint/{namespace}/{name}/scale-to-zero")
def scale_endpoint_to_zero(state: State, request: Request, namespace: str, name: str) -> Reply:
    return _stop(state, request, namespace, name, "scaledToZero")


@routes.on("POST", "/endpoint/{namespace}/{name}/resume")
def resume_endpoint(state: State, request: Request, namespace: str, name: str) -> Reply:
    token, owner = _allowed(state, request, namespace, Job.MANAGE)
    endpoint = _existing(state, namespace, name)
    if endpoint.state == "running":
        raise _refused(400, f"Endpoint {name} is already running")
    _require_payment(owner)
    endpoint.updated_by = token.user
    endpoint.start(state.now())
    state.invalidate(endpoint)
    return json_reply(endpoint.raw())


@routes.on("GET", "/endpoint/{namespace}/{name}/logs")
def read_logs(state: State, request: Request, namespace: str, name: str) -> Reply:
    _allowed(state, request, namespace, Job.LIST)
    endpoint = _existing(state, namespace, name)
    return text_reply(f"{endpoint.updated_at:%Y-%m-%dT%H:%M:%SZ} {endpoint.message}\n")


@routes.on("GET", "/endpoint/{namespace}/{name}/open-metrics")
def read_metrics(state: State, request: Request, namespace: str, name: str) -> Reply:
    _, owner = _allowed(state, request, namespace, Job.LIST)
    _existing(state, namespace, name)
    if not (isinstance(owner, Organization) and owner.is_enterprise):
        raise _refused(403, "Forbidden: metrics need a Team or Enterprise plan")
    return text_reply(
        '# TYPE latency_distribution summary\nlatency_distribution{quantile="0.5"} 0.21\n'
        '# TYPE http_requests counter\nhttp_requests{replica_id="0",status_code="200"} 12\n'
        "# TYPE cpu_usage_percent gauge\ncpu_usage_percent 31.5\n# EOF\n",
        "application/openmetrics-text; version=1.0.0; charset=utf-8",
    )


@routes.on("GET", "/provider/{namespace}")
def list_hardware(state: State, request: Request, namespace: str) -> Reply:
    _allowed(state, request, namespace, Job.LIST)
    return json_reply(hardware.vendors(state.used_accelerators(namespace)))


def _allowed(state: State, request: Request, name: str, job: Job) -> tuple[Token, Namespace]:
    token = state.valid_token(request.bearer)
    if token is None:
        raise _refused(401, "Unauthorized: invalid token")
    namespace = state.namespace(name)
    if namespace is None:
        raise _refused(404, f"Namespace {name} not found")
    if (refused := refusal(token, namespace, job)) is not None:
        raise _refused(refused.status, refused.error)
    return token, namespace


def _existing(state: State, namespace: str, name: str) -> Endpoint:
    endpoint = state.endpoint(namespace, name)
    if endpoint is None:
        raise _refused(404, f"Endpoint {namespace}/{name} not found")
    return endpoint


def _stop(state: State, request: Request, namespace: str, name: str, to: str) -> Reply:
    token, _ = _allowed(state, request, namespace, Job.MANAGE)
    endpoint = _existing(state, namespace, name)
    endpoint.updated_by = token.user
    endpoint.stop(to, state.now())
    state.invalidate(endpoint)
    return json_reply(endpoint.raw())


def _require_payment(namespace: Namespace) -> None:
    if not namespace.can_pay:
        text = f"Forbidden: Payment method required for namespace: {namespace.name}"
        raise _refused(403, text)


def _created(state: State, token: Token, namespace: str, body: dict[str, Any]) -> Endpoint:
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
        raise _refused(400, f"Missing or malformed field: {missing}") from missing
    _require_valid_scaling(endpoint)
    return endpoint


def _scaling(scaling: dict[str, Any]) -> dict[str, Any]:
    return {
        "min_replica": scaling["minReplica"],
        "max_replica": scaling["maxReplica"],
        "scale_to_zero_timeout": scaling.get("scaleToZeroTimeout"),
        "measure": scaling.get("measure"),
    }


def _model(model: dict[str, Any]) -> dict[str, Any]:
    engine, image = next(iter(model["image"].items()))
    return {
        "repository": model["repository"],
        "task": model.get("task") or "text-generation",
        "engine": engine,
        "image": image,
        "framework": model.get("framework", "custom"),
        "revision": model.get("revision"),
        "env": model.get("env") or {},
        "secrets": model.get("secrets") or {},
        "extra_model": {key: model[key] for key in ("command", "args") if key in model},
    }


def _require_valid_scaling(endpoint: Endpoint) -> None:
    timeout = endpoint.scale_to_zero_timeout
    if timeout is not None and not 15 <= timeout <= 2880:
        raise _refused(400, "scaleToZeroTimeout must be between 15 and 2880 minutes")
    if not 0 <= endpoint.min_replica <= endpoint.max_replica:
        raise _refused(400, "minReplica must be between 0 and maxReplica")


def _require_quota(state: State, endpoint: Endpoint) -> None:
    chosen = hardware.find(
        endpoint.vendor, endpoint.region, endpoint.instance_type, endpoint.instance_size
    )
    if chosen is None:
        names = (
            f"'{endpoint.accelerator.capitalize()}' - '{endpoint.instance_type}' - "
            f"'{endpoint.instance_size}' in '{endpoint.vendor}' - '{endpoint.region}'"
        )
        raise _refused(400, f"Instance compute {names} not found")
    used = state.used_accelerators(endpoint.namespace).get(endpoint.instance_type, 0)
    if used + chosen.units * max(endpoint.max_replica, 1) > hardware.QUOTA[chosen.accelerator]:
        # What the API says here is not known; any 4xx that tells the quota will do.
        raise _refused(403, f"Forbidden: quota exceeded for {endpoint.instance_type}")


def _refused(status: int, text: str) -> RefusedError:
    return RefusedError(error(status, text, CODES[status]))
