"""Bank statements: read as banks write them, kept once, paid where they name the dossier and the right amount."""

import io
from datetime import date, datetime

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dossiers import money, statement_rows
from dossiers.models.money import BankLine, BankMatch, Payment
from dossiers.services import statements
from dossiers.statement_rows import Credit
from portal.errors import UserError
from tests import houses
from tests.dossiers.money.till import fresh, pay

HEAD = "Ngân hàng Mẫu;;;\nSố TK;0071001234567;;\nNgày giao dịch;Ghi nợ;Ghi có;Nội dung;Mã giao dịch\n"


def sheet(text, name="sao-ke.csv"):
    return SimpleUploadedFile(name, text.encode("utf-8-sig"))


def load(house, *lines):
    return statements.load(by=house.cashier, desk=house.center, name="sao-ke.csv", lines=lines)


def credit(dossier, amount=8000, reference="FT1", words="CK {code} nop phi"):
    said = words.format(code=money.purpose_of(dossier).replace(".", "").replace("-", " "))
    return Credit(date(2026, 11, 18), amount, said, reference)


@pytest.mark.unit
def test_reads_what_banks_write():
    rows, bad = statement_rows.read(
        sheet(
            HEAD + "18/11/2026;;1.250.000;CK H29;FT1\n18/11/2026;50.000;;Phí;FT2\n"
            "2026-11-18;;8,000.00 VND;x;FT3\n32/13/2026;;8.000;x;FT4\n18/11/2026;;mười;x;FT5\n;;;;\n"
        )
    )
    assert [(row.amount, row.reference) for row in rows] == [(1_250_000, "FT1"), (8000, "FT3")]
    assert [(one.number, one.why) for one in bad] == [
        (7, "Ngày “32/13/2026” không đọc được."),
        (8, "Số tiền ghi có “mười” không đọc được."),
    ]


@pytest.mark.unit
@pytest.mark.parametrize("text", ["", "a;b;c\n1;2;3\n", "Ngày;Ghi có\n18/11/2026;8000\n"])
def test_what_is_no_statement_is_told(text):
    with pytest.raises(UserError, match="tiêu đề"):
        statement_rows.read(sheet(text))


@pytest.mark.django_db
def test_a_line_pays_the_dossier_it_names_and_twice_is_once(house):
    dossier, other = houses.received(house), houses.received(house)
    done = load(
        house, credit(dossier), credit(other, amount=7000, reference="FT2"), Credit(date(2026, 11, 18), 5, "quà")
    )
    assert [payment.dossier_id for payment in done.paid] == [dossier.pk]
    assert (fresh(dossier).fee_paid, fresh(other).fee_paid) == (8000, 0)
    assert [why for _line, why in done.left] == [
        f"Hồ sơ {other.code} còn phải nộp 8.000\u00a0đ, sao kê ghi 7.000\u00a0đ.",
        "Nội dung không có mã hồ sơ của quầy này.",
    ]
    again = load(house, credit(dossier), credit(other, amount=7000, reference="FT2"))
    assert (again.paid, again.known, BankLine.objects.count(), Payment.objects.count()) == ([], 2, 3, 1)
    assert money.unmatched([house.center.pk]).count() == 2


@pytest.mark.django_db
def test_a_transfer_noted_by_hand_is_matched_not_paid_again(house):
    dossier = houses.received(house)
    noted = pay(house, dossier, method="transfer", reference="man-hinh-1")
    done = load(house, credit(dossier))
    assert (done.paid, BankMatch.objects.get().payment) == ([noted], noted)
    assert Payment.objects.count() == 1


@pytest.mark.django_db
def test_a_person_says_which_dossier_a_line_pays(house):
    dossier = houses.received(house)
    load(house, credit(dossier, words="le phi ho so cua toi"))
    line = BankLine.objects.get()
    assert statements.confirm(by=house.cashier, line_id=line.pk, dossier_id=dossier.pk).reference == "FT1"
    with pytest.raises(UserError, match="đã được khớp"):
        statements.confirm(by=house.cashier, line_id=line.pk, dossier_id=dossier.pk)


@pytest.mark.django_db
def test_two_transfers_alike_of_one_day_are_two_and_stay_two_in_every_statement(house):
    gift = Credit(date(2026, 11, 18), 8000, "NOP LE PHI")
    assert len(load(house, gift).left) == 1
    again = load(house, gift, gift)
    assert (again.known, len(again.left)) == (1, 1)
    assert (load(house, gift, gift).known, BankLine.objects.count()) == (2, 2)
    numbered = Credit(date(2026, 11, 18), 8000, "NOP LE PHI", "FT9")
    assert len(load(house, numbered, numbered).left) == 1  # the bank's own number says that it is one


@pytest.mark.unit
def test_a_workbook_is_read_as_the_bank_made_it():
    book = openpyxl.Workbook()
    sheet_of = book.active
    sheet_of.append(["Ngân hàng Mẫu"])
    sheet_of.append(["Ngày giao dịch", "Ghi nợ", "Ghi có", "Nội dung", "Mã giao dịch"])
    sheet_of.append([datetime(2026, 11, 18, 9, 30), None, 1_250_000, "CK H29", "FT1"])  # noqa: DTZ001  a cell has no zone
    sheet_of.append(["18/11/2026", None, "8.000", "CK H30", 261])
    raw = io.BytesIO()
    book.save(raw)
    rows, bad = statement_rows.read(SimpleUploadedFile("sao-ke.xlsx", raw.getvalue()))
    assert [(row.booked_on, row.amount, row.words, row.reference) for row in rows] == [
        (date(2026, 11, 18), 1_250_000, "CK H29", "FT1"),
        (date(2026, 11, 18), 8000, "CK H30", "261"),
    ]
    assert bad == []
