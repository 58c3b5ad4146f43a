"""PostgreSQL and Redis away, with real ones stopped: signed-in people get the calm page, and everything goes on afterwards."""

import http.client
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.run import sign_in
from running import embedded
from running.supervisor import ROOT

pytestmark = pytest.mark.e2e


def ask(port: int, cookie: str) -> tuple[int, dict, str]:
    """One page of a signed-in person: status, lines of the head, text."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        link.request("GET", "/mot-cua/", headers={"Host": "localhost", "Cookie": cookie})
        answer = link.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()
    finally:
        link.close()


def start_again(folder: Path) -> None:
    """From a process of its own: the package believes of a server it started itself that it runs still."""
    code = f"from pathlib import Path; from running import embedded; embedded.postgres_url(Path({str(folder)!r}))"
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, check=True, timeout=60)


def test_a_signed_in_page_is_calm_while_postgresql_is_away(stack, eventually):
    cookie = sign_in(stack.port, "receptionist")
    assert ask(stack.port, cookie)[0] == 200
    folder = stack.var / "postgres"
    embedded.stop_postgres(folder)
    try:
        status, head, text = ask(stack.port, cookie)
    finally:
        start_again(folder)
    assert (status, head["Retry-After"]) == (503, "5")
    assert "chưa được ghi nhận" in text
    eventually(lambda: ask(stack.port, cookie)[0] == 200, 60)


def test_a_redis_that_hangs_holds_nobody(stack):
    cookie = sign_in(stack.port, "receptionist")
    pid = int((stack.var / "redis" / "redis.pid").read_text())
    os.kill(pid, signal.SIGSTOP)  # it takes connections and never answers
    try:
        began = time.monotonic()
        assert ask(stack.port, cookie)[0] == 200
        sign_in(stack.port, "officer")
        assert time.monotonic() - began < 10
    finally:
        os.kill(pid, signal.SIGCONT)
