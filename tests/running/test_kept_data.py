"""bin/demo and a database that is already there: a fresh or newer one is migrated, one from before is named as such."""

import os
from types import SimpleNamespace

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from running.demo import Demo, require_known_tables
from running.supervisor import CannotStartError


@pytest.fixture
def kept(db):
    """The address of a database of its own, empty."""
    name = f"kept_{os.getpid()}"
    options = connection.get_connection_params() | {"dbname": "postgres"}
    options = {key: options[key] for key in ("host", "port", "user", "password", "dbname") if options.get(key)}
    with psycopg.connect(**options, autocommit=True) as link:
        link.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield psycopg.conninfo.make_conninfo(**(options | {"dbname": name}))
        finally:
            link.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def ledger(url: str, *columns: str) -> None:
    with psycopg.connect(url) as link:
        fields = sql.SQL(", ").join(sql.SQL("{} integer").format(sql.Identifier(name)) for name in columns)
        link.execute(sql.SQL("CREATE TABLE dossiers_dossierevent ({})").format(fields))


def test_an_empty_database_is_fine(kept):
    require_known_tables(kept, is_ours=True)


def test_a_ledger_whose_events_bear_a_version_is_fine(kept):
    ledger(kept, "id", "schema_version")
    require_known_tables(kept, is_ours=True)


def test_kept_data_from_before_say_what_to_do_in_both_languages(kept):
    ledger(kept, "id", "transaction_id")
    with pytest.raises(CannotStartError, match=r"bin/demo --reset forgets them.*hãy chạy bin/demo --reset"):
        require_known_tables(kept, is_ours=True)
    with pytest.raises(CannotStartError, match=r"DATABASE_URL.*name an empty database.*cơ sở dữ liệu trống"):
        require_known_tables(kept, is_ours=False)


@pytest.mark.django_db
def test_the_tables_of_today_are_known():
    with connection.cursor() as cursor:
        cursor.execute("SELECT attname FROM pg_attribute WHERE attrelid = 'dossiers_dossierevent'::regclass")
        assert ("schema_version",) in cursor.fetchall()


def test_the_demo_looks_before_it_migrates(monkeypatch):
    done = []
    one = Demo.__new__(Demo)
    one.wishes = SimpleNamespace(reset=False)
    one.stack = SimpleNamespace(
        start_postgres=None, start_redis=None, env={"DATABASE_URL": "postgresql://nobody/none"}, owns_postgres=True
    )
    one._step = lambda title, _work: done.append(title)
    one._command = lambda title, *_command: done.append(title)
    monkeypatch.setattr("running.demo.require_known_tables", refuse)
    with pytest.raises(CannotStartError, match="of before"):
        one._start()
    assert done == ["starting PostgreSQL", "starting Redis"]


def refuse(url: str, *, is_ours: bool) -> None:
    raise CannotStartError("of before")
