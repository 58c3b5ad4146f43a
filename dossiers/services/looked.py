"""“Đã kiểm”: an officer looked a paper through. A mark for those who work on the dossier; it moves nothing and stands in no paper."""

from django.db import transaction
from django.utils.translation import gettext_lazy

from accounts.models import User
from dossiers.enums import FINAL_STATES
from dossiers.services.core import locked, refuse_own
from portal import clock, rows
from portal.errors import NotNowError, UserError
from vault.queries import may_open

NOT_SEEN = gettext_lazy("Tệp này chưa mở được (chờ quét vi-rút hoặc bị chặn) nên chưa đánh dấu đã kiểm được.")


@transaction.atomic
def mark(*, dossier_id: int, by: User, attachment_id: int, is_checked: bool) -> None:
    """Mark a file of a dossier as looked through, or take the mark back; the caller has asked for the reader's scope.

    Raises NotNowError for a dossier that has ended or a file it does not have, UserError for one's own and for a file that
    nobody may open.
    """
    dossier = locked(dossier_id)
    refuse_own(dossier, by)
    files = dossier.attachments.filter(removed_at=None, file__isnull=False).select_related("file")
    found = files.filter(pk=attachment_id).first()
    if found is None or found.file is None or dossier.state in FINAL_STATES:
        raise NotNowError
    if is_checked and not may_open(found.file, own=False):
        raise UserError(NOT_SEEN)
    if is_checked == (found.checked_at is not None):
        return  # twice is once, and the first keeps the mark
    found.checked_by, found.checked_at = (by, clock.now()) if is_checked else (None, None)
    rows.update(found, ["checked_by", "checked_at"])
