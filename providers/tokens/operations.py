"""What people do with access tokens, and what the other apps ask of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from hfadmin.accounts.models import Organization
from hfadmin.audit import operations as audit
from hfadmin.audit.actors import Actor
from hfadmin.background.dispatch import send_on_commit
from hfadmin.live import versions
from hfadmin.vault import Secret, fingerprint, fingerprints
from providers.huggingface.errors import Diagnosis, Kind
from providers.tokens import accesses, checking, doubts, verbs
from providers.tokens.checking import check, needed, reassess, rows, rows_of_each
from providers.tokens.models import AccessToken, Namespace, TokenState
from providers.tokens.probing import probe

__all__ = [
    "AlreadyStoredError",
    "ChangedMeanwhileError",
    "MustWaitError",
    "NameTakenError",
    "NewToken",
    "TokenRefusedError",
    "add",
    "check",
    "check_at_once",
    "check_now",
    "check_soon",
    "confirm_rejected",
    "delete",
    "needed",
    "reassess",
    "rename",
    "replace",
    "rows",
    "rows_of_each",
]

JUST_NOW = timedelta(seconds=20)
DOUBLE_CLICK = timedelta(seconds=60)
CHECK = "providers.tokens.tasks.check"


class AlreadyStoredError(Exception):
    """The same token is stored here, as `token`."""

    def __init__(self, token: AccessToken) -> None:
        super().__init__(token.name)
        self.token = token


class NameTakenError(Exception):
    """Another token of the organization has this name."""


class ChangedMeanwhileError(Exception):
    """Somebody else changed or deleted the token since the form was shown."""


class TokenRefusedError(Exception):
    """Hugging Face did not accept the new token, or could not be asked; the old one stays."""

    def __init__(self, diagnosis: Diagnosis) -> None:
        super().__init__(diagnosis.kind.value)
        self.diagnosis = diagnosis


class MustWaitError(Exception):
    """Hugging Face told us when to ask again: not before `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token as it was entered."""

    name: str
    secret: Secret


def add(organization: Organization, new: NewToken, actor: Actor) -> AccessToken:
    """Store a token; a worker checks it at once. Raises AlreadyStoredError and NameTakenError."""
    if known := _stored(organization, new.secret):
        if _is_second_click(known, new.name, actor):
            return known
        raise AlreadyStoredError(known)
    token = AccessToken(
        organization=organization,
        name=new.name,
        fingerprint=fingerprint(new.secret),
        last_four=new.secret.last_four,
        created_by=actor.user,
    )
    token.secret = new.secret
    try:
        with transaction.atomic():
            token.save(force_insert=True)
            audit.record(organization, verbs.ADDED, token, actor)
            versions.advance(organization.pk)
            _send(token)
    except IntegrityError as error:
        if known := _stored(organization, new.secret):
            raise AlreadyStoredError(known) from error
        raise NameTakenError from error
    return token


def rename(token: AccessToken, name: str, actor: Actor) -> None:
    """Raises NameTakenError, and ChangedMeanwhileError where `token.version` is no longer the
    latest."""
    if name == token.name:
        return
    before, token.name = token.name, name
    try:
        with transaction.atomic():
            _edit(token, name=name)
            audit.record(token.organization, verbs.RENAMED, token, actor, before=before)
            versions.advance(token.organization_id)
    except IntegrityError as error:
        token.name = before
        raise NameTakenError from error


def replace(token: AccessToken, secret: Secret, actor: Actor) -> None:
    """Put another secret in the token's place, after one whoami with it has answered well.

    Raises AlreadyStoredError, TokenRefusedError (the old one stays) and ChangedMeanwhileError.
    """
    if known := _stored(token.organization, secret):
        raise AlreadyStoredError(known)
    answer = probe(secret)
    if answer.identity is None:
        raise TokenRefusedError(answer.problem or Diagnosis(Kind.UNKNOWN))
    reading = checking.read(answer.identity, timezone.now())
    try:
        with transaction.atomic():
            _put_in_place(token, secret, reading)
            audit.record(token.organization, verbs.REPLACED, token, actor, owner=token.owner)
            versions.advance(token.organization_id)
            _send(token)
    except IntegrityError as error:
        raise AlreadyStoredError(_stored(token.organization, secret) or token) from error


def delete(token: AccessToken, actor: Actor) -> None:
    """Forget the token. Models that used it stay, without one; other tokens take over."""
    with transaction.atomic():
        accesses.lock(token)
        if not AccessToken.objects.filter(pk=token.pk).exists():
            return
        count = token.providermodels.filter(enabled=True).count()
        audit.record(token.organization, verbs.DELETED, token, actor, models=count)
        version = versions.advance(token.organization_id)
        Namespace.objects.filter(accesses__token=token).update(access_version=version)
        token.delete()


def check_now(token: AccessToken, actor: Actor) -> None:
    """Have a worker ask at once. Raises MustWaitError while Hugging Face has told us to wait."""
    with transaction.atomic():
        now = timezone.now()
        stored = AccessToken.objects.select_for_update(no_key=True).get(pk=token.pk)
        if (until := _told_to_wait(stored, now)) is not None:
            raise MustWaitError(until)
        if stored.next_check_at is not None and stored.next_check_at <= now:
            _send(stored)
            return
        AccessToken.objects.filter(pk=stored.pk).reschedule(now)
        audit.record(token.organization, verbs.CHECK_REQUESTED, token, actor)
        _send(stored)


def check_at_once(token: AccessToken, actor: Actor) -> None:
    """Ask, and return with the answer stored; without asking where that was done just now. Raises
    MustWaitError. Call it outside of transactions."""
    now = timezone.now()
    stored = AccessToken.objects.select_related("organization").get(pk=token.pk)
    if (until := _told_to_wait(stored, now)) is not None:
        raise MustWaitError(until)
    if _was_asked_just_now(stored, now) or (lease := AccessToken.objects.take(stored.pk)) is None:
        return
    audit.record(stored.organization, verbs.CHECK_REQUESTED, stored, actor)
    check(stored.pk, lease)


def check_soon(token: AccessToken) -> None:
    """Have the token checked by the next sweep."""
    AccessToken.objects.filter(pk=token.pk).reschedule(timezone.now())


def confirm_rejected(token: AccessToken) -> bool:
    """Whether the token itself is refused, after some call with it got a 401: one whoami tells.

    If so, the token is `invalid` from now on and everything on it suspended, which is said once;
    or it is in doubt, where it was good. False too where nobody could ask. Call it outside of
    transactions.
    """
    now = timezone.now()
    stored = AccessToken.objects.filter(pk=token.pk).first()
    if stored is None or _is_refused(stored):
        return True
    if _was_asked_just_now(stored, now) or _told_to_wait(stored, now) is not None:
        return False
    if (lease := AccessToken.objects.take(token.pk)) is not None:
        check(token.pk, lease)
    stored = AccessToken.objects.filter(pk=token.pk).first()
    return stored is not None and _is_refused(stored)


def _was_asked_just_now(token: AccessToken, now: datetime) -> bool:
    return token.attempted_at is not None and now - token.attempted_at < JUST_NOW


def _is_refused(token: AccessToken) -> bool:
    return token.state == TokenState.INVALID or doubts.asked_again_at(token) is not None


def _stored(organization: Organization, secret: Secret) -> AccessToken | None:
    return organization.tokens.filter(fingerprint__in=fingerprints(secret)).first()


def _is_second_click(known: AccessToken, name: str, actor: Actor) -> bool:
    fresh = timezone.now() - known.created_at < DOUBLE_CLICK
    is_same_person = actor.user is not None and known.created_by_id == actor.user.pk
    return fresh and known.name == name and is_same_person


def _put_in_place(token: AccessToken, secret: Secret, reading: checking.Reading) -> None:
    token.secret = secret
    _edit(
        token,
        secret=token.sealed(secret),
        fingerprint=fingerprint(secret),
        last_four=secret.last_four,
    )
    # What the old one was told in the namespaces says nothing about the new one.
    token.accesses.all().delete()
    checking.accept(token, reading, {})
    # How the organizations take it, a worker finds out. A check under way asks about the old one.
    AccessToken.objects.filter(pk=token.pk).revoke(reading.now)


def _edit(token: AccessToken, **values: object) -> None:
    """An edit by a person, only upon the version that they saw."""
    seen = AccessToken.objects.filter(pk=token.pk, version=token.version)
    if not seen.update(version=F("version") + 1, **values):
        raise ChangedMeanwhileError
    token.version += 1


def _send(token: AccessToken) -> None:
    send_on_commit(CHECK, [token.pk])


def _told_to_wait(token: AccessToken, now: datetime) -> datetime | None:
    limited = token.problem.get("kind") == Kind.RATE_LIMITED.value
    if limited and token.next_check_at is not None and token.next_check_at > now:
        return token.next_check_at
    return None
