"""Sheets that somebody asked for: ordered, made piece by piece in a worker, removed after some days. Called by pages and tasks.

A sheet of one piece is an accessible PDF. A longer one is laid out piece by piece and its pages are put together without the
structure that readers of screens follow: the memory of a worker bounds what is laid out at once (docs/performance.md).
"""

import shutil
import tempfile
import time
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import OrgUnit, User
from dossiers.models.dossier import Dossier
from dossiers.models.sheet_order import SheetOrder
from dossiers.papers import SHEETS, Piece
from portal import clock
from portal.celery import enqueue
from portal.errors import UserError
from portal.models import SweepTry
from portal.pdf import html_to_pages, sheet_html
from portal.sweeps import SWEEPS, RowSweep
from portal.words import in_vietnamese
from vault import keeping
from vault.models import StoredFile
from vault.opening import join_pdfs
from vault.services import erase, store_stream

KEPT = timedelta(days=7)
FOLDERS = "ledger-sheet-"  # pieces wait here for their end
SECONDS = 150.0  # of one task; a piece takes some seconds more
LONGEST = 366  # days of one register: a year
MOST_WAITING = 5  # of one person
PDF = "application/pdf"


@transaction.atomic
def order(
    *,
    kind: str,
    by: User,
    dossier: Dossier | None = None,
    desk: OrgUnit | None = None,
    first: date | None = None,
    last: date | None = None,
) -> SheetOrder:
    """Write the order down and let a worker know; one that waits already is that one. Whether `by` may have it is the page's to ask."""
    words = {"kind": kind, "asked_by": by, "dossier": dossier, "desk": desk, "first": first, "last": last}
    waiting = SheetOrder.objects.filter(asked_by=by, made_at__isnull=True)
    again = waiting.filter(**words).first()
    if again is not None:
        if ORDERED.put_back([str(again.pk)]):  # it was set aside, or pauses: who asks anew has it tried anew
            enqueue("dossiers.tasks.make_sheet", order_id=again.pk)
        return again
    if first and last and not first <= last <= first + timedelta(days=LONGEST):
        raise UserError(_("Ngày cuối phải từ ngày đầu trở đi, nhiều nhất một năm."), field="last")
    if waiting.exclude(pk__in=_aside(by)).count() >= MOST_WAITING:
        raise UserError(_("Bạn đang có %(count)s bản chờ in; hãy đợi các bản ấy xong.") % {"count": MOST_WAITING})
    made = SheetOrder.objects.create(**words, asked_at=clock.now())
    enqueue("dossiers.tasks.make_sheet", order_id=made.pk)
    return made


def _aside(by: User) -> list[int]:
    """Orders of a person that could not be made and wait for nothing any more: they hold up no other."""
    keys = [str(pk) for pk in SheetOrder.objects.filter(asked_by=by, made_at__isnull=True).values_list("pk", flat=True)]
    aside = SweepTry.objects.filter(sweep=ORDERED.code, key__in=keys, aside_at__isnull=False)
    return [int(key) for key in aside.values_list("key", flat=True)]


def make(order_id: int, *, seconds: float = SECONDS) -> bool:
    """Make the file of an order; False when it waits no more, or when a long one is to go on in another task.

    Laid out outside of any transaction. What is laid out when the time is over is kept, and the next task goes on with it.
    """
    waiting = SheetOrder.objects.filter(pk=order_id, made_at__isnull=True)
    found = waiting.select_related(
        "dossier__revision",
        "dossier__owner",
        "dossier__procedure",
        "dossier__competent_unit",
        "dossier__receiving_unit",
        "dossier__department",
        "desk__parent",
        "part",
    ).first()
    if found is None:
        return False
    if found.part is not None and not keeping.is_there(found.part):
        return _begin_anew(found)
    with in_vietnamese(), tempfile.TemporaryDirectory(prefix=FOLDERS) as folder:
        written = write(found, Path(folder), until=time.monotonic() + seconds)
        with written.path.open("rb") as out:
            return _kept(found, out, written) if written.is_whole else _left(found, out, written)


@transaction.atomic
def _begin_anew(found: SheetOrder) -> bool:
    """What was laid out is lost (files restored from an earlier day): the sheet begins with its first piece again."""
    row = SheetOrder.objects.filter(pk=found.pk, made_at__isnull=True, pieces_done=found.pieces_done)
    if row.update(part=None, pieces_done=0, pages=None, rows=None):
        enqueue("dossiers.tasks.make_sheet", order_id=found.pk)
    return False


@dataclass(slots=True)
class Written:
    """How far a sheet is laid out."""

    rows: int
    pages: int
    pieces: int
    path: Path
    is_whole: bool = False


def write(found: SheetOrder, folder: Path, *, until: float | None = None) -> Written:
    """Lay the sheet out from where it was left, as files of a folder; at least one piece, then until the time is over."""
    pieces = islice(SHEETS[found.kind].pieces(found), found.pieces_done, None)
    written = Written(found.rows or 0, found.pages or 0, found.pieces_done, folder / "whole.pdf")
    piece: Piece | None = next(pieces, None)
    following = next(pieces, None)
    is_alone = found.part is None and following is None
    files = [_begun(found.part, folder)] if found.part is not None else []
    while piece is not None:
        # Names stand as people wrote them: a letter no font has is a box on a list for reading, and stops no list.
        pages_before = None if is_alone else written.pages
        pdf, pages = html_to_pages(_html(found, piece), proven=False, pages_before=pages_before)
        written.rows, written.pages, written.pieces = (
            written.rows + piece.rows,
            written.pages + pages,
            written.pieces + 1,
        )
        files.append(folder / f"{written.pieces}.pdf")
        files[-1].write_bytes(pdf)
        piece, following = following, next(pieces, None)
        if piece is not None and until is not None and time.monotonic() > until:
            break
    written.is_whole = piece is None
    if is_alone:
        written.path = files[0]
    else:
        join_pdfs(files, written.path)
    return written


def _html(found: SheetOrder, piece: Piece) -> str:
    edition = SHEETS[found.kind].edition_on(clock.local(found.asked_at).date())
    context = {**piece.context, "edition": edition, "kind": found.kind, "at": clock.local(found.asked_at)}
    return sheet_html(edition.template, context)


def _begun(part: StoredFile, folder: Path) -> Path:
    """What an earlier task laid out, as a file."""
    path = folder / "begun.pdf"
    with keeping.opened(part) as stream, path.open("wb") as out:
        shutil.copyfileobj(stream, out)
    return path


@transaction.atomic
def _kept(found: SheetOrder, out: BinaryIO, written: Written) -> bool:
    """Keep the file with its order, unless another worker was faster."""
    file = store_stream(name=f"{found.kind}-{_about(found)}.pdf", mime=PDF, stream=out)
    now = clock.now()
    kept = _move_on(found, written, file=file, part=None, made_at=now, expires_at=now + KEPT)
    if not kept:
        erase(file_id=file.pk)
    return kept


@transaction.atomic
def _left(found: SheetOrder, out: BinaryIO, written: Written) -> bool:
    """Keep what is laid out so far, and have somebody go on with it."""
    part = store_stream(name=f"{found.kind}-{_about(found)}-{written.pieces}.pdf", mime=PDF, stream=out)
    if _move_on(found, written, part=part):
        enqueue("dossiers.tasks.make_sheet", order_id=found.pk)
    else:
        erase(file_id=part.pk)
    return False


def _move_on(found: SheetOrder, written: Written, **changes: Any) -> bool:
    """Write how far it is, unless another worker was faster; the part before is of no use any more."""
    waiting = SheetOrder.objects.filter(pk=found.pk, made_at__isnull=True, pieces_done=found.pieces_done)
    done = {"rows": written.rows, "pages": written.pages, "pieces_done": written.pieces}
    if not waiting.update(**done, **changes):
        return False
    if found.part_id is not None:
        erase(file_id=found.part_id)
    return True


def _about(found: SheetOrder) -> str:
    if found.dossier is not None:
        return str(found.dossier)
    return f"{found.first:%y%m%d}-{found.last:%y%m%d}"


def sweep() -> int:
    """Remove files whose days are over; gives how many."""
    over = SheetOrder.objects.filter(file__isnull=False, expires_at__lt=clock.now()).order_by("expires_at")
    return sum(_removed(pk) for pk in over.values_list("pk", flat=True)[:1000])


@transaction.atomic
def _removed(order_id: int) -> bool:
    row = SheetOrder.objects.filter(pk=order_id, file__isnull=False)
    file_id = row.values_list("file_id", flat=True).first()
    if file_id is None or not row.update(file=None):
        return False
    return erase(file_id=file_id)


ORDERED = RowSweep(
    code="sheets",
    label=gettext_lazy("In sổ và phiếu từ sổ sự kiện"),
    row=gettext_lazy("bản in"),
    task="dossiers.tasks.make_sheets",
    waiting=lambda: SheetOrder.objects.filter(made_at__isnull=True),
    serve=make,
    since="asked_at",
    names=("kind",),
    claims=True,
)
SWEEPS.add(ORDERED)
