"""What keeps a route from being published, each fault on its own; and that the routes there are have none."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from accounts.enums import Role
from portal.errors import UserError
from portal.worktime import Limit, LimitUnit
from procedures import limits, seeds, services
from procedures.enums import RevisionState, StepKind, StepPlace
from procedures.models import LimitRule, Revision, RouteStep
from procedures.route_check import faults
from tests.procedures.factories import RevisionFactory

THREE_DAYS = Limit(Decimal(3), LimitUnit.WORKING_DAY)
DEFAULT = limits.default_route()
# Appraisal (3) beside a question to another unit (4), joined by the review (5).
ASKING = (
    *(replace(step, hours=Decimal(2)) for step in DEFAULT[:3]),
    limits.Step(
        4, StepKind.CONSULT, "Hỏi", Role.CONSULTED, StepPlace.OTHER, Decimal(8), (2,), "văn hóa", silence_agrees=True
    ),
    replace(DEFAULT[3], position=5, after=(3, 4)),
    *(replace(step, position=step.position + 1, after=(step.position,)) for step in DEFAULT[4:]),
)


def _with(route, place, /, **changes):
    return tuple(replace(step, **changes) if step.position == place else step for step in route)


def _without(route, *kinds):
    """The route without steps of these kinds, closed up."""
    left = [step for step in route if step.kind not in kinds]
    return tuple(
        replace(step, position=place, after=(place - 1,) if place > 1 else ()) for place, step in enumerate(left, 1)
    )


@pytest.mark.parametrize("route", [(), DEFAULT, ASKING, _without(DEFAULT, StepKind.SIGN)])
def test_a_whole_route_has_no_fault(route):
    assert faults(route, [THREE_DAYS]) == []


@pytest.mark.parametrize(
    ("route", "sentence"),
    [
        (_with(DEFAULT, 3, kind="draft_sign"), "Bước 3 “Thẩm định”: loại bước không dùng được trong quy trình."),
        (_with(DEFAULT, 5, role=Role.CASHIER), "Vai trò làm được: lãnh đạo ký."),
        (_with(DEFAULT, 5, role="captain"), "Bước 5 “Ký”: vai trò không làm được bước này."),
        (_with(DEFAULT, 3, place="moon"), "Bước 3 “Thẩm định”: nơi thực hiện không có trong danh mục."),
        (_with(ASKING, 4, asks="  "), "Bước 4 “Hỏi”: chưa ghi đơn vị được hỏi."),
        (_with(ASKING, 4, place=StepPlace.DEPARTMENT), "Bước 4 “Hỏi”: lấy ý kiến phải hỏi một đơn vị khác"),
        (_with(DEFAULT, 5, silence_agrees=True), "Bước 5 “Ký”: chỉ bước lấy ý kiến mới có thể"),
        (_with(DEFAULT, 3, hours=Decimal(0)), "Bước 3 “Thẩm định”: số giờ phải lớn hơn 0."),
        (_with(DEFAULT, 4, position=3), "Bước số 3 đứng 2 lần"),
        (_with(DEFAULT, 4, after=()), "Bước 4 “Kiểm tra, trình”: không chờ bước nào nên không bao giờ được mở."),
        (_with(DEFAULT, 4, after=(9,)), "Bước 4 “Kiểm tra, trình”: chờ bước số 9, nhưng quy trình không có bước đó."),
        (_with(DEFAULT, 3, after=(2, 4)), "Bước 3 “Thẩm định”: chờ bước số 4, là bước không đứng trước nó."),
        (_with(DEFAULT, 3, after=(3,)), "Bước 3 “Thẩm định”: chờ bước số 3, là bước không đứng trước nó."),
        (_with(DEFAULT, 1, after=(4,)), "Bước 1 “Tiếp nhận, chuyển hồ sơ”: chờ bước số 4"),
        (_without(DEFAULT, StepKind.INTAKE), "Bước 1 “Phân công”: quy trình phải bắt đầu bằng bước tiếp nhận."),
        (_without(DEFAULT, StepKind.STAMP), "Quy trình không có bước “Vào sổ, đóng dấu, ban hành”."),
        (_without(DEFAULT, StepKind.RETURN), "Quy trình không có bước “Trả kết quả”."),
        (
            _with(DEFAULT, 2, kind=StepKind.INTAKE, role=Role.RECEPTIONIST),
            "quy trình chỉ có một bước “Tiếp nhận, chuyển hồ sơ”.",
        ),
        (_with(DEFAULT, 7, after=(5,)), "Bước 7 “Trả kết quả”: phải đứng sau bước ban hành."),
        (
            _with(ASKING, 5, after=(3,)),
            "Bước 4 “Hỏi”: bước ban hành không chờ bước này, nên có thể còn dở khi kết quả đã ban hành.",
        ),
        (
            _without(DEFAULT, StepKind.SIGN, StepKind.REVIEW),
            "Bước 4 “Vào sổ, đóng dấu, ban hành”: trước đó phải có ít nhất một bước kiểm tra hoặc ký.",
        ),
        (
            _without(DEFAULT, StepKind.APPRAISE),
            "Bước 3 “Kiểm tra, trình”: trước đó phải có bước thẩm định để có đề xuất.",
        ),
        (
            _with(DEFAULT, 3, hours=Decimal(14)),
            "cần 25 giờ làm việc, quá thời hạn 3 ngày làm việc (24 giờ). Bước dài nhất: Bước 3 “Thẩm định”.",
        ),
    ],
)
def test_a_fault_is_told_with_its_step(route, sentence):
    assert sentence in " ".join(faults(route, [THREE_DAYS]))


def test_branches_run_side_by_side_and_a_shorter_case_presses_the_hours():
    wide = _with(ASKING, 4, hours=Decimal(12))
    assert faults(wide, [THREE_DAYS]) == []  # 26 hours in sum, 24 on the longest way
    one_day = Limit(Decimal(1), LimitUnit.WORKING_DAY)
    assert faults(wide, [one_day, THREE_DAYS]) == []
    one_hour = Limit(Decimal(1), LimitUnit.HOUR)
    assert "quá thời hạn 1 giờ làm việc (1 giờ)" in faults(DEFAULT, [one_hour, THREE_DAYS])[0]


def test_without_a_limit_of_numbers_the_time_is_not_asked():
    assert faults(_with(DEFAULT, 3, hours=Decimal(999)), []) == []


@pytest.mark.parametrize("name", list(json.loads((seeds.FOLDER / "routes.json").read_text())))
def test_routes_of_the_demo_catalogue_have_no_fault(name):
    rows = json.loads((seeds.FOLDER / "routes.json").read_text())[name]
    route = limits.steps_of(RouteStep(position=place, **row) for place, row in enumerate(rows, 1))
    assert faults(route, []) == []


@pytest.mark.django_db
def test_publishing_is_refused_and_the_draft_stays_as_it_was():
    revision = RevisionFactory()
    LimitRule.objects.create(revision=revision, value=Decimal(1), unit="working_day")
    rows = [step for step in DEFAULT if step.kind not in {StepKind.SIGN, StepKind.REVIEW}]
    for place, step in enumerate(rows, 1):
        RouteStep.objects.create(
            revision=revision, position=place, kind=step.kind, name=step.name, role=step.role, place=step.place, hours=9
        )
    with pytest.raises(UserError, match="Quy trình nội bộ có lỗi nên chưa công bố được") as caught:
        services.publish(revision_id=revision.pk)
    assert caught.value.field == "route"
    assert "Bước 4 “Vào sổ, đóng dấu, ban hành”: trước đó phải có ít nhất" in caught.value.message
    assert "quá thời hạn 1 ngày làm việc" in caught.value.message
    assert Revision.objects.get(pk=revision.pk).state == RevisionState.DRAFT
