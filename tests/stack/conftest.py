"""The stack as people run it: embedded, and by the commands of docker-compose.yml."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack.processes import SandboxServer
from tests.stack.running import Stack


@pytest.fixture(scope="session")
def hugging_face(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    """A sandbox for all stacks, seeded as the demo's."""
    sandbox = SandboxServer(tmp_path_factory.mktemp("sandbox"))
    yield sandbox
    sandbox.stop()


@pytest.fixture
def stack(tmp_path: Path, hugging_face: SandboxServer) -> Iterator[Stack]:
    with Stack(tmp_path, hugging_face.environment) as stack:
        stack.wait_until_ready()
        yield stack
    hugging_face.clear_faults()
