"""Some questions of an e-form asked anew, on one page: those that were found wrong, and those that hang on their answers. Pure.

What is asked anew are questions of the same spec, checked by the same kinds; all other answers stay as they were given.
"""

from collections.abc import Collection, Mapping
from typing import Any

from crispy_forms.layout import Div, LayoutObject
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.words import Words
from procedures.drawing import helper_of
from procedures.fieldkinds import FieldSpec
from procedures.spec import Answers, FormSpec, StepSpec
from procedures.stepform import StepForm, Wards, build_form

STEP = "sua"
PREFIX = "khai-lai"  # names on the page, so that no question is taken for a field of the page itself


class _Said(LayoutObject):
    """What the officer wrote about the question that follows."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.fields: list[Any] = []

    def render(self, form: Any, context: Any, template_pack: str = "", **kwargs: Any) -> SafeString:
        """Draw the words as a quotation."""
        return format_html(
            '<p class="note">{}</p><blockquote class="said">{}</blockquote>', _("Cán bộ ghi:"), self.words
        )


def step_of(spec: FormSpec, keys: Collection[str]) -> StepSpec:
    """What is asked anew, as one step; without questions when the form knows none of the keys."""
    wanted: dict[str, FieldSpec] = {}
    for field in spec.fields():
        hangs = field.when is not None and field.when.field in wanted
        if field.key in keys or hangs:
            # What it hangs on is not asked again and stays as it is: so does whether it is shown.
            wanted[field.key] = field if hangs else field.model_copy(update={"when": None})
    return StepSpec.model_construct(key=STEP, title=Words(""), hint=Words(""), fields=tuple(wanted.values()))


def correction_form(
    spec: FormSpec,
    notes: Mapping[str, str],
    answers: Answers,
    data: Any = None,
    *,
    wards: Wards = (),
    masked: Mapping[str, str] | None = None,
    grow: str = "",
) -> StepForm | None:
    """The questions as a form, each under what was written about it (`notes`, by key); None when there is none."""
    step = step_of(spec, notes)
    if not step.fields:
        return None
    whole = FormSpec.model_construct(version=1, owner=spec.owner, steps=(step,))
    form = build_form(whole, STEP, answers, wards=wards, masked=masked)(data, prefix=PREFIX, grow=grow)
    form.helper = helper_of(*_placed(form, notes))
    return form


def _placed(form: StepForm, notes: Mapping[str, str]) -> list[LayoutObject]:
    drawn = zip(form.possible, form.places(form.possible), strict=True)
    return [
        Div(_Said(notes[field.key]), place, css_class="card-mc", css_id=f"muc-{field.key}")
        if field.key in notes
        else place
        for field, place in drawn
    ]
