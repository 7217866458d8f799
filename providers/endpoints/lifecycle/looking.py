"""A look at one endpoint: whether it is as an action wants it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from hfadmin import outbound
from hfadmin.vault import Secret, UndecryptableError
from providers.endpoints.lifecycle import rights
from providers.endpoints.lifecycle.models import Action
from providers.endpoints.lifecycle.verbs import ActionVerb
from providers.endpoints.models import Endpoint
from providers.endpoints.polling import single, token_choice
from providers.huggingface import client
from providers.huggingface.errors import Diagnosis, HuggingFaceError, InconclusiveError, Kind
from providers.huggingface.facts import Subject
from providers.tokens import operations as tokens
from providers.tokens.models import NamespaceAccess
from providers.tokens.xray import Ability

AT_MOST = 40.0  # seconds for all calls of one turn: well within its lease
_TOKENS_PER_LOOK = 3


class Sight(NamedTuple):
    """Whether the endpoint is as the action wants it, None where it cannot be seen; and for how
    long it is not to be looked at."""

    is_so: bool | None
    told_to_wait: timedelta = timedelta(0)


class Seen(NamedTuple):
    """What a look showed, and what it was made with."""

    is_so: bool
    access: NamespaceAccess
    secret: Secret


def look_alone(action: Action, verb: ActionVerb) -> Sight:
    """Look through whichever token may, whether the namespace is watched or not."""
    accesses = rights.accesses_of(action.namespace)
    usable, _waits_until = rights.usable(action.namespace, accesses, Ability.LIST)
    if not usable:
        return Sight(None)
    try:
        with outbound.deadline(AT_MOST):
            return Sight(look_through(usable, action, verb).is_so)
    except HuggingFaceError as error:
        return Sight(None, told_to_wait(error.diagnosis))


def look_through(accesses: Sequence[NamespaceAccess], action: Action, verb: ActionVerb) -> Seen:
    """Look through the first of these tokens that may, the healthiest first. Raises
    HuggingFaceError: where none may, that of the first, and where one may later, that of this."""
    refusals: list[HuggingFaceError] = []
    for access in accesses[:_TOKENS_PER_LOOK]:
        try:
            secret = access.token.secret
            return Seen(look(action, verb, secret), access, secret)
        except UndecryptableError:
            why = Diagnosis(Kind.TOKEN_UNDECRYPTABLE, {"token": access.token.name})
            refusals.append(HuggingFaceError(why))
        except HuggingFaceError as error:
            if not _is_for_another(error):
                raise
            _note(error, access)
            refusals.append(error)
    raise min(refusals, key=lambda error: not isinstance(error, InconclusiveError))


def _is_for_another(error: HuggingFaceError) -> bool:
    """Whether another token may be answered otherwise."""
    if error.kind is Kind.RATE_LIMITED:
        return True
    about = error.diagnosis.facts.about
    return not isinstance(error, InconclusiveError) and about in {Subject.TOKEN, Subject.NAMESPACE}


def _note(error: HuggingFaceError, access: NamespaceAccess) -> None:
    """Keep what the token was told."""
    if error.kind is Kind.RATE_LIMITED:
        token_choice.note_limit(access, error.diagnosis)
    elif error.diagnosis.facts.about is Subject.TOKEN:
        tokens.check_soon(access.token)


def look(action: Action, verb: ActionVerb, secret: Secret) -> bool:
    """Look at the endpoint, and return whether it is as the action wants it."""
    try:
        remote = client.get_endpoint(secret, action.namespace.name, action.name)
    except HuggingFaceError as error:
        if error.kind is not Kind.ENDPOINT_NOT_FOUND:
            raise
        if verb.creates and not _is_known(action):
            return False
        if _is_listed(action, secret):
            raise InconclusiveError(error.diagnosis) from error
        single.note_deleted(action.namespace, action.name)
        if not (is_done(action, verb) or verb.creates):
            raise
        return not verb.creates
    single.note_seen(action.namespace, remote)
    stored = action.endpoint
    if stored is not None and stored.fingerprint == remote.fingerprint and not stored.deleted_at:
        return verb.is_done(stored, action)
    return is_done(action, verb)


def is_done(action: Action, verb: ActionVerb) -> bool:
    """Whether it was as the action wants it when it was last seen."""
    found = Endpoint.objects.filter(namespace=action.namespace, name=action.name).first()
    action.endpoint = found
    if found is None:
        return False
    found.namespace = action.namespace  # its record names it
    return verb.is_done(found, action)


def told_to_wait(why: Diagnosis) -> timedelta:
    """For how long nothing is to be asked; 0 where that was not told."""
    if why.kind is not Kind.RATE_LIMITED:
        return timedelta(0)
    return timedelta(seconds=max(why.retry_after or 60, 1))


def _is_known(action: Action) -> bool:
    """Whether something stood under this name when it was last looked at."""
    there = Endpoint.objects.present()
    return there.filter(namespace=action.namespace, name=action.name).exists()


def _is_listed(action: Action, secret: Secret) -> bool:
    """Whether it is there after all, or may be: what cannot be seen at the moment is not found
    either."""
    _digest, listed = client.list_endpoints_unless(secret, action.namespace.name, "")
    if listed is None or not listed.is_complete:
        return True
    return any(remote.name == action.name for remote in listed.items)
