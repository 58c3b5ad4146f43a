"""Books whose papers are about no dossier: the room that writes them declares here who bears their numbers.

Their numbers come from the same counters (dossiers.numbering); the pages of books and the proof of numbers ask here.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from dossiers.papers import Book
from portal.registry import Registry


@dataclass(frozen=True, slots=True)
class Borne:
    """One number of a book and the paper that bears it; `book`: the name of the book (dossiers.numbering.book_name)."""

    book: str
    year: int
    number: int
    text: str
    paper: str
    signer: str
    at: datetime | None
    bearer: str  # in the lines for operators


@dataclass(frozen=True, slots=True)
class Bearers:
    """The papers of one book: `all` of them, or those of a book's year with some numbers."""

    code: str  # the kind of the book
    label: Promise
    book: Book
    all: Callable[[], Iterable[Borne]]
    some: Callable[[str, int, range], Iterable[Borne]]


BEARERS: Registry[Bearers] = Registry("bearers of numbers")
