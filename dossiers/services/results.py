"""Verbs around the result: issue it, hand it over."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dossiers import numbering
from dossiers.enums import Action, Decision, EventCode, PrintedName
from dossiers.models.dossier import Dossier
from dossiers.models.event import EventText
from dossiers.models.result import PrintedForm, Result
from dossiers.papers import PAPERS
from dossiers.services.core import apply, begin
from dossiers.services.decision import last_actor
from dossiers.services.opened import Deed, Opened
from portal import clock
from portal.errors import NotNowError, UserError
from vault.enums import ItemKind
from vault.services import deposit


@transaction.atomic
def issue(*, dossier_id: int, by: User, version: int | None = None, item_id: int | None = None) -> Dossier:
    """Number and publish what was approved; the end of processing. A refusal ends the dossier."""
    opened = begin(dossier_id=dossier_id, action=Action.ISSUE, by=by, version=version, item_id=item_id)
    dossier, now = opened.dossier, clock.now()
    refused = dossier.proposal == Decision.REFUSE
    code, name = _result_kind(dossier)
    dossier.finished_at = now
    content = _approved_words(opened)
    signer_id = last_actor(opened, EventCode.APPROVED)
    if signer_id is None:
        raise NotNowError  # nobody has signed
    # Not electronic in the sense of TT 01/2023/TT-VPCP: nobody has put a digital signature on it.
    dossier = apply(opened, Deed(reason_code=dossier.proposal, extra={"electronic_result": False}))
    Result.objects.create(
        dossier=dossier,
        code=f"{code}-{dossier.code}-1",
        title=str(_("Văn bản từ chối giải quyết hồ sơ")) if refused else name,
        is_refusal=refused,
        content=content,
        signer_id=signer_id,
        issued_at=now,
        # last: the year's book is one row that the whole unit waits for
        number=numbering.number_in(
            PAPERS[PrintedName.RESULT].book, dossier.authority_code, clock.local(now).year, refuses=refused
        ),
    )
    return dossier


@transaction.atomic
def return_to_citizen(
    *, dossier_id: int, by: User, handed_to: str, version: int | None = None, item_id: int | None = None
) -> Dossier:
    """Record the hand-over of the result."""
    opened = begin(dossier_id=dossier_id, action=Action.RETURN, by=by, version=version, item_id=item_id)
    if not handed_to.strip():
        raise UserError(_("Hãy ghi họ tên người nhận kết quả."), field="handed_to")
    opened.dossier.returned_at = clock.now()
    Result.objects.filter(dossier=opened.dossier).update(handed_to=handed_to.strip()[:200])
    return apply(opened)


def keep_for_owner(form: PrintedForm) -> None:
    """Put the file of a result that grants into the vault of its confirmed owner; called once, when the file has been made."""
    dossier, result = form.dossier, form.dossier.result
    if result.is_refusal or dossier.owner is None or not dossier.owner_is_confirmed or form.file is None:
        return
    deposit(
        owner=dossier.owner,
        file=form.file,
        kind=ItemKind.RESULT,
        paper_kind=result.code.split("-")[0],
        title=result.title,
        number=result.number,
        issuer=dossier.competent_unit.name,
        issued_on=clock.local(result.issued_at).date(),
        source_code=dossier.code or "",
    )


def _approved_words(opened: Opened) -> str:
    seq = max(event.seq for event in opened.past if event.code == EventCode.PROPOSED)
    return EventText.objects.values_list("text", flat=True).get(dossier=opened.dossier, seq=seq)


def _result_kind(dossier: Dossier) -> tuple[str, str]:
    results = dossier.revision.results
    if not results:
        return "KQ", str(dossier.procedure.name)
    return results[0].get("code") or "KQ", results[0].get("name") or str(dossier.procedure.name)
