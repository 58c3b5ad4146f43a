"""A list becomes a file: rows straight from a cursor of the database, a few thousand in memory at a time. Called by tasks.

A file that was begun is begun anew when its worker was killed; half of one is kept nowhere. The written file lies in clear
only where no name leads to it (a temporary file without one), and goes to the vault encrypted.
"""

import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import connection, transaction
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.errors import UserError
from portal.sheets import MARK, BookSheet, Cell, csv_lines, xlsx_book
from portal.sweeps import SWEEPS, RowSweep
from portal.templatetags.ui import moment
from portal.text import fold
from procedures.enums import Channel
from reporting import queries
from reporting.closed_rules import FACTS_NOW, FACTS_THEN
from reporting.enums import ExportForm, ExportState
from reporting.exports.lists import OpenedList, opened
from reporting.models import ListExport
from vault.services import erase, store_stream

KEPT = timedelta(days=7)
CHUNK = 5000
MIMES = {
    ExportForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportForm.CSV: "text/csv; charset=utf-8",
}
_FOLDERS = "list-export-"  # rows of a spreadsheet wait here for its end; what a killed worker left is swept
_NOT_YOURS = gettext_lazy("Người yêu cầu không còn quyền xem danh sách này.")


def make(export_id: int) -> bool:
    """Write the file of an order; False when it waits no more. Raises UserError when it is no longer its orderer's."""
    order = ListExport.objects.select_related("asked_by").filter(pk=export_id, state=ExportState.WAITING).first()
    if order is None:
        return False
    try:
        found = opened(order.address, order.asked_by)
    except Http404 as error:
        raise UserError(str(_NOT_YOURS)) from error
    with tempfile.TemporaryFile() as out:
        _WRITERS[ExportForm(order.form)](order, found, out)
        out.seek(0)
        return _finish(order, out)


@transaction.atomic
def _finish(order: ListExport, out: BinaryIO) -> bool:
    """Keep the file with its order, unless another worker was faster."""
    name = f"{fold(order.title).replace(' ', '-')[:80]}.{order.form}"
    file = store_stream(name=name, mime=MIMES[ExportForm(order.form)], stream=out)
    now = clock.now()
    waiting = ListExport.objects.filter(pk=order.pk, state=ExportState.WAITING)
    kept = waiting.update(file=file, state=ExportState.DONE, made_at=now, expires_at=now + KEPT)
    if not kept:
        erase(file_id=file.pk)
    return bool(kept)


def sweep() -> int:
    """Remove files whose days are over, and what killed workers left; gives how many files."""
    over = ListExport.objects.filter(state=ExportState.DONE, expires_at__lt=clock.now()).order_by("expires_at")
    swept = sum(_remove(pk) for pk in over.values_list("pk", flat=True)[:1000])
    for left in Path(tempfile.gettempdir()).glob(f"{_FOLDERS}*"):
        if time.time() - left.stat().st_mtime > timedelta(days=1).total_seconds():
            shutil.rmtree(left, ignore_errors=True)
    return swept


@transaction.atomic
def _remove(export_id: int) -> bool:
    row = ListExport.objects.filter(pk=export_id, state=ExportState.DONE)
    file_id = row.values_list("file_id", flat=True).first()
    if file_id is None or not row.update(file=None, state=ExportState.GONE):
        return False
    return erase(file_id=file_id)


# ── files ────────────────────────────────────────────────────────────────────────────────────────


def _xlsx(order: ListExport, found: OpenedList, out: BinaryIO) -> None:
    with tempfile.TemporaryDirectory(prefix=_FOLDERS) as folder:
        sheet = BookSheet(_("Danh sách"), _above(order, found), [_heads(found)], _counted(order, _rows(found)))
        xlsx_book([sheet], out=out, folder=folder)


def _csv(order: ListExport, found: OpenedList, out: BinaryIO) -> None:
    out.write(MARK.encode())
    above = [[line] for line in _above(order, found)]
    for lines in (csv_lines([*above, [], _heads(found)]), csv_lines(_counted(order, _rows(found)))):
        while piece := "".join(islice(lines, 1000)):
            out.write(piece.encode())


_WRITERS = {ExportForm.XLSX: _xlsx, ExportForm.CSV: _csv}


def _above(order: ListExport, found: OpenedList) -> list[str]:
    """What the list is of, as of when, from where."""
    made = _("Tạo lúc %(at)s từ %(address)s") % {
        "at": moment(clock.now()),
        "address": f"{settings.PUBLIC_URL}{order.address}",
    }
    return [found.title, found.stamp, made]


def _heads(found: OpenedList) -> list[str]:
    heads = [
        _("Mã hồ sơ"),
        _("Mã thủ tục"),
        _("Thủ tục"),
        _("Đơn vị"),
        _("Hình thức nộp"),
        _("Tiếp nhận"),
        _("Hẹn trả lần đầu"),
        _("Xử lý xong"),
    ]
    return [*heads, found.amount] if found.amount else heads


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────


def _counted(order: ListExport, rows: Iterable[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
    """The same rows; how many there were so far is seen by whoever waits."""
    done = 0
    for done, row in enumerate(rows, start=1):
        if done % CHUNK == 0:
            _tell(order, done)
        yield row
    _tell(order, done)


def _tell(order: ListExport, done: int) -> None:
    ListExport.objects.filter(pk=order.pk).update(rows_done=done)


def _rows(found: OpenedList) -> Iterator[list[Cell]]:
    """What the list's page shows of each dossier, as of the month's time, newest first."""
    channels = {channel.value: str(channel.label) for channel in Channel}
    named: dict[int, queries.NamedProcedure] = {}
    for chunk in _chunks(_told_sql(found), {**found.parameters, "run": found.run.pk, "until": found.run.counted_until}):
        missing = {row[2] for row in chunk} - named.keys()
        named |= queries.procedures_of(found.run, missing) if missing else {}
        for code, unit_id, procedure_id, channel, received, first_due, finished, amount in chunk:
            procedure, unit = named.get(procedure_id), found.units.get(unit_id)
            cells: list[Cell] = [
                code,
                procedure.code if procedure else None,
                procedure.name if procedure else None,
                unit.label if unit else None,
                channels.get(channel),
                received,
                first_due,
                finished,
            ]
            yield [*cells, amount] if found.amount else cells


def _told_sql(found: OpenedList) -> str:
    told = FACTS_THEN if found.run.frozen_at is not None else FACTS_NOW
    return f"""
        SELECT coalesce(d.code, '#' || l.dossier_id), l.unit_id, l.procedure_id, f.channel, f.received_day, f.first_due_day,
               CASE WHEN f.finished_at < %(until)s THEN f.finished_day END, l.amount
        FROM ({found.sql}) l
        LEFT JOIN (SELECT dossier_id, channel, received_day, first_due_day, finished_at, finished_day FROM {told}) f
               ON f.dossier_id = l.dossier_id
        LEFT JOIN dossiers_dossier d ON d.id = l.dossier_id
        ORDER BY l.dossier_id DESC"""  # noqa: S608  our own constants


def _chunks(sql: str, parameters: Mapping[str, Any]) -> Iterator[list[tuple[Any, ...]]]:
    """Rows of one statement from a cursor on the server."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, parameters)
        while chunk := cursor.fetchmany(CHUNK):
            yield chunk


ORDERED = RowSweep(
    code="list_exports",
    label=gettext_lazy("Xuất danh sách ra tệp"),
    row=gettext_lazy("danh sách"),
    task="reporting.tasks.make_exports",
    waiting=lambda: ListExport.objects.filter(state=ExportState.WAITING),
    serve=make,
    since="asked_at",
    names=("title",),
    claims=True,
)
SWEEPS.add(ORDERED)
