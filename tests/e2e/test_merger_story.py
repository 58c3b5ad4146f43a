"""A ward merges into another while a citizen is asked for more: the citizen answers the successor, which finishes the dossier."""

import re

import pytest
from playwright.sync_api import expect

from portal import clock
from tests.e2e.steps import (
    act,
    agree_to_the_draft,
    ask_for_more,
    assign,
    at,
    draft_the_certificate,
    file_online,
    finish,
    grant,
    open_person,
    press,
    send,
    upload,
)

pytestmark = pytest.mark.e2e

OLD, NEW = "Ủy ban nhân dân phường Tam Thắng", "Ủy ban nhân dân phường Rạch Dừa"
OLD_OFFICE, NEW_OFFICE = "Văn phòng HĐND và UBND phường Tam Thắng", "Văn phòng HĐND và UBND phường Rạch Dừa"
NEW_DESK = "Trung tâm Phục vụ hành chính công phường Rạch Dừa"
OFFICER, HEAD, CITIZEN = "Cao Văn Mẫu Xử Lý", "Tô Văn Mẫu Kiểm Soát", "Nguyễn Thị Mẫu Hoa"
BASIS = "Nghị quyết mẫu 01/NQ-HĐND ngày 01/11/2026"
# Who works at the successor, by key and name, with role and unit.
THERE = (
    ("Hồ Thị Mẫu Hỗ Trợ", "chuyên viên thụ lý", NEW_OFFICE),
    ("Vũ Văn Mẫu Phối Hợp", "lãnh đạo phòng", NEW_OFFICE),
    ("Đặng Thị Mẫu Trưởng Quầy", "lãnh đạo ký", NEW),
    ("Lê Thị Mẫu Thu Phí", "văn thư", NEW),
    ("Mai Thị Mẫu Quầy Hai", "cán bộ trả kết quả", NEW_DESK),
)
CAST = {"head": "consulted", "signer": "desk_head", "clerk": "cashier", "returner": "receptionist_tam_thang"}
# The ward's last day lies behind us, and the sweep of the beat comes by.
DAY_IS_OVER = """
from datetime import timedelta
from accounts.models import OrgUnit, UnitClosing
from dossiers.tasks import follow_closed_units
from portal import clock
yesterday = clock.today() - timedelta(days=1)
UnitClosing.objects.filter(unit__code="p-tam-thang").update(last_day=yesterday)
OrgUnit.objects.filter(code__startswith="p-tam-thang").update(valid_to=yesterday)
follow_closed_units()
"""


def test_the_citizen_answers_to_the_successor(person, stack, eventually):
    administrator = person()
    administrator.take_role("administrator")
    grant(administrator, HEAD, "lãnh đạo phòng", OLD_OFFICE)
    citizen = person(width=360)
    citizen.take_role("citizen_phone")
    reference = file_online(citizen, OLD)
    number, code = _work_until_asked(person, reference, eventually)

    _merge(administrator)
    assert _status(person, "officer_tam_thang", number) == 200, "the old ward works until its last day is over"
    done = stack.manage("shell", "-c", DAY_IS_OVER)
    assert done.returncode == 0, done.stderr
    administrator.page.reload()
    administrator.sees("Đã xong lúc")
    administrator.look("unit that has moved")

    _answer(citizen, reference, code)
    stayed = at(person, "officer_tam_thang", number)
    stayed.sees("Hiện không có việc nào dành cho bạn ở hồ sơ này.")
    _end(administrator)
    assert _status(person, "procedure_controller", number) == 403, "who has left, and works nowhere else, has no desk"

    officer = at(person, "helper", number)
    officer.sees("Chưa ai nhận")
    officer.look("dossier from a ward that merged")
    act(officer, "take")
    draft_the_certificate(officer)
    agree_to_the_draft(citizen, reference, "phường Rạch Dừa")
    officer.go(f"/mot-cua/{number}/")
    act(officer, "propose")
    finish(person, number, eventually, to=CITIZEN, cast=CAST)
    citizen.go(f"/ho-so/{reference}/")
    citizen.sees("Có kết quả")
    citizen.sees(NEW)


def _work_until_asked(person, reference: str, eventually) -> tuple[str, str]:
    """The old ward receives, and asks for a better paper."""
    desk = person()
    desk.take_role("receptionist_tam_thang")
    desk.go("/mot-cua/?muc=cho-tiep-nhan")
    press(desk.page.get_by_role("link", name=reference))
    desk.sees(CITIZEN)
    number = desk.page.url.rstrip("/").rsplit("/", 1)[-1]
    act(desk, "receive")
    code = re.search(r"H\d+\.[\d-]+", desk.page.locator("main").inner_text()).group(0)
    assign(person, number, OFFICER, desk="receptionist_tam_thang", head="procedure_controller")
    ask_for_more(person, number, "officer_tam_thang", "Chụp lại cho rõ.", head="procedure_controller")
    send(person, "receptionist_tam_thang", number, "request_supplement", eventually)
    return number, code


def _merge(administrator) -> None:
    """Plan the end, look at what goes where, see to the people who are missing, decide."""
    page = administrator.page
    administrator.go("/quan-tri/don-vi/")
    press(page.get_by_role("link", name=OLD, exact=True))
    press(page.get_by_role("link", name="Kế hoạch kết thúc"))
    administrator.sees("Đang có ở đơn vị này")
    plan = page.url
    page.locator('[name="last_day"]').fill(_today())
    page.locator('[name="basis"]').fill(BASIS)
    page.locator('select[name="successor"]').select_option(label=NEW)
    press(page.get_by_role("button", name="Lưu kế hoạch và chạy thử"))
    administrator.sees("Chạy thử: việc gì về đâu")
    administrator.sees("chưa có ai")
    administrator.look("plan of a merger")
    for name, role, unit in THERE:
        grant(administrator, name, role, unit)
    page.goto(plan)
    press(page.get_by_role("button", name="Quyết định kết thúc đơn vị"))
    administrator.sees("việc chuyển bắt đầu sau ngày")


def _end(administrator) -> None:
    """The head of the old office leaves; with the unit closed nobody need take over."""
    open_person(administrator, HEAD)
    row = administrator.page.locator("tr", has_text="lãnh đạo phòng").filter(has_text="đang giữ")
    press(row.get_by_role("link", name="Thu hồi"))
    press(administrator.page.get_by_role("button", name="Thu hồi vai trò"))
    administrator.sees("Đã thu hồi vai trò")


def _answer(citizen, reference: str, code: str) -> None:
    """The dossier's page names who goes on; the citizen answers there as ever."""
    page = citizen.page
    citizen.go(f"/ho-so/{reference}/")
    citizen.sees(code)
    citizen.sees(NEW)
    citizen.sees("Hồ sơ được chuyển sang đơn vị kế thừa")
    citizen.look("my dossier at the successor")
    citizen.go(f"/ho-so/{reference}/bo-sung/")
    page.locator('[name="answer"]').fill("Tôi đã chụp lại.")
    upload(citizen, page.locator('form:has(input[type="file"])').first, "ban-ro.pdf")
    expect(page.locator('[name="answer"]')).to_have_value("Tôi đã chụp lại.")  # a file loses no words
    press(page.get_by_role("button", name="Gửi phần bổ sung"))
    citizen.sees("Đã gửi phần bổ sung")


def _status(person, role: str, number: str) -> int:
    one = person()
    one.take_role(role)
    return one.context.request.get(f"{one.root}/mot-cua/{number}/").status


def _today() -> str:
    return f"{clock.today():%d/%m/%Y}"
