"""Making the files of printed forms. Called by tasks only, in a worker process: paper is never made in a web thread."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dossiers import documents
from dossiers.models.result import PrintedForm
from dossiers.models.seal import Unsealed
from dossiers.papers import PAPERS
from portal.pdf import PaperFaultError, render_pdf
from portal.sweeps import SWEEPS, RowSweep
from vault.services import store_bytes

PDF = "application/pdf"


def print_form(*, printed_form_id: int) -> bool:
    """Make the file of one printed form; False when it has one already. Rendered outside of any transaction.

    The bytes are kept for ever: a later print gives the same paper even after a change of template or library.
    """
    form = PrintedForm.objects.filter(pk=printed_form_id, file__isnull=True).first()
    if form is None:
        return False
    _html, content = render_pdf(documents.edition_of(form).template, documents.context(form))
    return _kept(form.pk, content)


@transaction.atomic
def _kept(form_id: int, content: bytes) -> bool:
    """Keep the bytes, unless another worker was faster."""
    free = PrintedForm.objects.select_for_update(of=("self",), no_key=True).filter(pk=form_id, file__isnull=True)
    form = free.first()
    if form is None:
        return False
    form.file = store_bytes(name=f"{form.dossier}-{form.name}.pdf", mime=PDF, content=content)
    form.save(update_fields=["file"])
    Unsealed.objects.create(dossier_id=form.dossier_id)
    on_made = PAPERS[form.name].on_made
    if on_made is not None:
        on_made(form)
    return True


MISSING = RowSweep(
    code="papers",
    label=_("In phiếu của hồ sơ"),
    row=_("phiếu"),
    task="dossiers.tasks.print_missing_papers",
    waiting=lambda: PrintedForm.objects.filter(file__isnull=True, is_made_on_opening=False),
    serve=lambda pk: print_form(printed_form_id=pk),
    since="called_at",
    names=("dossier__code", "dossier__reference"),
    claims=True,
    batch=200,
    final=(PaperFaultError,),
)
SWEEPS.add(MISSING)
