"""The views by what they act on: `single` on one endpoint."""

from providers.endpoints.lifecycle.views.single import cancel, confirm, outcome

__all__ = ["cancel", "confirm", "outcome"]
