"""Dates of which papers give only a part: a year, a month of a year, or a day. Kept and printed as they stand.

Called by every room that keeps birth dates and by the fields of forms. The stored form is text, so that an answer
in JSON, a column and a value in a test are the same thing.
"""

import re
from datetime import date
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from portal.columns import Line
from portal.text import clean

FIRST_YEAR, LAST_YEAR = 1850, 2150

_STORED = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[ /.\-]([0-9]{1,2})[ /.\-]([0-9]{4})")
_COMPACT = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{1,2})(?:-([0-9]{1,2}))?")
_MONTH = re.compile(r"([0-9]{1,2})[ /.\-]([0-9]{4})")
_YEAR = re.compile(r"[0-9]{4}")
AROUND = re.compile(r" ?([/.\-]) ?")  # some type `12 / 03 / 1996`


class PartialDate(str):
    """`1948`, `1948-07` or `1948-07-02`. As text it sorts in time, a year before its months.

    Raises ValueError for anything that is not the stored form of a part of a day in the calendar.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Check the stored form."""
        found = _STORED.fullmatch(text)
        if found is None:
            raise ValueError(text)
        year, month, day = (int(part or 1) for part in found.groups())
        date(year, month, day)
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise ValueError(text)
        return super().__new__(cls, text)

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what people write: `02/07/1948`, `7/1948`, `1948`, also with dots, dashes or spaces between.

        Raises ValidationError with a sentence.
        """
        parts = _parts(AROUND.sub(r"\1", clean(text)))
        if parts is None:
            raise ValidationError(
                _("Hãy nhập ngày/tháng/năm, tháng/năm hoặc năm, ví dụ 12/03/1996, 03/1996 hoặc 1996.")
            )
        try:
            return cls("-".join([f"{int(parts[0]):04d}", *(f"{int(part):02d}" for part in parts[1:])]))
        except ValueError as error:
            sentence = _("Ngày %(text)s không có trong lịch. Hãy nhập như 12/03/1996, 03/1996 hoặc 1996.")
            raise ValidationError(sentence % {"text": text[:20]}) from error

    @classmethod
    def of(cls, day: date) -> Self:
        """The whole day."""
        return cls(day.isoformat())

    @property
    def year(self) -> int:
        """The part that is always known."""
        return int(self[:4])

    @property
    def is_whole(self) -> bool:
        """Tell whether the day is known."""
        return len(self) == len("1948-07-02")

    @property
    def earliest(self) -> date:
        """The first day it can mean."""
        return date.fromisoformat(f"{self}-01-01"[:10])

    @property
    def shown(self) -> str:
        """`02/07/1948`, `07/1948` or `1948`: as it stands on the paper, nothing made up."""
        return "/".join(reversed(self.split("-")))

    def agrees(self, other: str) -> bool:
        """Tell whether both may mean the same day: one is the other, told less exactly."""
        return self.startswith(other) or other.startswith(self)


def shown(stored: str) -> str:
    """Put a stored date into the form people read; empty for none."""
    return PartialDate(stored).shown if stored else ""


def more_exact(known: str, told: str) -> str:
    """What to keep of two tellings: what is told last, unless the known one says the same more exactly."""
    return known if known.startswith(told) else told


class PartialDateField(Line):  # type: ignore[type-arg] # no argument at run time
    """A column of partial dates; blank for none. `checks` belongs into the table's constraints."""

    known_as = "portal.partialdate.PartialDateField"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "max_length": 10})

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> PartialDate | str | None:
        """Give the value type, so that what is read can be shown and compared."""
        return PartialDate(value) if value else value

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """Refuse what is no partial date."""
        text = super().clean(value, model_instance)
        return PartialDate.read(text) if text else text


def checks(column: str, *, name: str) -> models.CheckConstraint:
    """The database's own check of a column: nothing, a year, a month or a day, zeros written out."""
    stored = r"^([0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?)?$"
    return models.CheckConstraint(condition=Q(**{f"{column}__regex": stored}), name=name)


def _parts(text: str) -> list[str] | None:
    """Year first, then what else is told; None when it is no date in any of the ways people write one."""
    if _YEAR.fullmatch(text):
        return [text]
    month = _MONTH.fullmatch(text)
    if month:
        return [month[2], month[1]]
    year_first = _YEAR_FIRST.fullmatch(text)
    if year_first:
        return [part for part in year_first.groups() if part]
    whole = _DAY_FIRST.fullmatch(text) or _COMPACT.fullmatch(text)
    return [whole[3], whole[2], whole[1]] if whole else None
