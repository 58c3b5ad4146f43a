"""The books of all authorities, asked after every race and in every state of the machine."""

from dossiers.models.paper_draft import PaperDraft
from dossiers.services.proof import numbers, papers
from dossiers.services.proof.findings import Weight

PARTS = (numbers.gaps, numbers.twice, papers.drafts, papers.places)


def assert_whole():
    """No gap but what stands as cancelled, with its reason; no number on two papers; no paper that lies nowhere."""
    assert [str(found) for part in PARTS for found in part() if found.weight is Weight.FAULT] == []


def standing():
    """Every number of the books that drafts took, in order, with what became of its paper."""
    rows = PaperDraft.objects.filter(book_number__isnull=False).order_by("book", "book_year", "book_number")
    return list(rows.values_list("book_number", "state"))
