"""The use cases of the inventory: looking at namespaces, and telling what changed.

polling     one look at a namespace, through the healthiest token
candidates  which token that is
cadence     when to look again
inventory   an answer compared with what is stored
periods     the history that comes of it
prices      what a replica-hour costs
watching    what people ask for: look now, watch, stop watching
health      telling open pages that a namespace can be seen again, or no longer
"""

from providers.endpoints.operations.health import show_health
from providers.endpoints.operations.polling import check
from providers.endpoints.operations.watching import look_now, look_soon, unwatch, watch

__all__ = ["check", "look_now", "look_soon", "show_health", "unwatch", "watch"]
