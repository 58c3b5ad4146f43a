"""Plans of targets: read from files, compared with what is in force, put in force as new versions.

JSON: {"plan", "decision_number", "decided_on", "issuer", "targets": [{"indicator", "basis", "scope": {"kind", "unit"},
"points": [{"date", "percent", "derived"}]}]}. CSV: one point a row with the columns of COLUMNS. Called by commands, seeds
and reporting.target_plans.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.db import advisory_lock
from portal.errors import UserError
from reporting.models import Target, TargetPlan
from reporting.target_rows import Point, Units, point_of

COLUMNS = (
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

    @property
    def conflict(self) -> str:
        """Why the point must not replace what is in force; '' when it may."""
        if self.before is None or not self.differs:
            return ""
        facts = {
            "old": self.before.decision_number,
            "old_day": f"{self.before.decided_on:%d/%m/%Y}",
            "new": self.point.decision_number,
            "new_day": f"{self.point.decided_on:%d/%m/%Y}",
        }
        if self.before.decided_on > self.point.decided_on:
            return _("đang theo %(old)s ngày %(old_day)s, mới hơn %(new)s ngày %(new_day)s.") % facts
        if (
            self.before.decided_on == self.point.decided_on
            and self.before.decision_number != self.point.decision_number
        ):
            said = _("hai văn bản cùng ngày %(new_day)s cùng giao mốc này: %(old)s và %(new)s. Hãy xem lại văn bản.")
            return said % facts
        return ""


class PlanError(Exception):
    """The file as a whole cannot be read; the message is a Vietnamese sentence."""


class ConflictError(UserError):
    """Another decision stands in the way."""


def read_plan(path: Path) -> tuple[list[Point], list[str]]:
    """Read a plan file; gives its points and one sentence for each row that cannot be understood."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PlanError(
            _("Không đọc được tệp %(name)s. Hãy kiểm tra đường dẫn và lưu tệp ở bảng mã UTF-8.") % {"name": path.name}
        ) from error
    rows = _rows_of_csv(text) if path.suffix.lower() == ".csv" else _rows_of_json(text)
    return read_rows(rows, Units.known())


def read_rows(rows: Iterable[tuple[str, Mapping[str, Any]]], units: Units) -> tuple[list[Point], list[str]]:
    """Read rows, each with where it stands; gives points and one sentence for each row that cannot be one."""
    points: dict[tuple[object, ...], Point] = {}
    problems = []
    for where, row in rows:
        try:
            point = point_of(row, units)
        except ValueError as error:
            problems.append(f"{where}: {error}")
            continue
        if point.key in points:
            problems.append(f"{where}: {_('chỉ tiêu này đã có ở dòng khác của tệp.')}")
        points[point.key] = point
    return list(points.values()), problems


def compare(points: Iterable[Point]) -> list[Change]:
    """Put each point beside the target in force."""
    newest = {_key(row): row for row in Target.objects.order_by("version", "pk")}
    return [Change(point, newest.get(point.key)) for point in points]


@transaction.atomic
def write(points: Iterable[Point], plan: TargetPlan | None = None) -> list[Change]:
    """Put in force what differs, as the next version; what is the same stays. Returns what was written.

    Who may say so is asked by reporting.target_plans; seeds write without a plan. Raises ConflictError.
    """
    with advisory_lock("targets"):
        changes = [change for change in compare(points) if change.differs]
        for change in changes:
            if change.conflict:
                raise ConflictError(f"{change.point.scope_name}, {change.point.month_end:%d/%m/%Y}: {change.conflict}")
        Target.objects.bulk_create(_target(change, plan) for change in changes)
    return changes


def _target(change: Change, plan: TargetPlan | None) -> Target:
    point = change.point
    return Target(
        indicator=point.indicator,
        basis=point.basis,
        scope_kind=point.scope_kind,
        scope_id=point.scope_id,
        month_end=point.month_end,
        value=point.value,
        is_derived=point.is_derived,
        head=point.head,
        monitor=point.monitor,
        plan=point.plan,
        decision_number=point.decision_number,
        decided_on=point.decided_on,
        issuer=point.issuer,
        version=change.before.version + 1 if change.before else 1,
        came_with=plan,
    )


def _key(row: Target) -> tuple[object, ...]:
    return (row.indicator, row.basis, row.scope_kind, row.scope_id, row.month_end)


# ── reading ──────────────────────────────────────────────────────────────────────────────────────


def _rows_of_csv(text: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text))
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
    if missing:
        raise PlanError(_("Tệp CSV thiếu các cột: %(names)s.") % {"names": ", ".join(missing)})
    for number, row in enumerate(reader, start=2):
        yield _("Dòng %(number)s") % {"number": number}, row


def _rows_of_json(text: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        plan = json.loads(text)
        head = {name: plan[name] for name in ("plan", "decision_number", "decided_on", "issuer")}
        head["monitor"] = plan.get("monitor", "")
        entries = [
            (
                f"{target['indicator']} {point['date']}",
                {
                    **head,
                    "indicator": target["indicator"],
                    "basis": target["basis"],
                    "scope_kind": target["scope"]["kind"],
                    "unit_code": target["scope"].get("unit", ""),
                    "head": target.get("head", ""),
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
