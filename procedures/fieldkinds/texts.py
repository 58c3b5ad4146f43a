"""Kinds that keep what a person writes: one line, several lines, a name, a telephone number, an e-mail address."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from accounts import validators
from procedures import formfields
from procedures.fieldkinds.base import Example, Fact, FieldKind, FieldSpec, Making, Refusal

LONGEST_CODE = 40


class TextSpec(FieldSpec):
    """A question answered in words."""

    max_length: int | None = Field(default=None, ge=1, le=10_000)


class Text(FieldKind[TextSpec]):
    """One line of text; 300 characters unless the spec says otherwise."""

    code = "text"
    label = _("Một dòng chữ")
    shape = TextSpec
    options: ClassVar = {"max_length": _("Số ký tự nhiều nhất")}
    facts: ClassVar[frozenset[Fact]] = frozenset({"party.full_name", "party.phone", "party.email", "party.address"})
    sample: ClassVar = {"max_length": 60}
    examples = (Example("  12 Lê Lợi,  phường 1 ", "12 Lê Lợi, phường 1", "12 Lê Lợi, phường 1"),)
    refusals = (Refusal("x" * 61, "tối đa 60 ký tự"), Refusal("a\x00b", "ký tự không hợp lệ"))

    def make(self, spec: TextSpec, common: dict[str, Any], making: Making) -> forms.Field:
        """Make a line."""
        return formfields.CleanCharField(max_length=spec.max_length or formfields.TEXT_LENGTH, **common)


class LongText(Text):
    """Several lines of text; 4,000 characters unless the spec says otherwise. Not in tables."""

    code = "longtext"
    label = _("Đoạn văn nhiều dòng")
    facts = frozenset()
    fits_in_row = False
    examples = (Example("Dòng một \r\n Dòng  hai", "Dòng một\nDòng hai", "Dòng một\nDòng hai"),)

    def make(self, spec: TextSpec, common: dict[str, Any], making: Making) -> forms.Field:
        """Make a box of four lines."""
        length = spec.max_length or formfields.LONGTEXT_LENGTH
        widget = forms.Textarea(attrs={"rows": 4})
        return formfields.CleanCharField(lines=True, max_length=length, widget=widget, **common)


class Name(Text):
    """A person's full name: letters only, at most 100 characters."""

    code = "name"
    label = _("Họ, chữ đệm và tên")
    facts = frozenset({"party.full_name"})
    examples = (Example("Đỗ  Thị\u00a0Hường ", "Đỗ Thị Hường", "Đỗ Thị Hường"),)
    refusals = (Refusal("Nguyễn 123", "."), Refusal("x" * 61, "tối đa 60 ký tự"))

    def make(self, spec: TextSpec, common: dict[str, Any], making: Making) -> forms.Field:
        """Make a line that takes names."""
        length = min(spec.max_length or formfields.NAME_LENGTH, formfields.NAME_LENGTH)
        return formfields.CleanCharField(max_length=length, parse=validators.person_name, **common)


class Phone(FieldKind[FieldSpec]):
    """A telephone number, kept as ten digits from 0 on."""

    code = "phone"
    label = _("Số điện thoại")
    shape = FieldSpec
    inputmode = "tel"
    facts = frozenset({"party.phone"})
    examples = (Example("+84 903 123 456", "0903123456", "0903123456"),)
    refusals = (Refusal("123", "."),)

    def make(self, spec: FieldSpec, common: dict[str, Any], making: Making) -> forms.Field:
        """Make a line that takes telephone numbers."""
        return formfields.CleanCharField(max_length=LONGEST_CODE, parse=validators.phone, **common)


class Email(FieldKind[FieldSpec]):
    """An e-mail address."""

    code = "email"
    label = _("Địa chỉ thư điện tử")
    shape = FieldSpec
    inputmode = "email"
    facts = frozenset({"party.email"})
    examples = (Example("ten@example.com", "ten@example.com", "ten@example.com"),)
    refusals = (Refusal("ten@", "như ten@example.com"),)

    def make(self, spec: FieldSpec, common: dict[str, Any], making: Making) -> forms.Field:
        """Make a line that takes addresses."""
        return formfields.email_field(**common)
