"""Client of clamd (INSTREAM) over TCP or a Unix socket. Called by vault.tasks only."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from portal.errors import RetryLaterError

CONNECT_SECONDS = 5
ANSWER_SECONDS = 60
CHUNK = 64 * 1024
MAX_ANSWER = 4096


def is_infected(file: BinaryIO, *, address: str) -> bool:
    """Ask the scanner about a file. Raises RetryLaterError when it is away, too slow or does not know."""
    try:
        with _connected(address) as channel:
            answer = _ask(channel, file)
    except (OSError, ValueError) as error:
        raise RetryLaterError(f"clamd: {type(error).__name__}") from error
    if answer.endswith(" FOUND"):
        return True
    if answer.endswith(": OK"):
        return False
    raise RetryLaterError(f"clamd answered {answer[:80]!r}")


@contextmanager
def _connected(address: str) -> Iterator[socket.socket]:
    if address.startswith("/"):
        channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        channel.settimeout(CONNECT_SECONDS)
    else:
        host, _, port = address.rpartition(":")
        channel = socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS)
    with channel:
        if address.startswith("/"):
            channel.connect(address)
        channel.settimeout(ANSWER_SECONDS)
        yield channel


def _ask(channel: socket.socket, file: BinaryIO) -> str:
    channel.sendall(b"zINSTREAM\0")
    while piece := file.read(CHUNK):
        channel.sendall(struct.pack("!L", len(piece)) + piece)
    channel.sendall(struct.pack("!L", 0))
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < MAX_ANSWER:
        piece = channel.recv(MAX_ANSWER)
        if not piece:
            break
        answer += piece
    return answer.rstrip(b"\0\n").decode("utf-8", errors="replace")
