"""Paper all the way: what is asked for is brought to the desk and recorded there; another dossier is withdrawn on paper."""

import pytest

from tests.e2e.steps import act, ask_for_more, assign, at, press, receive_on_paper, send, write

pytestmark = pytest.mark.e2e

OFFICER = "Nguyễn Văn Mẫu Thụ Lý"
OWNER = "Lê Thị Mẫu Giấy"
OTHER = "Phạm Văn Mẫu Rút Đơn"


def test_what_was_asked_for_is_brought_to_the_desk(person, eventually):
    number, code = receive_on_paper(person, name=OWNER, identity="077175000311")
    assign(person, number, OFFICER)
    ask_for_more(person, number, "officer", "Chụp lại cho rõ, đủ bốn góc.")
    send(person, "receptionist", number, "request_supplement", eventually)

    desk = at(person, "receptionist", number)
    desk.sees("Hồ sơ chờ bổ sung đến hết ngày")
    press(desk.page.get_by_role("link", name="Nhận bổ sung tại quầy"))
    desk.sees("Chụp lại cho rõ, đủ bốn góc.")
    desk.look("visit at the desk")
    desk.page.locator('[name="item_0"][value="original"]').check()
    press(desk.page.get_by_role("button", name="Ghi nhận đã đủ"))
    desk.sees(f"Đã ghi nhận bổ sung đủ; hồ sơ {code} được giải quyết tiếp.")
    desk.sees("Người đã đến quầy")

    officer = at(person, "officer", number)
    officer.sees(f"{OFFICER} giữ từ")
    officer.sees(OWNER)
    assert officer.page.get_by_role("link", name="Soạn: Kết quả giải quyết").count() == 1


def test_a_dossier_is_withdrawn_at_the_desk(person, eventually):
    number, code = receive_on_paper(person, name=OTHER, identity="077092000312")
    assign(person, number, OFFICER)

    act(
        at(person, "receptionist", number),
        "withdraw_on_behalf",
        reason="Tôi không còn nhu cầu.",
        has_paper="on",
    )
    head = at(person, "unit_head", number)
    head.sees("người nộp đề nghị rút")
    officer = at(person, "officer", number)
    write(officer, "Soạn: Trả lời đề nghị rút", "Lưu và trình ký", answer="agree", reason="Đồng ý theo đơn.")
    act(at(person, "unit_head", number), "sign_draft")
    desk = send(person, "receptionist", number, "withdraw", eventually)
    desk.sees(f"Đã cho rút hồ sơ {code}.")
