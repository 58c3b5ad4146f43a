"""Numbers given against numbers there: each counter's numbers are all in use or cancelled, once, and none beyond it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from django.db.models import Exists, OuterRef, Value

from dossiers import numbering
from dossiers.enums import DraftState
from dossiers.models.counter import Counter
from dossiers.models.dossier import Dossier
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.result import PrintedForm, Result
from dossiers.papers import PAPERS
from dossiers.services.evidence import span_of
from dossiers.services.proof.findings import Finding, fault, note

CHUNK = 5000
_CODE = re.compile(r"(?P<scope>.+)-(?P<period>\d{6})-(?P<number>\d{4,})")
_BOOK = re.compile(r"(?P<number>\d{2,})/(?P<period>\d{4})/.+")
Numbers = dict[tuple[str, str], set[int]]


def gaps() -> Iterator[Finding]:
    """Compare every counter with the numbers that stand on dossiers and results."""
    last: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    for kind, scope, period, number in Counter.objects.values_list("kind", "scope", "period", "last"):
        last[kind][scope, period] = number
    yield from _compared("dossier", last.pop("dossier", {}), _dossier_numbers())
    for kind, standing in _books().items():
        yield from _compared(kind, last.pop(kind, {}), standing)
    for kind in sorted(last):
        yield note(f"numbers of kind {kind} are given, but nothing says where they stand: they are not checked")


def _compared(kind: str, counters: Mapping[tuple[str, str], int], standing: Numbers) -> Iterator[Finding]:
    for scope, period in sorted(counters.keys() | standing.keys()):
        given = counters.get((scope, period), 0)
        there = standing.get((scope, period), set())
        missing = set(range(1, given + 1)) - there
        if missing:
            yield fault(f"{kind} numbers {span_of(missing)} of {scope} in {period} were given and nothing bears them")
        beyond = {number for number in there if number > given}
        if beyond:
            yield fault(f"{kind} numbers {span_of(beyond)} of {scope} in {period} are in use and were never given")


def _dossier_numbers() -> Numbers:
    found: Numbers = defaultdict(set)
    codes = Dossier.objects.filter(code__isnull=False).values_list("code", flat=True)
    for code in codes.iterator(chunk_size=CHUNK):
        if match := _CODE.fullmatch(code or ""):
            found[match["scope"], match["period"]].add(int(match["number"]))
    return found


def _books() -> dict[str, Numbers]:
    """The numbers in use in each book: on results, which take theirs in their act, and on printed forms."""
    kind_of = {paper.code: paper.book.kind for paper in PAPERS if paper.book}
    found: dict[str, Numbers] = {kind: defaultdict(set) for kind in kind_of.values()}
    results = Result.objects.values_list("dossier__authority_code", Value("result"), "number")
    forms = PrintedForm.objects.filter(name__in=kind_of).exclude(number="")
    for rows in (results, forms.values_list("dossier__authority_code", "name", "number")):
        for authority_code, name, number in rows.iterator(chunk_size=CHUNK):
            if match := _BOOK.fullmatch(number):
                found[kind_of[name]][authority_code, match["period"]].add(int(match["number"]))
    for kind, scope, year, number in _on_drafts():
        found.setdefault(kind, defaultdict(set))[scope, str(year)].add(number)
    return found


def _on_drafts() -> Iterator[tuple[str, str, int, int]]:
    """Numbers bound to drafts: on their way, issued, and those that stand in their book as cancelled."""
    bound = PaperDraft.objects.filter(book_number__isnull=False).values_list("book", "book_year", "book_number")
    for name, year, number in bound.iterator(chunk_size=CHUNK):
        yield *numbering.book_of(name), int(year or 0), int(number or 0)


def drafts() -> Iterator[Finding]:
    """Every cancelled number says why, and every issued paper stands with the act that issued it."""
    silent = PaperDraft.objects.filter(state=DraftState.DROPPED, numbered_at__isnull=False, dropped_reason="")
    for pk, number in silent.order_by("pk").values_list("pk", "number"):
        yield fault(f"draft {pk}: its number {number} was cancelled without a reason")
    forms = PrintedForm.objects.filter(
        dossier_id=OuterRef("dossier_id"), event_seq=OuterRef("issued_seq"), file_id=OuterRef("file_id")
    )
    lost = PaperDraft.objects.filter(state=DraftState.ISSUED).exclude(Exists(forms)).order_by("pk")
    for pk, dossier_id in lost.values_list("pk", "dossier_id"):
        yield fault(f"dossier {dossier_id}: draft {pk} was issued and no paper of its act bears its bytes")
