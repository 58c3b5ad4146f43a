"""Sheets of targets as Vietnamese Excel writes them, read into rows: encodings, separators, headings in words, blank rows.

Called by the page of a plan. XLSX is read by the child that opens what people send; text is read here.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.errors import UserError
from portal.text import clean, fold
from reporting.enums import Basis
from reporting.target_rows import Point, Units, point_of
from reporting.targets import Change, compare
from vault.opening import read_sheet, refuse_too_large

MOST_ROWS = 500
HEADING_WITHIN = 20  # rows of titles above the headings
MOST_BYTES = 2 * 1024 * 1024
DELIMITERS = ";,\t|"
# Headings, folded, by column.
_HEADINGS: dict[str, tuple[str, ...]] = {
    "indicator": ("indicator", "chi so", "ma chi so", "ten chi so", "chi tieu giao"),
    "basis": ("basis", "cach tinh", "ky tinh"),
    "scope_kind": ("scope kind", "pham vi", "loai pham vi"),
    "unit_code": ("unit code", "ma don vi", "don vi", "ten don vi"),
    "month_end": ("month end", "den ngay", "den het ngay", "thoi diem", "moc", "ngay", "thang"),
    "percent": ("percent", "chi tieu", "ty le", "muc", "chi tieu phan tram", "ty le phan tram"),
    "derived": ("derived", "suy tu lo trinh", "suy ra"),
    "head": ("head", "nguoi chiu trach nhiem", "chiu trach nhiem", "thu truong"),
    "decision_number": ("decision number", "van ban giao", "so van ban", "van ban", "quyet dinh"),
    "decided_on": ("decided on", "ngay van ban", "ngay quyet dinh"),
    "issuer": ("issuer", "co quan giao"),
    "plan": ("plan", "ke hoach", "ten ke hoach"),
    "monitor": ("monitor", "co quan theo doi", "theo doi"),
}
_COLUMN_OF = {heading: column for column, headings in _HEADINGS.items() for heading in headings}
NEEDED = {
    "indicator": gettext_lazy("Chỉ số"),
    "month_end": gettext_lazy("Đến ngày"),
    "percent": gettext_lazy("Chỉ tiêu (%)"),
}
WHOSE = gettext_lazy("Đơn vị (hoặc Phạm vi)")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of a sheet: where it stands, what it says, its target beside that in force, or what is wrong with it."""

    number: int
    row: Mapping[str, str]
    change: Change | None = None
    problem: str = ""


def rows_of(upload: "UploadedFile[bytes]") -> list[tuple[int, dict[str, str]]]:
    """Rows of a sheet by the names of their columns, each with its number in the file. Raises UserError."""
    refuse_too_large(upload.size or 0)
    upload.seek(0)
    head = upload.read(4)
    upload.seek(0)
    if head.startswith(b"PK\x03\x04"):
        table = read_sheet(upload)
    elif head.startswith(b"\xd0\xcf\x11\xe0"):
        raise UserError(_("Đây là tệp Excel cũ (.xls). Hãy mở bằng Excel, chọn Lưu thành → XLSX rồi tải lên lại."))
    else:
        table = _table(_text(upload))
    return list(_named(table))


def read(rows: Iterable[tuple[int, Mapping[str, str]]], decision: Mapping[str, str], units: Units) -> list[SheetRow]:
    """Judge each row under the decision of the page; a row of another decision is told, twins too."""
    found: list[SheetRow] = []
    points: dict[int, Point] = {}
    seen: dict[tuple[object, ...], int] = {}
    for number, row in rows:
        try:
            _refuse_other_decision(row, decision)
            point = point_of({**row, **decision, "basis": row.get("basis") or Basis.CUMULATIVE.value}, units)
            _refuse_twin(seen.get(point.key))
        except ValueError as error:
            found.append(SheetRow(number, row, problem=str(error)))
            continue
        seen[point.key], points[number] = number, point
        found.append(SheetRow(number, point.as_row()))
    changes = dict(zip(points, compare(points.values()), strict=True))
    return [
        replace(one, change=changes[one.number], problem=changes[one.number].conflict) if one.number in changes else one
        for one in found
    ]


def _refuse_twin(first: int | None) -> None:
    if first is not None:
        raise ValueError(_("mốc này đã giao ở dòng %(number)s.") % {"number": first})


def _refuse_other_decision(row: Mapping[str, str], decision: Mapping[str, str]) -> None:
    said, wanted = row.get("decision_number", ""), decision["decision_number"]
    if said and fold(said) != fold(wanted):
        facts = {"said": said, "wanted": wanted}
        raise ValueError(_("dòng ghi văn bản %(said)s, bản này theo %(wanted)s; mỗi văn bản nhập một bản.") % facts)


# ── text ─────────────────────────────────────────────────────────────────────────────────────────


def _text(upload: "UploadedFile[bytes]") -> str:
    """Text of a CSV file in one of the encodings Excel writes."""
    data: bytes = upload.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise UserError(_("Tệp CSV quá 2 MB. Hãy chia thành nhiều tệp."))
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1258"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise UserError(_("Không đọc được bảng mã của tệp. Hãy mở bằng Excel, chọn Lưu thành → CSV UTF-8 hoặc XLSX."))


def _table(text: str) -> list[list[str]]:
    """Cells of a CSV; the separator is the one that cuts a line into the most known headings."""
    lines = text.splitlines()
    if lines and lines[0].lower().startswith("sep="):
        lines[0] = ""  # Excel's own note; rows keep their numbers
    best = max(DELIMITERS, key=lambda sign: _known(lines[:HEADING_WITHIN], sign))
    try:
        return [
            row
            for row, _place in zip(
                csv.reader(io.StringIO("\n".join(lines)), delimiter=best), range(MOST_ROWS + 1), strict=False
            )
        ]
    except csv.Error as error:
        raise UserError(
            _("Tệp không phải là CSV đọc được. Hãy lưu lại bằng Excel dạng CSV UTF-8 hoặc XLSX.")
        ) from error


def _known(lines: list[str], sign: str) -> int:
    return max((len(_columns(line.split(sign))) for line in lines), default=0)


# ── headings ─────────────────────────────────────────────────────────────────────────────────────


def _columns(cells: Iterable[Any]) -> dict[str, int]:
    """Which column stands where, by the heading; the first of two alike."""
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        column = _COLUMN_OF.get(fold(str(cell).strip('"').replace("%", " phan tram ")))
        if column is None:
            column = _COLUMN_OF.get(fold(str(cell).strip('"').split("(")[0]))
        if column is not None:
            found.setdefault(column, place)
    return found


def _named(table: list[list[str]]) -> Iterator[tuple[int, dict[str, str]]]:
    place = max(range(min(len(table), HEADING_WITHIN)), key=lambda one: len(_columns(table[one])), default=None)
    columns = _columns(table[place]) if place is not None else {}
    missing = [str(label) for name, label in NEEDED.items() if name not in columns]
    if "unit_code" not in columns and "scope_kind" not in columns:
        missing.append(str(WHOSE))
    if place is None or missing:
        raise UserError(
            _("Không thấy hàng tiêu đề có các cột: %(names)s. Hãy so với tệp mẫu rồi tải lên lại.")
            % {"names": ", ".join(missing)}
        )
    if len(table) > MOST_ROWS:
        raise UserError(_("Tệp có hơn 500 dòng. Hãy chia thành nhiều tệp, hoặc giao theo “mỗi phường, xã”."))
    for number, cells in enumerate(table[place + 1 :], start=place + 2):
        row = {name: clean(cells[at]) for name, at in columns.items() if at < len(cells)}
        if any(row.values()):
            yield number, row
