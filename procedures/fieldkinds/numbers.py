"""Kinds of numbers, as Vietnamese write them: dots between thousands, a comma before decimals."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pydantic import StrictFloat, StrictInt

from portal import inwords
from procedures import formfields
from procedures.fieldkinds.base import Example, FieldKind, FieldSpec, Lookups, Making, Refusal


class NumberSpec(FieldSpec):
    """A question answered by a number."""

    min: StrictInt | StrictFloat | None = None
    max: StrictInt | StrictFloat | None = None


class Integer(FieldKind[NumberSpec]):
    """A whole number."""

    code = "integer"
    label = _("Số nguyên")
    shape = NumberSpec
    options: ClassVar = {"min": _("Số nhỏ nhất"), "max": _("Số lớn nhất")}
    inputmode = "numeric"
    sample: ClassVar = {"min": 0, "max": 5000}
    examples = (Example("1.234", 1234, "1.234"), Example("0", 0, "0"))
    refusals: ClassVar[tuple[Refusal, ...]] = (
        Refusal("1,5", "số nguyên"),
        Refusal("-1", "nhỏ nhất là 0"),
        Refusal("5.001", "lớn nhất là 5.000"),
    )
    lowest: ClassVar[Decimal | None] = None

    def make(self, spec: NumberSpec, common: dict[str, Any], making: Making) -> forms.Field:
        """Make a line that takes numbers."""
        low = Decimal(str(spec.min)) if spec.min is not None else self.lowest
        high = Decimal(str(spec.max)) if spec.max is not None else Decimal(formfields.MAX_MONEY)
        return self._field(low=low, high=high, **common)

    def initial(self, spec: NumberSpec, value: Any) -> str:
        """With dots between thousands."""
        return formfields.show_number(Decimal(str(value)))

    def shown(self, spec: NumberSpec, value: Any, lookups: Lookups) -> str:
        """With dots between thousands."""
        return self.initial(spec, value)

    def in_words(self, spec: NumberSpec, value: Any) -> str:
        """As `một nghìn hai trăm`; nothing for a number below nought, which no paper writes out."""
        return inwords.number(value) if value >= 0 else ""

    def _field(self, **bounds: Any) -> forms.Field:
        return formfields.NumberField(whole=True, **bounds)


class Decimals(Integer):
    """A number that may have decimals; kept as text, so that no digit is lost."""

    code = "decimal"
    label = _("Số có phần lẻ")
    inputmode = "decimal"
    examples = (Example("1.234,50", "1234.5", "1.234,5"), Example("12.5", "12.5", "12,5"))
    refusals = (Refusal("1,2,3", "bằng chữ số"), Refusal("-1", "nhỏ nhất là 0"))

    def stored(self, value: Any) -> Any:
        """As text without needless zeros."""
        return format(value.normalize(), "f") if isinstance(value, Decimal) else super().stored(value)

    def in_words(self, spec: NumberSpec, value: Any) -> str:
        """Nothing: papers write out whole numbers."""
        return ""

    def _field(self, **bounds: Any) -> forms.Field:
        return formfields.NumberField(whole=False, **bounds)


class Money(Integer):
    """An amount in đồng, never below zero unless the spec says so."""

    code = "money"
    label = _("Số tiền (đồng)")
    sample: ClassVar = {"max": 2_000_000}
    examples = (Example("1 500 000 đ", 1_500_000, "1.500.000 đồng"), Example("0", 0, "0 đồng"))
    refusals = (Refusal("-5", "nhỏ nhất là 0"), Refusal("một triệu", "bằng chữ số"), Refusal("1,5", "số nguyên"))
    lowest = Decimal(0)

    def shown(self, spec: NumberSpec, value: Any, lookups: Lookups) -> str:
        """With the currency."""
        return gettext("%(amount)s đồng") % {"amount": self.initial(spec, value)}

    def in_words(self, spec: NumberSpec, value: Any) -> str:
        """As `Một triệu năm trăm nghìn đồng`."""
        return inwords.money(value)

    def _field(self, **bounds: Any) -> forms.Field:
        return formfields.NumberField(whole=True, money=True, **bounds)
