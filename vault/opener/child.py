"""The child: reads a file from the pipe, opens it within its limits, writes what it found, and waits for the next.

It starts without the portal's environment (no keys, no addresses). Once everything it needs is loaded it gives up the right to
open anything more, so that a parser that was taken over reaches neither files nor network. An alarm ends it when nobody else does.
"""

import json
import os
import resource
import signal
import sys
from contextlib import suppress
from typing import Any, BinaryIO

from vault.opener import office, pages, pdfs, pictures, samples, sheets
from vault.opener.findings import FileFindings, Job, NotTakenError, WhyNot
from vault.opener.pipe import HEAD, READY

GRACE = 5  # seconds after which the alarm ends a child whose portal is gone
JOBS_A_LIFE = 200
KEPT_SMALL = 200 * 1024 * 1024  # of addresses: a child that stays above it after a file makes room for a fresh one


def main() -> None:
    """Serve one portal process until it closes the pipe."""
    asked, told = _pipes()
    _warm()
    memory = _Memory()
    _confine()
    told.write(READY)
    told.flush()
    for number in range(1, JOBS_A_LIFE + 1):
        head = asked.read(HEAD.size)
        if len(head) < HEAD.size:
            return
        length, size = HEAD.unpack(head)
        said = json.loads(asked.read(length))
        answer, content = _done(said, asked.read(size))
        answer["last"] = number == JOBS_A_LIFE or bool(answer.get("starved")) or memory.held() > KEPT_SMALL
        told.write(_packed(answer, content))
        told.flush()
        if answer["last"]:
            return


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """What libraries print must not end up among the answers."""
    asked, told = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for place in (0, 1, 2):
        os.dup2(nothing, place)
    os.close(nothing)
    return asked, told


def _warm() -> None:
    """Open one file of each kind, so that whatever is loaded late is loaded now."""
    pictures.prepare()
    for job, data in samples.every():
        with suppress(NotTakenError):
            _look(job, data, max_size=1_000_000)


def _confine() -> None:
    """Give up opening anything: no file or socket may have a number from now on, that of one closed before included.

    The pipes and the place where memory is told stay open. When all of a service is asked to stop, the file in hand is finished.
    """
    for what in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        resource.setrlimit(what, (0, 0))
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _done(said: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    resource.setrlimit(resource.RLIMIT_AS, (said["memory"], resource.RLIM_INFINITY))
    signal.setitimer(
        signal.ITIMER_PROF, said["seconds"]
    )  # processor time: nothing catches it, not even between two languages
    signal.alarm(int(said["patience"]) + GRACE)
    try:
        found = _look(Job(said["job"]), data, max_size=said["max_size"], page=said["page"])
    except NotTakenError as error:
        return {"refused": error.reason, "facts": error.facts}, b""
    except (MemoryError, RecursionError):
        return {"refused": WhyNot.TOO_HEAVY, "facts": {}, "starved": True}, b""
    except Exception as error:  # noqa: BLE001  whatever a parser raises for a file, the file is at fault
        return {"refused": WhyNot.BROKEN, "facts": {}, "fault": type(error).__name__}, b""
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    return {
        "mime": found.mime,
        "remarks": sorted(found.remarks),
        "changed": found.content is not None,
        "pages": found.pages,
    }, found.content or b""


def _look(job: Job, data: bytes, *, max_size: int, page: int = 0) -> FileFindings:
    if job is Job.PDF:
        return pdfs.look(data)
    if job is Job.OFFICE:
        return office.look(data)
    if job is Job.SHEET:
        return sheets.look(data)
    if job is Job.PAGE:
        return pages.look(data, number=page)
    return pictures.look(data, max_size=max_size)


def _packed(answer: dict[str, Any], content: bytes) -> bytes:
    said = json.dumps(answer).encode()
    return HEAD.pack(len(said), len(content)) + said + content


class _Memory:
    """How much this process holds; the place where the system says so is opened while files may still be opened."""

    def __init__(self) -> None:
        self._place: int | None = None
        with suppress(FileNotFoundError):
            self._place = os.open("/proc/self/statm", os.O_RDONLY)

    def held(self) -> int:
        """Bytes of address space now; 0 where the system does not say."""
        if self._place is None:
            return 0
        return int(os.pread(self._place, 100, 0).split()[0]) * resource.getpagesize()


if __name__ == "__main__":
    main()
    sys.exit(0)
