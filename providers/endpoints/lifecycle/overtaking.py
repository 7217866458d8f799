"""What has happened to the endpoint since an action was asked for, upon which that is over."""

from providers.endpoints.lifecycle.models import Action
from providers.endpoints.lifecycle.verbs import ActionVerb
from providers.endpoints.lifecycle.verbs.verb import is_there
from providers.endpoints.models import EndpointState
from providers.huggingface.errors import Diagnosis, Kind


def before(action: Action, verb: ActionVerb) -> Diagnosis | None:
    """Why it is not sent, by the look just before; None where it is."""
    endpoint = action.endpoint
    if endpoint is None:
        return None
    if verb.creates:
        return None if endpoint.deleted_at else _taken(action)
    if not action.means(endpoint):
        return _deleted(action, "replaced")
    if endpoint.state != EndpointState.PAUSED or verb.is_done(endpoint, action):
        return None
    # Somebody has paused it. What is not offered then might start it again.
    return None if verb.fits(endpoint.state) else Diagnosis(Kind.ENDPOINT_PAUSED)


def after(action: Action, verb: ActionVerb) -> Diagnosis | None:
    """Why it cannot come to be as wanted any more, once it was sent. What is being created is not
    there before Hugging Face has accepted it."""
    endpoint = action.endpoint
    if endpoint is None or is_there(endpoint, action):
        return None
    if verb.creates and action.state != Action.State.ACCEPTED:
        return None
    return _deleted(action, "meanwhile" if endpoint.deleted_at else "replaced")


def _taken(action: Action) -> Diagnosis:
    return Diagnosis(Kind.NAME_TAKEN, {"name": action.name, "namespace": action.namespace.name})


def _deleted(action: Action, reason: str) -> Diagnosis:
    params = {"reason": reason, "name": action.name, "namespace": action.namespace.name}
    return Diagnosis(Kind.ENDPOINT_DELETED, params)
