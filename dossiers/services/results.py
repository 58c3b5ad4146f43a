"""Verbs around the result: issue it, hand it over."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dossiers import draft_sheets, result_papers
from dossiers.enums import Action, DraftKind
from dossiers.models.dossier import Dossier
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.result import PrintedForm, Result
from dossiers.services import paper_drafts, route_drafts
from dossiers.services.core import apply, begin
from dossiers.services.opened import Deed
from portal import clock
from portal.errors import UserError
from vault.enums import ItemKind
from vault.services import deposit


@transaction.atomic
def issue(
    *,
    dossier_id: int,
    by: User,
    draft_id: int | None = None,
    digest: str = "",
    version: int | None = None,
    item_id: int | None = None,
) -> Dossier:
    """Issue the signed paper; the end of processing. A refusal ends the dossier.

    `digest`: of the bytes that were shown. Raises UserError while the file is not there.
    """
    opened = begin(dossier_id=dossier_id, action=Action.ISSUE, by=by, version=version, item_id=item_id)
    draft = paper_drafts.with_bytes(route_drafts.meant(opened, draft_id, None), digest)
    dossier, now = opened.dossier, clock.now()
    result = _result(dossier, draft, now)
    kept = result_papers.kept_as(dossier, draft_sheets.template_of(draft), draft.fields, clock.local(now).date())
    dossier.finished_at = now
    brought = paper_drafts.brought(draft)
    # Not electronic in the sense of TT 01/2023/TT-VPCP: nobody has put a digital signature on it.
    extra = {**brought.pop("extra"), "electronic_result": False}
    dossier = apply(opened, Deed(reason_code=dossier.proposal, extra=extra, **brought))
    result.save()
    form = paper_drafts.issued(draft, dossier)
    form.dossier.result = result
    _deposit(form, kept.paper_kind, expires_on=kept.expires_on)
    return dossier


def _result(dossier: Dossier, draft: PaperDraft, now: datetime) -> Result:
    refused = draft.kind == DraftKind.REFUSAL
    code, name = _result_kind(dossier)
    return Result(
        dossier=dossier,
        code=f"{code}-{dossier.code}-1",
        title=str(_("Văn bản từ chối giải quyết hồ sơ")) if refused else name,
        is_refusal=refused,
        content=draft_sheets.plain(draft),
        signer_id=draft.signer_id or draft.author_id,
        issued_at=now,
        number=draft.number,
    )


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


def keep_once_made(form: PrintedForm, draft: PaperDraft) -> None:
    """Put a result made at its first opening into the vault of its owner, as the act would have done with its bytes."""
    result = Result.objects.filter(dossier_id=form.dossier_id).first()
    if result is None or draft.kind != DraftKind.RESULT:
        return
    form.dossier.result = result
    day = clock.local(result.issued_at).date()
    kept = result_papers.kept_as(form.dossier, draft_sheets.template_of(draft), draft.fields, day)
    _deposit(form, kept.paper_kind, expires_on=kept.expires_on)


def keep_for_owner(form: PrintedForm) -> None:
    """Put a result printed after its act into the vault of its confirmed owner: as issued before papers were drafts."""
    _deposit(form, form.dossier.result.code.split("-")[0], expires_on=None)


def _deposit(form: PrintedForm, paper_kind: str, *, expires_on: date | None) -> None:
    dossier, result = form.dossier, form.dossier.result
    if result.is_refusal or dossier.owner is None or not dossier.owner_is_confirmed or form.file is None:
        return
    deposit(
        owner=dossier.owner,
        file=form.file,
        kind=ItemKind.RESULT,
        paper_kind=paper_kind,
        title=result.title,
        number=result.number,
        issuer=dossier.competent_unit.name,
        issued_on=clock.local(result.issued_at).date(),
        expires_on=expires_on,
        source_code=dossier.code or "",
    )


def _result_kind(dossier: Dossier) -> tuple[str, str]:
    results = dossier.revision.results
    if not results:
        return "KQ", str(dossier.procedure.name)
    return results[0].get("code") or "KQ", results[0].get("name") or str(dossier.procedure.name)
