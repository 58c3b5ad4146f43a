"""A day of the postal clerk by keyboard alone: papers in with their fee, a bag to the desk with a difference, results out and one back."""

import re

import pytest
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.e2e
HAND = 45  # milliseconds between two keys of a hand
PAGE = "/mot-cua/giao-nhan/"
# A result lies at the desk and goes by post: told through the services, as the demo city is.
RESULT = """
from datetime import timedelta
from random import Random
from accounts import seeds
from accounts.calendars import calendar_for
from accounts.models import OrgUnit
from dossiers.models.dossier import Dossier
from dossiers.scenarios.city.lives import BY_POST, Life, LifePlan
from dossiers.scenarios.city.people import WardHouse
from dossiers.scenarios.city.plans import worked_back
from dossiers.scenarios.city.telling import tell
from portal import clock
unit, desk = OrgUnit.objects.get(code="p-vung-tau"), OrgUnit.objects.get(code="p-vung-tau-ttpvhcc")
ward = WardHouse(unit, desk, Random(7), 1, members=seeds.accounts_of_cast(), made=900)
calendar, now = calendar_for(unit), clock.now()
plan = LifePlan("2.000635", worked_back(now, 900, calendar), 8, BY_POST, "return")
assert tell([Life(ward, plan, calendar, Random(7)).play()], until=now) == 0
print(Dossier.objects.get(delivery="post", state="done").code)
"""


def press(where: Locator) -> None:
    """Enter on what has the focus, and be on the page it leads to."""
    where.focus()
    with where.page.expect_navigation():
        where.page.keyboard.press("Enter")


def types(page, text: str, *then: str) -> None:
    page.keyboard.type(text, delay=HAND)
    for key in then:
        page.wait_for_timeout(HAND)
        page.keyboard.press(key)


def stands_at(page, name: str) -> None:
    expect(page.locator(f'[name="{name}"]').first).to_be_focused()


def takes_in(clerk, identity: str, name: str) -> str:
    """One person's papers at the counter of the post; gives the reference on the slip."""
    page = clerk.page
    stands_at(page, "identity")
    types(page, identity, "Enter")
    stands_at(page, "full_name")
    types(page, name, "Tab")
    types(page, "06051985", "Tab")
    types(page, "0903000771", "Tab")
    types(page, "12 Lê Lợi", "Tab", "Tab")
    stands_at(page, "loc")
    types(page, "bstl")
    expect(page.locator("[data-portal-matched]")).to_contain_text("trích lục hộ tịch")
    types(page, "", "Enter")
    stands_at(page, "paper_0")
    for _place in range(page.locator(".counter-paper").count()):
        types(page, "o")
    copies = page.locator('[name="fee_copies"]')
    copies.focus()
    types(page, "2", "Control+Enter")
    clerk.sees("Số tiền phải nộp là 16.000 đ")  # said to whoever pays, before anything is taken in
    types(page, "", "Control+Enter")
    clerk.sees(f"của {name} để chuyển")
    return re.search(r"Đã ghi hồ sơ (\S+) của", page.locator("main").inner_text()).group(1)


def test_a_day_of_the_postal_clerk(person, stack):
    clerk = person()
    clerk.take_role("postal_clerk")
    page = clerk.page
    clerk.go(PAGE)
    clerk.sees("Không có hồ sơ hay kết quả nào chờ giao.")
    clerk.look("hand-over with nothing to do")
    clerk.go("/mot-cua/tai-quay/")
    clerk.sees("công chức của Bộ phận Một cửa tiếp nhận")
    first = takes_in(clerk, "077185000771", "Đỗ Thị Mẫu Thư")
    clerk.look("counter of the post")
    press(page.get_by_role("link", name="Thu phí", exact=True).last)
    clerk.sees("16.000 đ")
    press(page.get_by_role("button", name=re.compile("lập biên lai")))
    clerk.sees("Đã thu 16.000 đ")
    clerk.go("/mot-cua/tai-quay/")
    second = takes_in(clerk, "077185000772", "Đỗ Thị Mẫu Bưu")

    clerk.go(PAGE)
    clerk.look("what waits to be given")
    press(page.get_by_role("button", name=re.compile("Lập và ký giao")))
    clerk.sees("chưa ký nhận")
    sheet = page.url
    clerk.look("a sheet signed by one side")

    desk = person()
    desk.take_role("receptionist")
    desk.go(PAGE)
    desk.sees("Chờ bạn ký nhận")
    press(desk.page.locator(f'a[href="{sheet[len(desk.root) :]}"]'))
    desk.look("a sheet to sign")
    row = desk.page.locator("tr", has_text=second)
    row.locator("select").focus()
    types(desk.page, "S", "Tab")
    types(desk.page, "Thiếu một bản sao.")
    press(desk.page.get_by_role("button", name="Ký nhận"))
    desk.sees("Đã ký nhận phiếu")
    press(desk.page.get_by_role("link", name=first))
    number = desk.page.url.rstrip("/").rsplit("/", 1)[-1]
    press(desk.page.locator("#viec-receive").get_by_role("button"))
    desk.sees("Đã tiếp nhận hồ sơ")

    page.reload()
    clerk.sees("Thiếu một bản sao.")
    answer = page.request.get(f"{clerk.root}/mot-cua/{number}/")
    assert answer.status == 404, "what is handed over is the desk's"
    assert page.request.get(f"{clerk.root}/mot-cua/tim/").status == 404

    told = stack.manage("shell", "-c", RESULT)
    assert told.returncode == 0, told.stderr
    code = told.stdout.strip().splitlines()[-1]
    returner = person()
    returner.take_role("returner")
    returner.go(PAGE)
    returner.sees(code)
    press(returner.page.get_by_role("button", name=re.compile("Lập và ký giao")))
    returner.sees("chưa ký nhận")

    clerk.go(PAGE)
    press(page.locator("table").first.get_by_role("link").first)
    page.get_by_label("Mã vận đơn").first.focus()
    types(page, "EM123456789VN")
    clerk.look("results to sign for")
    press(page.get_by_role("button", name="Ký nhận"))
    clerk.sees("EM123456789VN")
    press(page.get_by_role("link", name=code))
    clerk.look("a result with the post")
    failed = page.locator("details", has=page.locator('select[name="reason_code"]'))
    failed.locator("summary").focus()
    types(page, "", "Enter")
    failed.locator('select[name="reason_code"]').focus()
    types(page, "K", "Tab")
    types(page, "Hai lần không gặp ai ở nhà.")
    press(failed.get_by_role("button"))
    clerk.sees("Đã ghi không phát được")
    clerk.go(PAGE)
    clerk.sees(code)
    press(page.get_by_role("button", name=re.compile("Lập và ký giao")))
    press(page.get_by_role("link", name="Giao nhận bưu điện"))
    press(page.get_by_role("link", name="Số liệu của tôi"))
    clerk.sees("16.000 đ")
    clerk.look("own figures of the post")


def test_hand_over_works_without_scripts_on_a_telephone(person):
    clerk = person(scripts=False, width=360)
    clerk.take_role("postal_clerk")
    clerk.go(PAGE)
    clerk.sees("Giao nhận bưu điện")
    clerk.go(f"{PAGE}so-lieu/")
    clerk.sees("Hồ sơ đã nhận để chuyển")
