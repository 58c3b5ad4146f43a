"""A paper's tables as a workbook, read off its finished sheet: PDF and XLSX hold the same numbers. Pure."""

from portal.sheets import BookSheet, xlsx_book
from portal.tables import read_page


def xlsx_of(html: str) -> bytes:
    """One sheet for each table of a paper, under the paper's heading and stamps."""
    page = read_page(html)
    above = [page.heading, *page.stamps]
    return xlsx_book(
        BookSheet(table.caption, [*above, table.caption], table.heads, table.rows)
        for table in page.tables
        if table.rows
    ).read()
