"""Who or what acts: every operation that changes something is told, and records it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self
from uuid import uuid4

from django.db import models
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

if TYPE_CHECKING:
    from hfadmin.accounts.models import User

REQUEST_ID_HEADER = "X-Request-Id"
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class ActorKind(models.TextChoices):
    PERSON = "person"
    WORKER = "worker"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, or a part of hfadmin, and from where it acts, as far as that is known."""

    kind: ActorKind
    label: str  # the e-mail address of a person, "hfadmin" for what acts by itself
    user: "User | None" = None
    session: str = ""  # tells sessions apart, and opens none
    address: str = ""  # of the network
    request_id: str = ""

    @classmethod
    def person(cls, user: "User | None") -> Self:
        """A person, whom a worker acts for, say. A person whose account is gone is nobody."""
        if user is None:
            return cls(ActorKind.WORKER, "hfadmin")
        return cls(ActorKind.PERSON, user.email, user)

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """The person who is signed in."""
        user: User = request.user  # type: ignore[assignment]
        key = request.session.session_key or ""
        return cls(
            ActorKind.PERSON,
            user.email,
            user,
            session=salted_hmac("hfadmin.audit.session", key).hexdigest()[:16] if key else "",
            address=str(request.META.get("REMOTE_ADDR", ""))[:45],
            request_id=request_id(request),
        )

    @classmethod
    def from_json(cls, stored: Mapping[str, str], user: "User | None") -> Self:
        """Who asked for something that a worker does later."""
        known = {**stored, "kind": ActorKind(stored["kind"])}
        return cls(**known, user=user)  # type: ignore[arg-type]

    def to_json(self) -> dict[str, str]:
        """All but the account, which is stored as a key."""
        return {
            "kind": self.kind.value,
            "label": self.label,
            "session": self.session,
            "address": self.address,
            "request_id": self.request_id,
        }


WORKER: Final = Actor(ActorKind.WORKER, "hfadmin")
COMMAND: Final = Actor(ActorKind.COMMAND, "hfadmin")


def request_id(request: HttpRequest) -> str:
    """The id that a proxy gave the request; where it gave none, one made here, once a request."""
    given = request.headers.get(REQUEST_ID_HEADER, "")
    if _REQUEST_ID.fullmatch(given):
        return given
    known: str | None = getattr(request, "made_id", None)
    if known is None:
        known = request.made_id = uuid4().hex  # type: ignore[attr-defined]
    return known
