"""What a scenario needs of the catalogue in its year: procedures, revisions, offerings. Adds only what is missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import OrgUnit
from portal.text import fold, sort_key
from procedures.enums import ONLINE_LEVELS, OfflineReason, RevisionState, ServiceLevel
from procedures.models import Field, OnlineOffering, Procedure, Revision

SAMPLE_DECISION = "Danh mục năm 2022 (mẫu)"


@dataclass(frozen=True, slots=True)
class Service:
    """A procedure of the scenario's year and the revision its dossiers are filed under."""

    procedure: Procedure
    revision_id: int
    days: int


def services(entries: Mapping[str, Mapping[str, Any]], *, first_day: date, last_day: date) -> dict[str, Service]:
    """Find or make the procedures and a revision in force on the first day."""
    known = {row.code: row for row in Procedure.objects.filter(code__in=entries)}
    fields = {row.name: row for row in Field.objects.order_by("-pk")}
    found = {}
    for code, entry in entries.items():
        procedure = known.get(code) or _procedure(code, entry, fields, retired_on=_after(last_day))
        found[code] = Service(procedure, _revision_id(procedure, first_day, last_day), int(entry["days"]))
    return found


def offerings(
    wanted: Iterable[tuple[OrgUnit, str]],
    entries: Mapping[str, Mapping[str, Any]],
    found: Mapping[str, Service],
    *,
    first_day: date,
    last_day: date,
) -> dict[tuple[int, str], int]:
    """Offer what is not offered yet; returns the level on the first day by (unit, procedure code)."""
    codes = {service.procedure.pk: code for code, service in found.items()}
    rows = OnlineOffering.objects.filter(procedure_id__in=codes, valid_from__lte=first_day).exclude(
        valid_to__lt=first_day
    )
    levels = {(row.unit_id, codes[row.procedure_id]): row.level for row in rows.order_by("valid_from", "pk")}
    missing = [(unit, code) for unit, code in wanted if (unit.pk, code) not in levels]
    OnlineOffering.objects.bulk_create(
        _offering(unit, found[code].procedure, entries[code], first_day, last_day) for unit, code in missing
    )
    return levels | {(unit.pk, code): int(entries[code]["level"]) for unit, code in missing}


def is_online(level: int) -> bool:
    """Whether a dossier can be filed online at this level."""
    return level in ONLINE_LEVELS


def _after(last_day: date) -> date:
    return date.fromordinal(last_day.toordinal() + 1)


def _procedure(code: str, entry: Mapping[str, Any], fields: dict[str, Field], *, retired_on: date) -> Procedure:
    name = entry["field"]
    if name not in fields:
        slug = "VT22-" + fold(name).replace(" ", "-")[:70]
        fields[name], _made = Field.objects.get_or_create(
            code=slug, defaults={"name": name, "sort_name": sort_key(name)}
        )
    return Procedure.objects.create(
        code=code,
        name=entry["name"],
        field=fields[name],
        levels=["Cấp Huyện"],
        issuer=SAMPLE_DECISION,
        retired_on=retired_on if entry.get("sample") else None,
    )


def _revision_id(procedure: Procedure, first_day: date, last_day: date) -> int:
    revisions = procedure.revisions.order_by("-number", "-pk")
    in_force = revisions.filter(valid_from__lte=first_day).exclude(valid_to__lt=first_day).first()
    if in_force is not None:
        return in_force.pk
    newest = revisions.first()
    return Revision.objects.create(
        procedure=procedure,
        number=newest.number + 1 if newest else 1,
        state=RevisionState.PUBLISHED,
        valid_from=first_day,
        valid_to=last_day,
        decision_number=SAMPLE_DECISION,
        name=procedure.name,
    ).pk


def _offering(
    unit: OrgUnit, procedure: Procedure, entry: Mapping[str, Any], first_day: date, last_day: date
) -> OnlineOffering:
    level = ServiceLevel(entry["level"])
    reason = "" if level == ServiceLevel.FULL else entry.get("reason", OfflineReason.PRESENCE)
    return OnlineOffering(
        procedure=procedure,
        unit=unit,
        level=level,
        valid_from=first_day,
        valid_to=last_day,
        reason=reason,
        decided_by=SAMPLE_DECISION,
    )
