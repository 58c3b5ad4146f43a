"""Sweeps: how work that waits in rows is done row by row, and what is told of rows that cannot be served.

One declaration a kind of work, beside the service that does it, known as soon as the tasks are. A row is claimed, served outside of
any transaction of the sweep's, and settled; a fault is counted on the row, which pauses longer each time and is set aside
with its reason after the last try, while the others are served. accounts.manage_stuck shows what is stuck and replays it.
"""

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Cast, Least
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import clock
from portal.celery import enqueue
from portal.errors import AwayError, UserError
from portal.models import SweepTry
from portal.registry import Registry

SECONDS = 120  # a sweep lets go before its task's time ends; the next one goes on
LEASE = timedelta(minutes=5)  # longer than any task lives: whoever claimed a row and is not back by then was killed
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
TRIES = 12  # about five hours
LOST = gettext_lazy("Máy xử lý đã dừng giữa chừng ở mỗi lần thử, không báo lỗi.")
NOBODY_CAME = gettext_lazy("Chưa có máy xử lý nào nhận việc này.")

log = structlog.get_logger(__name__)

Key = Any
Serve = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class StuckRow:
    """One row that is set aside, or has waited too long: its name, since when, how often it was tried and why not."""

    key: str
    name: str
    since: datetime
    attempts: int
    reason: str
    is_aside: bool
    is_over: bool = False  # it came too late to be of use: told, and nothing is to be done


class Sweep(Protocol):
    """A kind of work that waits in rows, as the page of stuck work knows it.

    `row` is what one is called; `task` the name of the task that goes over them, called after a replay.
    """

    @property
    def code(self) -> str:
        """Its name in tables and addresses."""

    @property
    def label(self) -> str | Promise:
        """The work in words."""

    @property
    def row(self) -> str | Promise:
        """What one row is called."""

    @property
    def task(self) -> str:
        """The task that serves what waits."""

    def stuck(self, limit: int) -> list[StuckRow]:
        """Rows set aside and rows that wait too long, oldest first."""

    def put_back(self, keys: Collection[str] | None) -> int:
        """Let rows that are set aside wait again, all of them for None; gives how many."""


SWEEPS: Registry[Sweep] = Registry("sweep")


def replay(sweep: Sweep, keys: Collection[str] | None = None) -> int:
    """Let what is set aside be tried again at once, some rows or all (None); gives how many."""
    done = sweep.put_back(keys)
    enqueue(sweep.task)
    return done


# ── rows whose tries are kept here ───────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class RowSweep:
    """A sweep over the rows of a query.

    `waiting` gives every row that waits; `serve` does the work of one by key (or whoever calls `over` says how): False when
    it waits no more or somebody has it. `since`: the column that says since when, '' when rows wait for a day and not for a
    worker. `names`: look-ups for what a row is called, the first that is not empty. `claims`: nobody else holds the row
    while it is served, so the try is written first, and counts though the worker is killed. `late`: how long waiting is no
    wonder. `final`: faults that trying again cannot mend; the row is set aside at once.
    """

    code: str
    label: Promise
    row: Promise
    task: str
    waiting: Callable[[], QuerySet[Any]]
    serve: Serve | None = None
    since: str = ""
    names: tuple[str, ...] = ()
    claims: bool = False
    grace: timedelta = timedelta(seconds=30)
    late: timedelta = clock.LATE
    tries: int = TRIES
    final: tuple[type[Exception], ...] = ()
    batch: int = 5000

    def run(self) -> int:
        """Serve what is due, each row by itself; gives how many were served. A service that is away ends it until the next."""
        served, until = 0, time.monotonic() + SECONDS
        self._forget()
        for key in self._due():
            if time.monotonic() > until:
                break
            try:
                served += self.try_one(key)
            except AwayError as error:
                log.warning("sweep.away", sweep=self.code, reason=str(error))
                break
        return served

    def try_one(self, key: Key, serve: Serve | None = None) -> bool:
        """Serve one row now: False when it was not, whatever the reason; the fault is on the row. Raises AwayError."""
        if not self._taken(key):
            return False
        try:
            done = (serve or self._served)(key)
        except AwayError:
            self._let_go(key)  # not the row's fault
            raise
        except SoftTimeLimitExceeded as error:
            self._failed(key, error)
            raise
        except Exception as error:  # noqa: BLE001  the one loop that must survive anything: the fault is on the row
            self._failed(key, error)
            return False
        if done:
            self._rows(key).delete()
        else:
            self._let_go(key)
        return done

    def over(self, found: QuerySet[Any], serve: Serve, limit: int) -> int:
        """Serve the first of some rows in a way of their own; those that pause or are set aside take no place of others."""
        self._forget()
        keys = list(self.awake(found).order_by("pk").values_list("pk", flat=True)[:limit])
        return sum(self.try_one(key, serve) for key in keys)

    def awake(self, found: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that neither pause nor are set aside."""
        return found.filter(~Exists(self._of_row().filter(_rests())))

    # ── what pages ask ──

    def problem(self, key: Key) -> str:
        """Why the last try of a row failed; '' when none did."""
        return self._rows(key).values_list("reason", flat=True).first() or ""

    def stuck(self, limit: int) -> list[StuckRow]:
        """Rows set aside and rows that wait too long, oldest first."""
        aside = SweepTry.objects.filter(sweep=self.code, aside_at__isnull=False).order_by("first_at", "pk")[:limit]
        tried = {row.key: row for row in aside}
        facts = self._facts(self.waiting().filter(pk__in=list(tried))) if tried else {}
        found = [self._stuck(row, *facts[row.key]) for row in tried.values() if row.key in facts]
        return sorted([*found, *self._late(limit)], key=lambda row: row.since)[:limit]

    def put_back(self, keys: Collection[str] | None) -> int:
        """Let rows that are set aside or pause wait again."""
        rows = SweepTry.objects.filter(sweep=self.code)
        rows = rows.filter(aside_at__isnull=False) if keys is None else rows.filter(key__in=keys)
        return rows.update(attempts=0, next_at=clock.now(), aside_at=None)

    def _late(self, limit: int) -> list[StuckRow]:
        """Rows not set aside that have waited longer than is no wonder."""
        if not self.since:
            return []
        before = clock.now() - self.late
        aside = self._of_row().filter(aside_at__isnull=False)
        late = self.waiting().filter(~Exists(aside), **{f"{self.since}__lt": before}).order_by(self.since, "pk")
        facts = self._facts(late[:limit])
        tried = {row.key: row for row in SweepTry.objects.filter(sweep=self.code, key__in=list(facts))}
        return [
            StuckRow(key, name, since, tried[key].attempts, tried[key].reason or str(NOBODY_CAME), is_aside=False)
            if key in tried
            else StuckRow(key, name, since, 0, str(NOBODY_CAME), is_aside=False)
            for key, (name, since) in facts.items()
        ]

    def _facts(self, rows: QuerySet[Any]) -> dict[str, tuple[str, Any]]:
        """Name and time of rows, by key."""
        names = self.names or ("pk",)
        found = rows.values_list("pk", self.since or "pk", *names)
        return {
            str(key): (str(next(filter(None, words), key)), since if self.since else None)
            for key, since, *words in found
        }

    def _stuck(self, row: SweepTry, name: str, since: datetime | None) -> StuckRow:
        return StuckRow(row.key, name, since or row.first_at, row.attempts, row.reason, is_aside=True)

    # ── tries ──

    def _due(self) -> list[Key]:
        """Keys of rows to serve now, oldest first; those that pause take no place of the others."""
        found = self.awake(self.waiting())
        if self.since:
            found = found.filter(**{f"{self.since}__lt": clock.now() - self.grace})
        ordered = found.order_by(*([self.since] if self.since else []), "pk")
        return list(ordered.values_list("pk", flat=True)[: self.batch])

    def _of_row(self) -> QuerySet[SweepTry]:
        """The tries of the row of an outer query."""
        return SweepTry.objects.filter(sweep=self.code, key=Cast(OuterRef("pk"), CharField()))

    def _rows(self, key: Key) -> QuerySet[SweepTry]:
        return SweepTry.objects.filter(sweep=self.code, key=str(key))

    def _taken(self, key: Key) -> bool:
        """Write down that the row is tried now; False when it pauses, is set aside or another worker has it."""
        now = clock.now()
        if not self.claims:
            return not self._rows(key).filter(_rests()).exists()
        new = SweepTry(sweep=self.code, key=str(key), first_at=now, last_at=now, next_at=now)
        SweepTry.objects.bulk_create([new], ignore_conflicts=True)
        mine = self._rows(key).filter(aside_at__isnull=True, next_at__lte=now)
        if not mine.update(attempts=F("attempts") + 1, last_at=now, next_at=now + LEASE):
            return False
        over = self._rows(key).filter(attempts__gt=self.tries)
        if over.update(aside_at=now, attempts=self.tries, reason=str(LOST)):
            log.error("sweep.set_aside", sweep=self.code, key=str(key), reason="lost")
            return False
        return True

    def _served(self, key: Key) -> bool:
        if self.serve is None:
            raise LookupError(self.code)
        return self.serve(key)

    def _let_go(self, key: Key) -> None:
        """Take the try back: the row is as it was before."""
        if self.claims:
            self._rows(key).filter(attempts__lte=1).delete()
            self._rows(key).update(attempts=F("attempts") - 1, next_at=clock.now())

    def _failed(self, key: Key, error: Exception) -> None:
        """Keep the reason; pause, or set the row aside after the last try."""
        now, reason = clock.now(), reason_of(error)
        log.warning("sweep.failed", sweep=self.code, key=str(key), error=type(error).__name__, exc_info=error)
        if not self.claims:
            new = SweepTry(sweep=self.code, key=str(key), first_at=now, last_at=now, next_at=now)
            SweepTry.objects.bulk_create([new], ignore_conflicts=True)
            self._rows(key).update(attempts=Least(F("attempts") + 1, self.tries), last_at=now)
        row = self._rows(key).filter(aside_at__isnull=True).first()
        if row is None:
            return
        is_last = row.attempts >= self.tries or isinstance(error, self.final)
        self._rows(key).update(reason=reason, next_at=now + pause(row.attempts), aside_at=now if is_last else None)
        if is_last:
            log.error("sweep.set_aside", sweep=self.code, key=str(key), reason=type(error).__name__)

    def _forget(self) -> None:
        """Drop the tries of rows that wait no more: somebody served them in another way."""
        rows = SweepTry.objects.filter(sweep=self.code, next_at__lt=clock.now()).order_by("last_at")
        tried = set(rows.values_list("key", flat=True)[: self.batch])
        if tried:
            waiting = self.waiting().filter(pk__in=tried).values_list("pk", flat=True)
            rows.filter(key__in=tried - {str(key) for key in waiting}).delete()


# ── rows that count their tries themselves ───────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class OwnSweep:
    """Work whose rows have columns for their tries, `attempts` and `reason`: a hot path, or a state people see.

    `aside`: rows nobody tries any more, or that failed too often; `late`: those that wait too long; `back` lets rows be tried
    again and gives how many; `over`: rows of no use any more, with `over_reason`. `named`: what a row is called, from `names`.
    """

    code: str
    label: Promise
    row: Promise
    task: str
    aside: Callable[[], QuerySet[Any]]
    late: Callable[[], QuerySet[Any]]
    back: Callable[[QuerySet[Any]], int]
    since: str
    attempts: str = "attempts"
    reason: str = "reason"
    names: tuple[str, ...] = ("pk",)
    named: Callable[[str], str] = str
    in_words: Callable[[str], str] = str
    over: Callable[[], QuerySet[Any]] | None = None
    over_reason: str | Promise = ""

    def stuck(self, limit: int) -> list[StuckRow]:
        """Rows set aside, rows that wait too long and those that came too late, oldest first."""
        found = [
            *self._rows(self.aside(), limit, is_aside=True),
            *self._rows(self.late(), limit),
            *(self._rows(self.over(), limit, is_over=True) if self.over is not None else ()),
        ]
        return sorted(found, key=lambda row: row.since)[:limit]

    def put_back(self, keys: Collection[str] | None) -> int:
        """Let rows wait again."""
        return self.back(self.aside() if keys is None else self.aside().filter(pk__in=keys))

    def _rows(
        self, found: QuerySet[Any], limit: int, *, is_aside: bool = False, is_over: bool = False
    ) -> Iterator[StuckRow]:
        columns = ("pk", self.since, self.attempts, self.reason, *self.names)
        for key, since, attempts, reason, *names in found.order_by(self.since, "pk").values_list(*columns)[:limit]:
            name = self.named(str(next(filter(None, names), key)))
            why = self.in_words(reason) if reason else str(NOBODY_CAME)
            why = f"{self.over_reason} {why}" if is_over else why
            yield StuckRow(str(key), name, since, attempts, why, is_aside=is_aside, is_over=is_over)


def _rests() -> Q:
    """Set aside, pausing, or in another worker's hands."""
    return Q(aside_at__isnull=False) | Q(next_at__gt=clock.now())


def pause(attempts: int) -> timedelta:
    """How long to wait after the last try; doubled each time up to the longest."""
    doublings = min(max(attempts - 1, 0), int(LONGEST_PAUSE / FIRST_PAUSE).bit_length())
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)


def is_out_of_time(error: Exception) -> bool:
    """Whether the worker's time is over: the row is noted, and the task ends instead of taking the next one."""
    return isinstance(error, SoftTimeLimitExceeded)


def reason_of(error: Exception) -> str:
    """What an operator reads of a fault. A program's fault gives only its kind: its words may hold what people typed."""
    if isinstance(error, UserError):
        return error.message[:300]
    kind = type(error).__name__
    if is_out_of_time(error):
        return _("Làm quá thời gian cho phép.")
    if isinstance(error, DatabaseError):
        return _("Cơ sở dữ liệu không ghi được (%(kind)s).") % {"kind": kind}
    if isinstance(error, OSError):
        return _("Kho tệp hoặc máy khác không trả lời (%(kind)s).") % {"kind": kind}
    return _("Lỗi của chương trình (%(kind)s); chi tiết trong nhật ký.") % {"kind": kind}


def stuck_rows(limit: int) -> Iterator[tuple[Sweep, list[StuckRow]]]:
    """Every sweep with what is stuck in it, those without left out."""
    for sweep in SWEEPS:
        if rows := sweep.stuck(limit):
            yield sweep, rows
