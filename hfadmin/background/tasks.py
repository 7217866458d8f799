from celery import shared_task
from django.core.management import call_command

from hfadmin.background import health
from hfadmin.background.models import Heartbeat


@shared_task(ignore_result=True)
def beat_seen() -> None:
    """A message of beat's arrived here: beat, the broker and a worker are at work."""
    health.beat(Heartbeat.Part.BEAT)


@shared_task(ignore_result=True)
def tidy() -> None:
    """Sessions that are over are of no use to anybody."""
    call_command("clearsessions")
