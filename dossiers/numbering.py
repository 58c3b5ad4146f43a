"""Official numbers: one upsert on a counter row, taken last in the transaction so that a hot unit waits least."""

from datetime import date
from typing import Any

from django.db import connection

from accounts.models import OrgUnit
from dossiers.models.counter import Counter
from dossiers.papers import Book


def next_number(scope: str, kind: str, period: str) -> int:
    """Give the next number of (scope, kind, period), gapless: a rolled-back act gives its number back."""
    table = connection.ops.quote_name(Counter._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS c (scope, kind, period, last) VALUES (%s, %s, %s, 1) "  # noqa: S608  our own table name
            "ON CONFLICT (scope, kind, period) DO UPDATE SET last = c.last + 1 RETURNING last",
            [scope, kind, period],
        )
        return int(cursor.fetchone()[0])


def dossier_code(authority_code: str, day: date) -> str:
    """Mã hồ sơ: agency code, day of reception, order of that day (TT 01/2018 Art. 19, QĐ 20/2020).

    Padded to at least four digits and never cut: number 10,000 has five.
    """
    number = next_number(authority_code, "dossier", f"{day:%y%m%d}")
    return f"{authority_code}-{day:%y%m%d}-{number:04d}"


def taken(book: Book | None, scope: str, year: int) -> dict[str, Any]:
    """The next number of an authority's book of the year, as the columns of what bears it; nothing without a book."""
    if book is None:
        return {}
    number = next_number(scope, book.kind, str(year))
    columns = {"book": book_name(book.kind, scope), "book_year": year, "book_number": number}
    return {**columns, "number": written(book, number, year)}


def scope_of(unit: OrgUnit | None) -> str:
    """The code of the authority in whose books a unit's own papers stand: the nearest above it that has one."""
    while unit is not None and not unit.authority_code:
        unit = unit.parent
    return unit.authority_code if unit is not None else ""


def written(book: Book, number: int, year: int) -> str:
    """A number as it stands on a paper: `07/2026/HDHS`; single digits have a zero before them (NĐ 30/2020)."""
    return book.words(number, year) if book.words is not None else f"{number:02d}/{year}/{book.suffix}"


def book_name(kind: str, scope: str) -> str:
    """The name under which drafts know a book: its kind in one authority."""
    return f"{kind}:{scope}"


def book_of(name: str) -> tuple[str, str]:
    """Kind and authority of a book's name."""
    kind, _colon, scope = name.partition(":")
    return kind, scope
