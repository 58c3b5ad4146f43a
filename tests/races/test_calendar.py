"""A calendar edited while dossiers are received, and two workers moving promises: one reading each, each once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
import time_machine
from django.db import connection, transaction

from accounts.enums import CalendarChoice, DayKind, Role
from accounts.promises import DecisionNeededError
from accounts.services import put_day
from dossiers import promise
from dossiers.models.clock import ClockSegment, TouchedPromise
from dossiers.models.event import DossierEvent
from dossiers.services import calendar_moves, desk
from portal import clock
from portal.worktime import ExplanationKind
from tests.houses import WEDNESDAY_MORNING, make_house, received, submitted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
FRIDAY = date(2026, 11, 20)
HELD = 0.5  # seconds for which the first connection keeps its transaction open


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(WEDNESDAY_MORNING, tick=True):
        yield


@pytest.fixture
def _nobody_moves(monkeypatch):
    """The test itself is the worker: tasks run at once here, and the decision would have been carried out already."""
    monkeypatch.setattr(calendar_moves, "enqueue", lambda *_args, **_ids: None)


def off(boss, decision=""):
    return put_day(by=boss, unit_id=None, day=FRIDAY, kind=DayKind.OFF, name="Nghỉ đột xuất", decision=decision)


def together(first, second):
    """Run `first` in a transaction that stays open a while, and `second` from the moment `first` has done its work."""
    done, free = threading.Event(), threading.Event()

    def holding():
        try:
            with transaction.atomic():
                first()
                done.set()
                free.wait(HELD)
        finally:
            done.set()
            connection.close()

    def following():
        try:
            assert done.wait(10)
            return second()
        finally:
            free.set()
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        held, followed = pool.submit(holding), pool.submit(following)
        held.result()
        return followed.result()


def test_receiving_while_a_day_off_is_written_waits_and_counts_it():
    house = make_house()
    dossier = submitted(house)
    together(
        lambda: off(house.people[Role.ADMINISTRATOR]),
        lambda: desk.receive(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST]),
    )
    segment = ClockSegment.objects.get(clock="main")
    told = promise.read(segment.explanation)
    skipped = [day for line in told.lines if line.kind == ExplanationKind.SKIPPED_HOLIDAY for day in line.days]
    assert skipped == [FRIDAY]
    assert told.lines[-1].at == segment.due_at
    assert clock.local(segment.due_at).date() == date(2026, 11, 24)


def test_a_day_off_written_while_somebody_receives_sees_the_promise():
    house = make_house()
    dossier = submitted(house)

    def edit():
        try:
            off(house.people[Role.ADMINISTRATOR])
        except DecisionNeededError as asked:
            return asked.touched.count
        return 0

    seen = together(lambda: desk.receive(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST]), edit)
    assert seen == 1
    segment = ClockSegment.objects.get(clock="main")
    told = promise.read(segment.explanation)
    assert all(line.kind != ExplanationKind.SKIPPED_HOLIDAY for line in told.lines)
    assert clock.local(segment.due_at).date() == date(2026, 11, 23)


@pytest.mark.usefixtures("_nobody_moves")
def test_two_workers_move_each_promise_once():
    house = make_house()
    for _number in range(6):
        received(house)
    off(house.people[Role.ADMINISTRATOR], CalendarChoice.MOVE)

    def work(_number):
        try:
            return calendar_moves.move_waiting()
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        moved = sum(pool.map(work, range(3)))
    assert moved == 6
    assert DossierEvent.objects.filter(code="clock_moved").count() == 6
    assert set(TouchedPromise.objects.values_list("state", flat=True)) == {"moved"}


@pytest.mark.usefixtures("_nobody_moves")
def test_a_worker_killed_in_the_act_leaves_the_promise_waiting(monkeypatch):
    house = make_house()
    received(house)
    off(house.people[Role.ADMINISTRATOR], CalendarChoice.MOVE)
    real = TouchedPromise.save

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(TouchedPromise, "save", killed)
    with pytest.raises(KeyboardInterrupt):
        calendar_moves.move_waiting()
    assert not DossierEvent.objects.filter(code="clock_moved").exists()
    monkeypatch.setattr(TouchedPromise, "save", real)
    assert calendar_moves.move_waiting() == 1
    assert DossierEvent.objects.filter(code="clock_moved").count() == 1
