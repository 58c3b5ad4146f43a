"""Forms of corrections: which act, when it truly happened, by what that is proven; the answer of a second person. No rule lives here."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dossiers.forms.desk import LARGEST, day, words
from dossiers.models.attachment import Attachment
from dossiers.models.event import DossierEvent
from dossiers.services.true_times import CorrectionWanted
from portal import clock
from portal.clock import VIETNAM
from portal.templatetags.ui import moment
from procedures.formfields import CleanCharField, OptionField


def version_field() -> forms.IntegerField:
    """In which version the dossier was shown."""
    return forms.IntegerField(
        label=_("Phiên bản hồ sơ"), min_value=0, max_value=LARGEST, required=False, widget=forms.HiddenInput
    )


class CorrectionForm(forms.Form):
    """What is asked, with its evidence."""

    version = version_field()
    about_seq = OptionField(label=_("Việc đã ghi muộn"))
    true_day = day(label=_("Ngày làm xong thật"))
    true_time = forms.TimeField(
        label=_("Giờ làm xong thật"),
        input_formats=["%H:%M", "%Hh%M", "%H.%M"],
        error_messages={"invalid": _("Ghi giờ và phút, ví dụ 15:30.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "15:30"}),
    )
    evidence = CleanCharField(
        label=_("Số trong sổ giao nhận hoặc số văn bản"),
        max_length=300,
        required=False,
        help_text=_("Ví dụ: sổ giao nhận quyển 2, số 15, ngày 20/11/2026. Bắt buộc khi không chọn tệp."),
    )
    attachment = OptionField(label=_("Tệp căn cứ trong hồ sơ"), required=False)
    reason = words(label=_("Vì sao ghi muộn"), max_length=1000, rows=3)

    def __init__(
        self, data: Any = None, *, version: int, events: Iterable[DossierEvent], files: Iterable[Attachment]
    ) -> None:
        super().__init__(data, auto_id="dinh-chinh-%s", initial={"version": version})
        acts = [(str(event.seq), f"{event.label}, ghi {moment(event.happened_at)}") for event in events]
        self.fields["about_seq"].choices = [("", _("Chọn việc")), *acts]
        papers = [(str(row.pk), f"{row.paper_name}: {row.file.name}") for row in files if row.file is not None]
        self.fields["attachment"].choices = [("", _("Không có tệp")), *papers]

    def asked(self) -> CorrectionWanted:
        """The request for the service."""
        typed = self.cleaned_data
        true_at = datetime.combine(typed["true_day"], typed["true_time"], tzinfo=VIETNAM)
        return CorrectionWanted(
            about_seq=int(typed["about_seq"]),
            true_at=clock.local(true_at),
            reason=typed["reason"],
            evidence=typed["evidence"],
            attachment_id=int(typed["attachment"]) if typed["attachment"] else None,
        )


class AnswerForm(forms.Form):
    """The answer of a second person; a refusal needs its reason."""

    version = version_field()
    correction = forms.IntegerField(label=_("Đề nghị"), min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    reason = words(label=_("Lý do không đồng ý"), max_length=1000, rows=2, required=False)

    def __init__(self, data: Any = None, *, version: int, correction_id: int) -> None:
        values = {"version": version, "correction": correction_id}
        super().__init__(data, auto_id=f"tra-loi-{correction_id}-%s", initial=values)
