"""The server by real sockets: slow heads, bodies and readers cost no thread and are closed; large bodies stay off the memory."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from running import web
from running.supervisor import free_port, started_at, stop_group
from tests.house.source import ROOT

pytestmark = pytest.mark.e2e  # real processes
FORM = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nname="


@pytest.fixture
def serve(tmp_path):
    """Start the server over the tiny application; gives its port and process."""
    started = []
    log = (tmp_path / "web.log").open("ab")

    def start(*program: str, **env: str) -> tuple[int, subprocess.Popen]:
        port = free_port()
        process = subprocess.Popen(
            [sys.executable, *(program or ("-m", "running.web")), "tests.running.tiny:application"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "PORT": str(port), "WEB_WORKERS": "1", "WEB_THREADS": "2", **env},
            stderr=log,
            start_new_session=True,
        )
        started.append(process)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return port, process
            time.sleep(0.05)
        raise AssertionError("the server did not start")

    yield start
    for process in started:
        stop_group(process.pid, 10)
        process.wait(timeout=5)
    log.close()


def ask(port: int, path: str = "/", body: bytes | None = None, **headers: str) -> list[str]:
    """Ask once; gives the words of the first line of the answer."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        link.request("POST" if body else "GET", path, body, headers)
        answer = link.getresponse()
        assert answer.status == 200
        return answer.read().split(b"\n", maxsplit=1)[0].decode().split()
    finally:
        link.close()


def slow(port: int, first: bytes) -> socket.socket:
    """A client that has sent something and takes its time; its window is small, so that answers wait at the server."""
    link = socket.socket()
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    link.connect(("127.0.0.1", port))
    link.sendall(first)
    return link


def body_of(link: socket.socket) -> bytes:
    """The body of the answer, read to its end."""
    link.settimeout(10)
    answer = http.client.HTTPResponse(link)
    answer.begin()
    return answer.read()


def is_closed(link: socket.socket) -> bool:
    """Whether the server has closed, what is still to be read left aside."""
    link.setblocking(False)
    try:
        while link.recv(65536):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


@pytest.mark.parametrize(
    "first", [b"GET / HTTP/1.1\r\nHost: loc", FORM, b"GET /?2000000 HTTP/1.1\r\nHost: x\r\n\r\n", b""]
)
def test_sixty_slow_clients_hold_no_thread(serve, first):
    port, _process = serve()
    crowd = [slow(port, first) for _number in range(60)]
    try:
        for _round in range(3):
            for link in crowd:
                if first and not first.startswith(b"GET /?"):
                    link.send(b"x")
            began = time.monotonic()
            ask(port)
            assert time.monotonic() - began < 3
    finally:
        for link in crowd:
            link.close()


def test_a_form_that_comes_slowly_is_served_when_it_is_whole(serve):
    port, _process = serve()
    link = slow(port, b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\n")
    for letter in b"abc":
        time.sleep(0.2)
        link.send(bytes([letter]))
    assert b" 3 " in body_of(link)
    link.close()


def test_an_upload_of_twenty_megabytes_does_not_enter_the_memory(serve):
    port, _process = serve()
    before = int(ask(port)[2])
    _pid, received, after, _address = ask(port, body=bytes(20 * 1024 * 1024))
    assert int(received) == 20 * 1024 * 1024
    assert int(after) - before < 8 * 1024


FULL = (
    "import resource; from running import web; resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000,) * 2); web.main()"
)


def test_a_body_that_finds_no_room_costs_its_own_connection(serve):
    port, _process = serve("-c", FULL)
    first = ask(port)[0]
    with pytest.raises((OSError, http.client.HTTPException)):
        ask(port, body=bytes(5_000_000))
    assert ask(port)[0] == first


def test_a_body_above_the_limit_is_refused_with_a_sentence(serve):
    port, _process = serve()
    link = slow(port, b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999\r\n\r\n")
    link.settimeout(5)
    answer = b""
    while part := link.recv(4096):
        answer += part
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert web.TOO_LARGE in answer.decode()
    link.close()


def test_an_address_invented_by_the_client_is_not_passed_on(serve):
    port, _process = serve()
    assert ask(port, **{"X-Forwarded-For": "203.0.113.9"})[3] == "-"
    port, _process = serve(BEHIND_PROXY="1")
    assert ask(port, **{"X-Forwarded-For": "203.0.113.9"})[3] == "203.0.113.9"


def test_a_process_that_dies_is_replaced_and_all_end_together(serve):
    port, parent = serve()
    child = int(ask(port)[0])
    os.kill(child, signal.SIGKILL)
    end = time.monotonic() + 10
    other = child
    while other == child and time.monotonic() < end:
        try:
            other = int(ask(port)[0])
        except OSError:
            time.sleep(0.1)
    assert other != child
    parent.send_signal(signal.SIGTERM)
    assert parent.wait(timeout=10) == 0
    assert started_at(other) is None


def test_children_go_when_their_parent_was_killed(serve):
    port, parent = serve()
    child = int(ask(port)[0])
    parent.kill()
    parent.wait(timeout=5)
    end = time.monotonic() + 15
    while started_at(child) is not None and time.monotonic() < end:
        time.sleep(0.1)
    assert started_at(child) is None


INHERITS = "import subprocess; from running import web; one = subprocess.Popen(['sleep', '1']); web.main()"


def test_who_is_inherited_and_ends_is_not_replaced(serve):
    """In a container the parent is process 1, which is handed what others leave behind: what opens files, when its process dies."""
    port, parent = serve("-c", INHERITS)
    children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children")
    end = time.monotonic() + 10
    while len(children.read_text().split()) > 1 and time.monotonic() < end:
        time.sleep(0.1)
    time.sleep(3 * web.PAUSE_SECONDS)
    assert children.read_text().split() == ask(port)[:1]


@pytest.mark.parametrize("path", ["/1?10", "/?8000000", "/1?8000000"])
def test_what_is_being_answered_at_the_end_is_answered_whole(serve, path):
    port, parent = serve()
    link = slow(port, f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    time.sleep(0.5)
    parent.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    assert len(body_of(link)) > int(path.partition("?")[2])
    link.close()
    assert parent.wait(timeout=10) == 0


READER = b"GET /?8000000 HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize("first", [b"GET / HTTP/1.1\r\nHost: loc", FORM, b""])
def test_who_asks_slower_than_anybody_who_means_it_is_closed(serve, first):
    port, _process = serve(WEB_PATIENCE="1")
    link = slow(port, first)
    end = time.monotonic() + 15
    while not is_closed(link):
        assert time.monotonic() < end
        time.sleep(0.3)
        try:
            link.send(b"x" if first else b"")
        except OSError:
            break
    link.close()


def test_who_does_not_read_is_closed(serve):
    port, _process = serve(WEB_PATIENCE="1")
    link = slow(port, READER)
    time.sleep(8)
    link.settimeout(10)
    read = 0
    try:
        while part := link.recv(65536):  # what the system still held for us, then the end
            read += len(part)
    except ConnectionResetError:
        pass
    link.close()
    assert read < 8_000_000


def test_who_is_merely_slow_is_served(serve):
    port, _process = serve(WEB_PATIENCE="1")
    link = slow(port, b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8000\r\n\r\n")
    for _part in range(16):
        time.sleep(0.25)  # 2,000 bytes a second: a bad mobile network
        link.send(bytes(500))
    assert b" 8000 " in body_of(link)
    link.close()
