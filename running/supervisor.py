"""Starts and stops the portal's own processes on one machine: embedded servers, web, worker, beat.

Used by bin/demo, the browser story and the benchmark; needs only the standard library until a server starts.
Every child leads its own process group, so that Ctrl-C reaches the supervisor alone and the order of stopping is ours.
"""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from running import embedded

ROOT = Path(__file__).resolve().parent.parent
GIGABYTE = 1024**3
LAST_WAIT = 3.0  # seconds for a killed group to leave the process table


class CannotStartError(Exception):
    """Something the person at the machine can mend; the message is the one sentence they see."""


def require_free_port(port: int) -> None:
    """Raise CannotStartError when somebody listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise CannotStartError(
                f"Port {port} needs root; choose one above 1023. (Hãy chọn cổng lớn hơn 1023.)"
            ) from error
        except OSError as error:
            message = f"Port {port} is taken by another program; stop it or choose another port. (Cổng {port} đang được dùng.)"
            raise CannotStartError(message) from error


def require_free_disk(folder: Path, wanted: int = GIGABYTE) -> None:
    """Raise CannotStartError when the disk of `folder` has less than `wanted` bytes left."""
    place = folder
    while not place.exists():
        place = place.parent
    if shutil.disk_usage(place).free < wanted:
        size = f"{wanted // GIGABYTE} GB"
        raise CannotStartError(
            f"The disk holding {folder} has less than {size} free; make room first. (Ổ đĩa còn dưới {size}.)"
        )


def free_port() -> int:
    """A loopback port nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def started_at(pid: int) -> str | None:
    """When a living process started, in the kernel's ticks: with the pid it names one process for good."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, *rest = text.rpartition(")")[2].split()
    return None if state in "ZX" else rest[18]


@dataclass
class Note:
    """A pid file that also remembers when the process started, so that a reused pid is never mistaken for ours."""

    path: Path

    def write(self, pid: int) -> None:
        """Remember a living process."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(f"{pid} {started_at(pid)}")

    def living(self) -> int | None:
        """The pid, if that very process still lives."""
        try:
            pid, since = self.path.read_text().split()
        except (FileNotFoundError, ValueError):
            return None
        return int(pid) if started_at(int(pid)) == since else None

    def forget(self) -> None:
        """Remove the file."""
        self.path.unlink(missing_ok=True)


def stop_group(pid: int, seconds: float) -> None:
    """Ask a process group's leader to stop, wait, then end what is left of its group."""
    since = started_at(pid)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + seconds
    while time.monotonic() < end and since is not None and started_at(pid) == since:
        _reap(pid)
        time.sleep(0.05)
    # SIGKILL is not instant: come back only when the group has gone, so that nothing outlives the command.
    end = time.monotonic() + LAST_WAIT
    with suppress(ProcessLookupError, PermissionError):
        while time.monotonic() < end:
            os.killpg(pid, signal.SIGKILL)
            _reap(pid)
            time.sleep(0.02)
    _reap(pid)


def _reap(pid: int) -> None:
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


@dataclass
class Child:
    """One of our processes: how to start it and how long it may take to leave."""

    name: str
    command: list[str]
    patience: float = 10
    log: Path = Path()
    note: Note = field(default_factory=lambda: Note(Path()))
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)

    def start(self, env: dict[str, str]) -> None:
        """Start in a process group of its own, output appended to the log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  our own entry points, fixed arguments
                self.command,
                cwd=ROOT,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.note.write(self.process.pid)
        self.starts.append(time.monotonic())

    def gone(self) -> bool:
        """Tell whether the process has ended."""
        return self.process is None or self.process.poll() is not None

    def stop(self) -> None:
        """Stop the process and its group."""
        if self.process is not None:
            stop_group(self.process.pid, self.patience)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=5)
        self.note.forget()


class Stack:
    """The whole portal on one machine: servers, environment, children."""

    def __init__(self, var: Path, port: int, extra_env: dict[str, str] | None = None) -> None:
        self.var = var
        self.port = port
        self.env = {**os.environ, "DEMO": "1", "VAR_DIR": str(var), "PORT": str(port), **(extra_env or {})}
        self.env.setdefault("PUBLIC_URL", f"http://localhost:{port}")
        self.env.setdefault("PYTHONUNBUFFERED", "1")
        self.owns_postgres = not self.env.get("DATABASE_URL")
        self.owns_redis = not self.env.get("REDIS_URL")
        self.children: list[Child] = []

    # --- servers ---------------------------------------------------------------------------------------------
    def start_postgres(self, *, fast: bool = False) -> None:
        """Start the embedded PostgreSQL, or attach to the configured one."""
        if self.owns_postgres:
            try:
                self.env["DATABASE_URL"] = embedded.postgres_url(self.var / "postgres", fast=fast)
            except (OSError, subprocess.SubprocessError, RuntimeError, AssertionError) as error:
                hint = f"see {self.var / 'postgres' / 'log'}, or set DATABASE_URL to a server of your own"
                message = (
                    f"PostgreSQL cannot be started ({type(error).__name__}); {hint}. (Không khởi động được PostgreSQL.)"
                )
                raise CannotStartError(message) from error

    def start_redis(self) -> None:
        """Start the embedded Redis, or attach to the configured one."""
        if self.owns_redis:
            try:
                self.env["REDIS_URL"] = embedded.redis_url(self.var / "redis")
            except FileNotFoundError as error:
                message = f"Redis cannot be started: {error}. (Chưa cài Redis; hãy chạy bin/setup.)"
                raise CannotStartError(message) from error
            except (OSError, subprocess.SubprocessError) as error:
                hint = f"see {self.var / 'redis' / 'redis.log'}, or set REDIS_URL to a server of your own"
                message = f"Redis cannot be started ({type(error).__name__}); {hint}. (Không khởi động được Redis.)"
                raise CannotStartError(message) from error

    def stop_servers(self) -> None:
        """Stop the embedded servers by their pids; configured ones are left alone."""
        if self.owns_redis:
            embedded.stop_redis(self.var / "redis")
        if self.owns_postgres:
            embedded.stop_postgres(self.var / "postgres")

    # --- children --------------------------------------------------------------------------------------------
    def start(self, *names: str) -> None:
        """Start `web`, `worker` or `beat` through bin/serve."""
        for name in names:
            child = Child(name, [str(ROOT / "bin" / "serve"), "--demo", name])
            child.log = self.var / "log" / f"{name}.log"
            child.note = Note(self.var / "run" / f"{name}.pid")
            child.log.parent.mkdir(parents=True, exist_ok=True)
            child.log.write_bytes(b"")
            child.start(self.env)
            self.children.append(child)

    def command_env(self) -> dict[str, str]:
        """The environment of management commands."""
        return {**self.env, "DJANGO_SETTINGS_MODULE": self.env.get("DJANGO_SETTINGS_MODULE", "portal.settings")}

    def manage(
        self, *arguments: str, timeout: float = 900, also: Mapping[str, str] = MappingProxyType({})
    ) -> subprocess.CompletedProcess[str]:
        """Run a management command to its end and give its output; the caller looks at the return code. `also`: of its environment."""
        python = ROOT / ".venv" / "bin" / "python"
        command = [str(python), str(ROOT / "manage.py"), *arguments]
        return subprocess.run(  # noqa: S603  our own commands
            command,
            cwd=ROOT,
            env={**self.command_env(), **also},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def one_command(self, name: str, *arguments: str) -> Child:
        """Start a management command beside the children, to its end and no further; `name`: of its log and its pid file."""
        python = ROOT / ".venv" / "bin" / "python"
        child = Child(name, [str(python), "-W", "ignore", str(ROOT / "manage.py"), *arguments])
        child.log, child.note = self.var / "log" / f"{name}.log", Note(self.var / "run" / f"{name}.pid")
        child.start(self.command_env())
        return child

    def wait_until_healthy(self, seconds: float = 60, tick: Callable[[], None] = lambda: None) -> None:
        """Wait until web answers and the worker takes tasks."""
        end = time.monotonic() + seconds
        worker = next((child for child in self.children if child.name == "worker"), None)
        while not (self._web_answers() and (worker is None or b" ready." in worker.log.read_bytes())):
            for child in self.children:
                if child.gone():
                    raise CannotStartError(
                        f"{child.name} stopped while starting; see {child.log}. (Không khởi động được.)"
                    )
            if time.monotonic() > end:
                raise CannotStartError(f"The portal did not answer within {seconds:.0f} s; see {self.var / 'log'}.")
            tick()
            time.sleep(0.2)

    def _web_answers(self) -> bool:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            link.request("GET", "/healthz/ready")
            return link.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            link.close()

    def revive(self) -> Iterable[Child]:
        """Start again what died; CannotStartError when one dies three times within a minute. Yields the revived."""
        for child in self.children:
            if child.gone():
                recent = [moment for moment in child.starts if moment > time.monotonic() - 60]
                if len(recent) >= 3:
                    raise CannotStartError(
                        f"{child.name} keeps stopping; see {child.log}. (Tiến trình {child.name} liên tục dừng.)"
                    )
                child.start(self.env)
                yield child

    def stop(self) -> None:
        """Stop children first (web, beat, worker), then the servers."""
        order = {"web": 0, "beat": 1, "worker": 2}
        for child in sorted(self.children, key=lambda child: order.get(child.name, 3)):
            child.stop()
        self.children.clear()
        self.stop_servers()

    def stop_leftovers(self) -> list[str]:
        """End children a crashed supervisor left behind; gives their names."""
        found = []
        for path in sorted((self.var / "run").glob("*.pid")):
            pid = Note(path).living()
            if pid is not None and pid != os.getpid():
                stop_group(pid, 10)
                found.append(path.stem)
            path.unlink(missing_ok=True)
        return found
