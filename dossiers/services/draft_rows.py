"""Rows of drafts that other verbs meet on their way: what is live, what an ending dossier leaves, numbers taken back.

Called by dossiers.services alone, with the dossier locked.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from dossiers.draft_kinds import route_kinds
from dossiers.enums import DraftState
from dossiers.models.paper_draft import PaperDraft
from portal import rows

DOSSIER_ENDED = _("Hồ sơ kết thúc trước khi văn bản được ban hành.")
STEP_REOPENED = _("Hồ sơ được đưa về bước trước khi văn bản được ban hành.")
LARGEST_REASON = 500
_LIVE = "state NOT IN ('issued', 'dropped')"


def live(dossier_id: int, kinds: Iterable[str] = ()) -> list[PaperDraft]:
    """Drafts of a dossier that may still become papers, oldest first, held until the act is done."""
    found = rows.where(PaperDraft, dossier_id, column="dossier_id", also=_LIVE, order="id", lock=True)
    wanted = frozenset(kinds)
    return [draft for draft in found if not wanted or draft.kind in wanted]


def changed(draft: PaperDraft, **values: Any) -> PaperDraft:
    """Set columns of a draft and write them."""
    for name, value in values.items():
        setattr(draft, name, value)
    rows.update(draft, list(values))
    return draft


def drop(draft: PaperDraft, reason: object, *, seq: int) -> PaperDraft:
    """End a draft without a paper, by the act of that number; its own number stays in its book as cancelled. Its words go."""
    told = {"dropped_reason": str(reason)[:LARGEST_REASON], "dropped_seq": seq}
    return changed(draft, state=DraftState.DROPPED, fields={}, handling_id=None, **told)


def continued(draft: PaperDraft, reason: object, *, seq: int) -> PaperDraft:
    """Give a draft back to its writer. One with a number is cancelled, and the writer goes on with its words on a new row."""
    if draft.numbered_at is None:
        return changed(draft, state=DraftState.SENT_BACK, handling_id=None)
    fresh = PaperDraft(
        dossier_id=draft.dossier_id,
        work_item_id=draft.work_item_id,
        kind=draft.kind,
        template=draft.template,
        template_version=draft.template_version,
        fields=draft.fields,
        author_id=draft.author_id,
        state=DraftState.SENT_BACK,
        continues=draft,
    )
    drop(draft, reason, seq=seq)
    fresh.save()
    return fresh


def end_all(dossier_id: int, *, but: int | None, seq: int) -> None:
    """Drop what an ending dossier leaves behind, but the paper that the act itself issues."""
    for draft in live(dossier_id):
        if draft.pk != but:
            drop(draft, DOSSIER_ENDED, seq=seq)


def take_numbers_back(dossier_id: int, *, seq: int, reason: object = STEP_REOPENED) -> None:
    """Cancel numbers that the route had given, since an earlier step is done again."""
    for draft in live(dossier_id, route_kinds()):
        if draft.numbered_at is not None:
            continued(draft, reason, seq=seq)
