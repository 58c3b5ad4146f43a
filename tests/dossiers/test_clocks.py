"""Time left as pages show it: past the due time it is late, also while the office is closed."""

from datetime import datetime, time

import pytest

from dossiers import clocks
from portal.clock import VIETNAM
from portal.worktime import Window, WorkCalendar

OFFICE = WorkCalendar(dict.fromkeys(range(1, 6), (Window(time(7, 30), time(11, 30)), Window(time(13), time(17)))))
FRIDAY_EVENING = datetime(2026, 11, 27, 17, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("now", "left"),
    [
        (datetime(2026, 11, 27, 16, tzinfo=VIETNAM), 60),
        (FRIDAY_EVENING, 0),
        (datetime(2026, 11, 28, 9, tzinfo=VIETNAM), -1),
        (datetime(2026, 11, 30, 7, 30, tzinfo=VIETNAM), -1),
        (datetime(2026, 11, 30, 8, 30, tzinfo=VIETNAM), -60),
    ],
)
def test_a_closed_office_makes_nothing_less_late(now, left):
    assert clocks.minutes_left(now, FRIDAY_EVENING, OFFICE) == left


def test_without_a_due_time_or_a_calendar_nothing_is_said():
    assert clocks.minutes_left(FRIDAY_EVENING, None, OFFICE) is None
    assert clocks.minutes_left(FRIDAY_EVENING, FRIDAY_EVENING, None) is None
