"""Outgoing papers: what the authority prints or issues about a dossier. One declaration for one paper, in dossiers.acts.

Number, title, circular, template and size are dated editions, so that a circular changes them from a day on. Asked by
the acts (which are called for, numbering), by documents (what stands on it) and by printing. Stored is the code alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

from portal.registry import Registry

if TYPE_CHECKING:
    from dossiers.models.dossier import Dossier
    from dossiers.models.event import DossierEvent
    from dossiers.models.result import PrintedForm
    from dossiers.models.sheet_order import SheetOrder

    ContextBuilder = Callable[[Dossier, DossierEvent], dict[str, Any]]


TT_01_2018 = "TT 01/2018/TT-VPCP"
TT_03_2025 = "TT 03/2025/TT-VPCP"
TT_03_2025_FROM = date(2025, 9, 15)


class PaperSize(StrEnum):
    """Sheets, by their class in the print style sheet."""

    A4 = "paper-a4"
    A5 = "paper-a5"
    A4_LANDSCAPE = "paper-a4-landscape"


class Signer(StrEnum):
    """Whose name stands under the paper."""

    ACTOR = "actor"  # who did the act: receives, refuses, guides
    APPROVER = "approver"  # who approved last


@dataclass(frozen=True, slots=True)
class Edition:
    """A paper as one circular has it, from a day on. `number` and `circular` are empty for papers of ours."""

    valid_from: date
    title: Promise
    template: str
    size: PaperSize
    number: str = ""
    circular: str = ""


@dataclass(frozen=True, slots=True)
class Book:
    """The year's book a paper takes its number from, and the sign after the number.

    `words`: how number and year are written, where it is not number, year, sign.
    """

    kind: str
    suffix: str
    words: Callable[[int, int], str] | None = None


@dataclass(frozen=True, slots=True)
class OutgoingPaper:
    """One kind of paper.

    `called_by`: codes of the events that call for it. `context` adds to what every paper shows (documents.context).
    `draft_kind`: the kind of draft (DraftKind) it grows from where papers are drafted before the act, '' when it is never
    drafted. `book` None: it bears no number. `qr_shows_due`: the due time stands in the QR code too. `follows_promise`:
    printed anew when an act changes the due time promised on it, so that the newest paper says what page and message say.
    `is_inside`: meant for the house, not given to the citizen. `is_of_writer`: numbered in the book of the unit that writes it,
    not of the authority whose dossier it is about.
    `on_made` is called once with the form when its file exists.
    """

    code: str
    label: Promise
    editions: tuple[Edition, ...]
    context: ContextBuilder
    signer: Signer
    called_by: tuple[str, ...]
    draft_kind: str = ""
    book: Book | None = None
    has_qr: bool = True
    qr_shows_due: bool = False
    follows_promise: bool = False
    is_inside: bool = False
    is_of_writer: bool = False
    on_made: Callable[[PrintedForm], None] | None = None

    def edition_on(self, day: date) -> Edition:
        """The edition in force on a day; LookupError before the first."""
        return _in_force(self.code, self.editions, day)


def _in_force(code: str, editions: tuple[Edition, ...], day: date) -> Edition:
    valid = [edition for edition in editions if edition.valid_from <= day]
    if not valid:
        raise LookupError(f"paper {code} has no edition on {day}")
    return max(valid, key=lambda edition: edition.valid_from)


PAPERS: Registry[OutgoingPaper] = Registry("outgoing paper")


@dataclass(frozen=True, slots=True)
class LedgerSheet:
    """A sheet made from the ledger whenever somebody asks: it bears no number and no act calls for it.

    `of_dossier`: it is about one dossier; else about what a desk received, sent on or got back from a day to a day.
    `pieces`: what its templates show, piece by piece, so that a long one is never held whole.
    """

    code: str
    label: Promise
    editions: tuple[Edition, ...]
    pieces: Callable[[SheetOrder], Iterator[Piece]]
    of_dossier: bool = False

    def edition_on(self, day: date) -> Edition:
        """The edition in force on a day."""
        return _in_force(self.code, self.editions, day)


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a sheet: how many rows it has, and what its template shows."""

    rows: int
    context: dict[str, Any]


SHEETS: Registry[LedgerSheet] = Registry("sheet")


def called_for(event: str) -> tuple[str, ...]:
    """Codes of the papers that an event calls for."""
    return tuple(paper.code for paper in PAPERS if event in paper.called_by)


def for_citizens() -> list[str]:
    """Codes of the papers that a citizen may read."""
    return [paper.code for paper in PAPERS if not paper.is_inside]


def of_both_circulars(number: str, title: Promise, template: str, size: PaperSize) -> tuple[Edition, Edition]:
    """Editions of a form that TT 01/2018 and TT 03/2025 number and name alike."""
    return (
        Edition(date.min, title, template, size, number, TT_01_2018),
        Edition(TT_03_2025_FROM, title, template, size, number, TT_03_2025),
    )
