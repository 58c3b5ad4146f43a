"""The migrated database that those of tests are copied from: migrating takes five seconds, copying a part of one.

It stays in the server under a name that tells from which code it was made; other code makes another in its place.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from portal.db import lock_key

# What decides what is in it: migrations, models, and whatever runs after migrating; and the versions of libraries.
CODE = ("portal", "integrations", "accounts", "vault", "procedures", "dossiers", "reporting", "requirements")
SUFFIXES = frozenset({".py", ".json", ".sql", ".txt"})


def migrated() -> str:
    """The name of a migrated database without rows of any test; made when there is none of this code.

    Other processes wait meanwhile. Whoever names their databases by PYTEST_DB has one of their own.
    """
    family = f"migrated_{os.environ.get('PYTEST_DB') or settings.DATABASES['default']['NAME']}_"
    wanted = family + _digest()
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute("SET lock_timeout = 0; SET statement_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [lock_key("tests: migrated database")])
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [family])
        known = {name for (name,) in cursor.fetchall()}
        if wanted not in known:
            for name in known:
                cursor.execute(f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")
            _make(cursor, wanted)
    return wanted


@contextmanager
def copy() -> Iterator[str]:
    """The name of a copy to read from: while somebody reads the migrated database itself, nobody can copy it."""
    template, name = migrated(), f"copy_{os.getpid()}"
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {_quoted(name)} TEMPLATE {_quoted(template)}")
        try:
            yield name
        finally:
            cursor.execute(f"DROP DATABASE {_quoted(name)} WITH (FORCE)")


def _make(cursor, name: str) -> None:
    """Migrate under another name first: a run that is broken off leaves nothing that looks ready."""
    begun, usual = f"{name}_begun", connection.settings_dict["NAME"]
    cursor.execute(f"CREATE DATABASE {_quoted(begun)}")
    _go_to(begun)
    try:
        call_command("migrate", verbosity=0, interactive=False)
        _number_apart()
    finally:
        _go_to(usual)
    cursor.execute(f"ALTER DATABASE {_quoted(begun)} RENAME TO {_quoted(name)}")


def _number_apart() -> None:
    """Rows of each table are numbered in a range of its own, with many digits.

    With every table beginning at 1, a number cut to its last digit or taken for another table's row would find its row.
    """
    with connection.cursor() as cursor:
        tables = sorted(connection.introspection.table_names(cursor))
        found = [one for table in tables for one in connection.introspection.get_sequences(cursor, table)]
        for place, one in enumerate(found, start=1):
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, %s), greatest(nextval(pg_get_serial_sequence(%s, %s)), %s))",
                [_quoted(one["table"]), one["column"], _quoted(one["table"]), one["column"], place * 10_000],
            )


def _go_to(name: str) -> None:
    connection.close()
    connection.close_pool()
    connection.settings_dict["NAME"] = name


def _digest() -> str:
    found = hashlib.sha256()
    root = Path(settings.BASE_DIR)
    for path in sorted(path for folder in CODE for path in (root / folder).rglob("*") if path.suffix in SUFFIXES):
        found.update(str(path.relative_to(root)).encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
