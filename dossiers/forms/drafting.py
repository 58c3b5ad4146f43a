"""Forms in which drafts are written and moved. Each carries the draft and the version it was drawn from. No rule lives here."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dossiers.forms.desk import LARGEST, ActForm, AskSupplementForm, words
from dossiers.models.dossier import Dossier
from dossiers.models.paper_draft import PaperDraft
from procedures.formfields import CleanCharField


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
    """What the words of a draft are typed into. `fields` gives what is stored, `fill` puts it back."""

    HIDDEN: ClassVar = AboutDraftForm.HIDDEN

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
    """A request for more: which papers, why, until when."""

    def fill(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """Spread the items over the rows of the page."""
        day = date.fromisoformat(stored["answer_by"]) if stored.get("answer_by") else None
        found: dict[str, Any] = {"reason": stored.get("reason", ""), "answer_by": f"{day:%d/%m/%Y}" if day else ""}
        by_code = {item["paper_code"]: item for item in stored.get("items", [])}
        for place, paper in enumerate(self.papers):
            item = by_code.get(paper["code"])
            if item is not None:
                found |= {f"paper_{place}": True, f"note_{place}": item["note"]}
        extra = by_code.get("", {})
        return found | {"extra_name": extra.get("name", ""), "extra_basis": extra.get("note", "")}

    def stored(self) -> dict[str, Any]:
        """The items, the reason and the day."""
        facts = AskSupplementForm.facts(self)
        return {**facts, "answer_by": facts["answer_by"].isoformat()}
