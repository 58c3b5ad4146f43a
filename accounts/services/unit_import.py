"""Units, places and calendar days from data files: compare first, then write what was agreed. Idempotent."""

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import PlaceKind, UnitKind
from accounts.models import Calendar, DayOff, OrgUnit, Place, PlaceChange
from accounts.services.units import UnitFacts, create_unit, edit_unit, set_successors
from portal.db import advisory_lock
from portal.errors import UserError

DATA = Path(__file__).resolve().parent.parent / "data"
_COMPARED = (
    "name",
    "kind",
    "valid_from",
    "valid_to",
    "short_name",
    "authority_code",
    "is_sample_code",
    "place_code",
    "address",
    "phone",
    "sort_order",
)
WEEK = {str(day): [["07:30", "11:30"], ["13:00", "17:00"]] for day in range(1, 6)}
OLD_WARDS_FROM = date(2004, 1, 1)  # a convention, as in places.json: what matters is until when they were
CUTOFF = time(15)  # NĐ 118/2025, Đ. 18.2 as amended: what comes after 15:00 counts from the next working day


@dataclass
class UnitPlan:
    """What an import would do: rows to create, units that differ ({code: {field: (stored, in the file)}}), faults."""

    create: list[dict[str, Any]] = field(default_factory=list)
    differ: dict[str, dict[str, tuple[object, object]]] = field(default_factory=dict)
    same: int = 0
    faults: list[str] = field(default_factory=list)


def read_units(path: Path = DATA / "units.json") -> list[dict[str, Any]]:
    """Read a units file. Raises UserError when it is not one."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["units"]
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError) as error:
        raise UserError(_("Không đọc được tệp %(file)s: %(why)s.") % {"file": path.name, "why": error}) from error
    if not isinstance(rows, list):
        raise UserError(_("Tệp %(file)s không có danh sách “units”. Vui lòng xem lại tệp.") % {"file": path.name})
    return rows


def plan_units(rows: Iterable[Any]) -> UnitPlan:
    """Compare a file's rows with the database without changing anything."""
    plan = UnitPlan()
    stored = {unit.code: unit for unit in OrgUnit.objects.select_related("parent", "group")}
    seen: set[str] = set()
    for place, row in enumerate(rows, start=1):
        fault = _fault(row, seen, stored)
        if fault:
            plan.faults.append(f"{place}: {fault}")
            continue
        seen.add(row["code"])
        unit = stored.get(row["code"])
        if unit is None:
            plan.create.append(row)
            continue
        changes = _differences(unit, row)
        if changes:
            plan.differ[unit.code] = changes
        else:
            plan.same += 1
    return plan


@transaction.atomic
def write_units(rows: Iterable[dict[str, Any]], *, overwrite: bool = False) -> UnitPlan:
    """Create the units that are missing; with `overwrite` also change those that differ. Faulty rows are left out."""
    with advisory_lock("unit import"):
        rows = list(rows)
        plan = plan_units(rows)
        ids = dict(OrgUnit.objects.values_list("code", "pk"))
        for row in plan.create:
            ids[row["code"]] = create_unit(by=None, code=row["code"], facts=_facts(row, ids)).pk
        changed = {row["code"] for row in plan.create}
        if overwrite:
            changed |= plan.differ.keys()
        for row in (row for row in rows if isinstance(row, dict) and row.get("code") in changed):
            if row["code"] in plan.differ:
                edit_unit(by=None, unit_id=ids[row["code"]], facts=_facts(row, ids))
            successors = [ids[code] for code in row.get("successors", ())]
            if successors:
                set_successors(by=None, unit_id=ids[row["code"]], successor_ids=successors)
    return plan


@transaction.atomic
def write_places(path: Path = DATA / "places.json") -> int:
    """Add the places and changes that are missing; gives how many places were added."""
    data = json.loads(path.read_text(encoding="utf-8"))
    before = Place.objects.count()
    Place.objects.bulk_create(
        [
            Place(**{**row, "valid_from": _day(row["valid_from"]), "valid_to": _last_day(row.get("valid_to"))})
            for row in data["places"]
        ],
        ignore_conflicts=True,
    )
    ids = {
        (code, str(valid_from)): pk for code, valid_from, pk in Place.objects.values_list("code", "valid_from", "pk")
    }
    PlaceChange.objects.bulk_create(
        [
            PlaceChange(
                old_id=ids[tuple(row["old"])],
                new_id=ids[tuple(row["new"])],
                changed_on=_day(row["changed_on"]),
                decision=row["decision"],
            )
            for row in data["changes"]
        ],
        ignore_conflicts=True,
    )
    return Place.objects.count() - before


@transaction.atomic
def write_ward_map(path: Path = DATA / "wards_2025.csv") -> int:
    """Add the wards of the former province and what became of each on 01/7/2025; gives how many places were added."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    (begins,) = {_day(row["changed_on"]) for row in rows}
    before = Place.objects.count()
    old = {row["old_code"]: row["old_name"] for row in rows}
    new = {row["new_code"]: row["new_name"] for row in rows}
    Place.objects.bulk_create(
        [
            *(
                _ward(code, name, valid_from=OLD_WARDS_FROM, valid_to=begins - timedelta(days=1))
                for code, name in old.items()
            ),
            *(_ward(code, name, parent_code="79", valid_from=begins) for code, name in new.items()),
        ],
        ignore_conflicts=True,
    )
    ids = {(code, since): pk for code, since, pk in Place.objects.values_list("code", "valid_from", "pk")}
    known = set(PlaceChange.objects.values_list("old_id", "new_id"))
    pairs = {(ids[row["old_code"], OLD_WARDS_FROM], ids[row["new_code"], begins]): row["decision"] for row in rows}
    PlaceChange.objects.bulk_create(
        PlaceChange(old_id=old_id, new_id=new_id, changed_on=begins, decision=decision)
        for (old_id, new_id), decision in pairs.items()
        if (old_id, new_id) not in known
    )
    return Place.objects.count() - before


def _ward(code: str, name: str, **facts: Any) -> Place:
    return Place(code=code, name=name, kind=PlaceKind.WARD, **facts)


@transaction.atomic
def write_root_calendar(path: Path = DATA / "calendar_days.csv") -> Calendar:
    """Make the calendar of all units once; days that an administrator removed afterwards do not come back."""
    with advisory_lock("root calendar"):
        known = Calendar.objects.filter(unit__isnull=True).order_by("pk").first()
        if known is not None:
            return known
        calendar = Calendar.objects.create(name=_("Lịch làm việc chung"), weekly=WEEK, cutoff=CUTOFF)
        with path.open(encoding="utf-8", newline="") as lines:
            DayOff.objects.bulk_create(
                DayOff(calendar=calendar, day=_day(row["date"]), kind=row["kind"], name=row["name"], note=row["note"])
                for row in csv.DictReader(lines)
            )
    return calendar


def _fault(row: Any, seen: set[str], stored: dict[str, OrgUnit]) -> str:
    """Say what is wrong with a row; empty when nothing is. Parents stand before their children."""
    if not isinstance(row, dict) or not all(
        isinstance(row.get(key), str) for key in ("code", "name", "kind", "valid_from")
    ):
        return _("thiếu code, name, kind hoặc valid_from")
    if row["code"] in seen:
        return _("trùng mã %(code)s") % {"code": row["code"]}
    if row["kind"] not in UnitKind.values:
        return _("loại đơn vị lạ: %(kind)s") % {"kind": row["kind"]}
    try:
        _day(row["valid_from"]), _last_day(row.get("valid_to"))
    except ValueError:
        return _("ngày sai ở %(code)s") % {"code": row["code"]}
    missing = [
        row[key] for key in ("parent", "group") if row.get(key) and row[key] not in seen and row[key] not in stored
    ]
    return (
        _("%(code)s: chưa có đơn vị %(missing)s") % {"code": row["code"], "missing": ", ".join(missing)}
        if missing
        else ""
    )


def _facts(row: dict[str, Any], ids: dict[str, int]) -> UnitFacts:
    return UnitFacts(
        name=row["name"],
        kind=row["kind"],
        valid_from=_day(row["valid_from"]),
        valid_to=_last_day(row.get("valid_to")),
        short_name=row.get("short_name", ""),
        authority_code=row.get("authority_code", ""),
        is_sample_code=row.get("is_sample_code", False),
        parent_id=ids.get(row.get("parent", "")),
        group_id=ids.get(row.get("group", "")),
        place_code=row.get("place_code", ""),
        address=row.get("address", ""),
        phone=row.get("phone", ""),
        sort_order=row.get("sort_order", 0),
    )


def _differences(unit: OrgUnit, row: dict[str, Any]) -> dict[str, tuple[object, object]]:
    facts = _facts(row, {})
    changes = {
        name: (getattr(unit, name), getattr(facts, name))
        for name in _COMPARED
        if getattr(unit, name) != getattr(facts, name)
    }
    for name in ("parent", "group"):
        stored = getattr(unit, name).code if getattr(unit, name) else ""
        if stored != row.get(name, ""):
            changes[name] = (stored, row.get(name, ""))
    return changes


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _last_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
