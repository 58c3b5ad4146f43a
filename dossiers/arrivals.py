"""What is told about files as they arrive with a form: each one by its name, taken, there already, or left out and why.

Called by the pages where files come in: the citizen's papers and answers, the visit at the desk and its scans.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from dossiers.services.drafts import TakenFile
from portal.errors import UserError
from portal.templatetags.ui import moment
from vault.content import clean_name
from vault.enums import DONE_BY_US, FileRemark
from vault.opening import TooLargeError, too_large
from vault.services import STORAGE_FULL
from vault.uploads import LeftOut, left_out


@dataclass(slots=True)
class Arrivals:
    """How many files came with a field, and what was not taken; `is_too_large`: some of it for its size."""

    count: int = 0
    failed: list[dict[str, str]] = field(default_factory=list)
    is_too_large: bool = False

    def refuse(self, name: str, why: str, href: str) -> None:
        """Note one file that was not taken."""
        self.failed.append({"text": f"{clean_name(name)}: {why}", "href": href})


def take_each(
    request: HttpRequest, name: str, keep: "Callable[[UploadedFile[bytes]], TakenFile]", *, href: str
) -> Arrivals:
    """Keep the files of one field, each by itself; what failed stands in the answer, what worked is told."""
    found = Arrivals()
    for upload in request.FILES.getlist(name):
        found.count += 1
        try:
            taken = keep(upload)
        except UserError as error:
            found.refuse(upload.name or "", error.message, href)
            found.is_too_large |= isinstance(error, TooLargeError)
        else:
            _tell(request, clean_name(upload.name or ""), taken)
    for one in left_out(request):
        if one.field == name:
            found.count += 1
            found.refuse(one.name, _why(one), href)
            found.is_too_large |= one.is_too_large
    return found


def _why(one: LeftOut) -> str:
    return too_large() if one.is_too_large else str(STORAGE_FULL)


def _tell(request: HttpRequest, name: str, taken: TakenFile) -> None:
    if taken.is_twin:
        messages.info(request, _there_already(name, taken))
        return
    remarks = [FileRemark(remark) for remark in taken.attachment.file.remarks] if taken.attachment.file else []
    done = "; ".join(str(remark.label) for remark in remarks if remark in DONE_BY_US)
    told = _("Đã nhận tệp “%(name)s” (%(done)s).") if done else _("Đã nhận tệp “%(name)s”.")
    messages.success(request, told % {"name": name, "done": done})
    if FileRemark.BLANK in remarks:
        blank = _("Tệp “%(name)s” chỉ có trang trắng. Hãy kiểm tra lại; nếu nhầm, bỏ tệp này ra và tải lên tệp khác.")
        messages.warning(request, blank % {"name": name})


def _there_already(name: str, taken: TakenFile) -> str:
    there = taken.attachment
    told = _("“%(name)s”: tệp này đã có ở đây với tên “%(there)s”, nhận lúc %(at)s, nên không cần nhận lần nữa.")
    return told % {"name": name, "there": there.file.name if there.file else "", "at": moment(there.added_at)}
