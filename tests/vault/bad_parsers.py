"""A child whose readers misbehave as the file tells them to. Started as a process by test_opener.py; knows no Django."""

import contextlib
import os
import signal
import socket
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from vault.opener import child, pdfs
from vault.opener.findings import PDF, FileFindings, NotTakenError, WhyNot
from vault.opener.pipe import HEAD


def hang():
    while True:
        pass


def sleep():
    time.sleep(3600)


def eat():
    return [bytes(1024 * 1024) for _number in range(2_000)]


def eat_and_fall():
    with contextlib.suppress(MemoryError):
        eat()
    os.abort()


def crash():
    os.kill(os.getpid(), signal.SIGSEGV)


def leave():
    os._exit(0)


def talk():
    print("x" * 10_000)


def call():
    try:
        socket.create_connection(("127.0.0.1", 9), timeout=1)
    except OSError as error:
        raise NotTakenError(WhyNot.BROKEN, number=error.errno) from error


def read():
    try:
        Path("/etc/hostname").read_text(encoding="utf-8")
    except OSError as error:
        raise NotTakenError(WhyNot.BROKEN, number=error.errno) from error


def close_and_read():
    os.close(2)
    read()


def lie():
    return FileFindings("text/html", set(), b"<script>")


def boast():
    child._packed = lambda answer, content: HEAD.pack(len(answer), 2**40)


def environment():
    raise NotTakenError(WhyNot.BROKEN, names=",".join(sorted(os.environ)))


def refuse():
    raise NotTakenError(WhyNot.CUT)


def stumble():
    raise ZeroDivisionError


KNOWN = {
    act.__name__: act
    for act in (
        *(hang, sleep, eat, eat_and_fall, crash, leave, talk, lie, boast),
        *(call, read, close_and_read, environment, refuse, stumble),
    )
}


def look(data):
    act = KNOWN.get(data.decode("latin-1"))
    found = act() if act else None
    return found if isinstance(found, FileFindings) else FileFindings(PDF, set(), str(os.getpid()).encode())


if __name__ == "__main__":
    pdfs.look = look
    child.main()
