"""A dossier filed and finished through the services moves the month's figures, and its ledger says what reports ask."""

import pytest

from portal import clock
from portal.clock import Month
from reporting.enums import Basis, ScopeKind
from reporting.models import Snapshot
from reporting.snapshot import compute_month
from tests import houses


def counted(month):
    run = compute_month(month)
    return {
        (row.indicator, row.scope_kind, row.scope_id): (row.numerator, row.denominator)
        for row in Snapshot.objects.filter(run=run, basis=Basis.CUMULATIVE)
    }


@pytest.mark.django_db(transaction=True)
def test_online_dossier_moves_the_figures_of_its_unit_group_and_department():
    house = houses.make_house()
    month = Month.of(clock.today())
    unit, group = (ScopeKind.UNIT, house.ward.pk), (ScopeKind.GROUP, house.group.pk)
    department = (ScopeKind.DEPARTMENT, house.office.pk)
    before = counted(month)
    assert before["online_share_all", ScopeKind.TOTAL, None] == (0, 0)
    houses.assigned(house)
    after = counted(month)
    for scope in (unit, group, department):
        assert after["online_share_all", *scope] == (1, 1), scope
        assert after["online_share_offered", *scope] == (1, 1), scope
    assert after["services_used", *unit][0] == before.get(("services_used", *unit), (0, 0))[0] + 1
