"""Reads the first sheet of an Excel file into rows of text. Runs in the child.

What a cell shows is told as people would write it: days as 2026-12-31, shares as "45 %". A formula stays its text, never its
result: whoever reads the rows refuses it. Cells merged over a range all say what the range says.
"""

import io
import json
from datetime import date, datetime, time
from itertools import islice
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from vault.opener import office
from vault.opener.findings import ROWS, XLSX, FileFindings, NotTakenError, WhyNot

MAX_ROWS = 2_000
MAX_COLUMNS = 60
MAX_TEXT = 500  # signs of a cell that are told


def look(data: bytes) -> FileFindings:
    """Rows of the first sheet, as JSON. Raises NotTakenError."""
    if office.look(data).mime != XLSX:
        raise NotTakenError(WhyNot.UNKNOWN)
    try:
        book = load_workbook(io.BytesIO(data), data_only=False, keep_links=False)
    except (InvalidFileException, KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
        raise NotTakenError(WhyNot.BROKEN) from error
    sheet = next((one for one in book.worksheets if one.sheet_state == "visible"), None)
    if sheet is None:
        raise NotTakenError(WhyNot.NO_PAGE)
    if (sheet.max_row or 0) > MAX_ROWS or (sheet.max_column or 0) > MAX_COLUMNS:
        _refuse_if_full(sheet)
    rows = _rows(sheet)
    return FileFindings(ROWS, content=json.dumps(rows, ensure_ascii=False).encode())


def _refuse_if_full(sheet: Worksheet) -> None:
    """Excel counts rows that were only coloured; what counts is where something stands."""
    beyond = (
        cell.value is not None and (cell.row > MAX_ROWS or cell.column > MAX_COLUMNS)
        for row in sheet.iter_rows()
        for cell in row
    )
    if any(beyond):
        raise NotTakenError(WhyNot.TOO_HEAVY)


def _rows(sheet: Worksheet) -> list[list[str]]:
    rows = [[_text(cell) for cell in row] for row in islice(sheet.iter_rows(max_col=MAX_COLUMNS), MAX_ROWS)]
    for area in sheet.merged_cells.ranges:
        shown = rows[area.min_row - 1][area.min_col - 1] if area.min_row <= len(rows) else ""
        for row in rows[area.min_row - 1 : area.max_row]:
            row[area.min_col - 1 : area.max_col] = [shown] * len(row[area.min_col - 1 : area.max_col])
    return rows


def _text(cell: Cell) -> str:
    value: Any = cell.value
    if value is None or value is False:
        return ""
    if isinstance(value, datetime) and value.time() == time.min:
        value = value.date()
    if isinstance(value, date):  # moments among them
        return value.isoformat()
    if isinstance(value, int | float) and value is not True:
        return _number(value, is_share="%" in (cell.number_format or ""))
    if value is True:
        return "x"
    return (value if isinstance(value, str) else "=")[:MAX_TEXT]  # what is no text is a formula over many cells


def _number(value: float, *, is_share: bool) -> str:
    """Ten digits are what people see; the machine's own fractions beyond them are none."""
    shown = f"{value * 100 if is_share else value:.10g}"
    return f"{shown} %" if is_share else shown
