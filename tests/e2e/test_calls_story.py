"""A text message that never arrived: the desk finds whom to call, on a telephone of its own too, and notes what was said."""

import pytest

from tests.e2e.steps import press, receive_on_paper

pytestmark = pytest.mark.e2e
FAIL = """
from integrations.models import OutboxMessage
assert OutboxMessage.objects.filter(channel="sms", address="0903000777").update(state="failed") == 1
from dossiers.services import untold
assert untold.take_up_all() == 1
"""


def test_whom_no_message_reached_is_called_and_it_is_noted(person, stack):
    number, code = receive_on_paper(person, name="Phan Thị Sáu", identity="077155000341", phone="0903000777")
    done = stack.manage("shell", "-c", FAIL)
    assert done.returncode == 0, done.stderr
    clerk = person(scripts=False, width=360)
    clerk.take_role("receptionist")
    clerk.go(f"/mot-cua/{number}/")
    clerk.sees("Chưa báo được cho chủ hồ sơ Phan Thị Sáu, gọi điện: 0903000777")
    clerk.look("a dossier whose owner was not told")
    clerk.go("/mot-cua/")
    press(clerk.page.get_by_role("link", name="Cần gọi điện"))
    clerk.sees(f"Hồ sơ {code} đã được tiếp nhận")
    clerk.look("the list of calls")
    press(clerk.page.get_by_role("link", name="Ghi cuộc gọi").first)
    clerk.look("a call")
    press(clerk.page.get_by_role("button", name="Ghi cuộc gọi"))
    clerk.sees("Đã nói với ai, nội dung gì")
    clerk.look("a call without words")
    clerk.faults[:] = [fault for fault in clerk.faults if "400" not in fault]  # the browser's word for what was refused
    clerk.page.locator('[name="reason"]').fill("Đã báo bà Sáu, hẹn trả kết quả như giấy tiếp nhận.")
    press(clerk.page.get_by_role("button", name="Ghi cuộc gọi"))
    clerk.sees("Không có ai cần gọi điện")
    clerk.go(f"/mot-cua/{number}/")
    clerk.sees("đã báo được: Đã báo bà Sáu")
