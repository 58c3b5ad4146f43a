"""The Django form of one step of a form spec, with its crispy layout and its tables. Use procedures.formspec.build_form."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout, LayoutObject
from crispy_forms.layout import Field as CrispyField
from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts import validators
from portal import partialdate
from procedures import formfields
from procedures.spec import Answers, FieldSpec, FormSpec, StepSpec, earliest_day, latest_day, shown

AUTOCOMPLETE = {
    "party.full_name": "name", "party.phone": "tel", "party.email": "email", "party.address": "street-address",
    "party.birth_date": "bday",
}  # fmt: skip
Wards = Sequence[tuple[str, str]]


def build_form(
    spec: FormSpec,
    step_key: str,
    answers: Answers,
    *,
    wards: Wards = (),
    masked: Mapping[str, str] | None = None,
    partial: bool = False,
) -> type["StepForm"]:
    """Make the form class of a step, given the answers of the whole dossier.

    Fields hidden by answers of other steps are not in it; those hidden by the step's own answers are dropped when
    it is cleaned. `masked`: how a stored identity number is shown, by key (`key-row-column` in tables); such a
    field may stay blank and keeps its number. `partial`: nothing is required (save and leave).
    Raises KeyError for an unknown step.
    """
    step = spec.step(step_key)
    if step is None:
        raise KeyError(step_key)
    maker = _Maker(spec, dict(wards), masked or {}, partial=partial)
    possible = _possible(spec, step, answers)
    fields: dict[str, Any] = {
        field.key: maker.field(field, stored=answers.get(field.key), conditional=field.when is not None)
        for field in possible
        if field.kind != "table"
    }
    return type(
        "StepForm",
        (StepForm,),
        {**fields, "spec": spec, "step": step, "possible": possible, "known": dict(answers), "maker": maker},
    )


def _possible(spec: FormSpec, step: StepSpec, answers: Answers) -> list[FieldSpec]:
    """Fields of the step that the answers of other steps do not hide."""
    here = {field.key for field in step.fields}
    visible = {field.key for field in shown(spec, answers)}
    found: dict[str, FieldSpec] = {}
    for field in step.fields:
        if field.when is None or (field.when.field in found if field.when.field in here else field.key in visible):
            found[field.key] = field
    return list(found.values())


class StepForm(forms.Form):
    """Base of the forms of steps; `tables` hold the repeated rows, which count for validity like fields."""

    spec: ClassVar[FormSpec]
    step: ClassVar[StepSpec]
    possible: ClassVar[list[FieldSpec]]
    known: ClassVar[dict[str, Any]]
    maker: ClassVar["_Maker"]
    use_required_attribute = False  # the server answers with sentences; the browser's bubbles are in its own language

    def __init__(self, *args: Any, grow: str = "", **kwargs: Any) -> None:
        """`grow`: key of a table that shows one row more."""
        super().__init__(*args, **kwargs)
        self.tables = {
            field.key: TableRows(self, field, grow=grow == field.key)
            for field in self.possible
            if field.kind == "table"
        }
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.form_show_errors = True
        self.helper.layout = Layout(*[self._place(field) for field in self.possible])

    def is_valid(self) -> bool:
        """Tell whether fields and tables are right."""
        return super().is_valid() and not any(table.has_errors for table in self.tables.values())

    def clean(self) -> dict[str, Any]:
        """Evaluate conditions: what is hidden is dropped with its errors, what is shown and required must be there."""
        cleaned = super().clean() or {}
        visible = self._visible(cleaned)
        for field in self.possible:
            if field.key not in visible:
                cleaned.pop(field.key, None)
                self.errors.pop(field.key, None)
                if field.key in self.tables:
                    self.tables[field.key].drop()
            elif field.key in self.tables:
                self.tables[field.key].check(partial=self.maker.partial)
            elif field.when and field.key not in self.errors and self._is_due(field, cleaned.get(field.key)):
                self.add_error(field.key, self.fields[field.key].error_messages["required"])
        return cleaned

    def answers(self) -> dict[str, Any]:
        """What was filled in, as it is stored; identity numbers still as typed (the draft service seals them)."""
        found: dict[str, Any] = {}
        for field in self.possible:
            if field.key in self.tables:
                rows = self.tables[field.key].answers()
                if rows:
                    found[field.key] = rows
            elif field.key in self.cleaned_data:
                value = stored_value(self.cleaned_data[field.key])
                if value is not None:
                    found[field.key] = value
        return found

    def error_list(self) -> list[dict[str, str]]:
        """Errors for the summary on top of the page, each with the place it leads to."""
        found = [{"text": text, "href": ""} for text in self.non_field_errors()]
        for field in self.possible:
            if field.key in self.tables:
                found += self.tables[field.key].error_list()
            else:
                found += _errors_of(self[field.key], field.label)
        return found

    def silence(self) -> None:
        """Show what was typed without judging it: the person only asked for a row more or less."""
        self._errors = ErrorDict()
        self.cleaned_data = {}
        for table in self.tables.values():
            table.silence()

    def _visible(self, cleaned: dict[str, Any]) -> set[str]:
        here = {field.key for field in self.step.fields}
        known = {key: value for key, value in self.known.items() if key not in here}
        known |= {key: stored_value(value) for key, value in cleaned.items()}
        return {field.key for field in shown(self.spec, known)}

    def _is_due(self, field: FieldSpec, value: Any) -> bool:
        if self.maker.partial or not field.required or self.fields[field.key].keeps_number:
            return False
        return value in (None, "", [], False)

    def _place(self, field: FieldSpec) -> LayoutObject:
        placed = TableLayout(field.key) if field.kind == "table" else CrispyField(field.key)
        here = {other.key for other in self.step.fields}
        if field.when is None or field.when.field not in here:
            return placed
        values = "|".join(field.when.values)
        return Div(placed, css_class="conditional", data_portal_when=field.when.field, data_portal_in=values)


class RowForm(forms.Form):
    """One row of a table."""

    use_required_attribute = False


class TableRows:
    """Rows of one table: `key-0-column`, `key-1-column` …; blank rows do not count. Works without scripts."""

    def __init__(self, form: StepForm, field: FieldSpec, *, grow: bool) -> None:
        self.field = field
        self.errors: list[str] = []
        self.dropped = False
        data = form.data if form.is_bound else None
        stored = form.known.get(field.key)
        stored = stored if isinstance(stored, list) else []
        filled = _rows_in(data, field) if data is not None else len(stored)
        count = min(max(filled + grow, field.min_rows, 1), field.max_rows)
        self.can_grow = count < field.max_rows
        self.rows = [
            self._row(form, data, index, stored[index] if index < len(stored) else {}) for index in range(count)
        ]
        if grow and count > filled:
            first = next(iter(self.rows[-1].fields.values()))
            first.widget.attrs["autofocus"] = True

    def _row(self, form: StepForm, data: Any, index: int, stored: dict[str, Any]) -> RowForm:
        fields = {
            column.key: form.maker.field(
                column, stored=stored.get(column.key), place=f"{self.field.key}-{index}-{column.key}"
            )
            for column in self.field.columns
        }
        initial = {column.key: initial_value(column, stored.get(column.key)) for column in self.field.columns}
        made = type("RowForm", (RowForm,), fields)
        row: RowForm = made(
            data, prefix=f"{self.field.key}-{index}", initial=initial if data is None else None, empty_permitted=True
        )
        row.helper = FormHelper()  # type: ignore[attr-defined]
        row.helper.form_tag = False  # type: ignore[attr-defined]
        row.helper.disable_csrf = True  # type: ignore[attr-defined]
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
        needed = max(self.field.min_rows, int(self.field.required))
        if not partial and self._filled() < needed:
            self.errors.append(_("Cần ít nhất %(count)s dòng. Hãy điền thêm.") % {"count": needed})

    def answers(self) -> list[dict[str, Any]]:
        """Give the filled rows as they are stored; `_row` remembers where a kept identity number comes from."""
        if self.dropped:
            return []
        found = []
        for index, row in enumerate(self.rows):
            if not row.has_changed():
                continue
            values = {key: stored_value(value) for key, value in row.cleaned_data.items()}
            found.append({**{key: value for key, value in values.items() if value is not None}, "_row": index})
        return found

    def error_list(self) -> list[dict[str, str]]:
        """Errors for the summary."""
        if self.dropped:
            return []
        href = f"#table_{self.field.key}"
        found = [{"text": f"{self.field.label}: {text}", "href": href} for text in self.errors]
        for row in self.rows:
            for column in self.field.columns:
                found += _errors_of(row[column.key], column.label)
        return found

    def silence(self) -> None:
        """Show rows without judging them."""
        for row in self.rows:
            row._errors = ErrorDict()  # noqa: SLF001  Django's own name for "already cleaned"
            row.cleaned_data = {}

    def _filled(self) -> int:
        return sum(row.has_changed() for row in self.rows)


class TableLayout(LayoutObject):
    """Draws a table of the form where its field would stand."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.fields: list[Any] = []

    def render(self, form: StepForm, context: Any, template_pack: str = "", **kwargs: Any) -> str:
        """Draw rows, "add a row" and "remove this row"; all are plain submit buttons."""
        table = form.tables[self.key]
        return render_to_string("procedures/form_table.html", {"table": table, "field": table.field})


class _Maker:
    """Makes Django fields from field specs."""

    def __init__(self, spec: FormSpec, wards: dict[str, str], masked: Mapping[str, str], *, partial: bool) -> None:
        self.wards = wards
        self.masked = masked
        self.partial = partial
        self.past = spec.past_days()

    def field(self, spec: FieldSpec, *, stored: Any, conditional: bool = False, place: str = "") -> forms.Field:
        """Make one field. What is conditional is not required by itself: the form's clean() decides."""
        common: dict[str, Any] = {"label": spec.label, "help_text": spec.hint}
        kept = self.masked.get(place or spec.key, "") if spec.kind == "identity" else ""
        common["required"] = spec.required and not conditional and not self.partial and not kept
        if kept:
            common["help_text"] = _("Đã lưu số %(masked)s. Để trống nếu không đổi.") % {"masked": kept}
        if conditional and spec.required:  # not required by itself, but marked as such while it is shown
            common["label"] = format_html('{}<span class="asteriskField">*</span>', spec.label)
        made = self._made(spec, common)
        made.keeps_number = bool(kept)  # type: ignore[attr-defined]
        made.initial = initial_value(spec, stored)
        if spec.prefill in AUTOCOMPLETE:
            made.widget.attrs["autocomplete"] = AUTOCOMPLETE[spec.prefill]
        elif isinstance(made.widget, forms.TextInput):
            made.widget.attrs["autocomplete"] = "off"
        return made

    def _made(self, spec: FieldSpec, common: dict[str, Any]) -> forms.Field:
        text = _TEXTS.get(spec.kind)
        if text is not None:
            return text(spec, common)
        if spec.kind in {"integer", "decimal", "money"}:
            return _number(spec, common)
        if spec.kind in {"date", "partial_date"}:
            return self._date(spec, common)
        return self._choice(spec, common)

    def _date(self, spec: FieldSpec, common: dict[str, Any]) -> forms.Field:
        past = spec.key in self.past
        partial = spec.kind == "partial_date"
        hint = _("Ví dụ 12/03/1996, 03/1996 hoặc 1996") if partial else _("Ngày/tháng/năm, ví dụ 12/03/1996")
        made = (formfields.PartialDayField if partial else formfields.DayField)(
            earliest=earliest_day(spec) or (validators.FIRST_BIRTH if past else None),
            latest=lambda: latest_day(spec, past=past),
            **_with_hint(common, hint),
        )
        made.widget.attrs["inputmode"] = "numeric"
        return made

    def _choice(self, spec: FieldSpec, common: dict[str, Any]) -> forms.Field:
        if spec.kind == "ward":
            return formfields.OptionField(
                choices=formfields.choices(self.wards.items(), _("Chọn phường, xã")), **common
            )
        if spec.kind == "select":
            return formfields.OptionField(choices=formfields.choices(spec.options, _("Chọn một mục")), **common)
        if spec.kind == "radio":
            return formfields.OptionField(choices=spec.options, widget=forms.RadioSelect, **common)
        if spec.options:
            return formfields.OptionsField(choices=spec.options, widget=forms.CheckboxSelectMultiple, **common)
        return formfields.TickField(**common)


def _with_hint(common: dict[str, Any], hint: str) -> dict[str, Any]:
    return {**common, "help_text": common["help_text"] or hint}


def _text(spec: FieldSpec, common: dict[str, Any]) -> forms.Field:
    return formfields.CleanCharField(max_length=spec.max_length or formfields.TEXT_LENGTH, **common)


def _longtext(spec: FieldSpec, common: dict[str, Any]) -> forms.Field:
    widget = forms.Textarea(attrs={"rows": 4})
    length = spec.max_length or formfields.LONGTEXT_LENGTH
    return formfields.CleanCharField(lines=True, max_length=length, widget=widget, **common)


def _name(spec: FieldSpec, common: dict[str, Any]) -> forms.Field:
    length = min(spec.max_length or formfields.NAME_LENGTH, formfields.NAME_LENGTH)
    return formfields.CleanCharField(max_length=length, parse=validators.person_name, **common)


def _coded(parse: Callable[[str], str], *, mode: str) -> Callable[[FieldSpec, dict[str, Any]], forms.Field]:
    def make(spec: FieldSpec, common: dict[str, Any]) -> forms.Field:
        made = formfields.CleanCharField(max_length=40, parse=parse, **common)
        made.widget.attrs["inputmode"] = mode
        return made

    return make


def _email(spec: FieldSpec, common: dict[str, Any]) -> forms.Field:
    made = formfields.email_field(**common)
    made.widget.attrs["inputmode"] = "email"
    return made


def _number(spec: FieldSpec, common: dict[str, Any]) -> forms.Field:
    money = spec.kind == "money"
    low = Decimal(str(spec.min)) if spec.min is not None else (Decimal(0) if money else None)
    high = Decimal(str(spec.max)) if spec.max is not None else Decimal(formfields.MAX_MONEY)
    made = formfields.NumberField(whole=spec.kind != "decimal", money=money, low=low, high=high, **common)
    made.widget.attrs["inputmode"] = "decimal" if spec.kind == "decimal" else "numeric"
    return made


_TEXTS: dict[str, Callable[[FieldSpec, dict[str, Any]], forms.Field]] = {
    "text": _text,
    "longtext": _longtext,
    "name": _name,
    "identity": _coded(validators.citizen_id, mode="numeric"),
    "tax_code": _coded(formfields.tax_code, mode="text"),
    "phone": _coded(validators.phone, mode="tel"),
    "email": _email,
}


# ── values ───────────────────────────────────────────────────────────────────────────────────────


def stored_value(value: Any) -> Any:
    """A cleaned value as JSON holds it; None for nothing."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return None if value in ("", []) else value


def initial_value(field: FieldSpec, stored: Any) -> Any:
    """A stored value as the form shows it; an identity number never comes back in clear."""
    if stored in (None, "") or field.kind in {"identity", "table"}:
        return None
    if field.kind == "date":
        return formfields.show_day(date.fromisoformat(stored))
    if field.kind == "partial_date":
        return partialdate.shown(stored)
    if field.kind in {"integer", "money", "decimal"}:
        return formfields.show_number(Decimal(str(stored)))
    return stored


def without_row(data: QueryDict, field: FieldSpec, index: int) -> QueryDict:
    """Posted data with one row of a table taken out and later rows moved up."""
    changed = data.copy()
    total = _rows_in(data, field)
    for row in range(index, total):
        for column in field.columns:
            name, following = f"{field.key}-{row}-{column.key}", f"{field.key}-{row + 1}-{column.key}"
            if row + 1 < total and following in data:
                changed.setlist(name, data.getlist(following))
            else:
                changed.pop(name, None)
    return changed


def _rows_in(data: Any, field: FieldSpec) -> int:
    """How many rows were posted: one more than the highest index, never above the limit."""
    pattern = re.compile(rf"{re.escape(field.key)}-([0-9]{{1,2}})-[a-z][a-z0-9_]*")
    found = (pattern.fullmatch(name) for name in data)
    return min(max((int(match[1]) + 1 for match in found if match), default=0), field.max_rows)


def _errors_of(bound: forms.BoundField, label: str) -> list[dict[str, str]]:
    href = f"#{bound.id_for_label}" if bound.id_for_label else f"#div_{bound.auto_id}"
    return [{"text": f"{label}: {text}", "href": href} for text in bound.errors]
