from celery import shared_task

from hfadmin.background import health
from hfadmin.background.models import Heartbeat


@shared_task(ignore_result=True)
def beat_seen() -> None:
    """A message of beat's arrived here: beat, the broker and a worker are at work."""
    health.beat(Heartbeat.Part.BEAT)
