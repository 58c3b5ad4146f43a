"""Numbers given against numbers there: each counter's numbers are all in use or cancelled, once, and none beyond it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from django.db.models import Exists, OuterRef, Value

from dossiers import numbering
from dossiers.bearers import BEARERS
from dossiers.draft_kinds import route_kinds
from dossiers.enums import DraftState, PrintedName
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
Place = tuple[str, str, str, int]  # book, authority, year, number


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


def twice() -> Iterator[Finding]:
    """No number of a book stands on two papers."""
    bearers: dict[Place, set[str]] = defaultdict(set)
    for place, bearer in _borne():
        bearers[place].add(bearer)
    for (kind, scope, period, number), found in sorted(bearers.items()):
        if len(found) > 1:
            yield fault(f"{kind} number {number} of {scope} in {period} stands on {' and '.join(sorted(found))}")


def _books() -> dict[str, Numbers]:
    """The numbers in use in each book."""
    kinds = [paper.book.kind for paper in PAPERS if paper.book] + [one.code for one in BEARERS]
    found: dict[str, Numbers] = {kind: defaultdict(set) for kind in kinds}
    for (kind, scope, period, number), _bearer in _borne():
        found.setdefault(kind, defaultdict(set))[scope, period].add(number)
    return found


def _borne() -> Iterator[tuple[Place, str]]:
    """Every number of a book with the paper that bears it: drafts, and what was numbered without one."""
    for model, word in ((PaperDraft, "draft"), (PrintedForm, "form")):
        bound = model.objects.filter(book_number__isnull=False).values_list("pk", "book", "book_year", "book_number")
        for pk, name, year, number in bound.iterator(chunk_size=CHUNK):
            yield (*numbering.book_of(name), str(year), int(number or 0)), f"{word} {pk}"
    for one in BEARERS:
        for row in one.all():
            yield (*numbering.book_of(row.book), str(row.year), row.number), row.bearer
    yield from _numbered_in_their_act()


def _numbered_in_their_act() -> Iterator[tuple[Place, str]]:
    """Printed forms and results of before papers said in which book they stand: a result and its sheet are one paper."""
    kind_of = {paper.code: paper.book.kind for paper in PAPERS if paper.book and not paper.is_of_writer}
    issued = PaperDraft.objects.filter(state=DraftState.ISSUED, dossier_id=OuterRef("dossier_id"))
    forms = PrintedForm.objects.filter(name__in=kind_of, book_number__isnull=True).exclude(number="")
    forms = forms.exclude(Exists(issued.filter(issued_seq=OuterRef("event_seq"), number=OuterRef("number"))))
    results = Result.objects.exclude(Exists(issued.filter(kind__in=route_kinds(), number=OuterRef("number"))))
    on_forms = forms.values_list("dossier__authority_code", "name", "number", "dossier_id", "pk")
    on_results = results.values_list("dossier__authority_code", Value(PrintedName.RESULT), "number", "dossier_id", "pk")
    for rows in (on_forms, on_results):
        for scope, name, number, dossier_id, pk in rows.iterator(chunk_size=CHUNK):
            if match := _BOOK.fullmatch(number):
                bearer = f"the result of dossier {dossier_id}" if name == PrintedName.RESULT else f"paper {pk}"
                yield (kind_of[name], scope, match["period"], int(match["number"])), bearer
