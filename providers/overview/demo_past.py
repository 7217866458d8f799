"""An invented past for some of the demo's endpoints, so that there is a history to look at.

What is true of them comes from the sandbox, from the first look on.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from hfadmin.accounts.models import Organization
from providers.endpoints.models import FAILED, Endpoint, EndpointState, Period
from providers.tokens.models import Namespace

_STATES = {
    "wait": EndpointState.PENDING,
    "start": EndpointState.INITIALIZING,
    "run": EndpointState.RUNNING,
    "update": EndpointState.UPDATING,
    "bad": EndpointState.UPDATE_FAILED,
    "fail": EndpointState.FAILED,
    "pause": EndpointState.PAUSED,
    "sleep": EndpointState.SCALED_TO_ZERO,
}
_OFFICE_HOURS = (
    "110 sleep 95.2 wait 95.19 start 95.13 run 84 sleep 71.4 wait 71.39 start 71.34 run 60.5 sleep "
    "47.1 wait 47.09 start 47.02 run 36.2 sleep 23.3 wait 23.29 start 23.24 run"
)
# Hours before now at which a state began, the state, and so on; last when the present one began.
PAST = {
    "acme/llama-3-8b-prod": "100 sleep 85.6 wait 85.58 start 85.52 run 61.3 update 61.1 run 44.7 "
    "fail 42.9 start 42.83 run 16.2 sleep 12.1 wait 12.09 start 12.02 run 6.3 update 6.2",
    "acme/mistral-7b-canary": "120 pause 70.2 start 70.1 run 46.4 update 46.1 bad 45.2 start 45.1 "
    "run 22.4 update 22.2 bad 21.7 start 21.6 run 2.5 update 2.4 bad 0",
    "acme/gemma-2-9b-it": "130 run 68.2 update 68 run 20.2 update 20",
    "acme/starcoder-ide": "140 run 52 fail 51.6 start 51.5 run 30.3 update 30",
    "acme/deepseek-distill-14b": "100 pause 77 wait 76.98 start 76.8 run 1.7 update 1.6",
    "acme/summaries-nightly": f"{_OFFICE_HOURS} 8",
    "acme/support-bot-v3": f"{_OFFICE_HOURS} 2",
    "acme/llama-guard-filter": f"{_OFFICE_HOURS} 9 sleep 0",
    "acme-labs/qwen-72b-eval": "98 pause 50.4 wait 50.38 start 50.2 fail 48.8 start 48.6 fail 30.2 "
    "pause 0.7 wait 0.69 start 0.5",
    "acme-labs/phi-3-mini-ci": "150 run 75.2 update 75 run 51.2 update 51 run 27.2 update 27 run 0",
    "acme-labs/smollm-edge": "150 run 80.3 fail 80 start 79.9 run 41.1 fail 40.4 start 40.3 run "
    "11.2 fail 11 start 10.9 run 3.1 fail 3 start 0",
    "ada/tiny-chat": f"{_OFFICE_HOURS} 12 start 0",
}
_REASONS = {
    EndpointState.FAILED: "The container was killed: it ran out of memory (exit code 137).",
    EndpointState.UPDATE_FAILED: "The new version did not become healthy: CUDA out of memory.",
}
_NOTHING_READY = {
    EndpointState.PENDING,
    EndpointState.INITIALIZING,
    EndpointState.PAUSED,
    EndpointState.SCALED_TO_ZERO,
}


def fill(organization: Organization, now: datetime) -> None:
    """Endpoints as if they had been watched for days; the first look brings them up to date."""
    for path, story in PAST.items():
        name = path.partition("/")[0]
        kind = Namespace.Kind.USER if name == "ada" else Namespace.Kind.ORGANIZATION
        namespace, _created = Namespace.objects.get_or_create(
            organization=organization,
            name=name,
            # Due once a token is found to see it.
            defaults={"kind": kind, "next_check_at": None},
        )
        periods = list(_periods(story, now))
        endpoint = Endpoint.objects.create(
            organization=organization,
            namespace=namespace,
            name=path.partition("/")[2],
            state=periods[-1].state,
            fingerprint="",
        )
        for period in periods:
            period.endpoint = endpoint
        Period.objects.bulk_create(periods)
        Endpoint.objects.filter(pk=endpoint.pk).update(first_seen_at=periods[0].began_at)


def _periods(story: str, now: datetime) -> Iterator[Period]:
    words = story.split()
    moments = [now - timedelta(hours=float(hours)) for hours in words[::2]]
    states = [_STATES[word] for word in words[1::2]]
    for state, began_at, ended_at in zip(states, moments, moments[1:], strict=False):
        ready = 0 if state in _NOTHING_READY or state == EndpointState.FAILED else 1
        yield Period(
            state=state,
            message=_REASONS[state] if state in FAILED else "",
            ready_replicas=ready,
            target_replicas=0
            if state in {EndpointState.PAUSED, EndpointState.SCALED_TO_ZERO}
            else 1,
            began_at=began_at,
            began_uncertainty=timedelta(),
            ended_at=ended_at,
        )
