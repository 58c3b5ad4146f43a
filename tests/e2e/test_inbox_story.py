"""The lists of work by keyboard: chosen, ticked, acted on together, with a result a line; and the same without scripts."""

import pytest

from tests.e2e.steps import press, receive_on_paper

pytestmark = pytest.mark.e2e
PEOPLE = (("Đỗ Thị Một", "077155000350"), ("Đỗ Thị Hai", "077155000368"))


def test_a_clerk_works_a_list_by_keys_and_hands_several_on(person):
    found = [receive_on_paper(person, name=name, identity=number, phone="0903000888") for name, number in PEOPLE]
    clerk = person()
    clerk.take_role("receptionist")
    clerk.go("/mot-cua/?muc=nhom")
    clerk.look("the list of the team")
    page = clerk.page
    page.keyboard.press("?")
    sheet = page.locator("[data-portal-keys-sheet]")
    sheet.wait_for(state="visible")
    page.keyboard.press("j")  # behind the open sheet no key does anything
    assert page.locator(".row-current").count() == 0
    page.keyboard.press("Escape")
    sheet.wait_for(state="hidden")
    page.keyboard.press("/")
    page.keyboard.type("jx?a")  # while somebody types, keys are letters
    assert page.locator("[data-portal-desk-search]").input_value() == "jx?a"
    page.locator("h1").click()
    for _place, (_number, code) in enumerate(found):
        row = page.locator("tbody tr", has_text=code[-5:])
        for _press in range(60):
            if "row-current" in (row.first.get_attribute("class") or ""):
                break
            page.keyboard.press("j")
        page.keyboard.press("x")
        assert row.locator("input[type=checkbox]").first.is_checked()
        page.keyboard.press("a")
        assert page.evaluate("document.activeElement.hasAttribute('data-portal-next')")
        for _press in range(60):
            page.keyboard.press("k")
    press(page.get_by_role("button", name="Chuyển phòng chuyên môn"))
    clerk.sees("2 trong 2 việc đã chuyển")
    clerk.look("what became of several")


def test_the_list_needs_no_scripts_and_fits_a_telephone(person):
    receive_on_paper(person, name="Đỗ Thị Ba", identity="077155000376", phone="0903000888")
    clerk = person(scripts=False, width=360)
    clerk.take_role("receptionist")
    clerk.go("/mot-cua/?muc=nhom")
    clerk.look("the list of the team without scripts")
    press(clerk.page.get_by_role("button", name="Chuyển phòng chuyên môn"))
    clerk.sees("Hãy chọn ít nhất một việc")
    clerk.look("nothing was chosen")
    clerk.faults[:] = [fault for fault in clerk.faults if "400" not in fault]
