"""What can be done to an endpoint. A new verb is an `ActionVerb` in one of these modules.

OFFERED  what the pages of an endpoint offer, in this order
VERBS    these, and what makes one
"""

from typing import Final

from providers.endpoints.lifecycle.verbs import changes, deletion, power
from providers.endpoints.lifecycle.verbs.creation import CREATE
from providers.endpoints.lifecycle.verbs.verb import ActionVerb, Bulk, Effect, Place

OFFERED: Final = {verb.name: verb for verb in (*power.VERBS, *changes.VERBS, *deletion.VERBS)}
VERBS: Final = {**OFFERED, CREATE.name: CREATE}

__all__ = ["CREATE", "OFFERED", "VERBS", "ActionVerb", "Bulk", "Effect", "Place"]
