"""Vũng Tàu, January to October 2022, as the article of 06/11/2022 tells it. Deterministic by the seed in the data file.

True are: 26 % online for the city's departments on 30/9 against a target of 30 %, the volume shares of two of them
(33 %, 20 %), and wards "very low". All other figures are ours; the data file says so. Called by load_scenario and tests.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from accounts.calendars import calendar_for
from accounts.models import OrgUnit
from accounts.services.facts import PartyFacts
from dossiers import promise
from dossiers.enums import EventCode, State
from dossiers.models.dossier import Dossier
from dossiers.scenarios.apportion import apportion
from dossiers.scenarios.catalogue import Service, is_online, offerings, services
from dossiers.scenarios.people import business, person
from dossiers.services.bulk_load import Act, Loaded, Story, Term, load
from portal import clock, worktime
from portal.clock import Month
from portal.errors import UserError
from procedures.enums import Channel

DATA = Path(__file__).parent / "data" / "vung_tau_2022.json"
PREFIX = "VT22-"
FIRST_DAY, LAST_DAY = date(2022, 1, 1), date(2025, 6, 30)
NEVER = 99
LATE = 0.025
LATE_OF = {"vt22-quan-ly-do-thi": 0.06, "vt22-tai-nguyen": 0.075, "vt22-lao-dong": 0.035}
REFUSED, WITHDRAWN, POSTED, ASSISTED, BUSINESS = 0.008, 0.004, 0.015, 0.15, 0.12
FILED_BY_ONE = 3  # dossiers per person, on average


@dataclass(frozen=True, slots=True)
class Plan:
    """How many dossiers of which procedures a unit receives in a month, and how many of them online."""

    unit: OrgUnit
    desk: OrgUnit
    month: Month
    counts: Mapping[str, int]
    online: Mapping[str, int]


class Scenario:
    """The story in three steps: what is needed of the catalogue, how many of each, and every single dossier."""

    def __init__(self) -> None:
        self.data: dict[str, Any] = json.loads(DATA.read_text(encoding="utf-8"))
        self.chance = Random(self.data["seed"])  # noqa: S311  the same on every machine, nothing secret
        self.units = {unit.code: unit for unit in OrgUnit.objects.filter(valid_from__lte=FIRST_DAY)}
        missing = [code for code in self._codes() if code not in self.units]
        if missing:
            raise UserError(f"Thiếu đơn vị {missing[0]}. Hãy nạp cơ cấu đơn vị năm 2022 trước rồi chạy lại.")
        self.calendar = calendar_for(self.units[self.data["departments"]["desk"]])
        self.entries: dict[str, Any] = self.data["procedures"]
        self.services: dict[str, Service] = services(self.entries, first_day=FIRST_DAY, last_day=LAST_DAY)
        self.levels = offerings(self._offered(), self.entries, self.services, first_day=FIRST_DAY, last_day=LAST_DAY)

    def _codes(self) -> list[str]:
        return [self.data["departments"]["desk"], *self.data["departments"]["units"], *self.data["wards"]["units"]]

    def _offered(self) -> list[tuple[OrgUnit, str]]:
        pairs = [
            (self.units[unit], code)
            for unit, entry in self.data["departments"]["units"].items()
            for code in entry["mix"]
        ]
        ward_codes = [*self.data["wards"]["mix"], *self.data["ward_services"]]
        return pairs + [(self.units[unit], code) for unit in self.data["wards"]["units"] for code in ward_codes]

    # ── how many ─────────────────────────────────────────────────────────────────────────────────

    def plans(self) -> Iterator[Plan]:
        """Give the plan of every unit and month."""
        block = self.data["departments"]
        shares = [entry["share"] for entry in block["units"].values()]
        volumes = apportion(block["volume"], shares)
        desk = self.units[block["desk"]]
        for (code, entry), volume in zip(block["units"].items(), volumes, strict=True):
            yield from self._of_unit(self.units[code], desk, volume, entry["online"], entry["mix"])
        block = self.data["wards"]
        entries = list(block["units"].values())
        volumes = apportion(block["volume"], [entry["share"] for entry in entries])
        online = apportion(block["online"], [entry["share"] * entry["online"] for entry in entries])
        for code, volume, filed in zip(block["units"], volumes, online, strict=True):
            yield from self._of_unit(self.units[code], self.units[f"{code}-mot-cua"], volume, filed, block["mix"])

    def _of_unit(
        self, unit: OrgUnit, desk: OrgUnit, volume: int, online: int, mix: Mapping[str, float]
    ) -> Iterator[Plan]:
        weights, growth, until = self.data["month_weights"], self.data["online_growth"], self.data["until"]
        volumes = apportion(volume, weights[:until])
        volumes += [round(volume * weight / sum(weights[:until])) for weight in weights[until:]]
        counts = [self._mixed(mix, volumes[place], place + 1) for place in range(len(volumes))]
        caps = [sum(self._capable(unit, counts[place], place + 1).values()) for place in range(len(volumes))]
        wanted = [volumes[place] * growth[place] for place in range(len(volumes))]
        filed = apportion(online, wanted[:until], caps[:until])
        pace = online / sum(wanted[:until])
        filed += [min(caps[place], round(wanted[place] * pace)) for place in range(until, len(volumes))]
        for place, amount in enumerate(filed):
            capable = self._capable(unit, counts[place], place + 1)
            yield Plan(
                unit=unit,
                desk=desk,
                month=Month(self.data["year"], place + 1),
                counts=counts[place],
                online=self._spread(capable, amount, place + 1),
            )

    def _mixed(self, mix: Mapping[str, float], volume: int, month: int) -> dict[str, int]:
        counts = dict(zip(mix, apportion(volume, list(mix.values())), strict=True))
        for code in mix:
            if self._first_month(code) == month and counts[code] == 0:
                counts[code] += 1
                counts[max(counts, key=lambda found: counts[found])] -= 1
        return counts

    def _first_month(self, code: str) -> int:
        first = self.data["first_online_month"].get(code)
        if first is not None:
            return int(first)
        return NEVER if code in self.data["not_yet_online"] else 1

    def _capable(self, unit: OrgUnit, counts: Mapping[str, int], month: int) -> dict[str, int]:
        return {
            code: count
            for code, count in counts.items()
            if is_online(self.levels[unit.pk, code]) and self._first_month(code) <= month
        }

    def _spread(self, capable: Mapping[str, int], amount: int, month: int) -> dict[str, int]:
        """Share a month's online dossiers out; a service that begins this month gets at least one."""
        begins = [code for code in capable if self._first_month(code) == month > 1 and capable[code]]
        sure = dict.fromkeys(begins[:amount], 1)
        caps = [count - sure.get(code, 0) for code, count in capable.items()]
        rest = apportion(amount - len(sure), [count + 0.001 for count in capable.values()], caps)
        return {code: part + sure.get(code, 0) for (code, part) in zip(capable, rest, strict=True)}

    # ── every single one ─────────────────────────────────────────────────────────────────────────

    def stories(self) -> tuple[list[Story], list[PartyFacts]]:
        """Make all dossiers in the order of reception, and the people who own them."""
        people: list[PartyFacts] = []
        made: list[tuple[datetime, Story]] = []
        workdays: dict[Month, list[date]] = {}
        for plan in self.plans():
            days = workdays.setdefault(plan.month, self._workdays(plan.month))
            for code, count in plan.counts.items():
                online = plan.online.get(code, 0)
                for place in range(count):
                    received = self._moment(self.chance.choice(days))
                    made.append((received, self._story(plan, code, received, place < online, people)))
        made.sort(key=lambda item: item[0])
        for number, (_received, story) in enumerate(made, start=1):
            story.reference = f"{PREFIX}{number:06d}"
        return [story for _received, story in made], people

    def _story(self, plan: Plan, code: str, received: datetime, online: bool, people: list[PartyFacts]) -> Story:  # noqa: FBT001
        service = self.services[code]
        limit = worktime.Limit(Decimal(service.days), worktime.LimitUnit.WORKING_DAY)
        promised = promise.counted(received, limit, self.calendar, use_cutoff=True)
        channel = Channel.ONLINE if online else Channel.DESK
        if not online and self.chance.random() < POSTED:
            channel = Channel.POST
        papers = self.chance.randint(1, 5)
        return Story(
            reference="",
            owner=self._owner(plan.unit, people),
            procedure=service.procedure,
            revision_id=service.revision_id,
            receiving_unit=plan.desk,
            unit=plan.unit,
            channel=channel,
            level_offered=self.levels[plan.unit.pk, code],
            acts=self._acts(plan, received, promised.due_at, online=online),
            term=Term(limit, promised, self.calendar),
            is_assisted=online and self.chance.random() < ASSISTED,
            papers=papers,
            papers_digitised=papers if online else 0,
        )

    def _owner(self, unit: OrgUnit, people: list[PartyFacts]) -> int:
        if people and self.chance.random() > 1 / FILED_BY_ONE:
            return self.chance.randrange(max(0, len(people) - 200), len(people))
        make = business if self.chance.random() < BUSINESS else person
        people.append(make(self.chance, unit.place_code))
        return len(people) - 1

    def _acts(self, plan: Plan, received: datetime, due_at: datetime, *, online: bool) -> list[Act]:
        acts = []
        if online:
            filed = received - timedelta(minutes=self.chance.randint(8, 600))
            acts.append(Act(EventCode.SUBMITTED, filed, State.SUBMITTED))
        acts.append(Act(EventCode.RECEIVED, received, State.ACCEPTED))
        forwarded = self._working(received + timedelta(minutes=self.chance.randint(10, 120)))
        acts.append(Act(EventCode.FORWARDED, forwarded, State.PROCESSING))
        finished = max(self._finish(plan, received, due_at), forwarded + timedelta(minutes=5))
        luck = self.chance.random()
        if luck < WITHDRAWN:
            return [*acts, Act(EventCode.WITHDRAWN, finished, State.WITHDRAWN)]
        if luck < WITHDRAWN + REFUSED:
            return [*acts, Act(EventCode.REFUSED, finished, State.REFUSED)]
        acts.append(Act(EventCode.RESULT_ISSUED, finished, State.DONE))
        wait = timedelta(minutes=5) if online else timedelta(hours=self.chance.randint(1, 70))
        acts.append(Act(EventCode.RETURNED, max(self._working(finished + wait), finished), State.RETURNED))
        return acts

    def _finish(self, plan: Plan, received: datetime, due_at: datetime) -> datetime:
        if self.chance.random() < LATE_OF.get(plan.unit.code, LATE):
            return worktime.add_minutes(due_at, 480 * self.chance.randint(1, 6), self.calendar)
        return self._working(received + (due_at - received) * self.chance.uniform(0.25, 0.97))

    def _workdays(self, month: Month) -> list[date]:
        days = [month.first_day + timedelta(days=step) for step in range(month.last_day.day)]
        return [day for day in days if self.calendar.is_workday(day)]

    def _moment(self, day: date) -> datetime:
        windows = self.calendar.windows(day)
        window = windows[self.chance.random() < 0.4] if len(windows) > 1 else windows[0]
        opening = datetime.combine(day, window.start, tzinfo=clock.VIETNAM)
        length = _minutes(window.end) - _minutes(window.start)
        return opening + timedelta(minutes=self.chance.randrange(length - 10), seconds=self.chance.randrange(60))

    def _working(self, moment: datetime) -> datetime:
        return worktime.start(moment, self.calendar, use_cutoff=False)


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def is_loaded() -> bool:
    """Whether the scenario's dossiers are there; the ledger is append-only, so it is loaded once."""
    return Dossier.objects.filter(reference__startswith=PREFIX).exists()


def load_all() -> Loaded | None:
    """Load the scenario whole; None when it is there already."""
    if is_loaded():
        return None
    stories, people = Scenario().stories()
    return load(stories=stories, parties=people)
