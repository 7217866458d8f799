"""The request that creates the endpoint, for people to send themselves: without the token, and
without what is secret."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from providers.endpoints import snippets
from providers.endpoints.deploying import planning
from providers.endpoints.deploying.forms import DeployForm
from providers.endpoints.lifecycle.deployments import Plan
from providers.huggingface import config

HIDDEN: Final = "…"
# Of the library's `create_inference_endpoint`, by where the body has it.
_ARGUMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("name",),
    "type": ("type",),
    "repository": ("model", "repository"),
    "framework": ("model", "framework"),
    "task": ("model", "task"),
    "revision": ("model", "revision"),
    "vendor": ("provider", "vendor"),
    "region": ("provider", "region"),
    "accelerator": ("compute", "accelerator"),
    "instance_type": ("compute", "instanceType"),
    "instance_size": ("compute", "instanceSize"),
    "min_replica": ("compute", "scaling", "minReplica"),
    "max_replica": ("compute", "scaling", "maxReplica"),
    "scale_to_zero_timeout": ("compute", "scaling", "scaleToZeroTimeout"),
    "custom_image": ("model", "image"),
    "container_command": ("model", "command"),
    "container_args": ("model", "args"),
    "env": ("model", "env"),
    "secrets": ("model", "secrets"),
    "tags": ("tags",),
}


@dataclass(frozen=True, slots=True)
class Requests:
    """One request, as different tools send it."""

    curl: str
    python: str
    json: str

    @property
    def forms(self) -> tuple[tuple[str, str], ...]:
        return ("curl", self.curl), ("Python", self.python), ("JSON", self.json)


def of(form: DeployForm) -> Requests | None:
    """Of what is chosen; None as long as that could not be sent."""
    sent = _sent(form)
    if not sent.is_valid():
        return None
    plan = planning.plan(sent)
    path, body = _recipe(plan) if plan.recipe else _endpoint(plan)
    return Requests(_curl(path, body), _python(plan, body), _json(body))


def lacking(form: DeployForm) -> list[str]:
    """The labels of the fields that keep it from being sent."""
    sent = _sent(form)
    return [str(sent[name].label) for name in sent.errors if name in sent.fields]


def _sent(form: DeployForm) -> DeployForm:
    """The form as if it had been sent as it stands, with HIDDEN in place of what is secret."""
    data: dict[str, Any] = {name: form[name].value() for name in form.fields}
    if form.holder and form.place:
        data |= {"namespace": form.place.namespace.name, "api_token": str(form.holder.token.pk)}
    data["registry_password"] = HIDDEN if data["registry_username"] else ""
    for name in ("env", "secrets"):
        rows = data.pop(name) or []
        data[f"{name}_name"] = [each for each, _value in rows]
        data[f"{name}_value"] = [HIDDEN if name == "secrets" else value for _each, value in rows]
    return DeployForm(data, places=form.places, computes=form.computes, found=form.found)


def _recipe(plan: Plan) -> tuple[str, dict[str, Any]]:
    path = f"{config.current().catalog}/recipe/{plan.recipe}/deploy"
    return path, {"namespace": plan.namespace.name, "config": {"name": plan.name}}


def _endpoint(plan: Plan) -> tuple[str, dict[str, Any]]:
    kept: dict[str, Any] = dict(plan.body["model"])
    if plan.credentials:
        kept["image"] = {
            engine: {**image, "credentials": dict(plan.credentials)}
            for engine, image in kept["image"].items()
        }
    values = {"env": dict(plan.variables), "secrets": dict(plan.secrets)}
    model = kept | {name: given for name, given in values.items() if given}
    path = f"{config.current().management}/endpoint/{plan.namespace.name}"
    return path, {**plan.body, "model": model}


def _json(body: Mapping[str, Any]) -> str:
    return json.dumps(body, indent=2, ensure_ascii=False)


def _curl(url: str, body: Mapping[str, Any]) -> str:
    return snippets.curl(url, _json(body))


def _python(plan: Plan, body: Mapping[str, Any]) -> str:
    if plan.recipe:
        call = "create_inference_endpoint_from_catalog"
        arguments: dict[str, Any] = {"recipe_id": plan.recipe, "name": plan.name}
    else:
        call, arguments = "create_inference_endpoint", dict(_arguments(body))
    arguments["namespace"] = plan.namespace.name
    lines = [f"    {name}={value!r}," for name, value in arguments.items()]
    head = ["from os import environ", "", "from huggingface_hub import HfApi", ""]
    begin = f'endpoint = HfApi(token=environ["HF_TOKEN"]).{call}('
    return "\n".join([*head, begin, *lines, ")"])


def _arguments(body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Those of the library's call that says the same; what is None is not said."""
    for name, path in _ARGUMENTS.items():
        value: Any = body
        for step in path:
            value = value.get(step) if value else None
        if value is not None and not _is_usual(name, value):
            yield name, value
    for measure, threshold in body["compute"]["scaling"].get("measure", {}).items():
        yield "scaling_metric", measure
        yield "scaling_threshold", threshold


def _is_usual(name: str, value: Any) -> bool:
    """What the library sends by itself, or what is empty."""
    return value in ([], {}) or (name == "custom_image" and value == {"huggingface": {}})
