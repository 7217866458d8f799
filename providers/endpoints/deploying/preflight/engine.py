"""Whether the engine serves what the repository holds, on this hardware. Hugging Face starts it
without looking: nothing here stands against a creation."""

from typing import Final

from django.utils.translation import gettext as _

from providers import labels
from providers.endpoints.deploying.choice import Choice
from providers.endpoints.deploying.engines import (
    CHAT_TASKS,
    CUSTOM,
    DEFAULT,
    EMBEDDING_TASKS,
    ENGINES,
    LLAMACPP,
    suggested,
)
from providers.endpoints.deploying.preflight import alternatives
from providers.endpoints.deploying.preflight.lines import Line, Remedy, doubt, ok, unknown
from providers.endpoints.deploying.repositories import Repository

_KEY: Final = "engine"
_TGI: Final = "tgi"
# What each serves, where that is not everything.
_SERVES: Final = {
    "vLLM": CHAT_TASKS | EMBEDDING_TASKS,
    "sGLang": CHAT_TASKS,
    _TGI: CHAT_TASKS,
    "tei": EMBEDDING_TASKS | {"text-ranking", "sentence-ranking", "text-classification"},
}
# What Hugging Face's own container loads.
_LIBRARIES: Final = frozenset({"transformers", "sentence-transformers", "diffusers", "peft", ""})
_ALIKE: Final = (EMBEDDING_TASKS, CHAT_TASKS | {"conversational"})


def engine(choice: Choice) -> Line | None:
    found, key = choice.found, choice.engine.key
    if choice.recipe is not None or found is None or found.details is None:
        return None
    if key == LLAMACPP:
        return _llamacpp(found)
    if key == CUSTOM:
        about = _("hfadmin cannot look into it.")
        return unknown(_KEY, _("What the container serves is not known"), about)
    words = {"engine": choice.engine.label, "task": labels.task(choice.task)}
    if found.is_gguf:
        title = _("%(engine)s does not run GGUF files") % words
        about = _("The repository has no other weights.")
        return doubt(_KEY, title, about, _use(LLAMACPP))
    if not choice.task:
        title = _("Whether %(engine)s serves it is not known") % words
        return unknown(_KEY, title, _("The repository names no task."))
    if key == DEFAULT:
        return _default(found.details.library, words)
    return _serves(choice, found, words)


def image(choice: Choice) -> Line | None:
    """Whether the image is that of another engine, for which it was entered before."""
    key = choice.engine.key
    if choice.recipe is not None or key in (DEFAULT, CUSTOM):
        return None
    name = choice.image.partition(":")[0]
    of = next((each for each in ENGINES.values() if name == each.image.partition(":")[0]), None)
    if not name or of is None or of.key == key:
        return None
    words = {"engine": choice.engine.label, "other": of.label}
    title = _("The image is that of %(other)s") % words
    return doubt("image", title, _("It would not start as %(engine)s.") % words, _use(key))


def accelerator(choice: Choice) -> Line | None:
    """Whether the engine is made for hardware of this kind."""
    row = choice.hardware
    if row is None or choice.recipe is not None or choice.engine.key == CUSTOM:
        return None
    if row.accelerator in choice.engine.runs_on:
        return None
    words = {
        "engine": choice.engine.label,
        "hardware": labels.hardware(row.instance_type, row.instance_size, row.accelerator),
    }
    title = _("%(engine)s is not made for %(hardware)s") % words
    about = _("It may not start there, or be slow.")
    return doubt("accelerator", title, about, *alternatives.able(choice))


def task(choice: Choice) -> Line | None:
    """Whether it is what the repository is for."""
    meant = choice.found.task if choice.found else ""
    if choice.recipe is not None or not meant or not choice.task or _is_alike(choice.task, meant):
        return None
    words = {"meant": labels.task(meant), "task": labels.task(choice.task)}
    title = _("The repository is for %(meant)s") % words
    about = _("%(task)s may not work with it.") % words
    return doubt("task", title, about, Remedy(_("Use %(meant)s") % words, sets={"task": ""}))


def parallelism(choice: Choice) -> Line | None:
    """Whether a replica has as many accelerators as its engine is to use."""
    row, kind = choice.hardware, choice.engine
    if row is None or not row.accelerators or choice.recipe is not None or not kind.splits:
        return None
    copies = (choice.data_parallel_size if kind.copies else None) or 1
    needed = (choice.tensor_parallel_size or 1) * copies
    if needed <= row.accelerators:
        return None
    words = {"engine": kind.label, "needed": needed, "has": row.accelerators}
    title = _("%(engine)s is to use %(needed)d accelerators, a replica has %(has)d") % words
    about = _("It would not start.")
    sets = {"tensor_parallel_size": "", "data_parallel_size": ""}
    return doubt("parallelism", title, about, Remedy(_("Leave it to the engine"), sets=sets))


def _llamacpp(found: Repository) -> Line:
    if found.variants:
        return ok(_KEY, _("llama.cpp runs its GGUF files"))
    if found.unread is not None or found.access is not None:
        title = _("Whether llama.cpp runs it is not known")
        return unknown(_KEY, title, _("Its files could not be looked at."))
    title = _("llama.cpp runs GGUF files, and the repository has none")
    return doubt(_KEY, title, "", _use(suggested(found.task, is_gguf=False)))


def _default(library: str, words: dict[str, str]) -> Line:
    if library not in _LIBRARIES:
        title = _("Whether Hugging Face's own container loads it is not known")
        about = _("The repository is made for %(library)s.") % {"library": library}
        return unknown(_KEY, title, about)
    return ok(_KEY, _("Hugging Face's own container serves %(task)s") % words)


def _serves(choice: Choice, found: Repository, words: dict[str, str]) -> Line:
    key = choice.engine.key
    if choice.task not in _SERVES[key]:
        title = _("%(engine)s does not serve %(task)s") % words
        other = _use(suggested(choice.task, is_gguf=found.is_gguf))
        return doubt(_KEY, title, _("It would not start, or answer nothing."), other)
    if choice.task in EMBEDDING_TASKS:
        return ok(_KEY, _("%(engine)s serves its embeddings") % words)
    if choice.task not in CHAT_TASKS:
        return ok(_KEY, _("%(engine)s serves %(task)s") % words)
    title = _("%(engine)s serves its chat route") % words
    if key == _TGI:
        return ok(_KEY, title, _("TGI is in maintenance: vLLM gets what is new."), _use("vLLM"))
    return ok(_KEY, title)


def _use(key: str) -> Remedy:
    """With its own image, port and health route: those of another engine would never start it."""
    sets = {"engine": key, "image": "", "port": "", "health_route": ""}
    return Remedy(_("Use %(engine)s") % {"engine": ENGINES[key].label}, sets=sets)


def _is_alike(one: str, other: str) -> bool:
    return one == other or any({one, other} <= group for group in _ALIKE)
