"""Staff, roles, units and calendars as services: happy paths, each refusal, the record they leave."""

from datetime import date, time, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.admin.models import LogEntry
from django.db import connection

from accounts.calendars import calendar_for, calendars_for, view_of
from accounts.enums import DayKind, Role, UnitKind
from accounts.models import Calendar, DayOff, Membership, OrgUnit, User
from accounts.queries import memberships_of
from accounts.services import (
    PartyFacts,
    close_unit,
    create_staff,
    create_unit,
    drop_calendar,
    edit_unit,
    grant_role,
    link_identity,
    lock_account,
    own_party,
    put_day,
    remove_day,
    reset_mfa,
    revoke_role,
    set_hours,
    set_successors,
    unlock_account,
    update_party,
)
from accounts.services.staff import reset_password
from accounts.services.units import UnitFacts
from integrations.models import OutboxMessage
from portal import clock
from portal.errors import StaleError, UserError
from portal.sealing import blind_index, unseal
from tests.factories import CalendarFactory, MembershipFactory, StaffFactory, UnitFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.unit]
DAY = timedelta(days=1)


@pytest.fixture
def admin():
    return MembershipFactory(role=Role.ADMINISTRATOR).user


def refused(field=None, **call):
    act = call.pop("act")
    with pytest.raises(UserError) as caught:
        act(**call)
    assert caught.value.field == field
    assert caught.value.message.endswith((".", "?"))


# ── staff ────────────────────────────────────────────────────────────────────────────────────────


NUMBER = "077190000123"


def new_staff(admin, **changes):
    facts = {
        "full_name": "Trần Thị Mới",
        "email": "Moi@Coquan.test",
        "phone": "",
        "unit_id": UnitFactory().pk,
        "role": Role.OFFICER,
        "valid_from": clock.today(),
        "identity": NUMBER,
    }
    return create_staff(by=admin, **{**facts, **changes})


def test_new_staff_must_change_the_password_they_were_given(admin):
    user, password = new_staff(admin)
    assert user.check_password(password)
    assert len(password) >= 12
    assert user.must_change_password
    assert (user.email, user.phone) == ("moi@coquan.test", None)
    assert user.memberships.get().granted_by == admin


def test_administration_is_recorded_without_personal_data(admin, caplog):
    with caplog.at_level("INFO"):
        user, password = new_staff(admin, phone="0903123456")
    entry = LogEntry.objects.get(object_id=str(user.pk), content_type__model="user")
    assert entry.user == admin
    for secret in (password, "Trần Thị Mới", "0903123456", "moi@coquan.test", NUMBER):
        assert secret not in caplog.text
        assert secret not in entry.change_message + entry.object_repr


def test_new_staff_refusals(admin):
    UserFactory(email="co@b.test", phone="0903123456")
    act = new_staff
    for changes, field in (
        ({"email": "", "phone": ""}, "email"),
        ({"email": "co@b.test"}, "email"),
        ({"email": "khong phai"}, "email"),
        ({"phone": "+84903123456"}, "phone"),
        ({"phone": "12"}, "phone"),
        ({"identity": ""}, "identity"),
        ({"identity": "123"}, "identity"),
        ({"identity": "x" * 10_000}, "identity"),
        ({"full_name": "A"}, "full_name"),
        ({"role": "giam-doc"}, "role"),
        ({"valid_to": clock.today() - DAY}, "valid_to"),
    ):
        with pytest.raises(UserError) as caught:
            act(admin, **changes)
        assert caught.value.field == field, changes
    assert User.objects.count() == 2


# ── the personal number of staff ─────────────────────────────────────────────────────────────────


def test_number_of_new_staff_is_kept_sealed_and_stands_nowhere_in_clear(admin):
    user, _password = new_staff(admin)
    assert unseal(user.identity_sealed) == NUMBER
    assert user.identity_index == blind_index(NUMBER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(row_to_json(u)::text, '') FROM accounts_user u")
        assert NUMBER not in cursor.fetchone()[0]


def test_no_role_without_a_known_number_and_nothing_is_left(admin):
    facts = {"by": admin, "user_id": UserFactory().pk, "unit_id": UnitFactory().pk, "role": Role.OFFICER}
    refused(act=grant_role, field="identity", valid_from=clock.today(), **facts)
    assert not Membership.objects.filter(user_id=facts["user_id"]).exists()
    assert grant_role(valid_from=clock.today(), identity=f" {NUMBER} ", **facts).user.identity_index
    assert grant_role(valid_from=clock.today(), **facts | {"role": Role.CLERK}).pk


def test_proven_number_of_the_own_party_is_known_already_and_a_declared_one_is_not(admin):
    facts = {"by": admin, "unit_id": UnitFactory().pk, "role": Role.OFFICER, "valid_from": clock.today()}
    proven, declared = UserFactory(full_name="Lê Văn Một"), UserFactory(full_name="Lê Văn Hai")
    link_identity(user=proven, identity_kind="citizen_id", identity=NUMBER, source="counter")
    update_party(
        party_id=own_party(declared).pk, by=declared, facts=PartyFacts(full_name="Lê Văn Hai", identity="077190000999")
    )
    assert grant_role(user_id=proven.pk, **facts).user.identity_index == blind_index(NUMBER)
    refused(act=grant_role, field="identity", user_id=declared.pk, **facts)


def test_another_number_and_somebody_elses_number_are_refused(admin):
    facts = {"by": admin, "unit_id": UnitFactory().pk, "role": Role.OFFICER, "valid_from": clock.today()}
    new_staff(admin)
    refused(act=grant_role, field="identity", user_id=UserFactory().pk, identity=NUMBER, **facts)
    refused(act=grant_role, field="identity", user_id=StaffFactory().pk, identity=NUMBER, **facts)


def test_a_number_given_for_staff_proves_nothing_about_the_accounts_party(admin):
    user, _password = new_staff(admin)
    assert not own_party(user).is_proven
    assert own_party(user).identity_index == ""


def test_role_is_in_force_only_between_its_dates(admin):
    user, unit, today = StaffFactory(), UnitFactory(), clock.today()
    grant_role(
        by=admin, user_id=user.pk, unit_id=unit.pk, role=Role.OFFICER, valid_from=today + DAY, valid_to=today + 2 * DAY
    )
    assert not memberships_of(user)
    assert memberships_of(user, today + DAY)
    assert memberships_of(user, today + 2 * DAY)
    assert not memberships_of(user, today + 3 * DAY)


@pytest.mark.parametrize(
    ("first", "second", "fits"),
    [
        ((0, 10), (11, 20), True),
        ((0, 10), (10, 20), False),
        ((0, None), (5, 6), False),
        ((5, 6), (0, None), False),
        ((5, 6), (0, 4), True),
    ],
)
def test_same_role_twice_may_not_overlap(admin, first, second, fits):
    user, unit, today = StaffFactory(), UnitFactory(), clock.today()

    def grant(span):
        end = None if span[1] is None else today + span[1] * DAY
        return grant_role(
            by=admin,
            user_id=user.pk,
            unit_id=unit.pk,
            role=Role.OFFICER,
            valid_from=today + span[0] * DAY,
            valid_to=end,
        )

    grant(first)
    if fits:
        grant(second)
    else:
        with pytest.raises(UserError):
            grant(second)


def test_role_in_a_closed_unit_is_refused_except_for_those_who_read_its_figures(admin):
    unit = UnitFactory(valid_to=date(2025, 6, 30))
    facts = {"by": admin, "user_id": StaffFactory().pk, "unit_id": unit.pk, "valid_from": clock.today()}
    refused(act=grant_role, field="unit", role=Role.OFFICER, **facts)
    assert grant_role(role=Role.HOME_AFFAIRS, **facts).pk


def test_nobody_administers_themselves(admin):
    own = admin.memberships.get()
    refused(
        act=grant_role, by=admin, user_id=admin.pk, unit_id=own.unit_id, role=Role.OFFICER, valid_from=clock.today()
    )
    refused(act=revoke_role, by=admin, membership_id=own.pk)
    refused(act=reset_mfa, by=admin, user_id=admin.pk)
    refused(act=reset_password, by=admin, user_id=admin.pk)
    refused(act=lock_account, by=admin, user_id=admin.pk)


def test_revoked_role_ends_at_once_or_after_its_last_day(admin):
    row = MembershipFactory()
    later, _stays = MembershipFactory(unit=row.unit), MembershipFactory(unit=row.unit)
    revoke_role(by=admin, membership_id=row.pk)
    assert not memberships_of(row.user)
    revoke_role(by=admin, membership_id=later.pk, last_day=clock.today())
    assert memberships_of(later.user)
    assert not memberships_of(later.user, clock.today() + DAY)


def test_role_that_never_began_is_removed(admin):
    row = MembershipFactory(valid_from=clock.today() + DAY)
    revoke_role(by=admin, membership_id=row.pk)
    assert not Membership.objects.filter(user=row.user).exists()


def test_role_that_ended_is_not_revoked_again(admin):
    row = MembershipFactory(valid_to=date(2021, 1, 1))
    refused(act=revoke_role, by=admin, membership_id=row.pk)


def test_second_factors_are_forgotten(admin):
    user = UserFactory()
    TOTP.activate(user, "A" * 32)
    assert reset_mfa(by=admin, user_id=user.pk) == 1
    assert not Authenticator.objects.filter(user=user).exists()
    told(user, "đã đặt lại xác thực hai lớp")


def told(user, words):
    """The owner of an account was told on every channel of their own."""
    addresses = {message.address for message in OutboxMessage.objects.filter(body__contains=words)}
    assert addresses == {address for address in (user.phone, user.email) if address} != set()


def test_locking_or_unlocking_twice_is_stale(admin):
    user = UserFactory()
    assert not lock_account(by=admin, user_id=user.pk).is_active
    with pytest.raises(StaleError):
        lock_account(by=admin, user_id=user.pk)
    assert unlock_account(by=admin, user_id=user.pk).is_active
    with pytest.raises(StaleError):
        unlock_account(by=admin, user_id=user.pk)


def test_new_temporary_password(admin):
    user = UserFactory(phone="0903123456", email="a@b.test")
    password = reset_password(by=admin, user_id=user.pk)
    user.refresh_from_db()
    assert user.check_password(password)
    assert user.must_change_password
    told(user, "đã cấp mật khẩu tạm")
    assert not OutboxMessage.objects.filter(body__contains=password).exists()


# ── units ────────────────────────────────────────────────────────────────────────────────────────


def facts(**changes):
    return UnitFacts(**{"name": "UBND phường Mới", "kind": UnitKind.WARD, "valid_from": date(2026, 1, 1), **changes})


def test_unit_is_created_and_edited_with_a_record(admin):
    unit = create_unit(by=admin, code="p-moi", facts=facts())
    edit_unit(by=admin, unit_id=unit.pk, facts=facts(name="UBND phường  Mới Hơn"))
    unit.refresh_from_db()
    assert unit.name == "UBND phường Mới Hơn"
    words = list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True))
    assert words == ["unit.created code=p-moi, kind=ward", "unit.edited code=p-moi, fields=name"]


def test_editing_nothing_writes_nothing(admin):
    unit = create_unit(by=None, code="p-moi", facts=facts())
    edit_unit(by=admin, unit_id=unit.pk, facts=facts())
    assert not LogEntry.objects.exists()


def test_unit_refusals(admin):
    unit = create_unit(by=admin, code="p-moi", facts=facts())
    child = create_unit(by=admin, code="p-con", facts=facts(parent_id=unit.pk))
    refused(act=create_unit, field="code", by=admin, code="p-moi", facts=facts())
    refused(act=edit_unit, field="parent", by=admin, unit_id=unit.pk, facts=facts(parent_id=child.pk))
    refused(act=edit_unit, field="parent", by=admin, unit_id=unit.pk, facts=facts(parent_id=unit.pk))
    refused(act=edit_unit, field="group", by=admin, unit_id=unit.pk, facts=facts(group_id=child.pk))
    refused(act=edit_unit, field="valid_to", by=admin, unit_id=unit.pk, facts=facts(valid_to=date(2025, 1, 1)))


def test_closed_unit_names_its_successors(admin):
    old, new = UnitFactory(), UnitFactory(valid_from=date(2026, 7, 1))
    close_unit(by=admin, unit_id=old.pk, last_day=date(2026, 6, 30), successor_ids=[new.pk])
    old.refresh_from_db()
    assert old.valid_to == date(2026, 6, 30)
    assert list(old.successors.all()) == [new]
    assert list(new.predecessors.all()) == [old]


def test_closing_refusals(admin):
    unit = UnitFactory(valid_from=date(2026, 1, 1))
    UnitFactory(parent=unit)
    refused(act=close_unit, field="last_day", by=admin, unit_id=unit.pk, last_day=date(2025, 1, 1))
    refused(act=close_unit, field="last_day", by=admin, unit_id=unit.pk, last_day=date(2026, 6, 30))
    refused(act=set_successors, field="successors", by=admin, unit_id=unit.pk, successor_ids=[UnitFactory().pk])
    leaf, dead = UnitFactory(), UnitFactory(valid_to=date(2026, 6, 30))
    for successor in (leaf, dead):
        refused(
            act=close_unit,
            field="successors",
            by=admin,
            unit_id=leaf.pk,
            last_day=date(2026, 6, 30),
            successor_ids=[successor.pk],
        )
    leaf.refresh_from_db()
    assert leaf.valid_to is None


# ── calendars ────────────────────────────────────────────────────────────────────────────────────

MONDAY, SATURDAY = date(2026, 10, 5), date(2026, 10, 10)
MORNING = [(time(8), time(11, 30))]


@pytest.fixture
def tree():
    CalendarFactory()
    city = UnitFactory(kind=UnitKind.CITY)
    return {"city": city, "ward": UnitFactory(parent=city), "other": UnitFactory()}


def off(unit, day):
    return not calendar_for(unit).is_workday(day)


def test_days_are_inherited_from_above_and_the_nearest_wins(admin, tree):
    put_day(by=admin, unit_id=None, day=MONDAY, kind=DayKind.OFF, name="Nghỉ chung")
    assert off(tree["ward"], MONDAY)
    put_day(by=admin, unit_id=tree["ward"].pk, day=MONDAY, kind=DayKind.WORKDAY, name="Phường vẫn làm")
    assert not off(tree["ward"], MONDAY)
    assert off(tree["city"], MONDAY)
    put_day(by=admin, unit_id=tree["city"].pk, day=SATURDAY, kind=DayKind.WORKDAY, name="Làm bù")
    assert not off(tree["ward"], SATURDAY)
    assert off(tree["other"], SATURDAY)
    assert calendar_for(tree["ward"]).names[SATURDAY] == "Làm bù"


def test_day_of_ones_own_calendar_keeps_the_inherited_hours(admin, tree):
    put_day(by=admin, unit_id=tree["ward"].pk, day=MONDAY, kind=DayKind.OFF, name="Lễ hội")
    own = Calendar.objects.get(unit=tree["ward"])
    root = Calendar.objects.get(unit=None)
    assert (own.weekly, own.cutoff) == (root.weekly, time(15))
    assert not off(tree["ward"], MONDAY + DAY)


def test_hours_come_from_the_nearest_calendar(admin, tree):
    set_hours(by=admin, unit_id=tree["city"].pk, weekly={1: MORNING, 6: MORNING}, cutoff=time(11))
    ward = calendar_for(tree["ward"])
    assert (ward.minutes(MONDAY), ward.minutes(SATURDAY), ward.minutes(MONDAY + DAY), ward.cutoff) == (
        210,
        210,
        0,
        time(11),
    )
    assert calendar_for(tree["other"]).minutes(MONDAY) == 480


def test_make_up_day_has_the_hours_of_monday(admin, tree):
    set_hours(by=admin, unit_id=tree["ward"].pk, weekly={1: MORNING, 2: [*MORNING, (time(13), time(17))]}, cutoff=None)
    put_day(by=admin, unit_id=tree["ward"].pk, day=SATURDAY, kind=DayKind.WORKDAY, name="Làm bù")
    assert calendar_for(tree["ward"]).minutes(SATURDAY) == 210


def test_removed_day_gives_back_what_stands_above(admin, tree):
    put_day(by=admin, unit_id=None, day=MONDAY, kind=DayKind.OFF, name="Nghỉ chung")
    row = put_day(by=admin, unit_id=tree["ward"].pk, day=MONDAY, kind=DayKind.WORKDAY, name="Vẫn làm")
    remove_day(by=admin, day_id=row.pk)
    assert off(tree["ward"], MONDAY)


def test_dropped_calendar_gives_back_hours_and_days(admin, tree):
    set_hours(by=admin, unit_id=tree["ward"].pk, weekly={1: MORNING}, cutoff=None)
    put_day(by=admin, unit_id=tree["ward"].pk, day=MONDAY, kind=DayKind.OFF, name="Lễ hội")
    drop_calendar(by=admin, unit_id=tree["ward"].pk)
    assert calendar_for(tree["ward"]).minutes(MONDAY) == 480
    assert not DayOff.objects.exists()


def test_day_entered_twice_is_replaced(admin, tree):
    put_day(by=admin, unit_id=None, day=MONDAY, kind=DayKind.OFF, name="Nghỉ")
    put_day(by=admin, unit_id=None, day=MONDAY, kind=DayKind.WORKDAY, name="Làm")
    assert DayOff.objects.get().name == "Làm"


def test_view_tells_where_hours_and_days_come_from(admin, tree):
    put_day(by=admin, unit_id=None, day=MONDAY, kind=DayKind.OFF, name="Nghỉ chung")
    put_day(by=admin, unit_id=tree["city"].pk, day=SATURDAY, kind=DayKind.WORKDAY, name="Làm bù")
    view = view_of(tree["ward"], 2026)
    assert view.own is None
    assert view.hours_from.unit == tree["city"]
    assert [row.calendar.unit for row in view.days] == [None, tree["city"]]
    assert view_of(tree["ward"], 2027).days == []


def test_calendar_refusals(admin, tree):
    ward = tree["ward"].pk
    for weekly in (
        {},
        {1: [(time(11), time(8))]},
        {1: [(time(8), time(12)), (time(11), time(17))]},
        {1: [(time(8), time(8))]},
    ):
        refused(act=set_hours, by=admin, unit_id=ward, weekly=weekly, cutoff=None)
    refused(act=put_day, field="kind", by=admin, unit_id=ward, day=MONDAY, kind="ăn", name="x")
    refused(act=put_day, field="name", by=admin, unit_id=ward, day=MONDAY, kind=DayKind.OFF, name=" ")
    refused(act=drop_calendar, by=admin, unit_id=ward)
    assert Calendar.objects.count() == 1


def test_no_calendar_at_all_says_what_to_do():
    with pytest.raises(LookupError):
        calendar_for(UnitFactory())
    assert view_of(UnitFactory(), 2026) is None


def test_first_hours_make_the_common_calendar(admin):
    set_hours(by=admin, unit_id=None, weekly={1: MORNING}, cutoff=None)
    assert calendar_for(OrgUnit.objects.first()).minutes(MONDAY) == 210


def test_calendar_costs_one_statement_once_its_version_is_known(tree, django_assert_num_queries):
    desk = UnitFactory(parent=tree["ward"])
    calendar_for(desk)
    for unit in (tree["other"], desk):
        with django_assert_num_queries(1):
            calendar_for(unit)
    with django_assert_num_queries(1):
        assert len(calendars_for([tree["other"].pk, desk.pk, desk.pk])) == 2


def test_every_change_of_a_calendar_is_a_new_version(tree):
    root = Calendar.objects.get(unit__isnull=True)
    day = DayOff.objects.create(calendar=root, day=MONDAY, kind=DayKind.OFF, name="Nghỉ")
    assert not calendar_for(tree["ward"]).is_workday(MONDAY)
    day.kind = DayKind.WORKDAY
    day.save()
    assert calendar_for(tree["ward"]).is_makeup(MONDAY) is False
    assert calendar_for(tree["ward"]).is_workday(MONDAY)
    day.delete()
    Calendar.objects.filter(pk=root.pk).update(cutoff="16:00")
    assert str(calendar_for(tree["ward"]).cutoff) == "16:00:00"
    versions = Calendar.objects.values_list("version", flat=True).get(pk=root.pk)
    assert versions == root.version + 4
