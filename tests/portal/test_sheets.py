"""Sheets: read back with another library; formulas neutralised; rows streamed."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest

from portal.sheets import BookSheet, ShownNumber, csv_lines, plain_csv, safe_text, stream_csv, stream_xlsx, xlsx_book

HEADERS = ["Mã hồ sơ", "Người nộp", "Phí", "Ngày", "Lúc", "Tỷ lệ", "Trống"]
ROW = [
    "H06.12-221004-0017",
    "Trần Thị Ngọc Ánh",
    50000,
    date(2022, 9, 9),
    datetime(2022, 9, 9, 17, 30, tzinfo=UTC),
    Decimal("26.5"),
    None,
]
ATTACKS = ["=1+1", "+84903", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", '=HYPERLINK("http://x")']


def read(data):
    return openpyxl.load_workbook(data).active


def test_xlsx_cells_keep_their_kind():
    sheet = read(stream_xlsx(HEADERS, [ROW]))
    assert [cell.value for cell in sheet[1]] == HEADERS
    code, name, fee, on, at, share, empty = (cell.value for cell in sheet[2])
    assert (code, name, fee) == ("H06.12-221004-0017", "Trần Thị Ngọc Ánh", 50000)
    assert on == datetime(2022, 9, 9)  # noqa: DTZ001  sheets know no zones
    assert at == datetime(2022, 9, 10, 0, 30)  # noqa: DTZ001  17:30 UTC is after midnight in Vietnam
    assert share == 26.5
    assert empty is None
    assert sheet["D2"].number_format == "dd/mm/yyyy"
    assert sheet.freeze_panes == "A2"


@pytest.mark.parametrize("attack", ATTACKS)
def test_xlsx_and_csv_formula_becomes_text(attack):
    cell = read(stream_xlsx(["Ghi chú"], [[attack]]))["A2"]
    assert cell.data_type == "s"
    assert cell.value.startswith("'")
    lines = list(stream_csv(["Ghi chú"], [[attack]]))
    assert next(csv.reader([lines[1]]), [""])[0].startswith("'") or lines[1].startswith("\"'")


def test_xlsx_header_formula_becomes_text():
    assert read(stream_xlsx(["=1+1"], []))["A1"].value == "'=1+1"


def test_safe_text_ordinary_words_unchanged():
    assert safe_text("Phường 7 - khu phố 2") == "Phường 7 - khu phố 2"
    assert safe_text("a\x00b\x0bc") == "abc"


def test_xlsx_numbers_in_text_stay_text():
    assert read(stream_xlsx(["CCCD"], [["077096000123"]]))["A2"].value == "077096000123"


def test_xlsx_long_text_is_cut_to_what_a_cell_holds():
    assert len(read(stream_xlsx(["x"], [["á" * 40_000]]))["A2"].value) == 32_767


def test_csv_has_mark_and_reads_back():
    text = "".join(stream_csv(HEADERS, [ROW, ROW]))
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text[1:]), delimiter=";"))
    assert rows[0] == HEADERS
    assert rows[1] == ["H06.12-221004-0017", "Trần Thị Ngọc Ánh", "50000", "09/09/2022", "10/09/2022 00:30", "26,5", ""]
    assert len(rows) == 3


def test_csv_streams_row_by_row():
    taken = []

    def rows():
        for number in range(1000):
            taken.append(number)
            yield [number]

    lines = stream_csv(["n"], rows())
    next(lines)
    assert taken == []
    next(lines)
    assert taken == [0]


def test_xlsx_more_rows_than_a_sheet_refused(monkeypatch):
    monkeypatch.setattr("portal.sheets.MAX_ROWS", 3)
    with pytest.raises(ValueError, match="3 rows"):
        stream_xlsx(["n"], ([number] for number in range(4)))


@pytest.mark.parametrize("text", ["007", "077096000123", "1.000656", "09/2022", "12/34", "2022-09", "1 234,5"])
def test_csv_digits_that_a_spreadsheet_would_change_stay_text(text):
    assert next(csv_lines([[text]])).strip() == f"'{text}"


@pytest.mark.parametrize("text", ["12", "30/09/2022", "Tháng 9/2022", "H06.12-221004-0017", "–"])
def test_csv_other_text_has_no_mark(text):
    assert next(csv_lines([[text]])).strip() == text


def test_figures_keep_value_and_look():
    figures = [
        ShownNumber(Decimal("0.571"), 1, "%"),
        ShownNumber(Decimal("-3.5"), 1, "điểm"),
        ShownNumber(Decimal(1004)),
    ]
    assert next(csv_lines([figures])).strip() == "57,1%;-3,5 điểm;1004"
    cells = read(stream_xlsx(["a", "b", "c"], [figures]))[2]
    assert [(cell.value, cell.number_format) for cell in cells] == [
        (0.571, "0.0%"),
        (-3.5, '#,##0.0" điểm"'),
        (1004, "#,##0"),
    ]


def test_plain_csv_is_for_programs():
    row = [Decimal("0.5"), date(2022, 9, 9), None, True, "=1", "a,b", ShownNumber(Decimal("0.571"), 1, "%")]
    assert list(plain_csv(["x"], [row])) == ["x\r\n", '0.5,2022-09-09,,true,\'=1,"a,b",0.571\r\n']


def test_book_has_a_sheet_of_its_own_title_for_each_table():
    book = openpyxl.load_workbook(
        xlsx_book(
            [
                BookSheet(title, ["Ở trên"], [["Đầu"]], [["x"]])
                for title in ("Tháng 9/2022", "THÁNG 9-2022", "", "x" * 40)
            ]
        )
    )
    assert book.sheetnames == ["Tháng 9-2022", "THÁNG 9-2022 (2)", "Số liệu", "x" * 31]
    assert [cell.value for cell in book.worksheets[0]["A"]] == ["Ở trên", None, "Đầu", "x"]
