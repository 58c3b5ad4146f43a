"""Kinds answered from a list: one of it, several of it, a box to tick, a ward."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pydantic import PlainValidator

from portal.words import Words
from procedures import formfields
from procedures.fieldkinds.base import Example, Fact, FieldKind, FieldSpec, Lookups, Making, Refusal

GENDERS = {"1": "male", "male": "male", "nam": "male", "2": "female", "female": "female", "nu": "female"}
TRUE = frozenset({"1", "true", "on", "yes"})
FALSE = frozenset({"0", "false", "off", "no"})
Option = tuple[str, Annotated[Words, PlainValidator(partial(Words.read, blank=True))]]


class ChoiceSpec(FieldSpec):
    """A question with a list of answers."""

    options: tuple[Option, ...] = ()

    @property
    def values(self) -> frozenset[str]:
        """The answers as they are kept."""
        return frozenset(value for value, _label in self.options)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The answers as a form takes them."""
        return [(value, str(label)) for value, label in self.options]


class _Listed(FieldKind[ChoiceSpec]):
    """What kinds with a list in the spec share."""

    shape = ChoiceSpec
    options: ClassVar = {"options": _("Các lựa chọn")}
    steers = True
    sample: ClassVar = {"options": [["a", {"vi": "Hai", "en": "Two"}], ["b", "Ba"]], "required": True}

    def problem(self, spec: ChoiceSpec) -> str:
        """No option stands twice."""
        return "" if len(spec.values) == len(spec.options) else gettext("một lựa chọn đứng hai lần")

    def shown(self, spec: ChoiceSpec, value: Any, lookups: Lookups) -> str:
        """The labels."""
        labels = dict(spec.choices)
        return "; ".join(labels.get(item, str(item)) for item in _items(value))

    def still_fits(self, was: ChoiceSpec, spec: ChoiceSpec, value: Any) -> bool:
        """Every chosen answer still stands in the list."""
        if not spec.options:
            return not was.options
        return all(item in spec.values for item in _items(value))


class Radio(_Listed):
    """One of a few answers, all in sight."""

    code = "radio"
    label = _("Chọn một, hiện hết các lựa chọn")
    facts: ClassVar[frozenset[Fact]] = frozenset({"party.gender"})
    examples = (Example("b", "b", "Ba"),)
    refusals = (Refusal("c", "không có trong danh sách"), Refusal("", "chọn một mục"))

    def problem(self, spec: ChoiceSpec) -> str:
        """There is something to choose from."""
        return super().problem(spec) if spec.options else gettext("câu hỏi chọn một cần có các lựa chọn")

    def make(self, spec: ChoiceSpec, common: dict[str, Any], making: Making) -> forms.Field:
        """Make round buttons."""
        return formfields.OptionField(choices=spec.choices, widget=forms.RadioSelect, **common)

    def is_missing(self, spec: ChoiceSpec, value: Any) -> bool:
        """An answer that no longer stands in the list is none."""
        return spec.required and value not in spec.values

    def from_fact(self, spec: ChoiceSpec, fact: Any) -> Any:
        """The answer that means the person's gender."""
        return next((value for value, _label in spec.options if fact and GENDERS.get(value) == fact), None)


class Select(Radio):
    """One of many answers, in a list that opens."""

    code = "select"
    label = _("Chọn một từ danh sách")

    def make(self, spec: ChoiceSpec, common: dict[str, Any], making: Making) -> forms.Field:
        """Make a list that opens."""
        return formfields.OptionField(choices=formfields.choices(spec.choices, gettext("Chọn một mục")), **common)


class Checkbox(_Listed):
    """With options, any number of them; without, one box to tick, which a required question wants ticked."""

    code = "checkbox"
    label = _("Ô đánh dấu")
    examples = (Example(("a", "b"), ["a", "b"], "Hai; Ba"), Example("b", ["b"], "Ba"))
    refusals = (Refusal(("a", "z"), "không có trong danh sách"), Refusal((), "ít nhất một mục"))

    def make(self, spec: ChoiceSpec, common: dict[str, Any], making: Making) -> forms.Field:
        """Make boxes."""
        if spec.options:
            return formfields.OptionsField(choices=spec.choices, widget=forms.CheckboxSelectMultiple, **common)
        return formfields.TickField(**common)

    def is_missing(self, spec: ChoiceSpec, value: Any) -> bool:
        """A box left blank is no answer."""
        return spec.required and (value is False or self.is_empty(value))

    def shown(self, spec: ChoiceSpec, value: Any, lookups: Lookups) -> str:
        """Labels, or yes and no."""
        if isinstance(value, bool):
            return gettext("Có") if value else gettext("Không")
        return super().shown(spec, value, lookups)

    def matches(self, value: Any, wanted: Sequence[str]) -> bool:
        """One of the ticked answers is wanted."""
        if isinstance(value, bool):
            return not (TRUE if value else FALSE).isdisjoint(wanted)
        if isinstance(value, list):
            return any(item in wanted for item in value)
        return super().matches(value, wanted)


class Ward(FieldKind[FieldSpec]):
    """One of today's wards of the place; kept by its code."""

    code = "ward"
    label = _("Phường, xã")
    shape = FieldSpec
    wants_wards = True
    examples = (Example("26506", "26506", "Phường Vũng Tàu"),)
    refusals = (Refusal("1", "không có trong danh sách"),)

    def make(self, spec: FieldSpec, common: dict[str, Any], making: Making) -> forms.Field:
        """Make a list that opens."""
        return formfields.OptionField(choices=formfields.choices(making.wards, gettext("Chọn phường, xã")), **common)

    def shown(self, spec: FieldSpec, value: Any, lookups: Lookups) -> str:
        """The name."""
        return lookups.wards.get(value, str(value))


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
