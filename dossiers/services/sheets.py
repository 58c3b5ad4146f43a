"""Hand-over sheets as their book knows them. Reads only."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers.bearers import Borne
from dossiers.models.handover import HandoverSheet
from dossiers.papers import Edition, PaperSize
from portal import clock

EDITIONS = (Edition(date.min, gettext_lazy("PHIẾU GIAO NHẬN"), "dossiers/print/handover_sheet.html", PaperSize.A4),)


def all_borne() -> Iterable[Borne]:
    """Every sheet with its number."""
    return (_borne(row) for row in HandoverSheet.objects.select_related("given_by").order_by("pk").iterator(2000))


def some_borne(book: str, year: int, numbers: range) -> Iterable[Borne]:
    """Sheets of a book's year with some numbers."""
    rows = HandoverSheet.objects.filter(book=book, book_year=year, book_number__in=numbers)
    return [_borne(row) for row in rows.select_related("given_by").order_by("book_number")]


def _borne(row: HandoverSheet) -> Borne:
    return Borne(
        book=row.book,
        year=row.book_year,
        number=row.book_number,
        text=row.number,
        paper=_("Phiếu giao nhận (đã rút)") if row.withdrawn_at else _("Phiếu giao nhận"),
        signer=row.given_by.full_name,
        at=row.given_at,
        bearer=f"hand-over sheet {row.pk}",
    )


def edition_of(sheet: HandoverSheet) -> Edition:
    """The edition of the printed sheet: the one in force on the day it was given. Its layout is ours."""
    day = clock.local(sheet.given_at).date()
    return max((one for one in EDITIONS if one.valid_from <= day), key=lambda one: one.valid_from)
