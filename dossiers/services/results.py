"""Verbs around the result: issue it, hand it over."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dossiers import numbering
from dossiers.enums import Action, Decision, EventCode, PrintedName
from dossiers.models.dossier import Dossier
from dossiers.models.event import EventText
from dossiers.models.result import Result
from dossiers.services.core import Deed, Opened, apply, begin
from dossiers.services.decision import last_actor
from portal import clock
from portal.errors import UserError


@transaction.atomic
def issue(*, dossier_id: int, by: User, version: int | None = None) -> Dossier:
    """Number and publish what was approved; the end of processing. A refusal ends the dossier."""
    opened = begin(dossier_id=dossier_id, action=Action.ISSUE, by=by, version=version)
    dossier, now = opened.dossier, clock.now()
    refused = dossier.proposal == Decision.REFUSE
    code, name = _result_kind(dossier)
    dossier.finished_at = now
    content = _approved_words(opened)
    signer_id = last_actor(opened, EventCode.APPROVED)
    # Not electronic in the sense of TT 01/2023/TT-VPCP: nobody has put a digital signature on it.
    deed = Deed(printed=(PrintedName.RESULT,), reason_code=dossier.proposal, extra={"electronic_result": False})
    dossier = apply(opened, deed)
    Result.objects.create(
        dossier=dossier, code=f"{code}-{dossier.code}-1", title=_("Văn bản từ chối giải quyết hồ sơ") if refused else name,
        is_refusal=refused, content=content, signer_id=signer_id, issued_at=now,
        # last: the year's book is one row that the whole unit waits for
        number=numbering.form_number(dossier.authority_code, "result", clock.local(now).year, "TB-UBND" if refused else "KQ-UBND"),
    )  # fmt: skip
    return dossier


@transaction.atomic
def return_to_citizen(*, dossier_id: int, by: User, handed_to: str, version: int | None = None) -> Dossier:
    """Record the hand-over of the result."""
    opened = begin(dossier_id=dossier_id, action=Action.RETURN, by=by, version=version)
    if not handed_to.strip():
        raise UserError(_("Hãy ghi họ tên người nhận kết quả."), field="handed_to")
    opened.dossier.returned_at = clock.now()
    Result.objects.filter(dossier=opened.dossier).update(handed_to=handed_to.strip()[:200])
    return apply(opened)


def _approved_words(opened: Opened) -> str:
    seq = max(event.seq for event in opened.past if event.code == EventCode.PROPOSED)
    return EventText.objects.values_list("text", flat=True).get(dossier=opened.dossier, seq=seq)


def _result_kind(dossier: Dossier) -> tuple[str, str]:
    results = dossier.revision.results
    if not results:
        return "KQ", str(dossier.procedure.name)
    return results[0].get("code") or "KQ", results[0].get("name") or str(dossier.procedure.name)
