"""Fill a running demo with many rows and the longest names: `python -m tests.browser.large_demo`.

It runs in the environment of the demo.
"""

import os
from datetime import timedelta
from typing import Any

import django
from django.utils import timezone

ENDPOINTS = 500
LONG = "a-name-without-any-space-that-goes-on-and-on-and-on-and-on"  # of 58
OWNER = f"owner-{LONG}"
MODEL = f"{OWNER}/Model-{LONG}-Instruct"
TOKEN = f"token-{LONG}"
ENDPOINT = f"endpoint-{LONG}"
STATES = (
    "running",
    "scaledToZero",
    "initializing",
    "failed",
    "paused",
    "maintenance-of-the-region",
)
AGES = (7, 70, 45 * 60, 23 * 3600, 13 * 86_400, 59 * 86_400, 359 * 86_400)  # seconds
PRICES = (None, "0.033", "0.134", "12.5", "40", "1999.9999")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hfadmin.settings")
    django.setup()
    _fill()


def _fill() -> None:
    from hfadmin.accounts.models import Organization
    from hfadmin.live import versions
    from hfadmin.vault import Secret
    from providers.catalog.models import ProviderModel
    from providers.endpoints.models import Endpoint
    from providers.tokens.models import Namespace
    from tests.factories import stored_token

    now = timezone.now()
    acme = Organization.objects.get(slug="acme")
    # Not watched, or a worker would mark the endpoints as deleted: the sandbox does not have them.
    seen = Namespace.objects.create(
        organization=acme, name=OWNER, kind="org", watched=False, checked_at=now - timedelta(3)
    )
    Endpoint.objects.bulk_create(_endpoint(seen, number) for number in range(ENDPOINTS))
    secret = Secret(f"hf_{'Crowded':x<34}")
    token = stored_token(
        acme, TOKEN, secret.reveal(), state="valid", role="write", owner=OWNER, checked_at=now
    )
    first = Endpoint.objects.get(namespace=seen, name=ENDPOINT)
    common = {"organization": acme, "token": token, "name": MODEL, "checked_at": now}
    for number, row in enumerate((first, first, None)):
        ProviderModel.objects.create(
            **common,
            model_type="llm" if number else "text-embedding",
            endpoint=row,
            endpoint_type="endpoint" if row else "hosted",
            endpoint_url=first.url if row else "",
            task="text-generation" if row else "",
            state="failing" if number else "verified",
            problem={"kind": "endpoint_failed", "params": {"message": LONG}} if number else {},
            latency_ms=123_456,
            served_by=[LONG],
        )
    versions.advance(acme.pk)


def _endpoint(seen: Any, number: int) -> Any:
    from providers.endpoints.models import Endpoint

    moment = timezone.now() - timedelta(seconds=AGES[number % len(AGES)])
    state = STATES[number % len(STATES)]
    ready = (None, 0, 1, 12, 4096)[number % 5]
    return Endpoint(
        organization_id=seen.organization_id,
        namespace=seen,
        name=f"{ENDPOINT}-{number}" if number else ENDPOINT,
        fingerprint=str(number),
        version=1,
        state=state,
        state_since=moment,
        message=f"The container was killed by {LONG}" if state == "failed" else "",
        ready_replicas=ready,
        target_replicas=ready,
        min_replicas=ready,
        max_replicas=4096,
        url=f"https://{LONG[:40]}-{number}.us-east-1.aws.endpoints.huggingface.cloud",
        repository=f"{MODEL}-{number}",
        task="text-generation",
        engine="huggingfaceNeuron",
        vendor="aws",
        region="ap-southeast-1",
        accelerator="gpu",
        instance_type="nvidia-rtx-pro-6000-blackwell",
        instance_size="x16",
        price_per_hour=PRICES[number % len(PRICES)],
        auth_type="authenticated",
        tags=[LONG, "prod"],
        search_text=f"\n{ENDPOINT}-{number}\n",
        updated_upstream_at=moment,
        updated_by=OWNER,
        last_used_at=moment,
    )


if __name__ == "__main__":
    main()
