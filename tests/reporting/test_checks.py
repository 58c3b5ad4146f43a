"""The nightly look at the figures: silent when all holds, a row on the page of stuck work when something does not."""

from contextlib import nullcontext

import pytest

from portal.sweeps import SWEEPS
from reporting import checks, facts
from reporting.enums import Basis
from reporting.models import DirtyMonth, FactDossier, FigureFault, Snapshot
from reporting.snapshot import compute_month, freeze_month
from reporting.tasks import check_figures
from tests.reporting.events import dossier
from tests.reporting.test_snapshot import SEPTEMBER, golden

pytestmark = [pytest.mark.unit, pytest.mark.slow]


@pytest.fixture
def counted(city, one_transaction, monkeypatch):
    monkeypatch.setattr(checks, "repeatable_read", nullcontext)
    golden(city)
    compute_month(SEPTEMBER)
    return city


def told():
    return [(row.name, row.reason) for row in SWEEPS["figures_hold"].stuck(100)]


def test_nothing_is_told_when_all_holds(counted):
    freeze_month(SEPTEMBER.previous)
    dossier(counted.first, counted.birth, "2022-08-20 09:00")
    compute_month(SEPTEMBER.previous)
    compute_month(SEPTEMBER)
    assert check_figures() == 0
    assert told() == []


@pytest.mark.parametrize("damage", ["fact", "figure", "lost figure"])
def test_what_does_not_hold_is_a_row_and_goes_when_it_holds_again(counted, damage):
    figure = Snapshot.objects.filter(indicator="online_share_all", basis=Basis.MONTH, scope_kind="total")
    if damage == "fact":
        FactDossier.objects.filter(channel=2).update(channel=1)
    elif damage == "figure":
        figure.update(numerator=1)
    else:
        figure.delete()
    assert check_figures() > 0
    names = [name for name, _reason in told()]
    if damage == "fact":
        assert any(name.startswith("#") for name in names)
    else:
        assert "2022-09 open online_share_all month total" in names
    assert any(name.startswith("2022-09 open") for name in names)
    assert FigureFault.objects.count() == len(names)
    facts.rebuild()
    compute_month(SEPTEMBER)
    assert check_figures() == 0
    assert told() == []


def test_a_list_of_a_closed_month_that_is_not_its_number_is_told(counted, monkeypatch):
    freeze_month(SEPTEMBER)
    monkeypatch.setattr(checks, "SAMPLE", 10_000)
    monkeypatch.setattr(checks, "SHOWN", 10_000)
    FactDossier.objects.filter(channel=2).update(channel=1)
    check_figures()
    assert ("2022-09 closed online_share_all month total /", "Danh sách hồ sơ không bằng con số.") in [
        (row.name, row.reason) for row in FigureFault.objects.all()
    ]


def test_a_month_that_waits_to_be_counted_is_left_alone(counted):
    Snapshot.objects.filter(indicator="online_share_all").update(numerator=0)
    DirtyMonth.objects.create(month=SEPTEMBER.first_day)
    assert check_figures() == 0
