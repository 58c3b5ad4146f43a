"""Bank statements as banks write them, read into lines: headings in words, titles above them, amounts with points.

XLSX is read by the child that opens what people send (vault.opening); text is read here. Called by the page of statements.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from portal.errors import UserError
from portal.text import clean, fold
from vault.opening import read_sheet, refuse_too_large

MOST_ROWS = 5000
HEADING_WITHIN = 30
MOST_BYTES = 4 * 1024 * 1024
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "day": ("ngay giao dich", "ngay gd", "ngay", "ngay hieu luc", "transaction date", "date", "ngay hach toan"),
    "amount": ("ghi co", "so tien ghi co", "phat sinh co", "co", "credit", "so tien co", "tien vao"),
    "words": ("noi dung", "dien giai", "mo ta", "noi dung giao dich", "description", "noi dung chi tiet"),
    "reference": ("so tham chieu", "ma giao dich", "so but toan", "so ct", "reference", "ma gd", "so giao dich"),
}
NEEDED = ("day", "amount", "words")
DAYS = ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d/%m/%y")


@dataclass(frozen=True, slots=True)
class Credit:
    """One line of a statement: when money came, how much, under which number of the bank, with which words."""

    booked_on: date
    amount: int
    words: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Bad:
    """A line that cannot be read, with why; nothing of it is kept."""

    number: int
    why: str


def read(upload: "UploadedFile[bytes]") -> tuple[list[Credit], list[Bad]]:
    """Credits of a statement and the lines that cannot be read. Raises UserError for what is no statement."""
    refuse_too_large(upload.size or 0)
    upload.seek(0)
    head = upload.read(4)
    upload.seek(0)
    table = read_sheet(upload) if head.startswith(b"PK\x03\x04") else _table(upload.read(MOST_BYTES + 1))
    if len(table) > MOST_ROWS:
        raise UserError(_("Sao kê có quá %(most)s dòng. Hãy chia thành nhiều tệp.") % {"most": MOST_ROWS})
    lines: list[Credit] = []
    bad: list[Bad] = []
    for number, row in _rows(table):
        found = _credit(row)
        if isinstance(found, Credit):
            lines.append(found)
        elif found:
            bad.append(Bad(number, found))
    return lines, bad


def _table(raw: bytes) -> list[list[str]]:
    if len(raw) > MOST_BYTES:
        raise UserError(_("Tệp quá lớn. Hãy chia sao kê thành nhiều tệp."))
    text = _text(raw)
    lines = text.splitlines()[:HEADING_WITHIN]
    delimiter = max(";,\t|", key=lambda sign: sum(line.count(sign) for line in lines))
    try:
        return list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error:
        raise UserError(_("Không đọc được tệp này. Hãy lưu sao kê dưới dạng XLSX hoặc CSV rồi tải lên lại.")) from None


def _text(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16") if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1258"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UserError(_("Không đọc được chữ trong tệp này. Hãy lưu sao kê dưới dạng XLSX rồi tải lên lại."))


def _rows(table: Sequence[Sequence[str]]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows under the headings by the names of their columns, each with its number in the file."""
    for place, row in enumerate(table[:HEADING_WITHIN]):
        places = _places(row)
        if all(name in places for name in NEEDED):
            for number, cells in enumerate(table[place + 1 :], place + 2):
                if any(cell.strip() for cell in cells):
                    yield number, {name: _cell(cells, at) for name, at in places.items()}
            return
    raise UserError(_("Không thấy dòng tiêu đề có các cột Ngày giao dịch, Ghi có, Nội dung. Hãy kiểm tra tệp sao kê."))


def _places(row: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, cell in enumerate(row):
        heading = fold(cell)
        for name, words in HEADINGS.items():
            if heading in words and name not in found:
                found[name] = place
    return found


def _cell(cells: Sequence[str], place: int) -> str:
    return clean(cells[place]) if place < len(cells) else ""


def _credit(row: Mapping[str, str]) -> Credit | str:
    """The credit of a row; '' for one that is none (a debit, a sum); else why it cannot be read."""
    amount = _amount(row["amount"])
    if amount is None:
        return _("Số tiền ghi có “%(text)s” không đọc được.") % {"text": row["amount"][:40]}
    if amount == 0 or not (row["words"] or row.get("reference")):
        return ""
    day = _day(row["day"])
    if day is None:
        return _("Ngày “%(text)s” không đọc được.") % {"text": row["day"][:40]}
    return Credit(day, amount, row["words"][:500], row.get("reference", "")[:80])


def _amount(text: str) -> int | None:
    """Whole đồng: `1.250.000`, `1,250,000.00`, `1250000 VND`; blank and a hyphen are nothing."""
    bare = re.sub(r"(VND|đ|\s|\u00a0|\+)", "", text, flags=re.IGNORECASE)
    if bare in ("", "-"):
        return 0
    bare = re.sub(r"[.,]0{1,2}$", "", bare) if re.search(r"[.,]\d{1,2}$", bare) else bare
    digits = re.sub(r"[.,](?=\d{3})", "", bare)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else None


def _day(text: str) -> date | None:
    for form in DAYS:
        try:
            return datetime.strptime(text.strip()[:10].split(" ")[0], form).date()  # noqa: DTZ007  a day, no moment
        except ValueError:
            continue
    return None
