"""The Django form of one step of a form spec, with its crispy layout. Use procedures.formspec.build_form."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from crispy_forms.layout import Div, LayoutObject
from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _

from procedures.drawing import FieldLayout, LeadLayout, helper_of
from procedures.fieldkinds import FieldSpec, Making
from procedures.fieldkinds.choices import TRUE, ChoiceSpec
from procedures.fieldkinds.table import TableSpec
from procedures.spec import Answers, FormSpec, StepSpec, shown
from procedures.tablerows import TableLayout, TableRows, errors_of

AUTOCOMPLETE = {
    "party.full_name": "name",
    "party.phone": "tel",
    "party.email": "email",
    "party.address": "street-address",
    "party.birth_date": "bday",
}
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
    maker = _Maker(spec, tuple(wards), masked or {}, partial=partial)
    possible = _possible(spec, step, answers)
    fields: dict[str, Any] = {
        field.key: maker.field(field, stored=answers.get(field.key), conditional=field.when is not None)
        for field in possible
        if not field.inside
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
            field.key: TableRows(
                field,
                data=self.data if self.is_bound else None,
                stored=self.known.get(field.key),
                make=self.maker.field,
                grow=grow == self.add_prefix(field.key),
                name=self.add_prefix(field.key),
            )
            for field in self.possible
            if isinstance(field, TableSpec)
        }
        self.helper = helper_of(*self.places(self.possible))

    def places(self, fields: Sequence[FieldSpec]) -> list[LayoutObject]:
        """The layout of some of the form's questions, in their order."""
        return [self._place(*pair) for pair in zip(fields, [None, *fields], strict=False)]

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
                value = field.kind.stored(self.cleaned_data[field.key])
                if value is not None:
                    found[field.key] = value
        return found

    def error_list(self) -> list[dict[str, str]]:
        """Errors for the summary on top of the page, each with the place it leads to."""
        found = [{"text": str(text), "href": ""} for text in self.non_field_errors()]
        for field in self.possible:
            if field.key in self.tables:
                found += self.tables[field.key].error_list()
            else:
                found += errors_of(self[field.key], field)
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
        known |= {field.key: field.kind.stored(cleaned[field.key]) for field in self.possible if field.key in cleaned}
        return {field.key for field in shown(self.spec, known)}

    def _is_due(self, field: FieldSpec, value: Any) -> bool:
        if self.maker.partial or not field.required or self.maker.kept(field):
            return False
        return bool(field.kind.is_missing(field, field.kind.stored(value)))

    def _place(self, field: FieldSpec, before: FieldSpec | None) -> LayoutObject:
        placed = TableLayout(field.key) if field.inside else FieldLayout(field.key)
        here = {other.key: other for other in self.step.fields}
        if field.when is None or field.when.field not in here:
            return placed
        values = "|".join(field.when.values)
        begins = before is None or before.when != field.when
        lead = [LeadLayout(_lead(here[field.when.field], field.when.values))] if begins else []
        asked = self.add_prefix(field.when.field)
        return Div(*lead, placed, css_class="conditional", data_portal_when=asked, data_portal_in=values)


def _lead(asked: FieldSpec, values: Iterable[str]) -> str:
    """When the questions that follow are meant, for a browser that does not hide them."""
    if isinstance(asked, ChoiceSpec):
        labels = dict(asked.choices)
        answers = ", ".join(f"“{labels[value]}”" for value in values if value in labels)
        words = _("Nếu ở mục “%(label)s” bạn chọn %(answers)s:") % {"label": asked.label, "answers": answers}
    elif TRUE & set(values):
        words = _("Nếu bạn chọn “%(label)s”:") % {"label": asked.label}
    else:
        words = _("Nếu bạn không chọn “%(label)s”:") % {"label": asked.label}
    return words


class _Maker:
    """Makes Django fields from field specs."""

    def __init__(
        self, spec: FormSpec, wards: tuple[tuple[str, str], ...], masked: Mapping[str, str], *, partial: bool
    ) -> None:
        self.wards = wards
        self.masked = masked
        self.partial = partial
        self.past = spec.past_days()

    def field(self, spec: FieldSpec, *, stored: Any, conditional: bool = False, place: str = "") -> forms.Field:
        """Make one field. What is conditional is not required by itself: the form's clean() decides."""
        kept = self.kept(spec, place)
        common = {
            "label": str(spec.label),
            "help_text": _("Đã lưu số %(masked)s. Để trống nếu không đổi.") % {"masked": kept}
            if kept
            else str(spec.hint or spec.kind.hint),
            "required": spec.required and not conditional and not self.partial and not kept,
        }
        made = spec.kind.make(spec, common, Making(wards=self.wards, is_past=spec.key in self.past))
        made.said_optional = not spec.required  # type: ignore[attr-defined]  # by itself; see portal.drawing
        made.initial = None if stored in (None, "") else spec.kind.initial(spec, stored)
        if spec.kind.inputmode:
            made.widget.attrs["inputmode"] = spec.kind.inputmode
        if spec.prefill in AUTOCOMPLETE:
            made.widget.attrs["autocomplete"] = AUTOCOMPLETE[spec.prefill]
        elif isinstance(made.widget, forms.TextInput):
            made.widget.attrs["autocomplete"] = "off"
        return made

    def kept(self, spec: FieldSpec, place: str = "") -> str:
        """How the number that is already kept for a field is shown; empty when there is none."""
        return self.masked.get(place or spec.key, "") if spec.kind.seals_number else ""
