"""The views by what they act on: `single` on one endpoint, `bulk` on many; `menu` offers them.
`wanted` is about what is wanted of an endpoint, `environment` about its variables."""

from providers.endpoints.lifecycle.views.bulk import batch, confirm_many, stop
from providers.endpoints.lifecycle.views.environment import reveal
from providers.endpoints.lifecycle.views.menu import menu
from providers.endpoints.lifecycle.views.single import cancel, confirm, outcome
from providers.endpoints.lifecycle.views.wanted import keep

__all__ = [
    "batch",
    "cancel",
    "confirm",
    "confirm_many",
    "keep",
    "menu",
    "outcome",
    "reveal",
    "stop",
]
