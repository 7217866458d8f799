"""What somebody typed or pasted as the repository of a model: its kind and its name.

Nothing here asks the network, and nothing says that the name can be one: see `text.is_repository`.
"""

import re

from providers.huggingface import config

_KINDS = {"datasets": "dataset", "spaces": "space", "models": "model"}
_HOSTS = ("huggingface.co", "www.huggingface.co", "hf.co")
_ADDRESS = re.compile(
    r"(?:https?://)?([^/?#]{1,253})/([^?#]{0,1000})(?:[?#].{0,5000})?", re.IGNORECASE
)
# What follows the name in the addresses of a repository's pages.
_PAGES = frozenset(
    {"blame", "blob", "commit", "commits", "discussions", "edit", "raw", "resolve", "tree"}
)


def repository_of(typed: str) -> tuple[str, str]:
    """ "model", "dataset" or "space", and `owner/name`: from a name, or from the address of any
    page of a repository. What is neither comes back as it is, as the name of a model."""
    typed = typed.strip()
    page = _path_on_hub(typed)
    parts = [part for part in (page or typed).split("/") if part]
    if page and parts[:1] == ["api"]:
        del parts[0]
    kind = _KINDS.get(parts[0]) if len(parts) > 1 else None
    if kind:
        del parts[0]
    if page and len(parts) > 1 and parts[1] in _PAGES:
        return kind or "model", parts[0]  # an old repository, which has no owner
    if page or kind or (len(parts) > 2 and parts[2] in _PAGES):
        return kind or "model", "/".join(parts[:2])
    return "model", typed


def _path_on_hub(typed: str) -> str:
    """The path of an address of the Hub; "" for anything else."""
    found = _ADDRESS.fullmatch(typed)
    own = config.current().hub.split("/")[2]
    return found[2] if found and found[1].lower() in {*_HOSTS, own} else ""
