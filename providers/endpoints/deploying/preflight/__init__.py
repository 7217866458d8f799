"""What is looked at before anything is asked for. Each check is a function that makes a line of
what is chosen, or None where the question does not arise; a new one is an entry of `CHECKS`.

lines    what a line says, and what would help
account  the token, and who pays
place    the endpoint's name, the hardware and its quota
"""

from collections.abc import Callable
from typing import Final

from providers.endpoints.deploying.choice import Choice
from providers.endpoints.deploying.preflight import account, place
from providers.endpoints.deploying.preflight.lines import Line, Remedy, State

Check = Callable[[Choice], Line | None]

# In the order in which they are shown, among those of one state.
CHECKS: Final[tuple[Check, ...]] = (
    place.quota,
    account.token,
    account.payment,
    place.name,
    place.hardware,
)
_ORDER: Final = (State.PROBLEM, State.OK, State.UNKNOWN)

__all__ = ["CHECKS", "Line", "Remedy", "State", "run"]


def run(choice: Choice) -> list[Line]:
    """Problems first."""
    made = [line for check in CHECKS if (line := check(choice)) is not None]
    return sorted(made, key=lambda line: line.state is not State.PROBLEM)
