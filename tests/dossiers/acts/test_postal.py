"""The post's acts: the slip it gives, as it is printed, and who may do what."""

from datetime import date

import pytest
import time_machine

from accounts.enums import Role
from dossiers.services import postal
from portal.errors import NotNowError, UserError
from portal.sealing import unseal
from tests import houses
from tests.dossiers import post as posts
from tests.dossiers.acts.printed import printed

pytestmark = pytest.mark.unit
OLD, NEW = date(2025, 9, 14), date(2025, 9, 15)
GOLDEN = {
    ("postal_slip", OLD): ("", "", "paper-a5", "PHIẾU NHẬN HỒ SƠ ĐỂ CHUYỂN"),
    ("postal_slip", NEW): ("", "", "paper-a5", "PHIẾU NHẬN HỒ SƠ ĐỂ CHUYỂN"),
}


@pytest.mark.django_db
@time_machine.travel(houses.WEDNESDAY_MORNING, tick=False)
def test_the_slip_names_office_papers_and_the_way_to_follow_it_and_promises_no_day():
    post = posts.make_post(houses.make_house())
    dossier = posts.prepared(post)
    sheet = printed(dossier.printed_forms.get())
    for words in (post.office.name, post.clerk.full_name, dossier.reference, unseal(dossier.secret_sealed)):
        assert words in sheet
    assert "không thay Giấy tiếp nhận hồ sơ và hẹn trả kết quả" in sheet
    assert "Thời gian trả kết quả" not in sheet


@pytest.mark.django_db
@time_machine.travel(houses.WEDNESDAY_MORNING, tick=False)
def test_only_the_post_says_that_it_could_not_deliver_while_somebody_works_there():
    post = posts.make_post(houses.make_house())
    dossier = posts.with_post(post)
    said = {"dossier_id": dossier.pk, "reason_code": "not_taken", "reason": "Không nhận."}
    for role in (Role.RETURNER, Role.RECEPTIONIST):
        with pytest.raises(NotNowError):
            postal.fail_delivery(by=post.house.people[role], **said)
    with pytest.raises(UserError, match="còn người làm việc"):
        postal.fail_delivery(by=post.house.people[Role.DESK_HEAD], **said)
