"""Forms of what the desk records for somebody who came in person. No rule lives here."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import validators
from dossiers.enums import Appeared, SeenPaper
from dossiers.forms.desk import ActForm, words
from dossiers.services.draft_checks import SAY_WHAT_IS_WRONG
from dossiers.services.on_behalf import AUTHORITY_MISSING, MET, InPerson
from portal.drawing import not_always_optional
from procedures.enums import PaperForm
from procedures.formfields import CleanCharField, OptionField, TickField

NOT_BROUGHT, BEFORE = "none", "before"
BROUGHT = [
    (PaperForm.ORIGINAL.value, _("O · bản chính")),
    (PaperForm.COPY.value, _("C · bản sao")),
    (PaperForm.E_COPY.value, _("E · bản điện tử")),
    (MET, _("Đ · đã đáp ứng, không kèm giấy tờ")),
    (NOT_BROUGHT, _("K · chưa mang")),
]
CORRECTED = "corrected"
ANSWERED = [
    (CORRECTED, _("S · sửa như ghi dưới đây")),
    (MET, _("Đ · đã giải trình, giữ nội dung cũ")),
    (NOT_BROUGHT, _("K · chưa sửa")),
]
GIVEN_BEFORE = (BEFORE, _("đã nhận trước đó trong lần bổ sung này"))


class VisitorForm(ActForm):
    """Who came to the desk, and what was seen."""

    appeared = OptionField(
        label=_("Người đến là"), choices=Appeared.choices, widget=forms.RadioSelect, initial=Appeared.OWNER
    )
    visitor = CleanCharField(label=_("Họ tên người đến"), max_length=200)
    seen = OptionField(
        label=_("Giấy tờ tùy thân đã xem"),
        choices=SeenPaper.choices,
        widget=forms.RadioSelect,
        initial=SeenPaper.IDENTITY_CARD,
    )
    authority = not_always_optional(
        CleanCharField(
            label=_("Giấy ủy quyền"),
            max_length=300,
            required=False,
            help_text=_("Chỉ khi người đến không phải chủ hồ sơ hoặc người nộp: loại giấy, số, ngày."),
        )
    )

    def prepare(self) -> None:
        """Most come for themselves; the cursor stands where typing begins."""
        self.fields["visitor"].initial = self.dossier.owner_name

    def clean(self) -> dict[str, Any]:
        """A name as names are written; who comes for another shows by which paper."""
        data = super().clean() or self.cleaned_data
        try:
            if data.get("visitor"):
                data["visitor"] = validators.person_name(data["visitor"])
        except ValidationError as error:
            self.add_error("visitor", error)
        if data.get("appeared") == Appeared.OTHER and not data.get("authority") and "authority" not in self.errors:
            self.add_error("authority", AUTHORITY_MISSING)
        return data

    def who(self) -> InPerson:
        """The visitor, as the services want them."""
        data = self.cleaned_data
        return InPerson(data["appeared"], data["visitor"], data["seen"], data["authority"])


class WithdrawOnBehalfForm(VisitorForm):
    """A wish to withdraw that came on paper."""

    reason = words(label=_("Lý do ghi trong đơn"), max_length=2000)
    has_paper = TickField(label=_("Đã nhận đơn đề nghị rút hồ sơ bằng giấy và lưu cùng hồ sơ"))

    def facts(self) -> dict[str, Any]:
        """Who came, and why; that the paper is there is a condition, not a fact to store."""
        return {"visitor": self.who(), "reason": self.cleaned_data["reason"]}


AGREES, WRONG = "agrees", "wrong"


class CheckedForm(VisitorForm):
    """What who came says of the draft of the result."""

    answer = OptionField(
        label=_("Người đến xem bản dự thảo và"),
        choices=[(AGREES, _("đồng ý, các mục đều đúng")), (WRONG, _("đề nghị sửa"))],
        widget=forms.RadioSelect,
    )
    words = not_always_optional(
        words(label=_("Chỗ cần sửa"), max_length=2000, required=False, rows=3, help_text=_("Bắt buộc khi đề nghị sửa."))
    )

    def clean(self) -> dict[str, Any]:
        """Who finds something wrong says what."""
        data = super().clean()
        if data.get("answer") == WRONG and not data.get("words") and "words" not in self.errors:
            self.add_error("words", SAY_WHAT_IS_WRONG)
        return data

    @property
    def is_wrong(self) -> bool:
        """Whether something must be corrected."""
        return bool(self.cleaned_data["answer"] == WRONG)

    def facts(self) -> dict[str, Any]:
        """Who came, and what is wrong."""
        return {"visitor": self.who(), **({"words": self.cleaned_data["words"]} if self.is_wrong else {})}


class BroughtForm(VisitorForm):
    """What was brought, item by item of the request, before who brought it. `items`: names, with whether one came before."""

    note = words(label=_("Ghi chú"), max_length=2000, required=False, rows=2)

    def __init__(self, *args: Any, items: list[Mapping[str, Any]], **kwargs: Any) -> None:
        self.items = items
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        """Add a choice for each item, in the order of the request."""
        super().prepare()
        added: dict[str, forms.Field] = {}
        for place, item in enumerate(self.items):
            offered = ANSWERED if item["is_answer"] else BROUGHT
            choices = [GIVEN_BEFORE, *offered[:-1]] if item["came"] else offered
            added[f"item_{place}"] = OptionField(
                label=item["name"], choices=choices, widget=forms.RadioSelect, initial=BEFORE if item["came"] else None
            )
        hidden = {name: self.fields[name] for name in self.HIDDEN}
        self.fields = {**hidden, **added, **{k: v for k, v in self.fields.items() if k not in hidden}}

    def choice_of(self, place: int) -> forms.BoundField:
        """The choice of one item, for the template."""
        return self[f"item_{place}"]

    def brought(self) -> dict[int, str]:
        """Form of what was brought now, by the place of its item."""
        chosen = {place: self.cleaned_data[f"item_{place}"] for place in range(len(self.items))}
        return {place: form for place, form in chosen.items() if form not in {NOT_BROUGHT, BEFORE, CORRECTED}}

    @property
    def corrects(self) -> bool:
        """Whether answers of the form were given anew now."""
        return any(self.cleaned_data.get(f"item_{place}") == CORRECTED for place in range(len(self.items)))

    def facts(self) -> dict[str, Any]:
        """What the services want."""
        return {"visitor": self.who(), "brought": self.brought(), "note": self.cleaned_data["note"]}
