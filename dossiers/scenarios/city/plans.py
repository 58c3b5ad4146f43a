"""How many dossiers of which kind come to a ward in eight weeks, when, and what lies at which step today.

Deterministic for a ward and a day. Most lives go their way and are wherever the present finds them; the staged ones wait at a
step on purpose, so that every role has something to do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from accounts.models import User
from dossiers.scenarios.city.filings import BIRTH, BUSINESS, MARITAL, PERMIT
from dossiers.scenarios.city.lives import BY_POST, LifePlan
from dossiers.scenarios.city.people import WardHouse
from portal import clock
from portal.worktime import WorkCalendar

WEEKS = 8
MONDAY_RUSH = 1.6  # against any other day
LATE, LATE_BY = 0.07, 4  # how many are slow, and how much slower
# At the counter: procedure, how often, working minutes between two steps.
COUNTER: tuple[tuple[str, int, int], ...] = (
    ("2.000815", 30, 22),
    ("2.000884", 12, 22),
    ("2.000635", 12, 25),
    (BIRTH, 9, 25),
    ("1.000656", 6, 25),
    ("1.000894", 5, 25),
    ("1.004859", 5, 80),
    ("1.004837", 3, 110),
    ("2.000720", 4, 110),
    ("1.001266", 3, 110),
    ("1.014159", 3, 110),
    ("1.001731", 3, 110),
    ("1.001776", 5, 350),
    (PERMIT, 4, 220),
    (MARITAL, 4, 90),
)
ONLINE: tuple[tuple[str, int, int], ...] = ((MARITAL, 12, 90), (BUSINESS, 8, 90))
ASKING = ("1.004837", "2.000720")  # handled where another department of the ward has a say
SHARE_ONLINE = 0.3
TURNS_ONLINE = (
    ("", 76),
    ("supplement", 7),
    ("fixed at intake", 3),
    ("refused", 4),
    ("sent back", 4),
    ("withdrawn", 2),
    ("not accepted", 2),
    ("taken back", 2),
)
TURNS_COUNTER = (("", 84), ("expired", 3), ("refused", 5), ("sent back", 6), ("asks", 2))


@dataclass(frozen=True, slots=True)
class Stage:
    """Dossiers that wait at a step: how many in the ward of the cast, how many elsewhere, and how many steps came before."""

    until: str
    many: int
    few: int
    steps: int
    codes: tuple[str, ...]
    turn: str = ""
    is_online: bool = False
    least: int = 10  # working minutes it has been lying there
    longest: int = 240


SAME_DAY = ("2.000815", "2.000635", "2.000884")
DAYS = ("1.004837", "2.000720", "1.014159", "1.001731", "1.001776")
STAGES: tuple[Stage, ...] = (
    Stage("receive", 5, 2, 1, (MARITAL, BUSINESS), is_online=True, longest=500),
    Stage("forward", 3, 1, 1, SAME_DAY, longest=90),
    Stage("assign", 4, 1, 2, (*SAME_DAY, *DAYS), longest=200),
    Stage("draft", 9, 4, 3, (*DAYS, "2.000635"), longest=1900),
    Stage("draft", 2, 0, 3, (MARITAL, BIRTH), longest=300),
    Stage("draft again", 3, 1, 7, DAYS, turn="sent back"),
    Stage("review", 5, 1, 5, (*SAME_DAY, *DAYS)),
    Stage("decide", 5, 1, 6, (*SAME_DAY, *DAYS)),
    Stage("issue", 4, 1, 7, (*SAME_DAY, *DAYS), longest=120),
    Stage("return", 6, 2, 8, (*SAME_DAY, *DAYS), longest=1500),
    Stage("return", 7, 0, 8, ("2.000635",), turn=BY_POST, least=260, longest=1500),
    Stage("sign", 3, 0, 6, DAYS, turn="supplement"),
    Stage("send", 3, 1, 7, DAYS, turn="supplement"),
    # limits that come near or are past, some with a letter of apology on its way or sent
    Stage("draft", 4, 1, 3, DAYS, least=700, longest=2600),
    Stage("sign", 2, 0, 6, DAYS, turn="late", longest=600),
    Stage("send", 2, 0, 7, DAYS, turn="late", longest=400),
    Stage("draft", 2, 1, 8, DAYS, turn="late", longest=900),
    Stage("answer", 4, 2, 8, (MARITAL, BUSINESS), turn="supplement", is_online=True, longest=1400),
    Stage("sign", 3, 0, 3, (MARITAL, BUSINESS), turn="fixed at intake", is_online=True, longest=120),
    Stage("sign", 1, 0, 3, (MARITAL,), turn="not accepted", is_online=True, longest=120),
    Stage("write", 2, 0, 4, (BUSINESS,), turn="withdrawn", is_online=True),
    Stage("check", 3, 1, 5, (MARITAL,), is_online=True, longest=400),
    Stage("opinion", 3, 0, 4, ASKING, turn="asks", longest=600),
    Stage("opinion", 3, 1, 3, (PERMIT,), longest=900),
    # what has ended one way or another, so that every state is there on any day
    Stage("answer", 2, 0, 4, (MARITAL,), turn="fixed at intake", is_online=True),
    Stage("", 1, 1, 5, (MARITAL,), turn="not accepted", is_online=True, longest=2000),
    Stage("", 1, 1, 2, (BUSINESS,), turn="taken back", is_online=True, longest=2000),
    Stage("", 1, 1, 8, (BUSINESS,), turn="withdrawn", is_online=True, longest=2000),
    Stage("", 1, 0, 9, SAME_DAY, turn="refused", longest=2000),
    Stage("", 1, 1, 8, DAYS, turn="expired", least=3400, longest=5000),
    # beyond the eight hours of work in which the desk answers
    Stage("receive", 4, 1, 1, (MARITAL, BUSINESS), is_online=True, least=540, longest=1100),
    Stage("pay", 2, 0, 4, DAYS, turn="pays", longest=900),
)
# Of the cast's citizens: until which step, what happens beside, steps before.
OWN: tuple[tuple[str, str, int], ...] = (("receive", "", 1), ("check", "", 5), ("answer", "supplement", 8))


def ordinary(ward: WardHouse, count: int, now: datetime, calendar: WorkCalendar) -> Iterator[LifePlan]:
    """Lives that take their way."""
    chance = ward.chance
    days = [clock.local(now).date() - timedelta(days=back) for back in range(WEEKS * 7 + 1)]
    weights = [0 if not calendar.is_workday(day) else MONDAY_RUSH if day.weekday() == 0 else 1 for day in days]
    for day in chance.choices(days, weights, k=count):
        is_online = chance.random() < SHARE_ONLINE
        code, pace = _one_of(chance, ONLINE if is_online else COUNTER)
        turn = chance.choices(*zip(*(TURNS_ONLINE if is_online else TURNS_COUNTER), strict=True))[0]
        if code == PERMIT or (turn == "asks" and code not in ASKING):
            turn = ""  # of a permit others are asked anyway; a paper of the same day leaves no time to ask
        slow = LATE_BY if chance.random() < LATE else 1
        at = (
            clock.at(day, time(chance.randrange(6, 22), chance.randrange(60)))
            if is_online
            else _open(day, chance, calendar)
        )
        officer = chance.choice(["officer", "officer_2"])
        by = chance.choice(ward.citizens) if is_online else None
        yield LifePlan(code, at, pace * slow, turn=str(turn), by=by, officer=officer)


def staged(ward: WardHouse, now: datetime, calendar: WorkCalendar, *, is_busy: bool) -> Iterator[LifePlan]:
    """Lives that wait at a step today; `is_busy`: in the ward where the cast works."""
    chance = ward.chance
    for stage in STAGES:
        for place in range(stage.many if is_busy else stage.few):
            code = stage.codes[place % len(stage.codes)]
            rest = chance.randrange(stage.least, stage.longest)
            by = chance.choice(ward.citizens) if stage.is_online else None
            yield _waiting(
                LifePlan(code, now, _quick(chance), stage.turn, stage.until, by), stage.steps, rest, now, calendar
            )


def own(citizen: User, code: str, chance: Random, now: datetime, calendar: WorkCalendar) -> Iterator[LifePlan]:
    """What a citizen of the cast has under way: something at each step that asks them for an act, and a draft not sent."""
    for until, turn, steps in OWN:
        kind = BUSINESS if turn else code
        yield _waiting(
            LifePlan(kind, now, _quick(chance), turn, until, citizen), steps, chance.randrange(20, 200), now, calendar
        )
    step = {MARITAL: "nguoi_duoc_cap", BUSINESS: "ho_kinh_doanh"}[code]
    yield LifePlan(code, now - timedelta(minutes=chance.randrange(20, 90)), 1, "", "receive", citizen, step=step)


def of_leaver(ward: WardHouse, count: int, now: datetime, calendar: WorkCalendar) -> Iterator[LifePlan]:
    """What lay with the officer who left."""
    for place in range(count):
        plan = LifePlan(DAYS[place % len(DAYS)], now, _quick(ward.chance), "", "draft", officer="officer_3")
        yield _waiting(plan, 3, 1200 + 60 * place, now, calendar)


def worked_back(now: datetime, minutes: int, calendar: WorkCalendar) -> datetime:
    """The moment so many working minutes ago."""
    day, left = clock.local(now).date(), minutes
    while True:
        for window in reversed(calendar.windows(day)):
            start, end = calendar.at(day, window.start), min(calendar.at(day, window.end), now)
            inside = int((end - start).total_seconds() // 60)
            if inside > left:
                return end - timedelta(minutes=left)
            left -= max(0, inside)
        day -= timedelta(days=1)


def _waiting(plan: LifePlan, steps: int, rest: int, now: datetime, calendar: WorkCalendar) -> LifePlan:
    """The plan with the latest start from which its step is surely reached, and `rest` minutes before that."""
    begun = worked_back(now, round(plan.pace * steps * 2.5) + rest + 5, calendar)
    return LifePlan(plan.procedure, begun, plan.pace, plan.turn, plan.until, plan.by, plan.officer, plan.step)


def _quick(chance: Random) -> int:
    return chance.randrange(8, 20)


def _one_of(chance: Random, rows: tuple[tuple[str, int, int], ...]) -> tuple[str, int]:
    code, _often, pace = chance.choices(rows, [often for _code, often, _pace in rows])[0]
    return code, pace


def _open(day: date, chance: Random, calendar: WorkCalendar) -> datetime:
    """A moment of the office hours, more in the morning."""
    windows = calendar.windows(day)
    window = chance.choices(windows, [3] + [2] * (len(windows) - 1))[0]
    start, end = calendar.at(day, window.start), calendar.at(day, window.end)
    length = int((end - start).total_seconds()) - 600
    return start + timedelta(seconds=chance.randrange(max(60, length)))
