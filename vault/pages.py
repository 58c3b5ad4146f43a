"""Pages of stored files as pictures: asked for by who looks at a file, drawn by a worker in the guarded child, kept encrypted.

None is drawn before the virus scan allows the file to be opened. Drawing may be broken off and begun again: pages that are
there stay, the next run goes on behind them. Pictures go with their file: rows at once, bytes with the sweep of orphans.
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from portal import clock
from portal.celery import enqueue
from portal.errors import UserError
from vault import integrity, opening, services
from vault.encryption import DamagedFileError, NoFileKeyError
from vault.enums import ScanState
from vault.models import FilePages, PagePicture, StoredFile
from vault.opener.findings import JPEG, PDF, PNG, NotTakenError
from vault.queries import may_open

MOST = 60  # pages that are drawn of one file; who needs more opens the file itself
DRAWABLE = frozenset({PDF, JPEG, PNG})
UNREADABLE = gettext_lazy(
    "Tệp trong kho không đọc được (mất tệp, sai nội dung hoặc thiếu khóa) nên chưa dựng được trang."
)


def is_drawable(file: StoredFile) -> bool:
    """Whether a file has pages that can be shown as pictures."""
    return file.mime in DRAWABLE


@transaction.atomic
def ask(files: Iterable[StoredFile]) -> None:
    """Have the pages of files drawn that may be opened and were not asked for; asking twice asks once."""
    wanted = [file for file in files if is_drawable(file) and may_open(file, own=False)]
    known = set(FilePages.objects.filter(pk__in=[file.pk for file in wanted]).values_list("pk", flat=True))
    fresh = [FilePages(source=file, asked_at=clock.now()) for file in wanted if file.pk not in known]
    FilePages.objects.bulk_create(fresh, ignore_conflicts=True)
    for row in fresh:
        enqueue("vault.tasks.draw_pages", file_id=str(row.pk))


def waiting() -> QuerySet[FilePages]:
    """Files whose pages are still to be drawn, and may be."""
    return FilePages.objects.filter(drawn_at=None, source__scan_state__in=[ScanState.CLEAN, ScanState.NOT_SCANNED])


def draw(file_id: Any) -> bool:
    """Draw the pages of one file that are not there yet; False when nobody waits for them.

    A file that cannot be drawn is done with, and why is kept. Raises UserError for bytes that cannot be read, LimitError when
    no child could be had: both are tried again.
    """
    row = waiting().filter(pk=file_id).select_related("source").first()
    if row is None:
        return False
    data = _read(row.source)
    number, count = row.pictures.count(), row.count
    while count is None or number < min(count, MOST):
        try:
            page = opening.draw_page(data, number)
        except NotTakenError as error:
            if count is None:
                return _done(row, count=0, refused=error.reason)
            PagePicture.objects.get_or_create(pages=row, number=number + 1)  # this page only: the next may do
        else:
            count = page.pages
            _keep(row, number + 1, page)
        number += 1
    return _done(row, count=count)


def _read(file: StoredFile) -> bytes:
    try:
        with integrity.checked(file) as stream:
            return stream.read()
    except (FileNotFoundError, DamagedFileError, NoFileKeyError) as error:
        raise UserError(UNREADABLE) from error


@transaction.atomic
def _keep(row: FilePages, number: int, page: opening.DrawnPage) -> None:
    if row.pictures.filter(number=number).exists():
        return
    picture = services.store_bytes(name=f"{number}.jpg", mime=JPEG, content=page.picture)
    small = services.store_bytes(name=f"{number}-small.jpg", mime=JPEG, content=page.small)
    PagePicture.objects.create(pages=row, number=number, picture=picture, small=small)
    if row.count is None:
        row.count = page.pages
        row.save(update_fields=["count"])


def _done(row: FilePages, *, count: int, refused: str = "") -> bool:
    FilePages.objects.filter(pk=row.pk).update(drawn_at=clock.now(), count=count, refused=refused)
    return True
