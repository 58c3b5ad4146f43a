"""The ladder of warnings as arithmetic: when each rung of a promise is reached, and which one speaks for several. No query.

Asked by the sweep that climbs it (dossiers.services.ladder).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from dossiers import lateness
from dossiers.enums import Rung
from dossiers.lateness import WORKING_DAY, Count
from portal import clock
from portal.worktime import WorkCalendar
from procedures.enums import ClockName

# The most urgent last: of what is reached at once the last one is told, and stands for the others.
ORDER = (Rung.HALF, Rung.MOST, Rung.SUPPLEMENT, Rung.ASK, Rung.LETTER, Rung.INTAKE, Rung.DUE, Rung.LATE)


@dataclass(frozen=True, slots=True)
class RungAt:
    """A rung and when it is reached."""

    rung: Rung
    at: datetime


def of_count(count: Count, name: str, cal: WorkCalendar, *, last_to_ask: date | None = None) -> list[RungAt]:
    """The rungs of what a clock counts down now, in the order of time.

    `last_to_ask`: the last day on which the dossier should be asked for more, while it may be. What a letter of apology promised
    has only its end: nobody is asked a second time.
    """
    if name == ClockName.ACCEPT:
        return [RungAt(Rung.INTAKE, count.when_left(count.total // 4, cal))]
    found = [RungAt(Rung.DUE, _due(count, cal)), RungAt(Rung.LATE, count.due_at)]
    if not count.is_apology:
        found += [
            RungAt(Rung.HALF, count.when_left(count.total - count.total // 2, cal)),
            RungAt(Rung.MOST, count.when_left(count.total // 5, cal)),
        ]
    if not count.has_letter:
        found += [
            RungAt(Rung.ASK, lateness.ask_at(count, cal)),
            RungAt(Rung.LETTER, lateness.send_by(count, cal)),
        ]
    if last_to_ask is not None:
        found.append(RungAt(Rung.SUPPLEMENT, cal.opening(last_to_ask)))
    return sorted(found, key=lambda one: (one.at, ORDER.index(one.rung)))


def _due(count: Count, cal: WorkCalendar) -> datetime:
    """When a dossier counts as due: at the opening of its day, for limits of hours an eighth of them before."""
    day = clock.local(count.due_at).date()
    nearly = count.when_left(min(WORKING_DAY, count.total // 8), cal)
    return max(min(cal.opening(day), count.due_at), nearly) if cal.is_workday(day) else nearly


def loudest(rungs: Iterable[Rung]) -> Rung:
    """The rung that is told when several are reached at once."""
    return max(rungs, key=ORDER.index)
