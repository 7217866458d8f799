"""The Inference Endpoints API: list, get, create, update, delete, pause, resume, hardware."""

from hfadmin.sandbox import hardware, memory
from hfadmin.sandbox.bodies import changed, refused
from hfadmin.sandbox.creation import create, require_payment
from hfadmin.sandbox.endpoint import SERVING, Endpoint
from hfadmin.sandbox.entities import Namespace, Organization, Token
from hfadmin.sandbox.permissions import Job, refusal
from hfadmin.sandbox.state import State
from hfadmin.sandbox.wire import Reply, Request, Routes, json_reply, text_reply

routes = Routes()


@routes.on("GET", "/endpoint/{namespace}")
def list_endpoints(state: State, request: Request, namespace: str) -> Reply:
    allowed(state, request, namespace, Job.LIST)
    return Reply(200, state.listing(namespace))


@routes.on("GET", "/endpoint/{namespace}/{name}")
def get_endpoint(state: State, request: Request, namespace: str, name: str) -> Reply:
    allowed(state, request, namespace, Job.LIST)
    return json_reply(_existing(state, namespace, name).raw())


@routes.on("POST", "/endpoint/{namespace}")
def create_endpoint(state: State, request: Request, namespace: str) -> Reply:
    token, owner = allowed(state, request, namespace, Job.MANAGE)
    return json_reply(create(state, token, owner, request.object()).raw())


@routes.on("PUT", "/endpoint/{namespace}/{name}")
def update_endpoint(state: State, request: Request, namespace: str, name: str) -> Reply:
    token, _ = allowed(state, request, namespace, Job.MANAGE)
    endpoint = _existing(state, namespace, name)
    changes = changed(state, endpoint, request.object())
    for field, value in changes.items():
        setattr(endpoint, field, value)
    endpoint.updated_by = token.user
    memory.judge(state, endpoint)
    if endpoint.state in SERVING and not changes.keys() <= {"tags", "type", "custom_router"}:
        endpoint.update(state.now())
    else:
        endpoint.updated_at = state.now()
    state.invalidate(endpoint)
    return json_reply(endpoint.raw())


@routes.on("DELETE", "/endpoint/{namespace}/{name}")
def delete_endpoint(state: State, request: Request, namespace: str, name: str) -> Reply:
    allowed(state, request, namespace, Job.MANAGE)
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
    token, owner = allowed(state, request, namespace, Job.MANAGE)
    endpoint = _existing(state, namespace, name)
    if endpoint.state == "running":
        raise refused(400, f"Endpoint {name} is already running")
    if endpoint.state == "failed":
        raise refused(400, f"Endpoint {name} has failed and cannot be resumed")
    require_payment(owner)
    if state.quirks.resume_resets_scaling:
        endpoint.min_replica = endpoint.max_replica = 1
    endpoint.updated_by = token.user
    endpoint.start(state.now())
    state.invalidate(endpoint)
    return json_reply(endpoint.raw())


@routes.on("GET", "/endpoint/{namespace}/{name}/logs")
def read_logs(state: State, request: Request, namespace: str, name: str) -> Reply:
    allowed(state, request, namespace, Job.LIST)
    endpoint = _existing(state, namespace, name)
    return text_reply(f"{endpoint.updated_at:%Y-%m-%dT%H:%M:%SZ} {endpoint.message}\n")


@routes.on("GET", "/endpoint/{namespace}/{name}/open-metrics")
def read_metrics(state: State, request: Request, namespace: str, name: str) -> Reply:
    _, owner = allowed(state, request, namespace, Job.LIST)
    _existing(state, namespace, name)
    if not (isinstance(owner, Organization) and owner.is_enterprise):
        raise refused(403, "Forbidden: metrics need a Team or Enterprise plan")
    return text_reply(
        '# TYPE latency_distribution summary\nlatency_distribution{quantile="0.5"} 0.21\n'
        '# TYPE http_requests counter\nhttp_requests{replica_id="0",status_code="200"} 12\n'
        "# TYPE cpu_usage_percent gauge\ncpu_usage_percent 31.5\n# EOF\n",
        "application/openmetrics-text; version=1.0.0; charset=utf-8",
    )


@routes.on("GET", "/provider/{namespace}")
def list_hardware(state: State, request: Request, namespace: str) -> Reply:
    allowed(state, request, namespace, Job.LIST)
    return json_reply(hardware.vendors(state.used_accelerators(namespace)))


def allowed(state: State, request: Request, name: str, job: Job) -> tuple[Token, Namespace]:
    token = state.valid_token(request.bearer)
    if token is None:
        raise refused(401, "Unauthorized: invalid token")
    namespace = state.namespace(name)
    if namespace is None:
        raise refused(404, f"Namespace {name} not found")
    if (why := refusal(token, namespace, job)) is not None:
        raise refused(why.status, why.error)
    return token, namespace


def _existing(state: State, namespace: str, name: str) -> Endpoint:
    endpoint = state.endpoint(namespace, name)
    if endpoint is None:
        raise refused(404, f"Endpoint {namespace}/{name} not found")
    return endpoint


def _stop(state: State, request: Request, namespace: str, name: str, to: str) -> Reply:
    token, _ = allowed(state, request, namespace, Job.MANAGE)
    endpoint = _existing(state, namespace, name)
    if state.quirks.refuses_pause_while_starting and endpoint.upcoming and not endpoint.is_asleep:
        raise refused(400, f"Endpoint {name} cannot be paused while it is {endpoint.state}")
    if to == "scaledToZero" and endpoint.min_replica:
        raise refused(400, "Scaling to zero needs minReplica 0")
    endpoint.updated_by = token.user
    endpoint.stop(to, state.now())
    state.invalidate(endpoint)
    return json_reply(endpoint.raw())
