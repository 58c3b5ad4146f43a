"""An installation of every kept version is restored and migrated: same figures, same chains, same due times, no finding."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection

from tests import databases
from tests.upgrades.make import make, version
from tests.upgrades.tools import HERE, database, restore, run, schema, unpack

pytestmark = pytest.mark.e2e
KEPT = sorted(path.parent for path in HERE.glob("*/dump.sql.gz"))


@pytest.fixture(scope="module")
def server():
    """The server of the tests, reached without their database."""
    options = connection.get_connection_params() | {"dbname": "postgres"}
    known = ("host", "port", "user", "password", "dbname")
    return " ".join(f"{key}={options[key]}" for key in known if options.get(key))


@contextmanager
def lifted(server: str, kept: Path, var: Path, name: str) -> Iterator[str]:
    """A kept installation restored and migrated, its files under `var`; gives the database's address."""
    with database(server, name) as url:
        restore(url, kept / "dump.sql.gz")
        unpack(kept / "files.tar.gz", var)
        run(url, var, "manage.py", "migrate", "--noinput", "--verbosity", "0")
        yield url


@pytest.fixture(scope="module", params=KEPT, ids=lambda path: path.name)
def upgraded(request, server, tmp_path_factory):
    """Each kept installation, lifted once: its folder, the name of its database, and what it said before."""
    kept, name = request.param, f"upgrade_{os.getpid()}"
    facts = json.loads((kept / "facts.json").read_text(encoding="utf-8"))
    with lifted(server, kept, tmp_path_factory.mktemp("files"), name):
        yield SimpleNamespace(kept=kept, name=name, facts=facts)


@pytest.fixture
def onward(server, upgraded, tmp_path):
    """A copy of the lifted installation to work in: its database's address and the folder of its files."""
    unpack(upgraded.kept / "files.tar.gz", tmp_path)
    with database(server, f"{upgraded.name}_on", upgraded.name) as url:
        yield SimpleNamespace(url=url, var=tmp_path, facts=upgraded.facts)


def facts_of(url: str, var: Path) -> dict:
    return json.loads(run(url, var, "-m", "tests.upgrades.facts"))


def test_an_older_installation_says_the_same_after_the_upgrade(onward):
    run(onward.url, onward.var, "manage.py", "check_dossiers")
    # Files of before become encrypted ones meanwhile, and stay whole.
    run(onward.url, onward.var, "manage.py", "encrypt_files")
    run(onward.url, onward.var, "manage.py", "check_dossiers", "--all-bytes")
    said = facts_of(onward.url, onward.var)
    again = onward.facts["figures counted again"]
    said["figures counted again"] = {
        cell: said["figures counted again"][cell] for cell in again
    }  # new ones may be more
    assert said == onward.facts


def test_what_an_older_version_left_under_way_has_somebody_named_and_comes_to_its_end(onward):
    said = json.loads(run(onward.url, onward.var, "-m", "tests.upgrades.onward"))
    run(onward.url, onward.var, "manage.py", "check_dossiers", "--all-bytes")
    became = sorted(tuple(pair) for pair in said["became"].values())
    assert {before for before, _after in became} == {
        "draft",
        "submitted",
        "intake_fix",
        "accepted",
        "processing",
        "supplement",
        "done",
    }
    assert {after for _before, after in became} == {"returned", "refused", "withdrawn"}
    assert said["papers"] > len(became)


@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.name)
def test_a_kept_installation_is_small(kept):
    assert sum(path.stat().st_size for path in kept.iterdir()) < 1024 * 1024


def test_this_version_can_be_kept(server, tmp_path, django_db_blocker):
    """The command of the next release works today, and what it keeps comes back as it was."""
    with django_db_blocker.unblock():
        template = databases.migrated()
    make(server, tmp_path / version(), template)
    kept = tmp_path / version()
    facts = json.loads((kept / "facts.json").read_text(encoding="utf-8"))
    with lifted(server, kept, tmp_path / "var", f"upgrade_now_{os.getpid()}") as url:
        run(url, tmp_path / "var", "manage.py", "check_dossiers")
        assert facts_of(url, tmp_path / "var") == facts
    assert {
        "draft",
        "submitted",
        "intake_fix",
        "not_accepted",
        "accepted",
        "processing",
        "supplement",
        "withdrawn",
        "refused",
        "done",
        "returned",
    } == set(facts["states"].values())
    assert any(value.split("/") != ["0", "0"] for value in facts["figures"].values())


def test_a_new_database_is_what_the_migrations_make_one_by_one(server, tmp_path, django_db_blocker):
    with django_db_blocker.unblock():
        template = databases.migrated()
    with database(server, f"new_{os.getpid()}", template) as url:
        begun = schema(url)
        run(url, tmp_path, "manage.py", "migrate", "dossiers", "zero", "--verbosity", "0")
        assert "CREATE TABLE public.dossiers_" not in schema(url)
        run(url, tmp_path, "manage.py", "migrate", "--noinput", "--verbosity", "0")
        assert schema(url) == begun
    with database(server, f"steps_{os.getpid()}") as url:
        run(url, tmp_path, "-m", "tests.upgrades.one_by_one")
        assert schema(url) == begun
