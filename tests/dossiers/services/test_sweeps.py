"""Sweeps: one bad row keeps nobody waiting, tries are counted even when workers are killed, the reason is kept, replay works."""

from datetime import timedelta

import pytest
import time_machine
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, connection

from dossiers import tasks
from dossiers.models.result import PrintedForm
from dossiers.services import printing
from portal import clock, sweeps
from portal.celery import app
from portal.errors import AwayError, UserError
from portal.models import SweepTry
from tests import houses

pytestmark = pytest.mark.django_db


@pytest.fixture
def papers(monkeypatch):
    """Three receipts without a file, and what happens when one of them is rendered."""
    house = houses.make_house()
    for _ in range(3):
        houses.received(house)
    forms = list(PrintedForm.objects.order_by("pk"))
    PrintedForm.objects.update(file=None, called_at=clock.now() - timedelta(minutes=2))
    SweepTry.objects.all().delete()
    faults = {}

    def rendered(_template, context):
        if (fault := faults.get(context.get("form"))) is not None:
            raise fault
        return "", b"%PDF-1.7"

    monkeypatch.setattr(printing.documents, "context", lambda form: {"form": form.pk})
    monkeypatch.setattr(printing, "render_pdf", rendered)
    return forms, faults


def waiting():
    return set(PrintedForm.objects.filter(file=None).values_list("pk", flat=True))


def test_one_bad_row_keeps_nobody_waiting_and_is_set_aside_with_its_reason(papers):
    forms, faults = papers
    bad = forms[0].pk
    faults[bad] = UserError("Phông chữ thiếu ký tự ꝿ.")
    assert tasks.print_missing_papers() == 2
    assert waiting() == {bad}
    for _ in range(sweeps.TRIES + 3):
        SweepTry.objects.filter(aside_at=None).update(next_at=clock.now())
        assert tasks.print_missing_papers() == 0
    row = SweepTry.objects.get()
    assert (row.attempts, row.reason) == (sweeps.TRIES, "Phông chữ thiếu ký tự ꝿ.")
    assert row.aside_at is not None
    [told] = printing.MISSING.stuck(10)
    assert (told.key, told.name, told.attempts, told.is_aside) == (str(bad), forms[0].dossier.code, sweeps.TRIES, True)
    assert told.reason == "Phông chữ thiếu ký tự ꝿ."
    faults.clear()
    assert tasks.print_missing_papers() == 0, "what is set aside waits for somebody"
    assert sweeps.replay(printing.MISSING, [str(bad)]) == 1
    assert tasks.print_missing_papers() == 1
    assert not SweepTry.objects.exists()


def test_a_row_that_failed_pauses_longer_each_time_and_takes_no_place(papers):
    forms, faults = papers
    faults[forms[0].pk] = ValueError("secret words of a citizen")
    tasks.print_missing_papers()
    row = SweepTry.objects.get()
    assert row.next_at > clock.now()
    assert "secret" not in row.reason
    assert "ValueError" in row.reason
    assert [sweeps.pause(tries).total_seconds() for tries in (1, 2, 3, 40)] == [30, 60, 120, 3600]


def test_a_worker_killed_each_time_leads_to_a_named_end(papers):
    """Nothing after the claim runs: the claim alone has counted."""
    forms, _faults = papers
    with time_machine.travel(clock.now(), tick=False) as now:
        for _ in range(sweeps.TRIES):
            assert printing.MISSING._taken(forms[0].pk)
            assert not printing.MISSING.try_one(forms[0].pk), "while one has it nobody else takes it"
            now.shift(sweeps.LEASE + timedelta(seconds=1))
        assert not printing.MISSING.try_one(forms[0].pk)
    row = SweepTry.objects.get()
    assert (row.reason, row.attempts) == (str(sweeps.LOST), sweeps.TRIES)
    assert row.aside_at is not None


def test_time_that_runs_out_is_counted_and_said(papers):
    forms, faults = papers
    faults[forms[0].pk] = SoftTimeLimitExceeded()
    with pytest.raises(SoftTimeLimitExceeded):
        printing.MISSING.try_one(forms[0].pk)
    assert SweepTry.objects.get().reason == "Làm quá thời gian cho phép."


def test_a_service_that_is_away_is_no_fault_of_the_row(papers):
    forms, faults = papers
    faults[forms[0].pk] = AwayError("nobody there")
    assert tasks.print_missing_papers() == 0
    assert not SweepTry.objects.exists()
    assert len(waiting()) == 3


def test_what_waits_long_is_told_though_nobody_ever_tried(papers):
    PrintedForm.objects.update(called_at=clock.now() - timedelta(hours=2))
    found = printing.MISSING.stuck(10)
    assert [(row.attempts, row.is_aside, row.reason) for row in found] == [(0, False, str(sweeps.NOBODY_CAME))] * 3


def test_what_was_served_in_another_way_is_forgotten(papers):
    forms, faults = papers
    faults[forms[0].pk] = ValueError()
    tasks.print_missing_papers()
    SweepTry.objects.update(aside_at=clock.now(), next_at=clock.now())
    faults.clear()
    printing.print_form(printed_form_id=forms[0].pk)
    assert printing.MISSING.stuck(10) == []
    tasks.print_missing_papers()
    assert not SweepTry.objects.exists()


def test_paper_is_made_while_no_row_is_held(papers, monkeypatch):
    inside = []
    depth = len(connection.savepoint_ids)
    monkeypatch.setattr(
        printing,
        "render_pdf",
        lambda *_: (inside.append(len(connection.savepoint_ids) - depth), ("", b"%PDF-1.7"))[1],
    )
    tasks.print_missing_papers()
    assert inside == [0, 0, 0]


def test_a_fault_of_the_database_is_said_without_its_words():
    assert sweeps.reason_of(OperationalError("SELECT secret")) == "Cơ sở dữ liệu không ghi được (OperationalError)."


def test_every_sweep_says_what_the_page_needs():
    for sweep in sweeps.SWEEPS:
        assert str(sweep.label)
        assert str(sweep.row)
        assert sweep.stuck(1) == []
        assert sweep.put_back(None) == 0
        assert sweep.task in app.tasks, "what a replay calls"
    codes = {sweep.code for sweep in sweeps.SWEEPS}
    assert {"papers", "draft_files", "draft_numbers", "scans", "outbox_email", "outbox_sms", "outbox_inapp"} <= codes
