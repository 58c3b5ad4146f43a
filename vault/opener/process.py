"""The portal's side of opening files: children that are kept warm, asked one file at a time, ended and replaced.

A child that hangs past its time is killed, one that starves or falls over is buried; the file is told to be too heavy, and the
next file meets a fresh child. Nothing here reads what a file holds.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import structlog

from vault.opener.findings import KEPT_AS, FileFindings, Job, NotTakenError, Remark, WhyNot
from vault.opener.pipe import HEAD, READY

log = structlog.get_logger(__name__)

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = (sys.executable, "-m", "vault.opener.child")
# Nothing of the portal's. What a picture took is given back to the system at once, so that the child stays small.
ENVIRONMENT = {"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "1000000"}
SAID_AT_MOST = 64 * 1024  # bytes of an answer beside the file itself
MOST = 2  # children of one process at a time
STARTING_SECONDS = 60
WAITING_SECONDS = 30
MEGABYTE = 1024 * 1024


class NoOpenerError(Exception):
    """No child could be started, or all are taken for too long: nothing is said about the file."""


class _DiedError(Exception):
    """The child ended without an answer; `overdue`: it was killed because its time was over."""

    def __init__(self, *, overdue: bool, code: int | None) -> None:
        super().__init__(f"overdue={overdue} code={code}")
        self.overdue = overdue


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one file may take: memory of the whole child in bytes, seconds of processor time, seconds by the clock on the wall.

    The last are more, so that a sound file is not called too heavy because the machine is busy.
    """

    memory: int
    seconds: float = 5
    patience: float = 15


BOUNDS = {
    Job.PDF: Bounds(256 * MEGABYTE),
    Job.OFFICE: Bounds(256 * MEGABYTE),
    Job.SHEET: Bounds(384 * MEGABYTE),
    Job.PAGE: Bounds(768 * MEGABYTE, seconds=8, patience=24),
    Job.PICTURE: Bounds(768 * MEGABYTE),  # a phone's photograph unpacked, and once more as it is turned
}


class _Child:
    """One child and the two pipes to it."""

    def __init__(self, command: Iterable[str]) -> None:
        self.served = 0
        self._is_ready = False
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter on our own module
            list(command),
            cwd=ROOT,
            env=ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, said: dict[str, Any], data: bytes, *, patience: float) -> tuple[dict[str, Any], bytes]:
        """Give a file and wait for what was found. Raises _DiedError."""
        self._wait_until_ready()
        self.served += 1
        head = json.dumps({**said, "patience": patience}).encode()
        with _bound(self._process, patience):
            self._write(HEAD.pack(len(head), len(data)), head, data)
            length, size = HEAD.unpack(self._read(HEAD.size))
            if length > SAID_AT_MOST or size > said["memory"]:
                raise EOFError  # no reader of ours says so much
            return json.loads(self._read(length)), self._read(size)

    def end(self) -> None:
        """End the child, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                _there(pipe).close()

    def _wait_until_ready(self) -> None:
        if not self._is_ready:
            try:
                with _bound(self._process, STARTING_SECONDS):
                    self._read(len(READY))
            except _DiedError as error:
                raise NoOpenerError(str(error)) from error
            self._is_ready = True

    def _write(self, *parts: bytes) -> None:
        pipe = _there(self._process.stdin)
        for part in parts:
            pipe.write(part)
        pipe.flush()

    def _read(self, size: int) -> bytes:
        found = _there(self._process.stdout).read(size)
        if len(found) < size:
            raise EOFError
        return found


def _there(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise EOFError
    return pipe


@contextmanager
def _bound(process: "subprocess.Popen[bytes]", seconds: float) -> Iterator[None]:
    """A stretch in which the child must answer: it is killed at its end, and a broken pipe becomes _DiedError."""
    is_over = threading.Event()

    def end() -> None:
        is_over.set()
        process.kill()

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, EOFError, ValueError) as error:
        process.kill()
        code = process.wait()
        raise _DiedError(overdue=is_over.is_set() or code == -signal.SIGPROF, code=code) from error
    finally:
        timer.cancel()


class Opener:
    """The children of one process. Safe to use from several threads."""

    def __init__(self, command: Iterable[str] = COMMAND, bounds: dict[Job, Bounds] | None = None) -> None:
        self._command, self._bounds = tuple(command), bounds or BOUNDS
        self._room = threading.BoundedSemaphore(MOST)
        self._lock = threading.Lock()
        self._idle: list[_Child] = []

    def open(self, job: Job, data: bytes, *, max_size: int, page: int = 0) -> FileFindings:
        """Open a file (of PAGE: draw that page).

        Raises NotTakenError for the file, NoOpenerError when nobody could look at it, or nobody to be believed.
        """
        if not self._room.acquire(timeout=WAITING_SECONDS):
            raise NoOpenerError("all children are taken")
        try:
            answer, content = self._asked(job, data, max_size=max_size, page=page)
        finally:
            self._room.release()
        if "refused" in answer:
            raise NotTakenError(WhyNot(answer["refused"]), **answer["facts"])
        if answer["mime"] not in KEPT_AS[job]:
            raise NoOpenerError("the child says a kind that no reader of it knows")
        remarks = {Remark(remark) for remark in answer["remarks"]}
        return FileFindings(
            answer["mime"], remarks, content if answer["changed"] else None, int(answer.get("pages", 0))
        )

    def make_ready(self) -> None:
        """Have a child warm before it is asked: nobody waits for its start."""
        with self._lock:
            is_there = any(child.is_alive for child in self._idle)
        if not is_there and self._room.acquire(blocking=False):
            self._start()
            self._room.release()

    def close(self) -> None:
        """End the children that wait."""
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.end()

    def forget(self) -> None:
        """In a process that was forked: the children belong to the parent, and their pipes must not be shared."""
        self._idle, self._lock, self._room = [], threading.Lock(), threading.BoundedSemaphore(MOST)

    def _asked(self, job: Job, data: bytes, *, max_size: int, page: int) -> tuple[dict[str, Any], bytes]:
        bounds = self._bounds[job]
        said = {"job": job, "memory": bounds.memory, "seconds": bounds.seconds, "max_size": max_size, "page": page}
        for _attempt in range(2):
            child = self._taken()
            was_idle = child.served > 0
            try:
                return self._once(child, said, data, patience=bounds.patience)
            except _DiedError as error:
                log.warning("file.opener_died", job=job, size=len(data), reason=str(error))
                if error.overdue or not was_idle:
                    break
                # Else it may have been ended while it waited: the next says whether the file did it.
        return {"refused": WhyNot.TOO_HEAVY, "facts": {}}, b""

    def _once(
        self, child: _Child, said: dict[str, Any], data: bytes, *, patience: float
    ) -> tuple[dict[str, Any], bytes]:
        """Ask one child; whatever happens, it waits for the next file or another does."""
        is_last = True
        try:
            answer, content = child.ask(said, data, patience=patience)
            is_last = answer["last"]
        finally:
            self._give_back(child, is_last=is_last)
        return answer, content

    def _taken(self) -> _Child:
        with self._lock:
            while self._idle:
                child = self._idle.pop()
                if child.is_alive:
                    return child
                child.end()
        try:
            return _Child(self._command)
        except OSError as error:
            raise NoOpenerError(str(error)) from error

    def _give_back(self, child: _Child, *, is_last: bool) -> None:
        if is_last:
            self._replace(child)
            return
        with self._lock:
            is_wanted = len(self._idle) < MOST
            if is_wanted:
                self._idle.append(child)
        if not is_wanted:
            child.end()

    def _replace(self, child: _Child) -> None:
        """Bury a child and start the next."""
        child.end()
        self._start()

    def _start(self) -> None:
        """Start a child, which warms up while nobody waits for it."""
        with suppress(OSError):
            fresh = _Child(self._command)
            with self._lock:
                self._idle.append(fresh)


OPENER = Opener()
atexit.register(OPENER.close)
os.register_at_fork(after_in_child=OPENER.forget)
