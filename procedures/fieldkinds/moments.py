"""The kind for an hour of a day: when a number came from another system, when something was seen."""

import re
from datetime import datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from procedures import formfields
from procedures.fieldkinds.base import Example, FieldKind, FieldSpec, Lookups, Making, Refusal
from procedures.fieldkinds.texts import LONGEST_CODE

_HOUR_FIRST = re.compile(r"([0-9]{1,2})(?:[:h]| ?giờ ?)([0-9]{2})(?: ?phút)?,? +(?:ngày )?(\S+)")
_DAY_FIRST = re.compile(r"(\S+?),? +([0-9]{1,2})(?:[:h]| ?giờ ?)([0-9]{2})(?: ?phút)?")


class Moment(FieldKind[FieldSpec]):
    """An hour and minute of a day, on the clocks of the place; kept as 2026-11-26T09:05."""

    code = "moment"
    label = _("Giờ và ngày")
    shape = FieldSpec
    hint = _("Giờ:phút ngày/tháng/năm, ví dụ 09:05 26/11/2026")
    examples = (
        Example("9:05 26/11/2026", "2026-11-26T09:05", "09:05 26/11/2026"),
        Example("26-11-2026 9h05", "2026-11-26T09:05", "09:05 26/11/2026"),
        Example("9 giờ 05 phút ngày 26/11/2026", "2026-11-26T09:05", "09:05 26/11/2026"),
    )
    refusals = (
        Refusal("26/11/2026", "ví dụ 09:05 26/11/2026"),
        Refusal("24:00 26/11/2026", "ví dụ 09:05 26/11/2026"),
        Refusal("9:05 31/11/2026", "không có trong lịch"),
    )

    def make(self, spec: FieldSpec, common: dict[str, Any], making: Making) -> forms.Field:
        """Make a line that takes an hour and a day."""
        return formfields.CleanCharField(max_length=LONGEST_CODE, parse=read, **common)

    def initial(self, spec: FieldSpec, value: Any) -> str:
        """As 09:05 26/11/2026."""
        return datetime.fromisoformat(value).strftime("%H:%M %d/%m/%Y")

    def shown(self, spec: FieldSpec, value: Any, lookups: Lookups) -> str:
        """As 09:05 26/11/2026."""
        return self.initial(spec, value)


def read(text: str) -> str:
    """Read an hour and a day in either order, or what this kind keeps; ValidationError with a sentence when it is none."""
    hour_first, day_first = _HOUR_FIRST.fullmatch(text), _DAY_FIRST.fullmatch(text)
    if hour_first:
        hour, minute, day = hour_first.groups()
    elif day_first:
        day, hour, minute = day_first.groups()
    else:
        return _kept(text)
    if int(hour) > 23 or int(minute) > 59:
        raise ValidationError(_sentence())
    moment = datetime.combine(formfields.parse_day(day), time(int(hour), int(minute)))
    return moment.isoformat(timespec="minutes")


def _kept(text: str) -> str:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M").isoformat(timespec="minutes")  # noqa: DTZ007  a wall clock's
    except ValueError as error:
        raise ValidationError(_sentence()) from error


def _sentence() -> str:
    return gettext("Hãy nhập giờ và ngày, ví dụ 09:05 26/11/2026.")
