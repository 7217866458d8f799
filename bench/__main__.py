"""Run the benchmarks that the arguments name, by default all but `kills`."""

import sys
import tempfile
from pathlib import Path

from bench import actions, deploying, inventory, kills, polling, previews, startup
from bench.figures import Figure, save, table
from tests.stack.processes import ROOT

PARTS = {
    "startup": startup,
    "polling": polling,
    "inventory": inventory,
    "previews": previews,
    "deploying": deploying,
    "actions": actions,
    "kills": kills,
}
BY_DEFAULT = tuple(name for name in PARTS if name != "kills")  # which takes ten minutes


def main() -> None:
    requested = sys.argv[1:] or list(BY_DEFAULT)
    if unknown := set(requested) - set(PARTS):
        raise SystemExit(f"There is no part {', '.join(unknown)}; there are {', '.join(PARTS)}.")
    figures: list[Figure] = []
    for name in requested:
        print(f"Measuring: {name} …", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="hfadmin-bench-") as directory:
            figures += PARTS[name].measure(Path(directory))
    print(table(figures))
    print(f"\nKept in {save(figures).relative_to(ROOT)}")


if __name__ == "__main__":
    main()
