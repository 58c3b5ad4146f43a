"""Figures of items that other systems publish: read from a file, compared with what is known, kept as new versions.

CSV with the columns of COLUMNS (Vietnamese names work too). A row with a mistake lets nothing of its file in. Called by the
import command and by reporting.index.reading.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Role
from accounts.models import OrgUnit, User
from accounts.queries import roles_today
from portal.db import advisory_lock
from portal.errors import UserError
from reporting.index.items import IndexItem, version_on
from reporting.index.quarters import Quarter
from reporting.index.rule import points
from reporting.index.tables import Row, points_of, rows_of, text_of, whole
from reporting.models import ExternalMeasure
from reporting.target_rows import Units, day_of, words_of

# Columns of a file, and what else they may be called.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "item": ("item", "metric", "chitieu", "machitieu"),
    "unit": ("unit", "unitcode", "code", "donvi", "madonvi"),
    "period": ("period", "quarter", "ky", "quy"),
    "numerator": ("numerator", "tuso"),
    "denominator": ("denominator", "mauso"),
    "points": ("points", "score", "diem", "diemcongbo"),
    "source": ("source", "nguon"),
    "date": ("date", "sourcedate", "ngay", "ngaysolieu"),
}
_WHOLE: Final = frozenset({"", "chung", "toan dia ban", "total"})


@dataclass(frozen=True, slots=True)
class Measured:
    """One row of a file, checked."""

    item: IndexItem
    unit: OrgUnit | None
    quarter: Quarter
    numerator: int
    denominator: int
    published: Decimal | None
    source: str
    source_date: date

    @property
    def key(self) -> tuple[object, ...]:
        """What two versions of the same figure have in common."""
        return (self.item.code, self.unit.pk if self.unit else None, self.quarter.first_day, self.quarter.last_day)

    @property
    def points(self) -> Decimal:
        """What the rule gives."""
        return points(self.item, self.numerator, self.denominator)

    @property
    def agrees(self) -> bool:
        """Whether the rule gives the points that were published with it."""
        return self.published is None or self.published == self.points

    @property
    def unit_name(self) -> str:
        """Whose figure it is."""
        return self.unit.name if self.unit else _("Chung toàn địa bàn")


@dataclass(frozen=True, slots=True)
class MeasureChange:
    """A row of a file beside the version that is known (None: new)."""

    measured: Measured
    before: ExternalMeasure | None

    @property
    def differs(self) -> bool:
        """Writing it would make a new version."""
        known, now = self.before, self.measured
        return known is None or (
            known.numerator,
            known.denominator,
            known.published_points,
            known.source,
            known.source_date,
        ) != (now.numerator, now.denominator, now.published, now.source, now.source_date)


class OlderSourceError(UserError):
    """What is known is newer than the file."""


class NotHomeAffairsError(UserError):
    """Only home affairs enters figures of others."""

    default_message = gettext_lazy("Chỉ cán bộ Nội vụ đang làm việc được nhập số liệu từ ngoài.")


def read_measures(path: Path) -> tuple[list[Measured], list[str]]:
    """Read a file; gives its rows and one sentence for each that cannot be understood. Raises TableError."""
    units = Units.known()
    found: dict[tuple[object, ...], Measured] = {}
    problems = []
    for where, row in rows_of(text_of(path)):
        try:
            measured = measured_of(_named(row), units)
        except ValueError as error:
            problems.append(f"{where}: {error}")
            continue
        if measured.key in found:
            problems.append(f"{where}: {_('chỉ tiêu, đơn vị và kỳ này đã có ở dòng khác của tệp.')}")
        found[measured.key] = measured
    return list(found.values()), problems


def measured_of(row: Row, units: Units) -> Measured:
    """Read a row (its columns: COLUMNS); ValueError says what is wrong with it."""
    quarter = _quarter(row.get("period", ""))
    item = _item(row.get("item", ""), quarter)
    numerator = whole(row.get("numerator", ""), _("tử số"))
    denominator = whole(row.get("denominator", ""), _("mẫu số"))
    if numerator > denominator and not item.may_exceed:
        raise ValueError(_("tử số lớn hơn mẫu số."))
    source = words_of(row.get("source", ""), 200)
    if not source:
        raise ValueError(_("thiếu nguồn của số liệu."))
    return Measured(
        item=item,
        unit=_unit(row.get("unit", ""), quarter, units),
        quarter=quarter,
        numerator=numerator,
        denominator=denominator,
        published=points_of(row.get("points", "")),
        source=source,
        source_date=day_of(row.get("date", "")),
    )


def compare(rows: Iterable[Measured]) -> list[MeasureChange]:
    """Put each row beside the version that is known."""
    newest = {_key(one): one for one in ExternalMeasure.objects.order_by("version")}
    return [MeasureChange(row, newest.get(row.key)) for row in rows]


@transaction.atomic
def write(path: Path, rows: Iterable[Measured], *, by: User) -> list[MeasureChange]:
    """Keep what differs as the next version; returns it. Raises OlderSourceError, NotHomeAffairsError."""
    if not any(row.role == Role.HOME_AFFAIRS for row in roles_today(by.pk)):
        raise NotHomeAffairsError
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with advisory_lock("external measures"):
        changes = [change for change in compare(rows) if change.differs]
        for change in changes:
            _refuse_older(change)
        ExternalMeasure.objects.bulk_create(_kept(change, path.name[:200], digest, by) for change in changes)
    return changes


def measures_of(quarter: Quarter, units: Iterable[int | None]) -> dict[tuple[str, int | None], ExternalMeasure]:
    """The newest version of each item's figure of each unit (None: the whole) in a quarter."""
    wanted = set(units)
    rows = ExternalMeasure.objects.filter(first_day=quarter.first_day, last_day=quarter.last_day).order_by("version")
    return {(row.item, row.unit_id): row for row in rows if row.unit_id in wanted}


def _refuse_older(change: MeasureChange) -> None:
    known, now = change.before, change.measured
    if known is not None and known.source_date > now.source_date:
        facts = {
            "item": now.item.code,
            "unit": now.unit_name,
            "old": f"{known.source_date:%d/%m/%Y}",
            "new": f"{now.source_date:%d/%m/%Y}",
        }
        raise OlderSourceError(
            _("Chỉ tiêu %(item)s của %(unit)s đã có số liệu ngày %(old)s, mới hơn ngày %(new)s trong tệp.") % facts
        )


def _kept(change: MeasureChange, name: str, digest: str, by: User) -> ExternalMeasure:
    now = change.measured
    return ExternalMeasure(
        item=now.item.code,
        unit=now.unit,
        first_day=now.quarter.first_day,
        last_day=now.quarter.last_day,
        numerator=now.numerator,
        denominator=now.denominator,
        published_points=now.published,
        source=now.source,
        source_date=now.source_date,
        file_name=name,
        file_digest=digest,
        version=change.before.version + 1 if change.before else 1,
        entered_by=by,
    )


def _named(row: Row) -> Row:
    """The row with its columns as COLUMNS calls them."""
    return {name: next((row[word] for word in words if row.get(word)), "") for name, words in COLUMNS.items()}


def _quarter(text: str) -> Quarter:
    try:
        return Quarter.parse(text)
    except ValueError as error:
        raise ValueError(_("kỳ “%(value)s” không phải là quý; hãy ghi như Q3/2026.") % {"value": text[:20]}) from error


def _item(text: str, quarter: Quarter) -> IndexItem:
    version = version_on(quarter.first_day)
    if version is None:
        raise ValueError(_("quý %(quarter)s chưa có bộ chỉ số.") % {"quarter": quarter.label})
    found = version.find(text)
    if found is None:
        facts = {"value": text[:40], "known": ", ".join(one.code for one in version.items)}
        raise ValueError(_("chỉ tiêu “%(value)s” không có; hãy dùng một trong: %(known)s.") % facts)
    return found


def _unit(text: str, quarter: Quarter, units: Units) -> OrgUnit | None:
    if text.casefold() in _WHOLE:
        return None
    unit = units.find(text)
    if unit.valid_from > quarter.last_day or (unit.valid_to is not None and unit.valid_to < quarter.first_day):
        raise ValueError(
            _("%(name)s không hoạt động trong quý %(quarter)s.") % {"name": unit.name, "quarter": quarter.label}
        )
    return unit


def _key(row: ExternalMeasure) -> tuple[object, ...]:
    return (row.item, row.unit_id, row.first_day, row.last_day)
