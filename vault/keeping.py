"""The one door to stored bytes: every write encrypts, every read decrypts. No other module opens the storage.

Called by the vault's services, tasks and views; other rooms store by vault.services and serve by vault.views.
"""

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, cast

from django.core.files.storage import default_storage

from portal import clock
from vault import encryption
from vault.encryption import DamagedFileError, WrappedKey
from vault.models import StoredFile
from vault.storage import PrivateStorage

Piece = bytes | memoryview


@dataclass(frozen=True, slots=True)
class KeptBytes:
    """What a row must remember of bytes that were written; size and digest are of the plain bytes."""

    key: str
    wrapped: WrappedKey
    size: int
    sha256: str


class _Encrypted:
    """What storage is given to write. It has no `read`: nothing that would write the plain bytes fits here."""

    def __init__(self, pieces: Iterable[Piece], key: bytes, file_id: uuid.UUID) -> None:
        self.digest, self.size = hashlib.sha256(), 0
        self._pieces = encryption.encrypted(self._counted(pieces), key=key, file_id=file_id)

    def chunks(self) -> Iterator[bytes]:
        return self._pieces

    def _counted(self, pieces: Iterable[Piece]) -> Iterator[Piece]:
        for piece in pieces:
            self.digest.update(piece)
            self.size += len(piece)
            yield piece


def keep(pieces: Iterable[Piece], *, file_id: uuid.UUID) -> KeptBytes:
    """Write bytes under a new random name and a new key. Raises NoFileKeyError, and OSError as storage does.

    What was written before a fault is removed again: a full disk must not be left fuller.
    """
    key, wrapped = encryption.new_key(file_id)
    content = _Encrypted(pieces, key, file_id)
    name = f"{clock.today():%Y/%m}/{uuid.uuid4().hex}"
    with ExitStack() as unless_whole:
        unless_whole.callback(_remove_half, name)
        name = default_storage.save(name, cast("Any", content))
        unless_whole.pop_all()
    return KeptBytes(name, wrapped, content.size, content.digest.hexdigest())


def _remove_half(name: str) -> None:
    with suppress(OSError):
        default_storage.delete(name)


def opened(file: StoredFile) -> BinaryIO:
    """The plain bytes of a file, read piece by piece.

    Raises FileNotFoundError, NoFileKeyError, and DamagedFileError here or while it is read.
    """
    try:
        return _opened(file)
    except FileNotFoundError:
        now = StoredFile.objects.filter(pk=file.pk).first()
        if now is None or now.key == file.key:
            raise
        return _opened(now)  # encrypted under a new name since its row was read


def is_there(file: StoredFile) -> bool:
    """Whether the store has the bytes of a file: it may have been restored to an earlier day than the rows."""
    key = StoredFile.objects.filter(pk=file.pk).values_list("key", flat=True).first()
    return key is not None and default_storage.exists(key)


def _opened(file: StoredFile) -> BinaryIO:
    wrapped = wrapped_key_of(file)
    if wrapped is None:
        return cast("BinaryIO", default_storage.open(file.key))
    key = encryption.unwrap(wrapped, file.pk)
    stream = cast("BinaryIO", default_storage.open(file.key))
    try:
        return encryption.decrypted(stream, key=key, file_id=file.pk)
    except DamagedFileError:
        stream.close()
        raise


def wrapped_key_of(file: StoredFile) -> WrappedKey | None:
    """The key of a file as its row keeps it; None for one stored before files were encrypted."""
    return None if file.wrapped_key is None else WrappedKey(file.key_id, bytes(file.wrapped_key))


def settle(key: str) -> None:
    """Come back when the bytes would outlive a loss of power."""
    cast("PrivateStorage", default_storage).settle(key)


def discard(key: str) -> None:
    """Remove bytes; those that are gone already are no fault."""
    default_storage.delete(key)


def remove_strays(months: Iterable[str], *, before: datetime) -> int:
    """Remove bytes in these folders that no row knows and that were written before a moment; gives how many."""
    old = [name for name in _strays(months) if default_storage.get_modified_time(name) < before]
    for name in old:
        discard(name)
    return len(old)


def remove_plain_copies() -> int:
    """Remove bytes that no row knows, lie in clear, and are what an encrypted file holds: a killed run left them."""
    removed = 0
    for name in _strays(_months()):
        with default_storage.open(name) as stream:
            digest = hashlib.file_digest(cast("Any", stream), "sha256").hexdigest()
        if StoredFile.objects.filter(sha256=digest, wrapped_key__isnull=False).exists():
            discard(name)
            removed += 1
    return removed


def _months() -> Iterator[str]:
    """The folders that hold stored bytes, one a month."""
    for year in default_storage.listdir("")[0] if default_storage.exists("") else ():
        yield from (f"{year}/{month}" for month in default_storage.listdir(year)[0])


def _strays(months: Iterable[str]) -> Iterator[str]:
    for month in months:
        if default_storage.exists(month):
            names = [f"{month}/{name}" for name in default_storage.listdir(month)[1]]
            known = set(StoredFile.objects.filter(key__startswith=f"{month}/").values_list("key", flat=True))
            yield from (name for name in names if name not in known)
