"""Open work against dossiers, units and people: what is not over lies somewhere, in a unit that exists, before somebody who can do it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import groupby

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import OrgUnit
from dossiers.enums import FINAL_STATES, State
from dossiers.models.dossier import Dossier
from dossiers.models.work import WorkItem
from dossiers.services import stuck
from dossiers.services.proof.findings import Finding, fault
from portal import clock

CHUNK = 2000
SHOWN = 5
CARRYING = timedelta(days=1)  # for which a closing that is being carried out may still leave work where it was


def ended() -> Iterator[Finding]:
    """Nobody is asked to work on what has ended."""
    rows = WorkItem.objects.filter(closed_at__isnull=True, dossier__state__in=FINAL_STATES).order_by("pk")
    for pk, dossier_id in rows.values_list("pk", "dossier_id").iterator(chunk_size=CHUNK):
        yield fault(f"dossier {dossier_id}: work item {pk} is open although the dossier has ended")


def missing() -> Iterator[Finding]:
    """Every dossier that is not over lies with somebody."""
    work = WorkItem.objects.filter(dossier_id=OuterRef("pk"), closed_at__isnull=True)
    idle = Dossier.objects.exclude(state__in=[State.DRAFT, *FINAL_STATES]).exclude(Exists(work)).order_by("pk")
    for pk, state in idle.values_list("pk", "state").iterator(chunk_size=CHUNK):
        yield fault(f"dossier {pk}: it is {state} and no work on it is open")


def closed_units() -> Iterator[Finding]:
    """No work lies in a unit that has ended, but for the day on which it is moved."""
    gone = OrgUnit.objects.filter(valid_to__lt=clock.today() - CARRYING)
    rows = _open().filter(unit__in=gone).order_by("unit_id", "pk").values_list("unit_id", "unit__name", "dossier_id")
    for (unit_id, name), found in groupby(rows.iterator(chunk_size=CHUNK), key=lambda row: row[:2]):
        dossiers = [row[2] for row in found]
        yield fault(f"unit {unit_id} ({name}) has ended and work on {_some(dossiers)} lies there")


def people() -> Iterator[Finding]:
    """Every open step can be done by somebody, or be given by a head to somebody who can."""
    rows = _open().select_related("dossier__owner", "dossier__submitter", "unit")
    rows = rows.order_by("unit_id", "dossier__receiving_unit_id", "pk")
    alone: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for units, found in groupby(rows.iterator(chunk_size=CHUNK), key=_units):
        for item in _stuck(list(found), stuck.staff_of(units)):
            alone[item.unit.name, item.kind, item.role].append(item.dossier_id)
    for (unit, kind, role), dossiers in sorted(alone.items()):
        yield fault(f"nobody can do the step {kind} of a {role} in {unit}, nor give it to another: {_some(dossiers)}")


def _stuck(items: Sequence[WorkItem], staff: Sequence[stuck.Staff]) -> list[WorkItem]:
    ways = stuck.ways_in(items, staff)
    return [item for item in items if ways[item.pk].is_stuck]


def _units(item: WorkItem) -> tuple[int, int]:
    return item.unit_id, item.dossier.receiving_unit_id


def _open() -> QuerySet[WorkItem]:
    return WorkItem.objects.filter(closed_at__isnull=True).exclude(dossier__state__in=FINAL_STATES)


def _some(dossiers: Iterable[int]) -> str:
    found = sorted(set(dossiers))
    shown = ", ".join(str(pk) for pk in found[:SHOWN])
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return f"dossiers {shown}{more}"
