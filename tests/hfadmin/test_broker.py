"""The embedded broker: files in the data directory."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kombu import Connection

from hfadmin import broker


def link(tmp_path: Path) -> Connection:
    """To a broker of this test. Kombu remembers queues by name, so they bear the folder's."""
    folders = {name: tmp_path / name for name in ("queue", "control", "writing")}
    for folder in folders.values():
        folder.mkdir(exist_ok=True)
    return Connection(
        transport=broker.Transport,
        transport_options={
            "data_folder_in": str(folders["queue"]),
            "data_folder_out": str(folders["queue"]),
            "control_folder": str(folders["control"]),
            "writing_folder": str(folders["writing"]),
            "polling_interval": 0.01,
        },
    )


def test_messages_come_back_each_of_them_once(tmp_path: Path) -> None:
    with link(tmp_path) as it, it.SimpleQueue(tmp_path.name) as queue:
        for number in range(20):
            queue.put(number)

        received = [queue.get(block=False).payload for _ in range(20)]

    assert sorted(received) == list(range(20))


def test_a_reader_never_finds_half_a_message(tmp_path: Path) -> None:
    """Written beside the queue and moved in: many writers and a reader at once lose nothing."""

    def write(batch: int) -> None:
        with link(tmp_path) as it, it.SimpleQueue(tmp_path.name) as queue:
            for number in range(50):
                queue.put({"number": batch * 50 + number, "padding": "x" * 5000})

    with link(tmp_path) as it, it.SimpleQueue(tmp_path.name) as queue:
        with ThreadPoolExecutor(4) as writers:
            done = [writers.submit(write, batch) for batch in range(4)]
            received = [queue.get(timeout=10).payload["number"] for _ in range(200)]
        for batch in done:
            batch.result()

    assert sorted(received) == list(range(200))
    assert not any((tmp_path / "writing").iterdir())
