"""Dossiers of a unit that closes: what would go where, and moving it, one dossier one act with its event and notice.

`accounts` asks through its registry (dossiers.acts.ends puts DOSSIERS and DRAFTS in). Due times and the authority's code stay
as they are; figures count a dossier where it was received, lay and ended (docs/adr/0019). A draft has no history and
just names its new unit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.closing import REST, ClosingLine, ClosingPart, ClosingPlan, Wanted, plan_of
from accounts.enums import ClosingRule, ClosingState
from accounts.models import OrgUnit, UnitClosing
from accounts.naming import place_names
from accounts.services.closings import finish_closing, note_moved
from dossiers import calls, workflow
from dossiers.enums import FINAL_STATES, Action, State
from dossiers.models.dossier import Dossier
from dossiers.models.work import WorkItem
from dossiers.services import items, sweeping
from dossiers.services.core import apply, open_by_system
from dossiers.services.opened import Deed
from portal import clock, rows
from portal.celery import enqueue
from portal.sweeps import SWEEPS, RowSweep
from procedures import limits, published
from procedures.enums import StepPlace
from procedures.models import Field
from procedures.queries import offering_of

BATCH = 100
_UNFINISHED = [state for state in State if state not in FINAL_STATES and state != State.DRAFT]
_KEYS: Mapping[str, str] = {ClosingRule.WARD: "owner_place_code", ClosingRule.FIELD: "procedure__field__code"}
_UNITS = ("receiving_unit_id", "competent_unit_id", "department_id")


# ── what hangs on units ──────────────────────────────────────────────────────────────────────────


def unfinished(unit_ids: Iterable[int]) -> QuerySet[Dossier]:
    """Filed dossiers that are not over, which these units receive, decide or handle, or on which work lies there."""
    ids = list(unit_ids)
    lying = WorkItem.objects.filter(unit_id__in=ids, closed_at__isnull=True).values("dossier_id")
    here = Q(receiving_unit_id__in=ids) | Q(competent_unit_id__in=ids) | Q(department_id__in=ids) | Q(pk__in=lying)
    return Dossier.objects.filter(here, state__in=_UNFINISHED)


def drafts(unit_ids: Iterable[int]) -> QuerySet[Dossier]:
    """Drafts of citizens that name these units."""
    ids = list(unit_ids)
    return Dossier.objects.filter(
        Q(competent_unit_id__in=ids) | Q(receiving_unit_id__in=ids) | Q(department_id__in=ids), state=State.DRAFT
    )


def _totals(plan: ClosingPlan, found: QuerySet[Dossier]) -> dict[str, int]:
    """How many dossiers each key has by the plan's rule; without a division all have the key of the rest."""
    column = _KEYS.get(plan.closing.rule)
    if column is None:
        total = found.count()
        return {REST: total} if total else {}
    return dict(found.order_by(column).values_list(column).annotate(n=Count("pk")))


def _lines(plan: ClosingPlan, found: QuerySet[Dossier], words: str) -> list[ClosingLine]:
    """How many go to each successor; last those that have no place to go."""
    totals: dict[OrgUnit | None, int] = {}
    for key, total in _totals(plan, found).items():
        to = plan.successor(key)
        totals[to] = totals.get(to, 0) + total
    ordered = sorted(totals.items(), key=lambda item: (item[0] is None, item[0].pk if item[0] else 0))
    return [ClosingLine(words, total, to) for to, total in ordered]


def _keys(plan: ClosingPlan) -> dict[str, tuple[str, int]]:
    if plan.closing.rule == ClosingRule.ONE:
        return {}
    totals = {key: total for key, total in _totals(plan, unfinished(plan.ends)).items() if key}
    by_field = plan.closing.rule == ClosingRule.FIELD
    fields = Field.objects.filter(code__in=totals)
    names = dict(fields.values_list("code", "name")) if by_field else place_names(totals)
    return {key: (names.get(key, key), total) for key, total in totals.items()}


def _needs(plan: ClosingPlan) -> set[Wanted]:
    """Roles by which what is left of each dossier is done at the successors: open items, and the route from there on."""
    column = _KEYS.get(plan.closing.rule, "state")  # without a division nobody looks at it
    names = ["procedure_id", *_UNITS, "revision_id", "case_code", "channel"]
    found = unfinished(plan.ends).order_by(column, *names).values_list(column, *names)
    first = Min("work_items__position", filter=Q(work_items__closed_at__isnull=True))
    needed: set[Wanted] = set()
    for key, procedure_id, *units, revision_id, case_code, channel, position in found.annotate(first=first):
        following = _following(plan, key, procedure_id, Whereabouts(*units))
        if following is not None:
            needed |= _wanted_by_route(revision_id, case_code, channel, first=position or 0, where=following.where)
    return needed | _wanted_by_items(plan, column)


def _wanted_by_route(
    revision_id: int, case_code: str, channel: int, *, first: int, where: "Whereabouts"
) -> set[Wanted]:
    parts = published.parts(revision_id)
    places = {
        StepPlace.DESK: where.receiving,
        StepPlace.DEPARTMENT: where.department or where.competent,
        StepPlace.AUTHORITY: where.competent,
    }
    route = limits.route_for(parts.route, limits.limit_for(parts.limits, case_code, channel))
    steps = [step for step in route if step.position >= first and step.place in places]
    return {Wanted(places[StepPlace(step.place)], str(step.role), workflow.doers(step.kind)) for step in steps}


def _wanted_by_items(plan: ClosingPlan, column: str) -> set[Wanted]:
    """What lies open there now, drafts to be signed or sent among it."""
    lying = WorkItem.objects.filter(unit_id__in=list(plan.ends), closed_at__isnull=True)
    names = [f"dossier__{name}" for name in (column, "procedure_id", *_UNITS)]
    needed: set[Wanted] = set()
    for key, procedure_id, *units, unit_id, role, kind in (
        lying.order_by(*names).values_list(*names, "unit_id", "role", "kind").distinct()
    ):
        following = _following(plan, key, procedure_id, Whereabouts(*units))
        if following is not None:
            needed.add(Wanted(following.place(unit_id), role, workflow.doers(kind)))
    return needed


# ── where a dossier goes ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Units of a dossier, by id."""

    receiving: int
    competent: int
    department: int | None


def _whereabouts(plan: ClosingPlan, successor: OrgUnit, procedure_id: int, now: Whereabouts) -> Whereabouts:
    """Each unit that ends gives way to the one that goes on with it; all others stay.

    Which department handles a procedure is what the successor says of it; else the one alike; else the authority itself.
    """
    competent = plan.place(now.competent, successor).pk if now.competent in plan.ends else now.competent
    receiving = plan.place(now.receiving, successor).pk if now.receiving in plan.ends else now.receiving
    if now.department is None or now.department not in plan.ends:
        return Whereabouts(receiving, competent, now.department)
    offering = offering_of(procedure_id, competent, plan.first_day) if now.competent in plan.ends else None
    alike = plan.place(now.department, successor).pk
    if offering is not None and offering.department_id is not None:
        alike = offering.department_id
    return Whereabouts(receiving, competent, None if alike == competent else alike)


@dataclass(frozen=True, slots=True)
class Following:
    """Where a dossier lay and where it goes, with everything that lies on it."""

    plan: ClosingPlan
    successor: OrgUnit
    now: Whereabouts
    where: Whereabouts

    @property
    def concerns_citizens(self) -> bool:
        """Whether another authority or desk answers for the dossier now; departments are the house's own affair."""
        return (self.now.receiving, self.now.competent) != (self.where.receiving, self.where.competent)

    def place(self, unit_id: int) -> int:
        """Where an open item goes that lies in one of the units that end."""
        known = {
            self.now.receiving: self.where.receiving,
            self.now.competent: self.where.competent,
            self.now.department: self.where.department or self.where.competent,
        }
        return known.get(unit_id) or self.plan.place(unit_id, self.successor).pk


def _following(plan: ClosingPlan, key: str, procedure_id: int, now: Whereabouts) -> Following | None:
    """Where a dossier with this key goes; None when there is no place for it."""
    successor = plan.successor(key if plan.closing.rule in _KEYS else REST)
    return Following(plan, successor, now, _whereabouts(plan, successor, procedure_id, now)) if successor else None


# ── moving ───────────────────────────────────────────────────────────────────────────────────────


def follow_batch(closing_id: int, batch: int = BATCH) -> int:
    """Move dossiers and drafts of a closed unit, each in a transaction of its own; gives how many moved.

    May run twice at once and may be killed between any two. What fails stays for the next time and keeps nothing else
    waiting. Notes that the closing is done when nothing is left.
    """
    plan = plan_of(UnitClosing.objects.select_related("unit", "ordered_by").get(pk=closing_id))
    if not plan.is_due:
        return 0
    moved = sum(
        FOLLOWING.over(found, lambda pk: _follow(pk, plan), batch)
        for found in (unfinished(plan.ends), drafts(plan.ends))
    )
    finish_closing(plan)
    return moved


def follow_all(closing_id: int) -> int:
    """Move batch by batch until nothing moves any more; gives how many moved."""
    total = 0
    while moved := follow_batch(closing_id):
        total += moved
    return total


def to_carry_on() -> list[int]:
    """Closings that were ordered and whose day has come; done ones too when something arrived there since."""
    ordered = UnitClosing.objects.exclude(state=ClosingState.DRAFT).filter(last_day__lt=clock.today()).order_by("pk")
    return [row.pk for row in ordered if row.state == ClosingState.RUNNING or _left(plan_of(row))]


def _left(plan: ClosingPlan) -> int:
    return unfinished(plan.ends).count() + drafts(plan.ends).count()


def _to_follow() -> QuerySet[Dossier]:
    """What still lies at units whose closing is ordered and due."""
    ordered = UnitClosing.objects.exclude(state=ClosingState.DRAFT).filter(last_day__lt=clock.today())
    ends = [unit_id for row in ordered for unit_id in plan_of(row).ends]
    return unfinished(ends) | drafts(ends)


FOLLOWING = RowSweep(
    code="closed_units",
    label=gettext_lazy("Chuyển hồ sơ của đơn vị kết thúc hoạt động"),
    row=gettext_lazy("hồ sơ"),
    task="dossiers.tasks.follow_closed_units",
    waiting=_to_follow,
    names=("code", "reference"),
)
SWEEPS.add(FOLLOWING)


@transaction.atomic
def _follow(dossier_id: int, plan: ClosingPlan) -> bool:
    """Move one dossier; False when another worker has it, it needs no move any more, or there is no place for it."""
    if sweeping.free_dossier(Dossier.objects.filter(pk=dossier_id).values("pk")) is None:
        return False
    here = unfinished(plan.ends).filter(pk=dossier_id) | drafts(plan.ends).filter(pk=dossier_id)
    found = here.values_list(_KEYS.get(plan.closing.rule, "state"), "state", "procedure_id", *_UNITS).first()
    following = _following(plan, found[0], found[2], Whereabouts(*found[3:])) if found else None
    if found is None or following is None:
        return False
    if found[1] == State.DRAFT:
        _rename(dossier_id, following)
    else:
        _act(dossier_id, following)
    note_moved(plan.closing.pk)
    return True


def _act(dossier_id: int, following: Following) -> None:
    action = Action.FOLLOW_UNIT if following.concerns_citizens else Action.MOVE_WORK
    opened, plan = open_by_system(dossier_id=dossier_id, action=action), following.plan
    dossier = opened.dossier
    _put(dossier, following.where)
    if dossier.finished_at is None and dossier.counting_unit_id in plan.ends:
        dossier.counting_unit = plan.place(dossier.counting_unit_id, following.successor)
    for item in opened.work:
        if item.unit_id in plan.ends:
            _put_item(item, following.place(item.unit_id))
    words = {
        "day": f"{plan.closing.last_day:%d/%m/%Y}",
        "old": plan.closing.unit.name,
        "basis": plan.closing.basis,
        "new": following.successor.name,
    }
    text = _("%(old)s kết thúc hoạt động sau ngày %(day)s theo %(basis)s; %(new)s giải quyết tiếp. Hạn không đổi.")
    apply(opened, Deed(text=text % words))
    if dossier.needs_call:
        calls.open_calls(dossier.pk).update(unit_id=dossier.receiving_unit_id)


def _put(dossier: Dossier, where: Whereabouts) -> None:
    units = rows.by_keys(OrgUnit, [where.receiving, where.competent, where.department])
    dossier.receiving_unit, dossier.competent_unit = units[where.receiving], units[where.competent]
    dossier.department = units[where.department] if where.department is not None else None


def _put_item(item: WorkItem, unit_id: int) -> None:
    """Lay an open item where its unit's work goes on; who does not work there holds it no more. Its due time stays."""
    item.unit_id = unit_id
    item.holder_id = items.still_there(item.unit_id, item.role, item.holder_id)
    rows.update(item, ["unit", "holder"])


def _rename(dossier_id: int, following: Following) -> None:
    """A draft names the units that would take it now; whoever has it open is told that it changed."""
    draft = Dossier.objects.get(pk=dossier_id)
    _put(draft, following.where)
    draft.counting_unit = draft.competent_unit
    draft.authority_code = draft.competent_unit.authority_code
    draft.version += 1
    names = ("receiving_unit", "competent_unit", "department", "counting_unit", "authority_code", "version")
    draft.save(update_fields=[*names, "updated_at"])


def _begin(plan: ClosingPlan) -> None:
    enqueue("dossiers.tasks.follow_unit", closing_id=plan.closing.pk)


DOSSIERS = ClosingPart(
    code="dossiers",
    label=gettext_lazy("Hồ sơ chưa xong"),
    goes=gettext_lazy("Chuyển sang đơn vị kế thừa; hạn trả và mã hồ sơ không đổi; người nộp được báo."),
    lines=lambda plan: _lines(plan, unfinished(plan.ends), _("hồ sơ")),
    must_go=True,
    keys=_keys,
    needs=_needs,
    begin=_begin,
    left=lambda plan: unfinished(plan.ends).count(),
)
DRAFTS = ClosingPart(
    code="drafts",
    label=gettext_lazy("Bản nháp của người dân"),
    goes=gettext_lazy("Ghi lại nơi giải quyết là đơn vị kế thừa; nội dung đã điền không đổi."),
    lines=lambda plan: _lines(plan, drafts(plan.ends), _("bản nháp")),
    must_go=True,
    left=lambda plan: drafts(plan.ends).count(),
)
