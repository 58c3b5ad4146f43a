"""Database tools: rows of a statement, advisory locks, repeatable reads, named violations turned into domain errors."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import IntegrityError, connection, transaction


def is_reachable() -> bool:
    """Whether the database takes connections at this moment, asked beside the pool, which would wait for it."""
    try:
        psycopg.connect(**{**connection.get_connection_params(), "connect_timeout": 3}).close()
    except psycopg.OperationalError:
        return False
    return True


def read(sql: str, parameters: Mapping[str, Any] | Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
    """Rows of one statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def read_named(sql: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows of one statement by the names of their columns."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@contextmanager
def advisory_lock(name: str) -> Iterator[None]:
    """Hold a named lock until the surrounding transaction ends; waits for whoever holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock_key(name)])
    yield


def lock_key(name: str) -> int:
    """The number PostgreSQL knows a named lock by."""
    return zlib.crc32(name.encode())


@contextmanager
def repeatable_read() -> Iterator[None]:
    """One transaction whose every query sees the same snapshot; must be the outermost one."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


@contextmanager
def named_violation(constraint: str, error: Exception) -> Iterator[None]:
    """Turn the violation of one named constraint into `error`; any other passes through."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as violation:
        diagnosis = getattr(violation.__cause__, "diag", None)
        if diagnosis is not None and diagnosis.constraint_name == constraint:
            raise error from violation
        raise
