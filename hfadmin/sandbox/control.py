"""Routes under /_sandbox/ that control the sandbox: clock, faults, endpoints, received requests."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from hfadmin.sandbox.wire import Reply, Request, Routes, error, json_reply

if TYPE_CHECKING:
    from hfadmin.sandbox.app import Sandbox

routes = Routes()
NOTICE = "This is the sandbox of hfadmin: a stand-in for Hugging Face, with invented data."


@routes.on("GET", "/")
def health(sandbox: "Sandbox", request: Request) -> Reply:
    return json_reply({"sandbox": True, "notice": NOTICE, "now": sandbox.clock.now().isoformat()})


@routes.on("POST", "/clock")
def set_clock(sandbox: "Sandbox", request: Request) -> Reply:
    """Apply `{"freeze": true}`, `{"unfreeze": true}` and `{"advance": seconds}`, in this order."""
    asked = request.object()
    if asked.get("freeze"):
        sandbox.clock.freeze()
    if asked.get("unfreeze"):
        sandbox.clock.unfreeze()
    sandbox.clock.advance(float(asked.get("advance", 0)))
    return health(sandbox, request)


@routes.on("GET", "/faults")
def list_faults(sandbox: "Sandbox", request: Request) -> Reply:
    faults = [{"kind": fault.kind, "times": fault.times} for fault in sandbox.faults]
    return json_reply({"faults": faults})


@routes.on("POST", "/faults")
def add_fault(sandbox: "Sandbox", request: Request) -> Reply:
    """Call `Sandbox.fault` with the object's fields as arguments."""
    asked = request.object()
    try:
        sandbox.fault(asked.pop("kind"), **asked)
    except (KeyError, TypeError, ValueError) as problem:
        return error(400, str(problem))
    return list_faults(sandbox, request)


@routes.on("DELETE", "/faults")
def clear_faults(sandbox: "Sandbox", request: Request) -> Reply:
    sandbox.clear_faults()
    return list_faults(sandbox, request)


@routes.on("POST", "/endpoints/{namespace}")
def add_endpoint(sandbox: "Sandbox", request: Request, namespace: str) -> Reply:
    """Call `Sandbox.add_endpoint` with the object's fields as arguments."""
    asked = request.object()
    try:
        endpoint = sandbox.add_endpoint(namespace, asked.pop("name"), **asked)
    except (KeyError, TypeError) as problem:
        return error(400, str(problem))
    return json_reply(endpoint.raw())


@routes.on("POST", "/endpoints/{namespace}/{name}")
def change_endpoint(sandbox: "Sandbox", request: Request, namespace: str, name: str) -> Reply:
    """Call `Sandbox.change_endpoint` with the object's fields as arguments."""
    try:
        changes = {field: _moment(field, value) for field, value in request.object().items()}
        endpoint = sandbox.change_endpoint(namespace, name, **changes)
    except (LookupError, AttributeError, TypeError) as problem:
        return error(404 if isinstance(problem, LookupError) else 400, str(problem))
    return json_reply(endpoint.raw())


@routes.on("DELETE", "/endpoints/{namespace}/{name}")
def remove_endpoint(sandbox: "Sandbox", request: Request, namespace: str, name: str) -> Reply:
    try:
        sandbox.remove_endpoint(namespace, name)
    except LookupError as problem:
        return error(404, str(problem))
    return Reply(204)


@routes.on("POST", "/change")
def change_share(sandbox: "Sandbox", request: Request) -> Reply:
    """Change the share `{"share": 0.1}` of all endpoints, evenly spread."""
    return json_reply({"changed": sandbox.change_share(float(request.object().get("share", 0.1)))})


@routes.on("GET", "/requests")
def list_requests(sandbox: "Sandbox", request: Request) -> Reply:
    return json_reply({"requests": [_shown(each) for each in list(sandbox.requests)]})


@routes.on("DELETE", "/requests")
def clear_requests(sandbox: "Sandbox", request: Request) -> Reply:
    sandbox.requests.clear()
    return Reply(204)


def _moment(field: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if field.endswith("_at") else value


def _shown(request: Request) -> dict[str, Any]:
    """Return the request as JSON, with only the last four characters of its token."""
    headers = dict(request.headers)
    if request.bearer is not None:
        headers["authorization"] = f"Bearer …{request.bearer[-4:]}"
    return {
        "method": request.method,
        "url": request.url,
        "headers": headers,
        "answered_at": request.answered_at,
    }
