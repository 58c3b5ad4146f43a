"""A request for more over an answer of the form, by keyboard alone: ticked, signed, corrected, sent; papers looked at as pictures."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.steps import _workday, act, assign, at, file_online, press, send
from tests.vault.samples import pdf

pytestmark = pytest.mark.e2e
WARD = "Ủy ban nhân dân phường Vũng Tàu"
OFFICER = "Nguyễn Văn Mẫu Thụ Lý"


def tab_to(page, selector: str, most: int = 150) -> None:
    """Press Tab until the focus is on what is meant."""
    for _press in range(most):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(selector)


def into(page, selector: str, words: str) -> None:
    """Reach a field by Tab and type over what stands there."""
    tab_to(page, selector)
    page.keyboard.press("Control+a")
    page.keyboard.type(words)


def test_an_answer_is_asked_anew_and_corrected_by_keyboard(person, eventually):
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

    _scan(at(person, "receptionist", number))
    officer = at(person, "officer", number)
    _look_at_papers(officer)
    _ask_by_keyboard(officer)
    act(at(person, "unit_head", number), "sign_draft")
    send(person, "receptionist", number, "request_supplement", eventually)

    citizen.go(f"/ho-so/{reference}/bo-sung/")
    citizen.sees("Ghi đủ số nhà, tên đường, phường.")
    citizen.look("supplement over an answer")
    page = citizen.page
    field = '[name="khai-lai-nyc_noi_cu_tru"]'
    assert page.locator('main form [name^="khai-lai-"]').count() == 1
    tab_to(page, "form[data-portal-keep] button.btn-primary")
    page.keyboard.press("Enter")
    citizen.sees("Chưa có phần bổ sung cho: Tờ khai, mục “Nơi cư trú”.")
    assert "400" in citizen.faults.pop()  # the browser's console counts the refusal as a fault
    into(page, field, "12 Lê Lợi, phường Vũng Tàu")
    with page.expect_navigation():
        page.keyboard.press("Enter")  # keeps, sends nothing
    citizen.sees("Đã lưu phần kê khai sửa lại")
    tab_to(page, "form[data-portal-keep] button.btn-primary")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    citizen.sees("Đã gửi phần bổ sung")

    again = at(person, "officer", number)
    again.sees("12 Lê Lợi, phường Vũng Tàu")
    again.sees("trước là 45 Nguyễn An Ninh; nay là 12 Lê Lợi, phường Vũng Tàu.")


def _scan(desk) -> None:
    """The desk scans two pages of a paper that the dossier may have."""
    page = desk.page
    press(page.get_by_role("link", name="Quét, chụp giấy tờ"))
    with page.expect_navigation():
        page.locator('form[data-portal-upload] input[type="file"]').first.set_input_files(
            {"name": "giay-to.pdf", "mimeType": "application/pdf", "buffer": pdf(pages=2)}
        )
    desk.sees("Đã nhận tệp")


def _look_at_papers(officer) -> None:
    """The papers' pages come beside the answers; keys page, turn and mark while the focus is among them."""
    page = officer.page
    picture = page.locator("#xem figure img").first
    picture.wait_for(timeout=20_000)
    expect(picture).to_have_js_property("complete", value=True)
    assert picture.evaluate("image => image.naturalWidth") > 0
    officer.look("dossier with its papers beside it")
    tab_to(page, "#xem a, #xem button")
    page.keyboard.press("r")
    page.locator("#xem .turn-90").wait_for()
    page.keyboard.press("z")
    page.locator("#xem .page-large").wait_for()
    page.keyboard.press("k")
    page.locator("#xem", has_text=f"Đã kiểm: {OFFICER}").wait_for()
    assert page.evaluate("document.activeElement.closest('#xem') !== null")
    link = page.get_by_role("link", name=re.compile("Xem từng trang")).first
    press(link)
    officer.sees("Trang 1/2")
    officer.look("viewer on a page of its own")
    _look_without_scripts(officer)
    press(page.get_by_role("link", name="Về hồ sơ"))


def _look_without_scripts(officer) -> None:
    """The same page by plain links, for a browser that runs no scripts."""
    context = officer.context.browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 900})
    try:
        context.add_cookies(officer.context.cookies())
        page = context.new_page()
        page.goto(officer.page.url)
        expect(page.locator("#xem figure img")).to_be_visible()
        press(page.get_by_role("link", name="Sau"))
        expect(page.locator("#xem")).to_contain_text("Trang 2/2")
        press(page.get_by_role("link", name="Xoay"))
        expect(page.locator("#xem .turn-90")).to_be_visible()
    finally:
        context.close()


def _ask_by_keyboard(officer) -> None:
    page = officer.page
    press(page.get_by_role("link", name=re.compile("Soạn: .*bổ sung")).first)
    officer.look("tick-list of a supplement request")
    step = page.locator("details.tick-group", has_text="Người yêu cầu").first
    place = step.locator('input[type="checkbox"]').evaluate_all(
        "boxes => boxes.find(box => box.closest('.tick-line').textContent.includes('Nơi cư trú')).name"
    )
    for _press in range(60):  # to the fold of the step
        page.keyboard.press("Tab")
        if page.evaluate(
            "document.activeElement.tagName === 'SUMMARY' && document.activeElement.textContent.includes('yêu cầu')"
        ):
            break
    page.keyboard.press("Enter")
    tab_to(page, f'[name="{place}"]')
    page.keyboard.press("Space")
    into(page, f'[name="{place.replace("field", "about")}"]', "Ghi đủ số nhà, tên đường, phường.")
    into(page, '[name="reason"]', "Địa chỉ chưa đủ để xác minh.")
    into(page, '[name="answer_by"]', f"{_workday():%d/%m/%Y}")
    tab_to(page, 'button[name="viec"].btn-primary')
    with page.expect_navigation():
        page.keyboard.press("Enter")
    officer.sees("Đã lưu và trình dự thảo")
