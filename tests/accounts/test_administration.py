"""The administration screens: what they do, whom they refuse, what lies outside an administrator's units."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.urls import reverse

from accounts.enums import DayKind, Office, Role, UnitKind
from accounts.models import Calendar, DayOff, Membership, OrgUnit, User
from accounts.navigation import STUCK
from tests.factories import CalendarFactory, MembershipFactory, UnitFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.web, pytest.mark.slow]


class World:
    """A province with a ward and its desk, a stranger's ward, an administrator of the province and one of the ward."""

    def __init__(self):
        self.root = CalendarFactory()
        self.province = UnitFactory(kind=UnitKind.PROVINCE, name="Tỉnh Thử", code="tinh")
        self.ward = UnitFactory(parent=self.province, name="UBND phường Trong", code="p-trong")
        self.desk = UnitFactory(parent=self.ward, kind=UnitKind.DESK, name="Một cửa phường Trong", code="p-trong-mc")
        self.outside = UnitFactory(name="UBND phường Ngoài", code="p-ngoai")
        self.admin = MembershipFactory(unit=self.province, role=Role.ADMINISTRATOR).user
        self.ward_admin = MembershipFactory(unit=self.ward, role=Role.ADMINISTRATOR).user
        self.clerk = MembershipFactory(unit=self.desk, role=Role.RECEPTIONIST, user__full_name="Bùi Thị Ánh").user
        self.colleague = MembershipFactory(unit=self.desk, role=Role.RECEPTIONIST, user__full_name="Đỗ Cùng Quầy").user
        self.foreign = MembershipFactory(unit=self.outside, role=Role.OFFICER, user__full_name="Vũ Người Ngoài").user
        for user in (self.admin, self.ward_admin):
            TOTP.activate(user, "A" * 32)


@pytest.fixture
def world():
    return World()


@pytest.fixture
def admin(client, world):
    client.force_login(world.admin)
    return client


def page(client, name, /, *args):
    return client.get(reverse(f"accounts:{name}", args=args))


def send(client, name, /, *args, **data):
    return client.post(reverse(f"accounts:{name}", args=args), data)


def addresses(world):
    day = DayOff.objects.create(
        calendar=Calendar.objects.create(unit=world.ward, name="x"), day="2026-10-05", kind=DayKind.OFF, name="x"
    )
    row = world.clerk.memberships.get()
    return [
        ("get", "manage", []),
        ("get", "staff", []),
        ("get", "add_staff", []),
        ("get", "staff_member", [world.clerk.pk]),
        ("post", "grant_role", [world.clerk.pk]),
        ("get", "revoke_role", [world.clerk.pk, row.pk]),
        ("get", "lock_account", [world.clerk.pk]),
        ("post", "staff_act", [world.clerk.pk, "mo-khoa"]),
        ("get", "units", []),
        ("get", "add_unit", []),
        ("get", "edit_unit", [world.ward.pk]),
        ("get", "close_unit", [world.ward.pk]),
        ("post", "order_closing", [world.ward.pk]),
        ("get", "common_calendar", []),
        ("get", "unit_calendar", [world.ward.pk]),
        ("post", "drop_calendar", [world.ward.pk]),
        ("post", "remove_day", [day.pk]),
    ]


@pytest.mark.parametrize("role", [Role.HOME_AFFAIRS, Role.DESK_HEAD, Role.SIGNER, None])
def test_others_get_403_everywhere(client, world, role):
    user = MembershipFactory(unit=world.province, role=role).user if role else UserFactory()
    TOTP.activate(user, "A" * 32)
    client.force_login(user)
    for method, name, args in addresses(world):
        assert getattr(client, method)(reverse(f"accounts:{name}", args=args)).status_code == 403, name


def test_what_lies_outside_ones_units_does_not_exist(client, world):
    client.force_login(world.ward_admin)
    foreign, outside = world.foreign.pk, world.outside.pk
    assert page(client, "staff_member", foreign).status_code == 404
    assert send(client, "lock_account", foreign).status_code == 404
    assert page(client, "revoke_role", world.clerk.pk, world.foreign.memberships.get().pk).status_code == 404
    for name in ("edit_unit", "close_unit", "unit_calendar"):
        assert page(client, name, outside).status_code == 404
        assert page(client, name, world.province.pk).status_code == 404
    assert "Vũ Người Ngoài" not in page(client, "staff").content.decode()
    assert "phường Ngoài" not in page(client, "units").content.decode()


def test_citizens_are_not_staff_and_do_not_exist_here(admin, world):
    assert page(admin, "staff_member", UserFactory().pk).status_code == 404


# ── staff ────────────────────────────────────────────────────────────────────────────────────────


def test_staff_are_listed_in_vietnamese_order_and_found_without_accents(admin, world):
    MembershipFactory(unit=world.desk, user__full_name="Trần Văn Bé")
    text = page(admin, "staff").content.decode()
    assert text.index("Bùi Thị Ánh") < text.index("Trần Văn Bé")
    text = admin.get(reverse("accounts:staff"), {"q": "thi anh"}).content.decode()
    assert "Bùi Thị Ánh" in text
    assert "Trần Văn Bé" not in text
    assert "Không có ai khớp" in admin.get(reverse("accounts:staff"), {"q": "\x00zzz"}).content.decode()


def test_staff_list_costs_the_same_for_one_and_for_many(admin, world, django_assert_num_queries):
    # session, user, roles, factor, units below, staff, their roles, their factors, roles that end, unread notices,
    # whether they run a province; how much is stuck is counted twice a minute at most
    cache.set(STUCK, 0, 60)
    with django_assert_num_queries(11):
        page(admin, "staff")
    MembershipFactory.create_batch(5, unit=world.desk)
    with django_assert_num_queries(11):
        page(admin, "staff")


def test_new_staff_get_a_password_shown_once(admin, world):
    response = send(
        admin,
        "add_staff",
        full_name="Lê Văn Mới",
        identity="077 190 000 123",
        email="moi@b.test",
        phone="",
        unit=world.desk.pk,
        role=Role.RECEPTIONIST,
        valid_from="01/12/2026",
        valid_to="",
    )
    password = re.search(r"<code>([a-z0-9-]{17})</code>", response.content.decode()).group(1)
    user = User.objects.get(email="moi@b.test")
    assert user.check_password(password)
    assert "no-store" in response["Cache-Control"]
    text = page(admin, "staff_member", user.pk).content.decode()
    assert password not in text
    assert "077190000123" not in text
    assert "đã lưu kín" in text
    assert 'name="identity"' not in text


def test_faulty_staff_form_is_explained_and_saves_nothing(admin, world):
    before = User.objects.count()
    response = send(
        admin,
        "add_staff",
        full_name="L",
        identity="123",
        email="",
        phone="12",
        unit=world.outside.pk + 99,
        role="vua",
        valid_from="31/02/2026",
    )
    form = response.context["form"]
    assert response.status_code == 400
    assert set(form.errors) == {"full_name", "identity", "phone", "unit", "role", "valid_from"}
    response = send(
        admin,
        "add_staff",
        full_name="Lê Văn Mới",
        identity="077190000123",
        email="",
        phone="",
        unit=world.desk.pk,
        role=Role.OFFICER,
        valid_from="01/12/2026",
    )
    assert "ít nhất một" in response.content.decode()
    assert User.objects.count() == before


def test_unit_outside_the_scope_cannot_be_chosen(client, world):
    client.force_login(world.ward_admin)
    response = send(
        client,
        "grant_role",
        world.clerk.pk,
        unit=world.outside.pk,
        role=Role.OFFICER,
        valid_from="01/12/2026",
        valid_to="",
    )
    assert "unit" in response.context["form"].errors
    assert not Membership.objects.filter(user=world.clerk, unit=world.outside).exists()


def test_role_is_granted_and_revoked(admin, world):
    send(admin, "grant_role", world.clerk.pk, unit=world.ward.pk, role=Role.CLERK, valid_from="01/11/2026", valid_to="")
    row = Membership.objects.get(user=world.clerk, role=Role.CLERK)
    MembershipFactory(unit=world.ward, role=Role.CLERK)
    assert row.granted_by == world.admin
    assert "Thu hồi vai trò" in page(admin, "revoke_role", world.clerk.pk, row.pk).content.decode()
    send(admin, "revoke_role", world.clerk.pk, row.pk, last_day="30/11/2026")
    row.refresh_from_db()
    assert f"{row.valid_to:%d/%m/%Y}" == "30/11/2026"


def test_account_is_locked_unlocked_and_its_factor_reset(admin, world):
    TOTP.activate(world.clerk, "B" * 32)
    send(admin, "staff_act", world.clerk.pk, "dat-lai-xac-thuc")
    assert not Authenticator.objects.filter(user=world.clerk).exists()
    send(admin, "lock_account", world.clerk.pk)
    assert not User.objects.get(pk=world.clerk.pk).is_active
    send(admin, "staff_act", world.clerk.pk, "mo-khoa")
    assert User.objects.get(pk=world.clerk.pk).is_active
    assert "Mật khẩu tạm" in send(admin, "staff_act", world.clerk.pk, "dat-lai-mat-khau").content.decode()
    assert send(admin, "staff_act", world.clerk.pk, "xoa").status_code == 404


def test_locked_person_is_signed_out_at_once(client, admin, world):
    other = type(client)()
    world.clerk.set_password("bien-xanh-nang-vang")
    world.clerk.phone, world.clerk.phone_verified = "0903123456", True
    world.clerk.save()
    other.post(reverse("account_login"), {"login": "0903123456", "password": "bien-xanh-nang-vang"})
    assert other.get(reverse("account_change_password")).status_code == 200
    send(admin, "lock_account", world.clerk.pk)
    assert other.get(reverse("account_change_password")).status_code == 302


def test_acts_are_never_a_get(admin, world):
    for name, args in (
        ("staff_act", [world.clerk.pk, "mo-khoa"]),
        ("grant_role", [world.clerk.pk]),
        ("drop_calendar", [world.ward.pk]),
        ("remove_day", [1]),
    ):
        assert page(admin, name, *args).status_code == 405


# ── units ────────────────────────────────────────────────────────────────────────────────────────

UNIT = {
    "name": "UBND phường Mới",
    "short_name": "",
    "kind": "ward",
    "group": "",
    "authority_code": "H29.950",
    "place_code": "",
    "address": "",
    "phone": "",
    "sort_order": "5",
    "valid_from": "01/12/2026",
}


def test_unit_is_added_edited_and_closed(admin, world):
    response = send(admin, "add_unit", code="p-moi", parent=world.province.pk, **UNIT)
    unit = OrgUnit.objects.get(code="p-moi")
    assert response["Location"] == reverse("accounts:edit_unit", args=[unit.pk])
    send(admin, "edit_unit", unit.pk, parent=world.province.pk, **{**UNIT, "name": "UBND phường Mới Hai"})
    plan = {"last_day": "31/12/2026", "basis": "NQ 1/NQ-HĐND", "rule": "one", "successor": world.ward.pk}
    send(admin, "close_unit", unit.pk, **plan)
    unit.refresh_from_db()
    assert unit.valid_to is None
    send(admin, "order_closing", unit.pk)
    unit.refresh_from_db()
    assert unit.name == "UBND phường Mới Hai"
    assert list(unit.successors.all()) == [world.ward]
    text = admin.get(reverse("accounts:units"), {"cu": "1"}).content.decode()
    assert "UBND phường Mới Hai" in text


def test_editing_a_closed_unit_keeps_it_closed(admin, world):
    send(admin, "close_unit", world.desk.pk, last_day="31/12/2025", basis="QĐ 1/QĐ-UBND", rule="one", successor="")
    send(admin, "order_closing", world.desk.pk)
    send(admin, "edit_unit", world.desk.pk, parent=world.ward.pk, **UNIT)
    world.desk.refresh_from_db()
    assert f"{world.desk.valid_to}" == "2025-12-31"
    assert "Một cửa" not in page(admin, "units").content.decode().split("<main")[1]


def test_faulty_unit_is_explained(admin, world):
    response = send(admin, "add_unit", code="Mã Sai", parent="", **{**UNIT, "sort_order": "-1", "valid_from": "x"})
    assert set(response.context["form"].errors) == {"code", "sort_order", "valid_from"}
    response = send(admin, "add_unit", code="p-moi", parent="", **UNIT)
    assert "Hãy chọn đơn vị cấp trên" in response.content.decode()
    response = send(admin, "add_unit", code="p-trong", parent=world.province.pk, **UNIT)
    assert "đã có" in response.content.decode()
    response = send(admin, "edit_unit", world.ward.pk, parent=world.desk.pk, **UNIT)
    assert "trực thuộc chính mình" in response.content.decode()


def test_unit_that_is_the_top_of_ones_scope_keeps_its_parent(client, world):
    client.force_login(world.ward_admin)
    send(client, "edit_unit", world.ward.pk, parent=world.province.pk, **UNIT)
    world.ward.refresh_from_db()
    assert (world.ward.name, world.ward.parent) == ("UBND phường Mới", world.province)


def test_nobody_moves_their_top_unit_somewhere_else(client, world):
    client.force_login(world.ward_admin)
    for parent in ("", world.outside.pk):
        send(client, "edit_unit", world.ward.pk, parent=parent, **UNIT)
        world.ward.refresh_from_db()
        assert world.ward.parent == world.province


# ── calendars ────────────────────────────────────────────────────────────────────────────────────


def hours(**changes):
    data = {"act": "hours", "cutoff": "15:00"}
    for day in range(1, 6):
        data |= {
            f"day_{day}_morning_from": "07:30",
            f"day_{day}_morning_to": "11:30",
            f"day_{day}_afternoon_from": "13:00",
            f"day_{day}_afternoon_to": "17:00",
        }
    return {**data, **changes}


def test_unit_calendar_shows_what_it_inherits_and_saves_its_own(admin, world):
    DayOff.objects.create(calendar=world.root, day="2026-10-05", kind=DayKind.OFF, name="Nghỉ chung")
    address = reverse("accounts:unit_calendar", args=[world.ward.pk])
    text = admin.get(address, {"nam": "2026"}).content.decode()
    assert "Đang dùng giờ làm việc của lịch" in text
    assert "Nghỉ chung" in text
    assert 'value="07:30"' in text
    response = admin.post(address + "?nam=2026", hours(day_6_morning_from="08:00", day_6_morning_to="11:00"))
    assert response["Location"] == address + "?nam=2026"
    assert Calendar.objects.get(unit=world.ward).weekly["6"] == [["08:00", "11:00"]]
    assert "Đơn vị có lịch riêng" in admin.get(address).content.decode()
    send(admin, "drop_calendar", world.ward.pk)
    assert not Calendar.objects.filter(unit=world.ward).exists()


def test_days_are_added_and_removed(admin, world):
    address = reverse("accounts:common_calendar")
    admin.post(address, {"act": "day", "day": "24/11/2026", "kind": "off", "name": "Ngày Văn hóa", "note": "NQ 80"})
    row = DayOff.objects.get()
    assert "Ngày Văn hóa" in admin.get(address, {"nam": "2026"}).content.decode()
    assert send(admin, "remove_day", row.pk)["Location"] == address + "?nam=2026"
    assert not DayOff.objects.exists()


def test_common_calendar_is_for_the_province_only(client, world):
    client.force_login(world.ward_admin)
    address = reverse("accounts:common_calendar")
    text = client.get(address).content.decode()
    assert "Ghi vào lịch" not in text
    assert client.post(address, hours()).status_code == 403
    row = DayOff.objects.create(calendar=world.root, day="2026-10-05", kind=DayKind.OFF, name="Nghỉ chung")
    assert send(client, "remove_day", row.pk).status_code == 403
    assert DayOff.objects.exists()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (hours(day_1_morning_from=""), "cả giờ bắt đầu và giờ kết thúc"),
        (hours(day_1_morning_from="25:00"), "Giờ chưa đúng"),
        (hours(day_1_morning_from="12:00"), "sau giờ bắt đầu"),
        (hours(day_1_afternoon_from="11:00"), "chồng giờ"),
        ({"act": "hours"}, "ít nhất một ngày"),
        ({"act": "day", "day": "31/02/2026", "kind": "off", "name": "x"}, "Ngày chưa đúng"),
        ({"act": "day", "day": "01/01/2026", "kind": "an", "name": "x"}, "không có trong danh sách"),
        ({"act": "day", "day": "01/01/2026", "kind": "off", "name": "\x00"}, "ký tự không hợp lệ"),
    ],
)
def test_faulty_calendar_input_is_a_sentence(admin, world, data, sentence):
    response = admin.post(reverse("accounts:unit_calendar", args=[world.ward.pk]), data)
    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert not Calendar.objects.filter(unit=world.ward).exists()


@pytest.mark.parametrize("year", ["", "abc", "1", "99999", "٢٠٢٦"])
def test_strange_years_show_this_year(admin, world, year):
    assert admin.get(reverse("accounts:common_calendar"), {"nam": year}).status_code == 200


def test_office_of_a_head_is_shown_and_changed_with_a_record(admin, world):
    head = MembershipFactory(unit=world.ward, role=Role.SIGNER)
    assert "in như cấp trưởng" in page(admin, "office", head.user.pk, head.pk).content.decode()
    assert send(admin, "office", head.user.pk, head.pk, office="deputy").status_code == 302
    head.refresh_from_db()
    assert head.office == Office.DEPUTY
    shown = page(admin, "staff_member", head.user.pk).content.decode()
    assert "cấp phó (phó chủ tịch, phó trưởng phòng)" in shown
    assert LogEntry.objects.filter(object_id=head.pk, change_message__contains="role.office").count() == 1
    assert send(admin, "office", head.user.pk, head.pk, office="vua").status_code == 400
    assert send(admin, "office", head.user.pk, head.pk, office="").status_code == 302
    head.refresh_from_db()
    assert head.office == ""


def test_who_signs_nothing_has_no_office(admin, world):
    row = world.clerk.memberships.get()
    assert page(admin, "office", world.clerk.pk, row.pk).status_code == 404
    data = {"unit": world.ward.pk, "role": Role.CLERK, "office": "deputy", "valid_from": "01/12/2026"}
    answer = send(admin, "grant_role", world.clerk.pk, **data)
    assert "Chỉ vai trò lãnh đạo mới có chức danh khi ký" in answer.content.decode()
    assert send(admin, "grant_role", world.clerk.pk, **{**data, "role": Role.SIGNER}).status_code == 302
    assert Membership.objects.get(user=world.clerk, role=Role.SIGNER).office == Office.DEPUTY
