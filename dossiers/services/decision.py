"""Verbs of those who decide: the officer proposes, heads approve or send back."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dossiers.enums import Action, Decision
from dossiers.models.dossier import Dossier
from dossiers.services.core import apply, begin
from dossiers.services.opened import Deed, Opened
from portal.errors import UserError


@transaction.atomic
def propose(
    *,
    dossier_id: int,
    by: User,
    decision: str,
    content: str,
    version: int | None = None,
    item_id: int | None = None,
) -> Dossier:
    """Put a draft decision before the head: grant or refuse, with the words of the result."""
    opened = begin(dossier_id=dossier_id, action=Action.PROPOSE, by=by, version=version, item_id=item_id)
    if decision not in Decision.values:
        raise UserError(_("Hãy chọn đồng ý hoặc từ chối giải quyết."), field="decision")
    if not content.strip():
        raise UserError(_("Hãy ghi nội dung kết quả trình ký."), field="content")
    opened.dossier.proposal = decision
    return apply(opened, Deed(text=content, reason_code=decision))


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
    """Return the proposal to who made it, or to the step at position `back_to` of the route, with the reason."""
    opened = begin(dossier_id=dossier_id, action=Action.SEND_BACK, by=by, version=version, item_id=item_id)
    if not reason.strip():
        raise UserError(_("Hãy ghi lý do trả lại để chuyên viên sửa đúng."), field="reason")
    return apply(opened, Deed(text=reason, back_to=back_to))


@transaction.atomic
def approve(*, dossier_id: int, by: User, version: int | None = None, item_id: int | None = None) -> Dossier:
    """Agree to the proposal: a department head passes it to the signer, the signer to the clerk."""
    opened = begin(dossier_id=dossier_id, action=Action.APPROVE, by=by, version=version, item_id=item_id)
    return apply(opened)


def last_actor(opened: Opened, code: str) -> int | None:
    """Who did an act last on a dossier."""
    return next((event.actor_id for event in reversed(opened.past) if event.code == code), None)
