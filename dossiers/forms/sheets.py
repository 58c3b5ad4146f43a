"""The form that asks for a register or a list of hand-overs of a desk."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import OrgUnit
from dossiers.forms.desk import day
from dossiers.papers import SHEETS
from portal import clock
from procedures.formfields import OptionField


class SheetForm(forms.Form):
    """Which sheet, of which desk, from a day to a day."""

    kind = OptionField(label=_("In gì"), choices=[])
    desk = OptionField(label=_("Quầy"), choices=[])
    first = day(label=_("Từ ngày"))
    last = day(label=_("Đến hết ngày"))

    def __init__(self, data: Any = None, *, desks: Sequence[OrgUnit]) -> None:
        today = f"{clock.today():%d/%m/%Y}"
        super().__init__(data, initial={"first": today, "last": today})
        self.desks = {str(desk.pk): desk for desk in desks}
        self.fields["kind"].choices = [(sheet.code, sheet.label) for sheet in SHEETS if not sheet.of_dossier]  # type: ignore[attr-defined]
        self.fields["desk"].choices = [(key, desk.name) for key, desk in self.desks.items()]  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        """The order."""
        return {**self.cleaned_data, "desk": self.desks[self.cleaned_data["desk"]]}
