"""Form fields of these pages for a percentage and a day as people type them, and the list of a page's mistakes.

Forms ask the fields; nobody reads the text by hand. A field with a mistake keeps what was
typed and says what is wrong and how it is written.
"""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from portal.templatetags.ui import as_lead
from reporting.target_rows import day_of, percent_of, ratio_of

LONGEST = 20


def sentence(error: ValueError) -> str:
    """A phrase for a row of a file as a sentence of its own."""
    text = str(error)
    return text[:1].upper() + text[1:]


def mistakes(*whole: forms.BaseForm, rows: Iterable[forms.BaseForm] = (), row: str = "") -> list[dict[str, str]]:
    """Every mistake of a page with rows, each with the field it stands at, as `ui/error_summary.html` lists them.

    `row`: what a row is called, before its number.
    """
    found = [one for form in whole for one in _mistakes(form, "")]
    for number, form in enumerate(rows, start=1):
        found += _mistakes(form, f"{row} {number}: ")
    return found


def _mistakes(form: forms.BaseForm, lead: str) -> list[dict[str, str]]:
    if not form.is_bound:
        return []
    found = [{"text": f"{lead}{text}", "href": ""} for text in form.non_field_errors()]
    for field in form:
        label = as_lead(str(field.label))
        href = f"#{field.id_for_label or f'div_{field.auto_id}'}"
        found += [{"text": f"{lead}{label} {text}", "href": href} for text in field.errors]
    return found


class TypedField(forms.CharField):
    """A text that is read into a value; what was typed is compared with what stood there, as text."""

    inputmode = ""
    size = ""  # class of the width, as `ui/field.html` knows it
    columns = 0

    def __init__(self, *, read: Callable[[str], Any], **kwargs: Any) -> None:
        attrs = {"inputmode": self.inputmode, "size": self.columns}
        super().__init__(max_length=LONGEST, widget=forms.TextInput(attrs=attrs), **kwargs)
        self._read = read

    def clean(self, value: Any) -> Any:
        """The value; None for nothing where nothing is allowed."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return self._read(text)
        except ValueError as error:
            raise forms.ValidationError(sentence(error)) from error


class TypedPercentField(TypedField):
    """A percentage (`45`, `72,5 %`) as a ratio."""

    inputmode = "decimal"
    size = "number"
    columns = 6

    def __init__(self, *, read: Callable[[str], Decimal] = ratio_of, **kwargs: Any) -> None:
        super().__init__(read=read, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """A ratio as people write it."""
        return percent_of(value) if isinstance(value, Decimal) else value


class TypedDayField(TypedField):
    """A day (`31/12/2026`, `2026-12-31`)."""

    inputmode = "numeric"
    size = "day"
    columns = 10

    def __init__(self, *, read: Callable[[str], date] = day_of, **kwargs: Any) -> None:
        super().__init__(read=read, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """A day as people write it."""
        return f"{value:%d/%m/%Y}" if isinstance(value, date) else value
