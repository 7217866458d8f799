"""The report: what was saved, as a table, and differences from what was expected."""

from collections.abc import Iterator, Sequence

from peers.engines import RunningEngine
from peers.saving import Saved

HEAD = ("engine", "route", "served name", "dimension", "ms", "")


def table(engines: Sequence[RunningEngine], saved: Sequence[Saved]) -> str:
    """Return the table, followed by the problems."""
    rows = [HEAD, *map(_row, engines, saved)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join([*lines, *problems(engines, saved)])


def problems(engines: Sequence[RunningEngine], saved: Sequence[Saved]) -> list[str]:
    """Return a sentence for each difference from what was expected."""
    return [
        f"{served.engine.title}: {sentence}"
        for served, it in zip(engines, saved, strict=True)
        for sentence in _problems(served, it)
    ]


def _row(served: RunningEngine, saved: Saved) -> tuple[str, ...]:
    dimension = "" if saved.dimension is None else str(saved.dimension)
    milliseconds = "" if saved.milliseconds is None else str(saved.milliseconds)
    remark = "cannot chat" if saved.only_continues else ""
    name = saved.served_name
    return served.engine.title, saved.route, name, dimension, milliseconds, remark


def _problems(served: RunningEngine, saved: Saved) -> Iterator[str]:
    if saved.problem:
        yield f"was not saved as verified; {saved.problem}"
        return
    engine = served.engine
    cannot_chat = not (engine.chats or engine.embeds)
    for what, is_so, should_be in (
        ("route", saved.route, engine.route),
        ("served name", saved.served_name, served.served_name),
        ("dimension", saved.dimension, engine.dimension),
        ("remark that it cannot chat", saved.only_continues, cannot_chat),
    ):
        if is_so != should_be:
            yield f"the {what} is {is_so!r} and should be {should_be!r}"
