"""The letter of apology: asked in time or late, sent once, both promises told everywhere, figures by the first one."""

from datetime import datetime

import pytest
import time_machine
from django.urls import reverse

from accounts.enums import Role
from dossiers import lateness
from dossiers.enums import DraftKind, DraftState, EventCode, State
from dossiers.models.clock import ClockSegment
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.result import PrintedForm
from dossiers.papers import PAPERS
from dossiers.services import apologies, desk, paper_drafts, submission
from dossiers.services.proof.clocks import promises
from integrations.models import OutboxMessage
from portal import clock
from portal.clock import VIETNAM
from portal.errors import NotNowError, UserError
from tests import houses
from tests.dossiers.acts.printed import printed
from tests.dossiers.acts.test_built_in import NEW, OLD

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
GOLDEN = {
    ("apology", OLD): ("04", "TT 01/2018/TT-VPCP", "paper-a5", "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ"),
    ("apology", NEW): (
        "04",
        "TT 03/2025/TT-VPCP",
        "paper-a5",
        "VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT",
    ),
}
CLOSING = datetime(2026, 11, 25, 17, 0, tzinfo=VIETNAM)  # a Wednesday; the dossier is due on Monday the 23rd at 09:00


@pytest.fixture
def house():
    return houses.make_house()


@pytest.fixture
def now():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False) as travelled:
        yield travelled


def words(dossier, new_due=CLOSING, **changes):
    dossier = Dossier.objects.get(pk=dossier.pk)
    due = clock.local(dossier.due_at).isoformat() if dossier.due_at else ""
    told = {"cause": "late_checking", "reason": "Chưa kiểm tra xong thực địa.", "new_due": new_due.isoformat()}
    return {**told, "due_before": due, **changes}


def letter(house, dossier, **changes):
    """A signed letter that waits to be sent."""
    return houses.signed(house, dossier, DraftKind.APOLOGY, words(dossier, **changes))


def send(house, dossier, row, **more):
    more = {"item_id": row.handling_id, **more}
    return apologies.reappoint(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST], draft_id=row.pk, **more)


def shown(moment):
    return clock.local(moment).strftime("%d/%m %H:%M")


@pytest.mark.parametrize("place", GOLDEN)
def test_both_circulars_know_the_letter(place):
    code, day = place
    edition = PAPERS[code].edition_on(day)
    assert (edition.number, edition.circular, str(edition.size), str(edition.title)) == GOLDEN[place]


def test_a_letter_in_time_moves_the_promise_and_keeps_the_first(house, now):
    dossier = houses.assigned(house)
    assert shown(dossier.due_at) == "23/11 09:00"
    row = letter(house, dossier)
    dossier = send(house, dossier, row)
    assert (dossier.state, shown(dossier.due_at), shown(dossier.first_due_at)) == (
        State.PROCESSING,
        "25/11 17:00",
        "23/11 09:00",
    )
    assert shown(dossier.reappointed_from) == "23/11 09:00"
    event = DossierEvent.objects.get(dossier_id=dossier.pk, code=EventCode.REAPPOINTED)
    assert (event.reason_code, shown(event.due_at), shown(event.first_due_at)) == (
        "late_checking",
        "25/11 17:00",
        "23/11 09:00",
    )
    row.refresh_from_db()
    assert (row.state, event.draft_id, event.paper_digest) == (DraftState.ISSUED, row.pk, row.file.sha256)
    assert row.number == "01/2026/PXL"
    assert list(promises()) == []


def test_a_letter_after_its_day_is_late_and_goes_all_the_same(house, now):
    dossier = houses.assigned(house)
    row = letter(house, dossier)
    count = lateness.count_of(ClockSegment.objects.filter(dossier=dossier).order_by("position"))
    assert count.total == 3 * 480
    now.move_to(datetime(2026, 11, 23, 8, 0, tzinfo=VIETNAM))  # less than an hour before it is due
    send(house, dossier, row)
    event = DossierEvent.objects.get(dossier_id=dossier.pk, code=EventCode.REAPPOINTED_LATE)
    assert event.label == "Xin lỗi muộn, hẹn lại ngày trả"


def test_the_applicant_is_told_both_times_and_reads_them_on_the_page_and_on_the_receipt(house, now, client):
    dossier = houses.assigned(house)
    send(house, dossier, letter(house, dossier))
    told = OutboxMessage.objects.get(kind="dossier.reappointed", channel="email").body
    assert "09:00 23/11/2026" in told
    assert "17:00 25/11/2026" in told
    assert "Chưa kiểm tra xong thực địa." in told
    client.force_login(house.citizen)
    page = client.get(reverse("my:dossier", args=[dossier.reference])).content.decode()
    assert "Cơ quan xin lỗi, hẹn lại" in page
    assert page.count("09:00") >= 2
    assert "17:00" in page
    assert "hẹn lại, hẹn trước" in client.get(reverse("my:list")).content.decode()
    receipts = PrintedForm.objects.filter(dossier=dossier, name="receipt").order_by("pk")
    assert len(receipts) == 2
    sheet = printed(receipts[1])
    assert "17 giờ 00 phút, ngày 25/11/2026" in sheet
    assert "Hẹn trả lần đầu: 09 giờ 00 phút, ngày 23/11/2026" in sheet


def test_the_sheet_says_what_the_form_asks(house, now):
    dossier = houses.assigned(house)
    send(house, dossier, letter(house, dossier))
    sheet = printed(PrintedForm.objects.get(dossier=dossier, name="apology"))
    for said in (
        "09 giờ 00 phút, ngày",
        "17 giờ 00 phút, ngày 25/11/2026",
        "Đơn vị chậm: Văn phòng HĐND và UBND phường Mẫu",
        "Cần xác minh, kiểm tra thực tế thêm",
        "xin lỗi Ông/Bà",
        "Trung tâm Phục vụ hành chính công phường Mẫu",
        "Số: 01/2026/PXL",
        "Cán bộ unit_head",
    ):
        assert said in sheet, said


def test_there_is_no_second_letter(house, now):
    dossier = houses.assigned(house)
    send(house, dossier, letter(house, dossier))
    written = {"dossier_id": dossier.pk, "by": house.people[Role.OFFICER], "kind": DraftKind.APOLOGY}
    with pytest.raises(UserError, match="chỉ được hẹn lại một lần"):
        paper_drafts.write(**written, fields=words(dossier, new_due=datetime(2026, 11, 30, 17, 0, tzinfo=VIETNAM)))
    assert not PaperDraft.objects.filter(dossier=dossier, kind=DraftKind.APOLOGY).exclude(state="issued").exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"cause": ""}, "Hãy chọn nguyên nhân"),
        ({"cause": "wrong_unit"}, "Hãy chọn nguyên nhân"),
        ({"reason": "  "}, "Hãy ghi rõ vì sao chậm"),
        ({"new_due": datetime(2026, 11, 23, 9, 0, tzinfo=VIETNAM).isoformat()}, "phải sau 09:00 23/11/2026"),
        ({"new_due": datetime(2026, 11, 28, 0, 0, tzinfo=VIETNAM).isoformat()}, "là ngày nghỉ"),
        ({"new_due": datetime(2027, 2, 26, 17, 0, tzinfo=VIETNAM).isoformat()}, "Chỉ hẹn lại trong 60 ngày"),
    ],
)
def test_what_makes_no_letter_is_refused_with_a_sentence(house, now, changes, sentence):
    dossier = houses.assigned(house)
    fields = {**words(dossier), **changes}
    written = {"dossier_id": dossier.pk, "by": house.people[Role.OFFICER], "kind": DraftKind.APOLOGY}
    with pytest.raises(UserError, match=sentence):
        paper_drafts.write(**written, fields=fields)


def test_a_letter_about_a_promise_that_has_changed_is_not_sent(house, now):
    dossier = houses.assigned(house)
    row = letter(house, dossier)
    now.move_to(datetime(2026, 11, 19, 9, 0, tzinfo=VIETNAM))
    item = {"paper_code": "TP1", "name": "Giấy tờ chứng minh", "note": "Chụp lại cho rõ."}
    asked = {"items": [item], "reason": "Ảnh mờ.", "answer_by": houses.workday(5).isoformat()}
    more = houses.signed(house, dossier, DraftKind.SUPPLEMENT_REQUEST, asked)
    clerk = house.people[Role.RECEPTIONIST]
    desk.request_supplement(dossier_id=dossier.pk, by=clerk, draft_id=more.pk, item_id=more.handling_id)
    with pytest.raises(NotNowError):
        send(house, dossier, row)
    submission.answer_supplement(dossier_id=dossier.pk, by=house.citizen, answer="Đã chụp lại.")
    with pytest.raises(UserError, match="đã thay đổi sau khi văn bản này được soạn"):
        send(house, dossier, row)
    assert not ClockSegment.objects.filter(dossier=dossier, kind="apology").exists()


def test_the_officer_writes_it_on_its_page_with_the_day_it_must_go_by(house, now, client):
    dossier = houses.assigned(house)
    client.force_login(house.people[Role.OFFICER])
    session = client.session
    session["demo_person"] = True
    session.save()
    url = reverse("desk:new_draft", args=[dossier.pk, DraftKind.APOLOGY])
    page = client.get(url).content.decode()
    assert "Văn bản xin lỗi phải gửi trước" in page
    assert "Cán bộ xử lý chậm" in page
    form = {"version": Dossier.objects.get(pk=dossier.pk).version, "item": dossier.work_items.get(closed_at=None).pk}
    typed = {**form, "cause": "late_officer", "reason": "Chờ xác minh.", "new_day": "28/11/2026"}
    answer = client.post(url, typed)
    assert answer.status_code == 409
    assert "là ngày nghỉ" in answer.content.decode()
    assert "Chờ xác minh." in answer.content.decode()
    answer = client.post(url, {**typed, "new_day": "25/11/2026", "viec": "trinh"})
    assert answer.status_code == 302
    row = PaperDraft.objects.get(dossier=dossier, kind=DraftKind.APOLOGY)
    assert row.state == DraftState.SUBMITTED
    assert datetime.fromisoformat(row.fields["new_due"]) == CLOSING


def test_nobody_but_the_desk_sends_it(house, now):
    dossier = houses.assigned(house)
    row = letter(house, dossier)
    for role in (Role.OFFICER, Role.UNIT_HEAD, Role.SIGNER, Role.CLERK):
        with pytest.raises(UserError):
            apologies.reappoint(dossier_id=dossier.pk, by=house.people[role], draft_id=row.pk)
