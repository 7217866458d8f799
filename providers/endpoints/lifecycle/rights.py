"""Through which token an action may be sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.utils import timezone

from providers.endpoints.lifecycle.models import Action
from providers.endpoints.lifecycle.verbs import ActionVerb
from providers.endpoints.models import Endpoint
from providers.endpoints.polling import token_choice
from providers.huggingface.errors import Diagnosis, Kind
from providers.tokens.models import Namespace, NamespaceAccess
from providers.tokens.xray import ENDPOINTS_CALL, ENDPOINTS_READ, ENDPOINTS_WRITE, Ability

_MAY = {"yes", "unknown"}
_PERMISSIONS: Final = {
    Ability.LIST: ENDPOINTS_READ,
    Ability.MANAGE: ENDPOINTS_WRITE,
    Ability.CALL: ENDPOINTS_CALL,
}


def accesses_of(namespace: Namespace) -> list[NamespaceAccess]:
    rows = NamespaceAccess.objects.filter(namespace=namespace).select_related("token")
    return list(rows.defer("token__identity"))


def usable_for(
    action: Action, verb: ActionVerb
) -> tuple[list[NamespaceAccess], datetime | None, Diagnosis | None]:
    """As `usable`, for sending this action; and where there is none, what keeps them from it. What
    was chosen to create an endpoint is used whatever is known of it: Hugging Face has the last
    word."""
    namespace, accesses = action.namespace, accesses_of(action.namespace)
    if verb.creates:
        chosen = action.deployment.token_id
        if chosen is None:
            return [], None, Diagnosis(Kind.TOKEN_DELETED)
        able = [access for access in accesses if access.token_id == chosen]
        found, until = token_choice.by_health(namespace, able, timezone.now(), verb.ability)
        return found, until, None if found else token_choice.why_none(namespace, able)
    ability = needed(verb, action.endpoint)
    found, until = usable(namespace, accesses, ability)
    return found, until, None if found else why_none(namespace, accesses, ability)


def needed(verb: ActionVerb, endpoint: Endpoint | None) -> Ability:
    """What a token has to be able to do for the verb: a public endpoint answers everybody."""
    is_public = endpoint is not None and endpoint.auth_type == "public"
    return Ability.LIST if verb.ability is Ability.CALL and is_public else verb.ability


def usable(
    namespace: Namespace, accesses: Sequence[NamespaceAccess], ability: Ability
) -> tuple[list[NamespaceAccess], datetime | None]:
    """Those that have the ability, as far as is known, the healthiest first; and when one that was
    told to wait may be used again."""
    able = _able(accesses, ability)
    return token_choice.by_health(namespace, able, timezone.now(), ability)


def why_none(
    namespace: Namespace, accesses: Sequence[NamespaceAccess], ability: Ability
) -> Diagnosis:
    """What keeps every token from it in the namespace."""
    able = _able(accesses, ability)
    if able or not accesses:
        return token_choice.why_none(namespace, able)
    params = {"permission": _PERMISSIONS[ability], "namespace": namespace.name}
    return Diagnosis(Kind.MISSING_PERMISSION, params | {"reason": "everywhere"})


def _able(accesses: Sequence[NamespaceAccess], ability: Ability) -> list[NamespaceAccess]:
    return [each for each in accesses if each.abilities.get(ability.value, "unknown") in _MAY]
