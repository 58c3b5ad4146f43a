"""Reading lines of the national catalogue: our own small records, one quirk each. Pure."""

import json

import pytest

from procedures.enums import Channel, PaperKind, ProcedureKind
from procedures.national import Fault, Sheet, Trap, read, read_line


def record(**changes):
    base = {
        "code": "1.000001",
        "name": "Thủ tục thử",
        "field": "Hộ tịch",
        "field_codes": ["G15-TP07"],
        "levels": ["Cấp Xã"],
        "agency": "Ủy ban nhân dân cấp xã",
        "issuer": "Bộ Tư pháp",
        "time_limit_text": "3 Ngày làm việc",
        "channels": [channel()],
        "components": [paper()],
        "steps_text": "- Bước một",
        "legal_basis": [],
        "result": [],
        "conditions": "",
        "audience": ["Công dân Việt Nam"],
        "decision_no": "1/QĐ-BTP",
        "kind": "STANDARD",
        "updated_at": 1776242191512,
        "source_path": "procedures/co-con-nho/1.000001/raw_procedure.json",
    }
    return {**base, **changes}


def channel(**changes):
    base = {
        "method": "Trực tiếp",
        "time": "3 Ngày làm việc",
        "time_value": 3,
        "time_unit": "WORKING_DAY",
        "fee_text": "",
    }
    return {**base, **changes}


def paper(**changes):
    return {"case": "", "name": "Tờ khai", "form": "", "originals": 1, "copies": 0, "code": "KQ1", **changes}


def sheet(**changes):
    found = read_line(json.dumps(record(**changes)).encode(), 7)
    assert isinstance(found, Sheet), found
    return found


def limits_of(found):
    return [(row.case_code, row.channel, row.value, row.unit) for row in found.limits]


def test_plain_record_is_read_whole():
    found = sheet()
    assert (found.code, found.field_code, found.life_event, found.line) == ("1.000001", "G15-TP07", "sinh-con", 7)
    assert limits_of(found) == [("", Channel.DESK, "3", "working_day")]
    assert found.traps == set()
    assert f"{found.updated_on:%d/%m/%Y}" == "15/04/2026"


def test_unit_other_takes_the_limit_of_the_cases():
    other = channel(time="1 Khác", time_value=1, time_unit="OTHER")
    cases = [{"code": "1.000001.01", "name": "A", "days": 3, "unit": "WORKING_DAY"}] * 2
    found = sheet(channels=[other], cases=cases, time_limit_text="1 Khác")
    assert ("", None, "3", "working_day") in limits_of(found)
    assert ("", Channel.DESK, None, "") in limits_of(found)
    assert found.facts["time_limit_text"] == ""
    assert Trap.LIMIT_FROM_CASE in found.traps


def test_unit_other_without_cases_leaves_the_limit_to_a_person():
    found = sheet(channels=[channel(time="Theo mô tả Khác", time_value=1, time_unit="OTHER")])
    assert Trap.NO_LIMIT in found.traps
    assert found.limits[0].text == "Theo mô tả"


def test_limits_differ_by_channel_are_kept_apart():
    rows = [channel(), channel(method="Trực tuyến", time_value=2, time="2 Ngày làm việc")]
    found = sheet(channels=rows)
    assert limits_of(found) == [("", Channel.DESK, "3", "working_day"), ("", Channel.ONLINE, "2", "working_day")]
    assert found.traps == {Trap.LIMITS_BY_CHANNEL}


def test_several_limits_of_one_channel_are_not_guessed():
    found = sheet(channels=[channel(), channel(time_value=15, time="15 Ngày làm việc")])
    assert found.limits[0].value is None
    assert {Trap.SEVERAL_LIMITS, Trap.NO_LIMIT} <= found.traps


def test_channel_wins_over_a_single_case_and_the_conflict_is_reported():
    cases = [{"code": "1.000001.01", "name": "A", "days": 20, "unit": "DAY"}]
    found = sheet(cases=cases)
    assert limits_of(found) == [("", Channel.DESK, "3", "working_day")]
    assert found.traps == {Trap.LIMIT_CONFLICT}


@pytest.mark.parametrize(
    ("value", "unit", "stored"),
    [
        (2, "YEAR", ("24", "month")),
        (3.5, "WORKING_DAY", ("3.5", "working_day")),
        (0, "DAY", (None, "")),
        (True, "DAY", (None, "")),
    ],
)
def test_measures_are_stored_as_the_clock_counts(value, unit, stored):
    row = sheet(channels=[channel(time_value=value, time_unit=unit)]).limits[0]
    assert (row.value, row.unit) == stored


LATER = "trường hợp nhận hồ sơ sau 15 giờ mà không giải quyết được ngay thì trả trong ngày làm việc tiếp theo"


@pytest.mark.parametrize(
    ("value", "unit", "note"),
    [
        (1, "WORKING_DAY", f"Ngay trong ngày tiếp nhận hồ sơ; {LATER}"),
        (1, "DAY", "Ngay trong ngày cơ quan tiếp nhận yêu cầu"),
        (1, "OTHER", "- Thực hiện trong ngày làm việc nhận được hồ sơ"),
        (15, "HOUR", f"Ngay trong ngày tiếp nhận hồ sơ, {LATER}"),
    ],
)
def test_in_the_day_is_no_working_day(value, unit, note):
    found = sheet(channels=[channel(time_value=value, time_unit=unit, note=note)])
    assert limits_of(found) == [("", Channel.DESK, "1", "same_day")]
    assert Trap.SAME_DAY in found.traps


@pytest.mark.parametrize(
    ("value", "note"),
    [
        (3, "Ngay trong ngày làm việc nếu hồ sơ đơn giản"),
        (1, "Thời hạn kiểm tra hồ sơ: ngay trong ngày nhận được hồ sơ"),
    ],
)
def test_in_the_day_for_a_part_of_the_work_changes_no_limit(value, note):
    found = sheet(channels=[channel(time_value=value, note=note)])
    assert limits_of(found) == [("", Channel.DESK, str(value), "working_day")]
    assert Trap.SAME_DAY not in found.traps


def test_quarter_of_a_calendar_day_is_odd():
    assert Trap.ODD_LIMIT in sheet(channels=[channel(time_value=4.75, time_unit="DAY")]).traps


def test_fee_zero_is_unknown_unless_the_sheet_says_free():
    rows = [channel(fee_text="Phí: 0 Đồng (Theo HĐND)", fee_amounts=[["Phí", 0]])]
    found = sheet(channels=rows)
    assert [(fee.amount, fee.note) for fee in found.fees] == [(None, "Theo HĐND")]
    assert Trap.FEE_ZERO in found.traps
    free = sheet(channels=[channel(fee_text="Phí: 0 Đồng (Không thu)", fee_amounts=[["Phí", 0]])])
    assert free.fees[0].amount == 0
    assert free.traps == set()


def test_fees_keep_their_notes_and_foreign_money_is_unknown():
    text = "Phí: 7.000 Đồng (Cá nhân (một lần)); Lệ phí: 10 USD? (/bản)"
    found = sheet(channels=[channel(fee_text=text, fee_amounts=[["Phí", 7000], ["Lệ phí", 10]])])
    assert [(fee.name, fee.amount) for fee in found.fees] == [("Phí", 7000), ("Lệ phí", None)]
    assert found.fees[0].note.startswith("Cá nhân")
    assert Trap.FEE_FOREIGN in found.traps


def test_equals_sign_repeats_the_channel_before():
    first = channel(fee_text="Phí: 5 Đồng (Mỗi bản)", fee_amounts=[["Phí", 5]], note="Nộp tại quầy")
    second = channel(method="Dịch vụ bưu chính", fee_text="=", note="=")
    found = sheet(channels=[first, second])
    assert [(fee.channel, fee.amount, fee.note) for fee in found.fees] == [(1, 5, "Mỗi bản"), (3, 5, "Mỗi bản")]
    assert found.limits[1].text == "3 Ngày làm việc. Nộp tại quầy"


def test_sector_bodies_flagged_commune_are_not_for_its_desk():
    found = sheet(levels=["Cấp Xã", "Ngành dọc"], agency="Chi cục Hải quan")
    assert found.levels == ["Ngành dọc"]
    assert found.traps == {Trap.LEVEL}
    assert sheet(levels=["Cấp Xã", "Ngành dọc"], agency="Uỷ ban nhân dân cấp xã").levels == ["Cấp Xã", "Ngành dọc"]


def test_papers_without_name_are_dropped_and_sentences_become_notes():
    rows = [
        paper(name=""),
        paper(name="", form="Mau01.docx", code=""),
        paper(name="- Trường hợp nộp qua bưu chính thì …", originals=0, code="KQ2"),
        paper(case="* Giấy tờ phải xuất trình:", name="+ Căn cước", code="KQ3"),
        paper(case="* Lưu ý :", name="Bản chụp phải rõ", code="KQ3"),
    ]
    found = sheet(components=rows)
    assert [(row.code, row.name, row.kind) for row in found.papers] == [
        ("TP02", "Mau01.docx", PaperKind.SUBMIT),
        ("KQ2", "Trường hợp nộp qua bưu chính thì …", PaperKind.NOTE),
        ("KQ3", "Căn cước", PaperKind.PRESENT),
        ("KQ3~2", "Bản chụp phải rõ", PaperKind.NOTE),
    ]
    assert found.traps == {Trap.PAPER_NAMELESS, Trap.PAPER_NOTE, Trap.PAPER_REPEATED}


def test_odd_codes_and_long_names_are_kept_and_told():
    found = sheet(code="1.014955-Xoa", name="A" * 3000)
    assert found.code == "1.014955-Xoa"
    assert len(found.name) == 2000
    assert {Trap.CODE, Trap.CUT} <= found.traps


def test_text_is_made_one_form_and_invisible_signs_go():
    found = sheet(name="Đăng k\u200ey\u0301 khai\x00 sinh", steps_text="một\r\nhai\x07")
    assert found.name == "Đăng ký khai sinh"
    assert found.facts["steps_text"] == "một\nhai"


def test_internal_procedures_are_marked():
    found = sheet(kind="STANDARD_INTERNAL", internal=True)
    assert (found.kind, found.is_internal) == (ProcedureKind.INTERNAL, True)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b'{"code": "1.000002", "name": "C\xf3 l\xf3i"}', "UTF-8"),
        (b'{"code": "1.000002", "na', "JSON"),
        (b"[1, 2]", "JSON"),
        (b'{"code": "", "name": "x"}', "thiếu mã"),
        (b'{"code": 5, "name": "x"}', "thiếu mã"),
        (json.dumps(record(code="9" * 61)).encode(), "60"),
        (json.dumps(record(channels="sai")).encode(), "cấu trúc lạ"),
        (json.dumps(record(components=[["sai"]])).encode(), "cấu trúc lạ"),
        (json.dumps(record(steps_text=12)).encode(), "cấu trúc lạ"),
    ],
)
def test_broken_line_is_a_fault_with_its_number(raw, words):
    found = read_line(raw, 12)
    assert isinstance(found, Fault)
    assert found.line == 12
    assert words in found.why


def test_duplicate_code_is_named_with_the_first_line_and_the_rest_goes_on():
    lines = [json.dumps(record(code=code)).encode() for code in ("1.000001", "1.000001", "1.000003")]
    found = list(read(iter([lines[0], b"\n", lines[1], lines[2]])))
    assert [type(item) for item in found] == [Sheet, Fault, Sheet]
    assert (found[1].line, found[1].code) == (3, "1.000001")
    assert "dòng 1" in found[1].why


def test_digest_follows_content_not_place_or_day():
    assert sheet().digest == sheet(updated_at=1).digest
    assert sheet().digest != sheet(conditions="Khác").digest
