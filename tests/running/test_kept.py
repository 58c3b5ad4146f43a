"""What bin/demo does not do again: only what was done with the same files for the same database, which still says so."""

import os

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from running import kept
from running.kept import Memory, of_files, of_tables, remember_tables, tables_are_current

pytestmark = pytest.mark.unit


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A checkout with what tables are made of, and where it is remembered."""
    root = tmp_path / "root"
    for path, text in {
        "dossiers/migrations/0001_initial.py": "first",
        "requirements/app.txt": "django==5.2",
        "portal/settings.py": "INSTALLED_APPS = []",
        "portal/celery.py": "schedule",
        "portal/management/commands/setup_beat.py": "beat",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    monkeypatch.setattr(kept, "ROOT", root)
    return root


@pytest.fixture
def database(db):
    """The address of a database of its own with the two tables that are asked."""
    name = f"current_{os.getpid()}"
    options = connection.get_connection_params() | {"dbname": "postgres"}
    options = {key: options[key] for key in ("host", "port", "user", "password", "dbname") if options.get(key)}
    with psycopg.connect(**options, autocommit=True) as link:
        link.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield psycopg.conninfo.make_conninfo(**(options | {"dbname": name}))
        finally:
            link.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def run(url: str, *statements: str) -> None:
    with psycopg.connect(url) as link:
        for statement in statements:
            link.execute(statement)


MIGRATED = (
    "CREATE TABLE django_migrations (app text, name text)",
    "CREATE TABLE django_celery_beat_periodictask (name text, task text, interval_id int, crontab_id int)",
    "INSERT INTO django_migrations VALUES ('dossiers', '0001_initial'), ('auth', '0001_initial')",
    "INSERT INTO django_celery_beat_periodictask VALUES ('seal', 'dossiers.tasks.seal', NULL, 1)",
)


def remembered(root, url: str) -> Memory:
    memory = Memory(root / "tables-current")
    remember_tables(memory, url, of_files(*kept.OF_TABLES))
    assert tables_are_current(memory, url)
    return memory


def test_an_empty_database_is_never_current(files, database):
    memory = Memory(files / "tables-current")
    assert not tables_are_current(memory, database)
    remember_tables(memory, database, of_files(*kept.OF_TABLES))  # and cannot be remembered as current
    assert not tables_are_current(memory, database)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("dossiers/migrations/0002_more.py", "a new migration"),
        ("procedures/migrations/0001_initial.py", "a room's first"),
        ("dossiers/migrations/0001_initial.py", "mended in place"),
        ("requirements/app.txt", "django==6.0"),
        ("portal/settings.py", "INSTALLED_APPS = ['one more']"),
        ("portal/celery.py", "another table"),
    ],
)
def test_whatever_tables_are_made_of_may_not_change(files, database, path, text):
    run(database, *MIGRATED)
    memory = remembered(files, database)
    (files / path).parent.mkdir(parents=True, exist_ok=True)
    (files / path).write_text(text)
    assert not tables_are_current(memory, database)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM django_migrations WHERE app = 'dossiers'",  # rolled back, or restored from before
        "INSERT INTO django_migrations VALUES ('dossiers', '0002_later')",
        "DELETE FROM django_celery_beat_periodictask",
        "UPDATE django_celery_beat_periodictask SET crontab_id = 2",
        "DROP TABLE django_migrations",
    ],
)
def test_whatever_the_database_says_may_not_change(files, database, statement):
    run(database, *MIGRATED)
    memory = remembered(files, database)
    run(database, statement)
    assert not tables_are_current(memory, database)


def test_another_database_is_not_believed(files, database):
    run(database, *MIGRATED)
    memory = remembered(files, database)
    assert not tables_are_current(memory, f"{database} application_name=other")
    memory.path.write_bytes(b"\xff\xfe")
    assert not tables_are_current(memory, database)
    memory.path.unlink()
    assert not tables_are_current(memory, database)


def test_files_that_change_while_tables_are_made_are_not_remembered(files, database):
    before = of_files(*kept.OF_TABLES)
    run(database, *MIGRATED)
    (files / "dossiers/migrations/0002_more.py").write_text("written meanwhile")
    memory = Memory(files / "tables-current")
    remember_tables(memory, database, before)
    assert not tables_are_current(memory, database)


@pytest.mark.django_db
def test_the_patterns_find_what_the_real_tables_are_made_of():
    """Every migration of ours that Django knows is a file the patterns find, and the real tables can be asked."""
    found = {path.relative_to(kept.ROOT).as_posix() for pattern in kept.OF_TABLES for path in kept.ROOT.glob(pattern)}
    assert all((kept.ROOT / path).is_file() for path in kept.OF_TABLES if "*" not in path)
    with connection.cursor() as cursor:
        cursor.execute(kept.RECORDED)
        recorded = cursor.fetchall()
        rooms = {path.split("/")[0] for path in found if "/migrations/" in path}
        assert {f"{app}/migrations/{name}.py" for app, name in recorded if app in rooms} <= found
        assert {"dossiers", "accounts", "portal", "reporting"} <= rooms
        cursor.execute(kept.BEAT)
        call_command("setup_beat", verbosity=0)
        cursor.execute(kept.BEAT)
        assert len(cursor.fetchall()) > 10


def test_a_memory_without_a_source_holds_nothing(tmp_path):
    memory = Memory(tmp_path / "cast")
    assert memory.recall("source") is None
    memory.keep("source", "two\nlines")
    assert memory.recall("source") == "two\nlines"
    assert memory.recall("other") is None
    memory.keep("", "nothing")
    assert memory.recall("") is None


def test_of_tables_is_empty_without_tables(database):
    assert of_tables(database) == ""
