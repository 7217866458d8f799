"""How every state is shown: its word, its colour (the tone) and its own shape.

One table for endpoints, access tokens, models and the outcomes in the audit record. A state that
is not in it is shown as it came.
"""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SHAPES: Final = {
    "green": "dot",
    "blue": "ring",
    "violet": "dash",
    "grey": "bars",
    "red": "diamond",
    "amber": "triangle",
}


@dataclass(frozen=True, slots=True)
class Look:
    word: str | Promise
    tone: str
    own_shape: str = ""

    @property
    def shape(self) -> str:
        return self.own_shape or SHAPES[self.tone]


STATES: Final[dict[str, Look]] = {
    # Endpoints, in Hugging Face's words
    "pending": Look(_("Pending"), "blue"),
    "initializing": Look(_("Initializing"), "blue"),
    "updating": Look(_("Updating"), "blue"),
    "running": Look(_("Running"), "green"),
    "updateFailed": Look(_("Update failed"), "red"),
    "failed": Look(_("Failed"), "red"),
    "paused": Look(_("Paused"), "grey"),
    "scaledToZero": Look(_("Scaled to zero"), "violet"),
    "deleted": Look(_("Deleted upstream"), "grey", "cross"),
    # Access tokens
    "unchecked": Look(_("Unchecked"), "grey", "hollow"),
    "valid": Look(_("Valid"), "green"),
    "limited": Look(_("Limited"), "amber"),
    "expiring": Look(_("Expiring"), "amber"),
    "invalid": Look(_("Invalid"), "red"),
    "unreachable": Look(_("Unreachable"), "amber", "hollow"),
    # Models
    "verified": Look(_("Verified"), "green"),
    "unverified": Look(_("Not verified"), "grey", "hollow"),
    "failing": Look(_("Failing"), "red"),
    "checking": Look(_("Checking"), "blue"),
    "disabled": Look(_("Disabled"), "grey", "cross"),
    # Outcomes in the audit record
    "asked": Look(_("Asked"), "blue"),
    "done": Look(_("Done"), "green"),
    "refused": Look(_("Refused"), "amber"),
    # What a list sums up
    "transition": Look(_("In transition"), "blue"),
    "asleep": Look(_("Asleep"), "violet"),
    "idle": Look(_("Idle"), "amber"),
    "unknown": Look(_("Unknown"), "grey", "hollow"),
}

# Why a model is not verified.
UNVERIFIED: Final[dict[str, Look]] = {
    "asleep": Look(_("Not verified: asleep"), "violet"),
    "not_asked": Look(_("Not verified: not asked"), "grey", "hollow"),
    "saved_anyway": Look(_("Not verified: saved anyway"), "amber"),
}


def look(state: str, reason: str = "") -> Look:
    if state == "unverified" and reason in UNVERIFIED:
        return UNVERIFIED[reason]
    return STATES.get(state) or Look(state or STATES["unknown"].word, "grey", "hollow")
