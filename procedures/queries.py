"""Questions about the catalogue: what is in force, who offers it, what a search finds. Reads only."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from accounts import naming as unit_names
from accounts.models import OrgUnit
from accounts.queries import open_on
from portal import clock, rows
from procedures import search as index
from procedures.enums import ONLINE_LEVELS, RevisionState
from procedures.models import FeeRule, Field, LifeEvent, LimitRule, OnlineOffering, Procedure, PublicFact, Revision

DEATH = "nguoi-than-qua-doi"  # the life event that deserves condolences
HOLDS = "valid_from <= %s AND (valid_to IS NULL OR valid_to >= %s)"  # the day, twice


def published(day: date | None = None) -> QuerySet[Revision]:
    """Revisions in force on `day` (today); at most one of a procedure."""
    return (
        Revision.objects.filter(open_on(day or clock.today()), state=RevisionState.PUBLISHED)
        .select_related("procedure", "procedure__field")
        .order_by("procedure__code", "pk")
    )


def current_revision(procedure: Procedure | int, day: date | None = None) -> Revision | None:
    """The revision of a procedure in force on `day` (today)."""
    key = procedure if isinstance(procedure, int) else procedure.pk
    return published(day).filter(procedure_id=key).first()


def in_force_id(procedure_id: int, day: date | None = None) -> int | None:
    """Id of the revision of a procedure in force on `day` (today); procedures.published has what stands in it."""
    moment = day or clock.today()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM procedures_revision WHERE procedure_id = %s AND state = %s AND {HOLDS} ORDER BY id LIMIT 1",  # noqa: S608
            [procedure_id, RevisionState.PUBLISHED, moment, moment],
        )
        found = cursor.fetchone()
    return found[0] if found else None


def listed(*, with_internal: bool = False, day: date | None = None) -> QuerySet[Procedure]:
    """Procedures with a revision in force, as public lists show them; internal ones only when asked for."""
    in_force = Revision.objects.filter(
        open_on(day or clock.today()), procedure_id=OuterRef("pk"), state=RevisionState.PUBLISHED
    )
    rows = Procedure.objects.filter(Exists(in_force)).select_related("field").order_by("-popularity", "name", "pk")
    return rows if with_internal else rows.filter(is_internal=False)


def fields_with_counts(*, with_internal: bool = False) -> list[tuple[Field, int]]:
    """Fields of administration with the number of their procedures in force, in Vietnamese order."""
    counts = Counter(entry.field_id for entry in index.listed(clock.today(), with_internal=with_internal))
    return [(field, counts[field.pk]) for field in Field.objects.filter(pk__in=counts).order_by("sort_name", "pk")]


def life_events_in_use() -> list[LifeEvent]:
    """Life events under which at least one public procedure in force stands."""
    used = {event for entry in index.listed(clock.today()) for event in entry.events}
    return list(LifeEvent.objects.filter(pk__in=used).order_by("for_business", "sort_order", "pk"))


def is_of_a_death(procedure_id: int) -> bool:
    """Whether people look for a procedure because somebody has died."""
    return LifeEvent.objects.filter(slug=DEATH, procedures=procedure_id).exists()


def offerings_on(day: date | None = None) -> QuerySet[OnlineOffering]:
    """Offerings in force on `day` of units that exist on it."""
    moment = day or clock.today()
    return (
        OnlineOffering.objects.filter(open_on(moment), open_on(moment, "unit__"))
        .select_related("unit", "department", "procedure")
        .order_by("unit__sort_order", "unit__code", "procedure__code", "pk")
    )


def offering_on(procedure: Procedure | int, unit: OrgUnit | int, day: date | None = None) -> OnlineOffering | None:
    """How a unit serves a procedure on `day` (today), or None when it does not."""
    key = procedure if isinstance(procedure, int) else procedure.pk
    unit_id = unit if isinstance(unit, int) else unit.pk
    return offerings_on(day).filter(procedure_id=key, unit_id=unit_id).first()


def offering_of(procedure_id: int, unit_id: int, day: date | None = None) -> OnlineOffering | None:
    """The offering itself, plain, in force on `day` (today); whether the unit exists then is the caller's question."""
    moment = day or clock.today()
    wanted = f"unit_id = %s AND {HOLDS}"
    given = [unit_id, moment, moment]
    found = rows.where(OnlineOffering, procedure_id, column="procedure_id", also=wanted, given=given, order="id")
    return found[0] if found else None


def places_of(procedure_id: int, day: date) -> list[OnlineOffering]:
    """Offerings of a procedure in force on `day` by units open on it, in the order of lists; for showing only."""
    held = rows.where(OnlineOffering, procedure_id, column="procedure_id", also=HOLDS, given=[day, day])
    units = unit_names.units(row.unit_id for row in held)
    for row in held:
        row.unit = units[row.unit_id]
    is_open = [
        row for row in held if row.unit.valid_from <= day and (row.unit.valid_to is None or day <= row.unit.valid_to)
    ]
    return sorted(is_open, key=lambda row: (row.unit.sort_order, row.unit.code, row.pk))


def choices_online(procedure_id: int, day: date | None = None) -> list[tuple[int, str]]:
    """Units open on `day` (today) that take a procedure online, with their names, in the order of lists."""
    asked: dict[str, Any] = {
        "day": day or clock.today(),
        "procedure": procedure_id,
        "levels": [int(level) for level in ONLINE_LEVELS],
    }
    with connection.cursor() as cursor:
        cursor.execute(_CHOICES_ONLINE, asked)
        return list(cursor.fetchall())


# Written out: a filing asks them on every page, and the ORM took ten times as long to word them as the database to answer.
_CHOICES_ONLINE = """
SELECT u.id, u.name FROM procedures_onlineoffering o JOIN accounts_orgunit u ON u.id = o.unit_id
WHERE o.procedure_id = %(procedure)s AND o.level = ANY(%(levels)s)
  AND o.valid_from <= %(day)s AND (o.valid_to IS NULL OR o.valid_to >= %(day)s)
  AND u.valid_from <= %(day)s AND (u.valid_to IS NULL OR u.valid_to >= %(day)s)
ORDER BY u.sort_order, u.code, o.id
"""
_STANDING = """
SELECT EXISTS (SELECT FROM accounts_orgunit WHERE id = %(unit)s AND valid_from <= %(day)s
               AND (valid_to IS NULL OR valid_to >= %(day)s)),
       (SELECT level FROM procedures_onlineoffering WHERE procedure_id = %(procedure)s AND unit_id = %(unit)s
        AND valid_from <= %(day)s AND (valid_to IS NULL OR valid_to >= %(day)s) ORDER BY id LIMIT 1),
       (SELECT id FROM procedures_revision WHERE procedure_id = %(procedure)s AND state = %(published)s
        AND valid_from <= %(day)s AND (valid_to IS NULL OR valid_to >= %(day)s) ORDER BY id LIMIT 1)
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a procedure stands at a unit on a day, as far as somebody filling a draft must know."""

    unit_is_open: bool
    level: int | None  # None: the unit does not serve it
    revision_id: int | None  # None: no revision is in force


def standing(procedure_id: int, unit_id: int, day: date | None = None) -> Standing:
    """Whether a unit is open, how far online it serves a procedure, and which revision is in force: one statement."""
    day = day or clock.today()
    asked: dict[str, Any] = {
        "day": day,
        "procedure": procedure_id,
        "unit": unit_id,
        "published": RevisionState.PUBLISHED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, asked)
        return Standing(*cursor.fetchone())


def for_unit(unit: OrgUnit | int, day: date | None = None) -> QuerySet[OnlineOffering]:
    """What a unit serves on `day` (today), by name, procedures joined: the list of the counter."""
    unit_id, moment = unit if isinstance(unit, int) else unit.pk, day or clock.today()
    if not OrgUnit.objects.filter(open_on(moment), pk=unit_id).exists():
        return OnlineOffering.objects.none()
    in_force = Revision.objects.filter(
        open_on(moment), procedure_id=OuterRef("procedure_id"), state=RevisionState.PUBLISHED
    )
    rows = OnlineOffering.objects.filter(open_on(moment), Exists(in_force), unit_id=unit_id)
    return rows.select_related("procedure").order_by("procedure__name", "procedure__pk")


def search(text: str, *, limit: int = 20, with_internal: bool = False) -> list[Procedure]:
    """Procedures for what somebody typed, best first, with `in_force` and `is_online`; four queries, however many there are."""
    keys = index.find(text, limit=limit, with_internal=with_internal)
    lean = published().only("procedure_id", "number", "what_you_get", "time_limit_text").select_related(None)
    prefetch = Prefetch("revisions", lean.order_by("procedure_id", "-number", "pk"), to_attr="in_force")
    online = offerings_on().filter(procedure_id=OuterRef("pk"), level__in=ONLINE_LEVELS)
    with_form = published().filter(procedure_id=OuterRef("pk")).exclude(form_spec={})
    asked = Procedure.objects.annotate(is_online=Exists(online) & Exists(with_form))
    rows = asked.select_related("field").prefetch_related(prefetch).in_bulk(keys)
    return [rows[key] for key in keys if key in rows]


def suggest(text: str, *, limit: int = 6, with_internal: bool = False) -> list[Procedure]:
    """The same while somebody types: names only, two queries."""
    keys = index.find(text, limit=limit, with_internal=with_internal, with_body=False)
    rows = Procedure.objects.only("code", "name").in_bulk(keys)
    return [rows[key] for key in keys if key in rows]


def sheet_in_force() -> "Prefetch[str, QuerySet[Revision], str]":
    """Prefetch for lists: the revision in force with fees and limits, as `procedure.in_force` (a list of at most one)."""
    rows = (
        published()
        .defer("steps_text", "conditions", "form_spec", "legal_basis")
        .prefetch_related(
            Prefetch("fees", FeeRule.objects.order_by("case_code", "channel", "pk")),
            Prefetch("limits", LimitRule.objects.order_by("case_code", "channel", "pk")),
        )
    )
    return Prefetch("revisions", rows.order_by("procedure_id", "-number", "pk"), to_attr="in_force")


def most_used(count: int = 5, ids: Sequence[int] = ()) -> list[Procedure]:
    """The procedures people file most, with their sheets: those named, in their order, or the popular ones."""
    shown = [entry.key for entry in index.listed(clock.today())]
    chosen = [key for key in ids if key in shown] if ids else shown
    rows = Procedure.objects.select_related("field").prefetch_related(sheet_in_force()).in_bulk(chosen[:count])
    return [rows[key] for key in chosen[:count] if key in rows]


def public_facts(procedure: Procedure | None) -> dict[str, PublicFact]:
    """Live figures of one procedure, or of the whole portal (None), by key."""
    return {fact.key: fact for fact in PublicFact.objects.filter(procedure=procedure)}
