"""The engines that can be deployed: what each is called, and what its container is started with
unless something else is entered."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from providers import labels

DEFAULT: Final = "huggingface"
CUSTOM: Final = "custom"
LLAMACPP: Final = "llamacpp"
CHAT_TASKS: Final = frozenset({"text-generation", "image-text-to-text"})
EMBEDDING_TASKS: Final = frozenset(
    {"feature-extraction", "sentence-similarity", "sentence-embeddings"}
)
_GPU: Final = frozenset({"gpu"})


@dataclass(frozen=True, slots=True)
class Engine:
    """`key` is that of the image union. Without `image` Hugging Face starts a container of its own.
    `splits` and `copies` tell whether it has a size for tensor and for data parallelism,
    `runs_on` the kinds of hardware for which it is made."""

    key: str
    description: str | Promise
    framework: str = "pytorch"
    image: str = ""
    port: int | None = None
    health_route: str = ""
    runs_on: frozenset[str] = frozenset({"gpu", "cpu"})
    splits: bool = False
    copies: bool = False

    @property
    def label(self) -> str:
        return str(_LABELS.get(self.key) or labels.engine(self.key))

    @property
    def choice(self) -> str | Promise:
        """Its label where it is offered: a name, which is the same in every language, or words."""
        return _LABELS.get(self.key) or format_html("<bdi>{}</bdi>", labels.engine(self.key))


_LABELS: Final[dict[str, str | Promise]] = {
    DEFAULT: _("Default"),
    CUSTOM: _("Custom container"),
}

ENGINES: Final = {
    engine.key: engine
    for engine in (
        Engine(DEFAULT, _("Hugging Face's own container for the task of the model")),
        Engine(
            "vLLM",
            _("Chat and text generation on GPUs, embeddings too"),
            image="vllm/vllm-openai:v0.23.0",
            runs_on=_GPU,
            port=8000,
            health_route="/health",
            splits=True,
            copies=True,
        ),
        Engine(
            "sGLang",
            _("Chat and text generation on GPUs"),
            image="lmsysorg/sglang:v0.5.3",
            runs_on=_GPU,
            port=8000,
            health_route="/health",
            splits=True,
            copies=True,
        ),
        Engine(
            "tei",
            _("Text embeddings, on processors too"),
            image="ghcr.io/huggingface/text-embeddings-inference:1.8",
            port=80,
            health_route="/health",
        ),
        Engine(
            "tgi",
            _("Text generation; in maintenance, take vLLM for what is new"),
            image="ghcr.io/huggingface/text-generation-inference:3.3",
            runs_on=_GPU,
            port=80,
            health_route="/health",
        ),
        Engine(
            LLAMACPP,
            _("GGUF files, on processors too"),
            framework="llamacpp",
            image="ghcr.io/ggml-org/llama.cpp:server",
            port=8080,
            health_route="/health",
        ),
        Engine(CUSTOM, _("Any image that serves HTTP"), framework="custom", port=80),
    )
}


def suggested(task: str, *, is_gguf: bool) -> str:
    """The key of the engine that fits a model of this task best."""
    if is_gguf:
        return LLAMACPP
    if task in EMBEDDING_TASKS:
        return "tei"
    return "vLLM" if task in CHAT_TASKS else DEFAULT
