"""Kinds of days: a whole one, and one of which old papers may give the year or the month only."""

from datetime import date
from typing import Annotated, Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pydantic import AfterValidator

from accounts import validators
from portal import clock, inwords
from portal.partialdate import PartialDate
from procedures import formfields
from procedures.fieldkinds.base import Example, Fact, FieldKind, FieldSpec, Lookups, Making, Refusal

TODAY = "today"


def _bound(raw: str) -> str:
    """Check a bound: `today` or a day as `2020-01-31`."""
    if raw != TODAY:
        try:
            day = date.fromisoformat(raw)
        except ValueError:
            day = None
        if day is None or day.isoformat() != raw:
            raise ValueError(gettext("Giới hạn phải là “today” hoặc ngày như 2020-01-31."))
    return raw


Bound = Annotated[str, AfterValidator(_bound)]


class DateSpec(FieldSpec):
    """A question answered by a day, perhaps between two days."""

    min: Bound | None = None
    max: Bound | None = None


class Day(FieldKind[DateSpec]):
    """A day, typed as dd/mm/yyyy with any sign between; a birth date is never ahead."""

    code = "date"
    label = _("Ngày, tháng, năm")
    shape = DateSpec
    options: ClassVar = {"min": _("Ngày sớm nhất"), "max": _("Ngày muộn nhất")}
    hint: ClassVar = _("Ngày/tháng/năm, ví dụ 12/03/1996")
    inputmode = "numeric"
    facts: ClassVar[frozenset[Fact]] = frozenset({"party.birth_date"})
    sample: ClassVar = {"min": "1990-01-01", "max": "today"}
    examples: ClassVar[tuple[Example, ...]] = (
        Example("12-3-1996", "1996-03-12", "12/03/1996"),
        Example("12031996", "1996-03-12", "12/03/1996"),
    )
    refusals: ClassVar[tuple[Refusal, ...]] = (
        Refusal("31/02/1996", "không có trong lịch"),
        Refusal("hôm qua", "ngày/tháng/năm"),
        Refusal("31/12/1989", "sớm nhất là 01/01/1990"),
        Refusal("01/01/2149", "muộn nhất"),
    )

    def make(self, spec: DateSpec, common: dict[str, Any], making: Making) -> forms.Field:
        """Make a line that takes days."""
        return formfields.DayField(**_bounds(spec, making), **common)

    def stored(self, value: Any) -> Any:
        """As 1996-03-12."""
        return value.isoformat() if isinstance(value, date) else super().stored(value)

    def initial(self, spec: DateSpec, value: Any) -> str:
        """As 12/03/1996."""
        return formfields.show_day(date.fromisoformat(value))

    def shown(self, spec: DateSpec, value: Any, lookups: Lookups) -> str:
        """As 12/03/1996."""
        return self.initial(spec, value)

    def in_words(self, spec: DateSpec, value: Any) -> str:
        """As much of the day as is known: `Tháng ba năm một nghìn chín trăm chín mươi sáu`."""
        return inwords.partial(PartialDate(value))

    def from_fact(self, spec: DateSpec, fact: Any) -> Any:
        """A whole day only: a part of one does not answer this question."""
        return str(fact) if fact and PartialDate(fact).is_whole else None


class PartialDay(Day):
    """A day, a month or a year, as old papers have it; kept as 1996-03-12, 1996-03 or 1996."""

    code = "partial_date"
    label = _("Ngày, tháng hoặc chỉ năm")
    hint = _("Ví dụ 12/03/1996, 03/1996 hoặc 1996")
    examples = (
        Example("12/03/1996", "1996-03-12", "12/03/1996"),
        Example("3/1996", "1996-03", "03/1996"),
        Example("1996", "1996", "1996"),
    )
    refusals = (
        Refusal("13/1996", "không có trong lịch"),
        Refusal("99", "ngày/tháng/năm"),
        Refusal("1989", "sớm nhất là 01/01/1990"),
    )

    def make(self, spec: DateSpec, common: dict[str, Any], making: Making) -> forms.Field:
        """Make a line that takes days, months and years."""
        return formfields.PartialDayField(**_bounds(spec, making), **common)

    def initial(self, spec: DateSpec, value: Any) -> str:
        """As 03/1996."""
        return PartialDate(value).shown

    def from_fact(self, spec: DateSpec, fact: Any) -> Any:
        """As much of the day as is known."""
        return str(fact) if fact else None


def _bounds(spec: DateSpec, making: Making) -> dict[str, Any]:
    """The first and the last day; the last is asked when it is needed, since forms may live past midnight."""
    return {
        "earliest": _day(spec.min) or (validators.FIRST_BIRTH if making.is_past else None),
        "latest": lambda: clock.today() if making.is_past else _day(spec.max),
    }


def _day(bound: str | None) -> date | None:
    if bound is None:
        return None
    return clock.today() if bound == TODAY else date.fromisoformat(bound)
