"""Fixtures: running stacks, embedded and as in docker-compose.yml."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack.databases import missing_programs
from tests.stack.processes import SandboxServer
from tests.stack.running import Composed, Stack

KINDS = [
    pytest.param(Stack, id="embedded"),
    pytest.param(Composed, id="composed", marks=pytest.mark.postgres),
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.stack)


@pytest.fixture(scope="session")
def hugging_face(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    """A sandbox with the seed of the demo, for all stacks."""
    sandbox = SandboxServer(tmp_path_factory.mktemp("sandbox"))
    yield sandbox
    sandbox.stop()


@pytest.fixture(scope="session", params=KINDS)
def running(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    hugging_face: SandboxServer,
) -> Iterator[Stack]:
    if request.param is Composed and (missing := missing_programs()) and "CI" not in os.environ:
        pytest.skip(f"{', '.join(missing)} is not installed here")
    directory = tmp_path_factory.mktemp(request.param.__name__.lower())
    with request.param(directory, hugging_face.environment) as stack:
        yield stack


@pytest.fixture
def stack(running: Stack, hugging_face: SandboxServer) -> Iterator[Stack]:
    """The running stack, ready for the test."""
    running.wait_until_ready()
    yield running
    hugging_face.clear_faults()
