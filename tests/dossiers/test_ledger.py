"""The ledger grows: each event is built once, from all columns of its version, and verified by its own version."""

from datetime import timedelta

import pytest
import time_machine

from accounts.enums import Role
from dossiers import ledger, workflow
from dossiers.models.dirty import DirtyDossier
from dossiers.models.event import DossierEvent
from dossiers.services import desk, submission
from dossiers.services.erasure import erase_text
from dossiers.services.proof import ledger as proof
from dossiers.services.proof.findings import Weight
from portal import clock
from tests import houses
from tests.dossiers.money.till import make_till, pay

OUTSIDE = {"id", "hash", "previous_hash", "recorded_at"}


def _row(version=1, **changes):
    values = dict.fromkeys(ledger.DIMENSIONS, 1) | dict.fromkeys(ledger.ACT, "x")
    for name in ledger.BLANKS:
        values.pop(name, None)
    values |= {key: value for key, value in changes.items() if key in ledger.columns_of(version)}
    act = {name: value for name, value in values.items() if name not in ledger.DIMENSIONS}
    dimensions = {name: value for name, value in values.items() if name in ledger.DIMENSIONS}
    return ledger.event_row(seq=1, previous_hash="", dimensions=dimensions, act=act, version=version)


@pytest.mark.unit
def test_columns_of_the_current_version_are_those_of_the_table():
    assert set(ledger.columns_of(ledger.CURRENT)) == {f.attname for f in DossierEvent._meta.concrete_fields} - OUTSIDE


@pytest.mark.unit
def test_a_used_version_never_changes():
    """The digest of each version's columns, written down: whoever edits the tuple breaks every event there is."""
    assert ledger.event_hash(_row(), "")[:16] == "bf5f3f400278c957"
    with_paper = _row(2, draft_id=7, draft_version=3, paper_digest="d")
    assert ledger.event_hash(with_paper, "")[:16] == "9f515008b6a21cf0"
    with_money = _row(3, payment_amount=-8000, payment_method="cash", fee_paid=0)
    assert ledger.event_hash(with_money, "")[:16] == "0945db1c30530da3"
    with_correction = _row(4, true_at=houses.WEDNESDAY_MORNING)
    assert ledger.event_hash(with_correction, "")[:16] == "cbcaa19834381e93"


@pytest.mark.unit
def test_a_column_added_later_leaves_older_events_whole(monkeypatch):
    old = _row()
    monkeypatch.setattr(ledger, "COLUMNS", {**ledger.COLUMNS, 9: (*ledger.COLUMNS[1], "weight")})
    assert ledger.event_hash({**old, "weight": None}, "") == old["hash"]
    assert ledger.event_hash({**old, "schema_version": 9, "weight": 3}, "") != ledger.event_hash(
        {**old, "schema_version": 9, "weight": 4}, ""
    )


@pytest.mark.unit
def test_builder_refuses_what_is_forgotten_or_unknown():
    with pytest.raises(LookupError, match="happened_at"):
        ledger.event_row(seq=1, previous_hash="", dimensions=dict.fromkeys(ledger.DIMENSIONS), act={"code": "received"})
    with pytest.raises(LookupError, match="colour"):
        ledger.event_row(
            seq=1,
            previous_hash="",
            dimensions=dict.fromkeys(ledger.DIMENSIONS),
            act={**dict.fromkeys(ledger.ACT, "x"), "colour": "red"},
        )
    with pytest.raises(LookupError, match="nobody acts"):
        _row(actor_role="")


@pytest.fixture
def house():
    with time_machine.travel(houses.WEDNESDAY_MORNING, tick=False):
        yield houses.make_house()


@pytest.mark.django_db
def test_event_of_an_unknown_version_is_said_to_be_so(house, monkeypatch):
    dossier = houses.received(house)
    monkeypatch.setattr(ledger, "COLUMNS", {})
    found = list(proof.chains())
    assert {finding.weight for finding in found} == {Weight.UNCHECKED}
    assert found[0].text.startswith(f"dossier {dossier.pk}: event 1 was written by a later version of the portal")


@pytest.mark.django_db
def test_every_act_leaves_a_dirty_row_in_its_own_transaction(house):
    dossier = houses.received(house)
    assert list(DirtyDossier.objects.values_list("dossier_id", flat=True)) == [dossier.pk] * 2


@pytest.mark.django_db
def test_an_act_stands_under_the_membership_that_allows_it(house):
    """A withdrawal is agreed to: each event names who drafted, who signed, who sent, and in which role."""
    dossier = houses.received(house)
    submission.request_withdrawal(dossier_id=dossier.pk, by=house.citizen, reason="Không còn cần.")
    head = house.people[Role.DESK_HEAD]
    houses.let_withdraw(house, dossier)
    events = DossierEvent.objects.filter(dossier_id=dossier.pk).order_by("seq")
    who = [(event.actor_role, event.actor_unit_id, event.actor_membership_id) for event in events]
    clerk = house.people[Role.RECEPTIONIST]
    assert who == [
        (workflow.CITIZEN, None, None),
        (Role.RECEPTIONIST, house.center.pk, clerk.memberships.get().pk),
        (workflow.CITIZEN, None, None),
        (Role.RECEPTIONIST, house.center.pk, clerk.memberships.get().pk),
        (Role.DESK_HEAD, house.center.pk, head.memberships.get().pk),
        (Role.RECEPTIONIST, house.center.pk, clerk.memberships.get().pk),
    ]


@pytest.mark.django_db
def test_facts_are_true(house):
    """No signature, no electronic result; a paper said to be reused without a file of the vault is not."""
    dossier = houses.issued(house)
    event = DossierEvent.objects.get(dossier_id=dossier.pk, code="result_issued")
    assert event.electronic_result is False
    filing = houses.counter_filing(house, papers=[desk.PaperSeen("TP1", "Giấy tờ", "reused")])
    counter = desk.receive_at_counter(by=house.people[Role.RECEPTIONIST], filing=filing)
    assert DossierEvent.objects.get(dossier_id=counter.pk).papers_reused == 0


@pytest.mark.django_db
def test_every_column_is_written_by_some_act(house):
    """Walk the acts and look for columns that never differ from their blank: a fact no act says has no place here."""
    house.party.place_code = "26506"
    house.party.save()
    with_case = houses.submitted(house, case_code="x", is_assisted=True, is_internal=True)
    houses.refuse(house, with_case, reason_code="other", reason="Thiếu căn cứ.")
    erase_text(dossier_id=with_case.pk, seq=4, by=None, reason="Theo yêu cầu.")
    dossier = houses.assigned(house)
    with time_machine.travel(houses.WEDNESDAY_MORNING + timedelta(days=1), tick=False):
        houses.asked(
            house,
            dossier,
            by=house.people[Role.OFFICER],
            items=[{"paper_code": "TP1", "name": "x", "note": "y"}],
            reason="Thiếu trang 2.",
            answer_by=clock.today() + timedelta(days=5),
        )
    with time_machine.travel(houses.WEDNESDAY_MORNING + timedelta(days=2), tick=False):
        submission.answer_supplement(dossier_id=dossier.pk, by=house.citizen, answer="Đã bổ sung.")
    pay(make_till(house), houses.received(house))
    rows = DossierEvent.objects.values(*ledger.columns_of(ledger.CURRENT))
    silent = {name for name in ledger.columns_of(ledger.CURRENT) if all(row[name] in {None, "", 0} for row in rows)}
    # these are written by acts tested elsewhere: issuing, files sent or taken out of the vault, times entered late
    assert silent <= {"electronic_result", "papers_digitised", "papers_reused", "true_at"}
