"""Scanning: our side of clamd's protocol against a server of ours, and the real clamd when it is installed."""

import io
import os
import shutil
import socket
import struct
import subprocess
import threading
import time
from datetime import timedelta

import pytest

from portal import clock
from portal.errors import RetryLaterError
from portal.models import SweepTry
from tests.factories import UserFactory
from tests.vault import samples
from vault import keeping, scanning, services, tasks
from vault.enums import ScanState
from vault.models import StoredFile

pytestmark = pytest.mark.unit


class FakeClamd:
    """Speaks INSTREAM; finds EICAR."""

    def __init__(self, answer=None):
        self.answer = answer
        self.received = []
        self.refused = None
        self.server = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.server.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                channel, _peer = self.server.accept()
            except OSError:
                return
            with channel, channel.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                body = b""
                while size := struct.unpack("!L", stream.read(4))[0]:
                    body += stream.read(size)
                self.received.append(body)
                found = b"stream: Eicar-Test FOUND\0" if b"EICAR" in body else b"stream: OK\0"
                if self.refused is not None and self.refused in body:
                    found = b"INSTREAM size limit exceeded. ERROR\0"
                channel.sendall(found if self.answer is None else self.answer)

    def close(self):
        self.server.close()


@pytest.fixture
def clamd():
    server = FakeClamd()
    yield server
    server.close()


def test_is_infected_sends_all_bytes(clamd):
    data = os.urandom(200_000)
    assert scanning.is_infected(io.BytesIO(data), address=clamd.address) is False
    assert clamd.received == [data]
    assert scanning.is_infected(io.BytesIO(samples.EICAR), address=clamd.address) is True


@pytest.mark.parametrize("answer", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: O"])
def test_is_infected_never_guesses(answer):
    server = FakeClamd(answer)
    with pytest.raises(RetryLaterError):
        scanning.is_infected(io.BytesIO(b"x"), address=server.address)
    server.close()


def test_is_infected_without_scanner_is_for_later(tmp_path):
    for address in ("127.0.0.1:1", str(tmp_path / "none.sock"), "no address"):
        with pytest.raises(RetryLaterError):
            scanning.is_infected(io.BytesIO(b"x"), address=address)


def test_is_infected_slow_scanner_is_for_later(monkeypatch):
    server = socket.create_server(("127.0.0.1", 0))
    monkeypatch.setattr(scanning, "ANSWER_SECONDS", 0.2)
    with pytest.raises(RetryLaterError):
        scanning.is_infected(io.BytesIO(b"x"), address=f"127.0.0.1:{server.getsockname()[1]}")
    server.close()


@pytest.mark.django_db
def test_upload_waits_then_is_clean(clamd, settings, django_capture_on_commit_callbacks):
    settings.CLAMD = clamd.address
    with django_capture_on_commit_callbacks(execute=True):
        file = services.store_upload(samples.opened("a.pdf", samples.PDF), by=UserFactory())
        assert file.scan_state == ScanState.WAITING
    file.refresh_from_db()
    assert file.scan_state == ScanState.CLEAN
    assert file.scanned_at


@pytest.mark.django_db
def test_scanner_away_leaves_the_file_waiting_and_the_sweep_finds_it(
    clamd, settings, django_capture_on_commit_callbacks
):
    settings.CLAMD = "127.0.0.1:1"
    with django_capture_on_commit_callbacks(execute=True):
        file = services.store_upload(samples.opened("a.pdf", samples.PDF + samples.EICAR), by=UserFactory())
    file.refresh_from_db()
    assert file.scan_state == ScanState.WAITING
    StoredFile.objects.filter(pk=file.pk).update(created_at=clock.now() - timedelta(hours=1))
    assert tasks.scan_waiting() == 0
    settings.CLAMD = clamd.address
    assert tasks.scan_waiting() == 1
    file.refresh_from_db()
    assert file.scan_state == ScanState.INFECTED
    tasks.scan_file(file_id=str(file.pk))  # twice is no harm
    assert tasks.scan_waiting() == 0


@pytest.mark.django_db
def test_a_file_that_cannot_be_scanned_keeps_no_other_waiting(clamd, settings):
    """The scanner knows no answer for one, the bytes of another are gone: both are told, the rest is scanned."""
    settings.CLAMD = clamd.address
    clamd.refused = b"zu gross"
    files = [
        services.store_upload(samples.opened(f"{n}.pdf", samples.PDF + more), by=UserFactory())
        for n, more in enumerate([b"zu gross", b"b", b"c"])
    ]
    keeping.discard(files[1].key)
    StoredFile.objects.update(created_at=clock.now() - timedelta(minutes=20))
    assert tasks.scan_waiting() == 1
    states = [StoredFile.objects.get(pk=file.pk).scan_state for file in files]
    assert states == [ScanState.WAITING, ScanState.WAITING, ScanState.CLEAN]
    reasons = dict(SweepTry.objects.values_list("key", "reason"))
    assert "không kết luận" in reasons[str(files[0].pk)]
    assert "không còn trong kho" in reasons[str(files[1].pk)]
    assert {row.key for row in tasks.WAITING.stuck(10)} == {str(file.pk) for file in files[:2]}


@pytest.mark.django_db
def test_sweep_without_scanner_configured_does_nothing():
    assert tasks.scan_waiting() == 0


@pytest.mark.skipif(shutil.which("clamd") is None, reason="clamd (Debian package clamav-daemon) is not installed")
def test_real_clamd_finds_eicar(tmp_path):
    base, socket_path = tmp_path / "db", tmp_path / "clamd.sock"
    base.mkdir()
    (base / "test.ndb").write_text(f"Eicar-Test:0:*:{samples.EICAR.hex()}\n")
    config = tmp_path / "clamd.conf"
    config.write_text(f"LocalSocket {socket_path}\nDatabaseDirectory {base}\nForeground yes\nOfficialDatabaseOnly no\n")
    process = subprocess.Popen(["clamd", "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _attempt in range(100):
            if socket_path.exists():
                break
            time.sleep(0.1)
        assert scanning.is_infected(io.BytesIO(samples.PDF), address=str(socket_path)) is False
        assert scanning.is_infected(io.BytesIO(samples.EICAR), address=str(socket_path)) is True
    finally:
        process.terminate()
        process.wait(10)
