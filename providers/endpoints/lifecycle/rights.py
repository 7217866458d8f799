"""Through which token an action may be sent."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from providers.endpoints.polling import token_choice
from providers.huggingface.errors import Diagnosis, Kind
from providers.tokens.models import Namespace, NamespaceAccess
from providers.tokens.xray import ENDPOINTS_WRITE, Ability

_MAY = {"yes", "unknown"}


def accesses_of(namespace: Namespace) -> list[NamespaceAccess]:
    rows = NamespaceAccess.objects.filter(namespace=namespace).select_related("token")
    return list(rows.defer("token__identity"))


def managing(
    namespace: Namespace, accesses: Sequence[NamespaceAccess]
) -> tuple[list[NamespaceAccess], datetime | None]:
    """Those that may manage endpoints, as far as is known, the healthiest first; and when one that
    was told to wait may be used again."""
    able = [each for each in accesses if each.abilities.get("manage", "unknown") in _MAY]
    return token_choice.by_health(namespace, able, timezone.now(), Ability.MANAGE)


def why_none(namespace: Namespace, accesses: Sequence[NamespaceAccess]) -> Diagnosis:
    """What keeps every token from managing endpoints of the namespace."""
    able = [each for each in accesses if each.abilities.get("manage", "unknown") in _MAY]
    if able or not accesses:
        return token_choice.why_none(namespace, able)
    return Diagnosis(
        Kind.MISSING_PERMISSION, {"permission": ENDPOINTS_WRITE, "namespace": namespace.name}
    )
