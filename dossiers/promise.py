"""A promise of a due time, frozen: when it is made, and how it reads back from what was stored. Pure; no database.

Made by dossiers.services.segments when a clock starts, goes on or is moved; put into words by dossiers.explaining. What
is stored names its version; a version once used is read for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from portal import worktime
from portal.worktime import Explanation, ExplanationKind, Limit, WorkCalendar

VERSION = 1
NAMED_VERSION = 2  # the first that knows promises named by a letter of apology
KNOWN = frozenset({VERSION, NAMED_VERSION})


class PromiseBasis(StrEnum):
    """How a due time came about, or why there is none."""

    COUNTED = "counted"  # the whole limit from a start
    SHIFTED = "shifted"  # the due time before, and the working time the clock stood
    NAMED = "named"  # a letter of apology names it
    NO_LIMIT = "no_limit"  # the sheet gives no number a clock can count
    WAITING = "waiting"  # the clock has not begun, or it stands


class UnknownPromiseError(LookupError):
    """A promise was stored by a later version of this software, in a form not known here."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A due time (or none), the working minutes up to it, and what to store of its making."""

    due_at: datetime | None
    minutes: int | None
    explanation: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Move:
    """That a change of the calendar moved a promise: when, from which due time, which change."""

    at: datetime
    due_before: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Naming:
    """That a letter of apology named a promise: when, instead of which due time, how much of that was left (below nought: late)."""

    at: datetime
    due_before: datetime
    left: int


@dataclass(frozen=True, slots=True)
class Told:
    """A stored promise, read back."""

    basis: PromiseBasis
    lines: tuple[Explanation, ...]
    cutoff: str
    move: Move | None
    naming: Naming | None = None


def counted(received: datetime, limit: Limit, cal: WorkCalendar, *, use_cutoff: bool) -> Promise:
    """Promise the whole limit from a start."""
    lines = worktime.explain(received, limit, cal, use_cutoff=use_cutoff)
    begin = worktime.start(received, cal, use_cutoff=use_cutoff)
    return _promise(PromiseBasis.COUNTED, begin, lines, cal, use_cutoff=use_cutoff)


def shifted(due_at: datetime, stopped_at: datetime, resumed_at: datetime, cal: WorkCalendar) -> Promise:
    """Promise the due time before, moved by the working time the clock stood."""
    lines = worktime.explain_shift(due_at, stopped_at, resumed_at, cal)
    return _promise(PromiseBasis.SHIFTED, cal.local(resumed_at), lines, cal, use_cutoff=False)


def moved(promise: Promise, *, at: datetime, due_before: datetime, why: str, cal: WorkCalendar) -> Promise:
    """The same promise as one that a change of the calendar moved later; its minutes are those still left."""
    if promise.due_at is None:
        return promise
    told = {"at": at.isoformat(), "due_before": due_before.isoformat(), "why": why}
    explanation = {**promise.explanation, "moved": told, "from": cal.local(at).isoformat()}
    return Promise(promise.due_at, worktime.spent(at, promise.due_at, cal), explanation)


def named(due_at: datetime, *, at: datetime, due_before: datetime, cal: WorkCalendar) -> Promise:
    """Promise what a letter of apology says; what was left of the promise before it is kept, since law gives no more than that."""
    told = {"at": at.isoformat(), "due_before": due_before.isoformat(), "left": worktime.left(at, due_before, cal)}
    lines = [Explanation(ExplanationKind.DUE, cal.local(due_at))]
    made = _promise(PromiseBasis.NAMED, cal.local(at), lines, cal, use_cutoff=False)
    return Promise(made.due_at, made.minutes, {**made.explanation, "version": NAMED_VERSION, "named": told})


def without(basis: PromiseBasis) -> Promise:
    """No due time, and why."""
    return Promise(None, None, {"version": VERSION, "basis": basis.value, "lines": []})


def read(explanation: Mapping[str, Any]) -> Told:
    """Read a stored promise back. Raises UnknownPromiseError."""
    if explanation.get("version") not in KNOWN:
        raise UnknownPromiseError(f"promise of version {explanation.get('version')!r}")
    told, naming = explanation.get("moved"), explanation.get("named")
    return Told(
        basis=PromiseBasis(explanation["basis"]),
        lines=tuple(_line(line) for line in explanation["lines"]),
        cutoff=explanation.get("cutoff") or "",
        move=_move(told) if told else None,
        naming=_naming(naming) if naming else None,
    )


def runs_from(explanation: Mapping[str, Any]) -> datetime | None:
    """From when the working time of a promise is counted; None for no promise."""
    text = explanation.get("from")
    return datetime.fromisoformat(text) if text else None


def _promise(
    basis: PromiseBasis, begin: datetime, lines: list[Explanation], cal: WorkCalendar, *, use_cutoff: bool
) -> Promise:
    due_at = lines[-1].at
    explanation = {
        "version": VERSION,
        "basis": basis.value,
        "from": begin.isoformat(),
        "cutoff": f"{cal.cutoff:%H:%M}" if use_cutoff and cal.cutoff else None,
        "hours": _hours(min(begin, due_at), due_at, cal),
        "lines": [_stored(line) for line in lines],
    }
    return Promise(due_at, worktime.spent(begin, due_at, cal), explanation)


def _hours(first: datetime, last: datetime, cal: WorkCalendar) -> dict[str, Any]:
    """The opening hours used: by weekday, and of each day in the span that had hours of its own."""
    week = {str(day): _windows(windows) for day, windows in sorted(cal.weekly.items()) if windows}
    span = range((last.date() - first.date()).days + 1)
    days = (first.date() + timedelta(days=number) for number in span)
    own = {day.isoformat(): _windows(cal.extra_days[day]) for day in days if day in cal.extra_days}
    return {"week": week, "days": own}


@lru_cache(maxsize=256)
def _windows(windows: tuple[worktime.Window, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((f"{window.start:%H:%M}", f"{window.end:%H:%M}") for window in windows)


def _stored(line: Explanation) -> dict[str, Any]:
    row: dict[str, Any] = {"kind": line.kind.value, "at": line.at.isoformat()}
    if line.days:
        row |= {"days": [day.isoformat() for day in line.days], "names": list(line.names)}
    if line.minutes:
        row["minutes"] = line.minutes
    return row


def _line(row: Mapping[str, Any]) -> Explanation:
    return Explanation(
        ExplanationKind(row["kind"]),
        datetime.fromisoformat(row["at"]),
        tuple(date.fromisoformat(day) for day in row.get("days", ())),
        tuple(row.get("names", ())),
        row.get("minutes", 0),
    )


def beyond_law(explanation: Mapping[str, Any], minutes: int | None) -> int:
    """Working minutes that a letter of apology promises beyond what law had left; 0 for any other promise."""
    told = explanation.get("named")
    return (minutes or 0) - told["left"] if told else 0


def opens_count(explanation: Mapping[str, Any]) -> bool:
    """Tell whether a promise gives a whole limit, and not what was left of one before it."""
    return explanation.get("basis") == PromiseBasis.COUNTED and "moved" not in explanation


def _naming(row: Mapping[str, Any]) -> Naming:
    return Naming(datetime.fromisoformat(row["at"]), datetime.fromisoformat(row["due_before"]), row["left"])


def _move(row: Mapping[str, str]) -> Move:
    return Move(datetime.fromisoformat(row["at"]), datetime.fromisoformat(row["due_before"]), row["why"])
