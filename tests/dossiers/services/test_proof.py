"""What the proof says of drafts, books, files and work that do not agree: each thing spoilt by hand, and named."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.enums import Role
from accounts.models import Membership, OrgUnit
from dossiers.enums import DraftKind, DraftState, Outcome, State
from dossiers.models.dossier import Dossier
from dossiers.models.paper_check import PaperCheck
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.result import PrintedForm
from dossiers.models.work import WorkItem
from dossiers.services import draft_checks, paper_drafts
from dossiers.services.proof import numbers, papers, work
from portal import clock
from procedures.enums import StepKind
from tests import books, houses

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def house():
    return houses.make_house()


def said(*parts):
    return [found.text for part in parts for found in part()]


def all_said():
    return said(*books.PARTS, papers.files, work.ended, work.missing, work.closed_units, work.people)


def ask_draft(house, dossier):
    item = {"paper_code": "TP1", "name": "Giấy tờ chứng minh", "note": "Mờ."}
    words = {"items": [item], "reason": "Mờ.", "answer_by": houses.workday(5).isoformat()}
    return houses.signed(house, dossier, DraftKind.SUPPLEMENT_REQUEST, words)


def test_a_house_at_work_is_whole(house):
    houses.issued(house)
    houses.asked(house, houses.assigned(house))
    ask_draft(house, houses.assigned(house))
    houses.refuse(house, houses.submitted(house))
    houses.approved(house)
    assert all_said() == []


def test_a_number_that_waits_for_its_file_for_long_is_named_with_what_went_wrong(house):
    dossier = houses.approved(house)
    draft = PaperDraft.objects.get(dossier=dossier)
    waits = {"state": DraftState.NUMBERED, "file": None, "attempts": 25, "problem": "OSError"}
    PaperDraft.objects.update(**waits, numbered_at=clock.now() - timedelta(hours=23))
    assert said(papers.files) == []
    PaperDraft.objects.update(numbered_at=clock.now() - timedelta(hours=25))
    (line,) = said(papers.files)
    assert f"draft {draft.pk} bears a number since" in line
    assert "25 tries, the last: OSError" in line
    PaperDraft.objects.update(state=DraftState.SIGNED)
    assert said(papers.files) == [f"dossier {dossier.pk}: draft {draft.pk} is signed and has no file"]


def test_a_number_on_two_papers_is_named(house):
    houses.asked(house, houses.assigned(house))
    first = PaperDraft.objects.get()
    form = PrintedForm.objects.get(name="supplement_request")
    other = houses.received(house)
    twin = PrintedForm.objects.create(
        dossier=other, name=form.name, number=form.number, event_seq=other.event_count, called_at=clock.now()
    )
    (line,) = said(numbers.twice)
    assert line.endswith(f"stands on draft {first.pk} and paper {twin.pk}")
    assert said(numbers.gaps) == []


def test_a_gap_that_nothing_cancelled_is_named(house):
    houses.approved(house)
    houses.approved(house)
    first = PaperDraft.objects.order_by("pk").first()
    PaperDraft.objects.filter(pk=first.pk).update(book_number=None, book="", book_year=None)
    (line,) = said(numbers.gaps)
    assert line.startswith("thong_bao numbers 1 of H29.951 in 20")


def test_a_number_cancelled_without_a_reason_is_named(house):
    draft = ask_draft(house, houses.assigned(house))
    paper_drafts.drop_draft(dossier_id=draft.dossier_id, by=house.people[Role.OFFICER], reason="Thôi.")
    PaperDraft.objects.update(dropped_reason="")
    assert said(papers.drafts) == [f"draft {draft.pk}: its number {draft.number} was cancelled without a reason"]


def test_an_issued_paper_without_its_act_is_named(house):
    houses.issued(house)
    draft = PaperDraft.objects.get()
    PaperDraft.objects.update(issued_seq=1)
    assert said(papers.drafts) == [
        f"dossier {draft.dossier_id}: draft {draft.pk} was issued and no paper of its act bears its bytes"
    ]


def test_papers_that_lie_nowhere_and_steps_without_a_paper_are_named(house):
    draft = ask_draft(house, houses.assigned(house))
    decided = houses.approved(house)
    WorkItem.objects.filter(kind=StepKind.DRAFT_SEND).update(kind=StepKind.DRAFT_SIGN)
    PaperDraft.objects.filter(pk=draft.pk).update(handling=None)
    WorkItem.objects.filter(dossier=decided, kind=StepKind.STAMP).update(closed_at=clock.now(), outcome=Outcome.DONE)
    result = PaperDraft.objects.get(dossier=decided)
    item = WorkItem.objects.get(kind=StepKind.DRAFT_SIGN, closed_at=None)
    assert said(papers.places) == [
        f"dossier {draft.dossier_id}: draft {draft.pk} lies with nobody who would sign or send it",
        f"dossier {decided.pk}: draft {result.pk} bears a number and lies with no clerk",
        f"dossier {draft.dossier_id}: work item {item.pk} asks to sign or send a draft that is not there",
    ]


def test_a_draft_that_outlives_its_dossier_is_named(house):
    dossier = houses.assigned(house)
    draft = houses.drafted(dossier_id=dossier.pk, by=house.people[Role.OFFICER])
    Dossier.objects.filter(pk=dossier.pk).update(state="stopped")
    assert said(papers.drafts) == [
        f"dossier {dossier.pk}: draft {draft.pk} is still on its way although the dossier has ended"
    ]
    item = WorkItem.objects.get(dossier=dossier, closed_at=None)
    assert said(work.ended) == [f"dossier {dossier.pk}: work item {item.pk} is open although the dossier has ended"]


def test_a_dossier_without_work_is_named(house):
    dossier = houses.assigned(house)
    WorkItem.objects.filter(dossier=dossier).update(closed_at=clock.now())
    assert said(work.missing) == [f"dossier {dossier.pk}: it is processing and no work on it is open"]


def test_work_that_lies_in_a_unit_that_ended_is_named(house):
    dossiers = [houses.assigned(house).pk for _ in range(6)]
    OrgUnit.objects.filter(pk=house.office.pk).update(valid_to=clock.today() - timedelta(days=1))
    assert said(work.closed_units) == []  # it may be on its way
    OrgUnit.objects.filter(pk=house.office.pk).update(valid_to=clock.today() - timedelta(days=2))
    shown = ", ".join(map(str, dossiers[:5]))
    assert said(work.closed_units) == [
        f"unit {house.office.pk} ({house.office.name}) has ended and work on dossiers {shown} and 1 more lies there"
    ]


def test_work_that_nobody_can_do_nor_give_away_is_named(house):
    dossier = houses.assigned(house)
    Membership.objects.filter(unit=house.office, role=Role.OFFICER).update(valid_to=clock.today() - timedelta(days=1))
    (line,) = said(work.people)
    assert line == (
        f"nobody can do the step appraise of a officer in {house.office.name}, nor give it to another: dossiers {dossier.pk}"
    )
    with pytest.raises(CommandError) as error:
        call_command("check_dossiers", stdout=StringIO(), stderr=(lines := StringIO()))
    assert error.value.returncode == 1
    assert line in lines.getvalue()


def test_checks_that_wait_for_nobody_and_answers_without_their_act_are_named(house):
    dossier = houses.sent_for_check(houses.has_drafts_checked(house))
    check = PaperCheck.objects.get()
    assert said(papers.checks, *books.PARTS) == []
    Dossier.objects.filter(pk=dossier.pk).update(state=State.PROCESSING)
    assert said(papers.checks) == [
        f"dossier {dossier.pk}: check {check.pk} waits for its applicant and the dossier does not"
    ]
    Dossier.objects.filter(pk=dossier.pk).update(state=State.CHECKING)
    draft_checks.confirm(dossier_id=dossier.pk, by=house.citizen)
    assert said(papers.checks) == []
    PaperCheck.objects.update(content="0" * 64)
    Dossier.objects.filter(pk=dossier.pk).update(state=State.CHECKING)
    assert said(papers.checks) == [
        f"dossier {dossier.pk}: it waits for a check and nothing is there to check",
        f"dossier {dossier.pk}: check {check.pk} was answered and no act of the ledger says so",
    ]
