"""Numbers given against numbers there: each counter's numbers are all in use, once, and none beyond it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from django.db.models import Value

from dossiers.models.counter import Counter
from dossiers.models.dossier import Dossier
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
    return found
