from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    OK = "ok"
    PROBLEM = "problem"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Remedy:
    """What would help: a page of Hugging Face (`link`), other values in fields of the form
    (`sets`), an action on an endpoint here (`verb` and its id), or asking Hugging Face anew
    (`asks`, a key of `anew.QUESTIONS`)."""

    label: str
    link: str = ""
    sets: Mapping[str, str] = field(default_factory=dict)
    verb: str = ""
    endpoint: int = 0
    asks: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """`blocks`: Hugging Face would refuse the creation, as far as is known. `field` is the one of
    the form that it is about."""

    key: str
    state: State
    title: str
    about: str = ""
    blocks: bool = False
    field: str = ""
    remedies: tuple[Remedy, ...] = ()

    @property
    def sentence(self) -> str:
        return f"{self.title}. {self.about}".strip()


def ok(key: str, title: str, about: str = "", *remedies: Remedy) -> Line:
    return Line(key, State.OK, title, about, remedies=remedies)


def unknown(key: str, title: str, about: str = "", *remedies: Remedy) -> Line:
    return Line(key, State.UNKNOWN, title, about, remedies=remedies)


def doubt(key: str, title: str, about: str = "", *remedies: Remedy) -> Line:
    """A problem that Hugging Face does not look at."""
    return Line(key, State.PROBLEM, title, about, remedies=remedies)


def refusal(key: str, field: str, title: str, about: str = "", *remedies: Remedy) -> Line:
    return Line(key, State.PROBLEM, title, about, blocks=True, field=field, remedies=remedies)
