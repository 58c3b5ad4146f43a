"""Erasing the words of an act: an act of its own, with its event. Called by the erase_text command.

The ledger keeps the digest of what was erased. Not touched: papers already printed, results, and answers of the form.
"""

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import User
from dossiers import workflow
from dossiers.enums import EventCode, State
from dossiers.models.dossier import Dossier
from dossiers.models.event import EventText
from dossiers.services.core import apply, locked, open_row
from dossiers.services.opened import Deed
from portal.errors import UserError

# In no table: no page offers it. What is filed may be erased in any state, by whoever answers for the authority.
ROW = workflow.Transition(
    action="erase_text",
    sources=frozenset(State) - {State.DRAFT},
    target=None,
    event=EventCode.TEXT_ERASED,
    roles=frozenset({Role.SIGNER, Role.ADMINISTRATOR}),
)


@transaction.atomic
def erase_text(*, dossier_id: int, seq: int, by: User | None, reason: str) -> Dossier:
    """Take the words of one event away for good; its digest stays. `by` None: the system, on an operator's command.

    Raises UserError without a reason or when there are no words, NotNowError when the person may not.
    """
    opened = open_row(locked(dossier_id), ROW, by=by)
    if not reason.strip():
        raise UserError(_("Hãy ghi lý do xoá nội dung."), field="reason")
    if not EventText.objects.filter(dossier_id=dossier_id, seq=seq).exists():
        raise UserError(_("Không có nội dung nào ở bước này, hoặc nội dung đã được xoá."), field="seq")
    dossier = apply(opened, Deed(text=reason, extra={"about_seq": seq}))
    with connection.cursor() as cursor:
        cursor.execute("SELECT erase_event_text(%s, %s)", [dossier_id, seq])
    return dossier
