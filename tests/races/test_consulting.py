"""Two connections on one question, and on the branches of one dossier: one outcome, nothing half done."""

import pytest
import time_machine

from accounts.enums import Role
from dossiers.enums import Outcome
from dossiers.models.consultation import Consultation
from dossiers.models.event import DossierEvent
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.result import PrintedForm
from dossiers.models.work import WorkItem
from dossiers.services import consulting, paper_drafts
from portal.errors import UserError
from procedures.enums import StepKind
from tests import houses
from tests.dossiers.services.asking import ROUTE, ask, make_house, open_items
from tests.factories import MembershipFactory
from tests.races.test_drafts import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture(autouse=True)
def _on_wednesday():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        yield


def _codes(dossier):
    return list(DossierEvent.objects.filter(dossier_id=dossier.pk).order_by("seq").values_list("code", flat=True))


def test_two_answers_at_once_one_wins_and_the_other_is_told():
    house = make_house()
    dossier = houses.assigned(house)
    item = ask(house, dossier)
    second = MembershipFactory(role=Role.CONSULTED, unit=house.culture).user
    people, kinds = [house.adviser, second], ["agrees", "disagrees"]
    found = at_once(
        lambda n: consulting.answer(item_id=item.pk, by=people[n], kind=kinds[n], text=f"Ý kiến {n}."), count=2
    )
    (refused,) = (one for one in found if isinstance(one, UserError))
    assert "đã được trả lời rồi" in refused.message
    assert _codes(dossier).count("consultation_answered") == 1
    assert Consultation.objects.get(pk=item.pk).answer_kind in kinds


def test_answers_of_two_units_at_once_both_stand_and_the_join_opens_once():
    house = make_house(ROUTE)
    dossier = houses.assigned(house)
    work = open_items(dossier)
    officer = house.people[Role.OFFICER]
    acts = [
        lambda: consulting.answer(item_id=work[4].pk, by=house.adviser, kind="agrees", text=""),
        lambda: consulting.answer(item_id=work[5].pk, by=house.neighbour, kind="agrees", text=""),
        lambda: houses.proposed(
            dossier_id=dossier.pk, by=officer, decision="grant", content="Được.", item_id=work[3].pk
        ),
    ]
    found = at_once(lambda n: acts[n](), count=3)
    assert not [one for one in found if isinstance(one, UserError)]
    assert list(open_items(dossier)) == [6]
    assert WorkItem.objects.filter(dossier=dossier, position=6).count() == 1


def test_an_answer_and_the_question_taken_back_at_once_leave_one_outcome():
    house = make_house()
    dossier = houses.assigned(house)
    item = ask(house, dossier)
    acts = [
        lambda: consulting.answer(item_id=item.pk, by=house.adviser, kind="agrees", text=""),
        lambda: consulting.end(item_id=item.pk, by=house.people[Role.OFFICER], reason="Đã rõ."),
    ]
    found = at_once(lambda n: acts[n](), count=2)
    assert sum(isinstance(one, UserError) for one in found) == 1
    kind, outcome = Consultation.objects.values_list("answer_kind", "work_item__outcome").get(pk=item.pk)
    assert (kind, outcome) in {("agrees", Outcome.DONE), ("ended", Outcome.ENDED)}
    assert len({"consultation_answered", "consultation_ended"} & set(_codes(dossier))) == 1


def test_a_signed_answer_sent_twice_at_once_is_one_paper():
    house = make_house()
    chief = MembershipFactory(role=Role.UNIT_HEAD, unit=house.culture).user
    dossier = houses.assigned(house)
    item = ask(house, dossier)
    consulting.submit_answer(item_id=item.pk, by=house.adviser, kind="conditions", text="Giữ khoảng lùi.")
    draft = PaperDraft.objects.get()
    paper_drafts.sign(dossier_id=dossier.pk, by=chief, draft_id=draft.pk, item_id=draft.handling_id)
    paper_drafts.make_file(draft_id=draft.pk)
    acts = [
        lambda: consulting.send_answer(item_id=item.pk, by=house.adviser),
        lambda: consulting.send_answer(item_id=item.pk, by=house.adviser),
        lambda: consulting.end(item_id=item.pk, by=house.people[Role.OFFICER], reason="Đã rõ."),
    ]
    found = at_once(lambda n: acts[n](), count=3)
    assert sum(isinstance(one, UserError) for one in found) == 2
    draft.refresh_from_db()
    printed = PrintedForm.objects.filter(name="consultation_answer").count()
    kind = Consultation.objects.get(pk=item.pk).answer_kind
    assert (kind, draft.state, printed) in {("conditions", "issued", 1), ("ended", "dropped", 0)}


def test_silence_recorded_by_two_workers_is_one_event():
    house = make_house(ROUTE)
    dossier = houses.assigned(house)
    item = open_items(dossier)[5]
    with time_machine.travel(item.due_at, tick=False):
        found = at_once(lambda _n: consulting.close_silent(item_id=item.pk), count=3)
    assert sorted(found) == [False, False, True]
    assert _codes(dossier).count("consultation_silent") == 1


def test_one_unit_asked_twice_at_once_is_asked_once():
    house = make_house()
    dossier = houses.assigned(house)
    found = at_once(
        lambda _n: consulting.ask(
            dossier_id=dossier.pk,
            by=house.people[Role.OFFICER],
            unit_id=house.culture.pk,
            question="Có ảnh hưởng không?",
            days=1,
        ),
        count=2,
    )
    assert sum(isinstance(one, UserError) for one in found) == 1
    assert WorkItem.objects.filter(dossier=dossier, kind=StepKind.CONSULT).count() == 1
