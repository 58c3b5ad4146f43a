"""Making the files of printed forms. Called by tasks only, in a worker process: paper is never made in a web thread."""

from django.db import transaction

from dossiers import documents
from dossiers.models.result import PrintedForm
from dossiers.models.seal import Unsealed
from dossiers.papers import PAPERS
from portal.pdf import render_pdf
from vault.services import store_bytes

PDF = "application/pdf"


@transaction.atomic
def print_form(*, printed_form_id: int) -> bool:
    """Make the file of one printed form; False when another worker holds it or it is done already.

    The bytes are kept for ever: a later print gives the same paper even after a change of template or library.
    """
    form = (
        PrintedForm.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        .filter(pk=printed_form_id, file__isnull=True)
        .first()
    )
    if form is None:
        return False
    _html, content = render_pdf(documents.edition_of(form).template, documents.context(form))
    form.file = store_bytes(name=f"{form.dossier}-{form.name}.pdf", mime=PDF, content=content)
    form.save(update_fields=["file"])
    Unsealed.objects.create(dossier_id=form.dossier_id)
    on_made = PAPERS[form.name].on_made
    if on_made is not None:
        on_made(form)
    return True
