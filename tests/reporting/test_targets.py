"""Plans of targets by command: dry by default, versions on change, one sentence per mistake, nothing half-written."""

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.enums import Role
from portal.clock import Month
from reporting.enums import PlanState
from reporting.models import Target, TargetPlan
from reporting.queries import Targets, board_units
from reporting.seeds import PLANS
from reporting.targets import COLUMNS
from tests.factories import MembershipFactory

pytestmark = pytest.mark.unit
TWO = ("--entered-by", "mot@noi-vu.example", "--in-force-by", "hai@noi-vu.example")


@pytest.fixture(autouse=True)
def _two_people(request):
    if "city" in request.fixturenames:
        city = request.getfixturevalue("city")
        for email in (TWO[1], TWO[3]):
            MembershipFactory(role=Role.HOME_AFFAIRS, unit=city.wards, user__email=email)


def plan(points, unit="khoi-phuong", **head):
    target = {
        "indicator": "online_share_all",
        "basis": "cumulative",
        "scope": {"kind": "group", "unit": unit},
        "points": points,
    }
    return {
        "plan": "Thử",
        "decision_number": "1/QĐ",
        "decided_on": "2022-08-03",
        "issuer": "UBND",
        "targets": [target],
        **head,
    }


def run(tmp_path, content, *options, name="plan.json"):
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    out, err = StringIO(), StringIO()
    call_command("import_targets", path, *options, stdout=out, stderr=err)
    return out.getvalue()


THIRTY = [{"date": "2022-09-30", "percent": 30}, {"date": "2022-10-31", "percent": 45, "derived": True}]


def test_dry_run_tells_and_writes_nothing(city, tmp_path):
    told = run(tmp_path, plan(THIRTY))
    assert "30/09/2022 Khối phường" in told
    assert "chưa có → 30.00 %" in told
    assert Target.objects.count() == 0


def test_write_is_idempotent_and_a_change_makes_a_version(city, tmp_path):
    run(tmp_path, plan(THIRTY), *TWO)
    assert "0 chỉ tiêu mới hoặc thay đổi, 2 giữ nguyên" in run(tmp_path, plan(THIRTY), *TWO)
    run(
        tmp_path,
        plan([{"date": "2022-09-30", "percent": "32,5"}], decision_number="2/QĐ", decided_on="2022-09-03"),
        *TWO,
    )
    rows = (
        Target.objects.filter(month_end="2022-09-30")
        .order_by("version")
        .values_list("version", "value", "decision_number")
    )
    assert list(rows) == [(1, Decimal("0.3000"), "1/QĐ"), (2, Decimal("0.3250"), "2/QĐ")]
    assert Target.objects.get(month_end="2022-10-31").is_derived


def test_a_file_is_kept_as_a_draft_and_one_person_does_not_do(city, tmp_path):
    assert "Đã lưu bản nháp 1/QĐ" in run(tmp_path, plan(THIRTY), *TWO[:2])
    assert (Target.objects.count(), TargetPlan.objects.get().state) == (0, PlanState.DRAFT)
    with pytest.raises(CommandError, match="người thứ hai"):
        run(tmp_path, plan(THIRTY), "--entered-by", TWO[1], "--in-force-by", TWO[1])
    with pytest.raises(CommandError, match="không phải là cán bộ Nội vụ"):
        run(tmp_path, plan(THIRTY), "--entered-by", "ai@noi-vu.example")
    assert Target.objects.count() == 0


def test_csv_with_marks_of_a_spreadsheet_is_read(city, tmp_path):
    row = "services_used,cumulative,total,,2022-09-30,60,,2139/QĐ-UBND,2022-08-03,UBND tỉnh,Vũng Tàu 2022"
    run(tmp_path, "\ufeff" + ",".join(COLUMNS) + "\n" + row, *TWO, name="plan.csv")
    assert Target.objects.get().scope_id is None


@pytest.mark.parametrize(
    "content",
    [
        plan([{"date": "2022-09-29", "percent": 30}]),
        plan([{"date": "31/09/2022", "percent": 30}]),
        plan([{"date": "2022-09-30", "percent": 130}]),
        plan([{"date": "2022-09-30", "percent": "nhiều"}]),
        plan(THIRTY, unit="khong-co"),
        plan(THIRTY, issuer=""),
        plan([*THIRTY, THIRTY[0]]),
        plan([{"date": "2022-09-30", "percent": 30}], targets=[{"indicator": "x"}]),
        "không phải json",
        {"targets": "x"},
    ],
)
def test_a_wrong_row_refuses_the_whole_file(city, tmp_path, content):
    with pytest.raises(CommandError):
        run(tmp_path, content, *TWO)
    assert Target.objects.count() == 0


def test_wrong_encoding_is_a_sentence(city, tmp_path):
    path = tmp_path / "plan.json"
    path.write_bytes("Vũng Tàu".encode("utf-16"))
    with pytest.raises(CommandError, match="UTF-8"):
        call_command("import_targets", path)


def test_own_plans_are_well_formed_json():
    plans = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(PLANS.glob("plan_*.json"))]
    assert {plan["decision_number"] for plan in plans} == {"2139/QĐ-UBND", "01/KH-UBND (mẫu)"}


@pytest.mark.parametrize(
    ("name", "values"),
    [("da_nang_2019_2020", {30, 100, 60, 50, 20}), ("quoc_gia_2022", {80, 50})],
)
def test_examples_of_other_plans_can_be_imported(city, name, values):
    file = PLANS / f"example_{name}.json"
    out = StringIO()
    call_command("import_targets", file, *TWO, stdout=out)
    assert {int(row.value * 100) for row in Target.objects.all()} == values
    assert set(Target.objects.values_list("scope_kind", flat=True)) <= {"units", "total"}
    targets = Targets.of_year(2019, board_units())
    if name.startswith("da_nang"):  # each unit has the target of every unit
        assert targets.in_force("full_services", ("unit", city.second.pk), Month(2019, 12)).value == Decimal("0.3")
