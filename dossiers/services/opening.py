"""The first opening of a paper that the loader of the demo city left unmade: its file is made, and the ledger says so.

An act of its own by the system, with the digest of the bytes and the number of the event that had issued the paper. Called by
the pages that give papers.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dossiers import documents, draft_sheets, loading, workflow
from dossiers.enums import DraftState, EventCode, State
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.result import PrintedForm
from dossiers.services import draft_rows, paper_drafts, results
from dossiers.services.core import apply, locked, open_row
from dossiers.services.opened import Deed
from portal import rows
from portal.pdf import PaperFaultError, html_to_pdf, sheet_html
from vault.services import store_bytes

ROW = workflow.Transition(
    action="make_paper",
    sources=frozenset(State) - {State.DRAFT},
    target=None,
    event=EventCode.PAPER_MADE,
    roles=frozenset({workflow.SYSTEM}),
)
CANNOT_BE_MADE = _("Văn bản này chưa làm thành bản giấy được nên chưa mở được. %(why)s")


def opened(form: PrintedForm, *, to_pdf: Callable[[str], bytes] = html_to_pdf) -> PrintedForm:
    """The form with its file; one that was left unmade is made now, once however many open it.

    Raises PaperFaultError, and leaves it unmade, when it cannot be read as it would be printed.
    """
    if form.file_id is None and form.is_made_on_opening:
        _make(form, to_pdf)
        form.refresh_from_db()
    return form


def of_draft(draft: PaperDraft) -> PrintedForm | None:
    """The issued paper of a draft that was left unmade, if it is one."""
    if draft.state != DraftState.ISSUED or draft.file_id is not None or draft.issued_seq is None:
        return None
    left = PrintedForm.objects.filter(dossier_id=draft.dossier_id, event_seq=draft.issued_seq, is_made_on_opening=True)
    return left.filter(name=paper_drafts.paper_of(draft)).first()


def _make(form: PrintedForm, to_pdf: Callable[[str], bytes]) -> None:
    draft = _draft(form)
    if draft is not None and draft.file_id is not None:  # another opening has just made it, and its words are gone
        return
    try:
        content = to_pdf(_html(form, draft))
    except PaperFaultError as error:
        raise PaperFaultError(CANNOT_BE_MADE % {"why": error.message}) from error
    _settle(form.pk, content)


def _html(form: PrintedForm, draft: PaperDraft | None) -> str:
    if draft is None:
        return sheet_html(documents.edition_of(form).template, documents.context(form))
    draft.dossier = loading.whole(draft.dossier)
    return draft_sheets.html(draft)


def _draft(form: PrintedForm) -> PaperDraft | None:
    """The draft that the paper grew from."""
    issued = PaperDraft.objects.filter(dossier_id=form.dossier_id, issued_seq=form.event_seq, state=DraftState.ISSUED)
    return next((row for row in issued.select_related("dossier") if paper_drafts.paper_of(row) == form.name), None)


@transaction.atomic
def _settle(form_id: int, content: bytes) -> None:
    """Keep the bytes with their event, unless somebody else's opening was faster."""
    dossier_id = PrintedForm.objects.values_list("dossier_id", flat=True).get(pk=form_id)
    act = open_row(locked(dossier_id), ROW, by=None)
    form = rows.by_key(PrintedForm, form_id, lock=True)
    if form.file_id is not None:
        return
    form.dossier, draft = act.dossier, _draft(form)
    form.file = store_bytes(name=f"{form.dossier}-{form.name}.pdf", mime=paper_drafts.PDF, content=content)
    form.save(update_fields=["file"])
    if draft is not None:
        results.keep_once_made(form, draft)
        draft_rows.changed(draft, file_id=form.file_id, fields={})
    act.dossier.version -= 1  # nothing of the dossier changes: who has its page open has seen nothing older
    apply(act, Deed(extra=_said(form, draft)))


def _said(form: PrintedForm, draft: PaperDraft | None) -> dict[str, Any]:
    digest = form.file.sha256 if form.file else ""
    named = paper_drafts.named(draft, digest) if draft is not None else {"paper_digest": digest}
    return {**named, "about_seq": form.event_seq}
