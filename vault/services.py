"""Verbs of the vault: store files, deposit papers with their owner, record scans, erase, encrypt what is stored.

Knows files and owners, not dossiers.
"""

import errno
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import BinaryIO, cast

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy

from accounts.models import Party, User
from portal import clock, rows
from portal.celery import enqueue
from portal.errors import LimitError
from vault import content, encryption, integrity, keeping
from vault.encryption import DamagedFileError, NoFileKeyError, WrappedKey
from vault.enums import ItemKind, ScanState
from vault.models import StoredFile, VaultItem
from vault.opening import OpenedFile

log = structlog.get_logger(__name__)

STORAGE_FULL = gettext_lazy(
    "Kho tệp của hệ thống đang đầy nên chưa nhận được tệp. Nội dung đã điền vẫn được giữ; vui lòng tải lên lại sau."
)

NO_KEY = gettext_lazy(
    "Hệ thống đang thiếu khóa mã hóa nên chưa nhận được tệp. Nội dung đã điền vẫn được giữ; vui lòng tải lên lại sau."
)


@dataclass(slots=True)
class Rewrapped:
    """What became of one batch of keys; `last`: where the next begins, None when nothing was left."""

    last: uuid.UUID | None
    changed: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


@transaction.atomic
def store_upload(opened: OpenedFile, *, by: User) -> StoredFile:
    """Keep a file a person sent, under a random key, and have it scanned. Raises LimitError; then nothing is kept."""
    try:
        file = _write(_pieces(opened.content), name=opened.name, mime=opened.mime, by=by, opened=opened)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        log.exception("storage.full")
        raise LimitError(STORAGE_FULL) from error
    except NoFileKeyError as error:
        raise LimitError(NO_KEY) from error
    if file.scan_state == ScanState.WAITING:
        enqueue("vault.tasks.scan_file", file_id=str(file.pk))
    return file


@transaction.atomic
def store_bytes(*, name: str, mime: str, content: bytes) -> StoredFile:
    """Keep a paper the house made itself (printed forms, results); it needs no scan and never changes."""
    return _write(_pieces(content), name=clean_display_name(name), mime=mime, by=None)


@transaction.atomic
def store_stream(*, name: str, mime: str, stream: BinaryIO) -> StoredFile:
    """The same for a file too large to be held in memory, read from where the stream stands."""
    return _write(iter(partial(stream.read, encryption.PIECE), b""), name=clean_display_name(name), mime=mime, by=None)


def clean_display_name(name: str) -> str:
    """Make a name safe to show and to send in a header."""
    return content.clean_name(name)


def _write(
    pieces: Iterable[keeping.Piece], *, name: str, mime: str, by: User | None, opened: OpenedFile | None = None
) -> StoredFile:
    identity = uuid.uuid4()
    try:
        kept = keeping.keep(pieces, file_id=identity)
    except NoFileKeyError:
        log.exception("file.no_key")
        raise
    sent_state = ScanState.WAITING if settings.CLAMD else ScanState.NOT_SCANNED
    row = StoredFile(
        id=identity,
        key=kept.key,
        name=name,
        mime=mime,
        size=kept.size,
        sha256=kept.sha256,
        wrapped_key=kept.wrapped.wrapped,
        key_id=kept.wrapped.key_id,
        scan_state=ScanState.CLEAN if by is None else sent_state,
        uploaded_by=by,
    )
    rows.insert(row)
    if opened is not None and (opened.remarks or opened.sent_sha256 != kept.sha256):
        row.remarks = list(opened.remarks)
        row.sent_sha256 = opened.sent_sha256 if opened.sent_sha256 != kept.sha256 else ""
        rows.update(row, ("remarks", "sent_sha256"))  # columns the database fills are left out of an insert
    return row


def _pieces(data: bytes) -> Iterator[memoryview]:
    whole = memoryview(data)
    return (whole[place : place + encryption.PIECE] for place in range(0, len(data), encryption.PIECE))


@transaction.atomic
def deposit(
    *,
    owner: Party,
    file: StoredFile,
    kind: ItemKind,
    paper_kind: str,
    title: str,
    issued_on: date,
    number: str = "",
    issuer: str = "",
    expires_on: date | None = None,
    source_code: str = "",
) -> VaultItem:
    """Put a paper into its owner's vault; the same file comes in once, however often it is asked."""
    item, _created = VaultItem.objects.get_or_create(
        owner=owner,
        file=file,
        defaults={
            "kind": kind,
            "paper_kind": paper_kind,
            "title": title[:500],
            "number": number,
            "issuer": issuer[:200],
            "issued_on": issued_on,
            "expires_on": expires_on,
            "source_code": source_code,
        },
    )
    return item


@transaction.atomic
def record_scan(*, file_id: uuid.UUID | str, infected: bool) -> bool:
    """Write down what the scanner said; False when somebody already did."""
    state = ScanState.INFECTED if infected else ScanState.CLEAN
    waiting = StoredFile.objects.filter(pk=file_id, scan_state=ScanState.WAITING)
    return bool(waiting.update(scan_state=state, scanned_at=clock.now(), updated_at=clock.now()))


@transaction.atomic
def erase(*, file_id: uuid.UUID | str) -> bool:
    """Erase a file that nothing refers to, row and bytes; False (and untouched) when something does."""
    file = StoredFile.objects.select_for_update(of=("self",)).filter(pk=file_id).first()
    if file is None:
        return False
    key = file.key
    try:
        with transaction.atomic():
            file.delete()
    except ProtectedError:
        return False
    transaction.on_commit(lambda: keeping.discard(key))
    return True


# ── encryption of what is stored ─────────────────────────────────────────────────────────────────


def encrypt(*, file_id: uuid.UUID | str) -> bool:
    """Encrypt a file that was stored before files were; False when it is gone, or another run was faster.

    The new bytes are written under a new name and read back before the row is switched in a short transaction; the old
    ones go when that is committed. Raises DamagedFileError and FileNotFoundError, and leaves such a file as it is.
    """
    file = StoredFile.objects.filter(pk=file_id, wrapped_key__isnull=True).first()
    if file is None:
        return False
    with integrity.checked(file) as stream:
        kept = keeping.keep(iter(partial(stream.read, integrity.CHUNK), b""), file_id=file.pk)
    keeping.settle(kept.key)
    copy = StoredFile(id=file.pk, sha256=file.sha256)
    copy.key, copy.wrapped_key, copy.key_id = kept.key, kept.wrapped.wrapped, kept.wrapped.key_id
    integrity.checked(copy).close()
    is_switched = _switch(copy, old_key=file.key)
    if not is_switched:
        keeping.discard(copy.key)
    return is_switched


@transaction.atomic
def _switch(copy: StoredFile, *, old_key: str) -> bool:
    waiting = StoredFile.objects.select_for_update(of=("self",)).filter(pk=copy.pk, wrapped_key__isnull=True)
    if waiting.filter(key=old_key).first() is None:
        return False
    rows.update(copy, ("key", "wrapped_key", "key_id"))
    transaction.on_commit(lambda: keeping.discard(old_key))
    return True


@transaction.atomic
def rewrap(*, after: uuid.UUID | None, size: int) -> Rewrapped:
    """Wrap the keys of the next files under the newest master key; no bytes are touched. `after`: the last file seen."""
    newest = encryption.newest_key_id()
    old = StoredFile.objects.select_for_update(of=("self",)).filter(wrapped_key__isnull=False).exclude(key_id=newest)
    page = list((old.filter(pk__gt=after) if after else old).order_by("pk")[:size])
    done = Rewrapped(last=page[-1].pk if page else None)
    for file in page:
        given = cast("WrappedKey", keeping.wrapped_key_of(file))
        try:
            fresh = encryption.rewrap(given, file.pk)
        except (NoFileKeyError, DamagedFileError) as error:
            done.refused.append((str(file.pk), str(error)))
            continue
        file.wrapped_key, file.key_id = fresh.wrapped, fresh.key_id
        rows.update(file, ("wrapped_key", "key_id"))
        done.changed += 1
    return done
