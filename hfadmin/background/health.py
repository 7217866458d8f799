"""Who was last seen at work, and what that says about the whole."""

import time
from datetime import timedelta
from threading import Lock

import structlog
from django.db import Error, connection
from django.utils import timezone

from hfadmin import broker
from hfadmin.background import heartbeats
from hfadmin.background.models import Heartbeat

MISSING_AFTER = timedelta(seconds=30)
_CACHED_FOR = 3.0

log = structlog.get_logger(__name__)
_lock = Lock()
_started = time.monotonic()
_answer = (float("-inf"), False)


def background_is_missing() -> bool:
    """No worker or no beat for half a minute. Remembered for a few seconds: every page asks.

    A process that has just started gives the others that time to start too.
    """
    global _answer
    now = time.monotonic()
    if now - _started < MISSING_AFTER.total_seconds():
        return False
    asked_at, missing = _answer
    if now - asked_at < _CACHED_FOR:
        return missing
    with _lock:
        _answer = (now, len(_seen()) < len(Heartbeat.Part))
    return _answer[1]


def mark() -> str:
    """What the version of a live page ends in: open pages learn when nobody is at work, or somebody
    is again, although nothing else changes then."""
    return "-" if background_is_missing() else ""


def forget_answer() -> None:
    global _answer
    _answer = (float("-inf"), False)


def readiness() -> dict[str, bool]:
    """Each thing that hfadmin needs to do its work, and whether it is there."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        seen, database = _seen(), True
    except Error as error:
        log.warning("database_unavailable", error=str(error))
        seen, database = set(), False
    return {
        "database": database,
        "broker": broker.is_available(),
        "worker": Heartbeat.Part.WORKER in seen,
        "beat": Heartbeat.Part.BEAT in seen,
    }


def _seen() -> set[str]:
    return heartbeats.parts_seen_since(timezone.now() - MISSING_AFTER)
