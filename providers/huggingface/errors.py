"""What calls to Hugging Face raise.

    HuggingFaceError          .diagnosis, .kind, .status
    ├── InconclusiveError     nobody was able to answer: says nothing about what was asked for
    └── RefusedError          the token may not do it there

`HuggingFaceError(diagnosis)` is an error of the branch that `facts` has for the diagnosis' kind, as
`OSError(number)` is. What is stored is the diagnosis, which tells the same by its properties.
"""

from providers.huggingface.diagnosis import (
    EXPLANATIONS,
    OUR_WORDS,
    Diagnosis,
    Evidence,
)
from providers.huggingface.explanations import Explanation
from providers.huggingface.kinds import Kind, Party

__all__ = [
    "EXPLANATIONS",
    "OUR_WORDS",
    "Diagnosis",
    "Evidence",
    "Explanation",
    "HuggingFaceError",
    "InconclusiveError",
    "Kind",
    "Party",
    "RefusedError",
]


class HuggingFaceError(Exception):
    """The base of all that calls to Hugging Face raise."""

    def __new__(cls, diagnosis: Diagnosis) -> "HuggingFaceError":
        branch: type[HuggingFaceError] = cls
        if diagnosis.is_inconclusive:
            branch = InconclusiveError
        elif diagnosis.is_refusal:
            branch = RefusedError
        return super().__new__(branch)

    def __init__(self, diagnosis: Diagnosis) -> None:
        super().__init__(diagnosis.kind.value)
        self.diagnosis = diagnosis

    @property
    def kind(self) -> Kind:
        return self.diagnosis.kind

    @property
    def status(self) -> int | None:
        return self.diagnosis.evidence.status if self.diagnosis.evidence else None


class InconclusiveError(HuggingFaceError):
    """Nobody was able to answer: it says nothing about what was asked for."""


class RefusedError(HuggingFaceError):
    """The token may not do there what it was used for."""
