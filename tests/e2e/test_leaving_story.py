"""An officer leaves in the middle of the work: the administrator ends the role, and the dossier comes to its end without them.

Told twice: with a successor who is named, and with nobody named, so that the work lies in the unit's queue until somebody
takes it.
"""

import pytest

from tests.e2e.steps import (
    ON_PAPER,
    act,
    agree_at_desk,
    assign,
    at,
    draft_the_certificate,
    finish,
    grant,
    open_person,
    press,
    receive_on_paper,
)

pytestmark = pytest.mark.e2e

DEPARTMENT = "Văn phòng HĐND và UBND phường Vũng Tàu"
LEAVES = "Vũ Văn Mẫu Phối Hợp"  # an officer of the department for these stories alone
STAYS = "Nguyễn Văn Mẫu Thụ Lý"
ROLE = "chuyên viên thụ lý"


@pytest.fixture
def administrator(person):
    """Makes the one who will leave an officer of the department."""
    one = person()
    one.take_role("administrator")
    grant(one, LEAVES, ROLE, DEPARTMENT)
    return one


def test_what_an_officer_held_goes_to_the_successor(person, administrator, eventually):
    owner = "Ngô Thị Mẫu Chờ"
    number, code = receive_on_paper(person, name=owner, identity="077160000321")
    assign(person, number, LEAVES)
    watching = at(person, "unit_head", number)
    watching.sees(f"{LEAVES} giữ từ")

    _end(administrator, code, successor=STAYS)
    eventually(lambda: _now(watching, f"{STAYS} giữ từ"), 40)
    _is_gone(person, number)

    successor = at(person, "officer", number)
    successor.sees(f"{STAYS} giữ từ")
    successor.sees("Chuyển việc")
    draft_the_certificate(successor, **ON_PAPER)
    agree_at_desk(person, number, successor)
    returner = finish(person, number, eventually, to=owner)
    returner.sees(code)


def test_without_a_successor_the_work_waits_until_somebody_takes_it(person, administrator, eventually):
    owner = "Lâm Thị Mẫu Hàng Chung"
    number, code = receive_on_paper(person, name=owner, identity="077165000322")
    assign(person, number, LEAVES)
    watching = at(person, "unit_head", number)

    _end(administrator, code)
    eventually(lambda: _now(watching, "Chưa ai nhận"), 40)
    watching.sees(f"Người nhận được: {STAYS}")

    other = at(person, "officer", number)
    act(other, "take")
    other.sees(f"{STAYS} giữ từ")
    draft_the_certificate(other, **ON_PAPER)
    agree_at_desk(person, number, other)
    returner = finish(person, number, eventually, to=owner)
    returner.sees(code)


def _end(administrator, code: str, successor: str = "") -> None:
    """End that role; what hangs on it is shown first."""
    page = administrator.page
    open_person(administrator, LEAVES)
    row = page.locator("tr", has_text=ROLE).filter(has_text=DEPARTMENT).filter(has_text="đang giữ")
    press(row.get_by_role("link", name="Thu hồi"))
    administrator.sees(code)
    if successor:
        administrator.look("end of a role")
        page.locator('select[name="successor"]').select_option(label=successor)
    press(page.get_by_role("button", name="Thu hồi vai trò"))
    administrator.sees("Đã thu hồi vai trò")


def _now(one, words: str) -> bool:
    one.page.reload()
    return words in one.page.locator("#viec").inner_text()


def _is_gone(person, number: str) -> None:
    gone = person()
    gone.take_role("consulted")
    answer = gone.context.request.get(f"{gone.root}/mot-cua/{number}/")
    assert answer.status == 404, "who has no role there any more does not see it"
