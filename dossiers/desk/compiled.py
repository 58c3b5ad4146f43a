"""Lists that everybody opens all day: the SQL of their querysets is written once a process, and run with today's moments.

The compiler of the ORM takes longer over such a queryset than the database over its answer (docs/performance.md). What
differs from one request to the next (now, where a page begins) stands in the queryset as a mark, and is put in when it runs;
all else that shapes the statement belongs into its key.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

MOST = 2000  # statements of one process; a person has a dozen
Written = tuple[str, tuple[Any, ...]]
_kept: dict[Hashable, Written | None] = {}


def moment(number: int) -> datetime:
    """A mark for a moment: no list of ours reaches back to the year one."""
    return datetime(1, 1, 2, tzinfo=UTC) + timedelta(minutes=number)


def whole(number: int) -> int:
    """A mark for a number."""
    return -(2**62) + number


Build = Callable[[], QuerySet[Any, Any]]


def run(
    key: Hashable, build: Build, given: Mapping[Any, Any], *, lengths: Sequence[Build] = ()
) -> list[tuple[Any, ...]]:
    """The rows of a queryset as tuples, in the order of its `values`; `given`: what its marks mean now.

    `lengths`: querysets of which each row tells behind its values how many rows they have.
    """
    try:
        statement = _kept[key]
    except KeyError:
        if len(_kept) >= MOST:
            _kept.clear()  # other threads hold what they read
        statement = _kept[key] = _written(build(), [length() for length in lengths])
    if statement is None:
        return []
    sql, parameters = statement
    with connection.cursor() as cursor:
        cursor.execute(sql, [given.get(value, value) if _is_mark(value) else value for value in parameters])
        return list(cursor.fetchall())


def _is_mark(value: object) -> bool:
    return isinstance(value, datetime | int)


def _written(queryset: QuerySet[Any, Any], lengths: Sequence[QuerySet[Any, Any]] = ()) -> Written | None:
    try:
        sql, parameters = queryset.query.sql_with_params()
    except EmptyResultSet:  # a role that no step waits for
        return None
    if not lengths:
        return sql, parameters
    counted = [_written(length) or ("SELECT WHERE false", ()) for length in lengths]
    more = ", ".join(f"(SELECT count(*) FROM ({part}) AS counted)" for part, _given in counted)  # noqa: S608  compiled SQL
    whole = f"SELECT rows.*, {more} FROM ({sql}) AS rows"  # noqa: S608  compiled SQL
    return whole, (*(one for _part, given in counted for one in given), *parameters)
