"""What is chosen in the form so far, whether or not it could be sent."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from providers.endpoints.deploying import memory
from providers.endpoints.deploying.balances import Balance
from providers.endpoints.deploying.computes import Compute
from providers.endpoints.deploying.engines import LLAMACPP, Engine
from providers.endpoints.deploying.forms import DeployForm
from providers.endpoints.deploying.memory import Estimate
from providers.endpoints.deploying.places import Holder, Place
from providers.endpoints.deploying.repositories import Repository
from providers.endpoints.deploying.weights import safetensors_bytes
from providers.huggingface.inference_catalog import Recipe

_CONTEXT: Final = re.compile(
    r"(?:--max-model-len|--context-length|--ctx-size|-c|--max-total-tokens)[ =](\d{1,9})(?!\S)"
)


@dataclass(frozen=True, slots=True)
class Choice:
    """None is what is not chosen yet, or cannot be."""

    repository: str  # as it is written
    found: Repository | None
    balance: Balance | None  # of the account that would pay
    revision: str
    recipe: Recipe | None
    name: str
    place: Place | None
    holder: Holder | None
    offered: Sequence[Compute]
    hardware: Compute | None
    min_replicas: int | None
    max_replicas: int | None
    sleeps: bool  # scales to zero
    engine: Engine
    image: str  # that is entered in the place of the engine's own
    gguf_file: str
    task: str
    args: str
    tensor_parallel_size: int | None
    data_parallel_size: int | None
    context_tokens: int | None  # that the engine is told

    @property
    def estimate(self) -> Estimate:
        """Of the memory of one replica."""
        details = self.found.details if self.found else None
        return memory.estimate(
            details.parameters if details else {},
            self.found.shape if self.found else None,
            file_bytes=self.file_bytes,
            context_tokens=self.context_tokens or (details.context_length if details else None),
            task=self.task,
        )

    @property
    def file_bytes(self) -> int | None:
        """The size of the files that are loaded; None where it is not known."""
        if self.found is None:
            return None
        if self.engine.key == LLAMACPP:
            variant = self.found.variant(self.gguf_file)
            return variant.size if variant else None
        return safetensors_bytes(self.found.files)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The types of the weights, as far as the hardware has to compute with them."""
        details = self.found.details if self.found else None
        if details is None or self.engine.key == LLAMACPP:
            return ()
        shape = self.found.shape if self.found else None
        if shape and shape.dtype and not shape.quantization:
            return (shape.dtype,)
        return tuple(details.parameters)


def of(form: DeployForm) -> Choice:
    found = form.found
    recipes = {recipe.id: recipe for recipe in found.recipes} if found else {}
    task = _text(form, "task") or (found.task if found else "")
    args = _text(form, "args")
    said = _CONTEXT.search(args)
    return Choice(
        repository=_text(form, "repository"),
        found=found,
        balance=form.balance,
        revision=_text(form, "revision"),
        recipe=recipes.get(_text(form, "recipe")),
        name=_text(form, "name"),
        place=form.place,
        holder=form.holder,
        offered=form.computes,
        hardware=form.chosen_hardware,
        min_replicas=_number(form, "min_replicas"),
        max_replicas=_number(form, "max_replicas"),
        sleeps=bool(_number(form, "scale_to_zero_minutes")),
        engine=form.chosen_engine,
        image=_text(form, "image"),
        gguf_file=_text(form, "gguf_file"),
        task=task,
        args=args,
        tensor_parallel_size=_number(form, "tensor_parallel_size"),
        data_parallel_size=_number(form, "data_parallel_size"),
        context_tokens=int(said[1]) if said else None,
    )


def _text(form: DeployForm, name: str) -> str:
    """Without null characters, for which PostgreSQL cannot search."""
    value = form[name].value()
    return "" if value is None else str(value).replace("\x00", "").strip()


def _number(form: DeployForm, name: str) -> int | None:
    value: Any = _text(form, name)
    return int(value) if value.isdecimal() and len(value) < 7 else None
