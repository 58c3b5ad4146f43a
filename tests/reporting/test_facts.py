"""Dirty rows become facts: once, whole, in any order, by any number of workers, whatever dies on the way."""

import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DataError, connection, transaction

from dossiers.enums import EventCode, State
from dossiers.models.dirty import DirtyDossier
from portal.clock import Month
from portal.errors import BusyError
from portal.models import SweepTry
from procedures.enums import Channel
from reporting import facts, snapshot
from reporting.enums import Basis, FinishKind
from reporting.models import DirtyMonth, FactDossier, Run, TransferFact
from reporting.snapshot import compute_month, freeze_month
from tests.reporting.conftest import build_city
from tests.reporting.events import act, dossier, moment
from tests.reporting.test_snapshot import SEPTEMBER, figure

pytestmark = pytest.mark.unit
PHASES = ["_claim", "_admit", "_lock", "_keep", "_renew", "_follow", "_mark"]


def marked():
    return {Month.of(day) for day in DirtyMonth.objects.values_list("month", flat=True)}


def test_fact_says_what_the_events_say(city):
    shared = {"dossier_id": 7, "unit": city.first, "proc": city.birth, "channel": Channel.ONLINE}
    due = {"due": "2022-09-09 17:00"}
    act(EventCode.SUBMITTED, "2022-09-01 20:00", seq=1, **shared)
    act(EventCode.RECEIVED, "2022-09-02 08:00", seq=2, **due, **shared)
    act(EventCode.SUPPLEMENT_REQUESTED, "2022-09-05 08:00", seq=3, state_to=State.SUPPLEMENT, **due, **shared)
    act(
        EventCode.SUPPLEMENT_ANSWERED,
        "2022-09-06 08:00",
        seq=4,
        state_to=State.PROCESSING,
        **due,
        **shared | {"unit": city.second},
    )
    act(EventCode.RESULT_ISSUED, "2022-09-10 00:00:00", seq=5, **due, **shared | {"unit": city.second})
    act(EventCode.RETURNED, "2022-09-12 08:00", seq=6, **due, **shared | {"unit": city.second})
    assert facts.drain() == 6
    fact = FactDossier.objects.get()
    assert (fact.dossier_id, fact.last_seq, fact.supplements) == (7, 6, 1)
    assert (fact.filed_at, fact.answered_at) == (moment("2022-09-01 20:00"), moment("2022-09-02 08:00"))
    assert (fact.received_at, f"{fact.received_day}") == (moment("2022-09-02 08:00"), "2022-09-02")
    assert (fact.unit_id, fact.group_id) == (city.first.pk, city.wards.pk)
    assert (fact.finish_kind, fact.finished_unit_id, f"{fact.finished_day}") == (
        FinishKind.GRANTED,
        city.second.pk,
        "2022-09-10",
    )
    assert (f"{fact.first_due_day}", fact.returned_at) == ("2022-09-09", moment("2022-09-12 08:00"))
    move = TransferFact.objects.get()
    assert (move.seq, move.unit_id, move.moved_at) == (4, city.second.pk, moment("2022-09-06 08:00"))
    assert not DirtyDossier.objects.exists()


@pytest.mark.parametrize(
    ("code", "state", "kind"),
    [
        (EventCode.RESULT_ISSUED, State.DONE, FinishKind.GRANTED),
        (EventCode.REFUSED, State.REFUSED, FinishKind.REFUSED),
        (EventCode.WITHDRAWN, State.WITHDRAWN, FinishKind.WITHDRAWN),
        (EventCode.NOT_ACCEPTED, State.NOT_ACCEPTED, FinishKind.NOT_ACCEPTED),
        (EventCode.ASSIGNED, State.STOPPED, FinishKind.STOPPED),
        (EventCode.ASSIGNED, State.PROCESSING, ""),
    ],
)
def test_every_end_has_its_kind(city, code, state, kind):
    act(EventCode.SUBMITTED, "2022-09-01 08:00", dossier_id=7, seq=1, unit=city.first, proc=city.birth)
    act(code, "2022-09-01 09:00", dossier_id=7, seq=2, unit=city.first, proc=city.birth, state_to=state)
    facts.drain()
    assert FactDossier.objects.get().finish_kind == kind


def test_only_months_that_changed_are_marked_and_a_count_serves_the_mark(city, one_transaction):
    for month in (Month(2022, 7), Month(2022, 8), Month(2022, 10)):
        compute_month(month)
    received = dossier(city.first, city.birth, "2022-08-10 09:00")
    facts.drain()
    assert marked() == {Month(2022, 8), Month(2022, 10)}  # its own, and every counted one that looks back on it
    compute_month(Month(2022, 8))
    compute_month(Month(2022, 10))
    assert marked() == set()
    act(EventCode.RESULT_ISSUED, "2022-10-03 09:00", dossier_id=received, seq=2, unit=city.first, proc=city.birth)
    facts.drain()
    assert marked() == {Month(2022, 10)}


def test_serving_again_changes_nothing(city):
    pk = dossier(city.first, city.birth, "2022-09-05 09:00", finished="2022-09-06 09:00")
    facts.drain()
    before = FactDossier.objects.values().get()
    DirtyDossier.objects.create(dossier_id=pk)
    assert facts.drain() == 1
    assert FactDossier.objects.values().get() == before


def test_dirty_row_of_a_dossier_without_events_is_taken_away(city):
    DirtyDossier.objects.create(dossier_id=404)
    assert facts.drain() == 1
    assert not FactDossier.objects.exists()
    assert not DirtyDossier.objects.exists()


def test_more_rows_than_one_batch_are_all_served(city, monkeypatch):
    monkeypatch.setattr(facts, "BATCH", 2)
    for hour in range(10, 17):
        dossier(city.first, city.birth, f"2022-09-05 {hour}:00")
    assert facts.drain() == 7
    assert FactDossier.objects.count() == 7


def test_older_fact_is_never_written_over_a_newer_one(city):
    pk = dossier(city.first, city.birth, "2022-09-05 09:00", finished="2022-09-06 09:00")
    facts.drain()
    FactDossier.objects.update(last_seq=99)
    DirtyDossier.objects.create(dossier_id=pk)
    facts.drain()
    assert FactDossier.objects.get().last_seq == 99


# ── from the ledger alone ────────────────────────────────────────────────────────────────────────


def test_rebuilt_facts_are_the_same_to_the_cell(city, one_transaction):
    for day in range(1, 28):
        pk = dossier(
            city.first, city.birth, f"2022-09-{day:02} 09:00", withdrawn=f"2022-09-{day:02} 10:00" if day % 3 else None
        )
        if day % 5 == 0:
            act(
                EventCode.FORWARDED,
                f"2022-09-{day:02} 11:00",
                dossier_id=pk,
                seq=3,
                unit=city.second,
                proc=city.birth,
                state_to=State.PROCESSING,
            )
        facts.drain()
    rows = list(FactDossier.objects.order_by("pk").values())
    moves = list(TransferFact.objects.order_by("dossier_id", "seq").values("dossier_id", "seq", "moved_at", "unit_id"))
    assert facts.rebuild() == len(rows) == 27
    assert list(FactDossier.objects.order_by("pk").values()) == rows
    again = TransferFact.objects.order_by("dossier_id", "seq").values("dossier_id", "seq", "moved_at", "unit_id")
    assert list(again) == moves != []


@pytest.mark.parametrize("damage", ["changed", "lost", "invented", "move"])
def test_check_facts_names_what_is_not_in_the_ledger_and_rebuild_mends_it(city, one_transaction, damage):
    pk = dossier(city.first, city.birth, "2022-09-05 09:00")
    dossier(city.first, city.birth, "2022-09-06 09:00")
    facts.drain()
    if damage == "changed":
        FactDossier.objects.filter(pk=pk).update(channel=2)
    elif damage == "lost":
        FactDossier.objects.filter(pk=pk).delete()
    elif damage == "invented":
        stranger = FactDossier.objects.get(pk=pk)
        stranger.pk = pk = 9
        stranger.save(force_insert=True)
    else:
        TransferFact.objects.create(dossier_id=pk, seq=1, moved_at=moment("2022-09-05 10:00"), unit_id=1)
    with pytest.raises(CommandError, match="1"):
        call_command("check_facts", stderr=(told := StringIO()), stdout=StringIO())
    assert f"#{pk}" in told.getvalue()
    call_command("check_facts", "--rebuild", stdout=StringIO())
    call_command("check_facts", stdout=StringIO())
    assert facts.differences() == []


def test_unserved_dossiers_are_no_differences(city, one_transaction):
    dossier(city.first, city.birth, "2022-09-05 09:00")
    assert facts.differences() == []


def test_emptied_facts_give_the_same_month(city, one_transaction):
    """What a restored database is: the ledger alone, whatever the numbers of its transactions."""
    dossier(city.first, city.birth, "2022-09-05 09:00", online=True, finished="2022-09-06 09:00")
    digest = compute_month(SEPTEMBER).digest
    FactDossier.objects.all().delete()
    call_command("check_facts", "--rebuild", stdout=StringIO())
    assert compute_month(SEPTEMBER).digest == digest


# ── closing ──────────────────────────────────────────────────────────────────────────────────────


def test_month_does_not_close_over_an_act_that_waits(city, one_transaction, monkeypatch):
    monkeypatch.setattr(facts, "drain", lambda *, patient=False: 0)  # the act came after the last look
    dossier(city.first, city.birth, "2022-10-01 08:00")
    freeze_month(Month(2022, 8))
    dossier(city.first, city.birth, "2022-09-05 09:00")
    with pytest.raises(BusyError), transaction.atomic():
        freeze_month(SEPTEMBER)
    assert not Run.objects.filter(month=SEPTEMBER.first_day).exists()


# ── real transactions ────────────────────────────────────────────────────────────────────────────


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("phase", PHASES)
def test_worker_killed_in_any_phase_leaves_the_same_figures(phase, monkeypatch):
    city = build_city()
    dossier(city.first, city.birth, "2022-08-05 09:00", online=True, dossier_id=1)
    freeze_month(Month(2022, 8))
    facts.drain()
    act(
        EventCode.RESULT_ISSUED,
        "2022-08-08 09:00",
        dossier_id=1,
        seq=2,
        unit=city.second,
        proc=city.birth,
        due="2022-08-09 09:00",
    )
    dossier(city.first, city.birth, "2022-09-05 09:00", online=True, dossier_id=2)
    untouched = (list(FactDossier.objects.values()), marked(), DirtyDossier.objects.count())
    real = getattr(facts, phase)

    def dies(*args, **more):
        real(*args, **more)
        raise RuntimeError(phase)

    with monkeypatch.context() as patched, pytest.raises(RuntimeError, match=phase):
        patched.setattr(facts, phase, dies)
        facts.drain()
    assert (list(FactDossier.objects.values()), marked(), DirtyDossier.objects.count()) == untouched
    run = compute_month(SEPTEMBER)
    assert figure(run, "online_share_all", Basis.CUMULATIVE) == (2, 2)
    assert figure(run, "on_time_first", Basis.CUMULATIVE, city.second) == (1, 1)
    assert facts.differences() == []


def in_thread(work):
    """Start work on a connection of its own; gives the thread and what it raised."""
    errors = []

    def run():
        try:
            work()
        except Exception as error:  # noqa: BLE001  told by the main thread
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, errors


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("known", [False, True])
def test_two_workers_on_one_dossier_leave_its_newest_fact(known, monkeypatch):
    """The first has read the events and waits; the second serves a later act; the older reading is not written over."""
    city = build_city()
    pk = dossier(city.first, city.birth, "2022-09-05 09:00")
    if known:
        facts.drain()
        act(
            EventCode.FORWARDED,
            "2022-09-05 10:00",
            dossier_id=pk,
            seq=2,
            unit=city.first,
            proc=city.birth,
            state_to=State.PROCESSING,
        )
    seq = 3 if known else 2
    reading, go_on = threading.Event(), threading.Event()
    real = facts._follow

    def slow(ids):
        real(ids)
        if threading.current_thread() is first:
            reading.set()
            assert go_on.wait(20)

    monkeypatch.setattr(facts, "_follow", slow)
    first, errors = None, []
    start = threading.Event()

    def work():
        assert start.wait(20)
        facts.drain()

    first, errors = in_thread(work)
    start.set()
    assert reading.wait(20)
    act(
        EventCode.RESULT_ISSUED,
        "2022-09-07 09:00",
        dossier_id=pk,
        seq=seq,
        unit=city.second,
        proc=city.birth,
        due="2022-09-10 09:00",
    )
    second, more = in_thread(facts.drain)
    second.join(1)
    assert second.is_alive()  # it waits for the first one's fact
    go_on.set()
    first.join(20)
    second.join(20)
    assert errors == more == []
    fact = FactDossier.objects.get(pk=pk)
    assert (fact.last_seq, fact.finish_kind) == (seq, FinishKind.GRANTED)
    assert TransferFact.objects.get().unit_id == city.second.pk
    assert facts.differences() == []
    assert not DirtyDossier.objects.exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_many_workers_and_acts_at_once_agree_with_the_ledger(monkeypatch):
    monkeypatch.setattr(facts, "BATCH", 3)
    city = build_city()

    def acts(base):
        for number in range(6):
            dossier(city.first, city.birth, "2022-09-01 09:00", due="2022-09-21 09:00", dossier_id=base + number)
        for number in range(6):
            act(
                EventCode.RESULT_ISSUED,
                "2022-09-20 09:00",
                dossier_id=base + number,
                seq=2,
                unit=city.second,
                proc=city.birth,
                due="2022-09-21 09:00",
            )

    def serve():
        for number in range(8):
            facts.drain(patient=number % 2 == 0)

    threads = [in_thread(lambda base=base: acts(base)) for base in (100, 200)] + [in_thread(serve) for _ in range(3)]
    for thread, _errors in threads:
        thread.join(60)
    assert [errors for _thread, errors in threads] == [[]] * 5
    facts.drain()
    assert facts.differences() == []
    assert figure(compute_month(SEPTEMBER), "on_time_first", Basis.MONTH) == (12, 12)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_act_that_commits_late_is_seen_late_and_stands_beside_the_closed_month():
    """It is invisible with its dirty row; the month closes without it, and shows it as a correction afterwards."""
    city = build_city()
    dossier(city.first, city.birth, "2022-09-06 09:00", dossier_id=502)
    inserted, counted = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            dossier(city.first, city.birth, "2022-09-05 09:00", online=True, dossier_id=501)
            inserted.set()
            assert counted.wait(20)

    thread, errors = in_thread(slow)
    assert inserted.wait(20)
    closed = freeze_month(SEPTEMBER)
    counted.set()
    thread.join()
    assert errors == []
    assert figure(closed, "online_share_all", Basis.MONTH) == (0, 1)
    facts.drain()
    assert marked() == {SEPTEMBER}
    live = compute_month(SEPTEMBER)
    assert live.pk != closed.pk
    assert figure(live, "online_share_all", Basis.MONTH) == (1, 2)
    assert figure(closed, "online_share_all", Basis.MONTH) == (0, 1)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_worker_that_serves_while_a_month_closes_knows_of_the_close(monkeypatch):
    city = build_city()
    dossier(city.first, city.birth, "2022-09-06 09:00", dossier_id=502)
    counting, go_on = threading.Event(), threading.Event()
    real = snapshot._write_frozen

    def slow(*told):
        run = real(*told)
        counting.set()
        assert go_on.wait(20)
        return run

    monkeypatch.setattr(snapshot, "_write_frozen", slow)
    closing, errors = in_thread(lambda: freeze_month(SEPTEMBER))
    assert counting.wait(20)
    dossier(city.first, city.birth, "2022-09-05 09:00", dossier_id=501)
    serving, more = in_thread(facts.drain)
    serving.join(1)
    assert serving.is_alive()
    go_on.set()
    closing.join(20)
    serving.join(20)
    assert errors == more == []
    run = Run.objects.get(frozen_at__isnull=False)
    assert list(run.closed_facts.values_list("dossier_id", "received_at")) == [(501, None)]


def test_one_act_that_makes_no_fact_keeps_the_others_no_longer_waiting(city, monkeypatch):
    numbers = [dossier(city.first, city.birth, f"2022-09-{day:02} 16:00", online=True) for day in (1, 2, 3)]
    bad = DirtyDossier.objects.order_by("pk").values_list("dossier_id", flat=True)[0]
    admit = facts._admit

    def refused(ids):
        if bad in ids:
            raise DataError("invalid input syntax")
        return admit(ids)

    monkeypatch.setattr(facts, "_admit", refused)
    total = DirtyDossier.objects.count()
    others = DirtyDossier.objects.exclude(dossier_id=bad).count()
    assert facts.drain() == others
    assert set(DirtyDossier.objects.values_list("dossier_id", flat=True)) == {bad}
    assert SweepTry.objects.filter(sweep="facts").count() == total - others
    assert facts.drain() == 0, "it pauses"
    monkeypatch.undo()
    facts.WAITING.put_back([row.key for row in SweepTry.objects.all()])
    assert facts.drain() == total - others
    assert len(numbers) == 3
