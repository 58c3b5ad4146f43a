"""The form of who noted a call. No rule lives here."""

from django import forms
from django.utils.translation import gettext_lazy as _

from dossiers.enums import CallOutcome
from dossiers.forms.desk import words
from procedures.formfields import OptionField


class CallForm(forms.Form):
    """What came of a call, and what was said."""

    outcome = OptionField(
        label=_("Kết quả"), choices=CallOutcome.choices, widget=forms.RadioSelect, initial=CallOutcome.TOLD
    )
    reason = words(
        label=_("Đã nói với ai, nội dung gì"),
        max_length=1000,
        rows=3,
        help_text=_("Ghi cả khi chưa gặp được hoặc không cần gọi: vì sao."),
    )
