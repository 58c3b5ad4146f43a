"""Open promises and the calendars they rest on: what an edit touches, what was decided, and moving them one by one.

`accounts` asks through its registry of keepers (dossiers.acts.calendar puts KEEPER in); a task moves what waits. Moving is one act
a dossier, by the system, with its event and its notice; a promise that would come sooner, or stay, is kept.
"""

from datetime import datetime, time, timedelta

import structlog
from django.db import DatabaseError, transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import CalendarChoice
from accounts.models import User
from accounts.promises import Decided, Edit, Keeper, PromiseRow, Touched
from dossiers.enums import RUNNING, PromiseState
from dossiers.models.clock import CalendarDecision, ClockSegment, TouchedPromise
from dossiers.models.work import WorkItem
from dossiers.services import items, segments
from dossiers.services.core import apply, open_by_system
from dossiers.services.opened import Deed, Opened
from portal import clock
from portal.celery import enqueue
from portal.errors import NotNowError, UserError
from portal.sweeps import SWEEPS, OwnSweep, reason_of
from procedures.enums import ClockName

MOVE_CLOCK = "move_clock"  # its row of the transition table stands in dossiers.acts.calendar
SHOWN = 20
LATELY = 10
BATCH = 100
ATTEMPTS = 5
LATE = timedelta(minutes=30)

log = structlog.get_logger(__name__)


def touched(edit: Edit) -> Touched:
    """Open promises whose counted days hold a day of the edit."""
    rows = _resting(edit)
    first = rows.select_related("dossier").order_by("due_at", "pk")[:SHOWN]
    shown = tuple(PromiseRow(row.dossier.code or row.dossier.reference, row.due_at) for row in first if row.due_at)
    return Touched(rows.count(), shown)


def decide(by: User, edit: Edit, choice: str) -> None:
    """Record the decision with every promise it is about; what shall move waits for the task."""
    decision = CalendarDecision.objects.create(
        decided_by=by, decided_at=clock.now(), calendar_unit_id=edit.unit_id, edit=edit.words, choice=choice
    )
    moves = choice == CalendarChoice.MOVE
    state = PromiseState.WAITING if moves else PromiseState.KEPT
    TouchedPromise.objects.bulk_create(
        TouchedPromise(decision=decision, segment_id=pk, due_before=due_at, state=state)
        for pk, due_at in _resting(edit).order_by("pk").values_list("pk", "due_at")
        if due_at
    )
    if moves:
        enqueue("dossiers.tasks.move_promises")


def lately(unit_id: int | None) -> list[Decided]:
    """The latest decisions about a calendar, with how far the promises are."""
    counts = {f"n_{state}": Count("promises", filter=Q(promises__state=state)) for state in PromiseState}
    rows = CalendarDecision.objects.filter(calendar_unit_id=unit_id).annotate(**counts).select_related("decided_by")
    return [
        Decided(
            words=row.edit,
            by=row.decided_by.full_name,
            at=row.decided_at,
            choice=row.get_choice_display(),
            counts=", ".join(f"{state.label}: {n}" for state in PromiseState if (n := getattr(row, f"n_{state}"))),
        )
        for row in rows.order_by("-pk")[:LATELY]
    ]


KEEPER = Keeper("dossier", gettext_lazy("hạn của hồ sơ"), touched, decide, lately)


def move_waiting(batch: int = BATCH) -> int:
    """Move promises that wait, each in a transaction of its own; returns how many are settled.

    May run twice at once and may be killed between any two: a row is taken by one worker and settled with its act. A row
    that fails is tried again later, and set aside with its fault after some attempts; the rest is served meanwhile.
    """
    waiting = TouchedPromise.objects.filter(state=PromiseState.WAITING).order_by("attempts", "pk")
    return sum(_tried(pk) for pk in list(waiting.values_list("pk", flat=True)[:batch]))


def _tried(promise_id: int) -> bool:
    try:
        return _move(promise_id)
    except (UserError, LookupError, ValueError, TypeError, AttributeError, DatabaseError) as error:
        log.warning("promise.not_moved", promise=promise_id, error=type(error).__name__)
        row = TouchedPromise.objects.filter(pk=promise_id, state=PromiseState.WAITING)
        row.update(attempts=F("attempts") + 1, fault=reason_of(error))
        row.filter(attempts__gte=ATTEMPTS).update(state=PromiseState.FAILED)
        return False


def _late() -> QuerySet[TouchedPromise]:
    before = clock.now() - LATE
    return TouchedPromise.objects.filter(state=PromiseState.WAITING, decision__decided_at__lt=before)


MOVING = OwnSweep(
    code="promises",
    label=gettext_lazy("Dời hạn theo lịch làm việc"),
    row=gettext_lazy("hạn đã hẹn"),
    task="dossiers.tasks.move_promises",
    aside=lambda: TouchedPromise.objects.filter(state=PromiseState.FAILED),
    late=_late,
    back=lambda found: found.update(state=PromiseState.WAITING, attempts=0),
    since="decision__decided_at",
    reason="fault",
    names=("segment__dossier__code", "segment__dossier__reference"),
)
SWEEPS.add(MOVING)


@transaction.atomic
def _move(promise_id: int) -> bool:
    """Settle one promise; False when another worker has it."""
    waiting = TouchedPromise.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
    row = waiting.filter(pk=promise_id, state=PromiseState.WAITING).first()
    if row is None:
        return False
    row.due_after = _later(row)
    row.state = PromiseState.MOVED if row.due_after else PromiseState.KEPT
    row.save(update_fields=["state", "due_after"])
    return True


def _later(row: TouchedPromise) -> datetime | None:
    """Do the act on the dossier of a promise; the new due time, or None when the promise runs no more or stays."""
    dossier_id = ClockSegment.objects.values_list("dossier_id", flat=True).get(pk=row.segment_id)
    try:
        opened = open_by_system(dossier_id=dossier_id, action=MOVE_CLOCK)
    except NotNowError:
        return None
    segment = next(found for found in opened.turn().segments if found.pk == row.segment_id)
    why = CalendarDecision.objects.values_list("edit", flat=True).get(pk=row.decision_id)
    if not segments.move(opened.turn(), segment, clock.now(), why=why):
        return None
    return _moved(opened, segment, why)


def _moved(opened: Opened, before: ClockSegment, why: str) -> datetime | None:
    """Write the act: event with both due times, notice; the open step goes with it."""
    after = opened.turn().segments[-1].due_at
    words = {"before": _moment(before.due_at), "after": _moment(after), "why": capfirst(why)}
    if before.clock == ClockName.MAIN:
        items.put_off(opened)
    apply(opened, Deed(text=_("%(why)s. Hạn %(before)s được dời đến %(after)s.") % words))
    if before.clock == ClockName.ACCEPT:
        WorkItem.objects.filter(dossier=opened.dossier, closed_at__isnull=True).update(due_at=after)
    return after


def _resting(edit: Edit) -> QuerySet[ClockSegment]:
    """Running promises of the edit's units whose counted span holds a day of it."""
    rows = ClockSegment.objects.filter(
        ended_at__isnull=True,
        kind__in=RUNNING,
        calendar_unit_id__in=edit.units,
        due_at__gte=clock.at(edit.first_day, time.min),
    )
    if edit.last_day is None:
        return rows
    return rows.filter(started_at__lt=clock.at(edit.last_day + timedelta(days=1), time.min))


def _moment(value: datetime | None) -> str:
    return clock.local(value).strftime("%H:%M %d/%m/%Y") if value else ""
