"""What the tests of waking share."""

from collections.abc import Callable
from typing import Final

from hfadmin.audit.models import Record
from hfadmin.sandbox import Sandbox
from providers.catalog.models import Verification

# By the state in which the endpoint sleeps.
VERB: Final = {"paused": "resume", "scaledToZero": "wake"}
Turn = Callable[[], Verification]


def state(hub: Sandbox) -> str:
    endpoint = hub.state.endpoint("acme", "sleeper")
    assert endpoint is not None
    return endpoint.state


def mutations(hub: Sandbox) -> list[str]:
    """The paths of what was sent that may change something, real calls among them."""
    return [request.path for request in list(hub.requests) if request.method != "GET"]


def outcomes() -> list[str]:
    """Of what was asked of the endpoint, as they were recorded."""
    verbs = [f"endpoint.{verb}" for verb in VERB.values()]
    rows = Record.objects.filter(verb__in=verbs).order_by("id")
    return [row.outcome for row in rows]
