"""A dossier filed and finished through the services moves the month's figures, and its ledger says what reports ask."""

import pytest
import time_machine

from accounts.calendars import calendar_for
from accounts.enums import Role
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.services import decision, draft_checks
from portal import clock, worktime
from portal.clock import Month
from procedures.enums import DraftCheck
from reporting import facts
from reporting.enums import Basis, ScopeKind
from reporting.models import FactDossier, Snapshot
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


@pytest.mark.django_db
def test_the_time_an_applicant_takes_to_check_the_draft_is_not_the_authoritys():
    house = houses.make_house(draft_check=DraftCheck.SILENCE)
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        dossier, due = houses.sent_for_check(house), Dossier.objects.get().due_at
    with time_machine.travel("2026-11-20T09:00+07:00", tick=False):
        draft_checks.agree_all()
        decision.propose(dossier_id=dossier.pk, by=house.people[Role.OFFICER])
    facts.drain()
    fact, event = FactDossier.objects.get(), DossierEvent.objects.latest("seq")
    assert (fact.minutes_stopped, event.minutes_stopped, event.minutes_used) == (2 * 8 * 60, 2 * 8 * 60, 0)
    assert worktime.spent(due, Dossier.objects.get().due_at, calendar_for(house.ward)) == fact.minutes_stopped
    assert event.minutes_allowed == 3 * 8 * 60
    assert fact.supplements == 0
