"""What the management API refuses when an endpoint is created, beyond what it refuses of any body.

The texts are guesses where none is known: each names the field, or the words that tell its kind.
"""

import re
from collections.abc import Mapping
from typing import Any

from hfadmin.sandbox import hardware, memory
from hfadmin.sandbox.bodies import created, refused
from hfadmin.sandbox.endpoint import Endpoint
from hfadmin.sandbox.entities import Model, Namespace, Token
from hfadmin.sandbox.hub_models import may_read
from hfadmin.sandbox.permissions import may_read_gated
from hfadmin.sandbox.state import State

NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{2,30})[a-z0-9]")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
IMAGES = {
    *("custom", "huggingface", "huggingfaceNeuron", "llamacpp", "sGLang", "tei", "tgi"),
    *("tgiNeuron", "vLLM"),
}
UNAVAILABLE = {"not_available": "is not available", "deprecated": "is deprecated"}


def create(state: State, token: Token, owner: Namespace, body: dict[str, Any]) -> Endpoint:
    """Create an endpoint and start it. Raises RefusedError."""
    require_payment(owner)
    name = str(body.get("name", ""))
    if NAME.fullmatch(name) is None:
        raise refused(400, "The name must be 4 to 32 lower case letters, digits and hyphens")
    if state.endpoint(owner.name, name) is not None:
        raise refused(409, f"Endpoint with name {name} already exists")
    endpoint = created(state, token, owner.name, body)
    _require_hardware(endpoint)
    _require_image(endpoint)
    _require_variables(endpoint)
    model = _readable(state, token, endpoint.repository)
    if endpoint.revision not in (None, "", "main", model.sha):
        raise refused(400, f"model.revision {endpoint.revision} not found")
    endpoint.revision = endpoint.revision or model.sha
    memory.judge(state, endpoint)
    endpoint.start(state.now())
    state.add_endpoint(endpoint)
    return endpoint


def require_payment(namespace: Namespace) -> None:
    if not namespace.can_pay:
        text = f"Forbidden: Payment method required for namespace: {namespace.name}"
        raise refused(403, text)
    if namespace.credits_used_up:
        raise refused(402, f"The credits of {namespace.name} are used up. Add credits to go on.")


def _require_hardware(endpoint: Endpoint) -> None:
    chosen = hardware.find(
        endpoint.vendor, endpoint.region, endpoint.instance_type, endpoint.instance_size
    )
    if chosen is not None and (why := UNAVAILABLE.get(chosen.status)):
        raise refused(400, f"Instance compute {hardware.described(endpoint)} {why}")


def _require_image(endpoint: Endpoint) -> None:
    kind, image = endpoint.engine, endpoint.image
    if kind not in IMAGES:
        raise refused(400, f"model.image: unknown variant `{kind}`")
    if kind == "custom" and not image.get("url"):
        raise refused(400, "model.image.custom.url is missing")
    port = image.get("port")
    if port is not None and not (isinstance(port, int) and 1 <= port <= 65535):
        raise refused(400, f"model.image.{kind}.port must be between 1 and 65535")
    route = image.get("healthRoute")
    if route is not None and not (isinstance(route, str) and route.startswith("/")):
        raise refused(400, f"model.image.{kind}.healthRoute must start with a slash")
    endpoint.health_route = route or endpoint.health_route


def _require_variables(endpoint: Endpoint) -> None:
    for field, variables in (("env", endpoint.env), ("secrets", endpoint.secrets)):
        if not isinstance(variables, Mapping):
            raise refused(400, f"model.{field} must be an object")
        for name, value in variables.items():
            if VARIABLE.fullmatch(name) is None:
                raise refused(400, f"model.{field}: {name!r} is no identifier")
            if not isinstance(value, str):
                raise refused(400, f"model.{field}: the value of {name} must be a string")
    for field, words in endpoint.extra_model.items():
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise refused(400, f"model.{field} must be a list of strings")


def _readable(state: State, token: Token, repository: str) -> Model:
    model = state.model(state.renamed.get(repository, repository))
    if model is None or (model.private and not may_read(state, model, token)):
        raise refused(400, f"model.repository {repository} not found")
    if model.gated and not may_read_gated(token, model):
        raise refused(403, f"GatedRepo: Access to model {repository} is restricted.")
    return model
