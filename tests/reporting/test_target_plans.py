"""Targets on screens: written by one, put in force by another; roadmaps; every mistake a sentence, nothing lost."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.enums import Role
from portal.clock import Month
from reporting import target_plans
from reporting.enums import PlanState
from reporting.models import Target, TargetPlan
from reporting.queries import Targets, board_units
from reporting.target_plans import ChangedPlanError, NotADraftError, PlanDecision, SamePersonError
from reporting.target_rows import Roadmap, Units, point_of
from reporting.targets import ConflictError
from tests.factories import MembershipFactory
from tests.reporting.test_views import sign_in, text_of  # noqa: F401

pytestmark = [pytest.mark.web, pytest.mark.django_db]
DECISION = PlanDecision("Vũng Tàu 2022", "2139/QĐ-UBND", date(2022, 8, 3), "UBND tỉnh", "Phòng Nội vụ")
ROW = {"indicator": "online_share_all", "basis": "cumulative", "scope_kind": "", "unit_code": "khoi-phuong"}
ASIDE = {"plan": "x", "decision_number": "1", "issuer": "x", "decided_on": "2022-01-01"}


@pytest.fixture
def two(city):
    """Two people of home affairs."""
    return [MembershipFactory(role=Role.HOME_AFFAIRS, unit=city.wards).user for _ in range(2)]


def row(month_end="30/09/2022", percent="30", **more):
    return {**ROW, "month_end": month_end, "percent": percent, **more}


def in_force(two, rows, decision=DECISION):
    plan = target_plans.save_draft(by=two[0], decision=decision, rows=rows)
    target_plans.put_in_force(by=two[1], plan_id=plan.pk, revision=plan.revision)
    return plan


def page_of(rows, act="save", **more):
    """What the page of a plan sends."""
    data = {
        "act": act,
        "revision": "0",
        "name": "Vũng Tàu 2022",
        "decision_number": "2139/QĐ-UBND",
        "decided_on": "03/08/2022",
        "issuer": "UBND tỉnh",
        "monitor": "Phòng Nội vụ",
        "dong-TOTAL_FORMS": str(len(rows)),
        "dong-INITIAL_FORMS": "0",
    }
    for place, said in enumerate(rows):
        whole = {"indicator": "online_share_all", "basis": "cumulative", "scope": "khoi-phuong", **said}
        data |= {f"dong-{place}-{name}": value for name, value in whole.items()}
    return data | more


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "ratio"),
    [
        ("30", "0.3"),
        ("72,5 %", "0.725"),
        ("72.5", "0.725"),
        ("45 %", "0.45"),
        ("100", "1"),
        ("0", "0"),
        ("33,33%", "0.3333"),
    ],
)
def test_percentages_as_people_write_them(city, text, ratio):
    assert point_of({**ASIDE, **row(percent=text)}, Units.known()).value == Decimal(ratio)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"percent": "300"}, "phải từ 0 đến 100"),
        ({"percent": "300 %"}, "phải từ 0 đến 100"),
        ({"percent": "-5"}, "phải từ 0 đến 100"),
        ({"percent": "NaN"}, "không phải là số"),
        ({"percent": "Infinity"}, "không phải là số"),
        ({"percent": "1e1"}, "không phải là số"),
        ({"percent": "=30"}, "là công thức"),
        ({"percent": "٣٠"}, "không phải là số"),
        ({"percent": "33,333"}, "hai chữ số"),
        ({"month_end": "29/09/2022"}, "không phải ngày cuối tháng"),
        ({"month_end": "31/09/2022"}, "ngày “31/09/2022” không có"),
        ({"month_end": "13/2022"}, "không có"),
        ({"unit_code": "khong-co"}, "không có đơn vị"),
        ({"unit_code": ""}, "thiếu phạm vi"),
        ({"unit_code": "phuong-1", "scope_kind": "group"}, "không phải khối đơn vị"),
        ({"indicator": "khong-co"}, "chỉ số “khong-co” không có"),
        ({"indicator": "hours_taken"}, "không phải tỷ lệ"),
        ({"indicator": "open_dossiers"}, "không phải tỷ lệ"),
        ({"basis": "week"}, "cách tính “week” không có"),
        ({"head": "=cmd|' /C calc'!A0"}, "là công thức"),
        ({"head": "x" * 201}, "dài quá"),
    ],
)
def test_wrong_rows_say_what_is_wrong(city, wrong, told):
    with pytest.raises(ValueError, match=told):
        point_of({**ASIDE, **row(), **wrong}, Units.known())


@pytest.mark.parametrize(
    ("said", "kind", "of_one"),
    [
        ({"unit_code": "khoi-phuong"}, "group", True),
        ({"unit_code": "UBND phường 1"}, "unit", True),
        ({"unit_code": "UBND phường 1 (phuong-1)"}, "unit", True),
        ({"unit_code": "Chung toàn địa bàn"}, "total", False),
        ({"unit_code": "mỗi phường, xã"}, "wards", False),
        ({"unit_code": "", "scope_kind": "Mỗi phòng chuyên môn"}, "departments", False),
        ({"unit_code": "", "scope_kind": "total"}, "total", False),
    ],
)
def test_scopes_as_people_name_them(city, said, kind, of_one):
    point = point_of({**ASIDE, **row(), **said}, Units.known())
    assert (point.scope_kind, point.scope_id is not None) == (kind, of_one)


def test_roadmap_is_written_out_and_never_passes_its_end():
    points = Roadmap(date(2022, 9, 30), Decimal("0.30"), Decimal("0.15"), Decimal("0.60")).points()
    assert points == [
        (date(2022, 9, 30), Decimal("0.30"), False),
        (date(2022, 10, 31), Decimal("0.45"), True),
        (date(2022, 11, 30), Decimal("0.60"), False),
    ]
    uneven = Roadmap(date(2022, 11, 30), Decimal("0.5"), Decimal("0.2"), Decimal(1), 3).points()
    assert [(day.isoformat(), value) for day, value, _derived in uneven] == [
        ("2022-11-30", Decimal("0.5")),
        ("2023-02-28", Decimal("0.7")),
        ("2023-05-31", Decimal("0.9")),
        ("2023-08-31", Decimal(1)),
    ]
    falling = Roadmap(date(2022, 9, 30), Decimal("0.1"), Decimal("-0.05"), Decimal(0)).points()
    assert [value for _day, value, _derived in falling] == [Decimal("0.1"), Decimal("0.05"), Decimal(0)]
    for step in (Decimal(0), Decimal("-0.1"), Decimal("0.0001")):
        with pytest.raises(ValueError):
            Roadmap(date(2022, 9, 30), Decimal("0.3"), step, Decimal("0.6")).points()


# ── two people ───────────────────────────────────────────────────────────────────────────────────


def test_nothing_counts_before_a_second_person_says_so(city, two):
    plan = target_plans.save_draft(by=two[0], decision=DECISION, rows=[row()])
    assert not Target.objects.exists()
    with pytest.raises(SamePersonError, match="Bạn đã nhập"):
        target_plans.put_in_force(by=two[0], plan_id=plan.pk, revision=plan.revision)
    target_plans.put_in_force(by=two[1], plan_id=plan.pk, revision=plan.revision)
    target = Target.objects.get()
    assert (target.value, target.came_with_id, target.monitor, target.version) == (
        Decimal("0.3"),
        plan.pk,
        "Phòng Nội vụ",
        1,
    )
    with pytest.raises(NotADraftError):
        target_plans.put_in_force(by=two[1], plan_id=plan.pk, revision=plan.revision)
    with pytest.raises(NotADraftError):
        target_plans.save_draft(by=two[0], decision=DECISION, rows=[], plan_id=plan.pk, revision=plan.revision)


def test_whoever_changed_a_draft_is_no_second_person(city, two):
    plan = target_plans.save_draft(by=two[0], decision=DECISION, rows=[row()])
    plan = target_plans.save_draft(by=two[1], decision=DECISION, rows=[row(percent="31")], plan_id=plan.pk, revision=1)
    with pytest.raises(SamePersonError):
        target_plans.put_in_force(by=two[1], plan_id=plan.pk, revision=plan.revision)
    with pytest.raises(ChangedPlanError):
        target_plans.put_in_force(by=MembershipFactory().user, plan_id=plan.pk, revision=1)


def test_a_later_decision_is_a_version_and_an_older_one_is_told(city, two):
    in_force(two, [row(), row("31/10/2022", "45")])
    later = PlanDecision("Điều chỉnh", "99/QĐ", date(2022, 10, 1), "UBND tỉnh")
    in_force(two, [row("31/10/2022", "40")], later)
    versions = Target.objects.filter(month_end="2022-10-31").order_by("version").values_list("version", "value")
    assert list(versions) == [(1, Decimal("0.45")), (2, Decimal("0.40"))]
    for day, told in ((date(2022, 9, 1), "mới hơn"), (date(2022, 10, 1), "hai văn bản cùng ngày")):
        with pytest.raises(ConflictError, match=told):
            in_force(two, [row("31/10/2022", "50")], PlanDecision("Cũ", "1/QĐ", day, "UBND tỉnh"))
    targets = Targets.of_year(2022, board_units())
    scope = ("group", city.wards.pk)
    assert targets.in_force("online_share_all", scope, Month(2022, 12)).value == Decimal("0.40")


@pytest.mark.parametrize("change", ["update", "delete", "truncate"])
@pytest.mark.parametrize("model", [Target, TargetPlan])
def test_database_refuses_to_change_targets_and_their_plans(city, two, model, change):
    in_force(two, [row()])
    in_force(two, [row(percent="35")], PlanDecision("Điều chỉnh", "99/QĐ", date(2022, 10, 1), "UBND tỉnh"))
    for version in model.objects.all():
        with pytest.raises(DatabaseError), transaction.atomic():
            if change == "update":
                model.objects.filter(pk=version.pk).update(decision_number="khác")
            elif change == "delete":
                model.objects.filter(pk=version.pk).delete()
            else:
                with connection.cursor() as cursor:
                    cursor.execute(f"TRUNCATE {model._meta.db_table} CASCADE")


def test_database_refuses_one_person_for_both(city, two):
    with pytest.raises(IntegrityError), transaction.atomic():
        TargetPlan.objects.create(
            name="x",
            decision_number="1",
            decided_on="2022-01-01",
            issuer="x",
            entered_by=two[0],
            in_force_by=two[0],
            in_force_at="2022-01-01T00:00:00Z",
            state=PlanState.IN_FORCE,
        )


def test_a_unit_without_its_own_target_has_that_of_its_kind(city, two):
    rows = [
        {**ROW, "unit_code": "mỗi phường, xã", "month_end": "9/2022", "percent": "30"},
        {**ROW, "unit_code": "mỗi đơn vị", "month_end": "9/2022", "percent": "20"},
        {**ROW, "unit_code": "phuong-2", "month_end": "9/2022", "percent": "35"},
    ]
    in_force(two, rows)
    targets = Targets.of_year(2022, board_units())

    def value(unit):
        return targets.in_force("online_share_all", ("unit", unit.pk), Month(2022, 9)).value * 100

    assert [value(unit) for unit in (city.first, city.second, city.office)] == [30, 35, 20]
    assert targets.in_force("online_share_all", ("group", city.wards.pk), Month(2022, 9)) is None


# ── pages ────────────────────────────────────────────────────────────────────────────────────────


def test_a_plan_by_roadmap_is_written_altered_saved_and_put_in_force_by_the_second(city, sign_in, client):  # noqa: F811
    sign_in()
    way = {
        "lt-indicator": "online_share_all",
        "lt-basis": "cumulative",
        "lt-scope": "khoi-phuong",
        "lt-first": "9/2022",
        "lt-start": "30",
        "lt-step": "+15",
        "lt-every": "1",
        "lt-end": "60",
    }
    written = client.post("/so-lieu/chi-tieu/moi/", page_of([], "roadmap", **way))
    assert written.status_code == 200
    page = written.content.decode()
    assert not TargetPlan.objects.exists()
    assert all(f'value="{value}"' in page for value in ("30/09/2022", "45", "60", "30/11/2022", "2139/QĐ-UBND"))
    rows = [{"month_end": day, "percent": value} for day, value in (("30/09/2022", "30"), ("31/10/2022", "44"))]
    saved = client.post("/so-lieu/chi-tieu/moi/", page_of(rows))
    plan = TargetPlan.objects.get()
    assert saved.status_code == 302
    told = text_of(client.get(saved.url))
    assert "người thứ hai của Nội vụ" in told
    refused = client.post(f"/so-lieu/chi-tieu/{plan.pk}/ap-dung/", {"revision": "1"}, follow=True)
    assert "không tự đưa vào áp dụng được" in text_of(refused)
    sign_in()
    assert "Đã kiểm tra, đưa vào áp dụng" in text_of(client.get(f"/so-lieu/chi-tieu/{plan.pk}/"))
    done = client.post(f"/so-lieu/chi-tieu/{plan.pk}/ap-dung/", {"revision": "1"}, follow=True)
    assert "Đã áp dụng 2 chỉ tiêu" in text_of(done)
    assert sorted(Target.objects.values_list("value", flat=True)) == [Decimal("0.30"), Decimal("0.44")]
    assert "44,0 %" in text_of(client.get("/so-lieu/chi-tieu/?nam=2022")).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([{"month_end": "30/09/2022", "percent": "300"}], "phải từ 0 đến 100"),
        ([{"month_end": "30/09/2022", "percent": "NaN"}], "không phải là số"),
        ([{"month_end": "29/09/2022", "percent": "30"}], "không phải ngày cuối tháng"),
        ([{"month_end": "30/09/2022", "percent": "30", "scope": "nơi nào đó"}], "không có đơn vị"),
        ([{"month_end": "30/09/2022", "percent": "30"}] * 2, "giao lại mốc của dòng 1"),
    ],
)
def test_a_mistake_gets_a_sentence_and_loses_nothing(city, sign_in, rows, told):  # noqa: F811
    answer = sign_in().post("/so-lieu/chi-tieu/moi/", page_of(rows))
    assert answer.status_code == 400
    assert told in text_of(answer).lower()
    page = answer.content.decode()
    assert all(f'value="{value}"' in page for row in rows for value in row.values())
    assert 'value="2139/QĐ-UBND"' in page
    assert not TargetPlan.objects.exists()


def test_the_second_of_two_tabs_keeps_what_was_typed(city, two, sign_in):  # noqa: F811
    plan = target_plans.save_draft(by=two[0], decision=DECISION, rows=[row()])
    client = sign_in()
    first = page_of([{"month_end": "30/09/2022", "percent": "31"}], revision="1")
    assert client.post(f"/so-lieu/chi-tieu/{plan.pk}/", first).status_code == 302
    second = client.post(
        f"/so-lieu/chi-tieu/{plan.pk}/", page_of([{"month_end": "30/09/2022", "percent": "32"}], revision="1")
    )
    assert second.status_code == 409
    assert 'value="32"' in second.content.decode()
    plan.refresh_from_db()
    assert plan.rows[0]["percent"] == "31"


def test_a_dropped_draft_stays_readable(city, two, sign_in):  # noqa: F811
    plan = target_plans.save_draft(by=two[0], decision=DECISION, rows=[row()])
    client = sign_in()
    client.post(f"/so-lieu/chi-tieu/{plan.pk}/bo/", {"revision": "1"})
    assert "đã bỏ" in text_of(client.get(f"/so-lieu/chi-tieu/{plan.pk}/"))
    assert not Target.objects.exists()
