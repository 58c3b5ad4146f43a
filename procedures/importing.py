"""Brings national sheets into the catalogue in bulk. Called by the import_procedures command; dry unless told to write.

A sheet edited here (a LOCAL revision in force) is never overwritten silently: its differences are shown and it is left
alone unless `overwrite`. A changed source becomes a new revision that ends the old one the day before.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.db import advisory_lock
from portal.text import fold, sort_key
from procedures import search
from procedures.enums import PaperKind, RevisionSource, RevisionState
from procedures.models import (
    FeeRule,
    Field,
    LifeEvent,
    LimitRule,
    Procedure,
    RequiredPaper,
    Revision,
    SearchEntry,
)
from procedures.national import Fault, Sheet, Trap, read

BATCH = 250
DAY = timedelta(days=1)
COMPARED = (
    "decision_number",
    "agency",
    "agency_competent",
    "receiving_address",
    "steps_text",
    "conditions",
    "time_limit_text",
    "audience",
    "results",
    "legal_basis",
)


class Verdict(StrEnum):
    """What the import does with a sheet."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class ChangedFact:
    """One field of a sheet edited here that says something else than the source."""

    name: str
    here: str
    there: str


@dataclass
class ImportOutcome:
    """What happened, or would: counts, differences kept, lines not read, and what the source left open."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    kept: dict[str, list[ChangedFact]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    traps: dict[Trap, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def read(self) -> int:
        """How many sheets were understood."""
        return sum(self.verdicts.values())


@dataclass(slots=True)
class _ImportPlan:
    sheet: Sheet
    verdict: Verdict
    procedure: Procedure | None = None
    before: Revision | None = None
    number: int = 1
    target: Procedure | None = None  # the row written to; made anew by each attempt


def import_catalogue(
    lines: Iterable[bytes],
    *,
    write: bool = False,
    overwrite: bool = False,
    progress: Callable[[int], None] | None = None,
) -> ImportOutcome:
    """Read all lines and compare them with the catalogue; apply when `write`."""
    outcome = ImportOutcome()
    fields = _Fields()
    for number, batch in enumerate(_batches(read(iter(lines)), outcome), start=1):
        plans = _plans(batch, outcome, overwrite=overwrite)
        if write:
            _apply(plans, fields, outcome)
        outcome.verdicts.update(plan.verdict for plan in plans)
        if progress is not None:
            progress(min(number * BATCH, outcome.read))
    if write and (outcome.verdicts[Verdict.NEW] or outcome.verdicts[Verdict.CHANGED]):
        search.bump()
        _analyze()
    return outcome


def _analyze() -> None:
    """Tell the planner at once: plans made while the catalogue was all but empty would read it whole for each new row."""
    with connection.cursor() as cursor:
        for model in (Procedure, Revision, RequiredPaper, FeeRule, LimitRule):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def _batches(found: Iterator[Sheet | Fault], outcome: ImportOutcome) -> Iterator[list[Sheet]]:
    batch: list[Sheet] = []
    for item in found:
        if isinstance(item, Fault):
            outcome.faults.append(item)
            continue
        for trap in item.traps:
            outcome.traps[trap].append(item.code)
        batch.append(item)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _plans(batch: list[Sheet], outcome: ImportOutcome, *, overwrite: bool) -> list[_ImportPlan]:
    """Decide for each sheet, with two queries for the batch."""
    known = {row.code: row for row in Procedure.objects.filter(code__in=[sheet.code for sheet in batch])}
    by_procedure: dict[int, list[Revision]] = defaultdict(list)
    for revision in Revision.objects.filter(procedure__in=known.values()).order_by("number", "pk"):
        by_procedure[revision.procedure_id].append(revision)
    plans = []
    for sheet in batch:
        procedure = known.get(sheet.code)
        plan = _plan(sheet, procedure, by_procedure[procedure.pk] if procedure else [], overwrite=overwrite)
        if plan.verdict == Verdict.KEPT:
            outcome.kept[sheet.code] = differences(sheet, plan.before)
        plans.append(plan)
    return plans


def _plan(sheet: Sheet, procedure: Procedure | None, revisions: list[Revision], *, overwrite: bool) -> _ImportPlan:
    number = max((row.number for row in revisions), default=0) + 1
    open_ended = [row for row in revisions if row.state == RevisionState.PUBLISHED and row.valid_to is None]
    if not open_ended:
        retired = procedure is not None and procedure.retired_on is not None
        return _ImportPlan(sheet, Verdict.KEPT if retired and not overwrite else Verdict.NEW, procedure, None, number)
    before = open_ended[-1]
    if before.source == RevisionSource.LOCAL and not overwrite:
        return _ImportPlan(sheet, Verdict.KEPT, procedure, before, number)
    if before.source == RevisionSource.IMPORT and before.source_digest == sheet.digest:
        return _ImportPlan(sheet, Verdict.SAME, procedure, before, number)
    return _ImportPlan(sheet, Verdict.CHANGED, procedure, before, number)


def differences(sheet: Sheet, revision: Revision | None) -> list[ChangedFact]:
    """Give the fields in which a revision of ours says something else than the source."""
    if revision is None:
        return []
    found = [] if revision.name == sheet.name else [ChangedFact("name", revision.name, sheet.name)]
    for name in COMPARED:
        here, there = getattr(revision, name), sheet.facts[name]
        if here != there:
            found.append(ChangedFact(name, _shown(here), _shown(there)))
    papers = [row.name for row in revision.papers.all()]
    if papers != [paper.name for paper in sheet.papers]:
        found.append(ChangedFact("papers", f"{len(papers)}", f"{len(sheet.papers)}"))
    fees = sorted({row.amount for row in revision.fees.all() if row.amount is not None})
    theirs = sorted({fee.amount for fee in sheet.fees if fee.amount is not None})
    if fees != theirs:
        found.append(ChangedFact("fees", _shown(fees), _shown(theirs)))
    return found


def _shown(value: object) -> str:
    if isinstance(value, list):
        value = "; ".join(
            str(item.get("name") or item.get("code")) if isinstance(item, dict) else str(item) for item in value
        )
    text = " ".join(str(value).split())
    return text if len(text) <= 80 else f"{text[:79]}…"


class _Fields:
    """Fields of administration by folded name (one name may come under several codes), made when missing."""

    def __init__(self) -> None:
        self.reload()

    def reload(self) -> None:
        """Read again what the database holds (a rolled-back batch takes its new fields along)."""
        self.by_name = {fold(row.name): row for row in Field.objects.order_by("pk")}
        self.codes = {row.code for row in self.by_name.values()}
        self.events = {row.slug: row for row in LifeEvent.objects.order_by("pk")}

    def get(self, sheet: Sheet) -> Field:
        """Find or make the field of a sheet."""
        key = fold(sheet.field_name)
        if key not in self.by_name:
            code = sheet.field_code[:80]
            if code in self.codes or not code:
                code = f"{code[:60]}-{key[:19]}"
            self.by_name[key], _made = Field.objects.get_or_create(
                code=code, defaults={"name": sheet.field_name[:300], "sort_name": sort_key(sheet.field_name[:300])}
            )
            self.codes.add(code)
        return self.by_name[key]


def _apply(plans: list[_ImportPlan], fields: _Fields, outcome: ImportOutcome) -> None:
    """Write a batch in one transaction; when the database refuses it, write its sheets one by one and name the bad ones."""
    wanted = [plan for plan in plans if plan.verdict in (Verdict.NEW, Verdict.CHANGED)]
    if not wanted:
        return
    try:
        _write(wanted, fields)
    except DatabaseError:
        fields.reload()
        for plan in wanted:
            try:
                _write([plan], fields)
            except DatabaseError as error:
                fields.reload()
                first = str(error).splitlines()[0][:120]
                outcome.faults.append(
                    Fault(plan.sheet.line, plan.sheet.code, _("cơ sở dữ liệu từ chối: %(detail)s") % {"detail": first})
                )
                plans.remove(plan)


@transaction.atomic
def _write(plans: list[_ImportPlan], fields: _Fields) -> None:
    with advisory_lock("import_procedures"):
        _write_procedures(plans, fields)
        revisions = _write_revisions(plans)
        _write_rules(plans, revisions)
        Revision.objects.filter(pk__in=[row.pk for row in revisions]).update(state=RevisionState.PUBLISHED)
        _write_search(plans, revisions)


def _write_procedures(plans: list[_ImportPlan], fields: _Fields) -> None:
    new, old = [], []
    for plan in plans:
        sheet = plan.sheet
        facts = {
            "name": sheet.name,
            "field": fields.get(sheet),
            "kind": sheet.kind,
            "is_internal": sheet.is_internal,
            "levels": sheet.levels,
            "issuer": sheet.issuer,
        }
        if plan.procedure is None:
            plan.target = Procedure(code=sheet.code, keywords=sheet.keywords, **facts)
            new.append(plan)
        else:
            plan.target = plan.procedure
            for name, value in facts.items():
                setattr(plan.target, name, value)
            old.append(plan.target)
    made = Procedure.objects.bulk_create([plan.target for plan in new])
    Procedure.objects.bulk_update(old, ["name", "field", "kind", "is_internal", "levels", "issuer"])
    through = LifeEvent.procedures.through
    through.objects.bulk_create(
        through(procedure_id=row.pk, lifeevent_id=fields.events[plan.sheet.life_event].pk)
        for plan, row in zip(new, made, strict=True)
        if plan.sheet.life_event in fields.events
    )


def _write_revisions(plans: list[_ImportPlan]) -> list[Revision]:
    today = clock.today()
    ending = [_ended(plan.before, today) for plan in plans if plan.before is not None]
    Revision.objects.bulk_update(ending, ["state", "valid_to"])
    return Revision.objects.bulk_create(
        Revision(
            procedure=plan.target,
            number=plan.number,
            source=RevisionSource.IMPORT,
            source_digest=plan.sheet.digest,
            name=plan.sheet.name,
            valid_from=_begins(plan, today),
            **plan.sheet.facts,
        )
        for plan in plans
    )


def _ended(revision: Revision, today: date) -> Revision:
    if revision.valid_from < today:
        revision.valid_to = today - DAY
    else:
        revision.state, revision.valid_to = RevisionState.RETIRED, revision.valid_from
    return revision


def _begins(plan: _ImportPlan, today: date) -> date:
    """A sheet first met holds since its own date; a change holds from the day it reaches us."""
    if plan.number > 1 or plan.sheet.updated_on is None:
        return today
    return min(plan.sheet.updated_on, today)


def _write_rules(plans: list[_ImportPlan], revisions: list[Revision]) -> None:
    pairs = [(plan.sheet, row) for plan, row in zip(plans, revisions, strict=True)]
    RequiredPaper.objects.bulk_create(
        RequiredPaper(
            revision=row,
            code=paper.code,
            name=paper.name,
            kind=paper.kind,
            heading=paper.heading,
            form_name=paper.form_name,
            originals=min(paper.originals, 99),
            copies=min(paper.copies, 99),
            sort_order=place,
        )
        for sheet, row in pairs
        for place, paper in enumerate(sheet.papers)
    )
    FeeRule.objects.bulk_create(
        FeeRule(revision=row, channel=fee.channel, name=fee.name, amount=fee.amount, note=fee.note)
        for sheet, row in pairs
        for fee in sheet.fees
    )
    LimitRule.objects.bulk_create(
        LimitRule(
            revision=row,
            case_code=limit.case_code,
            channel=limit.channel,
            unit=limit.unit,
            text=limit.text,
            value=None if limit.value is None else Decimal(limit.value),
        )
        for sheet, row in pairs
        for limit in sheet.limits
    )


def _write_search(plans: list[_ImportPlan], revisions: list[Revision]) -> None:
    entries = [
        search.entry_of(
            plan.target, row, [paper.name[:300] for paper in plan.sheet.papers if paper.kind != PaperKind.NOTE]
        )
        for plan, row in zip(plans, revisions, strict=True)
    ]
    SearchEntry.objects.bulk_create(
        entries, update_conflicts=True, unique_fields=["procedure"], update_fields=["name", "body"]
    )
