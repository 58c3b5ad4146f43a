"""The demo shows one of each of what follows a figure, and loading it twice adds nothing."""

from datetime import datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

import accounts.seeds
from accounts.models import OrgUnit
from portal.clock import VIETNAM
from reporting.models import (
    MeetingMinutes,
    Remedy,
    ReminderLetter,
    Shortfall,
    ShortfallAct,
    TargetPlan,
    TargetReceipt,
)
from tests.reporting.events import dossier, procedure

pytestmark = [pytest.mark.web, pytest.mark.django_db, pytest.mark.slow]
TABLES = (MeetingMinutes, ReminderLetter, Remedy, Shortfall, ShortfallAct, TargetPlan, TargetReceipt)


@time_machine.travel(datetime(2026, 11, 10, 9, 0, tzinfo=VIETNAM), tick=True)
def test_demo_shows_one_of_each_and_is_loaded_once(one_transaction):
    accounts.seeds.load()
    kind = procedure()
    for code in ("p-vung-tau", "p-tam-thang", "p-rach-dua"):
        ward = OrgUnit.objects.get(code=code)
        dossier(ward, kind, "2026-09-07 09:00", finished="2026-09-08 09:00")
        dossier(ward, kind, "2026-10-07 09:00", finished="2026-10-08 09:00")
    call_command("seed_reporting", stdout=StringIO())
    counted = {table.__name__: table.objects.count() for table in TABLES}
    states = set(Shortfall.objects.values_list("state", flat=True))
    assert states == {"open", "sent", "accepted"}
    assert set(ReminderLetter.objects.values_list("state", flat=True)) == {"draft", "issued"}
    assert set(Remedy.objects.values_list("state", flat=True)) == {"open", "done"}
    assert set(TargetPlan.objects.values_list("state", flat=True)) == {"draft"}
    assert min(counted.values()) > 0
    call_command("seed_reporting", stdout=StringIO())
    assert {table.__name__: table.objects.count() for table in TABLES} == counted
