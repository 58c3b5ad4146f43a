"""What narrows a list of work, and the name under which it is kept. No rule lives here."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dossiers.enums import OPEN_STATES, State
from dossiers.forms.desk import day
from procedures.formfields import CleanCharField
from procedures.models import Field, Procedure

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


class AssignRuleForm(forms.Form):
    """To whom what work of a unit goes, from which day on."""

    unit = forms.TypedChoiceField(label=_("Đơn vị"), coerce=int)
    place_code = forms.ChoiceField(label=_("Chủ hồ sơ ở phường, xã"), required=False)
    field = forms.TypedChoiceField(label=_("Lĩnh vực"), required=False, coerce=int, empty_value=None)
    procedure = CleanCharField(
        label=_("Hoặc đúng một thủ tục (mã)"), required=False, max_length=60, help_text=_("Ví dụ: 1.004873")
    )
    officer = forms.TypedChoiceField(label=_("Giao cho"), required=False, coerce=int, empty_value=None)
    valid_from = day(label=_("Áp dụng từ ngày"))

    def __init__(
        self,
        data: Any = None,
        *,
        units: Iterable[tuple[int, str]],
        people: Iterable[tuple[int, str]],
        places: Iterable[tuple[str, str]],
    ) -> None:
        super().__init__(data, auto_id="quy-tac-%s")
        self.fields["unit"].choices = list(units)
        self.fields["place_code"].choices = [("", ANY), *places]
        self.fields["field"].choices = [("", ANY), *Field.objects.values_list("pk", "name")]
        self.fields["officer"].choices = [("", _("hàng chờ của đơn vị (chưa giao ai)")), *people]

    def clean_procedure(self) -> int | None:
        """The procedure of the code."""
        code = self.cleaned_data["procedure"]
        if not code:
            return None
        found = Procedure.objects.filter(code=code).values_list("pk", flat=True).first()
        if found is None:
            raise ValidationError(_("Không có thủ tục mang mã này. Hãy kiểm tra lại."))
        return int(found)

    def clean(self) -> dict[str, Any]:
        """A field or a procedure, not both: the procedure has its field."""
        typed = super().clean() or {}
        if typed.get("field") and typed.get("procedure"):
            self.add_error("procedure", _("Chọn lĩnh vực hoặc ghi một thủ tục, không ghi cả hai."))
        return typed

    def facts(self) -> dict[str, Any]:
        """Keyword arguments of the rule."""
        typed = self.cleaned_data
        return {
            "unit_id": typed["unit"],
            "officer_id": typed["officer"],
            "procedure_id": typed["procedure"],
            "field_id": typed["field"],
            "place_code": typed["place_code"],
            "valid_from": typed["valid_from"],
        }


class SaveViewForm(forms.Form):
    """The name of a list that is kept."""

    name = CleanCharField(label=_("Tên danh sách"), max_length=60)
