"""The values of an endpoint's environment: asked of Hugging Face when a person wants to see them,
and kept nowhere."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from hfadmin.audit import operations as audit
from hfadmin.audit.actors import Actor
from hfadmin.audit.models import Record
from hfadmin.audit.verbs import verb
from hfadmin.vault import UndecryptableError
from providers.endpoints.lifecycle import rights
from providers.endpoints.models import Endpoint
from providers.huggingface import client
from providers.huggingface.errors import Diagnosis, HuggingFaceError, Kind
from providers.tokens.models import AccessToken
from providers.tokens.xray import Ability

REVEALED: Final = verb("endpoint.revealed", _("Revealed the environment of the endpoint"))


def reveal(endpoint: Endpoint, actor: Actor) -> dict[str, str]:
    """The variables by name. Raises HuggingFaceError."""
    try:
        token = _token(endpoint)
        values = client.endpoint_environment(token.secret, endpoint.namespace.name, endpoint.name)
    except UndecryptableError as error:
        why = Diagnosis(Kind.TOKEN_UNDECRYPTABLE, {"token": token.name})
        _record(endpoint, actor, why)
        raise HuggingFaceError(why) from error
    except HuggingFaceError as error:
        _record(endpoint, actor, error.diagnosis)
        raise
    _record(endpoint, actor)
    return values


def _token(endpoint: Endpoint) -> AccessToken:
    namespace = endpoint.namespace
    accesses = rights.accesses_of(namespace)
    usable, _until = rights.usable(namespace, accesses, Ability.LIST)
    if not usable:
        raise HuggingFaceError(rights.why_none(namespace, accesses, Ability.LIST))
    return usable[0].token


def _record(endpoint: Endpoint, actor: Actor, problem: Diagnosis | None = None) -> None:
    outcome = Record.Outcome.FAILED if problem else None
    detail = {"problem": problem.kind.value} if problem else {}
    audit.record(endpoint.organization, REVEALED, endpoint, actor, outcome=outcome, **detail)
