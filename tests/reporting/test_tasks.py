"""Tasks run twice, the calendar decides the month, and public figures are written for the pages that show them."""

from datetime import datetime, timedelta

import pytest
import time_machine

from dossiers.enums import EventCode
from portal import clock, sweeps
from portal.clock import VIETNAM, Month
from portal.models import SweepTry
from procedures.enums import Channel
from procedures.models import PublicFact
from reporting import public_figures, snapshot, tasks
from reporting.models import CloseOrder, DirtyMonth, Run
from reporting.snapshot import compute_month
from reporting.tasks import close_months, compute_dirty_months
from tests.factories import UserFactory
from tests.reporting.events import act, dossier

pytestmark = pytest.mark.unit
FIRST_OF_OCTOBER = datetime(2022, 10, 1, 0, 30, tzinfo=VIETNAM)
CLOSING_DAY = datetime(2022, 10, 5, 0, 30, tzinfo=VIETNAM)


def test_a_month_is_closed_from_its_day_on_and_not_before(city, one_transaction, settings):
    dossier(city.first, city.birth, "2022-09-30 16:00", online=True)
    with time_machine.travel(FIRST_OF_OCTOBER, tick=False):
        assert close_months() == 0
        settings.CLOSE_DAY = 1
        assert close_months() == 1


@time_machine.travel(CLOSING_DAY, tick=False)
def test_close_months_freezes_september_once(city, one_transaction):
    dossier(city.first, city.birth, "2022-09-30 16:00", online=True)
    assert (close_months(), close_months()) == (1, 0)
    assert Run.objects.get().frozen_at is not None


@time_machine.travel(CLOSING_DAY, tick=False)
def test_hourly_task_counts_this_month_and_corrections_of_the_last(city, one_transaction):
    dossier(city.first, city.birth, "2022-09-30 16:00", online=True)
    close_months()
    compute_dirty_months()
    compute_dirty_months()
    runs = Run.objects.order_by("month", "pk")
    assert [(run.month.month, run.frozen_at is not None) for run in runs] == [(9, True), (9, False), (10, False)]
    assert runs[2].counted_until == CLOSING_DAY


@time_machine.travel(datetime(2022, 9, 30, 17, 0, tzinfo=VIETNAM), tick=False)
def test_public_figures_of_today_and_of_the_week(city):
    dossier(city.first, city.birth, "2022-09-30 08:00")
    act(
        EventCode.SUBMITTED,
        "2022-09-30 09:00",
        dossier_id=7,
        seq=1,
        unit=city.first,
        proc=city.birth,
        channel=Channel.ONLINE,
    )
    act(
        EventCode.RECEIVED,
        "2022-09-30 10:00",
        dossier_id=7,
        seq=2,
        unit=city.first,
        proc=city.birth,
        channel=Channel.ONLINE,
    )
    dossier(city.first, city.marriage, "2022-09-29 08:00")
    dossier(city.first, city.birth, "2022-09-30 08:00", internal=True)
    public_figures.refresh()
    public_figures.refresh()
    assert PublicFact.objects.get(key="today", procedure=None).value == {"day": "2022-09-30", "filed": 2, "online": 1}
    used = PublicFact.objects.get(key="most_used", procedure=None).value
    assert [(row["code"], row["filed"]) for row in used] == [(city.birth.code, 2), (city.marriage.code, 1)]


def test_usual_days_needs_enough_dossiers(city):
    with time_machine.travel(datetime(2022, 9, 30, 17, 0, tzinfo=VIETNAM), tick=False):
        for day in range(1, 11):
            act(
                EventCode.RESULT_ISSUED,
                f"2022-09-{day + 10} 09:00",
                dossier_id=100 + day,
                seq=2,
                unit=city.first,
                proc=city.birth,
                received="2022-09-11 09:00",
            )
        act(
            EventCode.RESULT_ISSUED,
            "2022-09-20 09:00",
            dossier_id=300,
            seq=2,
            unit=city.first,
            proc=city.marriage,
            received="2022-09-11 09:00",
        )
        public_figures.refresh()
    fact = PublicFact.objects.get(key="usual_days")
    assert (fact.procedure_id, fact.value) == (city.birth.pk, {"days": 8, "dossiers": 10})


@time_machine.travel(FIRST_OF_OCTOBER, tick=False)
def test_a_month_that_cannot_be_counted_keeps_no_other_waiting(city, one_transaction, monkeypatch):
    dossier(city.first, city.birth, "2022-09-30 16:00", online=True)
    compute_month(Month(2022, 9))
    counted = tasks.compute_month

    def refused(month):
        if month == Month(2022, 9):
            raise ValueError
        return counted(month)

    monkeypatch.setattr(tasks, "compute_month", refused)
    assert compute_dirty_months() == 1
    assert Run.objects.filter(month="2022-10-01").exists()
    assert SweepTry.objects.get().sweep == "months"
    assert {row.month.month for row in DirtyMonth.objects.all()} == {9}


def test_a_month_that_cannot_be_closed_is_tried_every_hour_and_keeps_later_ones_waiting(
    city, one_transaction, monkeypatch
):
    dossier(city.first, city.birth, "2022-09-30 16:00", online=True)
    waits = [True]
    monkeypatch.setattr(snapshot.facts, "waiting_for", lambda _month: any(waits))
    with time_machine.travel(datetime(2022, 8, 31, 23, 0, tzinfo=VIETNAM), tick=False):
        compute_month(Month(2022, 8))
    dossier(city.first, city.birth, "2022-08-30 16:00")
    with time_machine.travel(datetime(2022, 9, 6, 0, 30, tzinfo=VIETNAM), tick=False):
        waits.clear()
        assert close_months() == 1
        waits.append(True)
    with time_machine.travel(datetime(2022, 11, 20, 0, 30, tzinfo=VIETNAM), tick=False):
        for _ in range(sweeps.TRIES + 3):
            SweepTry.objects.update(next_at=clock.now())
            assert close_months() == 0
        [told] = tasks.CLOSING.stuck(10)
        assert (told.name, told.is_aside, told.attempts) == ("2022-09-01", False, sweeps.TRIES + 3)
        assert "chưa chốt được" in told.reason
        waits.clear()
        SweepTry.objects.update(next_at=clock.now())
        assert close_months() == 2
        assert tasks.CLOSING.stuck(10) == []
    closed = Run.objects.filter(frozen_at__isnull=False).order_by("frozen_at", "pk")
    assert [run.month.month for run in closed] == [8, 9, 10]


def test_a_month_nobody_closed_is_told_and_closed_with_the_next(city, one_transaction):
    dossier(city.first, city.birth, "2022-08-10 16:00", online=True)
    with time_machine.travel(datetime(2022, 9, 5, 0, 30, tzinfo=VIETNAM), tick=False):
        compute_month(Month(2022, 7))  # before the first closed month: an operator's
        close_months()
    with time_machine.travel(datetime(2022, 10, 20, 9, 0, tzinfo=VIETNAM), tick=False):
        compute_month(Month(2022, 9))
        assert [(row.name, row.is_aside) for row in tasks.CLOSING.stuck(10)] == [("2022-09-01", False)]
    with time_machine.travel(datetime(2022, 11, 5, 0, 30, tzinfo=VIETNAM), tick=False):
        assert close_months() == 2  # October, which nobody counted, among them
    closed = Run.objects.filter(frozen_at__isnull=False).order_by("month")
    assert [run.month.month for run in closed] == [8, 9, 10]


@time_machine.travel(FIRST_OF_OCTOBER, tick=False)
def test_a_month_is_closed_before_its_day_and_again_by_order(city, one_transaction):
    dossier(city.first, city.birth, "2022-09-30 16:00", online=True)
    by = UserFactory()
    CloseOrder.objects.create(month="2022-09-01", asked_by=by, asked_at=clock.now() - timedelta(minutes=1))
    assert (close_months(), close_months()) == (1, 0)
    dossier(city.first, city.birth, "2022-09-30 17:00", online=True)
    CloseOrder.objects.create(
        month="2022-09-01", decision="12/QĐ", asked_by=by, asked_at=clock.now() - timedelta(minutes=1)
    )
    assert (close_months(), close_months()) == (1, 0)
    closed = Run.objects.filter(frozen_at__isnull=False).order_by("version")
    assert [(run.version, run.decision, run.closed_by) for run in closed] == [(1, "", by), (2, "12/QĐ", by)]
    assert [order.run_id for order in CloseOrder.objects.order_by("pk")] == [run.pk for run in closed]
