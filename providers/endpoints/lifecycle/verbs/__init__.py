"""What can be done to an endpoint. A new verb is an `ActionVerb` in one of these modules."""

from typing import Final

from providers.endpoints.lifecycle.verbs import changes, deletion, power
from providers.endpoints.lifecycle.verbs.verb import ActionVerb, Bulk, Effect, Place

# In the order in which they are offered.
VERBS: Final = {verb.name: verb for verb in (*power.VERBS, *changes.VERBS, *deletion.VERBS)}

__all__ = ["VERBS", "ActionVerb", "Bulk", "Effect", "Place"]
