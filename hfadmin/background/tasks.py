from celery import shared_task
from django.core.management import call_command

from hfadmin.background import heartbeats


@shared_task(ignore_result=True)
def beat_seen() -> None:
    """Record that a message of the scheduler has come through the broker to a worker."""
    heartbeats.beat_of_scheduler()


@shared_task(ignore_result=True)
def tidy() -> None:
    """Delete sessions that are over."""
    call_command("clearsessions")
