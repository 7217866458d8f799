"""What is looked at before anything is asked for. Each check is a function that makes a line of
what is chosen, or None where the question does not arise; a new one is an entry of `CHECKS`.

lines       what a line says, and what would help
account     the token, and who pays
place       the endpoint's name and the hardware
quota       the accelerators that the namespace may use
repository  whether it can be read
memory      whether the model fits, and its weights can be computed with
engine      what serves the model
anew        what a person has Hugging Face asked once more
"""

from collections.abc import Callable
from typing import Final

from providers.endpoints.deploying.choice import Choice
from providers.endpoints.deploying.preflight import (
    account,
    engine,
    memory,
    place,
    quota,
    repository,
)
from providers.endpoints.deploying.preflight.lines import Line, Remedy, State

Check = Callable[[Choice], Line | None]

# In the order in which they are shown, among those of one state.
CHECKS: Final[tuple[Check, ...]] = (
    quota.accelerators,
    account.token,
    account.payment,
    account.credit,
    place.name,
    repository.repository,
    memory.memory,
    memory.dtype,
    place.hardware,
    engine.engine,
    engine.image,
    engine.accelerator,
    engine.task,
    engine.parallelism,
)
# What is asked of Hugging Face before a creation alone, where nothing else stands against it.
LAST_CHECKS: Final[tuple[Check, ...]] = (place.name_at_last,)

__all__ = ["CHECKS", "LAST_CHECKS", "Line", "Remedy", "State", "refusals", "run"]


def run(choice: Choice) -> list[Line]:
    """Problems first."""
    made = [line for check in CHECKS if (line := check(choice)) is not None]
    return sorted(made, key=lambda line: line.state is not State.PROBLEM)


def refusals(choice: Choice) -> list[Line]:
    """Why Hugging Face would refuse it, as far as can be known before it is asked to create it."""
    return _blocking(CHECKS, choice) or _blocking(LAST_CHECKS, choice)


def _blocking(checks: tuple[Check, ...], choice: Choice) -> list[Line]:
    lines = (check(choice) for check in checks)
    return [line for line in lines if line is not None and line.blocks]
