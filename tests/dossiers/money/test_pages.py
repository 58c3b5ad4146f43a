"""The pages of money, by hand: the queue, one dossier's money, drawers, sheets, statements; and how the applicant pays."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.enums import Role
from dossiers import money
from dossiers.models.money import BankLine, CashDay, CashHandover, Payment
from dossiers.models.result import PrintedForm
from dossiers.services import fees
from tests import houses
from tests.client import StrictClient
from tests.dossiers.money.till import fresh, pay

pytestmark = [pytest.mark.django_db, pytest.mark.web]
QUEUE = "/mot-cua/thu-ngan/"


def enter(user):
    client = StrictClient()
    client.force_login(user)
    session = client.session
    session["demo_person"] = True
    session.save()
    return client


@pytest.fixture
def cashier(house):
    return enter(house.cashier)


def sent(page):
    """The hidden fields of the page's form."""
    form = page.context["form"]
    return {name: form[name].value() for name in ("version", "key", "amount") if name in form.fields}


def test_the_queue_leads_to_the_money_of_a_dossier_and_the_receipt(house, cashier):
    dossier = houses.received(house)
    text = cashier.get(QUEUE).content.decode()
    assert f'href="/mot-cua/{dossier.pk}/tien/"' in text
    assert "8.000" in text
    page = cashier.get(f"/mot-cua/{dossier.pk}/tien/")
    assert "0071001234567" in page.content.decode()
    answer = cashier.post(f"/mot-cua/{dossier.pk}/tien/", {**sent(page), "method": "cash", "payer": "Nguyễn Văn Nộp"})
    assert answer.status_code == 302, answer.content.decode()
    text = cashier.get(answer.url).content.decode()
    receipt = PrintedForm.objects.get(name=money.FEE_RECEIPT)
    assert f'href="/mot-cua/{dossier.pk}/phieu/{receipt.pk}/"' in text
    assert "Không có hồ sơ nào chờ nộp tiền" in cashier.get(QUEUE).content.decode()


def test_a_stale_page_takes_nothing_and_shows_what_is_due_now(house, cashier):
    dossier = houses.received(house)
    page = cashier.get(f"/mot-cua/{dossier.pk}/tien/")
    said = {**sent(page), "amount": "7000", "method": "card", "reference": "0042", "payer": "A"}
    answer = cashier.post(f"/mot-cua/{dossier.pk}/tien/", said)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "khác số bạn đang xem" in text
    assert 'value="0042"' in text
    assert 'name="amount" value="8000"' in text
    assert not Payment.objects.exists()
    assert cashier.post(f"/mot-cua/{dossier.pk}/tien/", {"method": "x"}).status_code == 400


def test_refund_and_replacement_from_the_page(house, cashier):
    dossier = houses.received(house)
    payment = pay(house, dossier)
    receipt = PrintedForm.objects.get(name=money.FEE_RECEIPT)
    url = reverse("desk:replace_receipt", args=[dossier.pk, receipt.pk])
    answer = cashier.post(url, {**sent(cashier.get(url)), "payer": "Tên Đúng", "reason": "Sai tên."})
    assert answer.status_code == 302, answer.content.decode()
    url = reverse("desk:refund", args=[dossier.pk, payment.pk])
    page = cashier.get(url)
    said = {**sent(page), "amount": "8.000", "method": "cash", "reason": "Nộp nhầm."}
    assert cashier.post(url, said | {"reason": ""}).status_code == 400
    assert cashier.post(url, said).status_code == 302
    text = cashier.get(f"/mot-cua/{dossier.pk}/tien/").content.decode()
    assert "đã thay thế" in text
    assert "đã hủy" in text
    assert fresh(dossier).fee_paid == 0


def test_a_drawer_is_opened_closed_with_a_difference_and_handed_over(house, cashier):
    assert (
        cashier.post("/mot-cua/thu-ngan/ca/mo/", {"desk": house.center.pk, "opening_cash": "100.000"}).status_code
        == 302
    )
    pay(house, houses.received(house))
    day = CashDay.objects.get()
    url = f"/mot-cua/thu-ngan/ca/{day.pk}/"
    assert "108.000" in cashier.get(url).content.decode()
    said = {"expected": "108000", "counted": "107.000"}
    refused = cashier.post(f"{url}dong/", said)
    assert refused.status_code == 409
    assert "lý do chênh lệch" in refused.content.decode()
    assert cashier.post(f"{url}dong/", said | {"reason": "Thối nhầm."}).status_code == 302
    head = enter(house.people[Role.DESK_HEAD])
    text = head.get(url).content.decode()
    assert "Một trăm linh bảy nghìn đồng" in text
    assert head.post(f"{url}nhan/", {"amount": "107000"}).status_code == 302
    assert head.post(f"{url}xu-ly/", {"amount": "1000", "reason": "Nộp bù."}).status_code == 302
    assert CashHandover.objects.get().received_by == house.people[Role.DESK_HEAD]
    assert "Lê Thị Thu" in head.get("/mot-cua/thu-ngan/ca/").content.decode()
    sheets = head.get("/mot-cua/thu-ngan/bang-ke/", {"tu": "2026-11-18", "den": "khong"}).content.decode()
    assert "26TAA 00000001" in sheets
    assert "Kho bạc Nhà nước Mẫu" in sheets


def test_a_statement_is_read_and_what_is_left_is_matched_by_hand(house, cashier):
    dossier, other = houses.received(house), houses.received(house)
    lines = f"18/11/2026;8.000;CK {dossier.code};FT1\n18/11/2026;8.000;khong ro;FT2\n"
    file = SimpleUploadedFile("sk.csv", ("Ngày;Ghi có;Nội dung;Mã giao dịch\n" + lines).encode())
    text = cashier.post("/mot-cua/thu-ngan/sao-ke/", {"desk": house.center.pk, "file": file}).content.decode()
    assert "Đã khớp 1 khoản" in text
    assert "khong ro" in text
    line = BankLine.objects.get(reference="FT2")
    url = reverse("desk:match_line", args=[line.pk])
    assert cashier.post(url, {"code": "khong-co"}).status_code == 302
    assert cashier.post(url, {"code": other.code}).status_code == 302
    assert fresh(other).fee_paid == 8000
    empty = cashier.post("/mot-cua/thu-ngan/sao-ke/", {"desk": house.center.pk})
    assert empty.status_code == 400
    assert "Chưa chọn tệp" in empty.content.decode()
    bad = SimpleUploadedFile("x.csv", b"a;b\n")
    assert cashier.post("/mot-cua/thu-ngan/sao-ke/", {"desk": house.center.pk, "file": bad}).status_code == 400


def test_a_line_that_is_no_dossiers_money_is_set_aside_with_a_reason_and_may_still_be_matched(house, cashier):
    dossier = houses.received(house)
    file = SimpleUploadedFile(
        "sk.csv", "Ngày;Ghi có;Nội dung;Mã giao dịch\n18/11/2026;8.000;lai tien gui;FT7\n".encode()
    )
    cashier.post("/mot-cua/thu-ngan/sao-ke/", {"desk": house.center.pk, "file": file})
    line = BankLine.objects.get()
    url = reverse("desk:set_line_aside", args=[line.pk])
    assert "Hãy ghi vì sao" in cashier.post(url, {"reason": " "}, follow=True).content.decode()
    assert money.unmatched([house.center.pk]).exists()
    page = cashier.post(url, {"reason": "Lãi tiền gửi"}, follow=True).content.decode()
    assert "Lãi tiền gửi" in page
    assert not money.unmatched([house.center.pk]).exists()
    assert "chưa khớp" not in cashier.get(QUEUE).content.decode()
    assert cashier.post(reverse("desk:match_line", args=[line.pk]), {"code": dossier.code}).status_code == 302
    assert fresh(dossier).fee_paid == 8000
    assert not money.set_aside([house.center.pk]).exists()


def test_who_leads_the_desk_closes_on_the_page_what_was_left_open(house):
    pay(house, houses.received(house))
    day = CashDay.objects.get()
    head, url = enter(house.people[Role.DESK_HEAD]), f"/mot-cua/thu-ngan/ca/{day.pk}/"
    assert "Đóng ca thu" not in head.get(url).content.decode()
    with time_machine.travel(houses.WEDNESDAY_MORNING + timedelta(days=1), tick=False):
        head = enter(house.people[Role.DESK_HEAD])
        assert "Bạn đóng thay" in head.get(url).content.decode()
        assert head.post(f"{url}dong/", {"counted": "8000", "expected": "8000"}).status_code == 409
        done = head.post(f"{url}dong/", {"counted": "8000", "expected": "8000", "reason": "Người thu nghỉ việc."})
        assert done.status_code == 302
    day.refresh_from_db()
    assert day.closed_by == house.people[Role.DESK_HEAD]


def test_the_applicant_reads_how_to_pay(house):
    dossier = houses.assigned(house)
    facts = {"name": "Lệ phí trước bạ", "amount": 50_000, "law": "TB 12", "answer_by": date(2026, 11, 30)}
    fees.request_payment(dossier_id=dossier.pk, by=house.people[Role.OFFICER], **facts)
    citizen = enter(house.citizen)
    text = citizen.get(f"/ho-so/{dossier.reference}/").content.decode()
    assert "Nộp 58.000\u00a0đ trước hết ngày 30/11/2026" in text
    page = citizen.get(f"/ho-so/{dossier.reference}/nop-tien/").content.decode()
    for words in ("Lệ phí trước bạ", "58.000", "0071001234567", "data:image/png"):
        assert words in page
    pay(house, dossier, amount=58_000)
    assert citizen.get(f"/ho-so/{dossier.reference}/nop-tien/").status_code == 302
    assert "Đã nộp" in citizen.get(f"/ho-so/{dossier.reference}/").content.decode()


def test_the_desk_asks_for_a_payment_and_sets_a_fee_on_the_dossiers_page(house):
    dossier = houses.assigned(house)
    officer = enter(house.people[Role.OFFICER])
    page = officer.get(f"/mot-cua/{dossier.pk}/").content.decode()
    assert "Yêu cầu nộp tiền" in page
    said = {
        "version": fresh(dossier).version,
        "name": "Phí thẩm định",
        "amount": "1.200.000",
        "law": "NQ 1",
        "answer_by": "30/11/2026",
    }
    answer = officer.post(f"/mot-cua/{dossier.pk}/viec/request_payment/", said)
    assert answer.status_code == 302, answer.content.decode()
    assert fresh(dossier).fee_due == 1_208_000


def test_an_administrator_enters_who_collects_and_a_new_account_is_a_new_row(house):
    admin = enter(house.people[Role.ADMINISTRATOR])
    url = "/mot-cua/don-vi-thu/"
    assert "0071001234567" in admin.get(url).content.decode()
    said = {"unit": house.ward.pk, "tax_code": "3000000005", "valid_from": "18/11/2026", "bank_bin": "970407"}
    bad = admin.post(url, said | {"bank_bin": "97", "account": "12 34"})
    assert bad.status_code == 400
    assert admin.post(url, said | {"account": "190012345678", "bank_name": "Ngân hàng Khác"}).status_code == 302
    assert admin.post(url, said | {"account": "190012345678"}).status_code == 409  # one a day
    assert money.office_of(house.center, date(2026, 11, 18)).account == "190012345678"
    assert money.office_of(house.center, date(2026, 11, 17)).account == "0071001234567"
