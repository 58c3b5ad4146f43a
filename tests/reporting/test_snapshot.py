"""Counting a month: golden figures by hand, months cut at midnight, freezing, and acts on a second connection."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from dossiers.enums import EventCode
from dossiers.models.event import DossierEvent
from portal import clock
from portal.clock import Month
from procedures.enums import Channel, ServiceLevel
from reporting.enums import Basis, ScopeKind
from reporting.models import Run, Snapshot
from reporting.snapshot import FrozenError, FutureMonthError, compute_month, freeze_month
from tests.reporting import indicators
from tests.reporting.conftest import build_city
from tests.reporting.events import act, dossier, offer, procedure

SEPTEMBER = Month(2022, 9)
pytestmark = pytest.mark.unit


def figure(run, indicator, basis, scope=None, kind=ScopeKind.UNIT):
    row = Snapshot.objects.filter(
        run=run,
        indicator=indicator,
        basis=basis,
        scope_kind=kind if scope else ScopeKind.TOTAL,
        scope_id=scope.pk if scope else None,
    ).first()
    return (row.numerator, row.denominator) if row else None


def golden(city):
    """The month every figure below was counted from by hand.

    Ward 1: August birth online; September: birth online, birth at desk, marriage by post, copy at desk (counter only).
    Ward 2: September: marriage online; an internal one and one never received do not count. Office: permits, 2 of 3 online.
    """
    first, second, office = city.first, city.second, city.office
    dossier(first, city.birth, "2022-08-10 09:00", finished="2022-08-12 09:00", online=True)
    dossier(first, city.birth, "2022-09-05 09:00", finished="2022-09-10 16:59", online=True)  # on the promised day
    dossier(first, city.birth, "2022-09-06 09:00", finished="2022-09-12 08:00")  # a day late
    dossier(
        first,
        city.marriage,
        "2022-09-07 09:00",
        channel=Channel.POST,
        refused="2022-09-08 09:00",
        level=ServiceLevel.PARTIAL,
    )
    dossier(first, city.copy, "2022-09-08 09:00", withdrawn="2022-09-09 09:00", level=ServiceLevel.NONE)
    dossier(second, city.marriage, "2022-09-09 09:00", online=True, level=ServiceLevel.PARTIAL)  # open and late on 30/9
    dossier(
        second, city.marriage, "2022-09-28 09:00", online=True, level=ServiceLevel.PARTIAL
    )  # open, promised for October
    dossier(second, city.birth, "2022-09-09 10:00", online=True, internal=True)
    act(
        EventCode.SUBMITTED,
        "2022-09-09 11:00",
        dossier_id=1,
        seq=1,
        unit=second,
        proc=city.birth,
        channel=Channel.ONLINE,
    )
    for finished in ("2022-09-20 09:00", "2022-10-03 09:00"):
        dossier(office, city.permit, "2022-09-15 09:00", finished=finished, due="2022-09-30 09:00", online=True)
    dossier(office, city.permit, "2022-09-15 09:00", finished="2022-09-16 09:00")


EXPECTED = indicators.brought("GOLDEN")


@pytest.mark.parametrize(("indicator", "basis"), EXPECTED)
def test_golden_month_equals_hand_count(city, one_transaction, indicator, basis):
    golden(city)
    indicators.tell(indicator, city)
    run = compute_month(SEPTEMBER)
    for name, expected in EXPECTED[indicator, basis].items():
        scope = getattr(city, name) if name else None
        kind = ScopeKind.GROUP if name in {"wards", "offices"} else ScopeKind.UNIT
        assert figure(run, indicator, basis, scope, kind) == expected, name


def test_online_share_equals_hand_written_sql(city, one_transaction):
    golden(city)
    run = compute_month(SEPTEMBER)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT counting_unit_id, count(*) FILTER (WHERE channel = 2), count(*) FROM dossiers_dossierevent "
            "WHERE code = 'received' AND NOT is_internal AND to_char(happened_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM') = '2022-09' "
            "GROUP BY 1 ORDER BY 1"
        )
        by_hand = cursor.fetchall()
    rows = Snapshot.objects.filter(run=run, indicator="online_share_all", basis=Basis.MONTH, scope_kind=ScopeKind.UNIT)
    assert sorted(rows.values_list("scope_id", "numerator", "denominator")) == by_hand


def test_departments_of_today_have_their_own_figures(city, one_transaction):
    department = build_department(city.first)
    dossier(city.first, city.birth, "2022-09-05 09:00", online=True, department=department)
    run = compute_month(SEPTEMBER)
    assert figure(run, "online_share_all", Basis.MONTH, department, ScopeKind.DEPARTMENT) == (1, 1)


def build_department(ward):
    from tests.factories import UnitFactory

    return UnitFactory(code="phong-vhxh", kind="department", parent=ward)


def test_month_is_cut_at_midnight_in_vietnam(city, one_transaction):
    dossier(city.first, city.birth, "2022-08-31 23:59:59")
    dossier(city.first, city.birth, "2022-09-01 00:00:00", online=True)
    dossier(city.first, city.birth, "2022-09-30 23:59:59")
    dossier(city.first, city.birth, "2022-10-01 00:00:00")
    run = compute_month(SEPTEMBER)
    assert figure(run, "online_share_all", Basis.MONTH, city.first) == (1, 2)
    assert figure(run, "online_share_all", Basis.CUMULATIVE, city.first) == (1, 3)


def test_second_reception_of_a_dossier_counts_nothing(city, one_transaction):
    again = dossier(city.first, city.birth, "2022-08-31 09:00")
    act(EventCode.RECEIVED, "2022-09-02 09:00", dossier_id=again, seq=2, unit=city.first, proc=city.birth)
    run = compute_month(SEPTEMBER)
    assert figure(run, "online_share_all", Basis.MONTH) == (0, 0)
    assert figure(run, "online_share_all", Basis.CUMULATIVE) == (0, 1)


def test_offering_counts_only_while_valid(city, one_transaction):
    old, coming, mine = procedure(), procedure(), procedure()
    offer(old, city.first, since="2021-01-01", until="2022-08-31")
    offer(coming, city.first, since="2022-10-01")
    offer(mine, city.first, since="2022-09-30")
    run = compute_month(SEPTEMBER)
    assert figure(run, "services_used", Basis.MONTH, city.first) == (0, 3)  # birth, marriage, mine
    assert figure(run, "services_used", Basis.CUMULATIVE, city.first) == (0, 4)  # and old, until August


def test_late_open_dossier_counts_for_the_unit_that_holds_it(city, one_transaction):
    moved = dossier(city.first, city.birth, "2022-09-05 09:00")
    act(
        EventCode.FORWARDED,
        "2022-09-06 09:00",
        dossier_id=moved,
        seq=2,
        unit=city.second,
        proc=city.birth,
        state_to="processing",
    )
    run = compute_month(SEPTEMBER)
    assert figure(run, "on_time_first", Basis.MONTH, city.first) is None
    assert figure(run, "on_time_first", Basis.MONTH, city.second) == (0, 1)


def test_empty_month_has_a_total_without_cases(db, one_transaction):
    run = compute_month(SEPTEMBER)
    assert figure(run, "online_share_all", Basis.MONTH) == (0, 0)


def test_computing_twice_gives_the_same_run_and_digest(city, one_transaction):
    golden(city)
    first = compute_month(SEPTEMBER)
    second = compute_month(SEPTEMBER)
    assert (first.pk, first.digest) == (second.pk, second.digest)
    assert Run.objects.count() == 1
    assert Snapshot.objects.filter(run=second).count() == Snapshot.objects.count()


def test_frozen_month_stays_and_a_correction_stands_beside_it(city, one_transaction):
    golden(city)
    frozen = freeze_month(SEPTEMBER)
    dossier(city.first, city.birth, "2022-09-20 09:00", online=True)
    live = compute_month(SEPTEMBER)
    assert live.pk != frozen.pk
    assert live.digest != frozen.digest
    assert figure(frozen, "online_share_all", Basis.MONTH, city.first) == (1, 4)
    assert figure(live, "online_share_all", Basis.MONTH, city.first) == (2, 5)
    with pytest.raises(FrozenError):
        freeze_month(SEPTEMBER)


@pytest.mark.parametrize("change", ["run", "figure", "delete", "add"])
def test_database_refuses_to_change_a_frozen_month(city, one_transaction, change):
    golden(city)
    run = freeze_month(SEPTEMBER)
    rows = Snapshot.objects.filter(run=run)
    with pytest.raises(DatabaseError), transaction.atomic():
        if change == "run":
            Run.objects.filter(pk=run.pk).update(digest="0")
        elif change == "figure":
            rows.update(numerator=0)
        elif change == "delete":
            rows.delete()
        else:
            Snapshot.objects.create(
                run=run, scope_kind="unit", scope_id=0, indicator="x", basis="month", numerator=1, denominator=1
            )


def test_current_and_coming_months_do_not_freeze(db, one_transaction):
    this_month = Month.of(clock.today())
    with pytest.raises(FutureMonthError):
        freeze_month(this_month)
    with pytest.raises(FutureMonthError):
        compute_month(this_month.next)


# ── real transactions ────────────────────────────────────────────────────────────────────────────


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_event_with_smaller_id_that_commits_later_is_not_lost():
    city = build_city()
    inserted, counted = threading.Event(), threading.Event()

    def slow():
        try:
            with transaction.atomic():
                dossier(city.first, city.birth, "2022-09-05 09:00", online=True, dossier_id=501)
                inserted.set()
                assert counted.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert inserted.wait(20)
    dossier(city.first, city.birth, "2022-09-06 09:00", dossier_id=502)  # larger id, commits first
    between = figure(compute_month(SEPTEMBER), "online_share_all", Basis.MONTH)
    counted.set()
    thread.join()
    ids = dict(DossierEvent.objects.values_list("dossier_id", "pk"))
    assert ids[501] < ids[502]
    assert between == (0, 1)  # the older transaction was still open: invisible, and its dirty row with it
    assert figure(compute_month(SEPTEMBER), "online_share_all", Basis.MONTH) == (1, 2)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_counts_at_once_leave_one_run():
    city = build_city()
    dossier(city.first, city.birth, "2022-09-05 09:00", online=True)
    compute_month(SEPTEMBER)
    errors = []

    def count():
        try:
            for _round in range(3):
                compute_month(SEPTEMBER)
        except Exception as error:  # noqa: BLE001  told by the main thread
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=count) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert Run.objects.count() == 1
    assert figure(Run.objects.get(), "online_share_all", Basis.MONTH) == (1, 1)
