"""Forms of the post: why a result could not be delivered, what was found of a hand-over sheet, why one is withdrawn."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dossiers import reasons
from dossiers.enums import Action, SheetRowState, SheetWay
from dossiers.forms.desk import ActForm, words
from dossiers.models.handover import HandoverRow
from dossiers.services.handovers import RowFound
from procedures.formfields import CleanCharField, OptionField

FOUND = [
    (SheetRowState.TAKEN.value, _("Đủ")),
    (SheetRowState.DIFFERS.value, _("Sai lệch")),
    (SheetRowState.MISSING.value, _("Thiếu")),
]


def failures() -> list[tuple[str, Any]]:
    """Why a result may not have been delivered, as declared."""
    return [("", _("Chọn lý do")), *reasons.choices(Action.FAIL_DELIVERY)]


class FailedDeliveryForm(ActForm):
    """Why, from the list, and in words for whoever waits for the result."""

    reason_code = OptionField(label=_("Lý do"), choices=failures)
    reason = words(label=_("Ghi rõ"), max_length=1000)


def _in_table(label: str, longest: int) -> CleanCharField:
    """A line in a cell of a table."""
    widget = forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"})
    return CleanCharField(label=label, max_length=longest, required=False, widget=widget)


class TakeSheetForm(forms.Form):
    """For each row of a sheet what was found; for results the number of the parcel too."""

    def __init__(self, data: Any = None, *, rows: Iterable[HandoverRow], way: str) -> None:
        super().__init__(data)
        self.rows, self.way = list(rows), way
        for row in self.rows:
            code = {"code": row.dossier.code or row.dossier.reference}
            self.fields[f"state_{row.pk}"] = OptionField(
                label=_("Nhận hồ sơ %(code)s") % code,
                choices=FOUND,
                initial=SheetRowState.TAKEN,
                widget=forms.Select(attrs={"class": "form-select"}),
            )
            self.fields[f"remark_{row.pk}"] = _in_table(_("Sai lệch của hồ sơ %(code)s") % code, 500)
            if way == SheetWay.TO_POST:
                self.fields[f"tracking_{row.pk}"] = _in_table(_("Mã vận đơn của hồ sơ %(code)s") % code, 40)
        self.fields["remark"] = CleanCharField(label=_("Ghi nhận chung"), max_length=1000, required=False)

    def found(self) -> dict[int, RowFound]:
        """What the service wants."""
        data = self.cleaned_data
        return {
            row.pk: RowFound(data[f"state_{row.pk}"], data[f"remark_{row.pk}"], data.get(f"tracking_{row.pk}", ""))
            for row in self.rows
        }


class WithdrawSheetForm(forms.Form):
    """Why a sheet is withdrawn."""

    reason = words(label=_("Lý do rút phiếu"), max_length=1000)
