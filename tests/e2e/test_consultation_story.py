"""A house permit asks two units: one answers on paper, the other says nothing until its day is over, which counts as agreeing."""

import re

import pytest

from tests.e2e.steps import assign, at, receive_on_paper

pytestmark = pytest.mark.e2e

HOUSE_PERMIT = "1.013225"
OFFICER = "Nguyễn Văn Mẫu Thụ Lý"
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

    asked = person()
    asked.take_role("consulted")
    asked.go("/mot-cua/?muc=y-kien")
    asked.page.get_by_role("link", name=re.compile(code)).first.click()
    asked.sees("Nội dung cần cho ý kiến")
    asked.look("question to another unit")
    answer = asked.context.request.get(f"{asked.root}/mot-cua/{number}/")
    assert answer.status == 404, "who is asked sees the question and not the dossier"
    asked.page.locator('[name="kind"][value="agrees"]').check()
    asked.page.locator('[name="text"]').fill("Đồng ý, không ảnh hưởng cảnh quan.")
    asked.page.get_by_role("button", name="Trình ký").click()

    done = stack.manage("shell", "-c", DAY_IS_OVER)
    assert done.returncode == 0, done.stderr
    officer.page.reload()
    officer.sees(re.compile("không trả lời|đồng ý do|coi là đã đồng ý|im lặng"))
    officer.look("dossier with answers of other units")
