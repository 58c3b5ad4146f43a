"""Points of the index that others published, counted again from their numerators and denominators. Pure.

A row of a file holds one item (`metric`, `numerator`, `denominator`), the progress of a unit (`total_received`, `total_on_time`,
`total_overdue`), or several items side by side, each as two columns that an item's `names` tells (`a/b`); then the points are
those of all of them. The project's own copy of published rows is reporting/data/index_766_published.json.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.utils.translation import gettext as _

from reporting.index.items import IndexItem, IndexVersion
from reporting.index.rule import points, progress, total
from reporting.index.tables import Row, key, points_of, rows_of, whole

FILE = Path(__file__).parent.parent / "data" / "index_766_published.json"
PROGRESS = "2.1"


@dataclass(frozen=True, slots=True)
class PublishedPart:
    """The fraction of one item."""

    item: IndexItem
    numerator: int
    denominator: int

    @property
    def points(self) -> Decimal:
        """What it gives."""
        return points(self.item, self.numerator, self.denominator)


@dataclass(frozen=True, slots=True)
class Published:
    """What was published of a unit: parts, and the points they gave together; None when only the parts are known."""

    code: str
    name: str
    parts: tuple[PublishedPart, ...]
    told: Decimal | None

    @property
    def points(self) -> Decimal:
        """What the rule gives."""
        return total(part.points for part in self.parts)

    @property
    def agrees(self) -> bool:
        """Whether the rule gives what was published."""
        return self.told is None or self.told == self.points


def kept(version: IndexVersion) -> list[Published]:
    """The project's own copy of published rows."""
    told = json.loads(FILE.read_text(encoding="utf-8"))
    rows = [
        Published(code, name, (_progress(version, received, on_time, overdue),), Decimal(score))
        for code, name, received, on_time, overdue, score in told["progress"]
    ]
    for code, name, metric, numerator, denominator, score in told["digitised"]:
        item = _found(version, metric)
        rows.append(Published(code, name, (PublishedPart(item, numerator, denominator),), Decimal(score)))
    return rows


def read(text: str, version: IndexVersion) -> tuple[list[Published], list[str]]:
    """Read a CSV; gives its rows and one sentence for each that cannot be understood."""
    found, problems = [], []
    for where, row in rows_of(text):
        try:
            found.append(_published(row, version))
        except ValueError as error:
            problems.append(f"{where}: {error}")
    return found, problems


def differing(rows: Iterable[Published]) -> list[Published]:
    """Rows whose published points are not what the rule gives."""
    return [row for row in rows if not row.agrees]


def _published(row: Row, version: IndexVersion) -> Published:
    told = next((row[name] for name in ("score", "totalscore", "diem") if row.get(name)), "")
    parts = tuple(_parts(row, version))
    if not parts:
        raise ValueError(_("không có chỉ tiêu nào với tử số và mẫu số."))
    return Published(row.get("code", ""), row.get("name", ""), parts, points_of(told))


def _parts(row: Row, version: IndexVersion) -> Iterator[PublishedPart]:
    if row.get("metric"):
        item = _found(version, row["metric"])
        yield _part(item, row.get("numerator", ""), row.get("denominator", ""))
    elif row.get("totalontime"):
        overdue = row.get("totaloverdue")
        yield _progress(
            version,
            whole(row.get("totalreceived") or "0", _("số tiếp nhận")),
            whole(row["totalontime"], _("số đúng hạn")),
            whole(overdue, _("số quá hạn")) if overdue else None,
        )
    else:
        yield from _side_by_side(row, version)


def _side_by_side(row: Row, version: IndexVersion) -> Iterator[PublishedPart]:
    for item in version.items:
        for name in item.names:
            numerator, _sign, denominator = map(key, name.partition("/"))
            if row.get(numerator) and row.get(denominator):
                yield _part(item, row[numerator], row[denominator])


def _found(version: IndexVersion, name: str) -> IndexItem:
    item = version.find(name)
    if item is None:
        known = ", ".join(one.code for one in version.items)
        raise ValueError(
            _("chỉ tiêu “%(value)s” không có; hãy dùng một trong: %(known)s.") % {"value": name, "known": known}
        )
    return item


def _part(item: IndexItem, numerator: str, denominator: str) -> PublishedPart:
    return PublishedPart(item, whole(numerator, _("tử số")), whole(denominator, _("mẫu số")))


def _progress(version: IndexVersion, received: int, on_time: int, overdue: int | None) -> PublishedPart:
    return PublishedPart(_found(version, PROGRESS), *progress(on_time, overdue, received))
