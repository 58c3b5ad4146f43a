"""The forms of the one-stop desk as they come out of the printer: every field in its place, measured on the PDF."""

from datetime import date

import pytest
import time_machine

from accounts.enums import Role
from accounts.models import Membership
from dossiers import documents
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.result import PrintedForm
from dossiers.papers import PAPERS
from dossiers.services import fees, submission
from portal import clock
from portal.pdf import html_to_pdf, render_pdf, sheet_html
from procedures.enums import Channel
from tests import houses
from tests.dossiers.money import till
from tests.dossiers.papers.geometry import Sheet

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
A4, A5 = (210.0, 297.0), (148.0, 210.0)
STATE, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
PUNCHED = 15  # ISO 838: holes of 6 mm, their middle 12 mm from the edge


def sheet(form: PrintedForm, name: str = "") -> Sheet:
    """A form as its file would be made."""
    return Sheet(render_pdf(documents.edition_of(form).template, documents.context(form))[1], name)


def drafted(draft: PaperDraft, name: str = "") -> Sheet:
    """A draft as its file is made."""
    return Sheet(html_to_pdf(sheet_html(documents.sheet_of(draft), documents.of_draft(draft))), name)


def papers(house) -> dict[str, Sheet]:
    """One of every paper."""
    clerk = house.people[Role.RECEPTIONIST]
    refused = houses.submitted(house)
    houses.refuse(house, refused, reason_code="wrong_unit", reason="Nộp tại phường Bên.")
    asked = houses.submitted(house)
    items = [{"paper_code": "TP1", "name": "Giấy tờ chứng minh", "note": "Chụp cả hai mặt."}]
    houses.asked(house, asked, by=clerk, reason="Thiếu trang 2.", answer_by=date(2026, 12, 1), items=items)
    wished = houses.assigned(house)
    submission.request_withdrawal(dossier_id=wished.pk, by=house.citizen, reason="Không cần nữa.")
    houses.let_withdraw(house, wished)
    answered = wished.paper_drafts.get(kind="withdrawal_answer")
    answered.fields = {"answer": "agree", "reason": "Người nộp không còn nhu cầu."}  # purged when it was sent
    declined = houses.assigned(house)
    submission.request_withdrawal(dossier_id=declined.pk, by=house.citizen, reason="Không cần nữa.")
    houses.let_withdraw(house, declined, reason="Đang thẩm định.", answer="decline")
    refusing = declined.paper_drafts.get(kind="withdrawal_answer")
    refusing.fields = {"answer": "decline", "reason": "Đang thẩm định."}
    late = houses.assigned(house)
    due = clock.local(late.due_at).isoformat()
    words = {"cause": "late_checking", "reason": "Chưa kiểm tra xong.", "due_before": due}
    letter = houses.signed(house, late, "apology", {**words, "new_due": "2026-11-25T17:00:00+07:00"})
    counter = houses.received(house)
    type(counter).objects.filter(pk=counter.pk).update(channel=Channel.DESK)
    return {
        "receipt": sheet(wished.printed_forms.get(name="receipt"), "receipt"),
        "counter_receipt": sheet(PrintedForm.objects.get(dossier_id=counter.pk, name="receipt"), "counter_receipt"),
        "refusal": sheet(refused.printed_forms.get(name="refusal"), "refusal"),
        "supplement_request": sheet(asked.printed_forms.get(name="supplement_request"), "supplement_request"),
        "withdrawal_answer": drafted(refusing, "withdrawal_answer"),
        "withdrawal_notice": drafted(answered, "withdrawal_notice"),
        "apology": drafted(letter, "apology"),
    }


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """Printed once, measured often."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic(), time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        found = papers(houses.make_house())
        transaction.set_rollback(True)
    return found


FORMS = ("receipt", "counter_receipt", "refusal", "supplement_request", "apology", "withdrawal_notice")
ANSWERS = ("withdrawal_answer",)


@pytest.mark.parametrize(("names", "size"), [(FORMS, A5), (ANSWERS, A4)])
def test_sheets_are_of_their_size(made, names, size):
    assert {name: set(made[name].sizes) for name in names} == {name: {size} for name in names}


@pytest.mark.parametrize("name", [*FORMS, *ANSWERS])
def test_the_head_is_that_of_the_decree(made, name):
    page = made[name]
    state, motto = page.find(STATE, 1), page.find(MOTTO, 1)
    assert state.top < motto.top
    assert abs(state.middle - motto.middle) < 0.5
    under = [rule for rule in page.rules() if abs(rule.middle - motto.middle) < 0.5 and rule.top > motto.top]
    assert under
    assert abs(under[0].width - motto.width) < 1, "as long as the words of the motto"
    assert 0 < under[0].top - motto.bottom < 2
    agency = [rule for rule in page.rules() if rule.right < state.left + 5]
    assert agency, "a line under the agency"
    day = page.find("ngày 18 tháng 11 năm 2026", 1)
    assert day.top > under[0].bottom


@pytest.mark.parametrize(("names", "margins"), [(FORMS, (15, 10, 10, 5)), (ANSWERS, (30, 15, 20, 20))])
def test_nothing_leaves_the_margins(made, names, margins):
    for name in names:
        stays(made[name], *margins)


def stays(page, left, right, top, bottom):
    width, height = page.sizes[0]
    for number in range(1, len(page.pages) + 1):
        letters = page.words(number)
        assert min(letter.left for letter in letters) >= left - 0.3
        assert max(letter.right for letter in letters) <= width - right + 0.3
        assert min(letter.top for letter in letters) >= top - 1.5
        assert max(letter.bottom for letter in letters) <= height - bottom


@pytest.mark.parametrize("name", [*FORMS, *ANSWERS])
def test_the_code_stands_clear_of_the_punch(made, name):
    (code,) = made[name].pictures()
    assert code.left >= PUNCHED
    assert 15.5 <= code.width <= 20.5
    assert abs(code.width - code.height) < 0.1
    state = made[name].find(STATE, 1)
    assert code.right < state.left


@pytest.mark.parametrize("name", FORMS)
def test_every_page_says_form_code_and_page(made, name):
    page = made[name]
    for number in range(1, len(page.pages) + 1):
        foot = page.find(f"trang {number} / {len(page.pages)}", number)
        assert foot.top > 195
        assert "TT 03/2025/TT-VPCP" in page.text(number)


def test_the_receipt_has_every_field_of_the_form(made):
    text = made["receipt"].text(1)
    for words in (
        "(Liên: Giao khách hàng)",
        "Quyển số: 2026, Số thứ tự: 261118-0001",
        "Tiếp nhận hồ sơ của: Nguyễn Văn Mẫu",
        "Người nộp: Nguyễn Văn Mẫu",
        "Địa chỉ:",
        "Số điện thoại:",
        "Email:",
        "Số định danh, thẻ căn cước, hộ chiếu:",
        "Nội dung yêu cầu giải quyết: Cấp Giấy xác nhận thử",
        "1. Thành phần hồ sơ",
        "Bản chính",
        "2. Số lượng hồ sơ: 01 (bộ)",
        "3. Thời gian giải quyết hồ sơ theo quy định: 3 ngày làm việc",
        "4. Thời gian nhận hồ sơ: 09 giờ 00 phút, ngày 18/11/2026",
        "5. Thời gian trả kết quả giải quyết hồ sơ: 09 giờ 00 phút, ngày 23/11/2026",
        "6. Đăng ký nhận kết quả:",
        "NGƯỜI TIẾP NHẬN HỒ SƠ",
    ):
        assert words in text, words
    assert "NGƯỜI NỘP HỒ SƠ" not in text, "online nobody signs but who receives"


def test_the_counter_keeps_a_copy_without_the_secret(made):
    page = made["counter_receipt"]
    assert len(page.pages) == 2
    given, kept = page.text(1), page.text(2)
    assert "(Liên: Giao khách hàng)" in given
    assert "(Liên: Lưu)" in kept
    assert "mã bí mật" in given
    assert "mã bí mật" not in kept
    assert all("NGƯỜI NỘP HỒ SƠ" in text for text in (given, kept))
    assert abs(page.find(STATE, 1).top - page.find(STATE, 2).top) < 0.5


def test_the_refusal_is_signed_in_the_office_of_its_signer(made):
    text = made["refusal"].text(1)
    for words in (
        "Số: 01/2026/TCHS",
        "Không thuộc thẩm quyền giải quyết của đơn vị.",
        "Nộp tại phường Bên.",
        "Thời gian nộp: 09:00",
    ):
        assert words in text, words


def test_the_request_for_more_has_every_field_of_the_form(made):
    text = made["supplement_request"].text(1)
    for words in (
        "Số: 01/2026/HDHS",
        "Tiếp nhận hồ sơ của: Nguyễn Văn Mẫu",
        "Địa chỉ:",
        "Nội dung yêu cầu giải quyết:",
        "Thời gian nộp: 09:00 ngày 18/11/2026",
        "Giấy tờ chứng minh Chụp cả hai mặt.",
        "Lý do: Thiếu trang 2.",
        "Hạn bổ sung: trước hết ngày 01/12/2026",
        "liên hệ Trung tâm",
        "NGƯỜI HƯỚNG DẪN",
    ):
        assert words in text, words


def test_the_letter_of_apology_has_every_field_of_the_form(made):
    text = made["apology"].text(1)
    for words in (
        "Số: 01/2026/PXL",
        "V/v xin lỗi và hẹn lại ngày trả kết quả",
        "Kính gửi: Nguyễn Văn Mẫu",
        "Ngày 18/11/2026, Trung tâm Phục vụ hành chính công phường Mẫu tiếp nhận hồ sơ",
        "09 giờ 00 phút, ngày 23/11/2026",
        "Đơn vị chậm: Văn phòng HĐND và UBND phường Mẫu",
        "Cần xác minh, kiểm tra thực tế thêm",
        "17 giờ 00 phút, ngày 25/11/2026",
        "Nơi nhận:",
        "TRƯỞNG PHÒNG",
    ):
        assert words in text, words


def test_an_answer_names_its_recipients(made):
    text = made["withdrawal_answer"].text(1)
    for words in (
        "Kính gửi: Nguyễn Văn Mẫu",
        "Không đồng ý cho rút hồ sơ",
        "Nơi nhận: - Nguyễn Văn Mẫu; - Lưu: VT, hồ sơ",
        "TRƯỞNG PHÒNG",
    ):
        assert words in text, words


def test_the_notice_of_a_stop_has_its_fields(made):
    text = made["withdrawal_notice"].text(1)
    for words in (
        "Số: 01/2026/TBDHS",
        "THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ",
        "Kính gửi: Nguyễn Văn Mẫu",
        "Mã hồ sơ: H29.951-261118-0001",
        "Ngày tiếp nhận: 09:00 ngày 18/11/2026",
        "Đề nghị dừng giải quyết: của Nguyễn Văn Mẫu, ngày 18/11/2026; lý do: Không cần nữa.",
        "Hồ sơ đang ở giai đoạn:",
        "dừng giải quyết hồ sơ nêu trên kể từ ngày gửi",
        "Giấy tờ trả lại: không có bản chính đã nộp",
        "Phí, lệ phí: chưa nộp, không phải hoàn trả",
        "Nơi nhận:",
        "TRƯỞNG PHÒNG",
        "Mẫu số 05 (TT 03/2025/TT-VPCP)",
    ):
        assert words in text, words


def test_a_deputy_signs_for_the_head():
    house = houses.make_house()
    Membership.objects.filter(user=house.people[Role.DESK_HEAD]).update(office="deputy")
    dossier = houses.submitted(house)
    houses.refuse(house, dossier, reason_code="wrong_unit", reason="Nộp tại phường Bên.")
    text = drafted(dossier.paper_drafts.get(kind="intake_refusal")).text(1)
    assert "KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC" in text


def test_the_older_circular_is_shipped_too():
    with time_machine.travel("2025-09-10T03:00:00Z", tick=False):
        house = houses.make_house()
        text = sheet(houses.received(house).printed_forms.get(name="receipt")).text(1)
    assert "Mẫu số 01 (TT 01/2018/TT-VPCP)" in text


def test_the_fee_receipt_names_symbol_and_number_apart():
    house = till.by_copies(till.make_till())
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        dossier = houses.received(house)
        fees.set_fee(dossier_id=dossier.pk, by=house.people[Role.RECEPTIONIST], facts={"copies": 1}, reason="Đếm.")
        till.pay(house, dossier)
        page = sheet(dossier.printed_forms.get(name="fee_receipt"), "fee_receipt")
    text = page.text(1)
    for words in (
        "Mẫu số: EBL01",
        "Ký hiệu: 26TAA",
        "Số: 00000001",
        "Mã số thuế: 3000000005",
        "Tám nghìn đồng",
        "tiền mặt",
    ):
        assert words in text, words
    assert abs(page.find("NGƯỜI NỘP TIỀN").top - page.find("NGƯỜI THU TIỀN").top) < 0.3
    assert page.sizes == [A5]


@pytest.mark.parametrize("lines", range(1, 42, 4))
def test_a_signature_keeps_the_last_words(lines):
    """However long the reason: the page with the signature has words of the text above it."""
    house = houses.make_house()
    dossier = houses.submitted(house)
    reason = "\n".join(f"Lý do thứ {number} của phiếu thử." for number in range(lines))
    houses.refuse(house, dossier, reason_code="wrong_unit", reason=reason)
    written = dossier.paper_drafts.get(kind="intake_refusal")
    written.fields = {"reason_code": "wrong_unit", "reason": reason}
    page = drafted(written)
    assert f"Lý do thứ {lines - 1} của" in " ".join(page.text(number) for number in range(1, len(page.pages) + 1))
    last = page.find("GIÁM ĐỐC").page
    assert "để được hướng dẫn" in page.text(last)


def test_no_paper_is_left_out():
    known = {*FORMS, *ANSWERS, "fee_receipt", "result", "consultation_answer", "postal_slip"} - {"counter_receipt"}
    assert {paper.code for paper in PAPERS} == known
