"""The work items of a dossier while an act is done on it: which close, which open, whose they are and until when.

What follows a step is what the pinned route says (procedures.routes). Called by dossiers.services.core for every act, and
by the verbs that move work without moving the dossier.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import CASE_ROLES, UnitKind
from accounts.models import Membership, OrgUnit
from accounts.queries import open_on
from dossiers.enums import FINAL_STATES, WAITING_STATES, Outcome, SegmentKind, State
from dossiers.models.consultation import Consultation
from dossiers.models.dossier import Dossier
from dossiers.models.work import WorkItem
from dossiers.services import assign_rules, consultation_notices, draft_rows, terms
from dossiers.services.opened import Beside, Deed, Opened
from dossiers.workflow import Moves
from portal import clock, rows, worktime
from portal.errors import NotNowError, UserError
from portal.text import fold
from procedures import routes
from procedures.enums import StepKind, StepPlace
from procedures.limits import Step

SOMETHING_HANGS_ON_IT = _("Bước này còn việc chưa xong: %(what)s. Hãy chờ xong hoặc kết thúc việc đó trước.")
BRANCHES_OPEN = _("Còn nhánh khác của quy trình chưa xong: %(what)s. Hồ sơ chỉ đi tiếp khi mọi nhánh đã xong.")

TAKEN_BACK = frozenset({Outcome.SENT_BACK, Outcome.RECALLED})
# '': closed before outcomes were kept; what ended need not be done any more
_COUNTS = frozenset({"", Outcome.DONE, Outcome.SILENT, Outcome.ENDED})


def move_on(opened: Opened, moves: Moves, deed: Deed, *, state_from: str, now: datetime) -> WorkItem | None:
    """Close and open what the act's row says; gives the first item that opened.

    Raises UserError while something hangs on the item that would be closed, NotNowError when the route has no way on.
    """
    if opened.dossier.state in FINAL_STATES:
        _end_all(opened, deed, now)
        return None
    found = _WAYS[moves](opened, deed, now)
    _close_answered_wish(opened, now)
    if deed.beside is not None:
        found.append(_open_beside(opened, deed.beside, now))
    _wait_or_go_on(opened, state_from, now)
    return found[0] if found else None


def touch(item: WorkItem | None, now: datetime) -> None:
    """Note that somebody has begun; from then on it is not called back."""
    if item is not None and item.touched_at is None:
        item.touched_at = now
        rows.update(item, ["touched_at"])


def begun(opened: Opened, now: datetime) -> None:
    """Note that somebody works on the item of an act.

    A step of a case that nobody holds becomes theirs who begins it; what lies at the desk stays the desk's.
    """
    item, actor = opened.item, opened.actor
    if item is not None and item.holder_id is None and actor.role == item.role and item.role in CASE_ROLES:
        hand(item, actor.user_id, now)
    touch(item, now)


def hand(item: WorkItem, holder_id: int | None, now: datetime) -> None:
    """Give an open item to a person, or (None) back to the queue of its unit."""
    item.holder_id, item.held_since = holder_id, now if holder_id is not None else None
    rows.update(item, ["holder", "held_since"])
    touch(item, now)


def close(opened: Opened, item: WorkItem, outcome: Outcome, now: datetime) -> None:
    """Close an item by the act under way."""
    item.closed_at, item.closed_by_id = now, opened.actor.user_id
    item.outcome, item.closed_seq = outcome, opened.dossier.event_count
    rows.update(item, ["closed_at", "closed_by", "outcome", "closed_seq"])
    if item.kind == StepKind.STAMP and outcome in TAKEN_BACK:
        draft_rows.take_numbers_back(opened.dossier.pk, seq=opened.dossier.event_count)


def still_there(unit_id: int, role: str, user_id: int | None) -> int | None:
    """The person, when they hold the role in the unit today; None: the work goes to the unit."""
    if user_id is None:
        return None
    today = clock.today()
    held = Membership.objects.filter(user_id=user_id, unit_id=unit_id, role=role, valid_from__lte=today)
    there = held.exclude(valid_to__lt=today).filter(user__is_active=True)
    return user_id if there.exists() else None


def refuse_while_something_hangs(opened: Opened) -> None:
    """Raise UserError while something open hangs on the item of an act that keeps it."""
    if opened.item is not None:
        _refuse_while_something_hangs(opened, opened.item)


def put_off(opened: Opened) -> None:
    """Count open steps of a received dossier again by the calendar of today; none comes sooner than it stood."""
    hours = {step.position: step.hours for step in terms.route(opened.dossier)}
    began = [row.started_at for row in opened.turn().segments if row.kind == SegmentKind.RUN]
    for item in opened.work:
        if item.parent_id is not None:
            continue  # what hangs on a step has a deadline of its own
        minutes = int(hours.get(item.position, 8) * 60)
        due_at = worktime.add_minutes(max([item.opened_at, *began]), minutes, opened.turn().calendar(item.unit_id))
        if due_at > item.due_at:
            item.due_at = due_at
            rows.update(item, ["due_at"])


def unit_for(dossier: Dossier, step: Step) -> OrgUnit:
    """The unit that does a step of a dossier."""
    if step.place == StepPlace.DESK:
        return dossier.receiving_unit
    if step.place == StepPlace.OTHER:
        return asked_unit(dossier, step.asks) or dossier.department or dossier.competent_unit
    if step.place == StepPlace.DEPARTMENT and dossier.department is not None:
        return dossier.department
    return dossier.competent_unit


def asked_unit(dossier: Dossier, asks: str) -> OrgUnit | None:
    """The unit a step asks: by its code, or a department of the competent authority by part of its name; open today.

    A unit that was closed is asked where its work went (two reorganisations back, at most).
    """
    if not asks:
        return None
    open_units = OrgUnit.objects.filter(open_on(clock.today())).order_by("sort_order", "pk")
    heirs = Q(predecessors__code=asks) | Q(predecessors__predecessors__code=asks)
    by_code = open_units.filter(code=asks).first() or open_units.filter(heirs).first()
    if by_code is not None:
        return by_code
    competent = dossier.competent_unit
    house = competent.parent_id if competent.kind == UnitKind.DEPARTMENT else competent.pk
    wanted = fold(asks)
    departments = open_units.filter(parent_id=house, kind=UnitKind.DEPARTMENT)
    return next((unit for unit in departments if wanted in fold(unit.name)), None)


# ── the ways of an act ───────────────────────────────────────────────────────────────────────────


def _keep(opened: Opened, _deed: Deed, now: datetime) -> list[WorkItem]:
    """Leave the item open, begun."""
    begun(opened, now)
    return []


def _hand(opened: Opened, deed: Deed, now: datetime) -> list[WorkItem]:
    hand(_meant(opened), deed.next_holder_id, now)
    return []


def _recall(opened: Opened, _deed: Deed, now: datetime) -> list[WorkItem]:
    """Close what the act called back opened, and open what it closed, as it was; that counts as begun."""
    seq = _meant(opened).opened_seq
    for item in opened.work:
        if item.opened_seq == seq and item.closed_at is None:
            close(opened, item, Outcome.RECALLED, now)
    back = list(WorkItem.objects.filter(dossier_id=opened.dossier.pk, closed_seq=seq).order_by("pk"))
    if not back:
        raise NotNowError
    for item in back:
        item.closed_at = item.closed_by_id = item.closed_seq = None
        item.outcome = ""
        rows.update(item, ["closed_at", "closed_by", "closed_seq", "outcome"])
        hand(item, item.holder_id or opened.actor.user_id, now)
    opened.work = [*opened.work, *back]
    return back


def _first(opened: Opened, deed: Deed, now: datetime) -> list[WorkItem]:
    return [_open(opened, routes.first(terms.route(opened.dossier)), now, holder_id=deed.next_holder_id)]


def _renew(opened: Opened, deed: Deed, now: datetime) -> list[WorkItem]:
    item = _meant(opened)
    _refuse_while_something_hangs(opened, item)
    close(opened, item, Outcome.DONE, now)
    step = routes.at(terms.route(opened.dossier), item.position)
    return [_open(opened, step, now, holder_id=deed.next_holder_id, unit=deed.lies_in)]


def _next(opened: Opened, deed: Deed, now: datetime) -> list[WorkItem]:
    item, steps = _meant(opened), terms.route(opened.dossier)
    _refuse_while_something_hangs(opened, item)
    if opened.row.target is not None:
        _refuse_while_branches_are_open(opened, item)
    close(opened, item, deed.outcome, now)
    if item.parent_id is not None:
        return []  # it hung on a step of the route, which goes on when that step is done
    ready = _ready(opened, steps, item)
    # A chosen holder gets the step that was meant for a person, not a question that goes out beside it.
    first = next((step for step in ready if step.kind != StepKind.CONSULT), None)
    return [_open(opened, step, now, holder_id=deed.next_holder_id if step is first else None) for step in ready]


def _back(opened: Opened, deed: Deed, now: datetime) -> list[WorkItem]:
    item, steps = _meant(opened), terms.route(opened.dossier)
    _refuse_while_something_hangs(opened, item)
    target = _reopened(steps, item, deed.back_to)
    close(opened, item, Outcome.SENT_BACK, now)
    between = routes.beyond(steps, target.position)
    for other in opened.work:
        if other.closed_at is None and (other.position in between or other.position == target.position):
            close(opened, other, Outcome.SENT_BACK, now)
    unit = unit_for(opened.dossier, target)
    holder_id = deed.next_holder_id or still_there(unit.pk, target.role, _last_doer(opened.dossier, target))
    return [_open(opened, target, now, holder_id=holder_id, unit=unit)]


def _close(opened: Opened, _deed: Deed, now: datetime) -> list[WorkItem]:
    item = _meant(opened)
    _refuse_while_something_hangs(opened, item)
    close(opened, item, Outcome.DONE, now)
    return []


_WAYS: Mapping[Moves, Callable[[Opened, Deed, datetime], list[WorkItem]]] = {
    Moves.KEEP: _keep,
    Moves.FIRST: _first,
    Moves.RENEW: _renew,
    Moves.NEXT: _next,
    Moves.BACK: _back,
    Moves.CLOSE: _close,
    Moves.HAND: _hand,
    Moves.RECALL: _recall,
}


def _meant(opened: Opened) -> WorkItem:
    if opened.item is None:
        raise NotNowError
    return opened.item


def _end_all(opened: Opened, deed: Deed, now: datetime) -> None:
    but = deed.extra.get("draft_id") if deed.brings else None
    draft_rows.end_all(opened.dossier.pk, but=but, seq=opened.dossier.event_count)
    for item in opened.work:
        if item.closed_at is None:
            close(opened, item, Outcome.DONE if item is opened.item else Outcome.ENDED, now)


def _refuse_while_something_hangs(opened: Opened, item: WorkItem) -> None:
    hanging = [other for other in opened.work if other.parent_id == item.pk and other.closed_at is None]
    if hanging:
        raise UserError(SOMETHING_HANGS_ON_IT % {"what": hanging[0].name})


def _refuse_while_branches_are_open(opened: Opened, item: WorkItem) -> None:
    others = [other for other in _going_on(opened) if other is not item]
    if others:
        raise UserError(BRANCHES_OPEN % {"what": others[0].name})


def _going_on(opened: Opened) -> list[WorkItem]:
    """Open items but for the answer to a wish to withdraw: it stands beside the route, and nothing stops it."""
    return [item for item in opened.work if item.closed_at is None and item.kind != StepKind.WITHDRAWAL]


def _ready(opened: Opened, steps: Sequence[Step], item: WorkItem) -> list[Step]:
    """Steps that may open now that `item` is done: all they wait for is done, and was not opened again since."""
    following = routes.following(steps, item.position)
    if all(len(step.after) == 1 for step in following):
        return following
    every = _counted(opened.dossier).order_by("pk")
    passes = {row.position: (row.pk, row.closed_at is not None and row.outcome in _COUNTS) for row in every}
    return [step for step in following if all(routes.is_done(steps, place, passes) for place in step.after)]


def _reopened(steps: Sequence[Step], item: WorkItem, position: int | None) -> Step:
    """The step a send-back opens anew: the one meant, else the last appraisal before the item; else what came before it."""
    behind = [step for step in steps if step.position in routes.before(steps, item.position)]
    if position is not None:
        behind = [step for step in behind if step.position == position]
        if not behind:
            raise UserError(_("Không trả lại được bước này. Hãy chọn một bước đã làm trước đó."), field="back_to")
        return behind[0]
    appraisals = [step for step in behind if step.kind == StepKind.APPRAISE]
    found = appraisals or behind
    if not found:
        raise NotNowError
    return found[-1]


def _counted(dossier: Dossier) -> QuerySet[WorkItem]:
    """The passes of the route's steps; one that was called back never was."""
    return WorkItem.objects.filter(dossier_id=dossier.pk, parent__isnull=True).exclude(outcome=Outcome.RECALLED)


def _last_doer(dossier: Dossier, step: Step) -> int | None:
    done = _counted(dossier).filter(position=step.position)
    return done.exclude(closed_by=None).order_by("-pk").values_list("closed_by_id", flat=True).first()


def _close_answered_wish(opened: Opened, now: datetime) -> None:
    """The wish to withdraw is no longer open: whoever had to answer it is done."""
    if not opened.before.get("wants_withdrawal") or opened.dossier.wants_withdrawal:
        return
    for item in opened.work:
        if item.kind == StepKind.WITHDRAWAL and item.closed_at is None:
            close(opened, item, Outcome.DONE, now)


# ── opening ──────────────────────────────────────────────────────────────────────────────────────


def _open(
    opened: Opened, step: Step, now: datetime, *, holder_id: int | None = None, unit: OrgUnit | None = None
) -> WorkItem:
    dossier = opened.dossier
    unit = unit or unit_for(dossier, step)
    due_at = worktime.add_minutes(now, int(step.hours * 60), opened.turn().calendar(unit.pk))
    holder_id = holder_id or _by_rule(opened, unit, step.kind, step.role)
    if dossier.state == State.SUBMITTED and dossier.accept_by is not None:
        due_at = dossier.accept_by
    item = WorkItem(
        dossier=dossier,
        position=step.position,
        steps_total=len(terms.route(dossier)),
        kind=step.kind,
        name=step.name,
        unit=unit,
        role=step.role,
        holder_id=holder_id,
        held_since=now if holder_id is not None else None,
        opened_at=now,
        due_at=due_at,
        opened_seq=dossier.event_count,
    )
    _added(opened, item)
    if step.kind == StepKind.CONSULT:
        asked = Consultation.objects.create(work_item=item, silence_agrees=step.silence_agrees)
        consultation_notices.tell_asked(asked)
    return item


def _open_beside(opened: Opened, beside: Beside, now: datetime) -> WorkItem:
    parent = beside.parent
    holder_id = beside.holder_id or _by_rule(opened, beside.unit, beside.kind, beside.role)
    item = WorkItem(
        dossier=opened.dossier,
        position=parent.position if parent else beside.position,
        steps_total=len(terms.route(opened.dossier)),
        kind=beside.kind,
        name=beside.name or str(StepKind(beside.kind).label),
        unit=beside.unit,
        role=beside.role,
        holder_id=holder_id,
        held_since=now if holder_id is not None else None,
        parent=parent,
        opened_at=now,
        due_at=beside.due_at,
        opened_seq=opened.dossier.event_count,
    )
    return _added(opened, item)


def _by_rule(opened: Opened, unit: OrgUnit, kind: str, role: str) -> int | None:
    """Whom the rules of a unit give what comes to it from elsewhere; what stays in a unit, and results to fetch, are not shared out."""
    if kind == StepKind.RETURN or unit.pk == opened.actor.unit_id:
        return None
    done = [*((event.code, event.actor_id) for event in opened.past), (str(opened.row.event), opened.actor.user_id)]
    return assign_rules.holder_for(opened.dossier, unit.pk, kind=kind, role=role, past=done)


def _added(opened: Opened, item: WorkItem) -> WorkItem:
    """Write a new item; what the caller looks at later holds it too."""
    item.outcome = ""
    opened.work = [*opened.work, rows.insert(item)]
    return item


# ── waiting for the citizen ──────────────────────────────────────────────────────────────────────


def _wait_or_go_on(opened: Opened, state_from: str, now: datetime) -> None:
    was, waits = state_from in WAITING_STATES, opened.dossier.state in WAITING_STATES
    if was == waits:
        return
    open_items = _going_on(opened)
    if waits:
        for item in open_items:
            item.suspended_at = now
            rows.update(item, ["suspended_at"])
    else:
        _go_on(opened, open_items, now)


def _go_on(opened: Opened, items: Iterable[WorkItem], now: datetime) -> None:
    """Give open steps their hours anew after a stop, and what hangs on them the time it had left.

    A dossier that has not been received keeps its acceptance deadline.
    """
    dossier = opened.dossier
    hours = {step.position: step.hours for step in terms.route(dossier)}
    for item in items:
        calendar = opened.turn().calendar(item.unit_id)
        minutes = int(hours.get(item.position, 8) * 60)
        if item.parent_id is not None and item.suspended_at is not None:
            minutes = max(0, worktime.left(item.suspended_at, item.due_at, calendar))
        item.due_at = worktime.add_minutes(now, minutes, calendar)
        if dossier.state == State.SUBMITTED and dossier.accept_by is not None:
            item.due_at = dossier.accept_by
        item.suspended_at = None
        rows.update(item, ["due_at", "suspended_at"])
