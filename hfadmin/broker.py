"""Celery's broker: Redis where REDIS_URL is set, else files in the data directory."""

import os
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from kombu.transport import filesystem
from kombu.utils.json import dumps

_FOLDERS = ("queue", "control", "writing")


def configuration() -> dict[str, Any]:
    """Return Celery's settings for the broker, and create the directories that it needs."""
    if settings.REDIS_URL:
        return {
            "broker_url": settings.REDIS_URL,
            "broker_transport_options": {
                "visibility_timeout": 600,
                "socket_connect_timeout": 2,
                "socket_timeout": 5,
            },
        }
    queue, control, writing = (Path(settings.BROKER_DIR) / name for name in _FOLDERS)
    for folder in (queue, control, writing):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {
        "broker_url": "filesystem://localhost",
        "broker_transport": "hfadmin.broker:Transport",
        "broker_transport_options": {
            "data_folder_in": str(queue),
            "data_folder_out": str(queue),
            "control_folder": str(control),
            "writing_folder": str(writing),
            "polling_interval": 0.1,
        },
    }


def is_available() -> bool:
    """Whether the broker takes messages: Redis answers, or the directory is writable."""
    if not settings.REDIS_URL:
        return os.access(Path(settings.BROKER_DIR) / "queue", os.W_OK | os.X_OK)
    from redis import Redis, RedisError  # a process without Redis need not carry its client

    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as it:
            return bool(it.ping())
    except (RedisError, OSError):
        return False


class Channel(filesystem.Channel):
    """Kombu's channel, but messages are published atomically: no reader finds half of one."""

    def _put(  # type: ignore[override]  # kombu's own differs from its base in this way
        self, queue: str, payload: dict[str, Any], **_options: Any
    ) -> None:
        # The reader takes the files in the order of their names: first in, first out.
        name = f"{_milliseconds():015d}_{uuid4()}.{queue}.msg"
        draft = Path(self.transport_options["writing_folder"]) / name
        draft.write_text(dumps(payload), encoding="utf-8")
        draft.rename(Path(self.data_folder_out) / name)


class Transport(filesystem.Transport):
    Channel = Channel


def _milliseconds() -> int:
    return round(time.monotonic() * 1000)
