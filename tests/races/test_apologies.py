"""Two desks send the same letter of apology at once: one new date, one event."""

import pytest
import time_machine

from accounts.enums import Role
from dossiers.enums import DraftKind
from dossiers.models.clock import ClockSegment
from dossiers.models.event import DossierEvent
from dossiers.services import apologies
from portal import clock
from tests import houses
from tests.factories import MembershipFactory
from tests.races.together import at_once, told

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def test_two_send_one_letter():
    house = houses.make_house()
    second = MembershipFactory(role=Role.RECEPTIONIST, unit=house.center, user__full_name="Cán bộ thứ hai").user
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        dossier = houses.assigned(house)
        words = {
            "cause": "late_other",
            "reason": "Máy hỏng.",
            "new_due": "2026-11-25T17:00:00+07:00",
            "due_before": clock.local(dossier.due_at).isoformat(),
        }
        row = houses.signed(house, dossier, DraftKind.APOLOGY, words)
        found = at_once(
            *(
                lambda by=by: apologies.reappoint(dossier_id=dossier.pk, by=by, draft_id=row.pk)
                for by in (house.people[Role.RECEPTIONIST], second)
            )
        )
    assert len(told(found)) == 1
    assert ClockSegment.objects.filter(dossier=dossier, kind="apology").count() == 1
    assert DossierEvent.objects.filter(dossier_id=dossier.pk, code="reappointed").count() == 1
