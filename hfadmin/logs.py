"""One line an event, to standard error: as text for people, as JSON for machines."""

import logging
import logging.config
from typing import Any

import structlog

from hfadmin.redaction import redacted


def without_secrets(
    _logger: Any, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """A processor: whatever an event holds, as text that may be written down."""
    for name, value in event.items():
        if isinstance(value, str | BaseException | dict | list | tuple | set | frozenset):
            event[name] = redacted(str(value))
    return event


_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    without_secrets,
]
_LEVELS = {
    # hfadmin.bad_requests says it in a line of its own.
    "django.security.DisallowedHost": "CRITICAL",
    # Their lines hold addresses with namespaces in them, at every call.
    "httpx2": "WARNING",
    "httpcore2": "WARNING",
    "huggingface_hub": "ERROR",
    "celery.worker.request": "WARNING",
    "celery.worker.strategy": "WARNING",
    "celery.app.trace": "WARNING",
    "celery.beat": "WARNING",
}


def starting_is_no_error(record: logging.LogRecord) -> bool:
    """A filter for Django's log of requests: that something is not ready yet is what /readyz is
    asked for."""
    request = getattr(record, "request", None)
    if getattr(record, "status_code", None) == 503 and getattr(request, "path", "") == "/readyz":
        record.levelno, record.levelname = logging.INFO, "INFO"
    return True


def configure(style: str) -> None:
    """`style` is text or json. Library records take the same way out as our own."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    line = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        "foreign_pre_chain": _SHARED,
    }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": line},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"handlers": ["stderr"], "level": "INFO"},
            "filters": {"requests": {"()": lambda: starting_is_no_error}},
            "loggers": {name: {"level": level} for name, level in _LEVELS.items()}
            | {"django.request": {"filters": ["requests"]}},
        }
    )
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
