"""A certificate issued before another system gave its number: by a head, under a rule in force, with the reason, and blank there."""

import pytest
import time_machine

from accounts.enums import Role
from dossiers import draft_sheets
from dossiers.enums import DraftKind, DraftState
from dossiers.forms.drafting import ApproveForm
from dossiers.models.event import EventText
from dossiers.models.paper_draft import PaperDraft, PaperReview
from dossiers.services import decision, desk, paper_drafts, route_drafts, submission
from portal.errors import NotNowError, StaleError, UserError
from procedures.enums import ServiceLevel
from procedures.models import ResultTemplate
from tests import books, houses
from tests.dossiers.papers.paper import bearer, city, filed
from tests.dossiers.papers.test_khai_sinh import CHILD, MOTHER, NUMBER_CAME, answers
from tests.factories import OfferingFactory

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
REASON = "Cơ sở dữ liệu quốc gia ngừng trả số từ sáng."


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        yield


@pytest.fixture
def house():
    return city()


@pytest.fixture
def mother():
    return bearer("Nguyễn Thị Mẫu Hoa", MOTHER)


def at_the_officer(house, mother):
    given = answers(mother, nyc_dien_thoai="0900000001", ket_hon="1", ban_sao="2")
    dossier = filed(house, "khai_sinh", given, template="khai_sinh", owner=mother, code=None)
    OfferingFactory(procedure=dossier.procedure, unit=house.ward, department=house.office, level=ServiceLevel.FULL)
    submission.submit(dossier_id=dossier.pk, by=house.citizen)
    desk.receive(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST])
    return houses.at_the_officer(house, dossier)


def written(house, dossier, **more):
    """The draft as the officer's form keeps it: first values, and what is typed beside them."""
    officer, kind = house.people[Role.OFFICER], DraftKind.RESULT
    row = paper_drafts.write(dossier_id=dossier.pk, by=officer, kind=kind, fields=more)
    first = route_drafts.first_fields(dossier, draft_sheets.template_of(row), officer)
    words = {**first, "nyc_giay_to_loai": "Số định danh cá nhân", **more}
    return paper_drafts.write(dossier_id=dossier.pk, by=officer, kind=kind, fields=words, draft_id=row.pk)


def before_the_signer(house, mother, **more):
    dossier = at_the_officer(house, mother)
    row = written(house, dossier, **more)
    decision.propose(dossier_id=dossier.pk, by=house.people[Role.OFFICER], draft_id=row.pk)
    return decision.approve(dossier_id=dossier.pk, by=house.people[Role.UNIT_HEAD])


def untouched(dossier):
    draft = PaperDraft.objects.get(dossier=dossier)
    now = type(dossier).objects.get(pk=dossier.pk)
    assert (draft.state, draft.number, now.event_count) == (DraftState.REVIEWED, "", dossier.event_count)
    books.assert_whole()


def test_it_is_not_signed_without_the_number_and_the_sentence_says_what_a_head_may_do(house, mother):
    dossier = before_the_signer(house, mother)
    with pytest.raises(UserError, match=r"Số định danh cá nhân.*ghi lý do"):
        decision.approve(dossier_id=dossier.pk, by=house.people[Role.SIGNER])
    untouched(dossier)


def test_a_waiver_needs_its_reason_at_whichever_step_it_is_given(house, mother):
    dossier = before_the_signer(house, mother)
    with pytest.raises(UserError, match="Hãy ghi lý do") as caught:
        decision.approve(dossier_id=dossier.pk, by=house.people[Role.SIGNER], without=True, reason=" ")
    assert caught.value.field == "reason"
    untouched(dossier)
    other = at_the_officer(house, mother)
    row = written(house, other)
    decision.propose(dossier_id=other.pk, by=house.people[Role.OFFICER], draft_id=row.pk)
    with pytest.raises(UserError, match="Hãy ghi lý do"):
        decision.approve(dossier_id=other.pk, by=house.people[Role.UNIT_HEAD], without=True)


def test_with_the_rule_and_a_reason_it_is_signed_and_the_ledger_says_what_it_lacks_and_why(house, mother):
    dossier = before_the_signer(house, mother)
    signer = house.people[Role.SIGNER]
    decision.approve(dossier_id=dossier.pk, by=signer, without=True, reason=REASON)
    draft = PaperDraft.objects.get(dossier=dossier)
    assert (draft.state, draft.number) == (DraftState.NUMBERED, "1/2026")
    said = f"Cho ban hành khi chưa có: Số định danh cá nhân. Lý do: {REASON}"
    assert EventText.objects.filter(dossier=dossier).latest("seq").text == said
    assert PaperReview.objects.get(draft=draft, reviewer=signer).note == said
    sheet = draft_sheets.html(draft)
    assert 'Số định danh cá nhân: <span class="strong"></span>' in sheet  # blank, and nothing made up
    assert "DỰ THẢO" not in sheet
    houses.issue(dossier_id=dossier.pk, by=house.people[Role.CLERK])
    books.assert_whole()


def test_no_head_no_waiver(house, mother):
    dossier = before_the_signer(house, mother)
    for role in (Role.OFFICER, Role.CLERK, Role.RECEPTIONIST, Role.UNIT_HEAD):
        with pytest.raises(NotNowError):
            decision.approve(dossier_id=dossier.pk, by=house.people[role], without=True, reason=REASON)
    untouched(dossier)


@pytest.mark.parametrize(
    "rule", [None, {"valid_from": "2027-01-01"}, {"valid_from": "2025-07-01", "valid_to": "2026-11-17"}]
)
def test_without_a_rule_or_outside_its_days_nobody_issues_without_the_number(house, mother, rule):
    row = ResultTemplate.objects.filter(code="khai_sinh").latest("version")
    fields = [dict(field) for field in row.declaration["fields"]]
    for field in fields:
        if field.pop("may_issue_without", None) and rule is not None:
            field["may_issue_without"] = {**rule, "law": "Quy tắc thử"}
    declaration = {**row.declaration, "fields": fields}
    ResultTemplate.objects.create(
        code="khai_sinh", version=row.version + 1, valid_from=row.valid_from, declaration=declaration, digest="thu"
    )
    dossier = before_the_signer(house, mother)
    draft = PaperDraft.objects.get(dossier=dossier)
    with pytest.raises(UserError, match="Hãy điền rồi tiếp tục"):
        decision.approve(dossier_id=dossier.pk, by=house.people[Role.SIGNER], without=True, reason=REASON)
    untouched(dossier)
    form = ApproveForm(None, name="approve", dossier=dossier, user=house.people[Role.SIGNER])
    form.about(draft)
    assert "without" not in form.fields


def test_the_page_says_that_the_place_stays_blank(house, mother):
    dossier = before_the_signer(house, mother)
    form = ApproveForm(None, name="approve", dossier=dossier, user=house.people[Role.SIGNER])
    form.about(PaperDraft.objects.get(dossier=dossier))
    assert "để trống trên văn bản" in form.fields["without"].help_text


def test_a_number_that_comes_before_the_signature_is_typed_after_sending_back_and_needs_no_waiver(house, mother):
    child = bearer("Trần Nguyễn Mẫu An", CHILD)
    dossier = before_the_signer(house, mother)
    decision.send_back(dossier_id=dossier.pk, by=house.people[Role.SIGNER], reason="Số đã có, hãy điền.")
    draft = PaperDraft.objects.get(dossier=dossier)
    came = {**draft.fields, "so_dinh_danh": {"party": child.pk}, **NUMBER_CAME}
    officer = house.people[Role.OFFICER]
    paper_drafts.write(dossier_id=dossier.pk, by=officer, kind=draft.kind, fields=came, draft_id=draft.pk)
    decision.propose(dossier_id=dossier.pk, by=officer, draft_id=draft.pk)
    for role in (Role.UNIT_HEAD, Role.SIGNER):
        decision.approve(dossier_id=dossier.pk, by=house.people[role])
    draft.refresh_from_db()
    assert CHILD in draft_sheets.html(draft)


def test_a_number_that_comes_between_signature_and_issue_cancels_the_blank_paper(house, mother):
    """The clerk sends it back: its number stands as cancelled, and the paper is made anew with what came."""
    child = bearer("Trần Nguyễn Mẫu An", CHILD)
    dossier = before_the_signer(house, mother)
    decision.approve(dossier_id=dossier.pk, by=house.people[Role.SIGNER], without=True, reason=REASON)
    houses.made(dossier)
    decision.send_back(dossier_id=dossier.pk, by=house.people[Role.CLERK], reason="Số vừa có.")
    fresh = PaperDraft.objects.get(dossier=dossier, state=DraftState.SENT_BACK)
    came = {**fresh.fields, "so_dinh_danh": {"party": child.pk}, **NUMBER_CAME}
    officer = house.people[Role.OFFICER]
    paper_drafts.write(dossier_id=dossier.pk, by=officer, kind=fresh.kind, fields=came, draft_id=fresh.pk)
    decision.propose(dossier_id=dossier.pk, by=officer, draft_id=fresh.pk)
    for role in (Role.UNIT_HEAD, Role.SIGNER):
        decision.approve(dossier_id=dossier.pk, by=house.people[role])
    houses.issue(dossier_id=dossier.pk, by=house.people[Role.CLERK])
    assert books.standing() == [(1, DraftState.DROPPED), (2, DraftState.ISSUED)]
    books.assert_whole()


def test_an_issued_paper_is_never_written_on(house, mother):
    """What comes after the issue has no way into the paper: it takes the procedure for correcting or re-issuing one."""
    dossier = before_the_signer(house, mother)
    decision.approve(dossier_id=dossier.pk, by=house.people[Role.SIGNER], without=True, reason=REASON)
    houses.issue(dossier_id=dossier.pk, by=house.people[Role.CLERK])
    draft = PaperDraft.objects.get(dossier=dossier)
    assert (draft.state, draft.fields) == (DraftState.ISSUED, {})
    officer = house.people[Role.OFFICER]
    with pytest.raises((NotNowError, StaleError)):
        paper_drafts.write(dossier_id=dossier.pk, by=officer, kind=draft.kind, fields=NUMBER_CAME, draft_id=draft.pk)
