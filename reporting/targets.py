"""Plans of targets from a file: read, compared with what is in force, written as new versions. Called by commands and seeds.

JSON: {"plan", "decision_number", "decided_on", "issuer", "targets": [{"indicator", "basis", "scope": {"kind", "unit"},
"points": [{"date", "percent", "derived"}]}]}. CSV: one point a row with the columns of CSV_COLUMNS.
"""

import csv
import io
import json
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import OrgUnit
from portal.db import advisory_lock
from portal.text import clean
from reporting.enums import Basis, ScopeKind
from reporting.indicators import INDICATORS
from reporting.models import Target

CSV_COLUMNS = (
    "indicator",
    "basis",
    "scope_kind",
    "unit_code",
    "month_end",
    "percent",
    "derived",
    "decision_number",
    "decided_on",
    "issuer",
    "plan",
)
YES = frozenset({"1", "true", "yes", "x"})


@dataclass(frozen=True, slots=True)
class Point:
    """One value to reach: what a row of the file says, checked."""

    indicator: str
    basis: str
    scope_kind: str
    scope_id: int | None
    scope_name: str
    month_end: date
    value: Decimal
    is_derived: bool
    decision_number: str
    decided_on: date
    issuer: str
    plan: str

    @property
    def key(self) -> tuple[object, ...]:
        """What two versions of the same target have in common."""
        return (self.indicator, self.basis, self.scope_kind, self.scope_id, self.month_end)


@dataclass(frozen=True, slots=True)
class Change:
    """A point beside the target in force (None: new)."""

    point: Point
    before: Target | None

    @property
    def is_new(self) -> bool:
        """Nothing was set for this scope and month."""
        return self.before is None

    @property
    def differs(self) -> bool:
        """Writing it would make a new version."""
        return self.before is None or (
            self.before.value != self.point.value or self.before.decision_number != self.point.decision_number
        )


class PlanError(Exception):
    """The file as a whole cannot be read; the message is a Vietnamese sentence."""


def read_plan(path: Path) -> tuple[list[Point], list[str]]:
    """Read a plan file; gives its points and one sentence for each row that cannot be understood."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PlanError(
            _("Không đọc được tệp %(name)s. Hãy kiểm tra đường dẫn và lưu tệp ở bảng mã UTF-8.") % {"name": path.name}
        ) from error
    rows = _rows_of_csv(text) if path.suffix.lower() == ".csv" else _rows_of_json(text)
    units = {unit.code: unit for unit in OrgUnit.objects.all()}
    points: dict[tuple[object, ...], Point] = {}
    problems = []
    for where, row in rows:
        try:
            point = _point(row, units)
        except ValueError as error:
            problems.append(f"{where}: {error}")
            continue
        if point.key in points:
            problems.append(f"{where}: {_('chỉ tiêu này đã có ở dòng khác của tệp.')}")
        points[point.key] = point
    return list(points.values()), problems


def compare(points: Iterable[Point]) -> list[Change]:
    """Put each point beside the newest version of its target."""
    newest = {_key(row): row for row in Target.objects.order_by("version", "pk")}
    return [Change(point, newest.get(point.key)) for point in points]


@transaction.atomic
def write(points: Iterable[Point]) -> list[Change]:
    """Write what differs as the next version; what is the same stays. Returns what was written."""
    with advisory_lock("targets"):
        changes = [change for change in compare(points) if change.differs]
        Target.objects.bulk_create(_target(change) for change in changes)
    return changes


def _target(change: Change) -> Target:
    point = change.point
    return Target(
        indicator=point.indicator,
        basis=point.basis,
        scope_kind=point.scope_kind,
        scope_id=point.scope_id,
        month_end=point.month_end,
        value=point.value,
        is_derived=point.is_derived,
        plan=point.plan,
        decision_number=point.decision_number,
        decided_on=point.decided_on,
        issuer=point.issuer,
        version=change.before.version + 1 if change.before else 1,
    )


def _key(row: Target) -> tuple[object, ...]:
    return (row.indicator, row.basis, row.scope_kind, row.scope_id, row.month_end)


# ── reading ──────────────────────────────────────────────────────────────────────────────────────


def _rows_of_csv(text: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text))
    missing = [name for name in CSV_COLUMNS if name not in (reader.fieldnames or [])]
    if missing:
        raise PlanError(_("Tệp CSV thiếu các cột: %(names)s.") % {"names": ", ".join(missing)})
    for number, row in enumerate(reader, start=2):
        yield _("Dòng %(number)s") % {"number": number}, row


def _rows_of_json(text: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        plan = json.loads(text)
        head = {name: plan[name] for name in ("plan", "decision_number", "decided_on", "issuer")}
        entries = [
            (
                f"{target['indicator']} {point['date']}",
                {
                    **head,
                    "indicator": target["indicator"],
                    "basis": target["basis"],
                    "scope_kind": target["scope"]["kind"],
                    "unit_code": target["scope"].get("unit", ""),
                    "month_end": point["date"],
                    "percent": point["percent"],
                    "derived": point.get("derived", False),
                },
            )
            for target in plan["targets"]
            for point in target["points"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PlanError(
            _("Tệp kế hoạch không đúng cấu trúc (%(detail)s). Hãy so với tệp mẫu rồi thử lại.") % {"detail": error}
        ) from error
    yield from entries


def _point(row: Mapping[str, Any], units: Mapping[str, OrgUnit]) -> Point:
    row = {name: clean(str(value if value is not None else "")) for name, value in row.items() if name}
    scope_kind = _one_of(row["scope_kind"], ScopeKind.values, _("Phạm vi"))
    unit = None
    if scope_kind != ScopeKind.TOTAL:
        unit = units.get(row["unit_code"])
        if unit is None:
            raise ValueError(_("không có đơn vị mã “%(code)s”.") % {"code": row["unit_code"]})
    for name, label in (("decision_number", _("số văn bản")), ("issuer", _("cơ quan giao")), ("plan", _("kế hoạch"))):
        if not row[name]:
            raise ValueError(_("thiếu %(what)s.") % {"what": label})
    month_end = _day(row["month_end"])
    if month_end.day != monthrange(month_end.year, month_end.month)[1]:
        raise ValueError(_("ngày %(day)s không phải ngày cuối tháng.") % {"day": row["month_end"]})
    return Point(
        indicator=_one_of(row["indicator"], [one.code for one in INDICATORS], _("Chỉ số")),
        basis=_one_of(row["basis"], Basis.values, _("Cách tính")),
        scope_kind=scope_kind,
        scope_id=unit.pk if unit else None,
        scope_name=unit.name if unit else _("toàn địa bàn"),
        month_end=month_end,
        value=_ratio(row["percent"]),
        is_derived=row["derived"].lower() in YES,
        decision_number=row["decision_number"],
        decided_on=_day(row["decided_on"]),
        issuer=row["issuer"],
        plan=row["plan"],
    )


def _one_of(value: str, known: list[str], label: str) -> str:
    if value not in known:
        names = {"label": label, "value": value, "known": ", ".join(known)}
        raise ValueError(_("%(label)s “%(value)s” không có; hãy dùng một trong: %(known)s.") % names)
    return value


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(_("ngày “%(value)s” không đúng dạng năm-tháng-ngày.") % {"value": value}) from error


def _ratio(value: str) -> Decimal:
    try:
        ratio = (Decimal(value.replace(",", ".")) / 100).quantize(Decimal("0.0001"))
    except InvalidOperation as error:
        raise ValueError(_("tỷ lệ “%(value)s” không phải là số.") % {"value": value}) from error
    if not 0 <= ratio <= 1:
        raise ValueError(_("tỷ lệ “%(value)s” phải từ 0 đến 100.") % {"value": value})
    return ratio
