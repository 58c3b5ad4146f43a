"""An officer leaves in the middle of the work: the administrator ends the role, the successor finishes, the page names who holds it."""

import pytest

from tests.e2e.steps import assign, at, receive_on_paper

pytestmark = pytest.mark.e2e

DEPARTMENT = "Văn phòng HĐND và UBND phường Vũng Tàu"
LEAVES = "Vũ Văn Mẫu Phối Hợp"  # an officer of the department for this story alone
STAYS = "Nguyễn Văn Mẫu Thụ Lý"
ROLE = "chuyên viên thụ lý"


def test_what_an_officer_held_goes_to_the_successor(person, eventually):
    administrator = person()
    administrator.take_role("administrator")
    _grant(administrator)

    number, code = receive_on_paper(person, name="Ngô Thị Mẫu Chờ", identity="077160000321")
    assign(person, number, LEAVES)
    before = at(person, "unit_head", number)
    before.sees(f"{LEAVES} giữ từ")

    _end(administrator, code)

    def has_moved():
        before.page.reload()
        return f"{STAYS} giữ từ" in before.page.locator("#viec").inner_text()

    eventually(has_moved, 40)
    gone = person()
    gone.take_role("consulted")
    answer = gone.context.request.get(f"{gone.root}/mot-cua/{number}/")
    assert answer.status == 404, "who has no role there any more does not see it"

    successor = at(person, "officer", number)
    successor.sees(f"{STAYS} giữ từ")
    successor.sees("Chuyển việc")
    successor.page.get_by_role("link", name="Soạn: Kết quả giải quyết").click()
    successor.sees("Lưu và xem văn bản")


def _grant(administrator) -> None:
    """Make the other one an officer of the department too."""
    page = administrator.page
    _person(administrator)
    page.locator('select[name="unit"]').select_option(label=DEPARTMENT)
    page.locator('select[name="role"]').select_option(label=ROLE)
    page.get_by_role("button", name="Cấp vai trò").click()
    administrator.sees("Đã cấp vai trò")


def _end(administrator, code: str) -> None:
    """End that role, naming the successor; what hangs on it is shown first."""
    page = administrator.page
    _person(administrator)
    row = page.locator("tr", has_text=ROLE).filter(has_text=DEPARTMENT).filter(has_text="đang giữ")
    row.get_by_role("link", name="Thu hồi").click()
    administrator.sees(code)
    administrator.look("end of a role")
    page.locator('select[name="successor"]').select_option(label=STAYS)
    page.get_by_role("button", name="Thu hồi vai trò").click()
    administrator.sees("Đã thu hồi vai trò")


def _person(administrator) -> None:
    administrator.go("/quan-tri/nhan-su/")
    administrator.page.get_by_role("link", name=LEAVES).click()
    administrator.sees("Xác thực hai lớp")
