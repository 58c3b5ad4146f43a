"""What an earlier start did and need not be done again: tables brought up to date, files collected, names told.

Each is remembered beside all it came from; when any of that has changed, or cannot be read, it is done again.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from running.supervisor import ROOT

if TYPE_CHECKING:
    import psycopg

# What `migrate` and `setup_beat` are made of: our migrations, the packages with theirs, which of them are installed,
# and the beat table.
OF_TABLES = (
    "*/migrations/*.py",
    "requirements/app.txt",
    "portal/settings.py",
    "portal/celery.py",
    "portal/management/commands/setup_beat.py",
)
RECORDED = "SELECT app, name FROM django_migrations ORDER BY app, name"
BEAT = "SELECT name, task, interval_id, crontab_id FROM django_celery_beat_periodictask ORDER BY name"


@dataclass(frozen=True, slots=True)
class Memory:
    """One thing done, in a file: first what it came from, then what is to be kept of it."""

    path: Path

    def recall(self, source: str) -> str | None:
        """What was kept, if it came from the same; else None."""
        try:
            known, _line, kept = self.path.read_text(encoding="utf-8").partition("\n")
        except (OSError, UnicodeDecodeError):
            return None
        return kept if source and known == source else None

    def keep(self, source: str, kept: str = "") -> None:
        """Remember; without a source there is nothing to remember by."""
        self.path.write_text(f"{source}\n{kept}", encoding="utf-8")


def of_files(*patterns: str) -> str:
    """A digest of names and contents of the files of the repository that the patterns find."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}):
        digest.update(f"{path.relative_to(ROOT)} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def connect(url: str) -> "psycopg.Connection[tuple[Any, ...]]":
    """A connection to the database, closed at the end of its `with`."""
    import psycopg  # noqa: PLC0415  installed by bin/setup, after the checks of bin/demo have run without it

    return psycopg.connect(url)


def of_database(url: str) -> str:
    """A name that changes when the database is made anew, so that what is remembered of an old one is not believed."""
    with connect(url) as link:
        row = link.execute(
            "SELECT oid, current_database() FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    return f"{hashlib.sha256(url.encode()).hexdigest()[:12]} {row}"


def of_tables(url: str) -> str:
    """What the migrations recorded in a database and its beat table say; '' when it has none."""
    with connect(url) as link:
        there = link.execute(
            "SELECT to_regclass('django_migrations') IS NOT NULL AND to_regclass('django_celery_beat_periodictask') IS NOT NULL"
        ).fetchone()
        if there != (True,):
            return ""
        rows = [link.execute(RECORDED).fetchall(), link.execute(BEAT).fetchall()]
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def tables_are_current(memory: Memory, url: str) -> bool:
    """Tell whether `remember_tables` was called for this database, which still says the same, with the files of now.

    So a new migration, another package, a database restored or rolled back: all are brought up to date in earnest.
    """
    said = of_tables(url)
    return bool(said) and memory.recall(f"{of_files(*OF_TABLES)} {of_database(url)}") == said


def remember_tables(memory: Memory, url: str, files: str) -> None:
    """Remember that the tables were brought up to date with `files`, as `of_files` gave them before."""
    memory.keep(f"{files} {of_database(url)}", of_tables(url))
