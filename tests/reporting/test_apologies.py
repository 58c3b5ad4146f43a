"""Letters of apology in the figures: counted as such; no figure but that of the promise in force lets them make a dossier punctual."""

import pytest

from dossiers.enums import EventCode, State
from portal.clock import Month
from reporting import facts
from reporting.enums import Basis, ScopeKind
from reporting.models import FactDossier, Snapshot
from reporting.snapshot import compute_month
from tests.reporting.events import act, moment

pytestmark = pytest.mark.django_db
SEPTEMBER = Month(2022, 9)


def told(city, number, *, code, finished=None):
    """Received on the 1st for the 6th, 8 hours a day; a letter on the 5th names the 20th."""
    shared = {"dossier_id": number, "unit": city.first, "proc": city.birth, "due": "2022-09-06 17:00"}
    act(EventCode.RECEIVED, "2022-09-01 09:00", seq=1, **shared)
    if code:
        named = {"due_at": moment("2022-09-20 17:00"), "reason_code": "late_checking"}
        act(code, "2022-09-05 10:00", seq=2, state_to=State.PROCESSING, **shared, **named)
    if finished:
        after = {"due_at": moment("2022-09-20 17:00")} if code else {}
        minutes = {"minutes_used": 5000, "minutes_allowed": 1440} if finished > "2022-09-06" else {}
        act(EventCode.RESULT_ISSUED, f"{finished} 10:00", seq=3, **shared, **after, **minutes)


@pytest.fixture
def run(city, one_transaction):
    told(city, 9101, code=EventCode.REAPPOINTED, finished="2022-09-15")
    told(city, 9102, code=EventCode.REAPPOINTED_LATE, finished="2022-09-16")
    told(city, 9103, code=None, finished="2022-09-05")
    told(city, 9104, code=EventCode.REAPPOINTED)
    facts.drain()
    return lambda: compute_month(SEPTEMBER)


def figure(run, code):
    row = Snapshot.objects.get(run=run, indicator=code, basis=Basis.MONTH, scope_kind=ScopeKind.TOTAL)
    return row.numerator, row.denominator


def test_letters_in_time_and_late_are_letters(run):
    assert figure(run(), "reappointed_share") == (2, 3)
    assert FactDossier.objects.filter(reappointed_at__isnull=False).count() == 3


def test_the_first_promise_stays_the_measure(run):
    counted = run()
    assert figure(counted, "on_time_first") == (1, 4)
    assert figure(counted, "on_time_766") == (1, 4)  # and neither has the index a longer limit
    assert figure(counted, "on_time_now") == (3, 4)  # the new date too is past at the month's end


def test_the_true_time_of_an_end_changes_no_official_figure(city, one_transaction):
    """The entered time counts: a correction that was agreed to stands beside it in the ledger."""
    shared = {"dossier_id": 9106, "unit": city.first, "proc": city.birth, "due": "2022-09-06 17:00"}
    act(EventCode.RECEIVED, "2022-09-01 09:00", seq=1, **shared)
    act(EventCode.RESULT_ISSUED, "2022-09-08 10:00", seq=2, **shared)
    corrected = {"about_seq": 2, "true_at": moment("2022-09-05 10:00"), "state_to": State.DONE}
    act(EventCode.TIME_CORRECTED, "2022-09-09 10:00", seq=3, **shared, **corrected)
    facts.drain()
    fact = FactDossier.objects.get(dossier_id=9106)
    assert (fact.finished_at, fact.last_seq) == (moment("2022-09-08 10:00"), 3)
    assert figure(compute_month(SEPTEMBER), "on_time_first") == (0, 1)


def test_an_open_dossier_before_its_new_date_is_late_for_the_index_and_not_by_the_promise_in_force(
    city, one_transaction
):
    shared = {"dossier_id": 9105, "unit": city.first, "proc": city.birth, "due": "2022-09-06 17:00"}
    act(EventCode.RECEIVED, "2022-09-01 09:00", seq=1, **shared)
    named = {"due_at": moment("2022-10-20 17:00"), "reason_code": "late_checking"}
    act(EventCode.REAPPOINTED, "2022-09-05 10:00", seq=2, state_to=State.PROCESSING, **shared, **named)
    facts.drain()
    counted = compute_month(SEPTEMBER)
    assert figure(counted, "on_time_first") == (0, 1)
    assert figure(counted, "on_time_766") == (0, 1)
    assert figure(counted, "open_overdue") == (0, 1)
