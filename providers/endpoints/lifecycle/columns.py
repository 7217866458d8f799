"""Whether a column of an endpoint is as it is wanted, however Hugging Face writes it."""

import re
from collections.abc import Mapping
from typing import Any, Final

from providers.endpoints.models import Endpoint

_COMMIT: Final = re.compile(r"[0-9a-f]{7,40}")
_ACCESS: Final = {"protected": "authenticated"}  # as older answers say it


def same(name: str, wanted: Any, seen: Any) -> bool:
    """Whether a look that shows `seen` in this column may be what `wanted` asks for."""
    if name == "tags":
        return set(wanted) == set(seen)
    if name == "auth_type":
        return bool(access(wanted) == access(seen))
    if name == "repository":
        return str(wanted).casefold() == str(seen).casefold()
    if name == "revision":
        return not is_commit(wanted) or str(seen).startswith(wanted)
    return bool(wanted == seen)


def differing(endpoint: Endpoint, wanted: Mapping[str, Any]) -> list[str]:
    """The columns that are not as they are wanted."""
    return [name for name in wanted if not same(name, wanted[name], getattr(endpoint, name))]


def is_commit(revision: str) -> bool:
    """Whether it names a commit. Of a branch, or of none, Hugging Face tells the commit that it is
    at: which one that will be is not known before."""
    return _COMMIT.fullmatch(revision) is not None


def access(kind: str) -> str:
    """Who may call the endpoint, by the name that Hugging Face has for it today."""
    return _ACCESS.get(kind, kind)
