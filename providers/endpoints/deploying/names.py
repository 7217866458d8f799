"""What an endpoint may be called."""

import re
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

LEAST: Final = 4
MOST: Final = 32  # characters
_NAME: Final = re.compile(r"[a-z0-9-]+")


def what_is_wrong_with(name: str) -> str:
    """A sentence; "" where Hugging Face takes the name."""
    if name != name.lower():
        return _("Capital letters are not allowed in it.")
    if not LEAST <= len(name) <= MOST:
        words = {"length": len(name), "least": LEAST, "most": MOST}
        return (
            ngettext(
                "It has %(length)d character; %(least)d to %(most)d are allowed.",
                "It has %(length)d characters; %(least)d to %(most)d are allowed.",
                len(name),
            )
            % words
        )
    if not _NAME.fullmatch(name) or name.startswith("-") or name.endswith("-"):
        return _("Only letters from a to z, digits and hyphens between them are allowed.")
    return ""
