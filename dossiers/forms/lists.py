"""What narrows a list of work, and the name under which it is kept. No rule lives here."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dossiers.enums import OPEN_STATES, State
from dossiers.forms.desk import day
from procedures.formfields import CleanCharField

ANY = _("tất cả")


class FilterForm(forms.Form):
    """Filters and columns, as they stand in the address of a list; what is no choice is told and narrows nothing."""

    thu_tuc = forms.TypedChoiceField(label=_("Thủ tục"), required=False, coerce=int, empty_value=None)
    dia_ban = forms.ChoiceField(label=_("Phường, xã của chủ hồ sơ"), required=False)
    trang_thai = forms.ChoiceField(
        label=_("Trạng thái"),
        required=False,
        choices=[("", ANY), *((state.value, state.label) for state in State if state in OPEN_STATES)],
    )
    den = day(label=_("Hạn trả đến hết ngày"), required=False)
    cot = forms.MultipleChoiceField(label=_("Cột"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(
        self,
        data: Any,
        *,
        procedures: Iterable[tuple[int, str]],
        places: Iterable[tuple[str, str]],
        columns: Iterable[tuple[str, Any]],
    ) -> None:
        super().__init__(data, auto_id="loc-%s")
        self.fields["thu_tuc"].choices = [("", ANY), *procedures]
        self.fields["dia_ban"].choices = [("", ANY), *places]
        self.fields["cot"].choices = list(columns)


class SaveViewForm(forms.Form):
    """The name of a list that is kept."""

    name = CleanCharField(label=_("Tên danh sách"), max_length=60)
