"""One small city: a group of two wards and a group of one department, with services offered from 2022 on."""

from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from accounts.enums import UnitKind
from procedures.enums import ServiceLevel
from reporting import facts, snapshot
from tests.factories import UnitFactory
from tests.reporting.events import offer, procedure


def build_city() -> SimpleNamespace:
    wards = UnitFactory(code="khoi-phuong", kind=UnitKind.GROUP, name="Khối phường", authority_code="", sort_order=20)
    offices = UnitFactory(code="khoi-phong", kind=UnitKind.GROUP, name="Khối phòng", authority_code="", sort_order=10)
    first = UnitFactory(code="phuong-1", name="UBND phường 1", group=wards, sort_order=21)
    second = UnitFactory(code="phuong-2", name="UBND phường 2", group=wards, sort_order=22)
    office = UnitFactory(code="phong-a", name="Phòng A", kind=UnitKind.DEPARTMENT, group=offices, sort_order=11)
    birth, marriage, copy, permit = (procedure() for _ in range(4))
    for ward in (first, second):
        offer(birth, ward)
        offer(marriage, ward, ServiceLevel.PARTIAL)
        offer(copy, ward, ServiceLevel.NONE)
    offer(permit, office)
    return SimpleNamespace(
        wards=wards,
        offices=offices,
        first=first,
        second=second,
        office=office,
        birth=birth,
        marriage=marriage,
        copy=copy,
        permit=permit,
    )


@pytest.fixture
def city(db):
    return build_city()


def count_within(monkeypatch):
    """Let counting run inside the transaction that is open; the real view of the data is tested with real transactions."""
    monkeypatch.setattr(snapshot, "repeatable_read", nullcontext)
    monkeypatch.setattr(facts, "repeatable_read", nullcontext)


@pytest.fixture
def one_transaction(monkeypatch):
    """Counting inside the test's own transaction."""
    count_within(monkeypatch)
