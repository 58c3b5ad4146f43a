"""An apology before the deadline, by keyboard: drafted with its cause and a new date, signed, sent; the applicant reads both dates."""

import re
from datetime import timedelta

import pytest

from portal import clock
from tests.e2e.steps import act, assign, at, file_online, press, send
from tests.e2e.test_correction_story import OFFICER, WARD, into, tab_to

pytestmark = pytest.mark.e2e


def _in_three_weeks():
    """A Wednesday behind whatever is promised."""
    day = clock.today() + timedelta(days=21)
    return day + timedelta(days=(2 - day.weekday()) % 7)


def test_an_apology_before_the_deadline(person, eventually):
    citizen = person(width=360)
    citizen.take_role("citizen_phone")
    reference = file_online(citizen, WARD)
    desk = person()
    desk.take_role("receptionist")
    desk.go("/mot-cua/?muc=cho-tiep-nhan")
    press(desk.page.get_by_role("link", name=reference))
    number = desk.page.url.rstrip("/").rsplit("/", 1)[-1]
    act(desk, "receive")
    assign(person, number, OFFICER)

    officer = at(person, "officer", number)
    _apologise_by_keyboard(officer)
    head = at(person, "unit_head", number)
    press(head.page.get_by_role("link", name=re.compile("Ký duyệt văn bản: mở văn bản")).first)
    head.sees("xin lỗi Ông/Bà vì sự chậm trễ này")
    head.look("letter of apology before it is signed")
    act(head, "sign_draft")
    head.go("/mot-cua/thu-no/")
    head.sees("Thư nợ")
    head.look("letters owed")
    head.go("/mot-cua/xong-tren-giay/")
    head.sees("Có lẽ đã xong trên giấy")
    head.look("probably done on paper")
    send(person, "receptionist", number, "reappoint", eventually)

    citizen.go(f"/ho-so/{reference}/")
    citizen.sees("Cơ quan xin lỗi, hẹn lại")
    citizen.sees(f"{_in_three_weeks():%d/%m/%Y}")
    citizen.sees("Văn bản xin lỗi và hẹn lại ngày trả kết quả")
    citizen.look("reappointed dossier of a citizen")

    again = at(person, "officer", number)
    again.sees("Đã xin lỗi, hẹn lại thay cho hẹn trả")
    press(again.page.get_by_role("link", name=re.compile("Ghi muộn")))
    again.sees("Đề nghị đính chính")
    again.look("corrections of times")


def _apologise_by_keyboard(officer) -> None:
    page = officer.page
    press(page.get_by_role("link", name=re.compile("Soạn: Văn bản xin lỗi")).first)
    officer.sees("Văn bản xin lỗi phải gửi trước")
    officer.look("form of a letter of apology")
    tab_to(page, '[name="cause"]')
    page.keyboard.type("Cần xác minh")
    into(page, '[name="reason"]', "Chưa xác minh xong nơi cư trú trước đây.")
    into(page, '[name="new_day"]', f"{_in_three_weeks():%d/%m/%Y}")
    tab_to(page, 'button[name="viec"].btn-primary')
    with page.expect_navigation():
        page.keyboard.press("Enter")
    officer.sees("Đã lưu và trình dự thảo")
