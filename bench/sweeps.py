"""Time sweeps over all namespaces: `python -m bench.sweeps`, with `again` where all is stored.

Needs a running worker. A sweep lasts from making all namespaces due until all are refreshed; this
process sends its message, in place of beat. Prints seconds and calls of each sweep as JSON.
"""

import json
import os
import sys
import time
from typing import Any

import django
import httpx2

from hfadmin.sandbox.seed import BULK_TOKEN
from tests.stack.processes import wait_until

NAMESPACES = 200
TIMES, TIMES_AGAIN = 5, 2


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hfadmin.settings")
    django.setup()
    control = httpx2.Client(base_url=f"{os.environ['HF_ENDPOINT']}/_sandbox", timeout=60)
    is_again = sys.argv[1:] == ["again"]
    sweeps: dict[str, list[dict[str, Any]]] = {}
    if not is_again:
        _store_token()
        sweeps["first"] = [_sweep(control)]
    times = TIMES_AGAIN if is_again else TIMES
    sweeps["unchanged"] = [_sweep(control) for _time in range(times)]
    sweeps["changed"] = [_sweep(control, change=0.1) for _time in range(times)]
    print(json.dumps(sweeps))


def _store_token() -> None:
    """Store the token, and wait until the worker has found its namespaces."""
    from hfadmin.accounts.models import Organization
    from hfadmin.audit.actors import COMMAND
    from hfadmin.vault import Secret
    from providers.tokens import operations as tokens
    from providers.tokens.models import Namespace

    organization = Organization.objects.create(name="Bench", slug="bench")
    tokens.add(organization, tokens.NewToken("bulk", Secret(BULK_TOKEN)), COMMAND)
    found = Namespace.objects.all()
    wait_until(lambda: found.count() == NAMESPACES, "the namespaces are found", within=60)


def _sweep(control: httpx2.Client, change: float = 0) -> dict[str, Any]:
    from django.utils import timezone

    from providers.endpoints.tasks import sweep
    from providers.tokens.models import Namespace

    if change:
        control.post("/change", json={"share": change}).raise_for_status()
    control.delete("/requests").raise_for_status()
    since, began = timezone.now(), time.perf_counter()
    Namespace.objects.all().revoke(since)
    sweep.delay()
    behind = Namespace.objects.exclude(checked_at__gte=since)
    wait_until(lambda: not behind.exists(), "every namespace is refreshed", within=120, every=0.02)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "calls": len(control.get("/requests").json()["requests"])}


if __name__ == "__main__":
    main()
