"""What a page counted of a closed month, kept for the next reader. Called by pages and lists, never by checks.

Facts, services and names of a closed month are copies that never change, so neither does what a statement counts of them. Under
the key stand the statement, what it asked for, and the month's digest; a month that goes on is counted each time.
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.core.cache import cache

from portal.db import read, read_named
from reporting.models import Run

Rows = TypeVar("Rows")
KEPT_SECONDS = 24 * 3600  # what nobody asks for any more goes by itself


def rows(run: Run, sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Rows of one statement about the dossiers of a run."""
    return _kept(run, sql, parameters, read)


def named_rows(run: Run, sql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The same by the names of their columns."""
    return _kept(run, sql, parameters, read_named)


def _kept(run: Run, sql: str, parameters: Mapping[str, Any], ask: Callable[[str, Mapping[str, Any]], Rows]) -> Rows:
    if run.frozen_at is None or not run.has_copies:
        return ask(sql, parameters)
    asked = repr([ask.__name__, sql, sorted(parameters.items(), key=lambda pair: pair[0])])
    key = f"counted:{run.pk}:{run.version}:{run.digest}:{hashlib.sha256(asked.encode()).hexdigest()}"
    found: Rows | None = cache.get(key)
    if found is None:
        found = ask(sql, parameters)
        cache.set(key, found, KEPT_SECONDS)
    return found
