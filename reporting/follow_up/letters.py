"""What stands on a letter that reminds of a target, its book of numbers, and what is written before anybody writes.

The list attached is the list behind the missing number, of the closed month.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers import numbering
from dossiers.bearers import BEARERS, Bearers, Borne
from dossiers.papers import Book
from portal import clock
from portal.clock import Month
from portal.templatetags.ui import day, number
from reporting import boards
from reporting.enums import Part
from reporting.follow_up.queries import missed_by
from reporting.gap import Figure, conversions
from reporting.indicators import INDICATORS
from reporting.models import ClosedVerdict, ReminderLetter, Shortfall
from reporting.queries import Number

LISTED = 300  # dossiers of one indicator that are printed
LABEL = gettext_lazy("Văn bản nhắc thực hiện chỉ tiêu")


def _words(number_of: int, _year: int) -> str:
    return f"{number_of:02d}/UBND-NV"


BOOK = Book("figures_reminder", "UBND-NV", _words)


@dataclass(frozen=True, slots=True)
class Missed:
    """One missed target in words, with the number that is missing and the dossiers behind it."""

    label: str
    basis: str
    text: str
    figure: Figure
    target: str
    missing: int
    noun: str
    rest: str
    total: int
    rows: list[dict[str, Any]]

    @property
    def sentence(self) -> str:
        """The gap as the letter says it."""
        facts = {
            "label": self.label,
            "basis": self.basis,
            "text": self.text,
            "hits": number(self.figure.numerator),
            "whole": number(self.figure.denominator),
            "target": self.target,
            "missing": number(self.missing),
            "noun": self.noun,
        }
        said = _(
            "%(label)s %(basis)s: %(text)s (%(hits)s/%(whole)s), chỉ tiêu %(target)s, còn thiếu %(missing)s %(noun)s."
        )
        return said % facts


def missed_of(shortfall: Shortfall, *, listed: int = 0) -> list[Missed]:
    """What a unit missed, with the first `listed` of the dossiers that are no hits (of a limit: that are)."""
    return [_missed(shortfall, row, listed=listed) for row in missed_by(shortfall)]


def _missed(shortfall: Shortfall, row: ClosedVerdict, *, listed: int) -> Missed:
    declared, figure = INDICATORS[row.indicator], Figure(row.numerator, row.denominator)
    part = Part.NUMERATOR if declared.lower_is_better else Part.REST
    scope = (row.scope_kind, row.scope_id)
    behind = Number(run=shortfall.run, indicator=row.indicator, basis=row.basis, scope=scope, part=part)
    opens = not declared.key and not declared.of_whole
    return Missed(
        label=str(declared.label),
        basis=row.get_basis_display(),
        text=boards.reading(declared, figure),
        figure=figure,
        target=boards.ratio_text(row.value),
        missing=conversions(figure, row.value, is_limit=declared.lower_is_better),
        noun=str(declared.noun),
        rest=str(declared.numerator)
        if declared.lower_is_better
        else _("chưa phải %(what)s") % {"what": declared.numerator},
        total=behind.count() if opens else 0,
        rows=list(_listed(behind, listed)) if opens and listed else [],
    )


def _listed(behind: Number, most: int) -> Iterator[dict[str, Any]]:
    """The first dossiers of a list, page by page."""
    given, before = 0, None
    while given < most:
        rows, before = behind.dossiers(before)
        yield from rows[: most - given]
        given += len(rows)
        if before is None:
            return


def first_words(shortfall: Shortfall) -> tuple[str, str]:
    """Subject and body before anybody wrote any."""
    said = {"month": Month.of(shortfall.month).label, "unit": shortfall.unit.name, "day": day(shortfall.due_on)}
    lines = [
        _("Theo số liệu đã chốt tháng %(month)s, %(unit)s chưa đạt chỉ tiêu được giao như sau:") % said,
        *(f"- {one.sentence}" for one in missed_of(shortfall)),
        _(
            "Đề nghị người đứng đầu đơn vị chỉ đạo thực hiện các biện pháp để đạt chỉ tiêu, gửi giải trình trước hết ngày %(day)s."
        )
        % said,
    ]
    return _("nhắc thực hiện chỉ tiêu tháng %(month)s") % said, "\n".join(lines)


def context(letter: ReminderLetter) -> dict[str, Any]:
    """What stands on the sheet."""
    shortfall = letter.shortfall
    at = clock.local(letter.issued_at or clock.now())
    return {
        "letter": letter,
        "lines": [line for line in letter.words.splitlines() if line.strip()],
        "unit": shortfall.unit,
        "month": Month.of(shortfall.month),
        "at": at,
        "missed": missed_of(shortfall, listed=LISTED),
        "listed": LISTED,
    }


# ── its book ─────────────────────────────────────────────────────────────────────────────────────


def _borne(rows: QuerySet[ReminderLetter]) -> Iterator[Borne]:
    columns = ("book", "book_year", "book_number", "number", "signer_name", "issued_at", "pk")
    for book, year, given, text, signer, at, pk in rows.filter(book_number__isnull=False).values_list(*columns):
        yield Borne(book, year or 0, given or 0, text, str(LABEL), signer, at, f"reminder letter {pk}")


def _all() -> Iterable[Borne]:
    return _borne(ReminderLetter.objects.order_by("pk"))


def _some(book: str, year: int, numbers: range) -> Iterable[Borne]:
    return _borne(ReminderLetter.objects.filter(book=book, book_year=year, book_number__in=numbers))


BEARERS.add(Bearers(BOOK.kind, LABEL, BOOK, _all, _some))


def numbered(scope: str, year: int) -> dict[str, Any]:
    """The next number of an authority's book, as the columns of a letter."""
    return numbering.taken(BOOK, scope, year)
