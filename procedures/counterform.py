"""The counter form of a procedure: those questions of its e-form that are marked for the counter, on one page. Pure.

One declaration serves both: what the counter keeps are answers of the same spec, checked by the same kinds. The owner is
not asked again; other people whom the e-form fills in from the account may be left blank when they are the owner.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from portal.words import Words
from procedures.drawing import GroupLayout, helper_of
from procedures.fieldkinds import FieldSpec
from procedures.spec import FormSpec, StepSpec
from procedures.stepform import StepForm, Wards, build_form

STEP = "tai_quay"
PREFIX = "to-khai"  # names on the page, so that no question is taken for a field of the counter itself


def asked(spec: FormSpec) -> FormSpec:
    """What the counter asks, as a form of one step; without steps when it asks nothing."""
    return _of([field for field in spec.fields() if field.counter])


def counter_form(spec: FormSpec, data: Any = None, *, wards: Wards = (), grow: str = "") -> StepForm | None:
    """The questions as a form, grouped as in the e-form; None when there is none. `grow`: as for any step."""
    fields = [_lenient(field) for field in spec.fields() if field.counter]
    if not fields:
        return None
    form = build_form(_of(fields), STEP, {}, wards=wards)(data, prefix=PREFIX, grow=grow)
    for field in fields:
        if field.key in form.fields:
            _fit(form.fields[field.key], is_owners=bool(field.prefill))
    form.helper = helper_of(*_groups(spec, form))
    return form


def _of(fields: list[FieldSpec]) -> FormSpec:
    step = StepSpec.model_construct(key=STEP, title=Words(""), hint=Words(""), fields=tuple(fields))
    return FormSpec.model_construct(version=1, owner=None, steps=(step,) if fields else ())


def _lenient(field: FieldSpec) -> FieldSpec:
    """What the owner may answer is not demanded here: whether it is there shows when the owner is known."""
    return field.model_copy(update={"required": False}) if field.prefill else field


def _fit(field: forms.Field, *, is_owners: bool) -> None:
    """A list that opens takes one line and one key where round buttons take several."""
    if is_owners:
        field.said_optional = False  # type: ignore[attr-defined]  # blank means something; see portal.drawing
    if isinstance(field, forms.ChoiceField) and isinstance(field.widget, forms.RadioSelect):
        choices, field.widget = list(field.choices), forms.Select()
        field.choices = [("", _("Chọn một mục")), *choices]


def _groups(spec: FormSpec, form: StepForm) -> list[GroupLayout]:
    note = _("Để trống những mục giống như của chủ hồ sơ.")
    groups = []
    for step in spec.steps:
        here = {field.key for field in step.fields}
        fields = [field for field in form.possible if field.key in here]
        if fields:
            said = note if any(field.prefill for field in fields) else ""
            groups.append(GroupLayout(str(step.title), said, *form.places(fields)))
    return groups
