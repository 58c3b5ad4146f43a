"""Client of clamd (INSTREAM) over TCP or a Unix socket. Called by vault.tasks only."""

import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import BinaryIO

from portal.errors import AwayError, RetryLaterError

CONNECT_SECONDS = 5
ANSWER_SECONDS = 60
CHUNK = 64 * 1024
MAX_ANSWER = 4096


def is_infected(file: BinaryIO, *, address: str) -> bool:
    """Ask the scanner about a file. Raises AwayError when there is none, RetryLaterError when it is slow or does not know."""
    with _connected(address) as channel:
        try:
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
    with ExitStack() as held:
        try:
            channel = held.enter_context(_channel(address))
        except (OSError, ValueError) as error:
            raise AwayError(f"clamd: {type(error).__name__}") from error
        channel.settimeout(ANSWER_SECONDS)
        yield channel


def _channel(address: str) -> socket.socket:
    if not address.startswith("/"):
        host, _, port = address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS)
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    channel.settimeout(CONNECT_SECONDS)
    try:
        channel.connect(address)
    except OSError:
        channel.close()
        raise
    return channel


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
