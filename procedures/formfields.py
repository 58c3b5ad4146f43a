"""Form fields for the kinds of a form spec: Vietnamese dates, money, names, numbers. Pure; built by procedures.formspec."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, MaxLengthValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import validators
from accounts.validators import refuse_old_font
from portal.partialdate import AROUND, FIRST_YEAR, LAST_YEAR, PartialDate
from portal.text import clean, clean_lines

MAX_MONEY = 10**13
MAX_DIGITS = 13
TEXT_LENGTH, LONGTEXT_LENGTH, NAME_LENGTH = 300, 4000, 100

_DAY = re.compile(r"([0-9]{1,2})[ /.\-]([0-9]{1,2})[ /.\-]([0-9]{4})")
_COMPACT_DAY = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_THOUSANDS = re.compile(r"-?[0-9]{1,3}(\.[0-9]{3})+")
_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_CURRENCY = re.compile(r"\s*(đ|đồng|vnd|vnđ)\.?$", re.IGNORECASE)
_SPACES = re.compile(r"[\s\u00a0\u202f]+")


class CleanCharField(forms.CharField):
    """Text in one Unicode form without control characters; NUL is refused, since no person types it."""

    default_error_messages = {
        "required": gettext_lazy("Mục này bắt buộc. Hãy điền rồi tiếp tục."),
    }

    def __init__(self, *, lines: bool = False, parse: Callable[[str], str] | None = None, **kwargs: Any) -> None:
        self.lines = lines
        self.parse = parse
        super().__init__(**kwargs)
        for validator in self.validators:
            if isinstance(validator, MaxLengthValidator):
                validator.message = _(
                    "Nội dung quá dài: tối đa %(limit_value)s ký tự, bạn nhập %(show_value)s. Hãy rút gọn."
                )

    def to_python(self, value: Any) -> str:
        """Normalise; the field's own rule (`parse`) sees what is not blank and not too long."""
        text = "" if value is None else str(value)
        refuse_control(text)
        text = clean_lines(text) if self.lines else clean(text)
        refuse_old_font(text)
        if self.parse is None or not text or (self.max_length and len(text) > self.max_length):
            return text
        return self.parse(text)


class DayField(forms.Field):
    """dd/mm/yyyy, also with dots, dashes, spaces or nothing between; a day that is not in the calendar is refused."""

    widget = forms.TextInput
    size = "day"
    default_error_messages = CleanCharField.default_error_messages

    def __init__(
        self, *, earliest: date | None = None, latest: Callable[[], date | None] | None = None, **kwargs: Any
    ) -> None:
        self.earliest = earliest
        self.latest = latest
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        """Read a day."""
        text = _typed(value)
        return parse_day(text) if text else None

    def validate(self, value: Any) -> None:
        """Keep the day inside its bounds."""
        super().validate(value)
        if value is not None:
            refuse_outside(value, self.earliest, self.latest() if self.latest else None)


class PartialDayField(forms.Field):
    """A day, a month or only a year, as old papers have it; kept as `1996-03-12`, `1996-03` or `1996`."""

    widget = forms.TextInput
    size = "day"
    default_error_messages = CleanCharField.default_error_messages

    def __init__(
        self, *, earliest: date | None = None, latest: Callable[[], date | None] | None = None, **kwargs: Any
    ) -> None:
        self.earliest = earliest
        self.latest = latest
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> PartialDate | str:
        """Read a day, month or year."""
        text = _typed(value)
        return PartialDate.read(text) if text else ""

    def validate(self, value: Any) -> None:
        """Keep the first day it can mean inside its bounds."""
        super().validate(value)
        if value:
            refuse_outside(value.earliest, self.earliest, self.latest() if self.latest else None)


class NumberField(forms.Field):
    """A number as Vietnamese write it: dots between thousands, a comma before decimals."""

    widget = forms.TextInput
    size = "number"
    default_error_messages = CleanCharField.default_error_messages

    def __init__(
        self,
        *,
        whole: bool,
        money: bool = False,
        low: Decimal | None = None,
        high: Decimal | None = None,
        **kwargs: Any,
    ) -> None:
        self.whole = whole
        self.money = money
        self.low = low
        self.high = high
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> int | Decimal | None:
        """Read a number."""
        text = _typed(value)
        if not text:
            return None
        number = parse_number(_CURRENCY.sub("", text) if self.money else text)
        if self.whole and number != int(number):
            raise ValidationError(_("Hãy nhập số nguyên, không có phần lẻ."))
        return int(number) if self.whole else number

    def validate(self, value: Any) -> None:
        """Keep the number inside its bounds."""
        super().validate(value)
        if value is None:
            return
        if self.low is not None and value < self.low:
            raise ValidationError(
                _("Số này nhỏ nhất là %(limit)s. Hãy kiểm tra lại.") % {"limit": show_number(self.low)}
            )
        if self.high is not None and value > self.high:
            raise ValidationError(
                _("Số này lớn nhất là %(limit)s. Hãy kiểm tra lại.") % {"limit": show_number(self.high)}
            )


class OptionField(forms.ChoiceField):
    """One of a list; anything else was not on the page."""

    default_error_messages = {
        "required": gettext_lazy("Mục này bắt buộc. Hãy chọn một mục."),
        "invalid_choice": gettext_lazy("Lựa chọn này không có trong danh sách. Hãy chọn lại."),
    }


class OptionsField(forms.MultipleChoiceField):
    """Several of a list."""

    default_error_messages = {
        "required": gettext_lazy("Mục này bắt buộc. Hãy chọn ít nhất một mục."),
        "invalid_choice": gettext_lazy("Lựa chọn này không có trong danh sách. Hãy chọn lại."),
        "invalid_list": gettext_lazy("Lựa chọn này không có trong danh sách. Hãy chọn lại."),
    }


class TickField(forms.BooleanField):
    """A box to tick."""

    default_error_messages = {"required": gettext_lazy("Hãy đánh dấu ô này để tiếp tục.")}


def email_field(**kwargs: Any) -> CleanCharField:
    """An e-mail address."""
    sentence = _("Địa chỉ thư điện tử chưa đúng. Hãy nhập như ten@example.com.")
    return CleanCharField(max_length=254, validators=[EmailValidator(message=sentence)], **kwargs)


def tax_code(text: str) -> str:
    """A tax code; a personal number belongs into its own sealed field, never among the answers."""
    code = validators.tax_code(text)
    if len(code) == 12:
        raise ValidationError(
            _("Đây là số định danh cá nhân. Ô này chỉ nhận mã số thuế 10 hoặc 13 số; hãy nhập số định danh ở ô riêng.")
        )
    return code


def refuse_control(text: str) -> None:
    """Refuse NUL, which no keyboard sends and the database cannot hold."""
    if "\x00" in text:
        raise ValidationError(_("Nội dung có ký tự không hợp lệ. Hãy xóa và gõ lại."))


def refuse_outside(day: date, earliest: date | None, latest: date | None) -> None:
    """Refuse a day before or after its bounds, with the bound in the sentence."""
    if latest is not None and day > latest:
        raise ValidationError(_("Ngày này muộn nhất là %(day)s. Hãy kiểm tra lại.") % {"day": show_day(latest)})
    if earliest is not None and day < earliest:
        raise ValidationError(_("Ngày này sớm nhất là %(day)s. Hãy kiểm tra lại.") % {"day": show_day(earliest)})


def parse_day(text: str) -> date:
    """Read dd/mm/yyyy; ValidationError with a sentence when it is no day."""
    text = AROUND.sub(r"\1", text)
    iso = _ISO_DAY.fullmatch(text)
    found = iso or _DAY.fullmatch(text) or _COMPACT_DAY.fullmatch(text)
    if found is None:
        raise ValidationError(_("Hãy nhập ngày theo thứ tự ngày/tháng/năm, ví dụ 12/03/1996."))
    parts = [int(part) for part in found.groups()]
    year, month, day = parts if iso else reversed(parts)
    try:
        value = date(year, month, day)
    except ValueError:
        value = None
    if value is None or not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValidationError(
            _("Ngày %(text)s không có trong lịch. Hãy nhập ngày/tháng/năm, ví dụ 12/03/1996.") % {"text": text[:20]}
        )
    return value


def parse_number(text: str) -> Decimal:
    """Read `1.234.567`, `12,5` or `12.5`; a dot followed by exactly three digits groups thousands."""
    text = _SPACES.sub("", text)
    if text.count(",") == 1:
        text = text.replace(".", "").replace(",", ".")
    elif _THOUSANDS.fullmatch(text):
        text = text.replace(".", "")
    if not _PLAIN.fullmatch(text):
        raise ValidationError(_("Hãy nhập bằng chữ số, ví dụ 1.500.000 hoặc 12,5."))
    if len(text.partition(".")[0].lstrip("-")) > MAX_DIGITS or len(text.partition(".")[2]) > 6:
        raise ValidationError(_("Số này quá dài. Hãy kiểm tra lại."))
    return Decimal(text)


def show_day(day: date) -> str:
    """`12/03/1996`."""
    return day.strftime("%d/%m/%Y")


def show_number(number: Decimal | int) -> str:
    """`1234.5` → `1.234,5`."""
    text = f"{number:,f}" if isinstance(number, Decimal) else f"{number:,}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,"))


def choices(options: Iterable[tuple[str, str]], blank: str) -> list[tuple[str, str]]:
    """Options of a select, the empty one first."""
    return [("", blank), *options]


def _typed(value: Any) -> str:
    text = "" if value is None else str(value)
    refuse_control(text)
    return clean(text[:200])
