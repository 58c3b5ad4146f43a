"""Numbers and days written out in Vietnamese, as official papers want them. Pure; called by whoever prints a paper.

Northern words, as the central ministries write: nghìn, linh, không trăm. The words are Vietnamese in every language.
"""

from collections.abc import Iterator
from datetime import date

from portal.partialdate import PartialDate

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUPS = ("", "nghìn", "triệu")
_BILLION = 10**9
_APRIL = 4
_MARCH = 3
MOST = 10**15


def number(value: int) -> str:
    """`1005` → `một nghìn không trăm linh năm`. Raises ValueError below nought and from 10^15 on."""
    if not 0 <= value < MOST:
        raise ValueError(value)
    return " ".join(_parts(value, whole=False)) or _DIGITS[0]


def money(amount: int) -> str:
    """`1500000` → `Một triệu năm trăm nghìn đồng`."""
    return _capital(f"{number(amount)} đồng")


def day(value: date) -> str:
    """`12/03/1996` → `Ngày mười hai tháng ba năm một nghìn chín trăm chín mươi sáu`."""
    return partial(PartialDate.of(value))


def official_day(value: date | None) -> str:
    """`ngày 05 tháng 3 năm 2026`: noughts before days under ten and the first two months (NĐ 30/2020); dots for none."""
    if value is None:
        return "ngày …… tháng …… năm ……"
    month = f"{value.month:02d}" if value.month < _MARCH else str(value.month)
    return f"ngày {value.day:02d} tháng {month} năm {value.year}"


def partial(value: PartialDate) -> str:
    """As much of a day as is known: a year alone, a month of a year, or the whole day."""
    year, *rest = (int(part) for part in value.split("-"))
    words = [f"năm {number(year)}"]
    if rest:
        words.insert(0, f"tháng {'tư' if rest[0] == _APRIL else number(rest[0])}")
    if len(rest) > 1:
        words.insert(0, f"ngày {number(rest[1])}")
    return _capital(" ".join(words))


def _parts(value: int, *, whole: bool) -> Iterator[str]:
    """The words of a number; `whole`: groups of three before it were said, so that its noughts are said too."""
    billions, rest = divmod(value, _BILLION)
    if billions:
        yield from _parts(billions, whole=whole)
        yield "tỷ"
    said = whole or billions > 0
    for place in (2, 1, 0):
        group = rest // 1000**place % 1000
        if group:
            yield from _three(group, whole=said)
            if _GROUPS[place]:
                yield _GROUPS[place]
            said = True


def _three(group: int, *, whole: bool) -> Iterator[str]:
    hundreds, rest = divmod(group, 100)
    tens, ones = divmod(rest, 10)
    if hundreds or whole:
        yield f"{_DIGITS[hundreds]} trăm"
    if not rest:
        return
    if tens == 0:
        if hundreds or whole:
            yield "linh"
    else:
        yield "mười" if tens == 1 else f"{_DIGITS[tens]} mươi"
    if ones:
        yield _one(ones, tens)


def _one(ones: int, tens: int) -> str:
    """The last digit, which sounds different after tens."""
    if tens > 1 and ones == 1:
        return "mốt"
    return "lăm" if tens and ones == 5 else _DIGITS[ones]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
