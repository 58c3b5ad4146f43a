"""The web server: some processes over one socket, each of which has a request whole before it gives a thread for it.

Started by `bin/serve web`. One thread of each process talks to all its connections and keeps heads and bodies (large ones
in a temporary file) until they have come, and answers until they are taken; the others run the application, which
they know by its name alone. So a slow or silent client costs a connection and never a thread; one that
is slower than anybody who means it is closed. docs/adr/0025 says why.
"""

import gc
import logging
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, NoReturn

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask

log = logging.getLogger("running.web")

HEAD_LIMIT = 32 * 1024
BODY_LIMIT = 64 * 1024 * 1024  # above a whole dossier; each file has its own limit inside
IN_MEMORY = 64 * 1024  # of one body; what is longer goes to a temporary file. Every page fits into OUT_MEMORY
OUT_MEMORY = 256 * 1024
# An answer longer than this keeps its thread while it is taken; no file and no sheet is.
ANSWER_LIMIT = 256 * 1024 * 1024
# A request may take this long however little of it has come, and an answer to be taken; afterwards each must go on with
# that many bytes a second. The worst mobile network is ten times as fast.
FIRST_SECONDS = int(os.environ.get("WEB_PATIENCE") or 20)
BYTES_A_SECOND = 512
IDLE_SECONDS = 130  # proxies keep idle connections for up to 120: the one who closes first must be the proxy
CONNECTIONS = 500  # of one process; above that new ones wait until others have gone
LAST_SECONDS = 10  # for requests that are being answered when the server stops
SPARE_SECONDS = 2  # which the parent leaves them beyond that
PAUSE_SECONDS = 0.5  # before a process that died is made anew
LOOK_SECONDS = 2  # how often slow connections are looked for

TOO_LARGE = (
    "Dữ liệu gửi lên quá lớn (mỗi lần gửi tối đa 60 MB). Chưa có gì được ghi nhận. "
    "Vui lòng quay lại, chọn tệp nhỏ hơn và gửi lại."
)
NOT_UNDERSTOOD = "Máy chủ không đọc được yêu cầu này. Vui lòng tải lại trang và thử lại."


class Leaving(SystemExit):
    """SIGTERM arrived: finish what is being answered and go."""


def leave(*_signal: object) -> NoReturn:
    """The handler of SIGTERM and SIGINT."""
    raise Leaving


@dataclass
class Pace:
    """How much of something had gone by when it was looked at first; what goes on slower than anybody is told."""

    since: float
    left: int

    def is_too_slow(self, now: float, left: int) -> bool:
        """Whether too little of it went by since."""
        if left > self.left:  # more was added meanwhile
            self.since, self.left = now, left
        return now - self.since > FIRST_SECONDS + (self.left - left) / BYTES_A_SECOND


class RefusalTask(ErrorTask):
    """What the server itself refuses, as one sentence for the person."""

    def execute(self) -> None:
        """Write it and close the connection."""
        fault = self.request.error
        body = (TOO_LARGE if fault.code == 413 else NOT_UNDERSTOOD).encode()
        self.status = f"{fault.code} {fault.reason}"
        self.response_headers.append(("Content-Type", "text/plain; charset=utf-8"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Connection(HTTPChannel):
    """One connection, which remembers since when a request is on its way in and an answer on its way out."""

    error_task_class = RefusalTask
    began: float | None = None
    answer: Pace | None = None

    def received(self, data: bytes) -> bool:
        """Take what has come; the first bytes of a request start its time."""
        if self.request is None:
            self.began = time.time()
        taken: bool = super().received(data)
        return taken

    def is_too_slow(self, now: float) -> bool:
        """Whether nobody who means it is as slow as this, in asking or in reading."""
        if self.requests:
            self.began = now  # what follows it was not read meanwhile
            return False
        return self._asks_too_slowly(now) or self._reads_too_slowly(now)

    def _asks_too_slowly(self, now: float) -> bool:
        if self.request is None:
            return self.began is None and now > float(self.creation_time) + FIRST_SECONDS
        come = self.request.header_bytes_received + self.request.body_bytes_received
        return now > (self.began or now) + FIRST_SECONDS + float(come) / BYTES_A_SECOND

    def _reads_too_slowly(self, now: float) -> bool:
        if not self.total_outbufs_len:
            self.answer = None
            return False
        self.answer = self.answer or Pace(now, self.total_outbufs_len)
        return self.answer.is_too_slow(now, self.total_outbufs_len)


class Server(TcpWSGIServer):
    """One process's server over the common socket."""

    channel_class = Connection
    parent = 0
    is_leaving = False

    def leave(self, *_signal: object) -> None:
        """The handler of SIGTERM: the loop is told, so that nothing it has in hand is torn."""
        self.is_leaving = True
        self.pull_trigger()

    def maintenance(self, now: float) -> None:
        """Close what is idle or too slow; go when nobody watches over this process any more."""
        super().maintenance(now)
        for channel in self.active_channels.values():
            if channel.is_too_slow(now):
                channel.will_close = True
        if os.getppid() != self.parent:
            self.is_leaving = True

    def serve(self) -> None:
        """Serve until SIGTERM; then take no more, finish what is being answered, and see the answers off."""
        while not self.is_leaving:
            self._turn()
        self.accepting = False
        end = time.monotonic() + LAST_SECONDS
        while (busy := self._busy()) and time.monotonic() < end:
            self._turn()
        if busy:
            log.warning("web.left_unanswered requests=%s", busy)

    def _turn(self) -> None:
        wasyncore.loop(timeout=1, map=self._map, use_poll=True, count=1)

    def _busy(self) -> int:
        """How many connections wait for an answer or for the rest of one."""
        return sum(1 for one in self.active_channels.values() if one.requests or one.total_outbufs_len)


@dataclass
class Processes:
    """The parent: makes the processes, replaces those that die, and ends them all when it is told to leave."""

    count: int
    work: Callable[[int], None]
    living: set[int] = field(default_factory=set)

    def run(self) -> None:
        """Watch until SIGTERM."""
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, leave)
        try:
            for _number in range(self.count):
                self._make()
            while True:
                pid, status = os.wait()
                if pid not in self.living:
                    continue  # as process 1 of a container one inherits what others leave behind
                self.living.discard(pid)
                log.warning("web.process_ended process=%s status=%s", pid, os.waitstatus_to_exitcode(status))
                time.sleep(PAUSE_SECONDS)
                self._make()
        except Leaving:
            for sign in (signal.SIGTERM, signal.SIGINT):
                signal.signal(sign, signal.SIG_IGN)
            self._end()

    def _make(self) -> None:
        parent = os.getpid()
        both = {signal.SIGTERM, signal.SIGINT}
        signal.pthread_sigmask(signal.SIG_BLOCK, both)  # a signal between fork and note would lose the child
        pid = os.fork()
        if pid:
            self.living.add(pid)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, both)
            return
        code = 1
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the group; the parent decides
            signal.pthread_sigmask(signal.SIG_UNBLOCK, both)
            self.work(parent)
            code = 0
        except Leaving:
            code = 0
        except Exception:
            log.exception("web.process_failed")
        finally:
            os._exit(code)

    def _end(self) -> None:
        for pid in self.living:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + LAST_SECONDS + SPARE_SECONDS
        while self.living and time.monotonic() < end:
            self._reap()
            time.sleep(0.05)
        for pid in self.living:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _reap(self) -> None:
        with suppress(ChildProcessError):
            pid, _status = os.waitpid(-1, os.WNOHANG)
            self.living.discard(pid)


def number(name: str, default: int) -> int:
    """A number of the environment."""
    return int(os.environ.get(name) or default)


def application_of(name: str) -> Any:
    """The application a name such as `portal.wsgi:application` stands for."""
    module, _colon, attribute = name.partition(":")
    return getattr(import_module(module), attribute)


def listen(host: str, port: int) -> socket.socket:
    """The socket all processes take their connections from."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=1024)


def connections() -> int:
    """How many connections one process may hold: each may need a temporary file both ways."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 3 * CONNECTIONS + 200
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return min(CONNECTIONS, (soft - 200) // 3)


def options(link: socket.socket) -> dict[str, Any]:
    """What one process's server is told."""
    return {
        "sockets": [link],
        "threads": number("WEB_THREADS", 4),
        "ident": None,
        # Behind proxies of ours the application reads what they wrote; else such lines are inventions of the client.
        "clear_untrusted_proxy_headers": os.environ.get("BEHIND_PROXY", "0").lower() not in {"1", "true", "yes", "on"},
        "connection_limit": connections(),
        "channel_timeout": IDLE_SECONDS,
        "cleanup_interval": LOOK_SECONDS,
        "max_request_header_size": HEAD_LIMIT,
        "max_request_body_size": BODY_LIMIT,
        "inbuf_overflow": IN_MEMORY,
        "recv_bytes": 64 * 1024,
        "outbuf_overflow": OUT_MEMORY,
        "outbuf_high_watermark": ANSWER_LIMIT,
        "log_socket_errors": False,
    }


def main() -> None:
    """Listen, load the application once, and serve it from several processes."""
    name = sys.argv[1] if len(sys.argv) > 1 else "portal.wsgi:application"
    link = listen(os.environ.get("BIND") or "127.0.0.1", number("PORT", 8000))
    application = application_of(name)
    # What is loaded now is shared by all processes, as long as the collector does not write into it; and a page makes
    # ten thousand things that nearly all go by themselves, so looking for rings every 700 is work for nothing.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)

    def work(parent: int) -> None:
        where = (link.family, link.type, link.proto, link.getsockname())
        server = Server(application, {}, _sock=link, bind_socket=False, sockinfo=where, **options(link))
        server.parent = parent
        signal.signal(signal.SIGTERM, server.leave)
        server.serve()

    Processes(number("WEB_WORKERS", 2), work).run()


if __name__ == "__main__":
    main()
