"""Having Hugging Face asked once more, since something was changed there. Only where a person wants
it: it limits how often it may be asked."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

from hfadmin.audit.actors import Actor
from providers.endpoints import polling
from providers.endpoints.deploying import balances, repositories
from providers.endpoints.deploying.choice import Choice
from providers.endpoints.deploying.preflight.account import ACCOUNT
from providers.endpoints.deploying.preflight.quota import HARDWARE
from providers.endpoints.deploying.preflight.repository import REPOSITORY
from providers.huggingface.repository_names import repository_of
from providers.tokens import operations as tokens


def ask(question: str, choice: Choice, actor: Actor) -> None:
    """Nothing, where the question is none, or nobody has chosen what it is about."""
    if question in QUESTIONS:
        QUESTIONS[question](choice, actor)


def _account(choice: Choice, actor: Actor) -> None:
    """About the token, which tells whether the account can pay, and about its credits."""
    if choice.holder is None or choice.place is None:
        return
    balances.forget(choice.place.namespace, choice.holder.token)
    with suppress(tokens.MustWaitError):
        tokens.check_at_once(choice.holder.token, actor)


def _hardware(choice: Choice, actor: Actor) -> None:
    """What the namespace may deploy on, and how much of it is in use."""
    if choice.place is not None:
        polling.look_at_once(choice.place.namespace, actor)


def _repository(choice: Choice, _actor: Actor) -> None:
    """Whether it can be read, and what it has."""
    _kind, name = repository_of(choice.repository)
    token = choice.holder.token if choice.holder else None
    repositories.forget(name, choice.revision, token)


QUESTIONS: Final[Mapping[str, Callable[[Choice, Actor], None]]] = {
    ACCOUNT: _account,
    HARDWARE: _hardware,
    REPOSITORY: _repository,
}
