"""The answer of a unit that has a head: drafted, signed there, sent there; and what becomes of a draft that is overtaken."""

import pytest
import time_machine

from accounts.enums import Role
from dossiers.enums import DraftState, Outcome
from dossiers.models.consultation import Consultation
from dossiers.models.event import DossierEvent
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.result import PrintedForm
from dossiers.models.work import WorkItem
from dossiers.services import consulting, paper_drafts
from portal.errors import NotNowError, StaleError, UserError
from procedures.enums import StepKind
from tests import houses
from tests.dossiers.services.asking import ROUTE, ask, make_house, open_items
from tests.factories import MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WORDS = {"kind": "conditions", "text": "Giữ khoảng lùi 3 m."}


@pytest.fixture(autouse=True)
def _on_wednesday():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        yield


@pytest.fixture
def house():
    house = make_house()
    house.chief = MembershipFactory(role=Role.UNIT_HEAD, unit=house.culture, user__full_name="Trần Thị Trưởng").user
    return house


def _submitted(house, item, **words):
    consulting.submit_answer(item_id=item.pk, by=house.adviser, **{**WORDS, **words})
    return PaperDraft.objects.get(work_item=item, state=DraftState.SUBMITTED)


def _signed(house, item, *, made=True):
    draft = _submitted(house, item)
    paper_drafts.sign(dossier_id=draft.dossier_id, by=house.chief, draft_id=draft.pk, item_id=draft.handling_id)
    if made:
        assert paper_drafts.make_file(draft_id=draft.pk)
    draft.refresh_from_db()
    return draft


def test_an_answer_is_drafted_signed_and_sent_in_the_asked_unit(house):
    dossier = houses.assigned(house)
    item = ask(house, dossier)
    with pytest.raises(UserError, match="phải do lãnh đạo đơn vị ký"):
        consulting.answer(item_id=item.pk, by=house.adviser, **WORDS)
    draft = _signed(house, item)
    signing, sending = WorkItem.objects.filter(parent=item).order_by("pk")
    assert (signing.kind, signing.unit, signing.role) == (StepKind.DRAFT_SIGN, house.culture, Role.UNIT_HEAD)
    assert (sending.kind, sending.unit) == (StepKind.DRAFT_SEND, house.culture)
    assert Consultation.objects.get(pk=item.pk).answer_kind == ""  # nothing is said before it is sent
    consulting.send_answer(item_id=item.pk, by=house.adviser, digest=draft.file.sha256)
    draft.refresh_from_db()
    assert (draft.state, draft.fields, draft.signer) == (DraftState.ISSUED, {}, house.chief)
    form = PrintedForm.objects.get(name="consultation_answer")
    assert form.file == draft.file
    event = DossierEvent.objects.get(dossier_id=dossier.pk, code="consultation_answered")
    assert (event.seq, event.reason_code, event.draft_id) == (form.event_seq, "conditions", draft.pk)
    assert Consultation.objects.get(pk=item.pk).answer_kind == "conditions"
    assert list(open_items(dossier)) == [3]


def test_the_head_gives_it_back_and_it_is_submitted_again(house):
    item = ask(house, houses.assigned(house))
    draft = _submitted(house, item)
    with pytest.raises(NotNowError):  # it is in other hands
        consulting.submit_answer(item_id=item.pk, by=house.adviser, **WORDS)
    paper_drafts.return_draft(
        dossier_id=draft.dossier_id, by=house.chief, reason="Nêu căn cứ.", draft_id=draft.pk, item_id=draft.handling_id
    )
    again = _submitted(house, item, text="Giữ khoảng lùi 3 m, theo quy hoạch.")
    assert (again.pk, again.version) == (draft.pk, draft.version + 1)


def test_nothing_is_sent_before_the_file_is_there_or_with_other_bytes(house):
    item = ask(house, houses.assigned(house))
    draft = _signed(house, item, made=False)
    with pytest.raises(UserError, match="chưa lập xong"):
        consulting.send_answer(item_id=item.pk, by=house.adviser)
    paper_drafts.make_file(draft_id=draft.pk)
    with pytest.raises(StaleError):
        consulting.send_answer(item_id=item.pk, by=house.adviser, digest="0" * 64)
    with pytest.raises(NotNowError):
        consulting.send_answer(item_id=item.pk, by=house.neighbour)
    assert Consultation.objects.get(pk=item.pk).answer_kind == ""


def test_the_head_answers_without_a_draft_and_overtakes_one(house):
    item = ask(house, houses.assigned(house))
    draft = _submitted(house, item)
    consulting.answer(item_id=item.pk, by=house.chief, kind="agrees", text="")
    draft.refresh_from_db()
    assert draft.state == DraftState.DROPPED
    assert not WorkItem.objects.filter(parent=item, closed_at=None).exists()


def test_a_question_taken_back_takes_the_draft_with_it(house):
    item = ask(house, houses.assigned(house))
    draft = _signed(house, item)
    consulting.end(item_id=item.pk, by=house.people[Role.OFFICER], reason="Đã rõ.")
    draft.refresh_from_db()
    assert (draft.state, draft.dropped_reason != "") == (DraftState.DROPPED, True)
    with pytest.raises(UserError, match="đã rút câu hỏi"):
        consulting.send_answer(item_id=item.pk, by=house.adviser)


def test_silence_overtakes_a_draft_that_was_not_sent_in_time():
    house = make_house(ROUTE)
    house.chief = MembershipFactory(role=Role.SIGNER, unit=house.beside).user
    item = open_items(houses.assigned(house))[5]
    consulting.submit_answer(item_id=item.pk, by=house.neighbour, **WORDS)
    draft = PaperDraft.objects.get(work_item=item)
    assert draft.handling.role == Role.SIGNER
    with time_machine.travel(item.due_at, tick=False):
        assert consulting.close_silent(item_id=item.pk)
    draft.refresh_from_db()
    assert draft.state == DraftState.DROPPED
    assert WorkItem.objects.get(parent=item).outcome == Outcome.ENDED
