"""What the form offers while one types."""

import re
from dataclasses import dataclass
from typing import Final

from hfadmin.accounts.models import Organization
from hfadmin.vault import UndecryptableError
from providers.endpoints.deploying import names, places
from providers.endpoints.deploying.places import Place
from providers.endpoints.lifecycle.models import Action
from providers.huggingface import client
from providers.huggingface.errors import Diagnosis, HuggingFaceError, Kind
from providers.huggingface.types import ModelSummary

MOST = 10


_NOT_IN_NAMES: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Found:
    """Repositories, or why there are none."""

    models: tuple[ModelSummary, ...] = ()
    problem: Diagnosis | None = None


def name(repository: str, place: Place | None) -> str:
    """One for an endpoint of this repository that nobody has in the namespace; "" without one."""
    base = _NOT_IN_NAMES.sub("-", repository.rpartition("/")[2].lower()).strip("-")
    if not base:
        return ""
    base = base if len(base) >= names.LEAST else f"model-{base}"
    taken = _names_like(base[: names.MOST - 3], place)
    numbered = (f"{base[: names.MOST - 3].rstrip('-')}-{number}" for number in range(2, 100))
    free = (each for each in (base[: names.MOST].rstrip("-"), *numbered) if each not in taken)
    return next(free, "")


def _names_like(beginning: str, place: Place | None) -> set[str]:
    if place is None:
        return set()
    rows = place.namespace.endpoints.present().filter(name__startswith=beginning)
    open_ones = Action.objects.open().filter(namespace=place.namespace)
    return {
        *rows.values_list("name", flat=True),
        *open_ones.values_list("name", flat=True),
    }


def repositories(
    organization: Organization, query: str, namespace: str = "", token: str = ""
) -> Found:
    """Asks with the chosen token, to find what is private."""
    place = places.of(organization).get(namespace)
    holder = place.holder(token) if place else None
    try:
        secret = holder.token.secret if holder else None
        return Found(client.search_models(query, token=secret, limit=MOST, with_sizes=True))
    except UndecryptableError:
        return Found(problem=Diagnosis(Kind.TOKEN_UNDECRYPTABLE))
    except HuggingFaceError as error:
        return Found(problem=error.diagnosis)
