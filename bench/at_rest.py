"""What encryption of stored files costs: one file written and read both ways, in turn. `python -m bench.at_rest`.

Needs no database; gives the median processor time of the thread in milliseconds.
"""

import hashlib
import os
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any, cast

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings_test")
os.environ.setdefault("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")
django.setup()

from django.conf import settings  # noqa: E402  settings first
from django.core.files.base import ContentFile  # noqa: E402
from django.core.files.storage import default_storage  # noqa: E402

from vault import integrity, keeping  # noqa: E402
from vault.models import StoredFile  # noqa: E402

SIZE = 10 * 1024 * 1024
ROUNDS = 15
PORTION = 64 * 1024
ID = uuid.UUID(int=1)
DATA = os.urandom(SIZE)
DIGEST = hashlib.sha256(DATA).hexdigest()


class Digested:
    """What storage was given before files were encrypted: bytes that are digested while they are written."""

    def chunks(self) -> Iterator[bytes]:
        """Give the bytes on."""
        digest = hashlib.sha256()
        for piece in ContentFile(DATA).chunks():
            digest.update(piece)
            yield piece


def plain() -> StoredFile:
    """Write as it was done before."""
    return StoredFile(id=ID, sha256=DIGEST, key=default_storage.save(uuid.uuid4().hex, cast("Any", Digested())))


def encrypted() -> StoredFile:
    """Write as it is done now."""
    kept = keeping.keep(ContentFile(DATA).chunks(), file_id=ID)
    file = StoredFile(id=ID, sha256=kept.sha256, key=kept.key, key_id=kept.wrapped.key_id)
    file.wrapped_key = kept.wrapped.wrapped
    return file


def read(file: StoredFile, door: Callable[[StoredFile], Any]) -> None:
    """Read to the end through `keeping.opened` (a worker) or `integrity.checked` (a page)."""
    with door(file) as stream:
        while stream.read(PORTION):
            pass


def main() -> None:
    """Measure and print."""
    times: dict[str, list[float]] = {}

    def spent(title: str, work: Callable[[], Any]) -> Any:
        began = time.thread_time()
        done = work()
        times.setdefault(title, []).append((time.thread_time() - began) * 1000)
        return done

    with tempfile.TemporaryDirectory() as folder:
        settings.PRIVATE_ROOT = folder
        for _round in range(ROUNDS):
            for way in (plain, encrypted):
                file = spent(f"write {way.__name__}", way)
                spent(f"read {way.__name__}", lambda: read(file, keeping.opened))  # noqa: B023  called at once
                spent(f"serve {way.__name__}", lambda: read(file, integrity.checked))  # noqa: B023  called at once
                default_storage.delete(file.key)
    for title, found in sorted(times.items()):
        print(f"{title:16} {statistics.median(found):6.1f} ms ({min(found):.1f} to {max(found):.1f})")


if __name__ == "__main__":
    main()
