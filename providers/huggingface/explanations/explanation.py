"""What explanations are made of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Explanation:
    title: str
    what: str
    remedy: str


def _(text: str) -> str:
    """Marks a sentence for gettext; it is translated where it is shown."""
    return text
