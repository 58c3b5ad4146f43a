"""Sheets of targets as people's Excel writes them: separators, commas, days, marks, encodings, merged headings, XLSX."""

import io
import unicodedata
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from portal.errors import UserError
from reporting.models import Target, TargetPlan
from reporting.target_rows import Units
from reporting.target_sheets import read, rows_of
from tests.reporting.test_target_plans import in_force, page_of, row, two  # noqa: F401
from tests.reporting.test_views import sign_in, text_of  # noqa: F401

pytestmark = [pytest.mark.web, pytest.mark.django_db]
DECISION = {"plan": "x", "decision_number": "01/QĐ-MẪU", "decided_on": "2022-08-03", "issuer": "UBND", "monitor": ""}
HEADS = "Chỉ số;Cách tính;Đơn vị;Đến ngày;Chỉ tiêu (%);Người chịu trách nhiệm"
BODY = "K2;lũy kế từ đầu năm;Khối phường;30/09/2022;72,5;Bà Mẫu"
CODES = "indicator,basis,scope_kind,unit_code,month_end,percent,derived,decision_number,decided_on,issuer,plan,Ghi chú"


def read_text(text, encoding="utf-8-sig"):
    return judged(SimpleUploadedFile("chi-tieu.csv", text.encode(encoding)))


def judged(upload):
    return read(rows_of(upload), DECISION, Units.known())


def workbook(*table, merged=(), shares=()):
    book = Workbook()
    sheet = book.active
    for line in table:
        sheet.append(line)
    for area in merged:
        sheet.merge_cells(area)
    for cell in shares:
        sheet[cell].number_format = "0.0%"
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("chi-tieu.xlsx", out.getvalue())


def only(rows):
    [one] = rows
    assert one.problem == ""
    return one.change.point


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "utf-16", "utf-16-le-bom", "cp1258"])
@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_every_encoding_and_separator_of_excel(city, encoding, sign):
    text = f"{HEADS}\r\n{BODY}".replace(";", sign).replace("72,5", '"72,5"' if sign == "," else "72,5")
    if encoding == "cp1258":
        # as Windows writes Vietnamese: letters with their hats, tones apart
        data = b"".join(_cp1258(letter) for letter in unicodedata.normalize("NFC", text))
    elif encoding == "utf-16-le-bom":
        data = b"\xff\xfe" + text.encode("utf-16-le")
    else:
        data = text.encode(encoding)
    point = only(judged(SimpleUploadedFile("chi-tieu.csv", data)))
    assert (point.value, point.month_end, point.scope_id) == (Decimal("0.725"), date(2022, 9, 30), city.wards.pk)
    assert point.head == "Bà Mẫu"


def _cp1258(letter):
    try:
        return letter.encode("cp1258")
    except UnicodeEncodeError:
        tones = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
        parts = unicodedata.normalize("NFD", letter)
        base = unicodedata.normalize("NFC", "".join(part for part in parts if part not in tones))
        return (base + "".join(part for part in parts if part in tones)).encode("cp1258")


def test_blank_rows_further_columns_titles_and_the_note_of_excel(city):
    body = 'online_share_all,cumulative,total,,2022-12-31,"72,5 %",,01/QĐ-MẪU,2022-08-03,UBND,Kế hoạch,x'
    point = only(read_text(f"sep=,\nKẾ HOẠCH 2022,,,\n\n{CODES}\n,,,,,,,,,,,\n{body}"))
    assert (point.scope_kind, point.value) == ("total", Decimal("0.725"))


def test_every_refusal_says_its_row(city):
    rows = [
        BODY,
        BODY.replace("72,5", "300 %"),
        BODY.replace("30/09/2022", "29/09/2022"),
        BODY.replace("Khối phường", "Phường Nào Đó"),
        BODY,
        BODY.replace("72,5", "=A1"),
        BODY.replace("30/09/2022", "31/10/2022"),
    ]
    found = read_text("\n".join([HEADS, *rows]))
    assert [one.number for one in found] == [2, 3, 4, 5, 6, 7, 8]
    told = [one.problem for one in found]
    assert [bool(problem) for problem in told] == [False, True, True, True, True, True, False]
    assert "từ 0 đến 100" in told[1]
    assert "cuối tháng" in told[2]
    assert "không có đơn vị" in told[3]
    assert "dòng 2" in told[4]


def test_a_row_of_another_decision_is_told(city):
    found = read_text(f"{HEADS};Văn bản giao\n{BODY};99/QĐ")
    assert "mỗi văn bản nhập một bản" in found[0].problem


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "Không thấy hàng tiêu đề"),
        ("một hai ba".encode(), "Không thấy hàng tiêu đề"),
        ("Chỉ số;Đơn vị\nK2;x".encode(), "Đến ngày, Chỉ tiêu"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", "Lưu thành → XLSX"),
        (b"PK\x03\x04 nothing", "hỏng|cắt"),
        (b"\x00\x01\x02\x03", "bảng mã"),
        (b"x" * (3 * 1024 * 1024), "2 MB"),
        ((HEADS + "\n" + (BODY + "\n") * 501).encode(), "hơn 500 dòng"),
    ],
)
def test_files_that_are_no_sheet_of_targets(city, data, told):
    with pytest.raises(UserError, match=told):
        judged(SimpleUploadedFile("x.csv", data))


def test_an_excel_file_with_merged_cells_shares_and_days(city):
    upload = workbook(
        ["GIAO CHỈ TIÊU NĂM 2022", None, None, None],
        [],
        ["Chỉ số", "Đơn vị", "Đến ngày", "Chỉ tiêu (%)"],
        ["K2", "Khối phường", datetime(2022, 9, 30), 0.45],  # noqa: DTZ001  what a cell holds
        [None, None, date(2022, 10, 31), 60],
        [None, None, "30/11/2022", "72,5 %"],
        [None, None, "31/12/2022", "=D4*2"],
        merged=["A1:D1", "A4:A7", "B4:B7"],
        shares=["D4"],
    )
    found = judged(upload)
    assert [one.number for one in found] == [4, 5, 6, 7]
    assert [one.change.point.value for one in found[:3]] == [Decimal("0.45"), Decimal("0.6"), Decimal("0.725")]
    assert "công thức" in found[3].problem


def test_a_file_is_shown_row_by_row_and_kept_only_when_saved(city, two, sign_in):  # noqa: F811
    in_force(two, [row()])
    client = sign_in()
    text = "\n".join([HEADS, BODY, BODY.replace("72,5", "45").replace("30/09", "31/10"), BODY.replace("72,5", "300")])
    data = page_of([], "file", file=SimpleUploadedFile("chi-tieu.csv", text.encode("utf-8-sig")))
    data["decided_on"] = "03/09/2022"
    data["decision_number"] = "99/QĐ"
    shown = client.post("/so-lieu/chi-tieu/moi/", data)
    assert shown.status_code == 200
    told = text_of(shown).replace("\u00a0", " ")
    assert "2 thay Khối phường 30/09/2022 30,0 % 72,5 %" in told
    assert "3 mới Khối phường 31/10/2022 – 45,0 %" in told
    assert "4 tỷ lệ “300” phải từ 0 đến 100" in told
    assert 'value="300"' in shown.content.decode()  # to be mended where it stands
    assert TargetPlan.objects.count() == 1
    assert Target.objects.count() == 1


@pytest.mark.parametrize("name", ["file", "decision_number"])
def test_without_a_file_or_a_decision_the_page_says_so(city, sign_in, name):  # noqa: F811
    data = page_of([{"month_end": "30/09/2022", "percent": "30"}], "file")
    if name != "file":
        data |= {"file": SimpleUploadedFile("x.csv", HEADS.encode()), name: ""}
    answer = sign_in().post("/so-lieu/chi-tieu/moi/", data)
    assert answer.status_code == 400
    assert 'value="30/09/2022"' in answer.content.decode()
