"""Repeated rows inside a step's form: read, checked, drawn and taken out. Used by procedures.stepform and the filling pages."""

import re
from collections.abc import Callable
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import LayoutObject
from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from procedures.drawing import FieldLayout, helper_of
from procedures.fieldkinds import FieldSpec
from procedures.fieldkinds.table import TableSpec


class RowForm(forms.Form):
    """One row of a table."""

    use_required_attribute = False
    helper: FormHelper

    def silence(self) -> None:
        """Take what was typed as already judged, with nothing wrong."""
        self._errors = ErrorDict()
        self.cleaned_data = {}


class TableRows:
    """Rows of one table: `key-0-column`, `key-1-column` …; blank rows do not count. Works without scripts."""

    def __init__(
        self,
        field: TableSpec,
        *,
        data: Any,
        stored: Any,
        make: Callable[..., forms.Field],
        grow: bool,
        name: str = "",
    ) -> None:
        """`data`: what was posted, or None; `make(spec, stored=…, place=…)` gives a form field of a column.

        `name`: what the table is called on the page, where that is not its key.
        """
        self.field = field
        self.name = name or field.key
        self.errors: list[str] = []
        self.dropped = False
        self.make = make
        known: list[dict[str, Any]] = stored if isinstance(stored, list) else []
        filled = _rows_in(data, self.name, field.max_rows) if data is not None else len(known)
        count = min(max(filled + grow, field.min_rows, 1), field.max_rows)
        self.can_grow = count < field.max_rows
        self.rows = [self._row(data, index, known[index] if index < len(known) else {}) for index in range(count)]
        if grow and count > filled:
            first = next(iter(self.rows[-1].fields.values()))
            first.widget.attrs["autofocus"] = True

    def _row(self, data: Any, index: int, stored: dict[str, Any]) -> RowForm:
        fields = {
            column.key: self.make(column, stored=stored.get(column.key), place=f"{self.field.key}-{index}-{column.key}")
            for column in self.field.columns
        }
        made: type[RowForm] = type("RowForm", (RowForm,), fields)
        row = made(data, prefix=f"{self.name}-{index}", empty_permitted=True)
        row.helper = helper_of(*[FieldLayout(column.key) for column in self.field.columns])
        return row

    @property
    def has_errors(self) -> bool:
        """Tell whether any row, or the table as a whole, is wrong."""
        return not self.dropped and (bool(self.errors) or any(not row.is_valid() for row in self.rows))

    def drop(self) -> None:
        """Forget everything: the table is hidden."""
        self.dropped = True

    def check(self, *, partial: bool) -> None:
        """Ask for enough rows."""
        needed = self.field.needed_rows
        if not partial and self._filled() < needed:
            self.errors.append(_("Cần ít nhất %(count)s mục. Hãy điền thêm.") % {"count": needed})

    def answers(self) -> list[dict[str, Any]]:
        """Give the filled rows as they are stored; `_row` remembers where a kept identity number comes from."""
        if self.dropped:
            return []
        found = []
        for index, row in enumerate(self.rows):
            if not row.has_changed():
                continue
            values = {
                column.key: column.kind.stored(row.cleaned_data[column.key])
                for column in self.field.columns
                if column.key in row.cleaned_data
            }
            found.append({**{key: value for key, value in values.items() if value is not None}, "_row": index})
        return found

    def error_list(self) -> list[dict[str, str]]:
        """Errors for the summary."""
        if self.dropped:
            return []
        href = f"#table_{self.name}"
        found = [{"text": f"{self.field.label}: {text}", "href": href} for text in self.errors]
        for row in self.rows:
            for column in self.field.columns:
                found += errors_of(row[column.key], column)
        return found

    def silence(self) -> None:
        """Show rows without judging them."""
        for row in self.rows:
            row.silence()

    def _filled(self) -> int:
        return sum(row.has_changed() for row in self.rows)


class TableLayout(LayoutObject):
    """Draws a table of the form where its field would stand."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.fields: list[Any] = []

    def render(self, form: Any, context: Any, template_pack: str = "", **kwargs: Any) -> str:
        """Draw rows, "add a row" and "remove this row"; all are plain submit buttons."""
        table = form.tables[self.key]
        label = str(table.field.label)
        words = {"table": table, "field": table.field, "one": label[:1].lower() + label[1:]}
        return render_to_string("procedures/form_table.html", words)


def errors_of(bound: forms.BoundField, field: FieldSpec) -> list[dict[str, str]]:
    """Errors of one form field for the summary, each with the place it leads to."""
    href = f"#{bound.id_for_label}" if bound.id_for_label else f"#div_{bound.auto_id}"
    return [{"text": f"{field.label}: {text}", "href": href} for text in bound.errors]


def without_row(data: QueryDict, field: TableSpec, index: int, *, name: str = "") -> QueryDict:
    """Posted data with one row of a table taken out and later rows moved up; `name` as for its rows."""
    changed = data.copy()
    called = name or field.key
    total = _rows_in(data, called, field.max_rows)
    for row in range(index, total):
        for column in field.columns:
            here, following = f"{called}-{row}-{column.key}", f"{called}-{row + 1}-{column.key}"
            if row + 1 < total and following in data:
                changed.setlist(here, data.getlist(following))
            else:
                changed.pop(here, None)
    return changed


def _rows_in(data: Any, called: str, most: int) -> int:
    """How many rows were posted: one more than the highest index, never above the limit."""
    pattern = re.compile(rf"{re.escape(called)}-([0-9]{{1,2}})-[a-z][a-z0-9_]*")
    found = (pattern.fullmatch(name) for name in data)
    return min(max((int(match[1]) + 1 for match in found if match), default=0), most)
