"""What was entered, as the body of the request that creates the endpoint, and as its columns."""

from collections.abc import Mapping
from typing import Any

from providers.endpoints.deploying.computes import Compute
from providers.endpoints.deploying.engines import CUSTOM, DEFAULT, LLAMACPP, Engine
from providers.endpoints.lifecycle import columns
from providers.endpoints.lifecycle.verbs.changes import hardware_of, scaling_of

Entered = Mapping[str, Any]  # the cleaned fields of the form


def body(entered: Entered, engine: Engine, hardware: Compute, task: str) -> dict[str, Any]:
    """Without the values of variables and secrets, and without credentials of a registry. `task` is
    left out where neither the form nor the repository names one."""
    compute = hardware_of(hardware._asdict())["compute"] | scaling_of(entered["scaling"])["compute"]
    return {
        "name": entered["name"],
        "type": entered["auth_type"],
        "provider": {"vendor": hardware.vendor, "region": hardware.region},
        "compute": compute,
        "model": {
            "repository": entered["repository"],
            "framework": engine.framework,
            **({"task": task} if task else {}),
            "revision": entered["revision"] or None,
            "image": {engine.key: _image(entered, engine)},
            **{name: entered[name] for name in ("command", "args") if entered[name]},
        },
        "tags": entered["tags"],
    }


def wanted(entered: Entered, hardware: Compute) -> dict[str, Any]:
    """The columns of the endpoint as they are to be."""
    place = ("accelerator", "instance_type", "instance_size")
    revision = entered["revision"]
    return {
        "repository": entered["repository"],
        **({"revision": revision} if columns.is_commit(revision) else {}),
        **{name: getattr(hardware, name) for name in place},
        **entered["scaling"],
        "auth_type": entered["auth_type"],
        "tags": entered["tags"],
    }


def _image(entered: Entered, engine: Engine) -> dict[str, Any]:
    """What is not entered is the engine's own. Hugging Face's own container has no settings: what
    stands in their fields was entered for another engine."""
    if engine.key == DEFAULT:
        return {}
    settings = {
        "url": entered["image"] or engine.image,
        "healthRoute": entered["health_route"] or engine.health_route,
        "port": entered["port"] or engine.port,
        "tensorParallelSize": entered["tensor_parallel_size"] if engine.splits else None,
        "dataParallelSize": entered["data_parallel_size"] if engine.copies else None,
        "modelPath": entered["gguf_file"] if engine.key == LLAMACPP else None,
    }
    return {name: value for name, value in settings.items() if value}


def credentials(entered: Entered, engine: Engine) -> dict[str, str]:
    """Of the registry of a custom container."""
    if engine.key != CUSTOM or not entered["registry_username"]:
        return {}
    username = entered["registry_username"]
    password = entered["registry_password"].reveal()
    return {"username": username, **({"password": password} if password else {})}
