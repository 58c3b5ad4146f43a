"""Two connections on one procedure: one publication, one offering."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection, transaction

from portal.errors import NotNowError, UserError
from procedures import queries, services
from procedures.enums import ServiceLevel
from procedures.models import OnlineOffering, Revision
from tests.factories import UnitFactory
from tests.procedures.factories import ProcedureFactory, RevisionFactory, published

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def at_once(act, count=4):
    def run(number):
        try:
            return act(number)
        except UserError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_publishing_at_once_happens_once():
    draft = RevisionFactory()
    results = at_once(lambda _number: services.publish(revision_id=draft.pk))
    assert sum(isinstance(result, Revision) for result in results) == 1
    assert sum(isinstance(result, NotNowError) for result in results) == 3


def test_two_drafts_of_one_day_leave_one_revision_in_force():
    first = published()
    drafts = [
        RevisionFactory(procedure=first.procedure, number=number, valid_from=date(2026, 9, 1)) for number in (2, 3)
    ]
    results = at_once(lambda number: services.publish(revision_id=drafts[number].pk), count=2)
    assert all(isinstance(result, Revision) for result in results)
    assert queries.published(date(2026, 9, 1)).count() == 1
    assert queries.published(date(2026, 8, 31)).get() == first


def test_offering_at_once_never_overlaps():
    procedure, unit = ProcedureFactory(), UnitFactory()
    at_once(
        lambda number: services.offer(
            procedure_id=procedure.pk,
            unit_id=unit.pk,
            level=ServiceLevel.FULL,
            valid_from=date(2026, 1 + number % 2, 1),
            valid_to=date(2026, 6, 30),
        )
    )
    assert OnlineOffering.objects.count() == 1


def test_dossiers_are_filed_while_an_offering_is_being_written():
    """What only points to the procedure (each new dossier does) waits for nobody who publishes, retires or offers it."""
    procedure, unit = ProcedureFactory(), UnitFactory()

    def filed():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM procedures_procedure WHERE id = %s FOR KEY SHARE NOWAIT", [procedure.pk])
            return cursor.fetchone()

    def in_another():
        try:
            return filed()
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        services.offer(procedure_id=procedure.pk, unit_id=unit.pk, level=ServiceLevel.FULL, valid_from=date(2026, 9, 1))
        assert pool.submit(in_another).result(timeout=20) == (1,)
