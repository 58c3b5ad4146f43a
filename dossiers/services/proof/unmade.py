"""Papers that the loader of the demo city left unmade: counted, and each against the mark and the making in the ledger."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from dossiers.enums import EventCode
from dossiers.models.event import DossierEvent
from dossiers.models.result import PrintedForm
from dossiers.services.proof.findings import Finding, fault, note
from dossiers.services.unmade import NOT_MADE


def marks() -> Iterator[Finding]:
    """Every mark stands with a paper that was left unmade, every such paper with its mark, and what was made with its event."""
    marked = DossierEvent.objects.filter(paper_digest=NOT_MADE).values_list("dossier_id", "seq")
    silent = DossierEvent.objects.filter(
        dossier_id=OuterRef("dossier_id"), seq=OuterRef("event_seq"), paper_digest=None
    )
    made = DossierEvent.objects.filter(code=EventCode.PAPER_MADE)
    known = set(made.values_list("dossier_id", "about_seq", "paper_digest"))
    said, left, waiting = set(marked), set(), 0
    forms = PrintedForm.objects.filter(is_made_on_opening=True).annotate(is_silent=Exists(silent)).order_by("pk")
    columns = ("pk", "dossier_id", "event_seq", "file__sha256", "is_silent")
    for pk, dossier_id, seq, digest, is_silent in forms.values_list(*columns):
        left.add((dossier_id, seq))
        if is_silent:
            yield fault(
                f"dossier {dossier_id}: printed form {pk} is to be made when opened and event {seq} does not say so"
            )
        if digest is None:
            waiting += 1
        elif (dossier_id, seq, digest) not in known:
            yield fault(f"dossier {dossier_id}: printed form {pk} was made when opened and no event says so")
    for dossier_id, seq in sorted(said - left):
        yield fault(f"dossier {dossier_id}: event {seq} says that its paper is not made, and no such paper is there")
    if waiting:
        yield note(f"{waiting} papers of the demo city are not made yet; each is made when it is first opened")
