"""What a step of a verification is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from hfadmin.ui import states
from providers.catalog.models import Verification
from providers.catalog.verification.context import Context

Note = dict[str, Any]  # what a step found, as it is stored with it


class Asleep(Exception):  # noqa: N818 - not an error
    """The endpoint is paused or scaled to zero, and nobody asked to wake it."""


class Parked(Exception):  # noqa: N818 - not an error
    """To be gone on with after a while."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__()
        self.wait = wait


def _state_or_place(note: Note) -> str:
    if note.get("state"):
        return str(states.state_style(note["state"]).label)
    return next((str(note[key]) for key in ("owner", "repository", "host") if note.get(key)), "")


@dataclass(frozen=True, slots=True)
class Step:
    """`take` returns the step's note, or None where the step was skipped. It raises
    HuggingFaceError where the step fails, Asleep where an endpoint would have to be woken unasked,
    and Parked where it has to wait for one that a person did ask to wake.

    `applies` says for which verifications the step is taken, `label` what it is called in the list
    (by the verification and the step's state), `field` at which field of the form its failures
    stand ("": where the model runs), `describe` what of its note is shown.
    """

    key: str
    applies: Callable[[Verification], bool]
    label: Callable[[Verification, str], str | Promise]
    take: Callable[[Context], Note | None]
    field: str = ""
    describe: Callable[[Note], str] = _state_or_place

    def words(self, note: Note) -> str:
        """What was found, in a few words."""
        if note.get("given"):
            return _("%(typed)s is spelled %(given)s") % note
        return self.describe(note)
