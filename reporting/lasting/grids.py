"""Tables as these pages show them: figures that lead to their lists, what they mean beside them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from portal.templatetags.ui import number, percent
from reporting import few
from reporting.indicators.base import Text

FEWEST = few.SHARED.fewest


@dataclass(frozen=True, slots=True)
class GridColumn:
    """A column; figures stand at its right."""

    label: Text
    numeric: bool = True


@dataclass(frozen=True, slots=True)
class GridCell:
    """A figure or a word, where it leads, and what is said beside it; a verdict has its sign and colour too."""

    text: Text
    url: str = ""
    note: Text = ""
    tone: str = ""
    icon: str = ""


@dataclass(slots=True)
class Grid:
    """A table; the first cell of a row is its heading. `anchor` names it within the page."""

    anchor: str
    caption: str
    columns: Sequence[GridColumn]
    rows: list[list[GridCell]] = field(default_factory=list)
    note: str = ""


def counted(count: int, url: str) -> GridCell:
    """A number with its list; nought has none."""
    return GridCell(number(count), url if count else "")


def share(count: int, of: int, url: str) -> GridCell:
    """A number with its list and its share; too few have no share."""
    told = percent(Decimal(count) / of) if of >= FEWEST else ""
    return GridCell(number(count), url if count else "", told)
