"""The form with which a head of desk confirms a change of name. No rule lives here."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import IdentityKind, PartyKind
from accounts.models import OrgUnit
from accounts.services import PartyFacts
from dossiers.forms.counter import IDENTITY_KINDS, OWNER_KINDS
from procedures.formfields import CleanCharField, OptionField


class NameChangeForm(forms.Form):
    """Who, under which number, is called what from now on, and which paper says so."""

    kind = OptionField(label=_("Là"), choices=OWNER_KINDS, initial=PartyKind.PERSON)
    identity_kind = OptionField(label=_("Loại số"), choices=IDENTITY_KINDS, initial=IdentityKind.CITIZEN_ID)
    identity = CleanCharField(label=_("Số định danh, mã số"), max_length=40)
    full_name = CleanCharField(label=_("Họ tên hoặc tên mới"), max_length=200)
    basis = CleanCharField(
        label=_("Giấy tờ chứng minh việc đổi tên"), max_length=300, help_text=_("Loại giấy, số, ngày, nơi cấp.")
    )
    unit = OptionField(label=_("Bộ phận Một cửa"))

    def __init__(self, data: Any = None, *, desks: Iterable[OrgUnit]) -> None:
        super().__init__(data)
        self.fields["unit"].choices = [(str(desk.pk), desk.name) for desk in desks]
        self.fields["unit"].initial = self.fields["unit"].choices[0][0]
        self.fields["identity"].widget.attrs["autocomplete"] = "off"

    def facts(self) -> PartyFacts:
        """Kind, number and new name, for the service."""
        data = self.cleaned_data
        return PartyFacts(
            kind=data["kind"],
            full_name=data["full_name"],
            identity_kind=data["identity_kind"],
            identity=data["identity"],
        )
