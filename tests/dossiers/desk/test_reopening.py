"""A citizen's account opened again at the desk: by the head, for whom the papers name, told to the owner, recorded."""

import re

import pytest
from django.contrib.admin.models import LogEntry

from accounts.enums import IdentitySource, Role
from accounts.models import LookUp, PersonalDataRead, User
from accounts.services import link_identity, own_party
from integrations.models import OutboxMessage
from tests.factories import MembershipFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.web]
PAGE = "/mot-cua/mo-lai-tai-khoan/"
NUMBER = "077185000001"


@pytest.fixture
def owner():
    user = UserFactory(full_name="Lê Thị Mẫu", phone="0903123456", phone_verified=True, email="a@b.test")
    link_identity(user=user, identity_kind="citizen_id", identity=NUMBER, source=IdentitySource.COUNTER)
    return user


def typed(house, **changes):
    said = {"identity_kind": "citizen_id", "identity": NUMBER, "full_name": "Lê Thị Mẫu", "seen": "identity_card"}
    return {**said, "phone": "", "unit": house.center.pk, **changes}


def test_a_new_password_and_number_told_on_the_old_channels_and_recorded(house, enter, owner):
    head = house.people[Role.DESK_HEAD]
    page = enter(head).post(PAGE, typed(house, phone="0911 222 333"))
    assert "cấp lần nữa thì mật khẩu này hết dùng" in page.content.decode()
    password = re.search(r"<code>([a-z0-9-]+)</code>", page.content.decode())[1]
    owner.refresh_from_db()
    assert owner.check_password(password)
    assert (owner.must_change_password, owner.phone, owner.phone_verified) == (True, "0911222333", False)
    told = OutboxMessage.objects.filter(body__contains="đã xem giấy tờ")
    assert {message.address for message in told} == {"0903123456", "a@b.test"}
    assert password not in " ".join(message.body for message in told)
    assert "seen=identity_card" in LogEntry.objects.get(object_id=owner.pk).change_message
    assert PersonalDataRead.objects.filter(party=own_party(owner), reader=head).exists()


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"full_name": "Lê Thị Khác"}, (409, "Không có tài khoản")),
        ({"identity": "077185000002"}, (409, "Không có tài khoản")),
        ({"phone": "0900999888"}, (409, "đang thuộc một tài khoản khác")),
        ({"phone": "12"}, (400, "Số điện thoại")),
        ({"identity": ""}, (400, "Số định danh")),
        ({"seen": "x"}, (400, "Đã xem giấy tờ")),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(house, enter, owner, changes, answer):
    UserFactory(phone="0900999888", email=None)
    page = enter(house.people[Role.DESK_HEAD]).post(PAGE, typed(house, **changes))
    assert page.status_code == answer[0]
    assert answer[1] in page.content.decode()
    kept = User.objects.get(pk=owner.pk)
    assert (kept.password, kept.phone) == (owner.password, "0903123456")
    assert not OutboxMessage.objects.exists()


def test_who_tries_numbers_and_names_leaves_a_trace(house, enter, owner):
    head = house.people[Role.DESK_HEAD]
    enter(head).post(PAGE, typed(house, full_name="Lê Thị Khác"))
    tried = LookUp.objects.get(reader=head)
    assert (tried.sought, tried.shown, tried.unit) == ("Lê Thị Khác …001", 0, house.center)


def test_staff_the_unproven_and_the_locked_are_not_opened_here(house, enter, owner):
    head = enter(house.people[Role.DESK_HEAD])
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert "đang bị khóa" in head.post(PAGE, typed(house)).content.decode()
    User.objects.filter(pk=owner.pk).update(is_active=True)
    role = MembershipFactory(user=owner, role=Role.OFFICER, unit=house.office)
    assert "tài khoản của cán bộ" in head.post(PAGE, typed(house)).content.decode()
    role.delete()
    own_party(owner).__class__.objects.filter(user=owner).update(identity_source=IdentitySource.DECLARED)
    assert "Không có tài khoản" in head.post(PAGE, typed(house)).content.decode()
