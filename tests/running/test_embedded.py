"""Embedded servers: a second call attaches to the first one's server, and both stop by their pids."""

import os
import shutil
import socket
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from running import embedded
from running.supervisor import CannotStartError, Stack


@pytest.fixture
def folder():
    """A folder the user PostgreSQL runs as can reach; pytest's own is closed when we are root."""
    path = Path(tempfile.mkdtemp(prefix="motcua-embedded-"))
    yield path / "postgres"
    shutil.rmtree(path)


real_servers = pytest.mark.e2e


@pytest.mark.parametrize(
    "parameters",
    [("redis-server", "redis-server"), ("valkey-server", "valkey-server"), ("redis-check-rdb", "redis-server")],
)
def test_without_the_wheel_the_server_of_the_system_is_taken_by_the_name_that_makes_it_one(
    tmp_path, monkeypatch, parameters
):
    installed, called = parameters
    (tmp_path / installed).write_text("#!/bin/sh\n")
    (tmp_path / installed).chmod(0o755)
    monkeypatch.setattr(embedded.sys, "path", [])
    monkeypatch.setattr(embedded, "SYSTEM_FOLDERS", "")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert embedded.redis_program() == (called, str(tmp_path / installed))


def test_without_any_server_the_fault_says_what_to_run(tmp_path, monkeypatch):
    monkeypatch.setattr(embedded.sys, "path", [])
    monkeypatch.setattr(embedded, "SYSTEM_FOLDERS", "")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotStartError, match="run bin/setup"):
        Stack(tmp_path, 0, {"REDIS_URL": ""}).start_redis()


@real_servers
def test_redis_starts_once_and_stops(tmp_path):
    url = embedded.redis_url(tmp_path / "redis")
    try:
        assert embedded.redis_url(tmp_path / "redis") == url
        assert redis.Redis.from_url(url).ping()
    finally:
        embedded.stop_redis(tmp_path / "redis")
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", urlsplit(url).port)) != 0


@real_servers
def test_redis_starts_again_after_its_server_was_killed(tmp_path):
    first = embedded.redis_url(tmp_path / "redis")
    pid = int((tmp_path / "redis" / "redis.pid").read_text())
    os.kill(pid, 9)
    embedded._stop(pid, 0)
    second = embedded.redis_url(tmp_path / "redis")
    try:
        assert redis.Redis.from_url(second).ping(), first
    finally:
        embedded.stop_redis(tmp_path / "redis")


@real_servers
def test_postgres_starts_once_keeps_its_data_and_stops(folder):
    url = embedded.postgres_url(folder, fast=True)
    try:
        assert embedded.postgres_url(folder) == url
        with psycopg.connect(url) as link:
            link.execute("CREATE TABLE kept (n int)")
            assert link.execute("SHOW fsync").fetchone() == ("off",)
        assert embedded.postgres_pid(folder)
        assert (folder.parent / ".postgres.lock").exists(), "the lock is ours, not one in /tmp that belongs to somebody"
    finally:
        embedded.stop_postgres(folder)
    assert embedded.postgres_pid(folder) is None


def test_a_pid_file_of_another_program_stops_nobody(tmp_path):
    (tmp_path / "postmaster.pid").write_text(f"{os.getpid()}\n")
    embedded.stop_postgres(tmp_path)
    assert embedded.postgres_pid(tmp_path) is None
