"""Settings with two pseudo-locales.

In `eo` every translatable text is wrapped in ⟦ ⟧, so that tests find text that is not; `ar` has no
translations, but is written from right to left.
"""

from functools import cache

from django.utils.translation import gettext_lazy as _
from django.utils.translation import trans_real

from hfadmin.settings import *  # noqa: F403
from hfadmin.settings import LANGUAGES as _LANGUAGES

LANGUAGES = [
    *_LANGUAGES,
    ("eo", _("Brackets")),
    ("ar", _("Right to left")),
]


class Pseudo(trans_real.DjangoTranslation):
    """Translates every text to itself in brackets."""

    def gettext(self, message: str) -> str:
        words = message.rpartition(trans_real.CONTEXT_SEPARATOR)[2]
        return f"⟦{words}⟧" if words else ""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


_real_translation = trans_real.translation


@cache
def translation(language: str) -> trans_real.DjangoTranslation:
    return Pseudo(language) if language == "eo" else _real_translation(language)


trans_real.translation = translation
