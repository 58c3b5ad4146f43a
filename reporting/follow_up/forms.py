"""Forms of an explanation: causes, own words, measures row by row. A draft keeps what was typed, right or wrong."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from reporting.fields import TypedDayField, mistakes, sentence
from reporting.follow_up.rules import causes_on
from reporting.target_rows import Units

EMPTY_ROWS = 2
MOST_ROWS = 40
LONGEST = 4000
PROCEDURES, UNITS = "thu-tuc", "don-vi"  # ids of the lists on the page
FIELDS = ("text", "indicator", "procedure", "expected", "owner", "due_on")


class CausesForm(forms.Form):
    """Why the target was missed."""

    causes = forms.MultipleChoiceField(
        label=gettext_lazy("Nguyên nhân"), required=False, widget=forms.CheckboxSelectMultiple
    )
    words = forms.CharField(
        label=gettext_lazy("Nói rõ thêm"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["causes"].choices = [(one.code, one.label) for one in causes_on(day)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """One cause at least, of the list or in own words."""
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("causes") and not cleaned.get("words"):
            self.add_error("causes", _("Chưa nêu nguyên nhân. Hãy chọn trong danh sách hoặc tự viết."))
        return cleaned


class MeasureForm(forms.Form):
    """One measure: what, for which figure and procedure, how many dossiers it should bring, by whom, until when."""

    text = forms.CharField(label=gettext_lazy("Biện pháp"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    indicator = forms.ChoiceField(label=gettext_lazy("Chỉ số"), required=False)
    procedure = forms.CharField(
        label=gettext_lazy("Thủ tục"),
        required=False,
        max_length=600,
        widget=forms.TextInput(attrs={"list": PROCEDURES, "autocomplete": "off"}),
    )
    expected = forms.IntegerField(
        label=gettext_lazy("Số hồ sơ dự kiến"),
        required=False,
        min_value=0,
        max_value=1_000_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 6}),
    )
    owner = forms.CharField(label=gettext_lazy("Người làm"), max_length=200)
    due_on = TypedDayField(label=gettext_lazy("Hạn"))

    def __init__(
        self,
        *args: Any,
        indicators: Iterable[tuple[str, str]],
        procedures: Mapping[str, tuple[int, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.empty_permitted = True  # a row that was emptied is none
        self._procedures = procedures
        self.fields["indicator"].choices = [("", "–"), *indicators]  # type: ignore[attr-defined]

    def clean_due_on(self) -> date:
        """A day that is still to come."""
        found: date = self.cleaned_data["due_on"]
        if found < clock.today():
            raise forms.ValidationError(_("Hạn phải từ hôm nay trở đi."))
        return found

    def clean_procedure(self) -> int | None:
        """A procedure by its code, which the list writes before its name."""
        text = self.cleaned_data["procedure"]
        if not text:
            return None
        found = self._procedures.get(text.split(" ")[0])
        if found is None:
            raise forms.ValidationError(
                _("Không có thủ tục này. Hãy ghi mã thủ tục, hoặc chọn trong danh sách gợi ý nếu có.")
            )
        return found[0]

    def typed(self) -> dict[str, Any]:
        """What stands in the fields, as it was typed."""
        return {name: str(self[name].value() or "") for name in FIELDS}

    def measure(self) -> dict[str, Any]:
        """The measure as a sent version keeps it."""
        said = self.cleaned_data
        named = {pk: f"{code} {name}" for code, (pk, name) in self._procedures.items()}
        return {
            **said,
            "procedure_name": named.get(said["procedure"], ""),  # as it is called that day
            "due_on": said["due_on"].isoformat(),
        }


MeasureSet = forms.formset_factory(
    MeasureForm, extra=EMPTY_ROWS, max_num=MOST_ROWS, absolute_max=MOST_ROWS + EMPTY_ROWS
)


class ExplanationForm:
    """Causes and measures together, as one page sends them."""

    def __init__(
        self,
        data: Any,
        draft: Mapping[str, Any],
        *,
        day: date,
        indicators: Iterable[tuple[str, str]],
        procedures: Mapping[str, tuple[int, str]],
    ) -> None:
        kwargs = {"indicators": list(indicators), "procedures": procedures}
        rows = draft.get("rows", [])
        self.causes = CausesForm(data, initial=dict(draft), day=day)
        self.rows = MeasureSet(data, prefix="bp", form_kwargs=kwargs, **({} if data else {"initial": rows}))

    def draft(self) -> dict[str, Any]:
        """What was typed; rows without a word are left out."""
        rows = [form.typed() for form in self.rows.forms]
        return {
            "causes": list(self.causes["causes"].value() or []),
            "words": str(self.causes["words"].value() or "")[: 2 * LONGEST],
            "rows": [row for row in rows if any(row.values())],
        }

    def is_valid(self) -> bool:
        """Whether it can be sent; all mistakes are told at once."""
        good = all([self.causes.is_valid(), self.rows.is_valid()])
        if good and not self.measures():
            self.causes.add_error(None, _("Chưa có biện pháp nào. Hãy ghi ít nhất một biện pháp, người làm và hạn."))
            return False
        return good

    def mistakes(self) -> list[dict[str, str]]:
        """Every mistake of the page, those of the rows too."""
        return mistakes(self.causes, rows=self.rows, row=_("Biện pháp"))

    def measures(self) -> list[dict[str, Any]]:
        """The measures, checked."""
        return [form.measure() for form in self.rows.forms if form.has_changed() and form.is_valid()]

    def content(self) -> dict[str, Any]:
        """What is sent."""
        said = self.causes.cleaned_data
        return {"causes": said["causes"], "words": said["words"], "measures": self.measures()}


class MinutesForm(forms.Form):
    """A meeting: when, where, who was there, what was concluded."""

    held_on = TypedDayField(label=gettext_lazy("Ngày họp"), help_text=gettext_lazy("Ví dụ 05/10/2022."))
    place = forms.CharField(label=gettext_lazy("Nơi họp"), max_length=200, required=False)
    present = forms.CharField(
        label=gettext_lazy("Người dự, mỗi dòng một người và chức trách"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    conclusions = forms.CharField(
        label=gettext_lazy("Kết luận"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5})
    )

    def clean_held_on(self) -> date:
        """A day that has come."""
        found: date = self.cleaned_data["held_on"]
        if found > clock.today():
            raise forms.ValidationError(_("Ngày họp chưa đến."))
        return found


class TaskForm(MeasureForm):
    """A task of a meeting: a measure with the unit that does it."""

    unit = forms.CharField(
        label=gettext_lazy("Đơn vị"),
        max_length=300,
        widget=forms.TextInput(attrs={"list": UNITS, "autocomplete": "off"}),
    )
    field_order = ("unit", *FIELDS)

    def __init__(self, *args: Any, units: Units, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._units = units

    def clean_unit(self) -> int:
        """A unit by its name or code."""
        try:
            return self._units.find(self.cleaned_data["unit"]).pk
        except ValueError as error:
            raise forms.ValidationError(sentence(error)) from error

    def typed(self) -> dict[str, Any]:
        """What stands in the fields, as it was typed."""
        return {"unit": str(self["unit"].value() or ""), **super().typed()}


TaskSet = forms.formset_factory(TaskForm, extra=EMPTY_ROWS, max_num=MOST_ROWS, absolute_max=MOST_ROWS + EMPTY_ROWS)


class MeetingForm:
    """Minutes with their tasks, as one page sends them."""

    def __init__(
        self,
        data: Any,
        draft: Mapping[str, Any],
        *,
        indicators: Iterable[tuple[str, str]],
        units: Units,
        procedures: Any,
    ) -> None:
        kwargs = {"indicators": list(indicators), "procedures": procedures, "units": units}
        self.minutes = MinutesForm(data, initial=dict(draft))
        self.rows = TaskSet(
            data, prefix="viec", form_kwargs=kwargs, **({} if data else {"initial": draft.get("rows", [])})
        )

    def draft(self) -> dict[str, Any]:
        """What was typed; rows without a word are left out."""
        rows = [form.typed() for form in self.rows.forms]
        said = {name: str(self.minutes[name].value() or "")[: 2 * LONGEST] for name in self.minutes.fields}
        return {**said, "rows": [row for row in rows if any(row.values())]}

    def is_valid(self) -> bool:
        """Whether the minutes can be settled; all mistakes are told at once."""
        return all([self.minutes.is_valid(), self.rows.is_valid()])

    def mistakes(self) -> list[dict[str, str]]:
        """Every mistake of the page, those of the rows too."""
        return mistakes(self.minutes, rows=self.rows, row=_("Việc"))

    def tasks(self) -> list[dict[str, Any]]:
        """The tasks, checked."""
        return [form.measure() for form in self.rows.forms if form.has_changed() and form.is_valid()]
