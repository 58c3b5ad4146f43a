"""Spreadsheets: XLSX and CSV written row by row in constant memory, safe against formulas in people's text.

Rows are any iterable of cells; text, numbers, days, aware moments and None are written as what they are.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from portal.clock import local

Cell = str | int | float | Decimal | bool | date | datetime | None
# A cell that a spreadsheet would run instead of show; a leading quote makes it text again.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
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
    """Yield a CSV file line by line, with the mark that makes Excel read UTF-8."""
    buffer = StringIO()
    writer = csv.writer(buffer)

    def line(cells: Iterable[Cell]) -> str:
        writer.writerow([_csv_cell(cell) for cell in cells])
        text = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return text

    yield "\ufeff" + line([str(header) for header in headers])
    for row in rows:
        yield line(row)


def stream_xlsx(headers: Sequence[Any], rows: Iterable[Sequence[Cell]], *, title: str = "") -> BytesIO:
    """Write an XLSX file, one row in memory at a time, and return it rewound.

    Raises ValueError when there are more rows than a sheet holds.
    """
    out = BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            "day": book.add_format({"num_format": "dd/mm/yyyy"}),
            "moment": book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
        }
        sheet = book.add_worksheet((title or _("Số liệu"))[:31])
        sheet.freeze_panes(1, 0)
        for column, header in enumerate(headers):
            text = safe_text(str(header))
            sheet.set_column(column, column, min(60, max(12, len(text) + 2)))
            sheet.write_string(0, column, text, formats["head"])
        for number, row in enumerate(rows, start=1):
            if number > MAX_ROWS:
                raise ValueError(f"A sheet holds {MAX_ROWS} rows; narrow the list or use CSV.")
            for column, cell in enumerate(row):
                _write(sheet, number, column, cell, formats)
    out.seek(0)
    return out


def _write(sheet: Any, row: int, column: int, cell: Cell, formats: dict[str, Any]) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, int | float | Decimal):
        sheet.write_number(row, column, cell)
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, column, _wall_clock(cell), formats["moment"])
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, formats["day"])
    else:
        sheet.write_string(row, column, safe_text(str(cell))[:_MAX_TEXT])


def _csv_cell(cell: Cell) -> str | int | float | Decimal:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, int | float | Decimal):
        return cell
    if isinstance(cell, datetime):
        return _wall_clock(cell).strftime("%d/%m/%Y %H:%M")
    if isinstance(cell, date):
        return cell.strftime("%d/%m/%Y")
    return safe_text(str(cell))


def _wall_clock(moment: datetime) -> datetime:
    """Vietnam's clock without its zone: spreadsheets know none."""
    return local(moment).replace(tzinfo=None)
