"""Loads the demo city: who works and files in its five units, eight weeks of dossiers, and what befell the house itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from accounts.calendars import calendar_for
from accounts.models import OrgUnit, User
from dossiers.models.dossier import Dossier
from dossiers.scenarios.city import happenings, plans, post, till
from dossiers.scenarios.city.filings import BUSINESS, MARITAL
from dossiers.scenarios.city.lives import Life, LifePlan
from dossiers.scenarios.city.people import WardHouse, staffed
from dossiers.scenarios.city.telling import tell
from dossiers.services import ladder
from portal import clock
from portal.worktime import WorkCalendar

BUSY = "p-vung-tau"  # where the cast works
# Lives that take their way, by unit; the staged ones come on top.
ORDINARY = {BUSY: 60, "p-tam-thang": 55, "p-rach-dua": 50, "p-phuoc-thang": 45, "x-long-son": 35}
OF_LEAVER, OF_MERGED, UNREACHED = 6, 8, 4
CITIZENS = {"citizen_phone": MARITAL, "citizen_email": MARITAL, "firm": BUSINESS}


@dataclass(frozen=True, slots=True)
class CityLoaded:
    """How many dossiers there are now, and how many lives ended before their time."""

    dossiers: int
    refused: int


def load(*, cast: dict[str, User], units: Sequence[str], now: datetime, scale: float = 1) -> CityLoaded:
    """Load some of the five units up to a moment; a unit that has dossiers already is left alone. `scale`: of ordinary lives.

    Each unit is one transaction: no sweep of the running portal meets half a past, and what is killed leaves nothing.
    """
    found = OrgUnit.objects.in_bulk(list(ORDINARY), field_name="code")
    refused = 0
    for number, code in enumerate(ORDINARY, 1):
        unit = found[code]
        if code in units and not Dossier.objects.filter(competent_unit=unit).exists():
            with transaction.atomic():
                ward = _ward(unit, number, cast, now)
                refused += tell(_of_ward(ward, cast, now, round(ORDINARY[code] * scale)), until=now)
    ladder.warn_all()  # who looks at the demo at once finds what is near, and which letters are owed
    return CityLoaded(Dossier.objects.filter(competent_unit__code__in=list(units)).count(), refused)


def _ward(unit: OrgUnit, number: int, cast: dict[str, User], now: datetime) -> WardHouse:
    chance = Random(f"{unit.code} {clock.local(now).date()}")  # noqa: S311  the same city for everybody on one day
    desk = OrgUnit.objects.get(code=f"{unit.code}-ttpvhcc")
    ward = staffed(WardHouse(unit, desk, chance, number), cast)
    ward.members["heritage"] = cast["consulted_heritage"]
    till.office(unit, number)
    return ward


def _of_ward(ward: WardHouse, cast: dict[str, User], now: datetime, count: int) -> list[Iterator[datetime]]:
    calendar = calendar_for(ward.unit)
    is_busy = ward.unit.code == BUSY
    meant = [*plans.ordinary(ward, count, now, calendar), *plans.staged(ward, now, calendar, is_busy=is_busy)]
    if is_busy:
        meant += plans.of_leaver(ward, OF_LEAVER, now, calendar)
        for key, code in CITIZENS.items():
            meant += plans.own(cast[key], code, ward.chance, now, calendar)
    lives = _played(ward, meant, calendar)
    if not is_busy:
        return lives
    office = OrgUnit.objects.get(code=f"{BUSY}-buu-dien")
    by_post = post.days(ward, cast["postal_clerk"], office, now, calendar)
    return [*lives, *_of_house(ward, cast, now, calendar), till.days(ward, now, calendar), by_post]


def _of_house(
    ward: WardHouse, cast: dict[str, User], now: datetime, calendar: WorkCalendar
) -> list[Iterator[datetime]]:
    """Leave, departure, merger and what no message told in the ward of the cast."""
    day = 8 * 60
    small = happenings.small_ward(ward.unit)
    merged = _ward(small, 9, {"consulted_heritage": cast["consulted_heritage"]}, now)
    ended = plans.worked_back(now, 6 * day, calendar)
    # what is open there on its last evening follows to the neighbour, whose people go on with it
    open_ones = [
        replace(plan, until="draft", start=plans.worked_back(ended, 300 + 200 * place, calendar))
        for place, plan in enumerate(plans.of_leaver(merged, OF_MERGED, now, calendar))
    ]
    at_officer = [replace(plan, officer="officer") for plan in open_ones]
    evening = clock.at(ended.date(), calendar.closing(ended.date()).timetz().replace(tzinfo=None))
    return [
        *_played(merged, at_officer, calendar),
        happenings.unreached(ward, plans.worked_back(now, 40, calendar), UNREACHED),
        happenings.leave(ward, plans.worked_back(now, day, calendar), 6),
        happenings.departure(ward, cast["administrator"], plans.worked_back(now, day // 2, calendar)),
        happenings.merger(small, ward.unit, cast["administrator"], evening + timedelta(minutes=30)),
    ]


def _played(ward: WardHouse, meant: Sequence[LifePlan], calendar: WorkCalendar) -> list[Iterator[datetime]]:
    return [
        Life(ward, plan, calendar, Random(f"{ward.unit.code} {place}")).play()  # noqa: S311  as above
        for place, plan in enumerate(meant)
    ]
