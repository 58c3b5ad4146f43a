"""Making the files of printed forms. Called by tasks only, in a worker process: paper is never made in a web thread."""

from django.db import transaction

from dossiers import documents
from dossiers.enums import PrintedName
from dossiers.models.dossier import Dossier
from dossiers.models.result import PrintedForm
from dossiers.models.seal import Unsealed
from portal import clock
from portal.pdf import render_pdf
from vault.enums import ItemKind
from vault.models import StoredFile
from vault.services import deposit, store_bytes

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
    dossier = form.dossier
    _html, content = render_pdf(f"dossiers/print/{form.name}.html", documents.context(form))
    form.file = store_bytes(name=f"{dossier}-{form.name}.pdf", mime=PDF, content=content)
    form.save(update_fields=["file"])
    Unsealed.objects.create(dossier_id=dossier.pk)
    if form.name == PrintedName.RESULT:
        _deposit(dossier, form.file)
    return True


def _deposit(dossier: Dossier, file: StoredFile) -> None:
    result = dossier.result
    if result.is_refusal or dossier.owner is None:
        return
    deposit(
        owner=dossier.owner,
        file=file,
        kind=ItemKind.RESULT,
        paper_kind=result.code.split("-")[0],
        title=result.title,
        number=result.number,
        issuer=dossier.competent_unit.name,
        issued_on=clock.local(result.issued_at).date(),
        source_code=dossier.code or "",
    )
