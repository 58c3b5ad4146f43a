"""Results as drafts along the route: what is approved is one version, the last approval numbers it, the clerk may send it back."""

from datetime import timedelta

import pytest

from accounts.enums import Role
from dossiers import tasks
from dossiers.enums import DraftState
from dossiers.models.paper_draft import PaperDraft, PaperReview
from dossiers.models.result import PrintedForm, Result
from dossiers.models.work import WorkItem
from dossiers.services import decision, moving, paper_drafts, results, route_drafts
from dossiers.services.proof import numbers, papers
from portal import clock
from portal.errors import NotNowError, StaleError, UserError
from tests import houses

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return houses.make_house()


def test_nothing_is_proposed_without_a_draft_or_with_a_gap(house):
    dossier, officer = houses.assigned(house), house.people[Role.OFFICER]
    with pytest.raises(UserError, match="chưa có dự thảo"):
        decision.propose(dossier_id=dossier.pk, by=officer)
    row = houses.drafted(dossier_id=dossier.pk, by=officer, content="")
    with pytest.raises(UserError, match="Nội dung giải quyết"):
        decision.propose(dossier_id=dossier.pk, by=officer, draft_id=row.pk)


def test_another_version_than_the_one_shown_is_not_approved(house):
    dossier = houses.assigned(house)
    houses.proposed(dossier_id=dossier.pk, by=house.people[Role.OFFICER])
    head, row = house.people[Role.UNIT_HEAD], PaperDraft.objects.get()
    with pytest.raises(StaleError):
        decision.approve(dossier_id=dossier.pk, by=head, draft_id=row.pk, draft_version=row.version + 1)
    with pytest.raises(NotNowError):  # and nobody changes it meanwhile
        houses.drafted(dossier_id=dossier.pk, by=house.people[Role.OFFICER])
    decision.approve(dossier_id=dossier.pk, by=head, draft_id=row.pk, draft_version=row.version)
    assert PaperReview.objects.get().version == row.version


def test_the_clerk_sends_a_numbered_result_back_and_the_number_stands_as_cancelled(house):
    dossier = houses.approved(house)
    first = PaperDraft.objects.get()
    decision.send_back(dossier_id=dossier.pk, by=house.people[Role.CLERK], reason="Sai tên.")
    first.refresh_from_db()
    assert (first.state, first.number, first.dropped_reason) == (DraftState.DROPPED, "01/TB-UBND", "Sai tên.")
    houses.proposed(dossier_id=dossier.pk, by=house.people[Role.OFFICER])
    decision.approve(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD])
    decision.approve(dossier_id=dossier.pk, by=house.people[Role.SIGNER])
    houses.issue(dossier_id=dossier.pk, by=house.people[Role.CLERK])
    assert Result.objects.get().number == "02/TB-UBND"
    second = PaperDraft.objects.get(continues=first)
    assert PrintedForm.objects.get(name="result").file == second.file
    assert list(numbers.gaps()) == []
    assert list(papers.drafts()) == []


def test_what_was_approved_before_drafts_were_kept_is_numbered_by_the_sweep_and_issued(house):
    dossier = houses.approved(house)
    PaperDraft.objects.update(
        state=DraftState.REVIEWED, numbered_at=None, book="", book_year=None, book_number=None, number="", file=None
    )
    with pytest.raises(UserError, match="chưa lập xong"):
        results.issue(dossier_id=dossier.pk, by=house.people[Role.CLERK])
    assert route_drafts.number_approved(dossier_id=dossier.pk)
    row = PaperDraft.objects.get()
    assert (row.number, row.signer) == ("02/TB-UBND", house.people[Role.SIGNER])
    paper_drafts.make_file(draft_id=row.pk, to_pdf=houses.quick_sheet)
    results.issue(dossier_id=dossier.pk, by=house.people[Role.CLERK])
    assert tasks.make_missing_draft_files() == 0


def test_one_that_cannot_be_numbered_does_not_stop_the_sweep(house):
    dossiers = [houses.approved(house) for _ in range(2)]
    unbound = {"numbered_at": None, "book": "", "book_year": None, "book_number": None, "number": "", "file": None}
    PaperDraft.objects.update(state=DraftState.REVIEWED, **unbound)
    PaperDraft.objects.filter(dossier=dossiers[0]).update(template="khong_con")
    WorkItem.objects.update(opened_at=clock.now() - timedelta(hours=1))
    tasks.make_missing_draft_files()
    assert [draft.number for draft in PaperDraft.objects.order_by("dossier_id")] == ["", "03/TB-UBND"]


def test_what_is_called_back_puts_the_draft_where_it_was(house):
    dossier = houses.assigned(house)
    officer, head = house.people[Role.OFFICER], house.people[Role.UNIT_HEAD]
    houses.proposed(dossier_id=dossier.pk, by=officer)
    moving.recall(dossier_id=dossier.pk, by=officer, reason="Sót căn cứ.")
    draft = PaperDraft.objects.get(dossier=dossier)
    assert draft.state == DraftState.DRAFTING
    houses.proposed(dossier_id=dossier.pk, by=officer)
    decision.approve(dossier_id=dossier.pk, by=head)
    moving.recall(dossier_id=dossier.pk, by=head, reason="Xem lại.")
    draft.refresh_from_db()
    assert draft.state == DraftState.SUBMITTED
    assert [one.agrees for one in draft.reviews.order_by("pk")] == [True, False]
    decision.send_back(dossier_id=dossier.pk, by=head, reason="Ghi rõ.")
    moving.recall(dossier_id=dossier.pk, by=head, reason="Nhầm hồ sơ.")
    draft.refresh_from_db()
    assert draft.state == DraftState.SUBMITTED
    decision.approve(dossier_id=dossier.pk, by=head)
    decision.approve(dossier_id=dossier.pk, by=house.people[Role.SIGNER])
    draft.refresh_from_db()
    assert draft.state == DraftState.NUMBERED
