"""Drafts before acts: who writes, signs and sends; number, file and act; what is refused and what stays."""

from datetime import timedelta

import pytest
import time_machine
from celery.exceptions import SoftTimeLimitExceeded
from django.urls import reverse

from accounts.enums import Role
from dossiers import draft_sheets
from dossiers.enums import DraftKind, DraftState, State
from dossiers.models.event import DossierEvent
from dossiers.models.paper_draft import PaperDraft, PaperReview
from dossiers.models.result import PrintedForm, Supplement
from dossiers.models.work import WorkItem
from dossiers.services import desk, paper_drafts, submission
from portal import clock
from portal.errors import NotNowError, StaleError, UserError
from procedures.enums import StepKind
from tests import books, houses

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ASK = DraftKind.SUPPLEMENT_REQUEST


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        yield


@pytest.fixture
def house():
    return houses.make_house()


def words(**changes):
    item = {"paper_code": "TP1", "name": "Giấy tờ chứng minh", "note": "Chụp lại."}
    return {
        "items": [item],
        "reason": "Ảnh mờ.",
        "answer_by": (clock.today() + timedelta(days=5)).isoformat(),
        **changes,
    }


def written(house, dossier, **changes):
    return paper_drafts.write(dossier_id=dossier.pk, by=house.people[Role.OFFICER], kind=ASK, fields=words(**changes))


def submitted(house, dossier):
    draft = written(house, dossier)
    paper_drafts.submit(dossier_id=dossier.pk, by=house.people[Role.OFFICER], draft_id=draft.pk, draft_version=1)
    return PaperDraft.objects.get(pk=draft.pk)


def numbered(house, dossier):
    draft = submitted(house, dossier)
    paper_drafts.sign(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD], draft_id=draft.pk)
    return PaperDraft.objects.get(pk=draft.pk)


def open_kinds(dossier):
    return sorted(WorkItem.objects.filter(dossier=dossier, closed_at=None).values_list("kind", flat=True))


def test_a_request_for_more_is_drafted_signed_and_sent(house):
    dossier = houses.assigned(house)
    draft = submitted(house, dossier)
    assert (draft.state, draft.handling.kind, draft.handling.unit) == (
        DraftState.SUBMITTED,
        StepKind.DRAFT_SIGN,
        house.office,
    )
    assert draft.handling.parent == draft.work_item
    paper_drafts.sign(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD], draft_id=draft.pk, draft_version=1)
    draft.refresh_from_db()
    assert (draft.state, draft.number, draft.signer) == (
        DraftState.NUMBERED,
        "01/2026/HDHS",
        house.people[Role.UNIT_HEAD],
    )
    assert (draft.handling.kind, draft.handling.unit) == (StepKind.DRAFT_SEND, house.center)
    with pytest.raises(UserError, match="chưa lập xong"):
        desk.request_supplement(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST], draft_id=draft.pk)
    houses.made(dossier)
    draft.refresh_from_db()
    assert draft.state == DraftState.SIGNED
    done = desk.request_supplement(
        dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST], draft_id=draft.pk, digest=draft.file.sha256
    )
    draft.refresh_from_db()
    assert (done.state, draft.state, draft.fields) == (State.SUPPLEMENT, DraftState.ISSUED, {})
    event = DossierEvent.objects.get(dossier_id=dossier.pk, seq=draft.issued_seq)
    assert (event.code, event.draft_id, event.draft_version, event.paper_digest) == (
        "supplement_requested",
        draft.pk,
        1,
        draft.file.sha256,
    )
    form = PrintedForm.objects.get(dossier=dossier, name="supplement_request")
    assert (form.file, form.number, form.event_seq) == (draft.file, "01/2026/HDHS", draft.issued_seq)
    assert Supplement.objects.get(dossier=dossier).items == words()["items"]
    assert PaperReview.objects.get().version == 1
    assert open_kinds(dossier) == ["appraise"]
    books.assert_whole()


def test_at_intake_the_receptionist_drafts_and_the_head_of_the_desk_signs(house):
    dossier = houses.submitted(house)
    receptionist = house.people[Role.RECEPTIONIST]
    draft = paper_drafts.write(dossier_id=dossier.pk, by=receptionist, kind=ASK, fields=words())
    paper_drafts.submit(dossier_id=dossier.pk, by=receptionist, draft_id=draft.pk)
    with pytest.raises(NotNowError):
        paper_drafts.sign(dossier_id=dossier.pk, by=receptionist)
    with pytest.raises(UserError, match="Ký duyệt"):  # it cannot be received while a paper is on its way
        desk.receive(dossier_id=dossier.pk, by=receptionist)
    paper_drafts.sign(dossier_id=dossier.pk, by=house.people[Role.DESK_HEAD])
    houses.made(dossier)
    assert desk.request_supplement(dossier_id=dossier.pk, by=receptionist).state == State.INTAKE_FIX
    submission.answer_supplement(dossier_id=dossier.pk, by=house.citizen, answer="Đã thêm.")
    assert desk.receive(dossier_id=dossier.pk, by=receptionist).code


def test_an_old_version_is_stale_for_writing_and_for_signing(house):
    dossier = houses.assigned(house)
    officer = house.people[Role.OFFICER]
    draft = written(house, dossier)
    again = {"dossier_id": dossier.pk, "by": officer, "kind": ASK, "draft_id": draft.pk}
    paper_drafts.write(**again, fields=words(reason="Mờ trang 2."), draft_version=1)
    with pytest.raises(StaleError):
        paper_drafts.write(**again, fields=words(reason="Mờ trang 3."), draft_version=1)
    with pytest.raises(StaleError):
        paper_drafts.submit(dossier_id=dossier.pk, by=officer, draft_id=draft.pk, draft_version=1)
    paper_drafts.submit(dossier_id=dossier.pk, by=officer, draft_id=draft.pk, draft_version=2)
    with pytest.raises(StaleError):
        paper_drafts.sign(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD], draft_id=draft.pk, draft_version=1)
    with pytest.raises(NotNowError, match="đã trình"):
        paper_drafts.write(**again, fields=words(), draft_version=2)
    assert PaperDraft.objects.get().fields["reason"] == "Mờ trang 2."


def test_one_draft_of_a_kind_is_under_way(house):
    dossier = houses.assigned(house)
    written(house, dossier)
    with pytest.raises(UserError, match="đã có một dự thảo"):
        written(house, dossier)


def test_a_returned_draft_is_written_on_and_submitted_again(house):
    dossier = houses.assigned(house)
    draft = submitted(house, dossier)
    head = house.people[Role.UNIT_HEAD]
    with pytest.raises(UserError, match="lý do"):
        paper_drafts.return_draft(dossier_id=dossier.pk, by=head, reason=" ")
    paper_drafts.return_draft(dossier_id=dossier.pk, by=head, reason="Ghi rõ trang nào.")
    draft.refresh_from_db()
    assert (draft.state, draft.handling, open_kinds(dossier)) == (DraftState.SENT_BACK, None, ["appraise"])
    assert PaperReview.objects.get().note == "Ghi rõ trang nào."
    written_again = paper_drafts.write(
        dossier_id=dossier.pk,
        by=house.people[Role.OFFICER],
        kind=ASK,
        fields=words(reason="Trang 2 mờ."),
        draft_id=draft.pk,
        draft_version=1,
    )
    assert written_again.version == 2


def test_a_numbered_draft_given_back_is_cancelled_and_continued_on_a_new_row(house):
    dossier = houses.assigned(house)
    draft = numbered(house, dossier)
    paper_drafts.return_draft(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST], reason="Sai tên.")
    draft.refresh_from_db()
    assert (draft.state, draft.number, draft.dropped_reason, draft.fields) == (
        DraftState.DROPPED,
        "01/2026/HDHS",
        "Sai tên.",
        {},
    )
    fresh = PaperDraft.objects.get(continues=draft)
    assert (fresh.state, fresh.fields, fresh.number) == (DraftState.SENT_BACK, words(), "")
    assert not paper_drafts.make_file(draft_id=draft.pk, to_pdf=houses.quick_sheet)  # no paper comes of it any more
    books.assert_whole()
    paper_drafts.submit(dossier_id=dossier.pk, by=house.people[Role.OFFICER], draft_id=fresh.pk)
    paper_drafts.sign(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD])
    fresh.refresh_from_db()
    assert fresh.number == "02/2026/HDHS"


def test_a_dropped_draft_frees_the_step(house):
    dossier = houses.assigned(house)
    numbered(house, dossier)
    paper_drafts.drop_draft(dossier_id=dossier.pk, by=house.people[Role.OFFICER], reason="Người nộp đã mang đến.")
    assert open_kinds(dossier) == ["appraise"]
    assert PaperDraft.objects.get().state == DraftState.DROPPED
    books.assert_whole()


def test_an_ending_dossier_cancels_what_is_on_its_way(house):
    dossier = houses.submitted(house)
    receptionist = house.people[Role.RECEPTIONIST]
    draft = paper_drafts.write(dossier_id=dossier.pk, by=receptionist, kind=ASK, fields=words())
    paper_drafts.submit(dossier_id=dossier.pk, by=receptionist)
    paper_drafts.sign(dossier_id=dossier.pk, by=house.people[Role.DESK_HEAD])
    submission.withdraw(dossier_id=dossier.pk, by=house.citizen)
    draft.refresh_from_db()
    assert draft.state == DraftState.DROPPED
    assert "kết thúc" in draft.dropped_reason
    books.assert_whole()


def test_when_the_workers_time_is_over_the_paper_says_so_and_the_task_ends(house):
    draft = numbered(house, houses.assigned(house))

    def endless(_html):
        raise SoftTimeLimitExceeded

    with pytest.raises(SoftTimeLimitExceeded):
        paper_drafts.make_file(draft_id=draft.pk, to_pdf=endless)
    draft.refresh_from_db()
    assert (draft.state, draft.problem) == (DraftState.NUMBERED, "Làm quá thời gian cho phép.")


def test_a_sheet_that_cannot_be_made_keeps_its_number_and_is_tried_again(house):
    dossier = houses.assigned(house)
    draft = numbered(house, dossier)

    def broken(_html):
        raise OSError

    assert not paper_drafts.make_file(draft_id=draft.pk, to_pdf=broken)
    draft.refresh_from_db()
    assert (draft.state, draft.number, draft.attempts, draft.problem) == (
        DraftState.NUMBERED,
        "01/2026/HDHS",
        1,
        "Kho tệp hoặc máy khác không trả lời (OSError).",
    )
    assert paper_drafts.without_file(clock.now(), 10) == []
    assert paper_drafts.without_file(clock.now() + timedelta(minutes=5), 10) == [draft.pk]
    houses.made(dossier)
    draft.refresh_from_db()
    assert (draft.state, draft.problem, draft.number) == (DraftState.SIGNED, "", "01/2026/HDHS")
    digest = draft.file.sha256
    assert not paper_drafts.make_file(draft_id=draft.pk, to_pdf=houses.quick_sheet)  # a second worker changes nothing
    draft.refresh_from_db()
    assert draft.file.sha256 == digest


def test_a_file_that_failed_for_days_is_still_tried_every_hour_and_takes_no_place_of_others(house):
    failing = [numbered(house, houses.assigned(house)) for _ in range(2)]
    PaperDraft.objects.update(attempts=32_000, tried_at=clock.now(), problem="OSError")
    fresh = numbered(house, houses.assigned(house))
    PaperDraft.objects.filter(pk=fresh.pk).update(numbered_at=clock.now() + timedelta(minutes=1))
    assert paper_drafts.without_file(clock.now() + timedelta(minutes=5), 2) == [fresh.pk]
    in_an_hour = paper_drafts.without_file(clock.now() + timedelta(minutes=61), 2)
    assert in_an_hour == [draft.pk for draft in failing]


def test_bytes_that_cannot_be_kept_are_tried_again(house, monkeypatch):
    draft = numbered(house, houses.assigned(house))
    with monkeypatch.context() as full:
        full.setattr(paper_drafts, "store_bytes", lambda **_: (_ for _ in ()).throw(OSError(28, "No space left")))
        assert not paper_drafts.make_file(draft_id=draft.pk, to_pdf=houses.quick_sheet)
    draft.refresh_from_db()
    assert (draft.state, draft.problem, draft.file) == (
        DraftState.NUMBERED,
        "Kho tệp hoặc máy khác không trả lời (OSError).",
        None,
    )
    assert paper_drafts.make_file(draft_id=draft.pk, to_pdf=houses.quick_sheet)


def test_other_bytes_than_those_shown_are_not_sent(house):
    dossier = houses.assigned(house)
    draft = numbered(house, dossier)
    houses.made(dossier)
    with pytest.raises(StaleError):
        desk.request_supplement(
            dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST], draft_id=draft.pk, digest="0" * 64
        )


def test_a_day_that_passed_meanwhile_is_not_sent(house):
    dossier = houses.assigned(house)
    numbered(house, dossier)
    houses.made(dossier)
    with time_machine.travel(houses.WEDNESDAY_MORNING + timedelta(days=9), tick=False), pytest.raises(UserError):
        desk.request_supplement(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST])


def test_preview_and_paper_are_one_sheet(house):
    dossier = houses.assigned(house)
    draft = written(house, dossier)
    preview = draft_sheets.html(draft)
    assert preview.count("DỰ THẢO") == 2
    assert "Chụp lại." in preview
    paper_drafts.submit(dossier_id=dossier.pk, by=house.people[Role.OFFICER])
    paper_drafts.sign(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD])
    draft.refresh_from_db()
    paper = draft_sheets.html(draft)
    assert "DỰ THẢO" not in paper
    assert "01/2026/HDHS" in paper
    assert "ngày 18 tháng 11 năm 2026" in paper


def test_who_may_not_write_or_send_is_refused(house):
    dossier = houses.assigned(house)
    for role in (Role.RECEPTIONIST, Role.CLERK, Role.SIGNER):
        with pytest.raises(NotNowError):
            paper_drafts.write(dossier_id=dossier.pk, by=house.people[role], kind=ASK, fields=words())
    numbered(house, dossier)
    houses.made(dossier)
    for role in (Role.OFFICER, Role.CLERK, Role.RETURNER):
        with pytest.raises(NotNowError):
            desk.request_supplement(dossier_id=dossier.pk, by=house.people[role])


def test_words_that_cannot_be_printed_are_told_while_writing_and_bind_no_number(house, client):
    dossier, officer = houses.assigned(house), house.people[Role.OFFICER]
    draft = written(house, dossier, reason="Ảnh chụp nhà 🏠 bị mờ.")
    client.force_login(officer)
    session = client.session
    session["demo_person"] = True
    session.save()
    page = client.get(reverse("desk:draft", args=[dossier.pk, draft.pk])).content.decode()
    assert "không in được: “🏠” (U+1F3E0)" in page
    assert client.get(reverse("desk:draft_print", args=[dossier.pk, draft.pk])).status_code == 200, "a look shows it"
    with pytest.raises(UserError, match="Ảnh chụp nhà"):
        paper_drafts.submit(dossier_id=dossier.pk, by=officer, draft_id=draft.pk)
    PaperDraft.objects.filter(pk=draft.pk).update(fields=words())
    paper_drafts.submit(dossier_id=dossier.pk, by=officer, draft_id=draft.pk)
    PaperDraft.objects.filter(pk=draft.pk).update(fields=words(reason="Ảnh 🏠"))
    with pytest.raises(UserError, match="U\\+1F3E0"):
        paper_drafts.sign(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD], draft_id=draft.pk)
    draft.refresh_from_db()
    assert (draft.state, draft.number) == (DraftState.SUBMITTED, "")
