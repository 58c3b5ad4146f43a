"""Kinds for numbers that tell who somebody is: personal numbers, which are sealed into parties, and tax codes."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import validators
from procedures import formfields
from procedures.fieldkinds.base import Example, Fact, FieldKind, FieldSpec, Lookups, Making, PartyKeys, Refusal
from procedures.fieldkinds.texts import LONGEST_CODE


def party_id(value: Any) -> int | None:
    """The party an identity answer refers to."""
    return value["party"] if isinstance(value, dict) and isinstance(value.get("party"), int) else None


class IdentitySpec(FieldSpec):
    """A personal number, with the fields that say whose it is."""

    party: PartyKeys | None = None

    @property
    def bearer(self) -> PartyKeys | None:
        """Whose number this is."""
        return self.party


class Identity(FieldKind[IdentitySpec]):
    """A personal identification number of twelve digits. Kept sealed: among the answers stands {"party": id} only."""

    code = "identity"
    label = _("Số định danh cá nhân")
    shape = IdentitySpec
    options: ClassVar = {"party": _("Họ tên và ngày sinh của người mang số")}
    inputmode = "numeric"
    facts: ClassVar[frozenset[Fact]] = frozenset({"party.identity"})
    seals_number = True
    examples = (Example("077 096 123 456", {"party": 7}, "•••456", "077096123456"),)
    refusals = (Refusal("07709612345", "."), Refusal("07709612345a", "."))

    def make(self, spec: IdentitySpec, common: dict[str, Any], making: Making) -> forms.Field:
        """Make a line that takes twelve digits."""
        return formfields.CleanCharField(max_length=LONGEST_CODE, parse=validators.citizen_id, **common)

    def initial(self, spec: IdentitySpec, value: Any) -> None:
        """Nothing: a number never comes back in clear."""
        return

    def shown(self, spec: IdentitySpec, value: Any, lookups: Lookups) -> str:
        """Masked."""
        return lookups.masked.get(party_id(value) or 0, "")

    def printed(self, spec: IdentitySpec, value: Any, lookups: Lookups) -> str:
        """Whole, when whoever prints may know it; else masked."""
        return lookups.numbers.get(party_id(value) or 0) or self.shown(spec, value, lookups)

    def from_fact(self, spec: IdentitySpec, fact: Any) -> Any:
        """The person's own number, by reference."""
        return fact if party_id(fact) else None


class TaxCode(FieldKind[FieldSpec]):
    """A tax code of ten or thirteen digits; a personal number is refused here, since this answer is not sealed."""

    code = "tax_code"
    label = _("Mã số thuế")
    shape = FieldSpec
    inputmode = "text"
    examples = (Example("0100112437", "0100112437", "0100112437"),)
    refusals = (Refusal("123", "."), Refusal("077096123456", "ở ô riêng"))

    def make(self, spec: FieldSpec, common: dict[str, Any], making: Making) -> forms.Field:
        """Make a line that takes tax codes."""
        return formfields.CleanCharField(max_length=LONGEST_CODE, parse=formfields.tax_code, **common)
