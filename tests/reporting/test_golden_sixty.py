"""September 2022 in sixty dossiers, every indicator counted by hand: late events, a correction, a merger on the 16th.

The table is the month. Reading a row: numbers, unit, procedure, how it came, when received and promised for, what happened
then, papers (all/digitised/reused; after > those at the end), working minutes used of those allowed.
"""

import dataclasses
import random
from types import SimpleNamespace

import pytest

from dossiers.enums import EventCode, State
from portal.clock import Month
from procedures.enums import Channel, ServiceLevel
from procedures.models import OnlineOffering
from reporting import facts
from reporting.enums import Basis, Part, ScopeKind
from reporting.fact_rules import UNWRITTEN
from reporting.indicators import AWAITED, INDICATORS, counted_ones
from reporting.models import FactDossier, Snapshot
from reporting.queries import TOTAL, Number
from reporting.snapshot import compute_month
from tests.reporting.events import act, moment, offer, procedure

pytestmark = [pytest.mark.unit, pytest.mark.django_db, pytest.mark.slow]
SEPTEMBER = Month(2022, 9)
OFFICER = 77

TABLE = """
 1-10 | first  | birth    | online   | 01/9 for 08/9 | granted 06/9                                             | 2/2/1       | 1200/2400
11-16 | first  | birth    | desk     | 05/9 for 12/9 | granted 12/9                                             | 2/1/0>2/2/0 | 2400/2400
17-20 | first  | marriage | assisted | 02/9 for 09/9 | granted 12/9                                             | 3/2/0       | 2880/2400
21-23 | first  | copy     | desk     | 06/9 for 07/9 | refused 07/9                                             | 0/0/0       | 100/480
24-29 | second | birth    | desk     | 08/9 for 15/9 | followed 16/9 to first                                   | 1/0/0       |
30-33 | second | marriage | online   | 06/9 for 13/9 | granted 13/9                                             | 1/1/1       | 2400/2400
34-35 | second | birth    | online   | 05/9 for 12/9 | asked 08/9, answered 12/9 for 16/9, granted 15/9         | 2/2/0       | 1920/2400
36-37 | first  | birth    | desk     | 01/9 for 08/9 | asked 02/9, answered 05/9 for 09/9, asked 06/9, answered 07/9 for 12/9, granted 12/9 | 1/1/0 | 2000/2400
38-40 | first  | birth    | desk     | 20/9 for 27/9 | asked 22/9                                               | 1/0/0       |
41    | first  | birth    | desk     | 12/9 for 19/9 | asked 26/9                                               | 1/0/0       |
42-44 | office | permit   | online   | 10/9 for 30/9 | proposed 19/9, granted 20/9                              | 5/5/2       | 4000/7000
45-46 | office | permit   | desk     | 15/9 for 30/9 | granted 03/10                                            | 5/4/0       | 7100/7000
47    | office | permit   | desk     | 14/9 for 30/9 | withdrawn 16/9                                           | 5/5/0       | 0/7000
48    | office | permit   | desk     | 14/9 for 30/9 | stopped 16/9                                             | 5/5/0       | 0/7000
49    | first  | birth    | online   | sent 07/9 09:00 to be answered 07/9 17:00, 07/9 for 14/9 | granted 09/9          | 2/2/0       | 480/2400
50    | first  | birth    | online   | sent 07/9 09:00 to be answered 07/9 17:00, 08/9 for 15/9 | granted 09/9          | 2/2/0       | 480/2400
51    | first  | birth    | online   | sent 07/9 09:00 to be answered 07/9 17:00     | rejected 07/9                    | 2/2/0       |
52    | first  | birth    | online   | sent 30/9 16:00 to be answered 03/10 16:00    |                                  | 2/2/0       |
53    | office | permit   | internal online | 12/9 for 30/9 |                                                   | 1/1/0       |
54    | office | permit   | internal desk   | 12/9 for 30/9 |                                                   | 1/0/0       |
55    | first  | birth    | online   | 10/8 for 17/8 | granted 05/9                                             | 0/0/0       | 5000/2400
56    | first  | birth    | desk     | 25/8 for 05/9 | granted 01/9                                             | 0/0/0       | 1000/2400
57    | first  | birth    | desk     | 10/7 for 17/7 | granted 12/7                                             | 0/0/0       | 480/2400
58    | first  | birth    | online   | 10/2 for 17/2 | granted 14/2                                             | 0/0/0       | 480/2400
59    | first  | birth    | desk     | 31/8 23:59    | received again 02/9                                      | 0/0/0       |
60    | first  | marriage | post     | 30/9 23:59 for 10/10 |                                                   | 0/0/0       |
"""

# In the month: ward 1, ward 2 (until the 15th), the office, all. None: no case, so no figure.
MONTH = {
    "online_share_all": [(16, 32), (6, 12), (3, 7), (25, 51)],
    "online_share_offered": [(16, 29), (6, 12), (3, 7), (25, 48)],  # without the copies, 21–23
    "online_share_self": [(12, 32), (6, 12), (3, 7), (21, 51)],
    "online_share_assisted": [(4, 32), (0, 12), (0, 7), (4, 51)],
    "online_share_full": [(12, 32), (2, 12), (3, 7), (17, 51)],  # without marriages
    "services_used": [(2, 3), (2, 2), (1, 1), (3, 4)],  # adoption, offered by ward 1, was used by nobody
    "full_services": [(2, 3), (1, 1), (1, 1), (3, 4)],  # of ward 1: birth, adoption; not the one with a technical fault
    "offered_online": [(3, 4), (2, 2), (1, 1), (4, 5)],
    "digitised_received": [(14, 28), (6, 12), (5, 7), (25, 47)],
    "volume_share": [(32, 51), (12, 51), (7, 51), (51, 51)],
    "internal_online": [None, None, (1, 2), (1, 2)],
    # 38 were decided: 29 in ward 1, 6 in ward 2, 3 in the office. Open and late: 24–29 (ward 1 holds them), 38–41, 45–46.
    "on_time_first": [(22, 39), (4, 6), (3, 5), (29, 50)],
    "on_time_now": [(24, 35), (6, 6), (3, 5), (33, 46)],  # 38–41 wait for the citizen: their clock stands
    "on_time_766": [
        (22, 36),
        (6, 6),
        (4, 6),
        (32, 48),
    ],  # 36–37 asked twice; 41 asked after its day; 48 stopped in time
    "open_dossiers": [(12, 12), None, (2, 2), (14, 14)],
    "open_overdue": [(6, 12), None, (2, 2), (8, 14)],
    "hours_taken": [(49180, 29), (13440, 6), (12000, 3), (74620, 38)],
    "hours_saved": [(19180, 29), (960, 6), (9000, 3), (29140, 38)],
    "time_cut_online": [(11320, 40800), (960, 14400), (9000, 21000), (21280, 76200)],
    "answered_in_8_hours": [(2, 3), None, None, (2, 3)],
    "supplement_twice": [(2, 29), (0, 6), (0, 3), (2, 38)],
    "reappointed_share": [(0, 29), (0, 6), (0, 3), (0, 38)],  # with letters: tests/reporting/test_apologies.py
    "refused_share": [(4, 30), (0, 6), (0, 5), (4, 41)],
    "digitised_settled": [(20, 24), (6, 6), (3, 3), (29, 33)],
    "reuse_share": [(10, 29), (4, 6), (3, 3), (17, 38)],
    "reused_papers": [(10, 50), (4, 8), (6, 15), (20, 73)],
    "tt01_total_time": [(37, 29), (8, 6), (6, 3), (51, 38)],
    "tt01_contacts": [(54, 29), (10, 6), (6, 3), (70, 38)],
}
# Of all: July to September; the year; 15 August to 14 September.
OTHERS = {
    "online_share_all": {Basis.QUARTER: (26, 55), Basis.CUMULATIVE: (27, 56), Basis.MID_MONTH: (25, 47)},
    "on_time_first": {Basis.QUARTER: (30, 51), Basis.CUMULATIVE: (31, 52), Basis.MID_MONTH: (26, 35)},
    "open_dossiers": {Basis.QUARTER: (14, 14), Basis.CUMULATIVE: (14, 14), Basis.MID_MONTH: (15, 15)},
    "services_used": {Basis.QUARTER: (3, 4), Basis.CUMULATIVE: (3, 4), Basis.MID_MONTH: (3, 4)},
}
# What no act writes yet, said by the test: 1–10, 11–16 and 17–20 only.
WAITING = {
    "digitised_work": (10, 38),
    "electronic_results": (10, 38),
    "paid_online_share": (10, 16),
    "post_return_share": (10, 35),
    "satisfied": (10, 16),
    "tt01_bodies": (26, 20),
    "tt01_attitude": (26, 20),
}

ENDS = {
    "granted": (EventCode.RESULT_ISSUED, State.DONE),
    "refused": (EventCode.REFUSED, State.REFUSED),
    "withdrawn": (EventCode.WITHDRAWN, State.WITHDRAWN),
    "stopped": (EventCode.ASSIGNED, State.STOPPED),
    "rejected": (EventCode.NOT_ACCEPTED, State.NOT_ACCEPTED),
}
STEPS = {
    **ENDS,
    "asked": (EventCode.SUPPLEMENT_REQUESTED, State.SUPPLEMENT),
    "answered": (EventCode.SUPPLEMENT_ANSWERED, State.PROCESSING),
    "followed": (EventCode.UNIT_FOLLOWED, State.PROCESSING),
    "proposed": (EventCode.PROPOSED, State.PROCESSING),
    "received": (EventCode.RECEIVED, State.PROCESSING),
}
LEVELS = {
    "birth": ServiceLevel.FULL,
    "marriage": ServiceLevel.PARTIAL,
    "copy": ServiceLevel.NONE,
    "permit": ServiceLevel.FULL,
}


def at(day, clock_time="09:00"):
    """`06/9` or `30/9 23:59` as events write it."""
    day, *given = day.split()
    number, month = day.split("/")
    return f"2022-{int(month):02}-{int(number):02} {given[0] if given else clock_time}"


class Story:
    """The dossiers of one row of the table."""

    def __init__(self, city, line):
        numbers, unit, proc, how, came, then, papers, minutes = (part.strip() for part in line.split("|"))
        first, _dash, last = numbers.partition("-")
        self.numbers = range(int(first), int(last or first) + 1)
        self.city, self.came, self.then, self.minutes = city, came, then, minutes
        self.papers = papers.split(">")
        self.shared = {
            "unit": getattr(city, unit),
            "proc": getattr(city, proc),
            "level": LEVELS[proc],
            "internal": "internal" in how,
            "is_assisted": "assisted" in how,
            "channel": Channel.POST if "post" in how else Channel.DESK if "desk" in how else Channel.ONLINE,
        }

    def tell(self):
        for number in self.numbers:
            self.number, self.seq, self.due, self.promised = number, 0, None, None
            came = self.came
            if came.startswith("sent"):
                sent, _comma, came = came.partition(", ")
                self._act(
                    EventCode.SUBMITTED,
                    State.SUBMITTED,
                    at(sent[5:15]),
                    step_due_at=moment(at(sent.split("answered ")[1])),
                )
            if came:
                day, _for, due = came.partition(" for ")
                self.due = self.promised = at(due, "17:00") if due else None
                late = "11:00" if self.came.startswith("sent") else "09:00"
                self._act(EventCode.RECEIVED, State.PROCESSING, at(day, late))
            for step in filter(None, self.then.split(", ")):
                self._step(step)

    def _step(self, step):
        step, _for, due = step.partition(" for ")
        words = step.split()
        self.promised = at(due, "17:00") if due else self.promised
        more = {"actor_id": OFFICER} if words[0] == "proposed" else {}
        if words[0] == "followed":
            self.shared = self.shared | {"unit": self.city.first}
        if words[0] in ENDS and self.minutes:
            more["minutes_used"], more["minutes_allowed"] = map(int, self.minutes.split("/"))
        day = next(word for word in words if "/" in word)
        self._act(*STEPS[words[0]], at(day, "16:00"), ended=words[0] in ENDS, **more)
        if words[0] == "followed":
            self.shared = self.shared | {"unit": self.city.second}

    def _act(self, code, state, when, *, ended=False, **more):
        self.seq += 1
        total, digitised, reused = map(int, self.papers[-1 if ended else 0].split("/"))
        act(
            code,
            when,
            dossier_id=9000 + self.number,
            seq=self.seq,
            state_to=state,
            due=self.due,
            due_at=moment(self.promised) if self.promised else None,
            papers_total=total,
            papers_digitised=digitised,
            papers_reused=reused,
            **self.shared,
            **more,
        )


@pytest.fixture
def month(city, one_transaction):
    """The city with its table; ward 2 is merged into ward 1 on the 16th."""
    city.adoption, broken = procedure(), procedure()
    offer(city.adoption, city.first)
    OnlineOffering.objects.create(
        procedure=broken, unit=city.first, level=ServiceLevel.NONE, valid_from="2022-01-01", reason="technical_fault"
    )
    city.second.valid_to = "2022-09-15"
    city.second.save()
    stories = [Story(city, line) for line in TABLE.strip().splitlines()]
    assert [number for story in stories for number in story.numbers] == list(range(1, 61))
    return SimpleNamespace(city=city, stories=stories, places=[city.first, city.second, city.office, None])


def figures(run, code, basis, places):
    rows = Snapshot.objects.filter(run=run, indicator=code, basis=basis)
    found = {(row.scope_kind, row.scope_id): (row.numerator, row.denominator) for row in rows}
    return [found.get((ScopeKind.UNIT, one.pk) if one else (ScopeKind.TOTAL, None)) for one in places]


def assert_by_hand(run, places):
    for code, expected in MONTH.items():
        assert figures(run, code, Basis.MONTH, places) == expected, code
    for code, bases in OTHERS.items():
        for basis, expected in bases.items():
            assert figures(run, code, basis, [None]) == [expected], (code, basis)


def test_the_table_is_of_every_indicator():
    assert set(MONTH) == {one.code for one in counted_ones()}
    assert set(WAITING) == {one.code for one in INDICATORS if not one.has_source and one.cases}
    assert {word for one in INDICATORS for word in one.waits_for} == set(AWAITED)


def test_every_figure_is_the_one_counted_by_hand(month):
    for story in month.stories:
        story.tell()
    run = compute_month(SEPTEMBER)
    assert_by_hand(run, month.places)
    of_officer = Snapshot.objects.filter(run=run, scope_kind=ScopeKind.OFFICER, basis=Basis.MONTH)
    assert {(row.scope_id, row.indicator, row.numerator, row.denominator) for row in of_officer} == {
        (OFFICER, "tt01_total_time", 6, 3),
        (OFFICER, "tt01_contacts", 6, 3),
    }
    permit = Snapshot.objects.get(
        run=run,
        scope_kind=ScopeKind.PROCEDURE,
        scope_id=month.city.permit.pk,
        basis=Basis.MONTH,
        indicator="online_share_all",
    )
    assert (permit.numerator, permit.denominator) == (3, 7)
    held = figures(run, "open_dossiers", Basis.MID_MONTH, month.places)
    assert held == [(2, 2), (8, 8), (5, 5), (15, 15)], "on the 14th ward 2 still held its own"


@pytest.mark.parametrize("seed", [1, 2])
def test_in_any_order_and_in_helpings_the_figures_are_the_same(month, seed):
    """What becomes known late is counted where it belongs; counting in between leaves nothing behind."""
    chance = random.Random(seed)
    chance.shuffle(month.stories)
    for story in month.stories:
        story.tell()
        if chance.random() < 0.3:
            facts.drain()
        if chance.random() < 0.15:
            compute_month(SEPTEMBER)
    run = compute_month(SEPTEMBER)
    assert_by_hand(run, month.places)
    assert facts.differences() == []
    facts.rebuild()
    digest = run.digest
    assert compute_month(SEPTEMBER).digest == digest


def test_every_number_is_what_its_list_adds_up_to(month):
    for story in month.stories:
        story.tell()
    run = compute_month(SEPTEMBER)
    checked = 0
    for row in Snapshot.objects.filter(run=run, basis__in=(Basis.MONTH, Basis.MID_MONTH)):
        scope = (row.scope_kind, row.scope_id) if row.scope_id else TOTAL
        for part, expected in ((Part.NUMERATOR, row.numerator), (Part.DENOMINATOR, row.denominator)):
            listed = Number(run=run, indicator=row.indicator, basis=row.basis, scope=scope, part=part)
            assert listed.amount() == expected, (row, part)
            checked += 1
    assert checked > 500


def test_indicators_that_wait_count_as_soon_as_their_facts_are_there(month, monkeypatch):
    for story in month.stories:
        story.tell()
    facts.drain()

    def say(first, last, **columns):
        FactDossier.objects.filter(dossier_id__range=(9000 + first, 9000 + last)).update(**columns)

    say(
        1,
        10,
        work_digitised=True,
        electronic_result=True,
        result_signed=True,
        fee_due=8000,
        paid_online=True,
        returned_by_post=True,
        rating=3,
        bodies_contacted=0,
        complaint_upheld=False,
    )
    say(11, 16, electronic_result=True, fee_due=8000, rating=1, bodies_contacted=1, complaint_upheld=False)
    say(17, 20, fee_due=0, bodies_contacted=2, complaint_upheld=True)
    assert not Snapshot.objects.filter(indicator__in=WAITING).exists()
    for code in WAITING:
        monkeypatch.setitem(INDICATORS._declared, code, dataclasses.replace(INDICATORS[code], waits_for=()))
    run = compute_month(SEPTEMBER)
    assert {code: figures(run, code, Basis.MONTH, [None])[0] for code in WAITING} == WAITING


def test_what_waits_is_not_written_and_what_is_written_does_not_wait():
    """The page of indicators without a source is true: an act that begins to write their column is told here."""
    from django.apps import apps

    tables = [model._meta.db_table.replace("_", "") for model in apps.get_models()]
    for one in INDICATORS:
        said = f"{one.counted} {one.hit} {one.amount} {one.whole}"
        empty = {name for name in UNWRITTEN if name in said}
        if one.cases:
            assert set(one.waits_for) == empty, one.code
        else:
            awaited = [word.replace("_", "") for word in one.waits_for]
            assert awaited, one.code
            assert [table for table in tables for word in awaited if word in table] == [], one.code


def test_facts_that_no_act_writes_are_empty(month):
    for story in month.stories:
        story.tell()
    facts.drain()
    for name in UNWRITTEN:
        assert not FactDossier.objects.exclude(**{name: None}).exists(), name
