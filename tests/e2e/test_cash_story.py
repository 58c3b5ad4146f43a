"""A day of the cashier, keyboard only: an account, a drawer, cash, a transfer by its VietQR words, a difference, hand-over."""

import re
from datetime import datetime

import pytest
from playwright.sync_api import expect

from portal.clock import VIETNAM
from tests.e2e.steps import receive_on_paper

pytestmark = pytest.mark.e2e
EXTRACT = "Cấp bản sao trích lục hộ tịch"
CHANGE, COUNTED = "200.000", "222.000"
HEAD = "Ngày giao dịch;Ghi nợ;Ghi có;Nội dung;Mã giao dịch\n"


class Hands:
    """Somebody who touches no mouse: where the cursor stands, keys are pressed, and Enter leads on."""

    def __init__(self, person, role: str) -> None:
        self.person = person()
        self.person.take_role(role)
        self.page = self.person.page

    def types(self, name: str, text: str) -> None:
        field = self.page.locator(f'main [name="{name}"]').first
        field.focus()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def chooses(self, name: str, label: str) -> None:
        self.page.locator(f'main select[name="{name}"]').select_option(label=label)

    def enters(self, words: str, *, role: str = "button") -> None:
        with self.page.expect_navigation():
            self.page.get_by_role(role, name=re.compile(words)).first.press("Enter")

    def opens(self, path: str, look: str) -> None:
        self.person.go(path)
        self.person.look(look)


def test_a_cash_day_with_a_transfer_and_a_difference(person):
    ruler = Hands(person, "administrator")
    ruler.opens("/mot-cua/don-vi-thu/", "fee offices")
    ruler.page.locator('main select[name="unit"]').select_option(label="Ủy ban nhân dân phường Vũng Tàu")
    for name, text in {
        "valid_from": "01/01/2025",
        "tax_code": "3000000005",
        "bank_bin": "970436",
        "bank_name": "Ngân hàng mẫu",
        "account": "0071009900001",
        "holder": "UBND PHUONG MAU",
        "treasury": "Kho bạc mẫu",
    }.items():
        ruler.types(name, text)
    ruler.enters("Ghi đơn vị thu")
    ruler.person.sees("Đã ghi đơn vị thu")

    in_cash, _code = receive_on_paper(
        person, name="Đỗ Thị Mẫu Tiền", identity="077185000881", procedure=EXTRACT, fee_copies="3"
    )
    by_bank, code = receive_on_paper(
        person, name="Đỗ Văn Mẫu Khoản", identity="077085000882", procedure=EXTRACT, fee_copies="2"
    )

    cashier = Hands(person, "cashier")
    cashier.opens("/mot-cua/thu-ngan/", "what is due")
    cashier.enters("Mở ca thu", role="link")
    cashier.types("opening_cash", CHANGE)
    cashier.person.look("a drawer to open")
    cashier.enters("Mở ca thu")
    cashier.person.sees("Đã mở ca thu")

    cashier.opens(f"/mot-cua/{in_cash}/tien/", "money of a dossier")
    cashier.person.sees("24.000 đ")
    cashier.enters("Đã nhận 24.000 đ")
    cashier.person.sees("Biên lai số")
    cashier.opens(f"/mot-cua/{in_cash}/tien/", "money that is there")
    cashier.enters("Hoàn trả", role="link")
    cashier.person.look("money given back")
    cashier.opens(f"/mot-cua/{by_bank}/tien/", "a transfer waited for")
    expect(cashier.page.locator("main")).to_contain_text(code)

    said = code.replace(".", "").replace("-", " ")
    today = f"{datetime.now(VIETNAM):%d/%m/%Y}"
    rows = f"{today};;16.000;CK {said} NOP LE PHI;FT01\n{today};;5.000;QUA TANG;FT02\n"
    statement = {"name": "sao-ke.csv", "mimeType": "text/csv", "buffer": (HEAD + rows).encode("utf-8-sig")}
    cashier.opens("/mot-cua/thu-ngan/sao-ke/", "statements")
    for told in (
        "Đã khớp 1 khoản; 0 dòng đã nhập trước đó; 1 dòng cần xem",
        "Đã khớp 0 khoản; 2 dòng đã nhập trước đó",
    ):
        cashier.page.locator('main input[type="file"]').set_input_files(statement)
        cashier.enters("Nhập sao kê")
        cashier.person.sees(told)
    cashier.person.look("a statement with a line that names no dossier")
    cashier.page.locator("main details > summary").first.press("Enter")
    cashier.types("reason", "Quà tặng nhầm tài khoản")
    cashier.enters("Để ra ngoài")
    cashier.person.sees("Đã để ra ngoài")

    cashier.person.go("/mot-cua/thu-ngan/")
    cashier.enters("Trung tâm Phục vụ hành chính công", role="link")
    cashier.person.sees("1 lần thu 16.000 đ")
    cashier.types("counted", COUNTED)
    cashier.enters("Đóng ca thu")
    cashier.person.sees("lệch với sổ")  # what is missing is asked about before anything is closed
    cashier.person.look("a drawer that does not balance")
    cashier.person.faults.clear()  # the browser's console names the refusal
    cashier.types("counted", COUNTED)
    cashier.types("reason", "Trả lại thừa 2.000 đ.")
    cashier.enters("Đóng ca thu")
    cashier.person.sees("Phiếu bàn giao tiền")
    cashier.person.sees(re.compile(r"[-−]2\.000"))
    drawer = cashier.page.url.split("localhost")[1].split("/", 1)[1]
    cashier.opens("/mot-cua/thu-ngan/bang-ke/", "the sheets of a day")

    head = Hands(person, "desk_head")
    head.opens(f"/{drawer}", "a drawer to be taken over")
    head.enters("Ký nhận")
    head.person.sees("Đã nhận bàn giao")
    head.types("reason", "Người thu nộp bù.")
    head.enters("Ghi xử lý")
    head.person.sees("Đã ghi xử lý chênh lệch")
    head.opens("/mot-cua/thu-ngan/ca/", "drawers")
