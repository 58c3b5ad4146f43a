"""One whole filing of ours through a browser: page of the procedure, start, every step, one file, check, send, receipt."""

import re
from dataclasses import dataclass

from bench.browser import Files, Page, Visitor

PROCEDURE = "1.004873"  # the demo's e-form with the most steps: four pages of questions, two identity numbers
PAGE = b"0 0 200 200 re S % a page of a scanned paper, made up\n" * 1800
PARTS = (
    b"<</Type/Catalog/Pages 2 0 R>>",
    b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
    b"<</Length %d>>stream\n%b\nendstream" % (len(PAGE), PAGE),
)


def paper() -> bytes:
    """A PDF of one page and 100 kB."""
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(PARTS, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<</Root 1 0 R/Size 5>>\nstartxref\n%d\n%%%%EOF\n" % len(out)
    return out + b"xref\n0 5\n0000000000 65535 f \n" + table + end


PDF = paper()
ANSWERS = {
    "nyc_ho_ten": "Trần Văn Mẫu Nam",
    "nyc_ngay_sinh": "02/10/1989",
    "nyc_dinh_danh": "077089000102",
    "nyc_dien_thoai": "0903000102",
    "nyc_noi_cu_tru": "45 Nguyễn An Ninh",
    "quan_he": "1",
    "nxn_ho_ten": "Trần Văn Mẫu Nam",
    "nxn_ngay_sinh": "02/10/1989",
    "nxn_dinh_danh": "077089000102",
    "nxn_gioi_tinh": "1",
    "nxn_dan_toc": "01",
    "nxn_quoc_tich": "VN",
    "nxn_noi_cu_tru": "45 Nguyễn An Ninh",
    "tinh_trang": "1",
    "loai_muc_dich": "2",
    "muc_dich_khac": "Bổ túc hồ sơ vay vốn mua nhà",
    "so_ban_giay": "1",
}


class FlowError(Exception):
    """The flow did not go as a person's would."""


@dataclass(frozen=True, slots=True)
class Filed:
    """What a filing left behind."""

    reference: str
    pages: int


def sign_in(visitor: Visitor, key: str = "citizen_email") -> None:
    """Sign in as one of the cast; outside what is measured."""
    page = visitor.get("/tai-khoan/login/")
    token = page.form("key").values["csrfmiddlewaretoken"]
    visitor.post("/dong-vai/", {"csrfmiddlewaretoken": token, "key": key})


def file_one(visitor: Visitor, number: int) -> Filed:
    """File one dossier; `number` makes its file's bytes its own."""
    visitor.get(f"/thu-tuc/{PROCEDURE}/")
    page = visitor.get(f"/ho-so/nop/{PROCEDURE}/")
    form = page.form("unit")
    page = _went_on(visitor.post(form.action, {**form.values, "unit": _first_unit(page)}))
    pages = 0
    while "version" in (names := _names(page)) and "declared" not in names:
        page = _step(visitor, page)
        pages += 1
    if "file" in _names(page):
        page = _paper(visitor, page, number)
    form = page.form("declared")
    wish = {"declared": "on", "delivery": form.values.get("delivery") or "desk"}
    page = _went_on(visitor.post(form.action, {**form.values, **wish}))
    found = re.search(r"/ho-so/([^/]+)/", page.url)
    if found is None or "declared" in _names(page):
        raise FlowError(page.url)
    return Filed(found[1], pages)


def _step(visitor: Visitor, page: Page) -> Page:
    form = page.form("version")
    values = {**form.values, **{name: value for name, value in ANSWERS.items() if name in form.names}, "next": "1"}
    after = _went_on(visitor.post(form.action, values))
    if after.url == page.url:
        raise FlowError(f"{page.url} was not left")
    return after


def _paper(visitor: Visitor, page: Page, number: int) -> Page:
    form = page.form("file")
    files: Files = {"file": (f"giay-to-{number}.pdf", PDF + f"% {number}\n".encode(), "application/pdf")}
    page = _went_on(visitor.post(form.action, form.values, files))
    onward = re.search(r'href="([^"]+/kiem-tra/)"', page.text)
    if onward is None:
        raise FlowError(f"{page.url} does not lead on")
    return visitor.get(onward[1])


def _first_unit(page: Page) -> str:
    found = re.search(r'<option value="(\d+)"', page.text) or re.search(r'name="unit"[^>]*value="(\d+)"', page.text)
    if found is None:
        raise FlowError("no unit offers the procedure")
    return found[1]


def _names(page: Page) -> set[str]:
    return {name for form in page.forms() for name in form.names}


def _went_on(page: Page) -> Page:
    if page.status != 200:
        raise FlowError(f"{page.url}: {page.status} {page.text[:3000]}")
    return page
