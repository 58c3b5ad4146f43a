"""How stored bytes are encrypted: a key of its own for each file, wrapped by a master key of FILE_KEYS. Knows no rows.

Called by vault.keeping and vault.services alone. The format, and why it is so: docs/adr/0016-files-encrypted-at-rest.md.
"""

import hashlib
import io
import os
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from portal.errors import PortalError

MARK = b"MCF1"  # first bytes of an encrypted file: what it is, and the version of the format
PIECE = 64 * 1024  # plain bytes under one tag
TAG = 16
NONCE = 12
_SEALED = PIECE + TAG
_KEY = 32


class NoFileKeyError(PortalError):
    """FILE_KEYS holds no key to encrypt with, or not the one a file was encrypted under. Says nothing about its bytes."""


class DamagedFileError(PortalError):
    """The bytes are not those that were stored: changed, cut, put in another order, or of another file."""


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """The key of a file as its row keeps it: useless without the master key that `key_id` names."""

    key_id: str
    wrapped: bytes


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=4)
def _masters(secrets: tuple[str, ...]) -> Mapping[str, AESGCM]:
    return {_id_of(secret): AESGCM(_stretched(secret)) for secret in secrets}


def _id_of(secret: str) -> str:
    return hashlib.sha256(f"file key id\n{secret}".encode()).hexdigest()[:16]


def _stretched(secret: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY, salt=None, info=b"mot-cua file keys 1").derive(secret.encode())


def newest_key_id() -> str:
    """The id of the first of FILE_KEYS, which wraps. Raises NoFileKeyError when there is none."""
    known = _masters(tuple(settings.FILE_KEYS))
    if not known:
        raise NoFileKeyError("FILE_KEYS is empty")
    return next(iter(known))


def is_known(key_id: str) -> bool:
    """Tell whether FILE_KEYS holds the master key of this id."""
    return key_id in _masters(tuple(settings.FILE_KEYS))


def new_key(file_id: uuid.UUID) -> tuple[bytes, WrappedKey]:
    """A random key for one writing of one file, in clear and wrapped by the newest master key."""
    key = os.urandom(_KEY)
    return key, _wrap(key, file_id)


def unwrap(given: WrappedKey, file_id: uuid.UUID) -> bytes:
    """The key of a file. Raises NoFileKeyError, and DamagedFileError when this is not the key this file was given."""
    master = _masters(tuple(settings.FILE_KEYS)).get(given.key_id)
    if master is None:
        raise NoFileKeyError(f"FILE_KEYS holds no key {given.key_id}")
    try:
        return master.decrypt(given.wrapped[:NONCE], given.wrapped[NONCE:], _owner(given.key_id, file_id))
    except (InvalidTag, ValueError) as error:
        raise DamagedFileError(f"the wrapped key does not open under {given.key_id}") from error


def rewrap(given: WrappedKey, file_id: uuid.UUID) -> WrappedKey:
    """The same key under the newest master key. Raises as `unwrap`."""
    return _wrap(unwrap(given, file_id), file_id)


def _wrap(key: bytes, file_id: uuid.UUID) -> WrappedKey:
    key_id = newest_key_id()
    nonce = os.urandom(NONCE)
    master = _masters(tuple(settings.FILE_KEYS))[key_id]
    return WrappedKey(key_id, nonce + master.encrypt(nonce, key, _owner(key_id, file_id)))


def _owner(key_id: str, file_id: uuid.UUID) -> bytes:
    return b"key" + key_id.encode() + file_id.bytes


# ── bytes ────────────────────────────────────────────────────────────────────────────────────────


def encrypted(pieces: Iterable[bytes | memoryview], *, key: bytes, file_id: uuid.UUID) -> Iterator[bytes]:
    """What is written for these bytes. A key is used for one writing only: the nonces are the numbers of the pieces."""
    box, number, held = AESGCM(key), 0, bytearray()
    yield MARK
    for piece in pieces:
        held += piece
        while len(held) > PIECE:  # a full piece may still be the last
            yield box.encrypt(_nonce(number), bytes(held[:PIECE]), _place(file_id, number, is_last=False))
            del held[:PIECE]
            number += 1
    yield box.encrypt(_nonce(number), bytes(held), _place(file_id, number, is_last=True))


def decrypted(stream: BinaryIO, *, key: bytes, file_id: uuid.UUID) -> BinaryIO:
    """The plain bytes behind an open stream, which is closed with it; reading raises DamagedFileError."""
    return cast("BinaryIO", io.BufferedReader(_Plain(stream, key, file_id), PIECE))


def _nonce(number: int) -> bytes:
    return number.to_bytes(NONCE, "big")


def _place(file_id: uuid.UUID, number: int, *, is_last: bool) -> bytes:
    return MARK + file_id.bytes + number.to_bytes(8, "big") + bytes([is_last])


class _Plain(io.RawIOBase):
    """Decrypts the piece that is asked for and holds no other; may be read from any place."""

    def __init__(self, stream: BinaryIO, key: bytes, file_id: uuid.UUID) -> None:
        self._stream, self._box, self._file_id = stream, AESGCM(key), file_id
        body = stream.seek(0, os.SEEK_END) - len(MARK)
        stream.seek(0)
        self._count = max(1, -(-body // _SEALED))
        last = body - (self._count - 1) * _SEALED
        # Only an empty file ends in an empty piece: elsewhere it would never be asked for, and never be found wrong.
        if stream.read(len(MARK)) != MARK or last < TAG or (last == TAG and self._count > 1):
            raise DamagedFileError("not an encrypted file, or cut off")
        self._size = body - self._count * TAG
        self._at = 0
        self._held: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override] # a protocol in typeshed alone
        if self._at >= self._size:
            # An empty file is one empty piece with its tag, which must fit as well.
            return len(self._piece(0)) if self._size == 0 else 0
        number, offset = divmod(self._at, PIECE)
        given = self._piece(number)[offset : offset + len(buffer)]
        buffer[: len(given)] = given
        self._at += len(given)
        return len(given)

    def _piece(self, number: int) -> bytes:
        if self._held[0] != number:
            self._stream.seek(len(MARK) + number * _SEALED)
            self._held = (number, self._opened(number, self._stream.read(_SEALED)))
        return self._held[1]

    def _opened(self, number: int, sealed: bytes) -> bytes:
        place = _place(self._file_id, number, is_last=number == self._count - 1)
        try:
            return self._box.decrypt(_nonce(number), sealed, place)
        except (InvalidTag, ValueError) as error:
            raise DamagedFileError(f"piece {number} of {self._count} does not open") from error

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()
