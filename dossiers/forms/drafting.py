"""Forms in which drafts are written and moved. Each carries the draft and the version it was drawn from. No rule lives here."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dossiers import asked, clocks, lateness, reasons
from dossiers.enums import Action
from dossiers.forms.desk import LARGEST, ActForm, AskSupplementForm, day, words
from dossiers.models.dossier import Dossier
from dossiers.models.paper_draft import PaperDraft
from dossiers.services.route_drafts import waivable
from portal import clock
from portal.drawing import not_always_optional
from procedures.formfields import CleanCharField, OptionField, TickField


def draft_field() -> forms.IntegerField:
    """Which draft an act means."""
    return forms.IntegerField(
        label=_("Dự thảo"), min_value=1, max_value=2**63 - 1, required=False, widget=forms.HiddenInput
    )


def version_field() -> forms.IntegerField:
    """In which version the draft was shown."""
    return forms.IntegerField(
        label=_("Phiên bản dự thảo"), min_value=0, max_value=LARGEST, required=False, widget=forms.HiddenInput
    )


class AboutDraftForm(ActForm):
    """An act on a draft: submit it, sign it."""

    HIDDEN: ClassVar = frozenset({"version", "item", "draft", "draft_version"})

    draft = draft_field()
    draft_version = version_field()

    def about(self, draft: PaperDraft) -> None:
        """Carry the draft that the page shows."""
        self.initial |= {"draft": draft.pk, "draft_version": draft.version}

    def facts(self) -> dict[str, Any]:
        """The draft and the version that was seen."""
        return {"draft_id": self.cleaned_data["draft"], "draft_version": self.cleaned_data["draft_version"]}


class DraftReasonForm(AboutDraftForm):
    """An act on a draft that needs a reason: give it back, drop it."""

    reason = words(label=_("Lý do"), max_length=500, rows=3)

    def facts(self) -> dict[str, Any]:
        """The draft and the reason."""
        return {"draft_id": self.cleaned_data["draft"], "reason": self.cleaned_data["reason"]}


class SendDraftForm(AboutDraftForm):
    """Issuing a signed draft: the paper is named by its row and by the digest of the bytes that were shown."""

    HIDDEN: ClassVar = AboutDraftForm.HIDDEN | {"digest"}

    digest = CleanCharField(label=_("Mã băm"), max_length=64, required=False, widget=forms.HiddenInput)

    def about(self, draft: PaperDraft) -> None:
        """Carry the draft and its bytes."""
        super().about(draft)
        self.initial["digest"] = draft.file.sha256 if draft.file else ""

    def facts(self) -> dict[str, Any]:
        """The draft and its digest."""
        return {"draft_id": self.cleaned_data["draft"], "digest": self.cleaned_data["digest"]}


class DraftForm(ActForm):
    """What the words of a draft are typed into. `stored` gives what is stored, `fill` puts it back; `drawn_by`: its template."""

    HIDDEN: ClassVar = AboutDraftForm.HIDDEN
    drawn_by: ClassVar[str] = "dossiers/desk/_draft_fields.html"

    draft = draft_field()
    draft_version = version_field()

    def __init__(
        self,
        data: Any = None,
        *,
        name: str,
        dossier: Dossier,
        user: User,
        item_id: int | None = None,
        row: PaperDraft | None = None,
    ) -> None:
        super().__init__(data, name=name, dossier=dossier, user=user, item_id=item_id)
        if row is not None:
            self.initial |= {"draft": row.pk, "draft_version": row.version, **self.fill(row.fields)}

    def fill(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """Initial values of a draft that has been written before."""
        return dict(stored)

    def stored(self) -> dict[str, Any]:
        """What the draft keeps, as JSON can hold it."""
        return super().facts()


class SupplementDraftForm(DraftForm, AskSupplementForm):
    """A request for more: which papers and answers, why, until when."""

    drawn_by = "dossiers/desk/_tick_list.html"

    def fill(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """Spread the items over the rows of the page."""
        day = date.fromisoformat(stored["answer_by"]) if stored.get("answer_by") else None
        found: dict[str, Any] = {"reason": stored.get("reason", ""), "answer_by": f"{day:%d/%m/%Y}" if day else ""}
        by_code = {(item["paper_code"], asked.key_of(item)): item for item in stored.get("items", [])}
        for line in self.lines:
            item = by_code.get((line.item["paper_code"], asked.key_of(line.item)))
            if item is not None:
                found |= {line.tick: True, line.note: item["note"]}
        extra = by_code.get(("", ""), {})
        return found | {"extra_name": extra.get("name", ""), "extra_basis": extra.get("note", "")}

    def stored(self) -> dict[str, Any]:
        """The items, the reason and the day."""
        facts = AskSupplementForm.facts(self)
        return {**facts, "answer_by": facts["answer_by"].isoformat()}


def refusal_reasons() -> list[tuple[str, Any]]:
    """Reasons for refusing at intake, as declared."""
    return [("", _("Chọn lý do")), *reasons.choices(Action.REFUSE)]


class RefusalDraftForm(DraftForm):
    """Refusal at intake: a reason from the list, and words the citizen can follow."""

    reason_code = OptionField(label=_("Lý do từ chối"), choices=refusal_reasons)
    reason = words(
        label=_("Giải thích cho người nộp"),
        max_length=2000,
        help_text=_(
            "Ghi cụ thể, đầy đủ trong một lần và chỉ rõ nơi nộp đúng nếu sai thẩm quyền. Nội dung này được in vào phiếu từ chối."
        ),
    )


def late_causes() -> list[tuple[str, Any]]:
    """Why a dossier is late, as declared."""
    return [("", _("Chọn nguyên nhân")), *reasons.choices(Action.REAPPOINT)]


class ApologyDraftForm(DraftForm):
    """A letter of apology: the cause from the list, words the citizen can follow, the day promised instead."""

    cause = OptionField(label=_("Nguyên nhân chậm"), choices=late_causes)
    reason = words(
        label=_("Giải thích cho người nộp"),
        max_length=1000,
        help_text=_("Nêu việc gì chưa xong và vì sao. Nội dung này được in vào văn bản xin lỗi."),
    )
    new_day = day(
        label=_("Ngày hẹn lại"),
        help_text=_("Ngày làm việc, trả trước giờ đóng cửa. Chỉ được hẹn lại một lần, hãy chọn ngày chắc chắn xong."),
    )

    def fill(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """The day of the promise."""
        due = stored.get("new_due")
        shown = f"{clock.local(datetime.fromisoformat(due)):%d/%m/%Y}" if due else ""
        return {"cause": stored.get("cause", ""), "reason": stored.get("reason", ""), "new_day": shown}

    def stored(self) -> dict[str, Any]:
        """The hour at which the authority closes on that day, and the promise it takes the place of."""
        typed, due_at = self.cleaned_data, self.dossier.due_at
        new_due = lateness.end_of(typed["new_day"], clocks.calendar_of(self.dossier.competent_unit))
        return {
            "cause": typed["cause"],
            "reason": typed["reason"],
            "new_due": new_due.isoformat(),
            "due_before": clock.local(due_at).isoformat() if due_at else "",
        }


AGREES, DECLINES = "agree", "decline"


class WithdrawalDraftForm(DraftForm):
    """The answer to a wish to withdraw; a refusal needs its reason."""

    answer = OptionField(
        label=_("Trả lời"),
        choices=[(AGREES, _("Đồng ý cho rút hồ sơ")), (DECLINES, _("Không đồng ý"))],
        widget=forms.RadioSelect,
    )
    reason = not_always_optional(
        words(
            label=_("Ý kiến, lý do gửi người nộp"),
            max_length=2000,
            rows=3,
            required=False,
            help_text=_("Bắt buộc khi không đồng ý."),
        )
    )


class ProposeForm(AboutDraftForm):
    """Putting the drafted paper before the head; a note goes along when there is something to say."""

    note = words(label=_("Ý kiến trình lãnh đạo"), max_length=2000, required=False, rows=2)

    def facts(self) -> dict[str, Any]:
        """The draft, its version, the note."""
        return {**super().facts(), "note": self.cleaned_data["note"]}


class ApproveForm(AboutDraftForm):
    """Agreeing to the drafted paper; where a number of another system is owed, a head may issue without it, with the reason."""

    without = TickField(
        label=_("Cho ban hành khi chưa có số do hệ thống khác cấp"),
        required=False,
        help_text=_("Mục đó để trống trên văn bản. Số có sau không tự điền vào văn bản đã ban hành."),
    )
    reason = not_always_optional(words(label=_("Lý do cho ban hành trước"), max_length=2000, required=False, rows=2))

    def about(self, draft: PaperDraft) -> None:
        """Offer to issue without what is owed only where a rule lets a head do so."""
        super().about(draft)
        if not waivable(draft):
            del self.fields["without"], self.fields["reason"]

    def facts(self) -> dict[str, Any]:
        """The draft and its version; what is waived, and why."""
        waived = {name: self.cleaned_data[name] for name in ("without", "reason") if name in self.cleaned_data}
        return {**super().facts(), **waived}
