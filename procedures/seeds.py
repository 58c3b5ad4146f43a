"""The project's own demo catalogue: files under data/demo_catalogue turned into rows. Called by seed_demo; runs any number of times."""

import json
from collections import Counter
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.enums import UnitKind
from accounts.models import OrgUnit
from accounts.queries import open_on
from portal import clock
from portal.text import fold, sort_key
from procedures import result_templates, services
from procedures.enums import DraftCheck, ResumePolicy, RevisionSource
from procedures.models import (
    FeeRule,
    Field,
    LifeEvent,
    LimitRule,
    OnlineOffering,
    PostalListing,
    Procedure,
    RequiredPaper,
    Revision,
    RouteStep,
)

FOLDER = Path(__file__).resolve().parent / "data" / "demo_catalogue"
NOT_PROCEDURES = frozenset({"routes.json", "life_events.json", "offerings.json", "lists.json", "postal.json"})
TEXTS = (
    "decision_number",
    "name",
    "agency",
    "agency_competent",
    "agency_coordinating",
    "receiving_address",
    "conditions",
    "time_limit_text",
    "fee_text",
    "what_you_get",
)
LISTS = ("audience", "results", "legal_basis", "cases")
FEE_FACTS = ("note", "per", "tiers", "most", "answer_key", "when_key", "when_values", "subject", "law")
Facts = dict[str, Any]


def load() -> dict[str, int]:
    """Load life events, procedures with their revisions, and offerings of the units that exist. Gives what was added."""
    added: Counter[str] = Counter()
    with transaction.atomic():
        added["result_templates"] = result_templates.load()
        events = _load_life_events()
        files = [path for path in sorted(FOLDER.glob("*.json")) if path.name not in NOT_PROCEDURES]
        sheets = [json.loads(path.read_text()) for path in files]
        for facts in sheets:
            added += _load_procedure(facts, events)
        for facts in sheets:
            if facts.get("replaced_by"):
                successor = Procedure.objects.get(code=facts["replaced_by"])
                Procedure.objects.filter(code=facts["code"]).update(replaced_by=successor)
        added["offerings"] = _load_offerings()
        added["postal_listings"] = _load_postal()
        services.refresh_search(
            Procedure.objects.filter(code__in=[row["code"] for row in sheets]).values_list("pk", flat=True)
        )
    return dict(added)


def form_spec(name: str) -> Facts:
    """One e-form of the demo catalogue, lists written out."""
    return _written_out(_read(f"forms/{name}.json"))


@cache
def _read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text())


def _written_out(part: Any) -> Any:
    """Replace `"options": "@name"` by the list of that name (the 54 ethnic groups stand in one place)."""
    if isinstance(part, dict):
        return {
            key: _read("lists.json")[value[1:]] if key == "options" and isinstance(value, str) else _written_out(value)
            for key, value in part.items()
        }
    return [_written_out(item) for item in part] if isinstance(part, list) else part


def _load_life_events() -> dict[str, LifeEvent]:
    for facts in _read("life_events.json"):
        LifeEvent.objects.get_or_create(slug=facts["slug"], defaults=facts)
    return {event.slug: event for event in LifeEvent.objects.order_by("pk")}


def _load_procedure(facts: Facts, events: dict[str, LifeEvent]) -> Counter[str]:
    added: Counter[str] = Counter()
    name = facts["field"]["name"]
    field, _ = Field.objects.get_or_create(
        code=facts["field"]["code"], defaults={"name": name, "sort_name": sort_key(name)}
    )
    procedure, is_new = Procedure.objects.get_or_create(
        code=facts["code"],
        defaults={
            "name": facts["name"],
            "field": field,
            "kind": facts["kind"],
            "is_internal": facts["is_internal"],
            "levels": facts["levels"],
            "issuer": facts["issuer"],
            "popularity": facts["popularity"],
            "keywords": facts["keywords"],
            "retired_on": _day(facts.get("retired_on")),
        },
    )
    added["procedures"] += is_new
    if is_new:
        procedure.life_events.set([events[slug] for slug in facts["life_events"]])
    elif not procedure.keywords and facts["keywords"]:  # it came by an import first
        Procedure.objects.filter(pk=procedure.pk).update(keywords=facts["keywords"], popularity=facts["popularity"])
    own = list(procedure.revisions.filter(source=RevisionSource.LOCAL).values_list("valid_from", "valid_to"))
    for sheet in facts["revisions"]:
        start, end = _day(sheet["valid_from"]), _day(sheet.get("valid_to"))
        if start in [row[0] for row in own] or (end is None and None in [row[1] for row in own]):
            continue
        _load_revision(procedure, sheet)
        added["revisions"] += 1
    return added


def _load_revision(procedure: Procedure, facts: Facts) -> None:
    latest = procedure.revisions.order_by("-number", "-pk").first()
    start = _day(facts["valid_from"])
    if latest and latest.valid_from > start and not facts.get("valid_to"):
        start = clock.today()  # the national sheet was imported first; ours follows it from today on
    revision = Revision.objects.create(
        procedure=procedure,
        number=latest.number + 1 if latest else 1,
        source=RevisionSource.LOCAL,
        valid_from=start,
        valid_to=_day(facts.get("valid_to")),
        steps_text="\n".join(f"- {step}" for step in facts.get("steps", [])),
        form_spec=form_spec(facts["form"]) if facts.get("form") else None,
        minutes_to_fill=facts.get("minutes_to_fill"),
        draft_check=facts.get("draft_check", DraftCheck.NONE),
        **{key: facts.get(key, "") for key in TEXTS},
        **{key: facts.get(key, []) for key in LISTS},
    )
    _load_rules(revision, facts)
    services.publish(revision_id=revision.pk)


def _load_rules(revision: Revision, facts: Facts) -> None:
    RequiredPaper.objects.bulk_create(
        RequiredPaper(
            revision=revision,
            case_code=row.get("case", ""),
            code=row["code"],
            name=row["name"],
            kind=row["kind"],
            heading=row.get("heading", ""),
            form_name=row.get("form", ""),
            originals=row["originals"],
            copies=row["copies"],
            is_required=row.get("required", False),
            vault_kind=row.get("vault_kind", ""),
            sort_order=place,
        )
        for place, row in enumerate(facts["papers"])
    )
    FeeRule.objects.bulk_create(
        FeeRule(
            revision=revision,
            case_code=row.get("case", ""),
            channel=row.get("channel"),
            name=row["name"],
            amount=row["amount"],
            valid_from=_day(row.get("valid_from")),
            valid_to=_day(row.get("valid_to")),
            **{key: row[key] for key in FEE_FACTS if key in row},
        )
        for row in facts["fees"]
    )
    LimitRule.objects.bulk_create(
        LimitRule(
            revision=revision,
            case_code=row.get("case", ""),
            channel=row.get("channel"),
            value=Decimal(row["value"]),
            unit=row["unit"],
            text=row["text"],
            resume_policy=row.get("resume_policy", ResumePolicy.RESTART),
            start_rule=row.get("start_rule", ""),
        )
        for row in facts["limits"]
    )
    route = _read("routes.json")[facts["route"]] if facts.get("route") else []
    RouteStep.objects.bulk_create(
        RouteStep(revision=revision, position=place, **{**row, "hours": Decimal(row["hours"])})
        for place, row in enumerate(route, start=1)
    )


def _load_offerings() -> int:
    added = 0
    for group in _read("offerings.json"):
        for unit in _units(group):
            departments = _departments(unit, date.fromisoformat(group["on"]))
            for item in group["items"]:
                added += _load_offering(group, item, unit, departments)
    return added


def _load_offering(group: Facts, item: Facts, unit: OrgUnit, departments: dict[str, OrgUnit]) -> bool:
    procedure = Procedure.objects.get(code=item["procedure"])
    valid_from = date.fromisoformat(group["valid_from"])
    if OnlineOffering.objects.filter(procedure=procedure, unit=unit, valid_from=valid_from).exists():
        return False
    wanted = fold(item.get("department", ""))
    handled_by = next((row for name, row in departments.items() if wanted and wanted in name), None)
    if unit.kind == UnitKind.DEPARTMENT:
        handled_by = unit
    services.offer(
        procedure_id=procedure.pk,
        unit_id=unit.pk,
        level=item["level"],
        valid_from=valid_from,
        valid_to=_day(group.get("valid_to")),
        department_id=handled_by.pk if handled_by else None,
        reason=item.get("reason", ""),
        reason_note=item.get("reason_note", ""),
        decided_by=group["decided_by"],
    )
    return True


def _load_postal() -> int:
    """What post offices take for desks, where both are there."""
    added = 0
    for group in _read("postal.json"):
        units = OrgUnit.objects.in_bulk([group["office"], group["desk"]], field_name="code")
        if len(units) == 2:
            for code in group["procedures"]:
                _row, is_new = PostalListing.objects.get_or_create(
                    office=units[group["office"]],
                    procedure=Procedure.objects.get(code=code),
                    valid_from=date.fromisoformat(group["valid_from"]),
                    defaults={"desk": units[group["desk"]], "decision": group["decision"]},
                )
                added += is_new
    return added


def _units(group: Facts) -> list[OrgUnit]:
    """Units a group of offerings is meant for, found by kind, day and name, so that codes may be anything."""
    rows = OrgUnit.objects.filter(open_on(date.fromisoformat(group["on"]))).order_by("sort_order", "pk")
    if group["scope"] == "wards":
        return list(rows.filter(kind=UnitKind.WARD))
    wanted = fold(group["name"])
    departments = rows.filter(kind=UnitKind.DEPARTMENT, parent__kind=UnitKind.CITY)
    return [row for row in departments if wanted in fold(row.name)]


def _departments(unit: OrgUnit, day: date) -> dict[str, OrgUnit]:
    rows = unit.children.filter(open_on(day), kind=UnitKind.DEPARTMENT).order_by("sort_order", "pk")
    return {fold(row.name): row for row in rows}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
