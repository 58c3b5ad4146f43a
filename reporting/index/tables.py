"""CSV files as people save them: separator, names of columns and numbers in the ways they are written. Pure.

Every refusal is a ValueError whose message is a Vietnamese phrase for the row it stands in.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from django.utils.translation import gettext as _

from portal.text import clean, fold

MOST_ROWS = 20_000
MOST_BYTES = 8_000_000
LARGEST = 10**12
_WHOLE = re.compile(r"\d+|\d{1,3}(?:[. ]\d{3})+", re.ASCII)
_POINTS = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))?", re.ASCII)
Row = Mapping[str, str]


class TableError(Exception):
    """The file as a whole cannot be read; the message is a Vietnamese sentence."""


def text_of(path: Path) -> str:
    """The text of a file."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise TableError(_("Tệp %(name)s quá lớn; hãy tách theo kỳ.") % {"name": path.name})
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(
            _("Không đọc được tệp %(name)s. Hãy kiểm tra đường dẫn và lưu tệp ở bảng mã UTF-8.") % {"name": path.name}
        ) from error


def rows_of(text: str) -> Iterator[tuple[str, Row]]:
    """Rows, each with where it stands; columns by their names without accents, signs and capitals. Empty rows are left out."""
    lines = text.splitlines()
    separator = max(",;\t", key=lines[0].count) if lines else ","
    try:
        yield from _rows(csv.DictReader(io.StringIO(text), delimiter=separator))
    except csv.Error as error:
        raise TableError(_("Tệp CSV bị hỏng (%(detail)s). Hãy lưu lại rồi thử lại.") % {"detail": error}) from error


def _rows(reader: "csv.DictReader[str]") -> Iterator[tuple[str, Row]]:
    for place, row in enumerate(reader, start=2):
        if place > MOST_ROWS:
            raise TableError(_("Tệp có quá %(most)s dòng; hãy tách theo kỳ.") % {"most": MOST_ROWS})
        told = {key(name): clean(value or "") for name, value in row.items() if isinstance(name, str)}
        if any(told.values()):
            yield _("Dòng %(number)s") % {"number": place}, told


def key(name: str) -> str:
    """A column's name as rows have it: `Tử số` → `tuso`, `total_on_time` and `totalOnTime` → `totalontime`."""
    return fold(name).replace(" ", "").replace("_", "")


def whole(text: str, what: str) -> int:
    """A number of cases: `1234`, `1.234` or `1 234`."""
    if not _WHOLE.fullmatch(text):
        raise ValueError(
            _("%(what)s “%(value)s” không phải là số nguyên không âm.") % {"what": what, "value": text[:20]}
        )
    number = int(re.sub(r"[. ]", "", text)) if len(text) < 25 else LARGEST
    if number >= LARGEST:
        raise ValueError(_("%(what)s “%(value)s” lớn quá.") % {"what": what, "value": text[:20]})
    return number


def points_of(text: str) -> Decimal | None:
    """Published points, `4,32` or `4.32`; None when none were published."""
    if not text:
        return None
    found = _POINTS.fullmatch(text)
    if not found:
        raise ValueError(_("điểm “%(value)s” không phải là số; hãy ghi như 4,32.") % {"value": text[:20]})
    return Decimal(f"{found[1]}.{found[2] or 0}")
