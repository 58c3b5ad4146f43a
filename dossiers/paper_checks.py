"""Whether the applicant must still check a draft: what a check covers, which content was agreed to, what it says to people.

Reads only. Asked by the acts that propose, by the verbs around a check (dossiers.services.draft_checks) and by pages.
"""

import hashlib
import json
from collections.abc import Container, Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers import draft_sheets
from dossiers.enums import DraftKind, State
from dossiers.models.dossier import Dossier
from dossiers.models.paper_check import PaperCheck
from dossiers.models.paper_draft import PaperDraft
from procedures import formspec
from procedures.enums import DraftCheck

TAKE_BACK_FIRST = gettext_lazy(
    "Hồ sơ đang chờ người nộp kiểm tra bản dự thảo kết quả. Hãy rút bản dự thảo đã gửi kiểm tra về trước, rồi thực hiện "
    "tiếp."
)
_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def asks(dossier: Dossier, kind: str = DraftKind.RESULT) -> bool:
    """Tell whether the pinned procedure has drafts of a kind checked; only a result is. The revision is loaded."""
    return kind == DraftKind.RESULT and dossier.revision.draft_check != DraftCheck.NONE


def content(draft: PaperDraft) -> str:
    """SHA-256 of what the applicant can judge on a draft: its template and its fields.

    Left out: what is not shown, and numbers that another system gives (they come late, and only that system knows them).
    """
    template = draft_sheets.template_of(draft)
    owed = {question.key for field in template.fields if field.is_external for question in field.questions()}
    shown = formspec.prune(template.form, draft.fields)
    said = {key: value for key, value in shown.items() if key not in owed and value not in (None, "", [], {})}
    return hashlib.sha256(_CANONICAL([draft.template, draft.template_version, said]).encode()).hexdigest()


def of_dossier(dossier_id: int) -> list[PaperCheck]:
    """Every check of a dossier, oldest first."""
    return list(PaperCheck.objects.filter(dossier_id=dossier_id).order_by("pk"))


def waiting() -> QuerySet[PaperCheck]:
    """Checks that still wait for their applicant."""
    return PaperCheck.objects.filter(answered_at=None, dossier__state=State.CHECKING)


def open_of(dossier: Dossier) -> PaperCheck | None:
    """The check that waits for the applicant of this dossier, its draft joined."""
    return waiting().filter(dossier_id=dossier.pk).select_related("draft").first()


def in_the_way(dossier: Dossier, states: Container[str]) -> str:
    """What to do before a paper that is written in these states of a dossier; '' when no check keeps it waiting."""
    waits = dossier.state == State.CHECKING and State.CHECKING not in states and State.PROCESSING in states
    return str(TAKE_BACK_FIRST) if waits else ""


def is_owed(dossier: Dossier, draft: PaperDraft, checks: Iterable[PaperCheck]) -> bool:
    """Tell whether a draft may not be proposed yet since nobody agreed to what it says now; `checks`: of its dossier."""
    if not asks(dossier, draft.kind):
        return False
    agreed = {check.content for check in checks if check.agrees}
    return not agreed or content(draft) not in agreed


def words(check: PaperCheck) -> dict[str, Any]:
    """Until when to answer and what silence means, in the words that pages and messages share."""
    return {"answer_by": f"{check.answer_by:%d/%m/%Y}", "unless": unless(silence_agrees=check.silence_agrees)}


def unless(*, silence_agrees: bool) -> str:
    """What comes of no answer."""
    if silence_agrees:
        return _("Không trả lời trong hạn được coi là đồng ý.")
    return _("Chưa có xác nhận thì hồ sơ chưa được giải quyết tiếp.")
