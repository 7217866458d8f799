"""Start the engines, save a model on each, and print a table; exits with 1 if anything differs."""

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from peers import engines, hub, report, saving


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="hfadmin-peers-") as name, ExitStack() as running:
        directory = Path(name)
        sys.stderr.write("Starting the engines …\n")
        served = [
            running.enter_context(engines.run_engine(engine, directory))
            for engine in engines.ENGINES
        ]
        address, token = running.enter_context(hub.run_hub(served))
        sys.stderr.write("Saving a model on each …\n")
        saved = saving.save_all(served, address, token, directory / "data")
    sys.stdout.write(f"{report.table(served, saved)}\n")
    return 1 if report.problems(served, saved) else 0


if __name__ == "__main__":
    sys.exit(main())
