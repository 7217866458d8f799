"""Count the queries of pages: `python -m bench.queries '["cookie", {"what": ["/", {}]}]'`.

Uses Django's test client in this process. Prints the counts as JSON.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import django


class Counter:
    """A wrapper of `execute` that counts queries."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable[..., Any], *call: Any) -> Any:
        self.count += 1
        return execute(*call)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hfadmin.settings")
    django.setup()
    from django.db import connection
    from django.test import Client

    cookie, requests = json.loads(sys.argv[1])
    counts = {}
    for what, (path, headers) in requests.items():
        for _warm in range(2):
            counter = Counter()
            with connection.execute_wrapper(counter):
                reply = Client(headers={"Cookie": cookie, **headers}, SERVER_NAME="localhost").get(
                    path
                )
            if reply.status_code not in {200, 304}:
                raise SystemExit(f"{path} answered {reply.status_code}")
        counts[what] = counter.count
    print(json.dumps(counts))


if __name__ == "__main__":
    main()
