"""The namespaces that a token sees: a row for each, kept by what its checks found out."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from providers.huggingface import limits
from providers.huggingface.errors import Diagnosis
from providers.huggingface.types import Identity
from providers.tokens.models import AccessToken, Namespace, NamespaceAccess
from providers.tokens.probing import ListResults
from providers.tokens.xray import Ability, NamespaceRights, Seen, xray


def listable(identity: Identity) -> dict[str, NamespaceRights]:
    """The namespaces that can be listed by role and scopes, by name."""
    return {
        row.namespace: row
        for row in xray(identity)
        if row.may(Ability.LIST) and 0 < len(row.namespace) <= limits.NAME
    }


def lock(token: AccessToken) -> None:
    """Lock the namespaces that it sees, before their accesses: polling goes in the same order. Rows
    that refer to them are stored meanwhile: who stores them may hold the version already."""
    rows = Namespace.objects.filter(accesses__token=token).order_by("pk")
    list(rows.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))


def follow(token: AccessToken, listable: Mapping[str, NamespaceRights]) -> list[int]:
    """Rows for these namespaces, and for no others. Returns the ids of namespaces that are new to
    the token."""
    token.accesses.exclude(namespace__name__in=listable).delete()
    Namespace.objects.bulk_create(
        [
            Namespace(organization_id=token.organization_id, name=row.namespace, kind=row.kind)
            for row in listable.values()
        ],
        ignore_conflicts=True,
    )
    namespaces = Namespace.objects.filter(organization=token.organization_id, name__in=listable)
    known = set(token.accesses.values_list("namespace_id", flat=True))
    NamespaceAccess.objects.bulk_create(
        [
            NamespaceAccess(token=token, namespace=n, role_in_org=listable[n.name].role)
            for n in namespaces
        ],
        update_conflicts=True,
        unique_fields=["token", "namespace"],
        update_fields=["role_in_org"],
    )
    return [namespace.pk for namespace in namespaces if namespace.pk not in known]


def note(token: AccessToken, lists: ListResults, now: datetime) -> None:
    """How the organizations took the token."""
    for name, problem in lists.items():
        access = token.accesses.filter(namespace__name=name)
        if problem is None:
            access.admit(now)
        else:
            access.note(problem, failed_at=now)


def store_abilities(accesses: Iterable[NamespaceAccess], found: Iterable[NamespaceRights]) -> bool:
    """Whether any has changed."""
    by_name = {row.namespace: row.abilities for row in found}
    stale = []
    for access in accesses:
        abilities = by_name.get(access.namespace.name, {})
        if access.abilities != abilities:
            access.abilities = abilities
            stale.append(access)
    NamespaceAccess.objects.bulk_update(stale, ["abilities"])
    return bool(stale)


def seen(accesses: Iterable[NamespaceAccess]) -> dict[str, Seen]:
    return {
        access.namespace.name: Seen(
            admitted=access.succeeded_at is not None,
            problem=Diagnosis.from_json(access.problem) if access.problem else None,
        )
        for access in accesses
    }
