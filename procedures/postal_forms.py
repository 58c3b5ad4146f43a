"""Forms of the post's lists: a row more, a last day. No rule lives here."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import OrgUnit
from procedures.formfields import CleanCharField, DayField
from procedures.models import Procedure


def _day(label: Any) -> DayField:
    return DayField(label=label, widget=forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "dd/mm/yyyy"}))


class ListingForm(forms.Form):
    """Which office takes what for which desk, from when, by which decision."""

    office = forms.ModelChoiceField(label=_("Điểm bưu điện"), queryset=OrgUnit.objects.none())
    desk = forms.ModelChoiceField(label=_("Bộ phận Một cửa nhận bàn giao"), queryset=OrgUnit.objects.none())
    procedure = forms.ModelChoiceField(label=_("Thủ tục"), queryset=Procedure.objects.none())
    valid_from = _day(_("Từ ngày"))
    decision = CleanCharField(label=_("Văn bản quyết định, hợp đồng (số, ngày)"), max_length=200)

    def __init__(
        self,
        data: Any = None,
        *,
        offices: "QuerySet[OrgUnit]",
        desks: "QuerySet[OrgUnit]",
        procedures: "QuerySet[Procedure]",
    ) -> None:
        super().__init__(data)
        for name, rows in (("office", offices), ("desk", desks), ("procedure", procedures)):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]


class EndListingForm(forms.Form):
    """The last day of a row."""

    last_day = _day(_("Đến hết ngày"))
