"""What the form begins with: nothing chosen, an earlier deployment, or another endpoint."""

import shlex
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final
from uuid import uuid4

from django.utils.translation import gettext as _

from hfadmin.audit.actors import Actor
from hfadmin.vault import UndecryptableError
from providers.endpoints.deploying import computes, suggesting
from providers.endpoints.deploying.engines import DEFAULT, ENGINES, Engine
from providers.endpoints.deploying.places import Place
from providers.endpoints.lifecycle import columns, environment
from providers.endpoints.lifecycle.forms.scaling import BY_USE, USUAL_REQUESTS, USUAL_USE
from providers.endpoints.lifecycle.models import Deployment
from providers.endpoints.lifecycle.verbs.creation import values_of
from providers.endpoints.models import Endpoint
from providers.huggingface.errors import HuggingFaceError

LIKE: Final = "like"  # no field: what the endpoint is called that the form is filled like
_USUAL: Mapping[str, Any] = {
    "min_replicas": 0,
    "max_replicas": 1,
    "scale_to_zero_minutes": 60,
    "autoscale_by": BY_USE,
    "most_use": USUAL_USE,
    "most_requests": USUAL_REQUESTS,
    "auth_type": "authenticated",
    "engine": DEFAULT,
    "suggested_engine": DEFAULT,
}
_OF_CONTAINER = ("gguf_file", "tensor_parallel_size", "data_parallel_size")
_PLACE = ("vendor", "region", "instance_type", "instance_size")
_CUT = "…"
_SETTLED: Mapping[str, Any] = {
    "suggested_name": "",
    "suggested_engine": "",
    "suggested_gguf_file": "",
    "suggested_hardware": "",
}


def anew(given: Mapping[str, str]) -> dict[str, Any]:
    """`given` are fields that came with the address."""
    return {**_USUAL, "form_key": uuid4(), **given}


def again(deployment: Deployment) -> dict[str, Any]:
    """As it was entered. The values of secrets have to be entered again."""
    entered = dict(deployment.entered)
    names = entered.pop("secret_names", [])
    try:
        variables = values_of(deployment).get("variables", {})
    except UndecryptableError:
        variables = {}
    return {
        **_USUAL,
        **entered,
        **_SETTLED,
        "form_key": uuid4(),
        "env": list(variables.items()),
        "secrets": [(name, "") for name in names],
    }


def like(endpoint: Endpoint, actor: Actor) -> dict[str, Any]:
    """As the endpoint is set up. Its variables are asked for, which is recorded; where they cannot
    be had, and for its secrets, there are the names alone."""
    container = endpoint.container
    env = dict.fromkeys(container.get("env", []), "")
    if env:
        with suppress(HuggingFaceError):
            env |= environment.reveal(endpoint, actor)
    # What was taken out of a value, since it was secret, or cut off it, has to be entered again.
    cut = [name for name, value in env.items() if _CUT in value]
    engine = endpoint.engine if endpoint.engine in ENGINES else DEFAULT
    return {
        **_USUAL,
        **_SETTLED,
        **_scaling(endpoint),
        "form_key": uuid4(),
        LIKE: endpoint.name,
        "name": suggesting.name(endpoint.name, Place(endpoint.namespace)),
        "repository": endpoint.repository,
        "revision": endpoint.revision,
        "task": endpoint.task,
        "namespace": endpoint.namespace.name,
        "hardware": computes.value_of(endpoint),
        "vendor": endpoint.vendor,
        "region": endpoint.region,
        "accelerator": endpoint.accelerator,
        "auth_type": columns.access(endpoint.auth_type) or _USUAL["auth_type"],
        "engine": engine,
        **{name: container.get(name) for name in _OF_CONTAINER},
        **_served_at(endpoint, ENGINES[engine]),
        "command": shlex.join(container.get("command", [])),
        "args": shlex.join(container.get("args", [])),
        "tags": ", ".join(endpoint.tags),
        "env": [(name, value) for name, value in env.items() if name not in cut],
        "secrets": [(name, "") for name in (*container.get("secrets", []), *cut)],
    }


def said_of(endpoint: Endpoint, values: Mapping[str, Any]) -> Iterator[str]:
    """What a person has to know who goes on from there."""
    words = {"name": endpoint.name, "engine": endpoint.engine}
    if values["env"]:
        yield _("The variables of %(name)s were read for this, which is recorded.") % words
    if endpoint.engine and endpoint.engine not in ENGINES:
        sentence = _("%(name)s is served by %(engine)s, which cannot be chosen here: see Engine.")
        yield sentence % words
    offered = endpoint.namespace.hardware
    place = {name: getattr(endpoint, name) for name in _PLACE}
    if offered.exists() and not offered.filter(**place).exists():
        yield _("What %(name)s runs on is not offered any more: choose other hardware.") % words


def _served_at(endpoint: Endpoint, engine: Engine) -> dict[str, Any]:
    """The image, the port and the health route, but for those that the engine has by itself: they
    would stay where another is chosen."""
    image, port, route = endpoint.image_url, endpoint.container.get("port"), endpoint.health_route
    is_own = engine.key == DEFAULT
    return {
        "image": "" if image == engine.image else image,
        "port": None if port == engine.port else port,
        "health_route": "" if is_own or route == engine.health_route else route,
    }


def _scaling(endpoint: Endpoint) -> dict[str, Any]:
    known = {
        "min_replicas": endpoint.min_replicas,
        "max_replicas": endpoint.max_replicas or None,
        "autoscale_by": endpoint.autoscale_by or None,
    }
    threshold = endpoint.autoscale_threshold
    field = "most_use" if endpoint.autoscale_by == BY_USE else "most_requests"
    return {
        **{name: value for name, value in known.items() if value is not None},
        "scale_to_zero_minutes": endpoint.scale_to_zero_minutes,
        **({field: f"{threshold:g}"} if threshold is not None else {}),
    }
