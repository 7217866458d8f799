"""The views by what they act on: `single` on one endpoint, `bulk` on many; `menu` offers them."""

from providers.endpoints.lifecycle.views.bulk import batch, confirm_many, stop
from providers.endpoints.lifecycle.views.menu import menu
from providers.endpoints.lifecycle.views.single import cancel, confirm, outcome

__all__ = ["batch", "cancel", "confirm", "confirm_many", "menu", "outcome", "stop"]
