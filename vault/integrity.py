"""Whether stored bytes are still those that were stored: asked when a file is served, and in rounds by check_dossiers."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import BinaryIO

from django.core.files.storage import default_storage
from django.db import transaction

from portal import clock
from vault.models import ByteRound, StoredFile

RUNS_A_ROUND = 30  # compared every night, each file is read at least once a month
LEAST = 2000
CHUNK = 256 * 1024


class FileFault(StrEnum):
    """What is wrong with the bytes of a file."""

    CHANGED = "changed"
    MISSING = "missing"


@dataclass(slots=True)
class Compared:
    """What one run found. `ended_at`: when the last whole round ended."""

    files: int
    total: int
    ended_at: datetime | None
    wrong: list[tuple[str, FileFault]] = field(default_factory=list)


def is_unchanged(stream: BinaryIO, file: StoredFile) -> bool:
    """Read the bytes once and compare; the stream stands at its beginning afterwards."""
    found = hashlib.sha256()
    while piece := stream.read(CHUNK):
        found.update(piece)
    stream.seek(0)
    return found.hexdigest() == file.sha256


@transaction.atomic
def compare(*, everything: bool = False) -> Compared:
    """Compare the next part of all stored files with their digests, or all of them, and remember how far it came."""
    memory = ByteRound.objects.first() or ByteRound()
    rows = StoredFile.objects.order_by("pk")
    total = rows.count()
    if everything:
        part = list(rows)
    else:
        after = rows.filter(pk__gt=memory.after) if memory.after else rows
        part = list(after[: max(LEAST, -(-total // RUNS_A_ROUND))])
    memory.after = None if everything or not part else part[-1].pk
    if memory.after is None or not rows.filter(pk__gt=memory.after).exists():
        memory.after, memory.ended_at = None, clock.now()
    memory.save()
    return Compared(len(part), total, memory.ended_at, _wrong(part))


def _wrong(files: Iterable[StoredFile]) -> list[tuple[str, FileFault]]:
    found = []
    for file in files:
        try:
            with default_storage.open(file.key) as stream:
                if not is_unchanged(stream, file):
                    found.append((str(file.pk), FileFault.CHANGED))
        except FileNotFoundError:
            found.append((str(file.pk), FileFault.MISSING))
    return found
