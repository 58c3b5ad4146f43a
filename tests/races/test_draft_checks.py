"""The applicant's answer beside the officer, the clock and itself: one of them, and nothing half done."""

import pytest
import time_machine

from accounts.enums import Role
from dossiers.enums import Appeared, DraftState, EventCode, SeenPaper, State
from dossiers.models.appearance import Appearance
from dossiers.models.clock import ClockSegment
from dossiers.models.event import DossierEvent
from dossiers.models.paper_check import PaperCheck
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.work import WorkItem
from dossiers.services import draft_checks, on_behalf, paper_drafts
from portal.errors import UserError
from procedures.enums import DraftCheck
from tests import houses
from tests.races.test_two_at_once import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
NEXT_DAY, AFTER = "2026-11-19T09:00+07:00", "2026-11-20T07:10+07:00"
ANSWERS = {
    EventCode.CHECK_CONFIRMED: "agreed",
    EventCode.CHECK_CORRECTED: "wrong",
    EventCode.CHECK_SILENT: "silent",
    EventCode.CHECK_TAKEN_BACK: "taken_back",
}
WORDS = "Sai ngày sinh."


def sent(draft_check=DraftCheck.SILENCE):
    house = houses.make_house(draft_check=draft_check)
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        return house, houses.sent_for_check(house)


def confirm(house, dossier):
    return draft_checks.confirm(dossier_id=dossier.pk, by=house.citizen, version=dossier.version)


def correct(house, dossier):
    return draft_checks.correct(dossier_id=dossier.pk, by=house.citizen, words=WORDS, version=dossier.version)


def take_back(house, dossier):
    return draft_checks.take_back(dossier_id=dossier.pk, by=house.people[Role.OFFICER], reason="Nhầm mẫu.")


def one_answer(dossier, found, *, refused):
    """What holds whoever was faster: one answer in ledger and row, the clock runs, the step goes on."""
    dossier.refresh_from_db()
    codes = list(DossierEvent.objects.filter(dossier_id=dossier.pk).order_by("seq").values_list("code", flat=True))
    answers = [code for code in codes if code in ANSWERS]
    assert len(answers) == 1
    check = PaperCheck.objects.get()
    assert check.answer == ANSWERS[answers[0]]
    assert check.answered_seq == codes.index(answers[0]) + 1
    assert dossier.state == State.PROCESSING
    assert dossier.clock_stopped_at is None
    assert ClockSegment.objects.filter(dossier=dossier, ended_at=None).count() == 1
    assert not WorkItem.objects.filter(dossier=dossier, closed_at=None).exclude(suspended_at=None).exists()
    assert sum(isinstance(one, UserError) for one in found) == refused
    wanted = DraftState.SENT_BACK if check.answer == "wrong" else DraftState.DRAFTING
    assert PaperDraft.objects.get().state == wanted


@pytest.mark.parametrize("turn", range(4))
def test_the_applicant_agrees_while_the_officer_takes_it_back(turn):
    house, dossier = sent()
    jobs = [confirm, take_back]
    with time_machine.travel(NEXT_DAY, tick=False):
        found = at_once(2, lambda number: jobs[number](house, dossier))
    one_answer(dossier, found, refused=1)


@pytest.mark.parametrize("turn", range(4))
def test_the_day_is_over_while_the_applicant_corrects(turn):
    house, dossier = sent()
    with time_machine.travel(AFTER, tick=False):
        jobs = [draft_checks.agree_all, lambda: correct(house, dossier)]
        swept, corrected = at_once(2, lambda number: jobs[number]())
    one_answer(dossier, [corrected], refused=swept)


def test_two_agreements_at_once_are_one():
    house, dossier = sent(DraftCheck.CONFIRM)
    with time_machine.travel(NEXT_DAY, tick=False):
        found = at_once(2, lambda _: confirm(house, dossier))
    one_answer(dossier, found, refused=1)


def test_the_desk_and_the_applicant_answer_at_once():
    house, dossier = sent(DraftCheck.CONFIRM)
    came = on_behalf.InPerson(Appeared.OWNER, "Nguyễn Văn Mẫu", SeenPaper.IDENTITY_CARD)
    clerk = house.people[Role.RECEPTIONIST]
    jobs = [
        lambda: correct(house, dossier),
        lambda: draft_checks.confirm_on_behalf(dossier_id=dossier.pk, by=clerk, visitor=came),
    ]
    with time_machine.travel(NEXT_DAY, tick=False):
        found = at_once(2, lambda number: jobs[number]())
    one_answer(dossier, found, refused=1)
    assert Appearance.objects.count() == (PaperCheck.objects.get().answer == "agreed")


def test_two_sweeps_at_once_record_silence_once():
    _house, dossier = sent()
    with time_machine.travel(AFTER, tick=False):
        found = at_once(2, lambda _: draft_checks.agree_all())
        assert sum(found) + draft_checks.agree_all() == 1
    one_answer(dossier, [], refused=0)


@pytest.mark.parametrize("turn", range(4))
def test_the_draft_is_sent_while_it_is_being_changed(turn):
    """What the applicant gets is what the officer saw, or the officer is told that it changed."""
    house = houses.make_house(draft_check=DraftCheck.SILENCE)
    officer = house.people[Role.OFFICER]
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        dossier = houses.assigned(house)
        row = houses.drafted(dossier_id=dossier.pk, by=officer)
        seen = {"dossier_id": dossier.pk, "by": officer, "draft_id": row.pk, "draft_version": row.version}
        fields = {**row.fields, "noi_dung": "Khác."}
        jobs = [
            lambda: draft_checks.send(**seen),
            lambda: paper_drafts.write(**seen, kind=row.kind, fields=fields),
        ]
        found = at_once(2, lambda number: jobs[number]())
    assert sum(isinstance(one, UserError) for one in found) == 1
    row.refresh_from_db()
    dossier.refresh_from_db()
    if isinstance(found[0], UserError):
        assert (dossier.state, row.fields["noi_dung"]) == (State.PROCESSING, "Khác.")
        assert not PaperCheck.objects.exists()
    else:
        check = PaperCheck.objects.get()
        assert (dossier.state, check.draft_version) == (State.CHECKING, row.version)
