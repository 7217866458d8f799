"""Using an endpoint: as a model here, by the settings screen filled in."""

from collections.abc import Sequence
from uuid import UUID

from django.http import QueryDict

from providers.endpoints import model_tasks
from providers.endpoints.lifecycle import rights
from providers.endpoints.lifecycle.latest import Entry
from providers.endpoints.models import Endpoint
from providers.tokens.models import NamespaceAccess
from providers.tokens.xray import Ability


def settings_query(
    endpoint: Endpoint, accesses: Sequence[NamespaceAccess], actions: Sequence[Entry]
) -> str:
    """The query of the settings screen that enters the endpoint there. `accesses`: of its
    namespace; `actions`: the latest on it."""
    entered = {
        "model_type": model_tasks.model_type(endpoint.task),
        "name": endpoint.repository,
        "endpoint_type": "endpoint",
        "namespace_name": endpoint.namespace.name,
        "endpoint_url": endpoint.url,
        "task": model_tasks.TASKS.get(endpoint.task, ""),
        "api_token": str(_token(endpoint, accesses, actions) or ""),
    }
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in entered.items() if value})
    return query.urlencode()


def _token(
    endpoint: Endpoint, accesses: Sequence[NamespaceAccess], actions: Sequence[Entry]
) -> UUID | None:
    """The one that made the endpoint, else the one that sees it, else another; of those alone that
    may call it."""
    usable, _until = rights.usable(endpoint.namespace, accesses, Ability.CALL)
    may_call = [each.token_id for each in usable if each.abilities.get(Ability.CALL) == "yes"]
    made = (entry.action.token_id for entry in actions if entry.action.verb == "create")
    return next((token for token in made if token in may_call), next(iter(may_call), None))
