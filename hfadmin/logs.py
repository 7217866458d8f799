"""Logging by structlog to standard error, one line per event, as text or JSON."""

import logging
import logging.config
from typing import Any

import structlog

from hfadmin.redaction import redacted


def redact_secrets(
    _logger: Any, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Structlog processor: replace secrets in every value of the event."""
    for name, value in event.items():
        if isinstance(value, str | BaseException | dict | list | tuple | set | frozenset):
            event[name] = redacted(str(value))
    return event


_SHARED_PROCESSORS: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    redact_secrets,
]
_LOGGER_LEVELS = {
    # hfadmin.bad_requests logs it.
    "django.security.DisallowedHost": "CRITICAL",
    # They log the URL of every call, and it holds the namespace.
    "httpx2": "WARNING",
    "httpcore2": "WARNING",
    "huggingface_hub": "ERROR",
    "celery.worker.request": "WARNING",
    "celery.worker.strategy": "WARNING",
    "celery.app.trace": "WARNING",
    "celery.beat": "WARNING",
}


def readyz_as_info(record: logging.LogRecord) -> bool:
    """Logging filter: lower a 503 of /readyz from error to info; it is an expected answer."""
    request = getattr(record, "request", None)
    if getattr(record, "status_code", None) == 503 and getattr(request, "path", "") == "/readyz":
        record.levelno, record.levelname = logging.INFO, "INFO"
    return True


def configure(style: str) -> None:
    """Configure structlog and logging alike. `style` is "text" or "json"."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    line = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        "foreign_pre_chain": _SHARED_PROCESSORS,
    }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": line},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"handlers": ["stderr"], "level": "INFO"},
            "filters": {"requests": {"()": lambda: readyz_as_info}},
            "loggers": {name: {"level": level} for name, level in _LOGGER_LEVELS.items()}
            | {"django.request": {"filters": ["requests"]}},
        }
    )
    structlog.configure(
        processors=[*_SHARED_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
