"""The whole story on real processes: file → receive → forward → assign → propose → approve → sign → issue → hand over → figure.

Told twice: with scripts for everybody, and without for the citizen. Every page of it is looked at by axe at both widths.
"""

import re

import pytest
from playwright.sync_api import Page

from tests.dossiers.papers.paper import read
from tests.e2e.steps import (
    FILING,
    act,
    agree_to_the_draft,
    at,
    attach,
    draft_the_certificate,
    fill_step,
    press,
    unpaid,
    when_made,
)

pytestmark = pytest.mark.e2e

WARD = "Ủy ban nhân dân phường Vũng Tàu"
CITIZEN = "Trần Văn Mẫu Nam"
# What the certificate of marital status must say, in the order of its rows.
CERTIFICATE = (
    "ỦY BAN NHÂN DÂN",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "/UBND-XNTTHN",
    "GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN",
    "Xét đề nghị của bà Lê Thị Mẫu Hộ Tịch, Công chức tư pháp - hộ tịch",
    "XÁC NHẬN:",
    "Họ, chữ đệm, tên: TRẦN VĂN MẪU NAM",
    "Ngày, tháng, năm sinh: 02/10/1989",
    "Giới tính: Nam",
    "Dân tộc: Kinh",
    "Quốc tịch: Việt Nam",
    "Giấy tờ tùy thân: Số định danh cá nhân 077089000102",
    "Nơi cư trú: 45 Nguyễn An Ninh",
    "Tình trạng hôn nhân: hiện tại chưa đăng ký kết hôn với ai",
    "có giá trị sử dụng trong thời hạn 6 tháng, kể từ ngày cấp, được sử dụng để: ",
    "NGƯỜI KÝ GIẤY XÁC NHẬN",
    "CHỦ TỊCH",
)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_filing_to_the_figure(person, stack, eventually, scripts):
    before = _online_share(person, stack, look=False)

    citizen = person(scripts=scripts, width=360)
    _look_around(citizen)
    reference, secret = _file(citizen)

    code = _work_through(person, citizen, reference, eventually, look=scripts)

    citizen.go(f"/ho-so/{reference}/")
    citizen.sees("Có kết quả")
    citizen.look("my dossier, returned")
    _papers_arrive(citizen, eventually)
    citizen.go("/kho/")
    citizen.sees("Giấy xác nhận tình trạng hôn nhân")
    citizen.look("my vault")
    citizen.go("/thong-bao/")
    citizen.sees(code)
    citizen.look("my notices")
    _track_as_a_stranger(person, code, secret, scripts=scripts)

    after = _online_share(person, stack, look=scripts, code=code)
    assert after == (before[0] + 1, before[1] + 1), "the figure moved by this one dossier"


# ── the citizen ──────────────────────────────────────────────────────────────────────────────────


def _look_around(citizen) -> None:
    citizen.go("/")
    citizen.look("home")
    citizen.page.locator('main input[name="q"], input[name="q"]').first.fill("xac nhan tinh trang hon nhan")
    press(citizen.page.locator('main form:has(input[name="q"]) button[type="submit"]').first)
    citizen.sees("Cấp Giấy xác nhận tình trạng hôn nhân")
    citizen.look("search")
    press(citizen.page.get_by_role("link", name="Cấp Giấy xác nhận tình trạng hôn nhân").first)
    citizen.sees("3 ngày làm việc")
    citizen.look("procedure")
    citizen.go("/tai-khoan/login/")
    citizen.look("sign-in")
    citizen.take_role("citizen_email")


def _file(citizen) -> tuple[str, str]:
    page = citizen.page
    citizen.go(f"/ho-so/nop/{FILING['procedure']}/")
    citizen.look("start of filing")
    page.locator('select[name="unit"]').select_option(label=WARD)
    press(page.get_by_role("button", name="Bắt đầu điền"))
    steps = 0
    while "/buoc/" in page.url:
        steps += 1
        assert steps <= 2 * len(FILING["answers"]), f"the wizard does not end: {page.url} {_mistakes(page)}"
        fill_step(page)
        citizen.look(f"step {page.url.rstrip('/').rsplit('/', 1)[-1]}")
        press(page.get_by_role("button", name="Lưu và tiếp tục"))
    reference = page.url.split("/ho-so/")[1].split("/")[0]
    citizen.sees("Giấy tờ kèm theo")
    attach(citizen)
    citizen.look("papers")
    press(page.get_by_role("link", name="Tiếp tục"))
    citizen.sees("Kiểm tra và gửi")
    citizen.look("check answers")
    page.locator('[name="delivery"][value="online"]').check()
    page.locator('input[name="declared"]').check()
    press(page.get_by_role("button", name="Gửi hồ sơ"))
    citizen.sees("Đã gửi hồ sơ")
    citizen.look("confirmation")
    secret = page.locator(".reference").nth(1).inner_text().strip()
    citizen.go("/ho-so/")
    citizen.sees(reference)
    citizen.look("my dossiers")
    return reference, secret


def _mistakes(page: Page) -> str:
    return " | ".join(page.locator(".error-summary, .invalid-feedback, [role=alert]").all_inner_texts())


def _papers_arrive(citizen, eventually) -> None:
    """Printed forms are made by the worker; the page shows their links when they are there."""

    def both_there():
        citizen.page.reload()
        return citizen.page.locator('a[href*="/phieu/"]').count() >= 2

    eventually(both_there, 60)
    papers = []
    for link in citizen.page.locator('a[href*="/phieu/"]').all():
        with citizen.page.expect_download() as download:
            link.click()
        papers.append(read(f"story-{len(papers)}", download.value.path().read_bytes()))
    (certificate,) = [one for one in papers if not one.lacks("XÁC NHẬN:")]
    assert certificate.lacks(*CERTIFICATE) == []
    assert re.search(r"Số: ?\d+/UBND-XNTTHN", certificate.text), certificate.text
    assert certificate.lacks("DỰ THẢO") == ["DỰ THẢO"]


def _track_as_a_stranger(person, code: str, secret: str, *, scripts: bool) -> None:
    stranger = person(scripts=scripts, width=360)
    stranger.go("/ho-so/tra-cuu/")
    stranger.look("tracking")
    boxes = stranger.page.locator('main form input:not([type="hidden"])')
    boxes.nth(0).fill(code)
    boxes.nth(1).fill(secret)
    press(stranger.page.locator('main form button[type="submit"]').first)
    stranger.sees(code)
    assert CITIZEN not in stranger.page.content(), "tracking tells nobody's name"
    stranger.look("tracked")


# ── the desk ─────────────────────────────────────────────────────────────────────────────────────


def _work_through(person, citizen, reference: str, eventually, *, look: bool) -> str:
    receptionist = person()
    receptionist.take_role("receptionist")
    receptionist.go("/mot-cua/")
    _see(receptionist, "inbox", look=look)
    number = _open(receptionist, reference)
    _see(receptionist, "dossier to receive", look=look)
    act(receptionist, "receive")
    code = re.search(r"H\d+\.[\d-]+", receptionist.page.locator("main").inner_text()).group(0)
    _see(receptionist, "dossier received", look=look)
    act(receptionist, "forward")

    head = at(person, "unit_head", number)
    head.page.locator('#viec-assign select[name="officer"]').select_option(index=1)
    _see(head, "dossier to assign", look=look)
    act(head, "assign")

    officer = at(person, "officer", number)
    _see(officer, "dossier to propose", look=look)
    draft_the_certificate(officer, look="draft of the certificate" if look else "")
    agree_to_the_draft(citizen, reference, "hiện tại chưa đăng ký kết hôn với ai", look="draft to check")
    officer.go(f"/mot-cua/{number}/")
    officer.sees("Người nộp đồng ý với bản dự thảo")
    _see(officer, "dossier with an agreed draft", look=look)
    act(officer, "propose")

    act(at(person, "unit_head", number), "approve")
    signer = at(person, "signer", number)
    _see(signer, "dossier to sign", look=look)
    press(signer.page.get_by_role("link", name=re.compile("mở văn bản")))
    signer.sees("hiện tại chưa đăng ký kết hôn với ai")
    _see(signer, "paper to sign", look=look)
    act(signer, "approve")
    clerk = at(person, "clerk", number)
    _see(clerk, "dossier to issue", look=look)
    press(clerk.page.get_by_role("link", name=re.compile("Ban hành kết quả: mở văn bản")))
    when_made(clerk, "issue", eventually)
    _see(clerk, "dossier issued", look=look)

    returner = at(person, "returner", number)
    returner.page.locator('#viec-return input[name="handed_to"]').fill(CITIZEN)
    returner.page.locator('#viec-return input[name="identity_seen"]').check()
    _see(returner, "dossier to hand over", look=look)
    act(returner, "return", **unpaid(returner))
    returner.sees("Đã trả kết quả")
    return code


def _see(one, name: str, *, look: bool) -> None:
    if look:
        one.look(name)


def _open(one, reference: str) -> str:
    one.go("/mot-cua/?muc=cho-tiep-nhan")
    press(one.page.get_by_role("link", name=reference))
    one.sees(CITIZEN)
    return one.page.url.rstrip("/").rsplit("/", 1)[-1]


# ── the figure ───────────────────────────────────────────────────────────────────────────────────


def _online_share(person, stack, *, look: bool, code: str = "") -> tuple[int, int]:
    """Numerator and denominator of the ward's online share this month, as the board shows them after a recount."""
    done = stack.manage("compute_kpis")
    assert done.returncode == 0, done.stderr
    officer = person()
    officer.take_role("home_affairs")
    officer.go("/so-lieu/?chi-so=online_share_all")
    _see(officer, "city board", look=look)
    row = officer.page.locator("tr", has=officer.page.get_by_role("rowheader", name="Phường Vũng Tàu")).first
    if row.count() == 0:
        return 0, 0
    cell = row.locator("td.num").first
    found = re.search(r"([\d.]+)/([\d.]+)", cell.inner_text())
    figures = (int(found[1].replace(".", "")), int(found[2].replace(".", ""))) if found else (0, 0)
    if code:
        press(cell.locator("a").first)
        officer.sees(code)
        _see(officer, "dossiers behind the number", look=look)
        officer.page.go_back()
        press(row.get_by_role("link").first)
        officer.page.wait_for_url("**/so-lieu/don-vi/**")
        _see(officer, "unit board", look=look)
    return figures
