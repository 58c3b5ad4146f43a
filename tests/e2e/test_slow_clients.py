"""The whole portal with sixty strangers who send a byte a second, or do not read: everybody else goes on at once."""

import http.client
import re
import socket
import time
from contextlib import contextmanager

import pytest

pytestmark = pytest.mark.e2e
HEAD = b"GET /thu-tuc/ HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
BODY = b"POST /tai-khoan/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\nlogin="


@contextmanager
def crowd(port: int, style_sheet: str):
    """Twenty slow heads, twenty slow bodies, twenty who ask for much and read nothing; gives those who still send."""
    reader = b"GET %b HTTP/1.1\r\nHost: localhost\r\n\r\n" % style_sheet.encode()
    links = []
    for first in [HEAD] * 20 + [BODY] * 20 + [reader * 20] * 20:
        link = socket.socket()
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        link.connect(("127.0.0.1", port))
        link.sendall(first)
        links.append(link)
    try:
        yield links[:40]
    finally:
        for link in links:
            link.close()


def page(port: int, path: str) -> tuple[float, str]:
    """Ask for a page on a connection of its own; gives how long it took and what it says."""
    began = time.monotonic()
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    link.request("GET", path, headers={"Host": "localhost"})
    answer = link.getresponse()
    text = answer.read().decode()
    assert answer.status == 200
    link.close()
    return time.monotonic() - began, text


def test_sixty_slow_strangers_stop_nobody(stack):
    alone, text = page(stack.port, "/")
    style_sheet = re.search(r'href="(/static/[^"]+\.css)"', text)[1]
    with crowd(stack.port, style_sheet) as sending:
        times = []
        for _second in range(6):
            for link in sending:
                link.send(b"x")
            times += [page(stack.port, path)[0] for path in ("/", "/thu-tuc/1.004873/", "/healthz/ready")]
            time.sleep(0.5)
    assert max(times) < max(3, 10 * alone), times
