"""What people and other parts of hfadmin ask of a namespace."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from hfadmin.audit import operations as audit
from hfadmin.audit.actors import Actor
from hfadmin.background.dispatch import send_on_commit
from providers.endpoints import verbs
from providers.endpoints.polling.health import show_health
from providers.tokens.models import Namespace, NamespaceQuerySet

LOOK = "providers.endpoints.tasks.look"


def look_now(namespace: Namespace, actor: Actor) -> None:
    """Have a person's wish for a look recorded and come true, unless it is to be unwatched."""
    with transaction.atomic():
        audit.record(namespace.organization, verbs.LOOK_REQUESTED, namespace, actor)
        look_soon(Namespace.objects.filter(pk=namespace.pk))


def look_soon(namespaces: NamespaceQuerySet) -> None:
    """Look at these as soon as a worker is free, whatever was planned.

    A look that is under way loses its lease: it may have asked before what made this one due.
    """
    watched = namespaces.filter(watched=True)
    ids = list(watched.values_list("pk", flat=True))
    watched.revoke(timezone.now(), failures=0)
    send_on_commit(LOOK, ids)


def look_within(namespaces: NamespaceQuerySet, wait: timedelta) -> None:
    """Look at these by a sweep after `wait`, unless one is due before. One that is under way goes
    on, and plans the next by itself."""
    soon = timezone.now() + wait
    namespaces.filter(watched=True, next_check_at__gt=soon).reschedule(soon)


def look_again(namespaces: NamespaceQuerySet, *, older_than: timedelta) -> None:
    """Look at those by the next sweep whose last look is older. One that is under way goes on."""
    now = timezone.now()
    stale = namespaces.filter(watched=True, checked_at__lt=now - older_than)
    stale.filter(next_check_at__gt=now).reschedule(now)


def watch(namespace: Namespace, actor: Actor) -> None:
    _switch(namespace, actor, watched=True)


def unwatch(namespace: Namespace, actor: Actor) -> None:
    """No more calls about it but for what people do to its endpoints; what was seen stays, with
    its age."""
    _switch(namespace, actor, watched=False)


def _switch(namespace: Namespace, actor: Actor, *, watched: bool) -> None:
    with transaction.atomic():
        row = Namespace.objects.filter(pk=namespace.pk)
        if not row.filter(watched=not watched).update(watched=watched):
            return
        verb = verbs.WATCHED if watched else verbs.UNWATCHED
        audit.record(namespace.organization, verb, namespace, actor)
        show_health(namespace)
        if watched:
            look_soon(row)
        else:
            row.revoke(None)
