"""An installation of every kept version is restored and migrated: same figures, same chains, same due times, no finding."""

import json
import os
from pathlib import Path

import pytest
from django.db import connection

from tests.upgrades.make import make, version
from tests.upgrades.tools import HERE, database, restore, run, unpack

pytestmark = pytest.mark.e2e
KEPT = sorted(path.parent for path in HERE.glob("*/dump.sql.gz"))


@pytest.fixture(scope="module")
def server():
    """The server of the tests, reached without their database."""
    options = connection.get_connection_params() | {"dbname": "postgres"}
    known = ("host", "port", "user", "password", "dbname")
    return " ".join(f"{key}={options[key]}" for key in known if options.get(key))


def upgraded(server: str, kept: Path, var: Path, *afterwards: str) -> dict:
    with database(server, f"upgrade_{os.getpid()}") as url:
        restore(url, kept / "dump.sql.gz")
        unpack(kept / "files.tar.gz", var)
        run(url, var, "manage.py", "migrate", "--noinput", "--verbosity", "0")
        run(url, var, "manage.py", "check_dossiers")
        for command in afterwards:
            run(url, var, "manage.py", *command.split())
        return json.loads(run(url, var, "-m", "tests.upgrades.facts"))


@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.name)
def test_an_older_installation_says_the_same_after_the_upgrade(server, kept, tmp_path):
    facts = json.loads((kept / "facts.json").read_text(encoding="utf-8"))
    # Files of before become encrypted ones meanwhile, and stay whole.
    assert upgraded(server, kept, tmp_path, "encrypt_files", "check_dossiers --all-bytes") == facts


@pytest.mark.parametrize("kept", KEPT, ids=lambda path: path.name)
def test_what_an_older_version_left_under_way_has_somebody_named_and_comes_to_its_end(server, kept, tmp_path):
    with database(server, f"upgrade_{os.getpid()}") as url:
        restore(url, kept / "dump.sql.gz")
        unpack(kept / "files.tar.gz", tmp_path)
        run(url, tmp_path, "manage.py", "migrate", "--noinput", "--verbosity", "0")
        said = json.loads(run(url, tmp_path, "-m", "tests.upgrades.onward"))
        run(url, tmp_path, "manage.py", "check_dossiers", "--all-bytes")
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


def test_this_version_can_be_kept(server, tmp_path):
    """The command of the next release works today, and what it keeps comes back as it was."""
    make(server, tmp_path / version())
    kept = tmp_path / version()
    facts = json.loads((kept / "facts.json").read_text(encoding="utf-8"))
    assert upgraded(server, kept, tmp_path / "var") == facts
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
