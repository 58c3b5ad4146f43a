"""Scanning: what was handed over on paper gets its picture, at intake or while the dossier is under way. One event a file.

Called by the desk's page of scans; knows no HTTP.
"""

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from dossiers.enums import Action
from dossiers.models.attachment import Attachment
from dossiers.services import drafts, terms
from dossiers.services.core import apply, begin
from dossiers.services.opened import Deed, Opened
from portal.errors import UserError
from vault.opening import open_upload


def keep(*, dossier_id: int, by: User, paper_code: str, upload: "UploadedFile[bytes]") -> drafts.TakenFile:
    """Keep one scan or photograph of a paper; the paper that was ticked at the counter without a file becomes its own.

    The same file comes in once. Raises as keep_upload, NotNowError, UserError for a paper the dossier does not know.
    """
    file = open_upload(upload)  # before anything is locked: opening takes its time
    with transaction.atomic():
        opened = begin(dossier_id=dossier_id, action=Action.SCAN_PAPER, by=by, version=None)
        paper = drafts.RoundPaper(paper_code, _name_of(opened, paper_code), round=0)
        taken = drafts.keep_upload(opened.dossier, paper, by=by, opened=file, onto=_seen(opened, paper_code))
        if not taken.is_twin:
            opened.papers = None  # counted anew, with the file
            apply(opened, Deed(text=paper.name))
        return taken


def _name_of(opened: Opened, code: str) -> str:
    names = {row.paper_code: row.paper_name for row in opened.given()}
    names |= {paper.code: paper.name for paper in terms.papers_for(opened.dossier)}
    if code not in names:
        raise UserError(_("Hồ sơ này không có loại giấy tờ đó. Hãy tải lại trang và chọn đúng mục."), field="file")
    return names[code]


def _seen(opened: Opened, code: str) -> Attachment | None:
    """The paper as it was ticked, if it still has no file."""
    rows = (row for row in opened.given() if row.paper_code == code and row.round == 0 and row.file_id is None)
    return next(rows, None)
