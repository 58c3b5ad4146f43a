"""The format of encrypted bytes: whatever is done to them is found, and no more than one piece is held at a time."""

import io
import os
import tracemalloc
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault import encryption
from vault.encryption import MARK, PIECE, TAG, DamagedFileError, NoFileKeyError

pytestmark = pytest.mark.unit
ID = uuid.UUID(int=7)
KEY = bytes(range(32))
SEALED = PIECE + TAG
SIZES = [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 17]


def written(data: bytes, *, key=KEY, file_id=ID) -> bytes:
    return b"".join(encryption.encrypted([data], key=key, file_id=file_id))


def read(data: bytes, *, key=KEY, file_id=ID) -> bytes:
    with encryption.decrypted(io.BytesIO(data), key=key, file_id=file_id) as plain:
        return plain.read()


@pytest.mark.parametrize("size", SIZES)
def test_bytes_come_back(size):
    data = os.urandom(size)
    stored = written(data)
    assert len(stored) == len(MARK) + size + TAG * max(1, -(-size // PIECE))
    assert read(stored) == data
    assert size < 16 or data[:16] not in stored


@given(cuts=st.lists(st.integers(1, 100_000), max_size=8))
def test_it_does_not_matter_in_which_portions_bytes_come(cuts):
    data = bytes(200_000)
    portions, at = [], 0
    for cut in cuts:
        portions.append(data[at : at + cut])
        at += cut
    portions.append(data[at:])
    assert b"".join(encryption.encrypted(portions, key=KEY, file_id=ID)) == written(data)


@given(offset=st.integers(0, 3 * PIECE + 40), length=st.integers(0, 2 * PIECE))
def test_any_stretch_may_be_read(offset, length):
    data = (bytes(range(251)) * 800)[: 3 * PIECE + 17]
    with encryption.decrypted(io.BytesIO(written(data)), key=KEY, file_id=ID) as plain:
        plain.seek(offset)
        assert plain.read(length) == data[offset : offset + length]
        assert plain.seek(0, os.SEEK_END) == len(data)


@pytest.mark.parametrize("size", SIZES)
def test_every_changed_byte_is_found(size):
    stored = written(os.urandom(size))
    for place in {0, 3, 4, len(stored) // 2, len(stored) - 1}:
        changed = bytearray(stored)
        changed[place] ^= 1
        with pytest.raises(DamagedFileError):
            read(bytes(changed))


@pytest.mark.parametrize("size", SIZES)
def test_a_cut_file_is_found_wherever_it_was_cut(size):
    stored = written(os.urandom(size))
    cuts = {0, 3, len(MARK), len(MARK) + TAG - 1, len(stored) - 1, len(stored) - TAG, len(stored) // 2}
    cuts |= {len(MARK) + SEALED + more for more in (-1, 0, 1, TAG - 1, TAG, TAG + 1)}
    for cut in (cut for cut in cuts if 0 <= cut < len(stored)):
        with pytest.raises(DamagedFileError):
            read(stored[:cut])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("more", [1, TAG, SEALED])
def test_a_longer_file_is_found(size, more):
    with pytest.raises(DamagedFileError):
        read(written(os.urandom(size)) + bytes(more))


def test_pieces_in_another_order_or_left_out_are_found():
    stored = written(os.urandom(3 * PIECE))
    first, second, third = (stored[4 + n * SEALED : 4 + (n + 1) * SEALED] for n in range(3))
    for order in ([second, first, third], [first, third], [first, second, second], [second, third]):
        with pytest.raises(DamagedFileError):
            read(MARK + b"".join(order))


def test_another_key_or_another_file_opens_nothing():
    stored = written(b"Nguy\xe1\xbb\x85n V\xc4\x83n M\xe1\xba\xabu")
    for other in ({"key": bytes(32)}, {"file_id": uuid.UUID(int=8)}):
        with pytest.raises(DamagedFileError):
            read(stored, **other)


def test_memory_is_bounded_in_both_directions(tmp_path):
    size, path = 48 * 1024 * 1024, tmp_path / "large"
    tracemalloc.start()
    with path.open("wb") as out:
        for piece in encryption.encrypted((bytes(PIECE) for _ in range(size // PIECE)), key=KEY, file_id=ID):
            out.write(piece)
    found = 0
    with encryption.decrypted(path.open("rb"), key=KEY, file_id=ID) as plain:
        while piece := plain.read(256 * 1024):
            found += len(piece)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == size
    assert peak < 2 * 1024 * 1024


def test_closing_closes_what_lies_below():
    below = io.BytesIO(written(b"x"))
    encryption.decrypted(below, key=KEY, file_id=ID).close()
    assert below.closed


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_key_is_wrapped_by_the_first_and_opened_by_any(settings):
    settings.FILE_KEYS = ["old"]
    key, wrapped = encryption.new_key(ID)
    assert key not in wrapped.wrapped
    settings.FILE_KEYS = ["new", "old"]
    assert encryption.unwrap(wrapped, ID) == key
    again = encryption.rewrap(wrapped, ID)
    assert again.key_id == encryption.newest_key_id() != wrapped.key_id
    settings.FILE_KEYS = ["new"]
    assert encryption.unwrap(again, ID) == key
    with pytest.raises(NoFileKeyError):
        encryption.unwrap(wrapped, ID)


def test_a_wrapped_key_belongs_to_one_file_and_one_master(settings):
    settings.FILE_KEYS = ["one", "two"]
    _key, wrapped = encryption.new_key(ID)
    _key, theirs = encryption.new_key(uuid.UUID(int=8))
    settings.FILE_KEYS = ["two", "one"]
    other = encryption.WrappedKey(encryption.newest_key_id(), wrapped.wrapped)
    for wrong in (
        theirs,
        other,
        encryption.WrappedKey(wrapped.key_id, b""),
        encryption.WrappedKey(wrapped.key_id, b"x" * 60),
    ):
        with pytest.raises(DamagedFileError):
            encryption.unwrap(wrong, ID)


def test_two_writings_never_share_a_key():
    assert len({encryption.new_key(ID)[0] for _ in range(50)}) == 50


def test_without_a_master_key_nothing_is_encrypted(settings):
    settings.FILE_KEYS = []
    with pytest.raises(NoFileKeyError):
        encryption.new_key(ID)
