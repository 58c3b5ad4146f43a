"""The demo catalogue, loaded once for all tests here: loads the same twice, serves today and 2022, limits and fees as it says."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.enums import UnitKind
from accounts.models import OrgUnit
from procedures import fees, limits, queries, routes, seeds
from procedures.enums import Channel, ServiceLevel, StepKind
from procedures.models import LimitRule, OnlineOffering, Procedure, Revision
from tests.factories import UnitFactory
from tests.procedures.test_demo_catalogue import SHEETS, TODAY
from tests.shared import rows_of_a_module

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    with rows_of_a_module(django_db_blocker):
        ward = UnitFactory(code="p-nay", name="UBND phường Nay", valid_from=date(2025, 7, 1))
        for place, name in enumerate(
            ["Văn phòng HĐND và UBND", "Phòng Kinh tế, Hạ tầng và Đô thị", "Phòng Văn hóa - Xã hội"]
        ):
            UnitFactory(
                code=f"p-nay-{place}", name=name, kind=UnitKind.DEPARTMENT, parent=ward, valid_from=date(2025, 7, 1)
            )
        old = {"valid_from": date(2004, 1, 1), "valid_to": date(2025, 6, 30)}
        UnitFactory(code="p-cu", name="UBND phường Cũ", **old)
        town = UnitFactory(code="tp-cu", name="UBND thành phố Cũ", kind=UnitKind.CITY, **old)
        for code, name in [("qldt", "Phòng Quản lý đô thị"), ("tp", "Phòng Tư pháp"), ("nv", "Phòng Nội vụ")]:
            UnitFactory(code=code, name=name, kind=UnitKind.DEPARTMENT, parent=town, **old)
        first = seeds.load()
        with django_db_blocker.block():
            yield ward.pk, first


@pytest.fixture
def city(loaded, db):
    return OrgUnit.objects.get(pk=loaded[0])


def test_the_house_permit_asks_a_department_and_another_authority_beside_the_appraisal(city):
    revision = queries.current_revision(Procedure.objects.get(code="1.013225"), TODAY)
    for case in ("nha-o", "cong-trinh"):
        limit = limits.limit_for(revision.limits.all(), case, Channel.DESK)
        route = limits.route_for(revision.route.all(), limit)
        appraisal, culture, heritage = (step for step in route if step.after == (2,))
        assert [step.kind for step in (appraisal, culture, heritage)] == ["appraise", "consult", "consult"]
        assert (culture.asks, culture.silence_agrees, heritage.silence_agrees) == ("văn hóa", False, True)
        assert culture.shows == heritage.shows == ("TP03",)
        assert routes.at(route, 6).after == (3, 4, 5)
        assert max(culture.hours, heritage.hours) <= appraisal.hours  # the answers come before the appraisal must end
        assert limits.longest(route) == 56  # seven working days, of both cases


def test_loading_twice_adds_nothing_and_serves_today_and_2022(loaded, city):
    _ward, first = loaded
    assert first["procedures"] == len(SHEETS)
    again = seeds.load()
    assert not any(again.values())
    assert queries.offering_on(Procedure.objects.get(code="1.001193"), city, TODAY).level == ServiceLevel.FULL
    trade = queries.offering_on(Procedure.objects.get(code="1.001612"), city, TODAY)
    assert trade.department.name == "Phòng Kinh tế, Hạ tầng và Đô thị"
    building = OrgUnit.objects.get(code="qldt")
    old_permit = Procedure.objects.get(code="1.009994")
    assert queries.offering_on(old_permit, building, date(2022, 9, 30)).level == ServiceLevel.PARTIAL
    assert queries.offering_on(old_permit, building, TODAY) is None
    assert queries.current_revision(old_permit, date(2022, 9, 30)) is not None
    assert queries.current_revision(old_permit, TODAY) is None
    assert old_permit.replaced_by.code == "1.013225"


def test_every_offering_of_today_has_a_revision_a_limit_and_a_route(city):
    offered = list(queries.for_unit(city, TODAY))
    assert len(offered) == 18
    for offering in offered:
        revision = queries.current_revision(offering.procedure_id, TODAY)
        case = revision.cases[0]["code"] if revision.cases else ""
        limit = limits.limit_for(revision.limits.all(), case, Channel.DESK)
        assert limit is not None, offering.procedure.code
        route = limits.route_for(revision.route.all(), limit)
        done = [step for step in route if step.kind != StepKind.CONSULT]
        assert len(done) == (6 if offering.procedure.code == "1.001612" else 7)
        assert limits.longest(route) <= limits.working_hours(limit)
        if offering.level != ServiceLevel.NONE:
            assert revision.form_spec is not None


def test_limits_in_the_day_are_told_and_counted_alike(city):
    rows = [row for row in LimitRule.objects.all() if "trong ngày" in row.text.lower()]
    assert len({row.revision.procedure.code for row in rows}) == 6
    assert {row.unit for row in rows} == {"same_day"}
    assert all(row.text == row.revision.time_limit_text for row in rows)


def test_closed_unit_serves_nothing_today(city):
    old = OrgUnit.objects.get(code="p-cu")
    assert OnlineOffering.objects.filter(unit=old).exists()
    assert not queries.for_unit(old, TODAY).exists()
    assert queries.for_unit(old, date(2022, 9, 30)).count() == 10


def test_residence_fee_is_lower_online(city):
    revision = Revision.objects.get(procedure__code="1.004194")
    rules = revision.fees.all()
    online, desk = (fees.due(rules, fees.FeeBasis("ca-nhan", way, TODAY)) for way in (Channel.ONLINE, Channel.DESK))
    assert (online.amount, desk.amount) == (7000, 15000)
    poor = fees.due(rules, fees.FeeBasis("ca-nhan", Channel.DESK, TODAY, counted=fees.Counted(subject="poor")))
    assert (poor.amount, poor.lines[0].full, poor.lines[0].reason) == (0, 15000, "người thuộc hộ nghèo")
    assert limits.limit_for(revision.limits.all(), "", Channel.ONLINE).value == Decimal(3)


def test_applicants_check_birth_certificates_and_must_confirm_their_marital_status(city):
    checked = {
        code: queries.current_revision(Procedure.objects.get(code=code), TODAY).draft_check
        for code in ("1.001193", "1.004873", "1.001612")
    }
    assert checked == {"1.001193": "silence", "1.004873": "confirm", "1.001612": "none"}
