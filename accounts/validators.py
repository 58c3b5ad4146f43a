"""Numbers, names and telephone numbers as Vietnam writes them. Pure: text in, stored form out, ValidationError with a sentence.

Forms, form specs and services call these; what only looks doubtful (`citizen_id_doubts`) warns and never blocks.
"""

import re
import unicodedata
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal import clock, oldfonts
from portal.partialdate import PartialDate
from portal.text import clean, through

_SEPARATORS = re.compile(r"[\s.\-()]+")
_NAME_MARKS = frozenset(" '.-")
_PASSPORT = re.compile(r"[A-Z]\d{7}")
_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
# Mobile numbers lost a digit in 2018 (QĐ 798/QĐ-BTTTT); what people learnt by heart before reads as the new one.
NEW_PREFIXES = {
    **{f"016{digit}": f"03{digit}" for digit in range(2, 10)},
    "0120": "070",
    "0121": "079",
    "0122": "077",
    "0126": "076",
    "0128": "078",
    "0123": "083",
    "0124": "084",
    "0125": "085",
    "0127": "081",
    "0129": "082",
    "0186": "056",
    "0188": "058",
    "0199": "059",
}
LAST_PLACE = 96  # codes of first registration run from 001 (Hà Nội) to 096 (Cà Mau)
MALE, FEMALE = "male", "female"
FIRST_BIRTH = date(1900, 1, 1)


def citizen_id(text: str) -> str:
    """Bring a personal identification number (số định danh, CCCD) to its stored form: twelve digits."""
    number = _compact(text)
    if not _is_digits(number):
        raise ValidationError(_("Số định danh chỉ gồm chữ số. Vui lòng nhập đúng 12 chữ số trên thẻ căn cước."))
    if len(number) == 9:
        raise ValidationError(
            _("Chứng minh nhân dân 9 số không còn giá trị từ 01/01/2025. Vui lòng nhập số định danh 12 chữ số.")
        )
    if len(number) != 12:
        raise ValidationError(
            _("Số định danh có 12 chữ số, bạn nhập %(count)s. Vui lòng kiểm tra lại."), params={"count": len(number)}
        )
    if not 1 <= int(number[:3]) <= LAST_PLACE:
        raise ValidationError(
            _("Ba chữ số đầu của số định danh phải từ 001 đến 096. Vui lòng kiểm tra lại trên thẻ căn cước.")
        )
    return number


def birth_date(text: str) -> PartialDate:
    """Bring a date of birth to its stored form: a day, a month or a year, as the paper has it; from 1900 to today."""
    born = PartialDate.read(clean(text))
    if not FIRST_BIRTH <= born.earliest <= clock.today():
        raise ValidationError(_("Ngày sinh phải từ năm 1900 đến hôm nay. Vui lòng kiểm tra lại."))
    return born


def citizen_id_doubts(number: str, *, birth_date: str = "", gender: str = "") -> list[str]:
    """Say what in a number does not agree with birth date or sex; sentences that warn and never block.

    `birth_date` is a partial date: its year is enough for the doubt.

    Digit 4 carries century and sex (0/1 for men and women born in the 1900s, 2/3 in the 2000s …), digits 5 and 6
    the year. There is no checksum.
    """
    century, year = 1900 + 100 * (int(number[3]) // 2), int(number[4:6])
    doubts = []
    born = PartialDate(birth_date).year if birth_date else None
    if born is not None and born != century + year:
        doubts.append(
            _(
                "Số định danh cho thấy năm sinh %(read)s, khác năm sinh đã khai (%(given)s). Vui lòng kiểm tra lại cả hai."
            )
            % {"read": century + year, "given": born}
        )
    sex = FEMALE if int(number[3]) % 2 else MALE
    if gender in (MALE, FEMALE) and gender != sex:
        doubts.append(_("Số định danh không khớp với giới tính đã khai. Vui lòng kiểm tra lại cả hai."))
    return doubts


def tax_code(text: str) -> str:
    """Bring a tax code to its stored form: `0100112437`, `0314409058-002`, or twelve digits of a person.

    The last of ten digits is a check digit; since 01/07/2025 persons and household businesses use their personal number.
    """
    compact = re.sub(r"[\s.]+", "", through(text))
    number, dash, branch = compact.partition("-")
    if not dash and len(number) == 13:
        number, branch = number[:10], number[10:]
    if not _is_digits(number + branch):
        raise ValidationError(
            _("Mã số thuế chỉ gồm chữ số. Vui lòng nhập 10 số, hoặc 10 số và 3 số của đơn vị phụ thuộc.")
        )
    if len(number) == 12 and not branch:
        return citizen_id(number)
    if len(number) != 10 or (branch and len(branch) != 3) or branch == "000" or (dash and not branch):
        raise ValidationError(
            _(
                "Mã số thuế có 10 chữ số, hoặc 10 chữ số, dấu gạch và 3 chữ số (ví dụ 0314409058-002). Vui lòng kiểm tra lại."
            )
        )
    if not _check_digit_fits(number):
        raise ValidationError(
            _("Mã số thuế không hợp lệ (sai chữ số kiểm tra). Vui lòng đối chiếu với giấy chứng nhận.")
        )
    return f"{number}-{branch}" if branch else number


def phone(text: str) -> str:
    """Bring a Vietnamese telephone number to its stored form: `0903123456`, `02543123456`; `+84` and spaces understood."""
    number = _compact(text)
    for prefix in ("+84", "0084"):
        if number.startswith(prefix):
            number = "0" + number.removeprefix(prefix).removeprefix("0")
    if len(number) == 11 and number.startswith("84"):
        number = "0" + number[2:]
    if not _is_digits(number):
        raise ValidationError(_("Số điện thoại chỉ gồm chữ số. Vui lòng nhập như 0903 123 456."))
    if len(number) == 11 and number[:4] in NEW_PREFIXES:
        new = NEW_PREFIXES[number[:4]] + number[4:]
        sentence = _(
            "Số 11 chữ số này đã đổi từ năm 2018, nay là %(new)s. Vui lòng nhập số mới nếu đúng là số của bạn."
        )
        raise ValidationError(sentence % {"new": f"{new[:4]} {new[4:7]} {new[7:]}"})
    mobile = len(number) == 10 and number[:2] in {"03", "05", "07", "08", "09"}
    landline = len(number) == 11 and number.startswith("02")
    if not (mobile or landline):
        raise ValidationError(
            _(
                "Số điện thoại di động có 10 chữ số, bắt đầu bằng 03, 05, 07, 08 hoặc 09; số cố định có 11 chữ số, bắt đầu bằng 02."
            )
        )
    return number


def person_name(text: str) -> str:
    """Bring a person's name to its stored form: through the door, single spaces, 2 to 100 signs, Latin letters."""
    name = clean(text)
    refuse_old_font(name)
    if not 2 <= len(name) <= 100:
        raise ValidationError(_("Họ tên có từ 2 đến 100 ký tự. Vui lòng nhập đầy đủ họ, chữ đệm và tên."))
    if any(not _is_letter(sign) and sign not in _NAME_MARKS for sign in name) or not any(map(_is_letter, name)):
        raise ValidationError(
            _("Họ tên chỉ gồm chữ cái, khoảng trắng và các dấu ' - . Vui lòng bỏ chữ số và ký hiệu khác.")
        )
    if not all(map(_is_latin, name)):
        raise ValidationError(
            _("Họ tên viết bằng chữ cái La-tinh, như trên giấy tờ hoặc hộ chiếu. Vui lòng gõ lại bằng chữ cái La-tinh.")
        )
    return name


def refuse_old_font(text: str) -> None:
    """Raise ValidationError for words pasted from a document of an old font (TCVN3, VNI), with what they seem to say."""
    meant = oldfonts.read(text)
    if meant:
        sentence = _("Chữ này có vẻ chép từ văn bản dùng phông cũ (TCVN3, VNI). Có phải là “%(meant)s”? Hãy gõ lại.")
        raise ValidationError(sentence % {"meant": meant})


def organisation_name(text: str) -> str:
    """Bring the name of a firm, household business or agency to its stored form."""
    name = clean(text)
    refuse_old_font(name)
    if not 2 <= len(name) <= 200:
        raise ValidationError(_("Tên tổ chức có từ 2 đến 200 ký tự. Vui lòng nhập đúng tên trên giấy chứng nhận."))
    return name


def searched_number(text: str) -> str:
    """The stored form of what somebody who looks for a person typed or scanned; '' when it is no identity number.

    Nine digits and more count as a number even when they are none of a person, so that they never end in an address.
    """
    number = _compact(text.partition("|")[0]).upper()  # the QR of an identity card begins with the number
    if _PASSPORT.fullmatch(number):
        return number
    if not _is_digits(number) or len(number) < 9:
        return ""
    return f"{number[:10]}-{number[10:]}" if len(number) == 13 else number


def passport(text: str) -> str:
    """Bring a passport number to its stored form: one letter and seven digits."""
    number = _compact(text).upper()
    if not _PASSPORT.fullmatch(number):
        raise ValidationError(_("Số hộ chiếu gồm 1 chữ cái và 7 chữ số, ví dụ C1234567. Vui lòng kiểm tra lại."))
    return number


def agency_code(text: str) -> str:
    """Bring an agency's identifier (QĐ 20/2020/QĐ-TTg) to its stored form; codes are text, not a pattern to refuse on."""
    code = clean(text).upper()
    if not 3 <= len(code) <= 35 or " " in code:
        raise ValidationError(
            _("Mã định danh cơ quan có từ 3 đến 35 ký tự, không có khoảng trắng. Vui lòng kiểm tra lại.")
        )
    return code


def _check_digit_fits(number: str) -> bool:
    total = sum(weight * int(digit) for weight, digit in zip(_TAX_WEIGHTS, number, strict=False))
    return 10 - total % 11 == int(number[9])


def _compact(text: str) -> str:
    """Without the signs people put between digits."""
    return _SEPARATORS.sub("", through(text))


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _is_letter(sign: str) -> bool:
    return unicodedata.category(sign).startswith(("L", "M"))


def _is_latin(sign: str) -> bool:
    return not sign.isalpha() or unicodedata.name(sign, "").startswith(("LATIN ", "MODIFIER LETTER "))


def phone_or_text(text: str) -> str:
    """What one signs in by: a telephone number in its stored form; anything else trimmed and in lower case."""
    try:
        return phone(text)
    except ValidationError:
        return text.strip().lower()
