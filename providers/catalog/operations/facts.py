"""What a check knows: the row it is about, and the facts that its steps found so far."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from hfadmin.vault import Secret, UndecryptableError
from providers.catalog.models import Verification
from providers.huggingface.errors import Diagnosis, HuggingFaceError, Kind
from providers.huggingface.types import CallResult, Identity, ModelDetails, RemoteEndpoint
from providers.tokens.models import AccessToken


class Step(StrEnum):
    TOKEN = "token"  # noqa: S105 - a step, not a secret
    RIGHTS = "rights"
    MODEL = "model"
    PROVIDERS = "providers"
    ENDPOINT = "endpoint"
    REPOSITORY = "repository"
    STATE = "state"
    WAKE = "wake"
    CALL = "call"


class Asleep(Exception):  # noqa: N818 - not an error
    """The endpoint is paused or scaled to zero, and nobody asked to wake it."""


class Parked(Exception):  # noqa: N818 - not an error
    """To be gone on with after a while."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__()
        self.wait = wait


def _nothing() -> None:
    pass


@dataclass(slots=True)
class Facts:
    """What is to be checked, and what was found out about it so far."""

    row: Verification
    version: int  # the organization's, as the check began
    token: Secret | None = None
    identity: Identity | None = None
    remote: RemoteEndpoint | None = None
    details: ModelDetails | None = None
    providers: tuple[str, ...] = ()
    bill_to: str | None = None
    result: CallResult | None = None
    spelled: dict[str, str] = field(default_factory=dict)
    before_waking: Callable[[], None] = field(default=_nothing)

    @property
    def secret(self) -> Secret:
        if self.token is None:
            self.token = stored_secret(self.row.token)
        return self.token

    def spell(self, column: str, given: str) -> dict[str, str]:
        """Use the spelling that Hugging Face gave from here on; what to note where it is another
        than the one typed."""
        typed = getattr(self.row, column)
        if typed == given:
            return {}
        setattr(self.row, column, given)
        self.spelled[column] = given
        return {"typed": typed, "given": given}


def failure(kind: Kind, **params: str) -> HuggingFaceError:
    return HuggingFaceError(Diagnosis(kind, params))


def stored_secret(token: AccessToken | None) -> Secret:
    if token is None:
        raise failure(Kind.TOKEN_DELETED)
    try:
        return token.secret
    except UndecryptableError as error:
        raise failure(Kind.TOKEN_UNDECRYPTABLE) from error
