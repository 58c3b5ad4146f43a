"""Forms of the page of leave."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from portal import clock


class LeaveForm(forms.Form):
    """A leave: days, reason, and who stands in."""

    valid_from = forms.DateField(label=_("Nghỉ từ ngày"), help_text=_("Ví dụ 01/12/2026."))
    valid_to = forms.DateField(label=_("Nghỉ đến hết ngày"))
    reason = forms.CharField(label=_("Lý do"), max_length=300, help_text=_("Ví dụ nghỉ phép năm, đi học, ốm."))
    cover = forms.TypedChoiceField(
        label=_("Người trực thay"),
        coerce=int,
        help_text=_("Người cùng vai trò tại đơn vị, hoặc lãnh đạo đơn vị, và không nghỉ trong thời gian này."),
    )

    def __init__(self, *args: Any, candidates: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cover"].choices = [("", _("Chọn người")), *candidates.values_list("pk", "full_name")]
        self.fields["valid_from"].initial = clock.today()

    def facts(self) -> dict[str, Any]:
        """What was entered, for the service."""
        data = dict(self.cleaned_data)
        return {"cover_id": data.pop("cover"), **data}


class EndLeaveForm(forms.Form):
    """When a leave ends earlier than written down."""

    last_day = forms.DateField(
        label=_("Ngày nghỉ cuối"), required=False, help_text=_("Bỏ trống để kết thúc ngay; việc trở về người nghỉ.")
    )
