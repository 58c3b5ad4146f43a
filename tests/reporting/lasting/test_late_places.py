"""What the acts themselves write is what tells where a dossier lay: each place, as real acts leave it."""

from datetime import timedelta

import pytest

from accounts.enums import Role
from dossiers.models.event import DossierEvent
from dossiers.services import decision as deciding
from dossiers.services import submission
from portal import clock
from portal.db import read
from reporting import facts
from reporting.lasting.late_rows import LATE
from tests import houses

pytestmark = [pytest.mark.web, pytest.mark.django_db, pytest.mark.slow]
# One late dossier, open, whose promise passed at a moment.
CASE = """
    SELECT dossier_id, last_seq, %(at)s::timestamptz AS first_due_at, NULL::date AS first_due_day, NULL::date AS finished_day,
           '' AS finish_kind, FALSE AS is_internal, TRUE AS past_first_due
    FROM reporting_factdossier"""


def places(dossier):
    """Where the ledger says a dossier lay after each of its acts, each stay once."""
    facts.drain()
    found = []
    for event in DossierEvent.objects.filter(dossier_id=dossier.pk).order_by("seq"):
        sql = LATE.format(cases=CASE, condition="TRUE")
        rows = read(
            f"SELECT place FROM ({sql}) late WHERE dossier_id = %(dossier)s",
            {"at": event.happened_at, "end": clock.now() + timedelta(days=1), "dossier": dossier.pk},
        )
        found += [rows[0][0]] if not found or found[-1] != rows[0][0] else []
    return found


def test_way_to_the_clerk():
    house = houses.make_house()
    assert places(houses.approved(house)) == ["desk", "assign", "appraise", "review", "sign", "stamp"]


def test_request_for_more_and_its_answer():
    house = houses.make_house()
    dossier = houses.asked(house, houses.assigned(house))
    submission.answer_supplement(dossier_id=dossier.pk, by=house.citizen, answer="Đã thêm.")
    houses.proposed(dossier_id=dossier.pk, by=house.people[Role.OFFICER])
    deciding.approve(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD])
    told = ["desk", "assign", "appraise", "sign", "send", "supplement", "appraise", "review", "sign"]
    assert places(dossier) == told
