"""Forms of the page of a plan of targets: the decision, its rows, a roadmap that is written out as rows."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from reporting.enums import Basis
from reporting.fields import TypedDayField, TypedPercentField, sentence
from reporting.indicators import aimed_at
from reporting.target_plans import PlanDecision
from reporting.target_rows import Roadmap, Units, month_end_of, percent_of, point_of, step_of, words_of

EMPTY_ROWS = 3
MOST_ROWS = 500
_ASIDE = {"plan": "x", "decision_number": "x", "issuer": "x", "decided_on": "2000-01-01"}
SCOPES = "pham-vi"  # id of the list of scopes on the page


def indicator_choices() -> list[tuple[str, str]]:
    """Indicators with their denominators: two of them differ in nothing else."""
    return [(one.code, f"{one.label} (/ {one.denominator})") for one in aimed_at()]


class DecisionForm(forms.Form):
    """The decision that sets the targets."""

    name = forms.CharField(
        label=gettext_lazy("Kế hoạch"), max_length=60, help_text=gettext_lazy("Ví dụ: Vũng Tàu 2022.")
    )
    decision_number = forms.CharField(
        label=gettext_lazy("Số văn bản giao"), max_length=100, help_text=gettext_lazy("Ví dụ 2139/QĐ-UBND.")
    )
    decided_on = TypedDayField(label=gettext_lazy("Ngày văn bản"), help_text=gettext_lazy("Ví dụ 03/08/2022."))
    issuer = forms.CharField(label=gettext_lazy("Cơ quan giao"), max_length=200)
    monitor = forms.CharField(
        label=gettext_lazy("Cơ quan theo dõi"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Ai nhắc và tổng hợp, ví dụ Phòng Nội vụ."),
    )

    def clean(self) -> dict[str, Any]:
        """Bring words to their stored form, refuse formulas."""
        cleaned = super().clean() or {}
        for name in ("name", "decision_number", "issuer", "monitor"):
            if cleaned.get(name):
                try:
                    cleaned[name] = words_of(cleaned[name], 200)
                except ValueError as error:
                    self.add_error(name, sentence(error))
        return cleaned

    def clean_decided_on(self) -> date:
        """A day that has come."""
        day: date = self.cleaned_data["decided_on"]
        if day > clock.today():
            raise ValidationError(_("Ngày văn bản chưa đến."))
        return day

    def decision(self) -> PlanDecision:
        """What was said, checked."""
        return PlanDecision(**self.cleaned_data)


class TargetRowForm(forms.Form):
    """One row: whose, what, until when, how much."""

    indicator = forms.ChoiceField(label=gettext_lazy("Chỉ số"))
    basis = forms.ChoiceField(label=gettext_lazy("Cách tính"), choices=Basis.choices, initial=Basis.CUMULATIVE)
    scope = forms.CharField(
        label=gettext_lazy("Phạm vi"),
        max_length=300,
        widget=forms.TextInput(attrs={"list": SCOPES, "autocomplete": "off"}),
    )
    month_end = TypedDayField(label=gettext_lazy("Đến ngày"), read=month_end_of)
    percent = TypedPercentField(label=gettext_lazy("Chỉ tiêu (%)"))
    head = forms.CharField(label=gettext_lazy("Người chịu trách nhiệm"), max_length=200, required=False)
    derived = forms.BooleanField(label=gettext_lazy("Suy từ lộ trình"), required=False)

    def __init__(self, *args: Any, units: Units, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._units = units
        choices = indicator_choices()
        self.fields["indicator"].choices = choices  # type: ignore[attr-defined]
        self.fields["indicator"].initial = choices[0][0]  # what stands there untouched is no answer

    def clean(self) -> dict[str, Any]:
        """Read the row like one of a file; what is wrong stands at its field where that is known."""
        cleaned = super().clean() or {}
        if not self.errors and self.has_changed():
            try:
                self.point = point_of({**_ASIDE, **self.row()}, self._units)
            except ValueError as error:
                self.add_error("scope", sentence(error))
        return cleaned

    def cells(self) -> Iterator[forms.BoundField]:
        """The fields as the table shows them, those with mistakes marked."""
        for cell in self:
            kind = {"select": "form-select", "checkbox": "form-check-input"}.get(
                cell.field.widget.input_type, "form-control"
            )
            cell.field.widget.attrs["class"] = f"{kind} is-invalid" if cell.errors else kind
            yield cell

    def row(self) -> dict[str, str]:
        """The row as a plan keeps it."""
        said = self.cleaned_data
        return {
            "indicator": said["indicator"],
            "basis": said["basis"],
            "scope_kind": "",
            "unit_code": said["scope"],
            "month_end": f"{said['month_end']:%d/%m/%Y}",
            "percent": percent_of(said["percent"]),
            "derived": "x" if said["derived"] else "",
            "head": said["head"],
        }


class Rows(forms.BaseFormSet):
    """The rows of a plan; the same target twice is refused."""

    def clean(self) -> None:
        """Refuse twins, with the number of both rows."""
        seen: dict[tuple[object, ...], int] = {}
        for number, form in enumerate(self.forms, start=1):
            point = None if self._should_delete_form(form) else getattr(form, "point", None)  # type: ignore[attr-defined]
            if point is None:
                continue
            if point.key in seen:
                form.add_error("month_end", _("Mốc này đã giao ở dòng %(number)s.") % {"number": seen[point.key]})
                raise ValidationError(
                    _("Dòng %(second)s giao lại mốc của dòng %(first)s.") % {"first": seen[point.key], "second": number}
                )
            seen[point.key] = number

    def written(self) -> list[dict[str, str]]:
        """The rows that stay, as a plan keeps them."""
        return [
            form.point.as_row()
            for form in self.forms
            if form.has_changed() and not self._should_delete_form(form)  # type: ignore[attr-defined]
        ]


RowSet = forms.formset_factory(
    TargetRowForm,
    formset=Rows,
    extra=EMPTY_ROWS,
    can_delete=True,
    max_num=MOST_ROWS,
    absolute_max=MOST_ROWS + EMPTY_ROWS,
)


def initial_of(row: dict[str, str], units: Units) -> dict[str, Any]:
    """A row of a plan or of a file as its form shows it; what nobody understands stays as it was written."""
    names = ("indicator", "basis", "month_end", "percent", "head")
    scope = units.shown(row.get("scope_kind", ""), row.get("unit_code", ""))
    return {name: row.get(name, "") for name in names} | {"scope": scope, "derived": bool(row.get("derived"))}


class RoadmapForm(forms.Form):
    """“30, mỗi tháng +15, cuối 60”: written out as rows, which may then be altered singly."""

    indicator = forms.ChoiceField(label=gettext_lazy("Chỉ số"))
    basis = forms.ChoiceField(label=gettext_lazy("Cách tính"), choices=Basis.choices, initial=Basis.CUMULATIVE)
    scope = forms.CharField(
        label=gettext_lazy("Phạm vi"),
        max_length=300,
        widget=forms.TextInput(attrs={"list": SCOPES, "autocomplete": "off"}),
    )
    first = TypedDayField(
        label=gettext_lazy("Mốc đầu (tháng)"), help_text=gettext_lazy("Ví dụ 9/2022."), read=month_end_of
    )
    start = TypedPercentField(label=gettext_lazy("Mức đầu (%)"))
    step = TypedPercentField(label=gettext_lazy("Mỗi bước thêm (điểm %)"), read=step_of)
    every = forms.TypedChoiceField(
        label=gettext_lazy("Bước"),
        coerce=int,
        choices=[(1, gettext_lazy("mỗi tháng")), (3, gettext_lazy("mỗi quý"))],
        initial=1,
    )
    end = TypedPercentField(label=gettext_lazy("Mức cuối (%)"))
    head = forms.CharField(label=gettext_lazy("Người chịu trách nhiệm"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicator"].choices = indicator_choices()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A step that leads nowhere is told."""
        cleaned = super().clean() or {}
        if not self.errors:
            way = Roadmap(cleaned["first"], cleaned["start"], cleaned["step"], cleaned["end"], cleaned["every"])
            try:
                self.points = way.points()
            except ValueError as error:
                self.add_error("step", sentence(error))
        return cleaned

    def rows(self) -> list[dict[str, Any]]:
        """The roadmap as rows of the page."""
        said = self.cleaned_data
        shared = {name: said[name] for name in ("indicator", "basis", "scope", "head")}
        return [
            {**shared, "month_end": f"{day:%d/%m/%Y}", "percent": percent_of(value), "derived": derived}
            for day, value, derived in self.points
        ]
