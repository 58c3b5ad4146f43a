"""Two heads agree to one correction at once: one event, one answer."""

from datetime import datetime, timedelta

import pytest
import time_machine

from accounts.enums import Role
from dossiers.enums import EventCode
from dossiers.models.event import DossierEvent
from dossiers.services import true_times
from portal.clock import VIETNAM
from tests import houses
from tests.races.together import at_once, told

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
ENTERED = datetime(2026, 11, 24, 9, 0, tzinfo=VIETNAM)


def test_two_agree_to_one_correction():
    house = houses.make_house()
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False) as now:
        dossier = houses.approved(house)
        now.move_to(ENTERED)
        houses.issue(dossier_id=dossier.pk, by=house.people[Role.CLERK])
        event = DossierEvent.objects.get(dossier_id=dossier.pk, code=EventCode.RESULT_ISSUED)
        asked = true_times.CorrectionWanted(event.seq, ENTERED - timedelta(days=1), "Quên bấm.", "Sổ số 15.")
        row = true_times.ask(dossier_id=dossier.pk, by=house.people[Role.CLERK], asked=asked)
        heads = [house.people[role] for role in (Role.SIGNER, Role.UNIT_HEAD)]
        found = at_once(
            *(lambda by=by: true_times.agree(dossier_id=dossier.pk, by=by, correction_id=row.pk) for by in heads)
        )
    assert len(told(found)) == 1
    assert DossierEvent.objects.filter(dossier_id=dossier.pk, code=EventCode.TIME_CORRECTED).count() == 1
