"""A house permit asks two units: one answers on a signed paper, the other says nothing until its day is over.

Its silence counts as agreeing; the officer sees both and goes on.
"""

import pytest

from tests.e2e.steps import HOUSE_PERMIT, act, assign, at, press, receive_on_paper, write

pytestmark = pytest.mark.e2e

OFFICER = "Nguyễn Văn Mẫu Thụ Lý"
ANSWER = "Đồng ý, không ảnh hưởng cảnh quan khu dân cư."
# What the officer reads in the application on paper, and adds.
PERMIT = {
    "ct_ten": "Nhà ở riêng lẻ",
    "ct_loai": "Công trình dân dụng",
    "ct_cap": "Cấp III",
    "tk_ten": "Bản vẽ thiết kế nhà ở gia đình",
    "tk_don_vi": "Công ty Thiết kế Mẫu",
    "tk_chu_tri": "Kiến trúc sư Mẫu Vẽ",
    "lo_dat": "thửa 12, tờ bản đồ 34",
    "dien_tich_dat": "120",
    "vi_tri": "45 Nguyễn An Ninh",
    "cot": "0,3",
    "chi_gioi_duong_do": "trùng ranh đất phía đường",
    "chi_gioi_xay_dung": "trùng chỉ giới đường đỏ",
    "mat_do": "80",
    "he_so": "2,4",
    "tang_1": "96",
    "tong_san": "288",
    "chieu_cao": "11,5",
    "so_tang": "3",
    "giay_to_dat": "Giấy chứng nhận số 01 ngày 02/02/2020",
}
# The deadline of the department of culture lies behind us, and the sweep of the beat comes by.
DAY_IS_OVER = """
from datetime import timedelta
from dossiers.models.work import WorkItem
from dossiers.tasks import close_silent_consultations
from portal import clock
late = clock.now() - timedelta(hours=1)
WorkItem.objects.filter(kind="consult", closed_at=None, consultation__silence_agrees=True).update(due_at=late)
close_silent_consultations()
"""


def test_one_unit_answers_and_the_silence_of_the_other_agrees(person, stack, eventually):
    number, code = receive_on_paper(
        person, name="Trịnh Thị Mẫu Xây", identity="077188000331", procedure=HOUSE_PERMIT, case="nha-o"
    )
    assign(person, number, OFFICER)
    officer = at(person, "officer", number)
    officer.sees("Lấy ý kiến")
    officer.sees("Sở Văn hóa và Thể thao")

    _answer(person, number, code, eventually)
    done = stack.manage("shell", "-c", DAY_IS_OVER)
    assert done.returncode == 0, done.stderr

    officer.page.reload()
    officer.sees(ANSWER)
    officer.sees("không có ý kiến nên được coi là đã đồng ý")
    officer.look("dossier with answers of other units")
    assert officer.page.get_by_role("link", name="Văn bản trả lời lấy ý kiến").count() >= 1
    write(officer, "Soạn: Kết quả", "Lưu và trình lãnh đạo", **PERMIT)
    act(at(person, "unit_head", number), "approve")
    at(person, "signer", number).sees("Ký kết quả")


def _answer(person, number: str, code: str, eventually) -> None:
    """Who is asked sees the question and not the dossier; the head of that unit signs, and then the answer is sent."""
    asked = person()
    asked.take_role("consulted")
    asked.go("/mot-cua/?muc=y-kien")
    press(asked.page.get_by_role("link", name=code))
    asked.sees("Nội dung cần cho ý kiến")
    asked.look("question to another unit")
    answer = asked.context.request.get(f"{asked.root}/mot-cua/{number}/")
    assert answer.status == 404, "who is asked sees the question and not the dossier"
    asked.page.locator('[name="kind"][value="agrees"]').check()
    asked.page.locator('[name="text"]').fill(ANSWER)
    press(asked.page.get_by_role("button", name="Trình ký"))
    asked.sees("chờ lãnh đạo đơn vị ký")

    head = person()
    head.take_role("unit_head")
    head.page.goto(asked.page.url)
    head.look("answer to sign")
    press(head.page.get_by_role("button", name="Ký duyệt"))
    head.sees("Đã ký duyệt")

    def is_made():
        asked.page.reload()
        return asked.page.get_by_role("button", name="Gửi ý kiến").count()

    eventually(is_made, 60)
    press(asked.page.get_by_role("button", name="Gửi ý kiến"))
    asked.sees("Đã gửi ý kiến cho đơn vị hỏi")
