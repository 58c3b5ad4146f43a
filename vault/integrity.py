"""Whether stored bytes are still those that were stored: asked when a file is served, and in rounds by check_dossiers."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import BinaryIO

from portal import clock
from vault import keeping
from vault.encryption import DamagedFileError, NoFileKeyError
from vault.models import ByteRound, StoredFile

RUNS_A_ROUND = 30  # compared every night, each file is read at least once a month
LEAST = 2000
PAGE = 500
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
    ended_at: datetime | None = None
    wrong: list[tuple[str, FileFault]] = field(default_factory=list)
    without_key: Counter[str] = field(default_factory=Counter)  # files nothing is said about, by the id of their key


def checked(file: StoredFile) -> BinaryIO:
    """The plain bytes of a file, from their beginning, after all of them were read once and compared.

    Raises FileNotFoundError, NoFileKeyError, and DamagedFileError for bytes that are not those that were stored.
    """
    with ExitStack() as unless_whole:
        stream = unless_whole.enter_context(keeping.opened(file))
        if _digest(stream) != file.sha256:
            raise DamagedFileError("the digest differs")
        stream.seek(0)
        unless_whole.pop_all()
    return stream


def _digest(stream: BinaryIO) -> str:
    found = hashlib.sha256()
    while piece := stream.read(CHUNK):
        found.update(piece)
    return found.hexdigest()


def compare(*, everything: bool = False) -> Compared:
    """Compare the next part of all stored files with their digests, or all of them, and remember how far it came."""
    memory = ByteRound.objects.first() or ByteRound()
    total = StoredFile.objects.count()
    most = total if everything else max(LEAST, -(-total // RUNS_A_ROUND))
    result, last = Compared(0, total), None
    for file in islice(_from(None if everything else memory.after), most):
        _look(file, result)
        last = file.pk
    memory.after = None if everything else last
    if memory.after is None or not StoredFile.objects.filter(pk__gt=memory.after).exists():
        memory.after, memory.ended_at = None, clock.now()
    memory.save()
    result.ended_at = memory.ended_at
    return result


def _from(after: object) -> Iterator[StoredFile]:
    """Rows in the order of their keys, a page at a time: reading bytes takes long, so no transaction is held open."""
    rows = StoredFile.objects.order_by("pk")
    while page := list((rows.filter(pk__gt=after) if after else rows)[:PAGE]):
        yield from page
        after = page[-1].pk


def _look(file: StoredFile, result: Compared) -> None:
    try:
        checked(file).close()
    except NoFileKeyError:
        result.without_key[file.key_id] += 1
        return
    except DamagedFileError:
        result.wrong.append((str(file.pk), FileFault.CHANGED))
    except FileNotFoundError:
        if not StoredFile.objects.filter(pk=file.pk).exists():
            return  # erased since its row was read
        result.wrong.append((str(file.pk), FileFault.MISSING))
    result.files += 1
