"""The verb that makes an endpoint."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

from hfadmin.audit.verbs import request
from hfadmin.vault import UndecryptableError
from providers.endpoints.lifecycle import columns
from providers.endpoints.lifecycle.verbs.verb import ActionVerb, Effect, is_there
from providers.endpoints.models import Endpoint
from providers.huggingface import client
from providers.huggingface.errors import Diagnosis, HuggingFaceError, Kind
from providers.huggingface.types import RemoteEndpoint

if TYPE_CHECKING:
    from hfadmin.vault import Secret
    from providers.endpoints.lifecycle.models import Action, Deployment

_HIDDEN: Final = ("secrets", "credentials")
_CLOCKS_DIFFER_BY: Final = timedelta(seconds=5)


def _create(token: "Secret", action: "Action") -> RemoteEndpoint:
    deployment, namespace = action.deployment, action.namespace.name
    if deployment.recipe:
        return client.deploy_recipe(token, namespace, deployment.recipe, action.name)
    try:
        values = values_of(deployment)
    except UndecryptableError:
        raise HuggingFaceError(Diagnosis(Kind.VALUES_UNDECRYPTABLE)) from None
    try:
        return client.create_endpoint(token, namespace, _whole(deployment.body, values))
    except HuggingFaceError as error:
        # An answer may repeat what was sent.
        hidden = [value for kind in _HIDDEN for value in values.get(kind, {}).values()]
        raise HuggingFaceError(error.diagnosis.without(hidden)) from None


def values_of(deployment: "Deployment") -> dict[str, dict[str, str]]:
    """Those that are kept still, by kind and name. Raises UndecryptableError."""
    rows = deployment.values.all()
    return {row.kind: json.loads(row.content.reveal()) for row in rows}


def _whole(body: Mapping[str, Any], values: Mapping[str, dict[str, str]]) -> dict[str, Any]:
    """The body of the request, with the values that are kept apart from it."""
    image, credentials = body["model"]["image"], values.get("credentials")
    if credentials:
        image = {engine: {**kept, "credentials": credentials} for engine, kept in image.items()}
    env, secrets = values.get("variables", {}), values.get("secrets", {})
    return {**body, "model": {**body["model"], "image": image, "env": env, "secrets": secrets}}


def _is_created(endpoint: Endpoint, action: "Action") -> bool:
    """Whether it is the one that was asked for. Where no answer came, it is if it was made since
    the action was sent: one that was there before is somebody else's."""
    if action.sent_at is None or not is_there(endpoint, action):
        return False
    if action.state == action.State.ACCEPTED:
        return True
    repository = action.wanted.get("repository", endpoint.repository)
    made_at = endpoint.created_upstream_at
    is_new = made_at is None or made_at >= action.sent_at - _CLOCKS_DIFFER_BY
    return is_new and columns.same("repository", repository, endpoint.repository)


CREATE: Final = ActionVerb(
    name="create",
    label=_("Create"),
    icon="plus",
    question=_("Create %(name)s?"),
    consequence=_("Its replicas start. While they do, and from then on, they cost money."),
    already=_("It is there already."),
    record=request("endpoint.create", _("Asked to create the endpoint")),
    states=frozenset(),
    call=_create,
    is_done=_is_created,
    awaits=_("Created"),
    effect=Effect.STARTS,
    creates=True,
)
