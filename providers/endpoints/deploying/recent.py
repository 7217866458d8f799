"""What Hugging Face has answered within the last minutes: forms ask at every change, and people
change their minds."""

import time
from collections.abc import Hashable
from typing import Final, Generic, TypeVar

from hfadmin.live.cache import VersionCache
from providers.huggingface import config
from providers.tokens.models import AccessToken

SECONDS: Final = 300  # of a whole answer
BRIEFLY: Final = 20  # of any other
_Answer = TypeVar("_Answer")


class Recent(Generic[_Answer]):
    """Answers by what was asked for, and with which token."""

    def __init__(self, maxsize: int) -> None:
        self._answers: VersionCache[_Answer] = VersionCache(maxsize)

    def get(self, token: AccessToken | None, *asked: Hashable) -> _Answer | None:
        """None where nobody has asked lately."""
        found = (self._answers.get(_key(token, asked, most)) for most in (SECONDS, BRIEFLY))
        return next((answer for answer in found if answer is not None), None)

    def put(
        self, answer: _Answer, token: AccessToken | None, *asked: Hashable, is_whole: bool
    ) -> _Answer:
        most = SECONDS if is_whole else BRIEFLY
        return self._answers.put(_key(token, asked, most), answer)

    def forget(self, token: AccessToken | None, *asked: Hashable) -> None:
        for most in (SECONDS, BRIEFLY):
            self._answers.drop(_key(token, asked, most))


def _key(token: AccessToken | None, asked: tuple[Hashable, ...], most: int) -> Hashable:
    whose = token and (token.pk, token.version)
    return config.current(), whose, asked, most, time.monotonic() // most
