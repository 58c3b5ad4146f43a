"""What people do again and again in the stories: receive on paper, open one dossier, act, write and send a draft."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from portal import clock

PROCEDURE = "1.004873"  # marital status
NUMBERED = re.compile(r"H\d+\.[\d-]+")


def receive_on_paper(
    person, *, name: str, identity: str, procedure: str = PROCEDURE, case: str = ""
) -> tuple[str, str]:
    """Receive a paper dossier at the counter of the ward; gives the number of its page and its code."""
    clerk = person()
    clerk.take_role("receptionist")
    clerk.go("/mot-cua/tai-quay/")
    page = clerk.page
    chosen = page.locator('select[name="procedure"] option', has_text=procedure).first.get_attribute("value")
    page.locator('select[name="procedure"]').select_option(chosen)
    page.get_by_role("button", name="Tải giấy tờ và phí").click()
    clerk.sees("4. Phí, trả kết quả")
    if case:
        page.locator('select[name="case_code"]').select_option(case)
        page.get_by_role("button", name="Tải giấy tờ và phí").click()
        expect(page.locator('select[name="case_code"]')).to_have_value(case)
    page.locator('[name="identity"]').fill(identity)
    page.locator('[name="full_name"]').fill(name)
    page.locator('[name="birth_date"]').fill("12/04/1975")
    page.locator('[name="address"]').fill("45 Nguyễn An Ninh")
    for place in range(page.locator(".counter-paper").count()):
        page.locator(f'[name="paper_{place}"][value="original"]').check()
    page.get_by_role("button", name="Nhận và in phiếu").click()
    clerk.sees("Đã nhận hồ sơ")
    page.get_by_role("link", name="Mở hồ sơ").click()
    clerk.sees(name)
    code = NUMBERED.search(page.locator("main").inner_text())
    assert code is not None
    return page.url.rstrip("/").rsplit("/", 1)[-1], code.group(0)


def at(person, role: str, number: str):
    """Somebody opens a dossier's page."""
    one = person()
    one.take_role(role)
    one.go(f"/mot-cua/{number}/")
    return one


def act(one, name: str, **typed: str) -> None:
    """Do one act of the page, or of the paper to which the page leads; `typed`: what is filled in first."""
    form = one.page.locator(f"#viec-{name}").first
    if form.count() == 0:
        one.page.get_by_role("link", name=re.compile("mở văn bản")).first.click()
        form = one.page.locator(f"#viec-{name}").first
    folded = one.page.locator("details:not([open])", has=form).first
    if folded.count():
        folded.locator("summary").first.click()
    for field, value in typed.items():
        _fill(form, field, value)
    form.locator("button[type=submit]").last.click()
    expect(one.page.locator(".notice-success, .alert-success").first).to_be_visible()


def assign(person, number: str, name: str) -> None:
    """The desk passes the dossier on, and the head of the department gives it to an officer."""
    act(at(person, "receptionist", number), "forward")
    head = at(person, "unit_head", number)
    choice = head.page.locator('#viec-assign select[name="officer"] option', has_text=name).first
    value = choice.get_attribute("value")
    assert value
    act(head, "assign", officer=value)


def write(one, link: str, button: str, **typed: str) -> None:
    """Write a draft that the page offers, and keep or submit it."""
    one.page.get_by_role("link", name=re.compile(link)).first.click()
    form = one.page.locator('form:has(button[name="viec"])')
    for field, value in typed.items():
        _fill(form, field, value)
    form.get_by_role("button", name=button).click()
    expect(one.page.locator(".notice-success, .alert-success").first).to_be_visible()


def ask_for_more(person, number: str, officer: str, note: str) -> None:
    """Ask for a better paper: drafted by the officer, signed by the head, sent by the desk."""
    one = at(person, officer, number)
    write(
        one,
        "Soạn: .*bổ sung",
        "Lưu và trình ký",
        paper_0="on",
        note_0=note,
        reason="Giấy tờ đã nộp bị mờ, không đối chiếu được.",
        answer_by=f"{_workday():%d/%m/%Y}",
    )
    act(at(person, "unit_head", number), "sign_draft")


def draft_the_certificate(officer, *, look: str = "") -> None:
    """The form starts from the answers; the officer adds what the citizen cannot know, sees the paper and proposes it."""
    page = officer.page
    page.get_by_role("link", name=re.compile("(Soạn|Viết tiếp): Kết quả")).first.click()
    page.locator('[name="can_bo_xung_ho"][value="bà"]').check()
    page.locator('[name="can_bo_ho_ten"]').fill("Lê Thị Mẫu Hộ Tịch")
    page.locator('[name="giay_to_loai"]').select_option("Số định danh cá nhân")
    page.get_by_role("button", name="Lưu và xem văn bản").click()
    officer.sees("hiện tại chưa đăng ký kết hôn với ai")
    if look:
        officer.look(look)
    page.get_by_role("button", name="Lưu và trình lãnh đạo").click()
    expect(page.locator(".notice-success, .alert-success, [role=status]").first).to_be_visible()


def send(person, role: str, number: str, name: str, eventually):
    """Send a signed paper once the worker has made its file; gives who sent it."""
    one = at(person, role, number)

    def is_there():
        one.page.reload()
        return one.page.locator(f"#viec-{name}").count()

    eventually(is_there, 60)
    act(one, name)
    return one


def _fill(form, name: str, value: str) -> None:
    field = form.locator(f'[name="{name}"]')
    kind = field.first.get_attribute("type") or ""
    if kind == "radio":
        form.locator(f'[name="{name}"][value="{value}"]').check()
    elif kind == "checkbox":
        field.first.check()
    elif field.first.evaluate("one => one.tagName") == "SELECT":
        field.first.select_option(value)
    else:
        field.first.fill(value)


def _workday():
    """A working day in two weeks or so: no Saturday, no Sunday."""
    day = clock.today() + timedelta(days=14)
    return day + timedelta(days=(0, 0, 0, 0, 0, 2, 1)[day.weekday()])
