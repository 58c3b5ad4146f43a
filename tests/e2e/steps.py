"""What people do again and again in the stories: file, receive on paper, open one dossier, act, draft, finish; grant roles."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from playwright.sync_api import Locator, Page, expect

from portal import clock

PROCEDURE = "1.004873"  # marital status
NUMBERED = re.compile(r"H\d+\.[\d-]+")
FILING = {
    "procedure": "1.004873",
    "answers": {
        "nguoi_yeu_cau": {
            "nyc_ho_ten": "Trần Văn Mẫu Nam",
            "nyc_ngay_sinh": "1989-10-02",
            "nyc_dinh_danh": "077089000102",
            "nyc_dien_thoai": "0903000102",
            "nyc_noi_cu_tru": "45 Nguyễn An Ninh",
            "quan_he": "1",
        },
        "nguoi_duoc_cap": {
            "nxn_ho_ten": "Trần Văn Mẫu Nam",
            "nxn_ngay_sinh": "1989-10-02",
            "nxn_dinh_danh": "077089000102",
            "nxn_gioi_tinh": "1",
            "nxn_dan_toc": "01",
            "nxn_quoc_tich": "VN",
            "nxn_noi_cu_tru": "45 Nguyễn An Ninh",
        },
        "tinh_trang": {"tinh_trang": "1"},
        "muc_dich": {"loai_muc_dich": "2", "muc_dich_khac": "Bổ túc hồ sơ vay vốn mua nhà", "so_ban_giay": 1},
    },
}  # values as a saved form stores them
ANSWERS = {key: value for step in FILING["answers"].values() for key, value in step.items()}
ISO_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
# What the officer adds to a certificate of marital status, and what they read in a declaration on paper.
CERTIFICATE = {"can_bo_xung_ho": "bà", "can_bo_ho_ten": "Lê Thị Mẫu Hộ Tịch", "giay_to_loai": "Số định danh cá nhân"}
ON_PAPER = {
    "gioi_tinh": "2",
    "dan_toc": "Kinh",
    "quoc_tich": "Việt Nam",
    "tinh_trang": "a",
    "muc_dich": "Bổ túc hồ sơ vay vốn mua nhà",
}
# What the counter asks of a declaration besides, by procedure; who it is about is the owner.
HOUSE_PERMIT = "1.013225"
AT_COUNTER = {
    PROCEDURE: {
        "nxn_gioi_tinh": "2",
        "nxn_dan_toc": "01",
        "nxn_quoc_tich": "VN",
        "tinh_trang": "1",
        "loai_muc_dich": "2",
        "muc_dich_khac": "Bổ túc hồ sơ vay vốn mua nhà",
        "so_ban_giay": "1",
    },
    HOUSE_PERMIT: {
        "dd_lo_dat": "Thửa 12, tờ bản đồ 5",
        "dd_so_nha": "45 Nguyễn An Ninh",
        "dd_phuong_xa": "26506",
        "dd_gcn_so": "MẪU 123456",
        "xd_cap": "4",
        "xd_tong_san": "120",
        "xd_so_tang": "2",
    },
}
# Who does each step of the route, where the desk of Vũng Tàu does; a story elsewhere names its own.
CAST = {"head": "unit_head", "signer": "signer", "clerk": "clerk", "returner": "returner"}


def press(where: Locator) -> None:
    """Press what leads to a page and be there: on a busy machine the next step would else be taken on the page left behind."""
    with where.page.expect_navigation():
        where.click()


def file_online(citizen, unit: str) -> str:
    """Fill in and send the demo's filing for a unit; gives the reference of the dossier."""
    page = citizen.page
    citizen.go(f"/ho-so/nop/{FILING['procedure']}/")
    page.locator('select[name="unit"]').select_option(label=unit)
    press(page.get_by_role("button", name="Bắt đầu điền"))
    for _step in FILING["answers"]:
        fill_step(page)
        press(page.get_by_role("button", name="Lưu và tiếp tục"))
    citizen.sees("Giấy tờ kèm theo")
    reference = page.url.split("/ho-so/")[1].split("/")[0]
    attach(citizen)
    press(page.get_by_role("link", name="Tiếp tục"))
    page.locator('[name="delivery"][value="online"]').check()
    page.locator('input[name="declared"]').check()
    press(page.get_by_role("button", name="Gửi hồ sơ"))
    citizen.sees("Đã gửi hồ sơ")
    return reference


def fill_step(page: Page) -> None:
    """Fill in what the step of the form asks."""
    for key, value in ANSWERS.items():
        field = page.locator(f'main form [name="{key}"]')
        if field.count() and field.first.is_visible():
            _fill(page.locator("main"), key, _typed(value))


def attach(citizen) -> None:
    """Upload one file for each paper that the page asks for."""
    forms = citizen.page.locator('form:has(input[type="file"])')
    for place in range(forms.count()):
        if forms.nth(place).is_visible():
            upload(citizen, forms.nth(place), f"giay-to-{place}.pdf")


def upload(citizen, form: Locator, name: str) -> None:
    """Choose a file, which sends it; without scripts a button does."""
    form.locator('input[type="file"]').set_input_files({"name": name, "mimeType": "application/pdf", "buffer": PDF})
    if not citizen.scripts:
        press(form.get_by_role("button", name="Tải lên"))
    citizen.sees(name)


def receive_on_paper(
    person, *, name: str, identity: str, procedure: str = PROCEDURE, case: str = "", phone: str = "", **counted: str
) -> tuple[str, str]:
    """Receive a paper dossier at the counter of the ward; gives the number of its page and its code. `counted`: for the fee."""
    clerk = person()
    clerk.take_role("receptionist")
    clerk.go("/mot-cua/tai-quay/")
    page = clerk.page
    chosen = page.locator('select[name="procedure"] option', has_text=procedure).first.get_attribute("value")
    page.locator('select[name="procedure"]').select_option(chosen)
    press(page.get_by_role("button", name="Tải giấy tờ và phí"))
    clerk.sees("Phí, trả kết quả")
    if case:
        page.locator('select[name="case_code"]').select_option(case)
        press(page.get_by_role("button", name="Tải giấy tờ và phí"))
        expect(page.locator('select[name="case_code"]')).to_have_value(case)
    page.locator('[name="identity"]').fill(identity)
    page.locator('[name="full_name"]').fill(name)
    page.locator('[name="birth_date"]').fill("12/04/1975")
    page.locator('[name="phone"]').fill(phone)
    page.locator('[name="address"]').fill("45 Nguyễn An Ninh")
    for key, value in AT_COUNTER.get(procedure, {}).items():
        _fill(page.locator("main"), f"to-khai-{key}", value)
    for place in range(page.locator(".counter-paper").count()):
        page.locator(f'[name="paper_{place}"][value="original"]').check()
    for key, value in counted.items():
        page.locator(f'[name="{key}"]').fill(value)
    if counted:  # who pays is told the amount before anything is received
        press(page.get_by_role("button", name="Nhận và in phiếu"))
        clerk.sees("Số tiền phải nộp là")
    press(page.get_by_role("button", name="Nhận và in phiếu"))
    clerk.sees("Đã nhận hồ sơ")
    press(page.get_by_role("link", name="Mở hồ sơ"))
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
        press(one.page.get_by_role("link", name=re.compile("mở văn bản")).first)
        form = one.page.locator(f"#viec-{name}").first
    folded = one.page.locator("details:not([open])", has=form).first
    if folded.count():
        folded.locator("summary").first.click()
    for field, value in typed.items():
        _fill(form, field, value)
    press(form.locator("button[type=submit]").last)
    expect(one.page.locator(".notice-success, .alert-success").first).to_be_visible()


def assign(person, number: str, name: str, *, desk: str = "receptionist", head: str = "unit_head") -> None:
    """The desk passes the dossier on, and the head of the department gives it to an officer."""
    act(at(person, desk, number), "forward")
    giver = at(person, head, number)
    choice = giver.page.locator('#viec-assign select[name="officer"] option', has_text=name).first
    value = choice.get_attribute("value")
    assert value
    act(giver, "assign", officer=value)


def write(one, link: str, button: str, **typed: str) -> None:
    """Write a draft that the page offers, and keep or submit it."""
    press(one.page.get_by_role("link", name=re.compile(link)).first)
    form = one.page.locator('form:has(button[name="viec"])')
    for field, value in typed.items():
        _fill(form, field, value)
    press(form.get_by_role("button", name=button))
    expect(one.page.locator(".notice-success, .alert-success").first).to_be_visible()


def ask_for_more(person, number: str, officer: str, note: str, *, head: str = "unit_head") -> None:
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
    act(at(person, head, number), "sign_draft")


def draft_the_certificate(officer, *, look: str = "", **typed: str) -> None:
    """The form starts from the answers; the officer adds what the citizen cannot know, sees the paper, has it checked.

    A dossier on paper has no answers: `typed` is what the officer reads in the declaration (ON_PAPER).
    """
    page = officer.page
    press(page.get_by_role("link", name=re.compile("(Soạn|Viết tiếp): Kết quả")).first)
    form = page.locator('form:has(button[name="viec"])')
    for field, value in {**CERTIFICATE, **typed}.items():
        _fill(form, field, value)
    press(page.get_by_role("button", name="Lưu và xem văn bản"))
    officer.sees("hiện tại chưa đăng ký kết hôn với ai")
    if look:
        officer.look(look)
    press(page.get_by_role("button", name="Lưu và gửi người nộp kiểm tra"))
    officer.sees("Người nộp đang kiểm tra bản này")


def agree_to_the_draft(citizen, reference: str, *words: str, look: str = "") -> None:
    """The applicant is led to the draft, reads the very sheet and agrees; `words`: what must stand there."""
    citizen.go(f"/ho-so/{reference}/")
    citizen.sees("Cần bạn kiểm tra")
    press(citizen.page.get_by_role("link", name="Xem bản dự thảo"))
    for one in ("DỰ THẢO", "Trả lời trước hết ngày", *words):
        citizen.sees(one)
    if look:
        citizen.look(look)
    press(citizen.page.get_by_role("button", name="Đúng, tôi đồng ý"))
    citizen.sees("Đã ghi nhận bạn đồng ý với bản dự thảo")


def agree_at_desk(person, number: str, officer) -> None:
    """Who filed on paper comes to the desk, is shown the draft and agrees; then the officer proposes it."""
    clerk = at(person, "receptionist", number)
    press(clerk.page.get_by_role("link", name="Ghi nhận trả lời tại quầy"))
    clerk.sees("DỰ THẢO")
    clerk.page.locator('[name="answer"][value="agrees"]').check()
    press(clerk.page.get_by_role("button", name="Ghi nhận trả lời"))
    clerk.sees("Đã ghi nhận người nộp đồng ý")
    officer.go(f"/mot-cua/{number}/")
    act(officer, "propose")


def finish(person, number: str, eventually, *, to: str, cast: Mapping[str, str] = CAST):
    """From the officer's proposal to the counter: approved, signed, issued, handed over; gives who handed it over."""
    act(at(person, cast["head"], number), "approve")
    act(at(person, cast["signer"], number), "approve")
    clerk = at(person, cast["clerk"], number)
    press(clerk.page.get_by_role("link", name=re.compile("Ban hành kết quả: mở văn bản")))
    when_made(clerk, "issue", eventually)
    returner = at(person, cast["returner"], number)
    act(returner, "return", handed_to=to, identity_seen="on", **unpaid(returner))
    returner.sees("Đã trả kết quả")
    return returner


def unpaid(returner) -> dict[str, str]:
    """What is ticked when a result is given away that is not paid for."""
    return {"unpaid_seen": "on"} if returner.page.locator('#viec-return input[name="unpaid_seen"]').count() else {}


def grant(administrator, name: str, role: str, unit: str) -> None:
    """The administrator gives somebody a role in a unit from today on."""
    open_person(administrator, name)
    page = administrator.page
    page.locator('select[name="unit"]').select_option(label=unit)
    page.locator('select[name="role"]').select_option(label=role)
    press(page.get_by_role("button", name="Cấp vai trò"))
    administrator.sees("Đã cấp vai trò")


def open_person(administrator, name: str) -> None:
    """Open the page of one member of staff."""
    administrator.go("/quan-tri/nhan-su/")
    press(administrator.page.get_by_role("link", name=name))
    administrator.sees("Xác thực hai lớp")


def send(person, role: str, number: str, name: str, eventually):
    """Send a signed paper once the worker has made its file; gives who sent it."""
    one = at(person, role, number)
    when_made(one, name, eventually)
    return one


def when_made(one, name: str, eventually) -> None:
    """Do the act that issues a signed paper: the page offers it once the worker has made the file."""

    def is_there():
        one.page.reload()
        return one.page.locator(f"#viec-{name}").count()

    eventually(is_there, 60)
    act(one, name)


def _typed(value: object) -> str:
    text = str(value)
    return f"{date.fromisoformat(text):%d/%m/%Y}" if ISO_DAY.match(text) else text


def _fill(form, name: str, value: str) -> None:
    field = form.locator(f'[name="{name}"]')
    kind = field.first.get_attribute("type") or ""
    if kind == "radio":
        form.locator(f'[name="{name}"][value="{value}"]').check()
    elif kind == "checkbox":
        form.locator(f'[name="{name}"][value="{value}"]').or_(field).first.check()
    elif field.first.evaluate("one => one.tagName") == "SELECT":
        field.first.select_option(value)
    else:
        field.first.fill(value)


def _workday():
    """A working day in two weeks or so: no Saturday, no Sunday."""
    day = clock.today() + timedelta(days=14)
    return day + timedelta(days=(0, 0, 0, 0, 0, 2, 1)[day.weekday()])
