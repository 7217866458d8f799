"""What a deployment's task is on the settings screen, by the code names of both."""

from typing import Final

CHAT: Final = "text-generation"
EMBEDDING: Final = "feature-extraction"
# Others, such as "custom", leave it open.
TASKS: Final = {
    "text-generation": CHAT,
    "conversational": CHAT,
    "image-text-to-text": CHAT,
    "text2text-generation": "text2text-generation",
    "feature-extraction": EMBEDDING,
    "sentence-embeddings": EMBEDDING,
    "sentence-similarity": EMBEDDING,
}
_LEAVE_IT_OPEN: Final = frozenset({"", "custom"})


def may_be_a_model(task: str) -> bool:
    """Whether a deployment of the task can be used as a model here, as far as is known."""
    return task in TASKS or task in _LEAVE_IT_OPEN


def model_type(task: str) -> str:
    """ "" where the task leaves it open."""
    fits = TASKS.get(task)
    return "text-embedding" if fits == EMBEDDING else "llm" if fits else ""
