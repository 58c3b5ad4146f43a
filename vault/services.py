"""Verbs of the vault: store files, deposit papers with their owner, record scans, erase.

Knows files and owners, not dossiers.
"""

import errno
import hashlib
import uuid
from collections.abc import Iterator
from datetime import date
from typing import BinaryIO, cast

import structlog
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Party, User
from portal import clock, rows
from portal.celery import enqueue
from portal.errors import LimitError
from vault import content
from vault.enums import ItemKind, ScanState
from vault.models import StoredFile, VaultItem

log = structlog.get_logger(__name__)

STORAGE_FULL = gettext_lazy(
    "Kho tệp của hệ thống đang đầy nên chưa nhận được tệp. Nội dung đã điền vẫn được giữ; vui lòng tải lên lại sau."
)


class TooLargeError(LimitError):
    """A file, or all files together, are over the limit; views answer 413."""


class _Hashed(File):  # type: ignore[type-arg] # no argument at run time
    """A file that is digested while storage reads it, and read only once."""

    def __init__(self, file: "File[bytes]") -> None:
        super().__init__(file, name=file.name)
        self.digest = hashlib.sha256()
        self.count = 0

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Give the bytes on, counting and digesting them."""
        self.seek(0)
        while piece := self.read(chunk_size or self.DEFAULT_CHUNK_SIZE):
            self.digest.update(piece)
            self.count += len(piece)
            yield piece


@transaction.atomic
def store_upload(upload: "UploadedFile[bytes]", *, by: User) -> StoredFile:
    """Keep one file a person sent, under a random key, and have it scanned.

    Raises TooLargeError above UPLOAD_MAX_FILE, UserError for a type that is not accepted or a broken file.
    """
    refuse_too_large(upload.size or 0)
    mime = content.detect(cast("BinaryIO", upload.file), upload.name or "")
    name = content.clean_name(upload.name or "")
    try:
        file = _write(File(upload.file, name=upload.name), name=name, mime=mime, by=by)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        log.exception("storage.full")
        raise LimitError(STORAGE_FULL) from error
    if file.scan_state == ScanState.WAITING:
        enqueue("vault.tasks.scan_file", file_id=str(file.pk))
    return file


def refuse_too_large(size: int) -> None:
    """Raise TooLargeError when one file is over the limit."""
    if size > settings.UPLOAD_MAX_FILE:
        raise TooLargeError(
            _("Tệp nặng hơn %(limit)s MB. Hãy quét lại ở độ phân giải thấp hơn hoặc tách thành nhiều tệp.")
            % {"limit": settings.UPLOAD_MAX_FILE // (1024 * 1024)}
        )


@transaction.atomic
def store_bytes(*, name: str, mime: str, content: bytes) -> StoredFile:
    """Keep a paper the house made itself (printed forms, results); it needs no scan and never changes."""
    return _write(ContentFile(content, name=name), name=clean_display_name(name), mime=mime, by=None)


def clean_display_name(name: str) -> str:
    """Make a name safe to show and to send in a header."""
    return content.clean_name(name)


def _write(source: "File[bytes]", *, name: str, mime: str, by: User | None) -> StoredFile:
    hashed = _Hashed(source)
    identity = uuid.uuid4()
    key = default_storage.save(f"{clock.today():%Y/%m}/{identity.hex}", hashed)
    sent_state = ScanState.WAITING if settings.CLAMD else ScanState.NOT_SCANNED
    row = StoredFile(
        id=identity,
        key=key,
        name=name,
        mime=mime,
        size=hashed.count,
        sha256=hashed.digest.hexdigest(),
        scan_state=ScanState.CLEAN if by is None else sent_state,
        uploaded_by=by,
    )
    return rows.insert(row)


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
    transaction.on_commit(lambda: default_storage.delete(key))
    return True
