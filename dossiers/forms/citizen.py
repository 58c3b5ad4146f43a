"""Small forms around filling and following a dossier; the questions of a procedure come from its form spec instead."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dossiers.enums import Delivery
from dossiers.forms.desk import LARGEST, words
from portal.drawing import not_always_optional
from procedures.formfields import CleanCharField, OptionField, TickField

TEXT_LENGTH = 2000


def _version() -> forms.IntegerField:
    """The version of the dossier a page was drawn from, as its form carries it."""
    return forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=LARGEST)


class StartForm(forms.Form):
    """Where and for which case."""

    use_required_attribute = False
    unit = OptionField(label=_("Cơ quan giải quyết"))
    case = OptionField(label=_("Trường hợp của bạn"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, units: list[tuple[str, str]], cases: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(units) == 1:
            self.fields["unit"].initial = units[0][0]
            self.fields["unit"].choices = units
        else:
            self.fields["unit"].choices = [("", _("Chọn cơ quan")), *units]
        self.fields["case"].choices = cases
        if not cases:
            del self.fields["case"]
        elif len(cases) == 1:
            self.fields["case"].initial = cases[0][0]


class DeclareForm(forms.Form):
    """The last box before sending, with the way the result shall come."""

    use_required_attribute = False
    delivery = OptionField(
        label=_("Bạn muốn nhận kết quả thế nào?"),
        choices=Delivery.choices,
        widget=forms.RadioSelect,
        initial=Delivery.DESK,
    )
    declared = TickField(
        label=_(
            "Tôi cam đoan các nội dung kê khai và giấy tờ kèm theo là đúng sự thật và chịu trách nhiệm về lời khai này."
        )
    )
    version = _version()


class AnswerSupplementForm(forms.Form):
    """The answer to a supplement request; files are sent one by one beside it."""

    use_required_attribute = False
    answer = not_always_optional(
        words(
            label=_("Lời nhắn cho cơ quan giải quyết"),
            help_text=_("Không bắt buộc nếu bạn đã bổ sung đủ các mục được yêu cầu."),
            required=False,
            max_length=TEXT_LENGTH,
        )
    )
    version = _version()


class WithdrawForm(forms.Form):
    """Why a dossier is taken back."""

    use_required_attribute = False
    reason = words(label=_("Lý do rút hồ sơ"), max_length=TEXT_LENGTH)
    version = _version()


AGREES, CORRECTS = "dung", "sua"  # names of the two buttons under a draft to check


class CheckDraftForm(forms.Form):
    """What the applicant says of the draft of a result: which of two buttons, and what is wrong."""

    use_required_attribute = False
    words = not_always_optional(
        words(
            label=_("Chỗ cần sửa"),
            help_text=_("Chỉ ghi khi cần sửa: mục nào sai, nội dung đúng là gì."),
            required=False,
            max_length=TEXT_LENGTH,
        )
    )
    version = _version()


class TrackForm(forms.Form):
    """The code of a dossier and its second secret; only both together tell something."""

    use_required_attribute = False
    code = CleanCharField(
        label=_("Mã hồ sơ"),
        max_length=60,
        help_text=_("Mã trên giấy tiếp nhận, hoặc mã tạm trên trang xác nhận đã gửi."),
    )
    secret = CleanCharField(label=_("Mã bí mật"), max_length=40, help_text=_("Tám ký tự, in cùng với mã hồ sơ."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.update({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"})


def version_of(data: Any) -> int:
    """The version a posted page was drawn from; -1 (never current) when it is missing or forged."""
    try:
        return int(_version().clean(data.get("version")))
    except ValidationError:
        return -1
