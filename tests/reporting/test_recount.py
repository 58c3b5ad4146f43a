"""Figures from facts against a recount from the ledger: every cell of every month, and lists as long as their numbers."""

import dataclasses
import random
from datetime import datetime, timedelta

import pytest
from django.db.models import Max

from accounts.models import OrgUnit
from dossiers.enums import EventCode, State
from dossiers.models.event import DossierEvent
from portal import clock
from portal.clock import Month
from procedures.enums import Channel, ServiceLevel
from procedures.models import Procedure
from reporting import facts
from reporting.enums import Basis, Part, ScopeKind
from reporting.indicators import INDICATORS
from reporting.models import FactDossier, Snapshot, TransferFact
from reporting.queries import Number
from reporting.snapshot import compute_month, freeze_month
from tests.factories import UnitFactory
from tests.reporting import recount
from tests.reporting.events import act, moment, offer

pytestmark = [pytest.mark.unit, pytest.mark.slow]


def cells(run):
    rows = Snapshot.objects.filter(run=run)
    found = rows.exclude(scope_kind=ScopeKind.OFFICER)
    return {(row.indicator, row.basis, row.scope_kind, row.scope_id): (row.numerator, row.denominator) for row in found}


def assert_equal_to_the_recount(months, *, only=None):
    """Every cell of the months; of a great ledger some indicators only, since the recount looks everything up."""
    checked = 0
    for month in months:
        run = compute_month(month)
        expected = recount.cells(month, run.counted_until, only=only)
        assert {key: pair for key, pair in cells(run).items() if only is None or key[0] in only} == expected, month
        checked += len(expected)
    return checked


def assert_lists_are_as_long_as_their_numbers(run, sample=None, size=12):
    """All of them, or as many as `size` drawn by `sample`."""
    found = sorted(cells(run).items(), key=str)
    for (indicator, basis, kind, scope_id), (numerator, denominator) in sample.sample(found, size) if sample else found:
        lengths = {Part.NUMERATOR: numerator, Part.DENOMINATOR: denominator}
        if not INDICATORS[indicator].sums:
            lengths[Part.REST] = denominator - numerator
        for part, length in lengths.items():
            listed = Number(run=run, indicator=indicator, basis=basis, scope=(kind, scope_id), part=part)
            assert listed.amount() == length, (indicator, basis, kind, scope_id, part)


def assert_services_open_their_dossiers(run):
    """On the second level: the dossiers of each service of each scope, and each online dossier under one service."""
    seen = 0
    for indicator, basis, kind, scope_id in cells(run):
        if not INDICATORS[indicator].key:
            continue
        scope = Number(run=run, indicator=indicator, basis=basis, scope=(kind, scope_id), part=Part.DENOMINATOR)
        for row in scope.services():
            below = dataclasses.replace(scope, procedure_id=row["procedure"].pk)
            assert below.count() == row["dossiers"], (indicator, basis, kind, scope_id, row)
            seen += row["dossiers"]
    assert seen > 0


# ── random stories ───────────────────────────────────────────────────────────────────────────────


class Stories:
    """Dossiers of all kinds from the spring of 2021 to the autumn of 2022, with acts in the order of time."""

    def __init__(self, city, seed):
        self.chance = random.Random(seed)
        department = UnitFactory(code="phong-x", kind="department", parent=city.first)
        other = UnitFactory(code="phong-y", kind="department", parent=city.second)
        self.places = [
            (city.first, department),
            (city.first, None),
            (city.second, None),
            (city.second, other),
            (city.office, None),
        ]
        self.procedures = [city.birth, city.marriage, city.copy, city.permit]
        self.number = 0

    def tell(self):
        self.number += 1
        chance = self.chance
        unit, department = chance.choice(self.places)
        at = moment("2021-11-15 08:00") + timedelta(minutes=chance.randrange(60 * 24 * 330))
        self.shared = {
            "dossier_id": 1000 + self.number,
            "unit": unit,
            "department": department,
            "seq": 0,
            "due": None,
            "proc": chance.choice(self.procedures),
            "channel": chance.choice(list(Channel)),
            "level": chance.choice(list(ServiceLevel)),
            "internal": chance.random() < 0.1,
        }
        if chance.random() < 0.5:
            at = self._act(EventCode.SUBMITTED, State.SUBMITTED, at, 600)
            if chance.random() < 0.2:
                self._act(
                    *chance.choice(
                        [
                            (EventCode.NOT_ACCEPTED, State.NOT_ACCEPTED),
                            (EventCode.WITHDRAWN, State.WITHDRAWN),
                            (EventCode.SUPPLEMENT_REQUESTED, State.INTAKE_FIX),
                        ]
                    ),
                    at,
                    0,
                )
                return
        if chance.random() < 0.95:
            due = at + timedelta(minutes=chance.randrange(60 * 24 * 60))
            self.shared["due"] = clock.local(due).strftime("%Y-%m-%d %H:%M")
        at = self._act(EventCode.RECEIVED, State.ACCEPTED, at, 60 * 24 * 20)
        self._go_on(at)

    def _go_on(self, at):
        chance = self.chance
        for _step in range(chance.randrange(4)):
            code, state = chance.choice(
                [
                    (EventCode.FORWARDED, State.PROCESSING),
                    (EventCode.RECEIVED, State.ACCEPTED),
                    (EventCode.SUPPLEMENT_REQUESTED, State.SUPPLEMENT),
                    (EventCode.SUPPLEMENT_ANSWERED, State.PROCESSING),
                ]
            )
            if chance.random() < 0.4:
                self.shared["unit"], self.shared["department"] = chance.choice(self.places)
            at = self._act(code, state, at, 60 * 24 * 30)
        code, state = chance.choice(
            [
                (EventCode.RESULT_ISSUED, State.DONE),
                (EventCode.RESULT_ISSUED, State.DONE),
                (None, None),
                (EventCode.REFUSED, State.REFUSED),
                (EventCode.WITHDRAWN, State.WITHDRAWN),
                (EventCode.ASSIGNED, State.STOPPED),
            ]
        )
        if code is None:
            return
        at = self._act(code, state, at, 60 * 24 * 9)
        if state in {State.DONE, State.REFUSED} and chance.random() < 0.5:
            if chance.random() < 0.2:  # the desk that hands it over is another unit's
                self.shared["unit"], self.shared["department"] = chance.choice(self.places)
            self._act(EventCode.RETURNED, State.RETURNED if state == State.DONE else state, at, 0)

    def _act(self, code, state, at, pause):
        self.shared["seq"] += 1
        act(code, clock.local(at).strftime("%Y-%m-%d %H:%M:%S"), state_to=state, **self.shared, **self._said(code, at))
        return at + timedelta(minutes=self.chance.randrange(pause + 1))

    def _said(self, code, at):
        """What events say beside: papers, minutes, hours to answer; of the dossier's number, so that no chance is spent."""
        number = self.number
        return {
            "is_assisted": number % 3 == 0,
            "papers_total": number % 4,
            "papers_digitised": min(number % 4, number % 5),
            "papers_reused": number % 2,
            "due_at": moment(self.shared["due"]) + timedelta(days=number % 5) if self.shared["due"] else None,
            "minutes_used": number * 37 % 2000 if number % 6 else None,
            "minutes_allowed": 960 if number % 7 else None,
            "step_due_at": at + timedelta(hours=8) if code == EventCode.SUBMITTED else None,
        }


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_stories_are_counted_like_the_ledger_says(city, one_transaction, seed):
    """Second receptions, refusals, withdrawals, stops, moves, late and internal ones, told in three helpings."""
    stories = Stories(city, seed)
    months = [Month(2021, 11), Month(2021, 12), *(Month(2022, number) for number in range(1, 13))]
    for _helping in range(3):
        for _number in range(60):
            stories.tell()
        assert assert_equal_to_the_recount(months) > 400
        assert facts.differences() == []
    assert FactDossier.objects.count() == 180
    assert TransferFact.objects.exists()
    for month in (Month(2021, 12), Month(2022, 5)):  # all lists of the first stories, and of each others a hundred
        sample = None if seed == 1 else stories.chance
        assert_lists_are_as_long_as_their_numbers(compute_month(month), sample=sample, size=100)
    department = OrgUnit.objects.get(code="phong-x")
    offer(
        city.birth, city.first, since="2022-03-01", department=department
    )  # one department of two, and dossiers of none
    assert_services_open_their_dossiers(compute_month(Month(2022, 5)))


def open_facts(before):
    """Received dossiers without an end whose last act lies before a moment."""
    acted = DossierEvent.objects.values("dossier_id").annotate(last=Max("happened_at")).filter(last__lt=moment(before))
    return FactDossier.objects.filter(
        received_at__isnull=False, finished_at__isnull=True, pk__in=acted.values("dossier_id")
    ).order_by("pk")


def test_lists_of_a_closed_month_stay_as_long_as_its_numbers(city, one_transaction):
    """Whatever becomes known of that time afterwards: new dossiers, ends, moves."""
    stories = Stories(city, 4)
    for _number in range(80):
        stories.tell()
    facts.drain()
    run = freeze_month(Month(2022, 6))
    before = cells(run)
    for fact in open_facts(before="2022-06-30 16:00")[:8]:
        act(
            stories.chance.choice([EventCode.RESULT_ISSUED, EventCode.FORWARDED]),
            "2022-06-30 16:59",
            dossier_id=fact.dossier_id,
            seq=fact.last_seq + 1,
            unit=city.second,
            proc=Procedure.objects.get(pk=fact.procedure_id),
            due=fact.first_due_at and clock.local(fact.first_due_at).strftime("%Y-%m-%d %H:%M"),
            state_to=State.PROCESSING,
        )
    for _number in range(40):
        stories.tell()
    live = compute_month(Month(2022, 6))
    assert run.closed_facts.exclude(received_at=None).exists()
    assert live.pk != run.pk
    assert cells(live) == recount.cells(Month(2022, 6), live.counted_until) != before
    assert cells(run) == before
    assert_lists_are_as_long_as_their_numbers(run)
    assert_lists_are_as_long_as_their_numbers(live, sample=stories.chance, size=100)
    facts.rebuild()
    assert_lists_are_as_long_as_their_numbers(run, sample=stories.chance, size=100)


def test_month_under_way_is_counted_as_far_as_it_went(city, one_transaction):
    import time_machine

    stories = Stories(city, 5)
    for _number in range(120):
        stories.tell()
    with time_machine.travel(datetime(2022, 5, 17, 10, 30, tzinfo=clock.VIETNAM), tick=False):
        assert assert_equal_to_the_recount([Month(2022, 4), Month(2022, 5)]) > 60
        assert_lists_are_as_long_as_their_numbers(compute_month(Month(2022, 5)))


def test_unit_that_changes_its_group_counts_where_it_was(city, one_transaction):
    """A move to another group of units is a move, even within the same unit."""
    act(
        EventCode.RECEIVED,
        "2022-03-01 09:00",
        dossier_id=1,
        seq=1,
        unit=city.first,
        proc=city.birth,
        due="2022-03-05 09:00",
    )
    OrgUnit.objects.filter(pk=city.first.pk).update(group=city.offices)
    city.first.refresh_from_db()
    act(
        EventCode.FORWARDED,
        "2022-04-04 09:00",
        dossier_id=1,
        seq=2,
        unit=city.first,
        proc=city.birth,
        due="2022-03-05 09:00",
        state_to=State.PROCESSING,
    )
    march, april = compute_month(Month(2022, 3)), compute_month(Month(2022, 4))
    key = ("on_time_first", Basis.MONTH.value, ScopeKind.GROUP.value)
    assert cells(march)[*key, city.wards.pk] == (0, 1)
    assert cells(april)[*key, city.offices.pk] == (0, 1)
    assert_equal_to_the_recount([Month(2022, 3), Month(2022, 4)])
