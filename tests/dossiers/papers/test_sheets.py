"""Sheets from the ledger: the control slip, the register, the lists of hand-overs; asked for, made, fetched, removed."""

import tempfile
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.files.storage import default_storage

from accounts.enums import Role
from accounts.models import LookUp, PersonalDataRead
from dossiers import ledger_sheets
from dossiers.models.dossier import Dossier
from dossiers.models.sheet_order import SheetOrder
from dossiers.papers import SHEETS
from dossiers.services import sheet_orders
from portal.errors import UserError
from portal.models import SweepTry
from tests import houses
from tests.dossiers.papers.geometry import Sheet
from vault import keeping
from vault.models import StoredFile

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 18)
OLD, NEW = date(2025, 9, 14), date(2025, 9, 15)
GOLDEN = {
    ("control_slip", OLD): ("05", "TT 01/2018/TT-VPCP", "paper-a5", "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ"),
    ("control_slip", NEW): ("06", "TT 03/2025/TT-VPCP", "paper-a5", "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ"),
    ("register", OLD): ("06", "TT 01/2018/TT-VPCP", "paper-a4-landscape", "SỔ THEO DÕI HỒ SƠ"),
    ("register", NEW): ("07", "TT 03/2025/TT-VPCP", "paper-a4-landscape", "SỔ THEO DÕI HỒ SƠ"),
    ("handed_out", OLD): ("", "", "paper-a4-landscape", "PHIẾU BÀN GIAO HỒ SƠ"),
    ("handed_out", NEW): ("", "", "paper-a4-landscape", "PHIẾU BÀN GIAO HỒ SƠ"),
    ("handed_back", OLD): ("", "", "paper-a4-landscape", "PHIẾU BÀN GIAO KẾT QUẢ"),
    ("handed_back", NEW): ("", "", "paper-a4-landscape", "PHIẾU BÀN GIAO KẾT QUẢ"),
}


@pytest.fixture
def house():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        yield houses.make_house()


def ordered(house, kind, **more):
    """An order of the receptionist, of the desk's day where it is about no dossier."""
    about = more if "dossier" in more else {"desk": house.center, "first": DAY, "last": DAY, **more}
    return sheet_orders.order(kind=kind, by=house.people[Role.RECEPTIONIST], **about)


def laid(order, name=""):
    """The sheet of an order, with its rows and pages."""
    with tempfile.TemporaryDirectory() as folder:
        written = sheet_orders.write(order, Path(folder))
        sheet = Sheet(written.path.read_bytes(), name)
    assert written.is_whole
    assert len(sheet.pages) == written.pages
    return sheet, written.rows


def text_of(sheet):
    return " ".join(sheet.text(number) for number in range(1, len(sheet.pages) + 1))


def test_sheets_are_as_the_circulars_have_them():
    said = {}
    for sheet in SHEETS:
        for day in (OLD, NEW):
            edition = sheet.edition_on(day)
            said[sheet.code, day] = (edition.number, edition.circular, edition.size, str(edition.title))
    assert said == GOLDEN


@pytest.mark.slow
def test_the_control_slip_says_every_hand_over(house):
    dossier = houses.issued(house)
    sheet, rows = laid(ordered(house, "control_slip", dossier=dossier), "control_slip")
    assert sheet.sizes == [(148.0, 210.0)] * len(sheet.pages)
    text = text_of(sheet)
    for words in (
        "Kèm theo hồ sơ của: Nguyễn Văn Mẫu",
        f"Mã hồ sơ: {dossier.code}",
        "Ngày nhận: 09:00 ngày 18/11/2026",
        "Ngày, giờ hẹn trả kết quả: 09:00 ngày 23/11/2026",
        "Cơ quan (bộ phận) giải quyết: Văn phòng HĐND và UBND phường Mẫu",
        "Cơ quan phối hợp: không",
        "Quyển số: 2026, Số thứ tự: 261118-0001",
        "1. Giao: Trung tâm Phục vụ hành chính công phường Mẫu (Cán bộ receptionist)",
        "2. Nhận: Văn phòng HĐND và UBND phường Mẫu (Cán bộ officer)",
        "09 giờ 00 phút, ngày 18/11/2026",
        "Trước hạn",
        "Mẫu số 06 (TT 03/2025/TT-VPCP)",
        "Ký giao:",
        "Ký nhận:",
    ):
        assert words in text, words
    assert rows == dossier.work_items.count() > 5
    assert sheet.pictures(), "the QR code"


def test_a_step_is_early_on_time_or_late(house):
    due = houses.WEDNESDAY_MORNING
    for done, words in (
        (-timedelta(days=1), "Trước hạn"),
        (-timedelta(hours=1), "Đúng hạn"),
        (timedelta(minutes=1), "Quá hạn"),
    ):
        assert ledger_sheets._outcome(due + done, due) == words


@pytest.mark.slow
def test_the_register_has_every_column(house):
    first = houses.issued(house)
    second = houses.received(house)
    sheet, rows = laid(ordered(house, "register"), "register")
    assert rows == 2
    assert sheet.sizes == [(297.0, 210.0)]
    text = text_of(sheet)
    for words in (
        "STT",
        "Mã hồ sơ",
        "Tên thủ tục hành chính",
        "Số bộ",
        "Họ tên chủ hồ sơ",
        "Địa chỉ, số điện thoại",
        "Nhận hồ sơ",
        "Hẹn trả",
        "Nhận kết quả",
        "Trả kết quả",
        "Ký nhận",
        "Ghi chú",
        "Nguyễn Văn Mẫu",
        "18/11/2026",
        "23/11/2026",
        "Từ ngày 18/11/2026 đến hết ngày 18/11/2026",
        "Mẫu số 07 (TT 03/2025/TT-VPCP)",
        "trang 1 / 1",
    ):
        assert words in text, words
    squeezed = text.replace(" ", "")
    assert squeezed.index(first.code) < squeezed.index(second.code), "in the order of reception"


def test_what_was_withdrawn_or_re_dated_stays_and_says_so(house):
    dossier = houses.received(house)
    dossier.due_at += timedelta(days=3)
    dossier.state = "withdrawn"
    assert ledger_sheets._note(dossier) == "hẹn lại 26/11/2026; Công dân yêu cầu rút hồ sơ"


def test_the_register_is_of_its_days_and_desk(house):
    houses.received(house)
    other = houses.make_house(beside=house)
    houses.received(other)
    assert sum(piece.rows for piece in ledger_sheets.register(ordered(house, "register"))) == 1
    tomorrow = ordered(house, "register", first=DAY + timedelta(days=1), last=DAY + timedelta(days=1))
    assert [piece.rows for piece in ledger_sheets.register(tomorrow)] == [0]


@pytest.mark.slow
def test_a_long_register_is_laid_out_piece_by_piece(house, monkeypatch):
    monkeypatch.setattr(ledger_sheets, "CHUNK", 2)
    for _ in range(5):
        houses.received(house)
    sheet, rows = laid(ordered(house, "register"), "long_register")
    assert rows == 5
    assert len(sheet.pages) == 3
    for number in range(1, 4):
        assert f"trang {number}" in sheet.text(number)
        assert "Mã hồ sơ" in sheet.text(number), "the head of the table stands on every page"
    lefts = {round(sheet.find("Ghi chú", number).left, 1) for number in range(1, 4)}
    assert len(lefts) == 1, "columns lie under each other"


@pytest.mark.slow
def test_hand_overs_are_signed_by_both(house):
    dossier = houses.issued(house)
    out, rows = laid(ordered(house, "handed_out"), "handed_out")
    back, results = laid(ordered(house, "handed_back"), "handed_back")
    assert (rows, results) == (1, 1)
    for sheet, words in (
        (
            out,
            "Bên giao: Trung tâm Phục vụ hành chính công phường Mẫu. Bên nhận: Văn phòng HĐND và UBND phường Mẫu. Số hồ sơ: 1.",
        ),
        (back, "Bên giao: Văn phòng HĐND và UBND phường Mẫu. Bên nhận: Trung tâm"),
    ):
        text = text_of(sheet)
        assert words in text
        assert dossier.code in text.replace(" ", "")
        assert "NGƯỜI GIAO" in text
        assert "NGƯỜI NHẬN" in text


def test_empty_days_say_so(house):
    for kind in ("register", "handed_out", "handed_back"):
        (piece,) = SHEETS[kind].pieces(ordered(house, kind))
        assert piece.rows == 0
        assert piece.context["lines"] == []


def test_the_same_order_twice_is_one_and_too_many_are_refused(house):
    houses.received(house)
    first = ordered(house, "register")
    assert ordered(house, "register") == first
    for days in range(1, 5):
        ordered(house, "register", first=DAY - timedelta(days=days))
    with pytest.raises(UserError, match="đang có 5 bản chờ in"):
        ordered(house, "register", first=DAY - timedelta(days=9))


@pytest.mark.parametrize(("first", "last"), [(DAY, DAY - timedelta(days=1)), (date(2020, 1, 1), DAY)])
def test_days_must_be_a_span_of_a_year_at_most(house, first, last):
    with pytest.raises(UserError, match="nhiều nhất một năm"):
        ordered(house, "register", first=first, last=last)


@pytest.mark.slow
def test_a_worker_makes_it_once_and_its_days_end(house):
    houses.received(house)
    order = ordered(house, "register")
    assert sheet_orders.make(order.pk)
    assert not sheet_orders.make(order.pk)
    order.refresh_from_db()
    assert (order.rows, order.pages) == (1, 1)
    with keeping.opened(order.file) as stream:
        assert stream.read(5) == b"%PDF-"
    assert sheet_orders.sweep() == 0
    with time_machine.travel(houses.WEDNESDAY_MORNING + timedelta(days=8), tick=False):
        assert sheet_orders.sweep() == 1
    order.refresh_from_db()
    assert order.file is None
    assert not StoredFile.objects.filter(name__startswith="register-").exists()


@pytest.mark.slow
def test_a_name_no_font_has_stops_no_register(house):
    dossier = houses.received(house)
    Dossier.objects.filter(pk=dossier.pk).update(owner_name="Nguyễn 😀 𠀀")
    assert sheet_orders.make(ordered(house, "register").pk)


AT = ("first_at", "last_at", "next_at", "aside_at")


def test_what_could_not_be_made_holds_up_no_other_and_is_tried_anew_when_asked_for_anew(house):
    for days in range(5):
        made = ordered(house, "register", first=DAY - timedelta(days=days))
        now = houses.WEDNESDAY_MORNING
        SweepTry.objects.create(sweep="sheets", key=str(made.pk), attempts=99, **dict.fromkeys(AT, now))
    assert ordered(house, "register", first=DAY - timedelta(days=9))
    assert ordered(house, "register", first=DAY - timedelta(days=4)) == made
    assert SweepTry.objects.get(key=str(made.pk)).aside_at is None


@pytest.mark.slow
def test_one_whose_pages_are_lost_begins_anew(house, monkeypatch):
    monkeypatch.setattr(ledger_sheets, "CHUNK", 2)
    for _ in range(3):
        houses.received(house)
    order = ordered(house, "register")
    sheet_orders.make(order.pk, seconds=-1)
    order.refresh_from_db()
    default_storage.delete(order.part.key)
    assert not sheet_orders.make(order.pk)
    order.refresh_from_db()
    assert (order.pieces_done, order.part) == (0, None)
    assert sheet_orders.make(order.pk)
    order.refresh_from_db()
    assert order.rows == 3


def test_what_comes_after_the_order_is_not_in_it(house):
    houses.received(house)
    order = ordered(house, "register")
    with time_machine.travel(houses.WEDNESDAY_MORNING + timedelta(hours=1), tick=False):
        houses.received(house)
    assert sum(piece.rows for piece in SHEETS["register"].pieces(order)) == 1


@pytest.mark.slow
def test_a_long_one_goes_on_where_the_time_of_a_task_ended(house, monkeypatch):
    monkeypatch.setattr(ledger_sheets, "CHUNK", 2)
    for _ in range(5):
        houses.received(house)
    order = ordered(house, "register")
    done = []
    for _ in range(3):
        sheet_orders.make(order.pk, seconds=-1)
        order.refresh_from_db()
        done.append((order.rows, order.pages, order.pieces_done, order.made_at is not None, order.part is not None))
    assert done == [(2, 1, 1, False, True), (4, 2, 2, False, True), (5, 3, 3, True, False)]
    with keeping.opened(order.file) as stream:
        sheet = Sheet(stream.read())
    assert [f"trang {number}" in sheet.text(number) for number in (1, 2, 3)] == [True] * 3
    assert StoredFile.objects.filter(name__startswith="register-").count() == 1, "parts are erased"


# ── pages ────────────────────────────────────────────────────────────────────────────────────────


def signed_in(client, person):
    client.force_login(person)
    session = client.session
    session["demo_person"] = True  # the second factor has tests of its own
    session.save()


@pytest.fixture
def at_desk(house, client):
    signed_in(client, house.people[Role.RECEPTIONIST])
    return client


DAYS = {"first": "18/11/2026", "last": "18/11/2026"}


@pytest.mark.slow
def test_a_register_is_asked_for_and_fetched(house, at_desk, django_capture_on_commit_callbacks):
    houses.received(house)
    with django_capture_on_commit_callbacks(execute=True):
        answer = at_desk.post("/mot-cua/in-so/", {"kind": "register", "desk": house.center.pk, **DAYS}, follow=True)
    page = answer.content.decode()
    assert "Đã yêu cầu in: Sổ theo dõi hồ sơ." in page
    order = SheetOrder.objects.get()
    assert order.file is not None
    assert "1 trang, 1 dòng" in " ".join(at_desk.get("/mot-cua/in-so/").content.decode().split())
    answer = at_desk.get(f"/mot-cua/in-so/{order.pk}/")
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    assert LookUp.objects.filter(what="Sổ theo dõi hồ sơ", shown=1).exists()


@pytest.mark.slow
def test_a_control_slip_is_asked_for_on_the_dossier(house, at_desk, django_capture_on_commit_callbacks):
    dossier = houses.received(house)
    assert "In phiếu kiểm soát" in at_desk.get(f"/mot-cua/{dossier.pk}/").content.decode()
    with django_capture_on_commit_callbacks() as later:
        page = at_desk.post(f"/mot-cua/{dossier.pk}/phieu-kiem-soat/", follow=True).content.decode()
    assert "Phiếu thường xong trong vài giây." in page
    for act in later:
        act()
    order = SheetOrder.objects.get()
    assert "đã in xong" in at_desk.get(f"/mot-cua/in-so/{order.pk}/?doi=1").content.decode()
    before = PersonalDataRead.objects.count()
    assert b"".join(at_desk.get(f"/mot-cua/in-so/{order.pk}/").streaming_content).startswith(b"%PDF-")
    assert PersonalDataRead.objects.count() == before + 1


def test_another_s_order_and_a_dossier_out_of_reach_are_not_there(house, client):
    dossier = houses.received(house)
    order = ordered(house, "register")
    order.file = StoredFile.objects.create(name="x.pdf", mime="application/pdf", size=1, sha256="0" * 64)
    order.save()
    neighbour = houses.make_house(beside=house)
    signed_in(client, neighbour.people[Role.RECEPTIONIST])
    assert client.get(f"/mot-cua/in-so/{order.pk}/").status_code == 404
    assert client.post(f"/mot-cua/{dossier.pk}/phieu-kiem-soat/").status_code == 404
    refused = client.post("/mot-cua/in-so/", {"kind": "register", "desk": house.center.pk, **DAYS})
    assert refused.status_code == 400
    assert SheetOrder.objects.count() == 1


@pytest.mark.parametrize(
    "data",
    [{}, {"kind": "control_slip"}, {"kind": "register", "first": "32/13/2026"}, {"kind": "x\x00", "desk": "999"}],
)
def test_bad_input_is_told(house, at_desk, data):
    answer = at_desk.post("/mot-cua/in-so/", {"desk": house.center.pk, **DAYS, **data} if data else {})
    assert answer.status_code == 400
    assert SheetOrder.objects.count() == 0


def test_the_form_begins_with_today_as_people_write_it(house, at_desk):
    page = at_desk.get("/mot-cua/in-so/").content.decode()
    assert page.count('value="18/11/2026"') == 2


def test_who_keeps_no_desk_is_offered_no_register(house, client):
    signed_in(client, house.people[Role.OFFICER])
    assert client.get("/mot-cua/in-so/").status_code == 403
