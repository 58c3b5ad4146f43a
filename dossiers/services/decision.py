"""Verbs of those who decide: the officer proposes, heads approve or send back."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dossiers import draft_sheets
from dossiers.enums import Action, DraftKind, DraftState
from dossiers.models.dossier import Dossier
from dossiers.services import draft_checks, draft_rows, four_eyes, paper_drafts, route_drafts
from dossiers.services.core import apply, begin, needed
from dossiers.services.opened import Deed
from portal import letters
from procedures import result_templates


@transaction.atomic
def propose(
    *,
    dossier_id: int,
    by: User,
    draft_id: int | None = None,
    draft_version: int | None = None,
    note: str = "",
    version: int | None = None,
    item_id: int | None = None,
) -> Dossier:
    """Put the drafted paper before the head; its kind says whether it grants or refuses.

    Raises UserError naming what the paper still lacks, or when its applicant has yet to check what it says now; StaleError
    when it is no longer the version that was shown.
    """
    opened = begin(dossier_id=dossier_id, action=Action.PROPOSE, by=by, version=version, item_id=item_id)
    draft = route_drafts.meant(opened, draft_id, draft_version)
    route_drafts.refuse_gaps(result_templates.missing(draft_sheets.template_of(draft), draft.fields))
    letters.refuse(draft.fields)
    draft_checks.refuse_unchecked(opened.dossier, draft)
    decision = route_drafts.DECISION[DraftKind(draft.kind)]
    opened.dossier.proposal = decision
    dossier = apply(opened, Deed(text=note, reason_code=decision, extra=paper_drafts.named(draft)))
    draft_rows.changed(draft, state=DraftState.SUBMITTED)
    return dossier


@transaction.atomic
def send_back(
    *,
    dossier_id: int,
    by: User,
    reason: str,
    back_to: int | None = None,
    version: int | None = None,
    item_id: int | None = None,
) -> Dossier:
    """Return the paper to who drafted it, or to the step at position `back_to` of the route, with the reason.

    A number it has is cancelled in its book, and the officer goes on with the same words.
    """
    opened = begin(dossier_id=dossier_id, action=Action.SEND_BACK, by=by, version=version, item_id=item_id)
    needed(reason, _("Hãy ghi lý do trả lại để chuyên viên sửa đúng."))
    draft = route_drafts.on_route(dossier_id)
    named = paper_drafts.named(draft) if draft is not None else {}
    if draft is not None:
        route_drafts.reviewed(draft, by, agrees=False, note=reason)
        draft_rows.continued(draft, reason, seq=opened.dossier.event_count + 1)
    return apply(opened, Deed(text=reason, back_to=back_to, extra=named))


@transaction.atomic
def approve(
    *,
    dossier_id: int,
    by: User,
    draft_id: int | None = None,
    draft_version: int | None = None,
    without: bool = False,
    reason: str = "",
    version: int | None = None,
    item_id: int | None = None,
) -> Dossier:
    """Agree to the drafted paper in this very version; the last approval before the clerk binds its number.

    `without`: what another system still owes is waived where a rule in force lets a head do so, for the recorded `reason`.
    """
    opened = begin(dossier_id=dossier_id, action=Action.APPROVE, by=by, version=version, item_id=item_id)
    draft = route_drafts.meant(opened, draft_id, draft_version)
    alone = four_eyes.checked(opened, draft, by)
    owed = route_drafts.waived(draft, without=without, reason=reason)
    words = route_drafts.waiver_words(owed, reason)
    dossier = apply(opened, Deed(text=words, extra=paper_drafts.named(draft)))
    route_drafts.reviewed(draft, by, agrees=True, note=words or alone)
    if not route_drafts.is_decided(opened):
        draft_rows.changed(draft, state=DraftState.REVIEWED)
        return dossier
    route_drafts.refuse_unsignable(draft, owed)
    paper_drafts.bind_number(draft, dossier, signer=by)
    return dossier
