"""The files of the demo catalogue say what the issue asks for, and load the same twice."""

import json
from datetime import date
from decimal import Decimal

import pytest

from accounts.enums import UnitKind
from accounts.models import OrgUnit
from procedures import fees, formspec, limits, queries, routes, seeds
from procedures.enums import Channel, ServiceLevel, StepKind
from procedures.models import LimitRule, OnlineOffering, Procedure, Revision
from tests.factories import UnitFactory

SHEETS = [
    json.loads(path.read_text())
    for path in sorted(seeds.FOLDER.glob("*.json"))
    if path.name not in seeds.NOT_PROCEDURES
]
FORMS = sorted(path.stem for path in (seeds.FOLDER / "forms").glob("*.json"))
TODAY = date(2026, 11, 23)
SEQUENCE = ["intake", "assign", "appraise", "review", "sign", "stamp", "return"]


@pytest.mark.parametrize("name", FORMS)
def test_form_of_the_catalogue_is_a_valid_spec(name):
    spec = formspec.load(seeds.form_spec(name))
    assert spec.owner is not None
    assert len(spec.steps) <= 7


def test_catalogue_holds_five_forms_and_at_least_fifteen_procedures():
    current = [sheet["revisions"][-1] for sheet in SHEETS]
    assert len(SHEETS) >= 15
    assert sorted(revision["form"] for revision in current if revision.get("form")) == FORMS
    assert len(FORMS) >= 5


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet["code"])
def test_sheet_is_whole(sheet):
    codes = {event["slug"] for event in json.loads((seeds.FOLDER / "life_events.json").read_text())}
    assert set(sheet["life_events"]) <= codes
    for revision in sheet["revisions"]:
        cases = {case["code"] for case in revision.get("cases", [])} | {""}
        for part in ("results", "legal_basis", "what_you_get", "limits"):
            assert revision[part], part
        for row in [*revision["papers"], *revision["fees"], *revision["limits"]]:
            assert row.get("case", "") in cases
        papers = [(paper.get("case", ""), paper["code"]) for paper in revision["papers"]]
        assert len(papers) == len(set(papers))


# The head of the economic department signs the certificate of a household business: nobody above signs it again.
SIGNED_BY_THE_DEPARTMENT = {"ba_ngay_kinh_doanh_phong"}


@pytest.mark.parametrize("name", list(json.loads((seeds.FOLDER / "routes.json").read_text())))
def test_route_has_the_seven_kinds_of_steps(name):
    route = json.loads((seeds.FOLDER / "routes.json").read_text())[name]
    left_out = {StepKind.SIGN} if name in SIGNED_BY_THE_DEPARTMENT else set()
    done = [step["kind"] for step in route if step["kind"] != StepKind.CONSULT]  # asked beside the appraisal
    assert done == [kind for kind in SEQUENCE if kind not in left_out]


@pytest.mark.django_db
@pytest.mark.slow
def test_the_house_permit_asks_a_department_and_another_authority_beside_the_appraisal(city):
    seeds.load()
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


@pytest.fixture
def city():
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
    return ward


@pytest.mark.django_db
@pytest.mark.slow
def test_loading_twice_adds_nothing_and_serves_today_and_2022(city):
    first = seeds.load()
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


@pytest.mark.django_db
@pytest.mark.slow
def test_every_offering_of_today_has_a_revision_a_limit_and_a_route(city):
    seeds.load()
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


@pytest.mark.django_db
@pytest.mark.slow
def test_limits_in_the_day_are_told_and_counted_alike(city):
    seeds.load()
    rows = [row for row in LimitRule.objects.all() if "trong ngày" in row.text.lower()]
    assert len({row.revision.procedure.code for row in rows}) == 6
    assert {row.unit for row in rows} == {"same_day"}
    assert all(row.text == row.revision.time_limit_text for row in rows)


@pytest.mark.django_db
@pytest.mark.slow
def test_closed_unit_serves_nothing_today(city):
    seeds.load()
    old = OrgUnit.objects.get(code="p-cu")
    assert OnlineOffering.objects.filter(unit=old).exists()
    assert not queries.for_unit(old, TODAY).exists()
    assert queries.for_unit(old, date(2022, 9, 30)).count() == 10


@pytest.mark.django_db
@pytest.mark.slow
def test_residence_fee_is_lower_online(city):
    seeds.load()
    revision = Revision.objects.get(procedure__code="1.004194")
    rules = revision.fees.all()
    online, desk = (fees.due(rules, fees.FeeBasis("ca-nhan", way, TODAY)) for way in (Channel.ONLINE, Channel.DESK))
    assert (online.amount, desk.amount) == (7000, 15000)
    poor = fees.due(rules, fees.FeeBasis("ca-nhan", Channel.DESK, TODAY, counted=fees.Counted(subject="poor")))
    assert (poor.amount, poor.lines[0].full, poor.lines[0].reason) == (0, 15000, "người thuộc hộ nghèo")
    assert limits.limit_for(revision.limits.all(), "", Channel.ONLINE).value == Decimal(3)


@pytest.mark.django_db
@pytest.mark.slow
def test_applicants_check_birth_certificates_and_must_confirm_their_marital_status(city):
    seeds.load()
    checked = {
        code: queries.current_revision(Procedure.objects.get(code=code), TODAY).draft_check
        for code in ("1.001193", "1.004873", "1.001612")
    }
    assert checked == {"1.001193": "silence", "1.004873": "confirm", "1.001612": "none"}
