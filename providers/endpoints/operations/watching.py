"""What people and other parts of hfadmin ask of a namespace."""

from django.db import transaction
from django.utils import timezone

from hfadmin.accounts.models import User
from hfadmin.audit import operations as audit
from hfadmin.background.dispatch import send_on_commit
from providers.endpoints.operations.health import show_health
from providers.tokens.models import Namespace, NamespaceQuerySet

LOOK = "providers.endpoints.tasks.look"


def look_now(namespaces: NamespaceQuerySet) -> None:
    """Look at these as soon as a worker is free, whatever was planned.

    A look that is under way loses its lease: it may have asked before what made this one due.
    """
    watched = namespaces.filter(watched=True)
    ids = list(watched.values_list("pk", flat=True))
    watched.revoke(timezone.now(), failures=0)
    send_on_commit(LOOK, ids)


def watch(namespace: Namespace, *, by: User) -> None:
    _switch(namespace, watched=True, by=by)


def unwatch(namespace: Namespace, *, by: User) -> None:
    """No more calls about it; what was seen stays, with its age."""
    _switch(namespace, watched=False, by=by)


def _switch(namespace: Namespace, *, watched: bool, by: User) -> None:
    with transaction.atomic():
        row = Namespace.objects.filter(pk=namespace.pk)
        if not row.filter(watched=not watched).update(watched=watched):
            return
        verb = "namespace.watched" if watched else "namespace.unwatched"
        audit.record(namespace.organization, verb, namespace, by=by)
        show_health(namespace)
        if watched:
            look_now(row)
        else:
            row.revoke(None)
