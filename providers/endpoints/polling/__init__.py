"""Polling namespaces: what Hugging Face lists is compared with what is stored.

poll          one look at a namespace, through the healthiest token
token_choice  which token that is
intervals     when to look again
reconcile     an answer compared with what is stored, and the difference written
periods       the history that comes of it
prices        what a replica-hour costs
at_once       a look for which somebody waits
watches       what people ask for: look now, watch, stop watching
health        telling open pages that a namespace can be seen again, or no longer
"""

from providers.endpoints.polling.at_once import look_at_once
from providers.endpoints.polling.health import show_health
from providers.endpoints.polling.poll import check
from providers.endpoints.polling.watches import (
    look_again,
    look_now,
    look_soon,
    unwatch,
    watch,
)

__all__ = [
    "check",
    "look_again",
    "look_at_once",
    "look_now",
    "look_soon",
    "show_health",
    "unwatch",
    "watch",
]
