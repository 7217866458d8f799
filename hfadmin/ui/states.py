"""The label, tone (colour) and shape of each state of endpoints, tokens, models and records.

A state that is not in the tables is shown as it is, in grey.
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
class StateStyle:
    """How a state is shown. The shape follows from the tone unless it is overridden."""

    label: str | Promise
    tone: str
    shape_override: str = ""

    @property
    def shape(self) -> str:
        return self.shape_override or SHAPES[self.tone]


STATES: Final[dict[str, StateStyle]] = {
    # Endpoints, by Hugging Face's names
    "pending": StateStyle(_("Pending"), "blue"),
    "initializing": StateStyle(_("Initializing"), "blue"),
    "updating": StateStyle(_("Updating"), "blue"),
    "running": StateStyle(_("Running"), "green"),
    "updateFailed": StateStyle(_("Update failed"), "red"),
    "failed": StateStyle(_("Failed"), "red"),
    "paused": StateStyle(_("Paused"), "grey"),
    "scaledToZero": StateStyle(_("Scaled to zero"), "violet"),
    "deleted": StateStyle(_("Deleted upstream"), "grey", "cross"),
    # Access tokens
    "unchecked": StateStyle(_("Unchecked"), "grey", "hollow"),
    "valid": StateStyle(_("Valid"), "green"),
    "limited": StateStyle(_("Limited"), "amber"),
    "expiring": StateStyle(_("Expiring"), "amber"),
    "invalid": StateStyle(_("Invalid"), "red"),
    "unreachable": StateStyle(_("Unreachable"), "amber", "hollow"),
    # Models
    "verified": StateStyle(_("Verified"), "green"),
    "unverified": StateStyle(_("Not verified"), "grey", "hollow"),
    "failing": StateStyle(_("Failing"), "red"),
    "checking": StateStyle(_("Checking"), "blue"),
    "disabled": StateStyle(_("Disabled"), "grey", "cross"),
    # Actions, and outcomes in the audit record
    "asked": StateStyle(_("Asked"), "blue"),
    "sent": StateStyle(_("Sent"), "blue"),
    "accepted": StateStyle(_("Accepted"), "blue"),
    "done": StateStyle(_("Done"), "green"),
    "refused": StateStyle(_("Refused"), "amber"),
    "unclear": StateStyle(_("Unclear"), "amber", "hollow"),
    "superseded": StateStyle(_("Superseded"), "grey", "cross"),
    "cancelled": StateStyle(_("Cancelled"), "grey", "cross"),
    # Groups of states in summaries
    "transition": StateStyle(_("In transition"), "blue"),
    "asleep": StateStyle(_("Asleep"), "violet"),
    "idle": StateStyle(_("Idle"), "amber"),
    "unknown": StateStyle(_("Unknown"), "grey", "hollow"),
}

# Why a model is not verified.
UNVERIFIED: Final[dict[str, StateStyle]] = {
    "asleep": StateStyle(_("Not verified: asleep"), "violet"),
    "not_asked": StateStyle(_("Not verified: not asked"), "grey", "hollow"),
    "saved_anyway": StateStyle(_("Not verified: saved anyway"), "amber"),
}


def state_style(state: str, reason: str = "") -> StateStyle:
    """Return the style of a state; `reason` tells why a model is unverified."""
    if state == "unverified" and reason in UNVERIFIED:
        return UNVERIFIED[reason]
    return STATES.get(state) or StateStyle(state or STATES["unknown"].label, "grey", "hollow")
