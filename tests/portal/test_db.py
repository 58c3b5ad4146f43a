"""Named locks wait for their holder, repeatable reads see one moment, a named violation becomes a sentence."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Calendar
from portal.db import advisory_lock, named_violation, repeatable_read
from portal.errors import UserError
from tests.factories import CalendarFactory, UnitFactory


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_advisory_lock_lets_one_in_at_a_time():
    order, inside = [], threading.Event()

    def second():
        try:
            inside.wait(5)
            with transaction.atomic(), advisory_lock("kpi:2026-10"):
                order.append("second")
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    thread.start()
    with transaction.atomic(), advisory_lock("kpi:2026-10"):
        inside.set()
        thread.join(0.5)
        order.append("first")
    thread.join(5)
    assert order == ["first", "second"]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_repeatable_read_sees_one_moment():
    CalendarFactory()

    def add():
        try:
            CalendarFactory(name="Lịch thêm")
        finally:
            connection.close()

    with repeatable_read():
        before = Calendar.objects.count()
        thread = threading.Thread(target=add)
        thread.start()
        thread.join(5)
        assert Calendar.objects.count() == before
    assert Calendar.objects.count() == before + 1


@pytest.mark.django_db(transaction=True)
def test_repeatable_read_must_be_the_outermost():
    with pytest.raises(RuntimeError), transaction.atomic(), repeatable_read():
        pass


@pytest.mark.django_db
def test_named_violation_turns_one_constraint_into_a_sentence():
    UnitFactory(code="mot")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'accounts_orgunit'::regclass AND contype = 'u'"
        )
        names = [row[0] for row in cursor.fetchall()]
    hits = 0
    for constraint in names:
        try:
            with named_violation(constraint, UserError("Mã đơn vị đã có. Vui lòng chọn mã khác.")):
                UnitFactory(code="mot")
        except UserError:
            hits += 1
        except IntegrityError:
            pass
    assert hits == 1
