"""Spreadsheets: XLSX and CSV written row by row in constant memory, safe against formulas in people's text.

Rows are any iterable of cells; text, numbers, days, aware moments and None are written as what they are. CSV is written for
people whose spreadsheet writes a comma before decimals: semicolons part cells (docs/adr/0030). For programs: `plain_csv`.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any, BinaryIO

import xlsxwriter
from django.utils.translation import gettext as _

from portal.clock import local


@dataclass(frozen=True, slots=True)
class ShownNumber:
    """A number as a page shows it: its value, how many decimals are shown, and its unit (`%`, `điểm`)."""

    value: Decimal
    places: int = 0
    unit: str = ""


@dataclass(slots=True)
class BookSheet:
    """One sheet of a book: lines above the table, its rows of headings, its rows."""

    title: str
    above: list[str]
    heads: Sequence[Sequence[str]]
    rows: Iterable[Sequence[Any]]


Cell = str | int | float | Decimal | ShownNumber | bool | date | datetime | None
MARK = "\ufeff"  # by which Excel knows UTF-8
SEPARATOR = ";"
# A cell that a spreadsheet would run instead of show; a leading quote makes it text again.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Text of digits that a spreadsheet would read as something else: a code loses its noughts, 9/2022 becomes a day.
_MISREAD = re.compile(r"0\d+|\d{12,}|\d[\d ]*[.,/-][\d.,/ -]*", re.ASCII)
_DAY = re.compile(r"\d{2}/\d{2}/\d{4}", re.ASCII)
_NOT_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))
_LONGEST_TITLE = 31
_MAX_TEXT = 32_767  # the most a cell of a spreadsheet holds
MAX_ROWS = 1_048_575  # rows of a sheet, less the heading
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}


def safe_text(value: str) -> str:
    """Put a quote before text that a spreadsheet would take for a formula; drop signs XML cannot hold."""
    value = "".join(sign for sign in value if sign >= " " or sign in "\t\r\n")
    return f"'{value}" if value.startswith(_DANGEROUS) else value


def stream_csv(headers: Sequence[Any], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield a CSV file for people line by line."""
    yield MARK + "".join(csv_lines([[str(header) for header in headers]]))
    yield from csv_lines(rows)


def csv_lines(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield lines of CSV for people; `MARK` stands before the first line of a file."""
    return _lines(rows, SEPARATOR, _csv_cell)


def plain_csv(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield a CSV file for programs (RFC 4180): commas, decimal points, days as 2022-09-30, no mark."""
    return _lines([headers, *rows], ",", _plain_cell)


def _lines(rows: Iterable[Sequence[Cell]], separator: str, said: Callable[[Cell], Any]) -> Iterator[str]:
    buffer = StringIO()
    writer = csv.writer(buffer, delimiter=separator)
    for row in rows:
        writer.writerow([said(cell) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def stream_xlsx(headers: Sequence[Any], rows: Iterable[Sequence[Cell]], *, title: str = "") -> BinaryIO:
    """Write an XLSX file, one row in memory at a time, and return it rewound.

    Raises ValueError when there are more rows than a sheet holds.
    """
    return xlsx_book([BookSheet(title or _("Số liệu"), [], [[str(header) for header in headers]], rows)])


def xlsx_book(sheets: Iterable[BookSheet], *, out: BinaryIO | None = None, folder: str | None = None) -> BinaryIO:
    """The same with several sheets, into `out` when it is given. Rows wait in `folder` until all are known."""
    out = out or BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS | {"tmpdir": folder}) as book:
        writer = _Writer(book)
        for sheet in sheets:
            writer.add(sheet)
    out.seek(0)
    return out


@dataclass(slots=True)
class _Writer:
    """Writes sheets into a book; formats are made once each."""

    book: Any
    formats: dict[str, Any] = field(default_factory=dict)
    titles: set[str] = field(default_factory=set)

    def add(self, sheet: BookSheet) -> None:
        """Write a sheet: what stands above, headings, rows."""
        written = self.book.add_worksheet(self._title(sheet.title))
        self._widths(written, sheet)
        first = len(sheet.above) + bool(sheet.above)
        for row, text in enumerate(sheet.above):
            written.write_string(row, 0, safe_text(text)[:_MAX_TEXT])
        for row, texts in enumerate(sheet.heads, start=first):
            for column, text in enumerate(texts):
                written.write_string(row, column, safe_text(text), self._head())
        first += len(sheet.heads)
        if not sheet.above:
            written.freeze_panes(first, 0)
        for row, cells in enumerate(sheet.rows, start=first):
            if row > MAX_ROWS:
                raise ValueError(f"A sheet holds {MAX_ROWS} rows; narrow the list or use CSV.")
            for column, cell in enumerate(cells):
                self._write(written, row, column, cell)

    @staticmethod
    def _widths(written: Any, sheet: BookSheet) -> None:
        for column, text in enumerate(sheet.heads[-1] if sheet.heads else ()):
            written.set_column(column, column, min(60, max(12, len(text) + 2)))

    def _title(self, wanted: str) -> str:
        """A title that a spreadsheet takes, and no other sheet has."""
        title = (wanted.translate(_NOT_IN_TITLES).strip("' ") or _("Số liệu"))[:_LONGEST_TITLE]
        number = 2
        while title.casefold() in self.titles:
            end = f" ({number})"
            title, number = f"{title[: _LONGEST_TITLE - len(end)]}{end}", number + 1
        self.titles.add(title.casefold())
        return title

    def _head(self) -> Any:
        return self._format("head", {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})

    def _format(self, name: str, properties: dict[str, Any]) -> Any:
        if name not in self.formats:
            self.formats[name] = self.book.add_format(properties)
        return self.formats[name]

    def _numbers(self, code: str) -> Any:
        return self._format(code, {"num_format": code})

    def _write(self, sheet: Any, row: int, column: int, cell: Cell) -> None:
        if cell is None:
            return
        if isinstance(cell, ShownNumber):
            sheet.write_number(row, column, cell.value, self._numbers(_code_of(cell)))
        elif isinstance(cell, bool):
            sheet.write_boolean(row, column, cell)
        elif isinstance(cell, int | float | Decimal):
            sheet.write_number(row, column, cell)
        elif isinstance(cell, datetime):
            sheet.write_datetime(row, column, _wall_clock(cell), self._numbers("dd/mm/yyyy hh:mm"))
        elif isinstance(cell, date):
            sheet.write_datetime(row, column, cell, self._numbers("dd/mm/yyyy"))
        else:
            sheet.write_string(row, column, safe_text(str(cell))[:_MAX_TEXT])


def _code_of(figure: ShownNumber) -> str:
    """How a spreadsheet shows a figure."""
    decimals = f".{'0' * figure.places}" if figure.places else ""
    if figure.unit == "%":
        return f"0{decimals}%"
    unit = figure.unit.replace('"', "")
    return f'#,##0{decimals}" {unit}"' if unit else f"#,##0{decimals}"


def _csv_cell(cell: Cell) -> str | int:
    if cell is None:
        return ""
    if isinstance(cell, int):
        return int(cell)
    if isinstance(cell, ShownNumber | float | Decimal):
        return _said(cell) if isinstance(cell, ShownNumber) else str(cell).replace(".", ",")
    if isinstance(cell, date):
        return _wall_clock(cell).strftime("%d/%m/%Y %H:%M") if isinstance(cell, datetime) else f"{cell:%d/%m/%Y}"
    text = safe_text(str(cell))
    return f"'{text}" if _MISREAD.fullmatch(text) and not _DAY.fullmatch(text) else text


def _said(figure: ShownNumber) -> str:
    value = figure.value * 100 if figure.unit == "%" else figure.value
    text = f"{value:.{figure.places}f}".replace(".", ",")
    return f"{text}%" if figure.unit == "%" else f"{text} {figure.unit}".strip()


def _plain_cell(cell: Cell) -> str | int:
    if isinstance(cell, bool) or cell is None:
        return {True: "true", False: "false", None: ""}[cell]
    if isinstance(cell, int):
        return cell
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, ShownNumber):
        return str(cell.value)
    return str(cell) if isinstance(cell, float | Decimal) else safe_text(str(cell))


def _wall_clock(moment: datetime) -> datetime:
    """Vietnam's clock without its zone: spreadsheets know none."""
    return local(moment).replace(tzinfo=None)
