"""The form with which a head of desk opens somebody's account again. No rule lives here."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import IdentityKind, PartyKind
from accounts.fields import PhoneField
from accounts.models import OrgUnit
from accounts.services import PartyFacts
from dossiers.enums import SeenPaper
from dossiers.forms.counter import IDENTITY_KINDS
from procedures.formfields import CleanCharField, OptionField


class ReopenForm(forms.Form):
    """Who stands at the desk, by which paper, and perhaps the telephone they have now."""

    identity_kind = OptionField(label=_("Loại số"), choices=IDENTITY_KINDS[:2], initial=IdentityKind.CITIZEN_ID)
    identity = CleanCharField(label=_("Số định danh"), max_length=40)
    full_name = CleanCharField(label=_("Họ, chữ đệm và tên"), max_length=200, help_text=_("Như trên giấy tờ."))
    seen = OptionField(label=_("Đã xem giấy tờ"), choices=SeenPaper.choices, initial=SeenPaper.IDENTITY_CARD)
    phone = PhoneField(
        label=_("Số điện thoại mới"),
        required=False,
        help_text=_("Chỉ ghi khi người này đổi số; mã xác nhận được gửi tới số mới ở lần đăng nhập sau."),
    )
    unit = OptionField(label=_("Bộ phận Một cửa"))

    def __init__(self, data: Any = None, *, desks: Iterable[OrgUnit]) -> None:
        super().__init__(data)
        self.fields["unit"].choices = [(str(desk.pk), desk.name) for desk in desks]
        self.fields["unit"].initial = self.fields["unit"].choices[0][0]
        self.fields["identity"].widget.attrs["autocomplete"] = "off"

    def facts(self) -> PartyFacts:
        """Number and name as on the paper, for the service."""
        said = {name: self.cleaned_data[name] for name in ("full_name", "identity_kind", "identity")}
        return PartyFacts(kind=PartyKind.PERSON, **said)
