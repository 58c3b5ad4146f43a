"""Two runs of encrypt_files, or of rewrap_files, on one file at once: each file once, and nothing left over."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction

from tests.vault import samples
from vault import content, encryption, integrity, keeping, services
from vault.models import StoredFile

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
HELD = 0.5  # seconds for which the first connection keeps its transaction open


def together(act):
    """Do it in a transaction that stays open a while, and again from a second connection; both answers."""
    done, free = threading.Event(), threading.Event()

    def holding():
        try:
            with transaction.atomic():
                answer = act()
                done.set()
                free.wait(HELD)
            return answer
        finally:
            done.set()
            connection.close()

    def following():
        try:
            assert done.wait(10)
            return act()
        finally:
            free.set()
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.submit(holding), pool.submit(following)
        return first.result(), second.result()


def test_a_file_is_encrypted_once():
    file = services.store_bytes(name="giấy.pdf", mime=content.PDF, content=samples.PDF)
    keeping.discard(file.key)
    old = default_storage.save(f"2026/01/{uuid.uuid4().hex}", ContentFile(samples.PDF))
    StoredFile.objects.update(key=old, wrapped_key=None, key_id="")
    assert together(lambda: services.encrypt(file_id=file.pk)) == (True, False)
    after = StoredFile.objects.get()
    integrity.checked(after).close()
    left = [place for place in Path(default_storage.path("")).rglob("*") if place.is_file()]
    assert left == [Path(default_storage.path(after.key))]


def test_a_key_is_wrapped_anew_once(settings):
    settings.FILE_KEYS = ["first"]
    services.store_bytes(name="giấy.pdf", mime=content.PDF, content=samples.PDF)
    settings.FILE_KEYS = ["second", "first"]
    answers = together(lambda: services.rewrap(after=None, size=10))
    assert [answer.changed for answer in answers] == [1, 0]
    settings.FILE_KEYS = ["second"]
    after = StoredFile.objects.get()
    assert after.key_id == encryption.newest_key_id()
    integrity.checked(after).close()
