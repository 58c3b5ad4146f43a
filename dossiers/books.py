"""The books of numbers as pages read them: which a person may see, and a stretch of one, number by number, without a gap.

A number stands on a draft from the moment it is given; papers that were made after their act bear theirs themselves.
Giving numbers: dossiers.numbering; proof of whole books: dossiers.services.proof.numbers.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q

from accounts.enums import HEAD_ROLES, Role, UnitKind
from accounts.models import Membership, OrgUnit, User
from accounts.queries import units_administered, with_predecessors
from dossiers import numbering
from dossiers.bearers import BEARERS, Borne
from dossiers.draft_kinds import DRAFT_KINDS
from dossiers.enums import DraftState, EventCode, PrintedName, ReceiptEnding
from dossiers.models.counter import Counter
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.result import PrintedForm, Result
from dossiers.papers import PAPERS, OutgoingPaper
from procedures import result_templates

READERS = frozenset({Role.CLERK, Role.ADMINISTRATOR}) | HEAD_ROLES
PARTS = frozenset({UnitKind.DESK, UnitKind.DEPARTMENT})
STRETCH = 100
LONGEST_STRETCH = 500
# Acts that cancelled numbers before drafts kept which act did.
CANCELLING = frozenset({EventCode.DRAFT_DROPPED, EventCode.DRAFT_RETURNED, EventCode.SENT_BACK})


@dataclass(frozen=True, slots=True)
class BookYear:
    """One book of an authority in one year, and the last number given there."""

    authority_code: str
    authority: str
    kind: str
    year: int
    given: int

    @property
    def label(self) -> str:
        """Which papers stand in it."""
        return label(self.kind)


@dataclass(frozen=True, slots=True)
class BookLine:
    """One number of a book. `paper` is '' for a number that nothing bears: a gap."""

    number: int
    text: str = ""
    paper: str = ""
    dossier_id: int | None = None
    dossier_code: str = ""
    state: str = ""
    signer: str = ""
    at: datetime | None = None
    is_cancelled: bool = False
    reason: str = ""
    cancelled_by: str = ""
    cancelled_at: datetime | None = None

    @property
    def is_gap(self) -> bool:
        """Given, and neither used nor cancelled: there must be none."""
        return not self.paper


def label(kind: str) -> str:
    """Which papers take their number from a book, in words."""
    names = [str(paper.label) for paper in _papers_of(kind)]
    names += [str(one.label) for one in BEARERS if one.code == kind]
    names += [spec.title.capitalize() for spec in result_templates.editions() if spec.book == kind]
    return ", ".join(dict.fromkeys(names)) or kind


def authorities(held: Iterable[Membership]) -> dict[str, str]:
    """Names of the authorities whose books these roles let one read, by code; those of closed units are their successors'."""
    rows = [row for row in held if row.role in READERS]
    run = units_administered([row for row in rows if row.role == Role.ADMINISTRATOR])
    wanted = with_predecessors(run | {row.unit_id for row in rows})
    units = (
        OrgUnit.objects.filter(pk__in=wanted)
        .select_related("parent__parent")
        .order_by("-valid_from", "sort_order", "pk")
    )
    found: dict[str, str] = {}
    for bearer in (one for unit in units for one in _bearers(unit)):
        found.setdefault(bearer.authority_code, bearer.name)
    return found


def _bearers(unit: OrgUnit) -> Iterator[OrgUnit]:
    """In whose books the papers of a unit stand: its own, and those of the authority that a desk or a department is part of."""
    if unit.authority_code:
        yield unit
    if unit.kind in PARTS and unit.parent is not None:
        yield from _bearers(unit.parent)


def books(held: Iterable[Membership], year: int) -> list[BookYear]:
    """Books of a year that have a number, by authority and name."""
    names = authorities(held)
    rows = Counter.objects.filter(scope__in=names, period=str(year)).exclude(kind="dossier").order_by("scope", "kind")
    found = [BookYear(row.scope, names[row.scope], row.kind, year, row.last) for row in rows]
    return sorted(found, key=lambda book: (book.authority, book.label, book.kind))


def years(held: Iterable[Membership]) -> list[int]:
    """Years in which these authorities gave a number, newest first."""
    rows = Counter.objects.filter(scope__in=authorities(held)).exclude(kind="dossier").order_by().values_list("period")
    return sorted((int(period) for (period,) in rows.distinct()), reverse=True)


def book(held: Iterable[Membership], authority_code: str, kind: str, year: int) -> BookYear | None:
    """One book, when these roles let one read it and it has a number."""
    if kind == "dossier":
        return None
    name = authorities(held).get(authority_code)
    row = Counter.objects.filter(scope=authority_code, kind=kind, period=str(year)).first()
    return BookYear(authority_code, name, kind, year, row.last) if row is not None and name is not None else None


def lines(of: BookYear, first: int, last: int) -> list[BookLine]:
    """The numbers from `first` to `last`, each with what bears it, or as a gap."""
    numbers = range(max(1, first), min(last, of.given) + 1)
    drafts = {draft.book_number: draft for draft in _drafts(of, numbers)}
    ends = _ends(drafts.values())
    titles = _titles(drafts.values())
    found = {number: _of_draft(draft, ends, titles) for number, draft in drafts.items() if number is not None}
    found |= _of_no_dossier(of, numbers)
    found |= _made_after_their_act(of, [number for number in numbers if number not in found])
    return [found.get(number, BookLine(number)) for number in numbers]


def all_lines(of: BookYear) -> Iterator[BookLine]:
    """The whole book, read in stretches."""
    for first in range(1, of.given + 1, LONGEST_STRETCH):
        yield from lines(of, first, first + LONGEST_STRETCH - 1)


def _drafts(of: BookYear, numbers: range) -> Iterable[PaperDraft]:
    name = numbering.book_name(of.kind, of.authority_code)
    bound = PaperDraft.objects.filter(book=name, book_year=of.year, book_number__in=numbers)
    return bound.select_related("dossier", "signer").defer("fields").order_by("book_number")


def _of_draft(
    draft: PaperDraft, ends: Mapping[int, tuple[str, datetime | None]], titles: Mapping[Any, str]
) -> BookLine:
    cancelled = draft.state == DraftState.DROPPED
    by, at = ends.get(draft.pk, ("", None)) if cancelled else ("", None)
    return BookLine(
        number=draft.book_number or 0,
        text=draft.number,
        paper=titles.get((draft.template, draft.template_version)) or DRAFT_KINDS.label(draft.kind),
        dossier_id=draft.dossier_id,
        dossier_code=draft.dossier.code or draft.dossier.reference,
        state=str(DraftState(draft.state).label),
        signer=draft.signer.full_name if draft.signer else "",
        at=draft.numbered_at,
        is_cancelled=cancelled,
        reason=draft.dropped_reason,
        cancelled_by=by,
        cancelled_at=at,
    )


def _titles(drafts: Iterable[PaperDraft]) -> dict[tuple[str, int], str]:
    """Titles of the templates of results, by code and version."""
    along = {(row.template, row.template_version) for row in drafts if DRAFT_KINDS[row.kind].follows_route}
    return {key: spec.title.capitalize() for key, spec in result_templates.templates(along).items()}


def _ends(drafts: Iterable[PaperDraft]) -> dict[int, tuple[str, datetime | None]]:
    """Who cancelled each number and when, by draft; '' for the system, nothing where the ledger cannot tell."""
    dropped = [draft for draft in drafts if draft.state == DraftState.DROPPED]
    by_act = {(draft.dossier_id, draft.dropped_seq): draft.pk for draft in dropped if draft.dropped_seq is not None}
    before = {draft.pk for draft in dropped if draft.dropped_seq is None}
    wanted = Q(draft_id__in=before, code__in=CANCELLING) if before else Q(pk__in=[])
    for dossier_id, seq in by_act:
        wanted |= Q(dossier_id=dossier_id, seq=seq)
    if not dropped:
        return {}
    events = DossierEvent.objects.filter(wanted, dossier_id__in={draft.dossier_id for draft in dropped}).order_by("seq")
    acts = {by_act.get((event.dossier_id, event.seq), event.draft_id or 0): event for event in events}
    people = User.objects.in_bulk({event.actor_id for event in acts.values() if event.actor_id is not None})
    names = {pk: person.full_name for pk, person in people.items()}
    return {draft_id: (names.get(event.actor_id, ""), event.happened_at) for draft_id, event in acts.items()}


def _of_no_dossier(of: BookYear, numbers: range) -> dict[int, BookLine]:
    """Papers that are about no dossier."""
    bearers = BEARERS.get(of.kind)
    name = numbering.book_name(of.kind, of.authority_code)
    return {row.number: _of_bearer(row) for row in bearers.some(name, of.year, numbers)} if bearers is not None else {}


def _of_bearer(row: Borne) -> BookLine:
    state = str(DraftState.ISSUED.label)
    return BookLine(row.number, row.text, row.paper, state=state, signer=row.signer, at=row.at)


def _made_after_their_act(of: BookYear, numbers: list[int]) -> dict[int, BookLine]:
    """Papers numbered by the act that called for them, before papers were drafted; asked only for numbers no draft bears."""
    papers = [paper for paper in _papers_of(of.kind) if paper.book is not None]
    if not numbers or not papers:
        return {}
    texts = {
        numbering.written(paper.book, number, of.year): number for paper in papers if paper.book for number in numbers
    }
    # Since papers name their book; before, the authority of the dossier and the words of the number told it.
    named = Q(book=numbering.book_name(of.kind, of.authority_code), book_year=of.year, book_number__in=numbers)
    unnamed = Q(
        book_number=None,
        dossier__authority_code=of.authority_code,
        name__in=[paper.code for paper in papers],
        number__in=texts,
    )
    forms = PrintedForm.objects.filter(named | unnamed).select_related("dossier", "receipt_end__by").order_by("pk")
    found = {
        number: _ended(_of_paper(form.dossier, number, form.number, form.label, form.called_at), form)
        for form, number in ((form, form.book_number or texts[form.number]) for form in forms)
    }
    if any(paper.code == PrintedName.RESULT for paper in papers):
        results = Result.objects.filter(dossier__authority_code=of.authority_code, number__in=texts)
        for row in results.select_related("dossier", "signer").order_by("pk"):
            number = texts[row.number]
            found[number] = _of_paper(row.dossier, number, row.number, row.title, row.issued_at, row.signer.full_name)
    return found


def _ended(line: BookLine, form: PrintedForm) -> BookLine:
    """A receipt for money that was cancelled or replaced stays in its book, and says so."""
    end = getattr(form, "receipt_end", None)
    if end is None:
        return line
    state = str(ReceiptEnding(end.ending).label)
    return replace(
        line, state=state, is_cancelled=True, reason=end.reason, cancelled_by=end.by.full_name, cancelled_at=end.at
    )


def _of_paper(dossier: Dossier, number: int, text: str, paper: str, at: datetime, signer: str = "") -> BookLine:  # noqa: PLR0917
    return BookLine(
        number=number,
        text=text,
        paper=paper,
        dossier_id=dossier.pk,
        dossier_code=dossier.code or dossier.reference,
        state=str(DraftState.ISSUED.label),
        signer=signer,
        at=at,
    )


def _papers_of(kind: str) -> list[OutgoingPaper]:
    return [paper for paper in PAPERS if paper.book is not None and paper.book.kind == kind]
