"""The one place that touches the clocks of a dossier: start, stop, go on, move, end, and what they add up to.

An act reads the clocks of its locked dossier once, turns them, and lets `write` put what changed into the database: at
most one UPDATE and one INSERT. The columns of the dossier (accept_by, due_at, first_due_at, clock_stopped_at, reappointed_from) only
repeat what the segments say, for indexes and lists. Called by the other modules of dossiers.services.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from accounts.calendars import calendars_for
from accounts.enums import UnitKind
from accounts.models import OrgUnit
from dossiers import promise
from dossiers.enums import RUNNING, STOPS, SegmentKind
from dossiers.models.clock import ClockSegment
from dossiers.models.dossier import Dossier
from dossiers.promise import Promise, PromiseBasis
from dossiers.services import terms
from dossiers.workflow import ACCEPT_WITHIN
from portal import clock, rows, worktime
from portal.worktime import Limit, LimitUnit, WorkCalendar
from procedures.enums import Channel, ClockName, ResumePolicy
from procedures.start_rules import START_RULES, Begins, Situation, StartRule, choose

_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
# What the digest of a segment covers: everything that is stored of it.
DIGESTED = (
    "position",
    "clock",
    "kind",
    "started_at",
    "ended_at",
    "limit_value",
    "limit_unit",
    "start_rule",
    "policy",
    "due_at",
    "minutes",
    "spent",
    "calendar_unit_id",
    "explanation",
)


@dataclass(slots=True)
class Clocks:
    """Both clocks of one locked dossier while an act is done on it."""

    dossier: Dossier
    segments: list[ClockSegment]
    ended: list[ClockSegment] = field(default_factory=list)
    calendars: dict[int, WorkCalendar] = field(default_factory=dict)

    def calendar(self, unit_id: int) -> WorkCalendar:
        """The calendar of a unit, held against edits until the act is done; those of the dossier's units come along."""
        if unit_id not in self.calendars:
            units = (self.dossier.receiving_unit_id, self.dossier.competent_unit_id, self.dossier.department_id)
            wanted = {unit_id, *(key for key in units if key is not None)}
            self.calendars |= calendars_for(wanted - self.calendars.keys(), hold=True)
        return self.calendars[unit_id]

    def open(self, name: ClockName) -> ClockSegment | None:
        """The segment of a clock that has not ended."""
        return next((row for row in self.segments if row.clock == name and row.ended_at is None), None)


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """What the main clock adds up to at one moment, for the ledger. Minutes are working time of the calendar.

    `allowed`: what ran before the promise in force, and what that promise gives; on time as long as `used` is not more. A letter
    of apology tells a later time and gives no longer limit: law knows none. None before the clock has begun, and where the sheet
    gives no limit.
    """

    minutes_allowed: int | None
    minutes_used: int | None
    minutes_stopped: int | None
    clock_digest: str


def read(dossier: Dossier) -> Clocks:
    """The clocks of a locked dossier; a draft has none yet."""
    return Clocks(dossier, rows.run(seek(dossier)))


def seek(dossier: Dossier) -> rows.Statement[list[ClockSegment]]:
    """The statement that reads the segments of a dossier."""
    asked = rows.seek(ClockSegment, dossier.pk, column="dossier_id", order="position")
    return asked if dossier.event_count else replace(asked, sql="")


def start_accept(clocks: Clocks, at: datetime) -> None:
    """An online submission has come: the desk must answer within the hours of the law."""
    rule = choose(ClockName.ACCEPT, Situation(is_online=True, is_own_desk=True), clock.local(at).date())
    unit_id = clocks.dossier.receiving_unit_id
    made = promise.counted(at, ACCEPT_WITHIN, clocks.calendar(unit_id), use_cutoff=rule.use_cutoff)
    _add(clocks, ClockName.ACCEPT, SegmentKind.RUN, at, made, rule=rule, limit=ACCEPT_WITHIN, unit_id=unit_id)


def start(clocks: Clocks, begins: Begins, at: datetime) -> None:
    """An act has come with which the main clock may begin; it does when the rule that holds says so.

    Received for another authority, the clock waits (the time is measured, outside the limit) until the dossier is
    forwarded; forwarded without such a wait, nothing changes.
    """
    if begins == Begins.RECEIVED:
        _end(clocks, clocks.open(ClockName.ACCEPT), at)
        rule, limit, policy = _terms(clocks.dossier, at)
        if rule.begins == Begins.FORWARDED:
            waits = promise.without(PromiseBasis.WAITING)
            _add(clocks, ClockName.MAIN, SegmentKind.TRANSFER, at, waits, rule=rule, limit=limit, policy=policy)
        else:
            _run(clocks, at, rule, limit, policy)
        return
    waiting = clocks.open(ClockName.MAIN)
    if waiting is not None and waiting.kind == SegmentKind.TRANSFER:
        _end(clocks, waiting, at)
        rule, limit = START_RULES[waiting.start_rule], _limit_of(waiting)
        _run(clocks, at, rule, limit, ResumePolicy(waiting.policy))


def stop(clocks: Clocks, kind: SegmentKind, at: datetime) -> None:
    """Let the clock that runs stand for a reason; the promise made stays as it is until the clock goes on."""
    running = next((row for row in clocks.segments if row.ended_at is None and row.kind in RUNNING), None)
    if running is None:
        return
    _end(clocks, running, at)
    # The whole limit again is what the law gives after a supplement; any other stop only moves the due time.
    policy = ResumePolicy(running.policy) if kind == SegmentKind.STOPPED_SUPPLEMENT else ResumePolicy.SHIFT
    _follow(clocks, running, kind, at, promise.without(PromiseBasis.WAITING), policy=policy)


def resume(clocks: Clocks, at: datetime) -> None:
    """Let the clock go on as its stop says: the whole limit again (RESTART), or moved by the time it stood (SHIFT)."""
    stood = next((row for row in clocks.segments if row.ended_at is None and row.kind in STOPS), None)
    if stood is None:
        return
    _end(clocks, stood, at)
    before = next(row for row in reversed(clocks.segments) if row.clock == stood.clock and row.kind in RUNNING)
    _follow(clocks, before, SegmentKind.RUN, at, _next_promise(clocks, stood, before.due_at))


def reappoint(clocks: Clocks, due_at: datetime, at: datetime) -> None:
    """Let the main clock run towards the due time that a letter of apology names. Nothing happens while no promise runs.

    Once in the life of a dossier: the database refuses a second time.
    """
    running = clocks.open(ClockName.MAIN)
    if running is None or running.kind not in RUNNING or running.due_at is None:
        return
    calendar = clocks.calendar(running.calendar_unit_id)
    made = promise.named(due_at, at=at, due_before=running.due_at, cal=calendar)
    _end(clocks, running, at)
    _follow(clocks, running, SegmentKind.APOLOGY, at, made)


def finish(clocks: Clocks, at: datetime) -> None:
    """End whatever runs or stands."""
    for row in [row for row in clocks.segments if row.ended_at is None]:
        _end(clocks, row, at)


def move(clocks: Clocks, segment: ClockSegment, at: datetime, *, why: str) -> bool:
    """Count an open promise again by the calendar of today; True when that is later, and then it is promised.

    Never earlier than told: a due time that would come sooner stays.
    """
    if segment.ended_at is not None or segment.due_at is None or segment.kind not in RUNNING:
        return False
    if segment.kind == SegmentKind.APOLOGY:
        return False  # named by a letter, not counted by a calendar
    made = _recounted(clocks, segment)
    if made.due_at is None or made.due_at <= segment.due_at:
        return False
    calendar = clocks.calendar(segment.calendar_unit_id)
    made = promise.moved(made, at=at, due_before=segment.due_at, why=why, cal=calendar)
    _end(clocks, segment, at)
    _follow(clocks, segment, SegmentKind.MOVED, at, made)
    return True


def write(clocks: Clocks) -> None:
    """Put what changed into the database, and the columns of the dossier in line with it."""
    for row in clocks.ended:  # an act ends one; only an act that ends the dossier could end two
        rows.update(row, ["ended_at", "spent"])
    new = [row for row in clocks.segments if row.pk is None]
    if new:
        rows.insert_all(new)
    clocks.ended = []
    settle(clocks)


def settle(clocks: Clocks) -> None:
    """Set the columns of the dossier that repeat the segments; without any there is nothing to repeat."""
    if not clocks.segments:
        return
    for name, value in columns(clocks.segments).items():
        setattr(clocks.dossier, name, value)


def columns(segments: Iterable[ClockSegment]) -> dict[str, datetime | None]:
    """What the columns of a dossier must say, given its segments."""
    rows = list(segments)
    accept = [row.due_at for row in rows if row.clock == ClockName.ACCEPT and row.kind in RUNNING]
    runs = [row for row in rows if row.clock == ClockName.MAIN and row.kind in RUNNING]
    main = [row.due_at for row in runs]
    letters = [before.due_at for before, row in pairwise(runs) if row.kind == SegmentKind.APOLOGY]
    stood = [row.started_at for row in rows if row.clock == ClockName.MAIN and row.kind in STOPS and not row.ended_at]
    return {
        "accept_by": accept[-1] if accept else None,
        "due_at": main[-1] if main else None,
        "first_due_at": main[0] if main else None,
        "clock_stopped_at": stood[0] if stood else None,
        "reappointed_from": letters[0] if letters else None,
    }


def facts(clocks: Clocks, now: datetime) -> ClockFacts:
    """What the ledger writes about the clocks with an act."""
    main = [row for row in clocks.segments if row.clock == ClockName.MAIN]
    runs = [row for row in main if row.kind in RUNNING]
    if not runs:
        return ClockFacts(None, None, None, digest(clocks.segments))
    used = [_spent(clocks, row, now) for row in runs]
    stopped = sum(_spent(clocks, row, now) for row in main if row.kind in STOPS)
    promised = runs[-1].minutes
    allowed = None if promised is None else sum(used[:-1]) + promised - _beyond_law(runs)
    return ClockFacts(allowed, sum(used), stopped, digest(clocks.segments))


def _beyond_law(runs: Iterable[ClockSegment]) -> int:
    """Minutes of the promise in force that only a letter of apology gave; a whole limit after it (RESTART) makes them nought."""
    found = 0
    for row in runs:
        if promise.opens_count(row.explanation):
            found = 0
        found += promise.beyond_law(row.explanation, row.minutes)
    return found


def digest(segments: Sequence[ClockSegment]) -> str:
    """SHA-256 over everything the segments of a dossier say; '' for none."""
    if not segments:
        return ""
    return digest_of([told(row) for row in segments])


def told(row: ClockSegment, explanation: str = "") -> str:
    """What a segment says, in the form its digest covers; `explanation`: what `explained` gives of it, if it is at hand."""
    *cells, last = (getattr(row, name) for name in DIGESTED)
    return f"{_CANONICAL([_plain(cell) for cell in cells])[:-1]},{explanation or explained(last)}]"


def explained(explanation: dict[str, Any]) -> str:
    """How a promise was counted, in the form that digests cover."""
    return _CANONICAL(explanation)


def digest_of(lines: Iterable[str]) -> str:
    """The digest of segments by what `told` says of them, in their order."""
    return hashlib.sha256(f"[{','.join(lines)}]".encode()).hexdigest()


# ── what holds for a dossier ─────────────────────────────────────────────────────────────────────


def is_own_desk(receiving: OrgUnit, competent: OrgUnit) -> bool:
    """Tell whether a dossier was received where its competent authority has its desk (a department: its city's)."""
    if competent.pk in {receiving.pk, receiving.parent_id}:
        return True
    same_house = receiving.parent_id is not None and receiving.parent_id == competent.parent_id
    return competent.kind == UnitKind.DEPARTMENT and same_house


def _terms(dossier: Dossier, at: datetime) -> tuple[StartRule, Limit | None, ResumePolicy]:
    """Start rule, limit and way to go on of a dossier's case and channel, as the pinned revision says."""
    found = terms.limit_rule(dossier)
    situation = Situation(
        is_online=dossier.channel == Channel.ONLINE,
        is_own_desk=is_own_desk(dossier.receiving_unit, dossier.competent_unit),
    )
    wanted = found[0].start_rule if found else ""
    rule = choose(ClockName.MAIN, situation, clock.local(at).date(), wanted=wanted)
    if found is None:
        return rule, None, ResumePolicy.RESTART
    return rule, found[1], ResumePolicy(found[0].resume_policy)


def _limit_of(segment: ClockSegment) -> Limit | None:
    if segment.limit_value is None:
        return None
    value = Decimal(segment.limit_value)
    return Limit(
        value.normalize() if value != value.to_integral_value() else Decimal(int(value)), LimitUnit(segment.limit_unit)
    )


# ── segments ─────────────────────────────────────────────────────────────────────────────────────


def _run(clocks: Clocks, at: datetime, rule: StartRule, limit: Limit | None, policy: ResumePolicy) -> None:
    calendar = clocks.calendar(clocks.dossier.competent_unit_id)
    made = (
        promise.counted(at, limit, calendar, use_cutoff=rule.use_cutoff)
        if limit
        else promise.without(PromiseBasis.NO_LIMIT)
    )
    _add(clocks, ClockName.MAIN, SegmentKind.RUN, at, made, rule=rule, limit=limit, policy=policy)


def _add(
    clocks: Clocks,
    name: ClockName,
    kind: SegmentKind,
    at: datetime,
    made: Promise,
    *,
    rule: StartRule,
    limit: Limit | None,
    policy: ResumePolicy = ResumePolicy.RESTART,
    unit_id: int | None = None,
) -> None:
    row = ClockSegment(
        dossier=clocks.dossier,
        position=len(clocks.segments) + 1,
        clock=name,
        kind=kind,
        started_at=at,
        limit_value=limit.value if limit else None,
        limit_unit=limit.unit if limit else "",
        start_rule=rule.code,
        policy=policy,
        calendar_unit_id=unit_id or clocks.dossier.competent_unit_id,
    )
    _give(clocks, row, made)


def _follow(
    clocks: Clocks,
    before: ClockSegment,
    kind: SegmentKind,
    at: datetime,
    made: Promise,
    *,
    policy: ResumePolicy | None = None,
) -> None:
    """Add the segment that comes after one of the same clock, under the same terms."""
    row = ClockSegment(
        dossier=clocks.dossier,
        position=len(clocks.segments) + 1,
        clock=before.clock,
        kind=kind,
        started_at=at,
        limit_value=before.limit_value,
        limit_unit=before.limit_unit,
        start_rule=before.start_rule,
        policy=policy or before.policy,
        calendar_unit_id=before.calendar_unit_id,
    )
    _give(clocks, row, made)


def _give(clocks: Clocks, row: ClockSegment, made: Promise) -> None:
    row.due_at, row.minutes, row.explanation = made.due_at, made.minutes, made.explanation
    if row.kind in RUNNING and row.due_at is not None:
        row.warn_at = row.started_at  # the sweep of warnings reckons its rungs
    clocks.segments.append(row)
    settle(clocks)


def _end(clocks: Clocks, row: ClockSegment | None, at: datetime) -> None:
    if row is None:
        return
    row.ended_at = max(at, row.started_at)  # clocks of two servers may differ by a moment
    row.spent = _spent(clocks, row, row.ended_at)
    if row.pk is not None:
        clocks.ended.append(row)
    settle(clocks)


def _next_promise(clocks: Clocks, stood: ClockSegment, due_before: datetime | None) -> Promise:
    """The promise with which a clock goes on after it stood."""
    limit, calendar = _limit_of(stood), clocks.calendar(stood.calendar_unit_id)
    if limit is None or stood.ended_at is None:
        return promise.without(PromiseBasis.NO_LIMIT)
    if stood.policy == ResumePolicy.SHIFT and due_before is not None:
        return promise.shifted(due_before, stood.started_at, stood.ended_at, calendar)
    rule = START_RULES[stood.start_rule]
    return promise.counted(stood.ended_at, limit, calendar, use_cutoff=rule.use_cutoff)


def _recounted(clocks: Clocks, segment: ClockSegment) -> Promise:
    """The promise of a running segment as the calendar of today would have given it, stop by stop."""
    limit, calendar = _limit_of(segment), clocks.calendar(segment.calendar_unit_id)
    made = promise.without(PromiseBasis.NO_LIMIT)
    if limit is None:
        return made
    rule = START_RULES[segment.start_rule]
    for row in clocks.segments:
        if row.clock != segment.clock:
            continue
        if row.kind in STOPS and row.ended_at is not None:
            made = _next_promise(clocks, row, made.due_at)
        elif row.kind == SegmentKind.APOLOGY:
            made = Promise(row.due_at, row.minutes, row.explanation)
        elif row.kind == SegmentKind.RUN and made.due_at is None:
            made = promise.counted(row.started_at, limit, calendar, use_cutoff=rule.use_cutoff)
    return made


def _spent(clocks: Clocks, row: ClockSegment, now: datetime) -> int:
    if row.spent is not None:
        return row.spent
    begin = promise.runs_from(row.explanation) or row.started_at
    return worktime.spent(begin, now, clocks.calendar(row.calendar_unit_id))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(clock.UTC).isoformat()
    return f"{value:.2f}" if isinstance(value, Decimal) else value
