"""Forms of asking another unit: the question, the answer, taking the question back. No rule lives here."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from dossiers import consultations, queries, reasons
from dossiers.enums import Action
from dossiers.forms.desk import ActForm, words
from dossiers.forms.drafting import DraftForm
from portal.drawing import not_always_optional
from procedures.formfields import NumberField, OptionField, OptionsField, TickField

MOST_DAYS = 30
USUAL_DAYS = 3


class AskForm(ActForm):
    """Whom to ask what until when, and which files the asked unit may read; nothing else is shown to it."""

    unit = OptionField(label=_("Đơn vị được hỏi"))
    question = words(label=_("Nội dung cần lấy ý kiến"), max_length=2000)
    days = NumberField(
        label=_("Trả lời trong (ngày làm việc)"),
        whole=True,
        low=Decimal(1),
        high=Decimal(MOST_DAYS),
        initial=USUAL_DAYS,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    shown = OptionsField(
        label=_("Giấy tờ cho đơn vị được hỏi xem"), required=False, widget=forms.CheckboxSelectMultiple
    )
    shows_owner = TickField(label=_("Cho đơn vị được hỏi biết tên chủ hồ sơ"), required=False)

    def prepare(self) -> None:
        """Offer the units that may be asked and the files that came."""
        self.fields["unit"].choices = [("", _("Chọn đơn vị")), *consultations.askable_names(self.dossier)]
        given = queries.live_attachments(self.dossier.pk) if self.given is None else self.given
        files = [(row.pk, row.paper_name, row.file.name) for row in given if row.file is not None]
        self.fields["shown"].choices = [(str(key), f"{paper} ({name})") for key, paper, name in files]

    def facts(self) -> dict[str, Any]:
        """Keyword arguments of the service."""
        data = self.cleaned_data
        return {
            "unit_id": int(data["unit"]),
            "question": data["question"],
            "days": data["days"],
            "shown": [int(key) for key in data["shown"]],
            "shows_owner": data["shows_owner"],
        }


def kinds_of_answer() -> list[tuple[str, Any]]:
    """Agrees, agrees with conditions, does not agree: as declared."""
    return reasons.choices(Action.ANSWER_CONSULTATION)


class ConsultationAnswerForm(forms.Form):
    """The answer of the asked unit."""

    kind = OptionField(label=_("Ý kiến"), choices=kinds_of_answer, widget=forms.RadioSelect)
    text = not_always_optional(
        words(
            label=_("Nội dung trả lời"),
            rows=6,
            max_length=5000,
            required=False,
            help_text=_(
                "Bắt buộc khi không đồng ý hoặc đồng ý với điều kiện. Nội dung này được in vào văn bản trả lời."
            ),
        )
    )


class ConsultationDraftForm(DraftForm, ConsultationAnswerForm):
    """The answer as a draft keeps it."""


class EndConsultationForm(forms.Form):
    """Why the question is taken back."""

    HIDDEN: ClassVar = frozenset()  # as the page asks of every form that came back
    reason = words(label=_("Lý do rút câu hỏi"), max_length=1000, rows=2)
