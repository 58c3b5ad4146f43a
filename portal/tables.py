"""Tables read off a finished page, so that what is downloaded is what was seen: same filter, same words, same numbers. Pure.

A page declares nothing besides its own tables. What is read: its heading, its stamps (`class="stamp"`) and every table with
its caption, but those marked `data-part` (one page of a longer list). A figure of a column of figures (`class="num"`) becomes
a number. What stands beside it in its cell gets a column of its own: an element with `data-also="name"`, the verdict
(`verdict`, `status`) and the note (`note`). A cell over several columns leaves the others empty.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser

from django.utils.translation import gettext as _

from portal.sheets import Cell, ShownNumber

_BLANKS = re.compile(r"\s+")
_FIGURE = re.compile(r"([+\-−]?)(0|[1-9]\d{0,2}(?:\.\d{3})+|[1-9]\d*)(?:,(\d+))?(?: ?(%|[^\W\d][\w /]*))?")
_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})", re.ASCII)
_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr", "path", "use", "circle", "line", "rect", "col"})
_UNREAD = frozenset({"svg", "script", "style", "template", "button", "select"})
_MOST_DIGITS = 15  # a spreadsheet forgets the digits after these


@dataclass(slots=True)
class PageTable:
    """A table: what it is called, its rows of headings, its rows."""

    caption: str
    heads: list[list[str]]
    rows: list[list[Cell]]


@dataclass(slots=True)
class ReadPage:
    """What a page says in tables, and of what and when it speaks."""

    heading: str
    stamps: list[str]
    tables: list[PageTable]


def read_page(html: str) -> ReadPage:
    """The tables of a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return ReadPage(
        _joined(reader.heading), [_joined(one) for one in reader.stamps], [_table(one) for one in reader.tables]
    )


def figure_of(text: str) -> ShownNumber | None:
    """`1.234`, `26,0 %`, `−3,5 điểm` as a number; None for anything else, and for codes: `007`, sixteen digits."""
    found = _FIGURE.fullmatch(text)
    if found is None or sum(sign.isdigit() for sign in text) > _MOST_DIGITS:
        return None
    sign, whole, decimals, unit = found[1], found[2].replace(".", ""), found[3] or "", found[4] or ""
    value = Decimal(f"{'' if sign in {'', '+'} else '-'}{whole}.{decimals or 0}")
    return ShownNumber(value / 100 if unit == "%" else value, len(decimals), unit)


# ── from signs to cells ──────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _RawCell:
    is_head: bool
    is_number: bool
    span: int
    words: list[str] = field(default_factory=list)
    beside: dict[str, list[str]] = field(default_factory=dict)  # column of its own → its words

    @property
    def text(self) -> str:
        return _joined(self.words)

    def text_beside(self, name: str) -> str:
        """What stands in a column of its own; the line of a fraction is dropped."""
        return _joined(self.beside.get(name, [])).strip("/ ")


@dataclass(slots=True)
class _RawTable:
    label: str
    caption: list[str] = field(default_factory=list)
    heads: list[list[_RawCell]] = field(default_factory=list)
    rows: list[list[_RawCell]] = field(default_factory=list)


class _Reader(HTMLParser):
    """Keeps which elements are open, and puts every word where the innermost of them wants it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.heading: list[str] = []
        self.stamps: list[list[str]] = []
        self.tables: list[_RawTable] = []
        self._open: list[tuple[str, list[str] | None]] = []  # element, where its words go
        self._table: _RawTable | None = None
        self._label = ""  # of the frame around a table that has no caption of its own
        self._unread = 0
        self._in_heads = False
        self._cell: _RawCell | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element; one without an end leaves a blank between words."""
        if tag in _VOID:
            self.handle_data(" ")
            return
        attributes = {name: value or "" for name, value in attrs}
        self._unread += tag in _UNREAD
        place = self._place(tag, attributes, frozenset(attributes.get("class", "").split()))
        self._open.append((tag, self._around() if place is None else place))

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and whatever was left open in it."""
        if not self._open or (self._open[-1][0] != tag and all(name != tag for name, _place in self._open)):
            return
        while self._open:
            name, _place = self._open.pop()
            self._unread -= name in _UNREAD
            self._left(name)
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        """Keep words where they belong; those of no table, heading or stamp are not read."""
        place = self._around()
        if place is not None and not self._unread:
            place.append(data)

    def _around(self) -> list[str] | None:
        """Where words go here; None: nowhere."""
        return self._open[-1][1] if self._open else None

    def _place(self, tag: str, attributes: dict[str, str], classes: frozenset[str]) -> list[str] | None:
        if tag == "h1":
            return self.heading
        if self._table is None:
            return self._outside(tag, attributes, classes)
        return self._inside(tag, attributes, classes)

    def _outside(self, tag: str, attributes: dict[str, str], classes: frozenset[str]) -> list[str] | None:
        if "stamp" in classes:
            self.stamps.append([])
            return self.stamps[-1]
        if "table-wrap" in classes:
            self._label = attributes.get("aria-label", "")
        if tag == "table" and "data-part" not in attributes:
            self._table = _RawTable(label=self._label)
            self.tables.append(self._table)
        return None

    def _inside(self, tag: str, attributes: dict[str, str], classes: frozenset[str]) -> list[str] | None:
        table = self._table
        if table is None:
            return None
        if tag == "caption":
            return table.caption
        if tag == "thead":
            self._in_heads = True
        elif tag == "tr":
            (table.heads if self._in_heads else table.rows).append([])
        elif tag in {"td", "th"}:
            return self._begin_cell(table, tag, attributes, classes)
        elif self._cell is not None:
            self._cell.words.append(" ")
            return self._beside(self._cell, attributes, classes)
        return None

    def _begin_cell(
        self, table: _RawTable, tag: str, attributes: dict[str, str], classes: frozenset[str]
    ) -> list[str] | None:
        rows = table.heads if self._in_heads else table.rows
        if not rows:
            return None
        span = attributes.get("colspan", "")
        self._cell = _RawCell(tag == "th", "num" in classes, int(span) if span.isdigit() else 1)
        rows[-1].append(self._cell)
        return self._cell.words

    @staticmethod
    def _beside(cell: _RawCell, attributes: dict[str, str], classes: frozenset[str]) -> list[str] | None:
        """Where words go that are no part of the figure: to a column of their own."""
        name = attributes.get("data-also", "")
        if not name and cell.is_number and not cell.is_head:
            name = _("đánh giá") if classes & {"verdict", "status"} else _("ghi chú") if "note" in classes else ""
        return cell.beside.setdefault(name, []) if name else None

    def _left(self, tag: str) -> None:
        if tag == "table":
            self._table = self._cell = None
        elif tag == "thead":
            self._in_heads = False
        elif tag in {"td", "th"}:
            self._cell = None


def _joined(words: list[str]) -> str:
    return _BLANKS.sub(" ", "".join(words)).replace(" ,", ",").strip()


# ── from cells to a table ────────────────────────────────────────────────────────────────────────


def _table(raw: _RawTable) -> PageTable:
    """Put cells into columns; what stood beside a figure into columns after its own."""
    width = max((sum(cell.span for cell in row) for row in [*raw.heads, *raw.rows]), default=0)
    extra: list[dict[str, None]] = [{} for _column in range(width)]
    for row in raw.rows:
        for place, cell in _placed(row):
            extra[place] |= dict.fromkeys(name for name in cell.beside if cell.text_beside(name))
    heads = [_head(row, extra, is_last=row is raw.heads[-1]) for row in raw.heads]
    return PageTable(_joined(raw.caption) or raw.label, heads, [_row(row, extra) for row in raw.rows])


def _placed(row: list[_RawCell]) -> list[tuple[int, _RawCell]]:
    placed, place = [], 0
    for cell in row:
        placed.append((place, cell))
        place += cell.span
    return placed


def _head(row: list[_RawCell], extra: list[dict[str, None]], *, is_last: bool) -> list[str]:
    texts = dict(_placed(row))
    found: list[str] = []
    for place, names in enumerate(extra):
        text = texts[place].text if place in texts else ""
        found += [text, *(f"{text}: {name}" if is_last else "" for name in names)]
    return found


def _row(row: list[_RawCell], extra: list[dict[str, None]]) -> list[Cell]:
    cells = dict(_placed(row))
    found: list[Cell] = []
    for place, names in enumerate(extra):
        cell = cells.get(place)
        found.append(_value(cell.text, is_number=cell.is_number) if cell else None)
        found += [_value(cell.text_beside(name), is_number=True) if cell else None for name in names]
    return found


def _value(text: str, *, is_number: bool) -> Cell:
    if not text:
        return None
    day = _DAY.fullmatch(text)
    if day:
        return _as_day(text, *(int(part) for part in day.groups()))
    return (figure_of(text) if is_number else None) or text


def _as_day(text: str, day: int, month: int, year: int) -> date | str:
    try:
        return date(year, month, day)
    except ValueError:
        return text
