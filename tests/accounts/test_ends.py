"""Ends of roles and accounts: what hangs on them is shown, the last holder needs a successor, the work is handed over."""

from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from accounts.closing import PARTS
from accounts.enums import Role, UnitKind
from accounts.hanging import HANGING, Hanging, Sample
from accounts.models import Handover, Membership, User
from accounts.queries import ending_alone, holders
from accounts.services import lock_account, revoke_role
from accounts.services.ends import SuccessorNeededError
from integrations.models import OutboxMessage
from integrations.registry import user_address
from portal import clock
from portal.errors import StaleError, UserError
from tests.factories import MembershipFactory, StaffFactory, UnitFactory, UserFactory
from tests.house.test_templates import VIETNAMESE

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


class Office:
    """A department of a ward with one officer, its head, and the ward's administrator."""

    def __init__(self):
        self.ward = UnitFactory(name="UBND phường Mẫu")
        self.room = UnitFactory(name="Phòng Kinh tế", parent=self.ward, kind=UnitKind.DEPARTMENT)
        self.admin = MembershipFactory(role=Role.ADMINISTRATOR, unit=self.ward).user
        self.head = MembershipFactory(role=Role.UNIT_HEAD, unit=self.room, user__full_name="Trưởng Phòng").user
        self.row = MembershipFactory(role=Role.OFFICER, unit=self.room, user__full_name="Cán Bộ Đi")
        self.officer = self.row.user

    def colleague(self, **changes):
        return MembershipFactory(
            **{"role": Role.OFFICER, "unit": self.room, "user__full_name": "Ở Lại", **changes}
        ).user

    def end(self, **how):
        return revoke_role(by=self.admin, membership_id=self.row.pk, **how)


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def six_things():
    """A kind of thing of which six hang on every officer; gives the orders that began."""
    begun = []
    kind = Hanging(
        code="thu",
        label="Việc thử",
        goes="Chuyển cho người kế nhiệm.",
        count=lambda ending: 6 if ending.role == Role.OFFICER else 0,
        samples=lambda ending: [Sample("H29-0001"), Sample("H29-0002")],
        move=begun.append,
    )
    HANGING.add(kind)
    yield begun
    HANGING.remove(kind.code)


# ── the last holder ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.unit
def test_last_holder_does_not_end_without_a_successor_and_nothing_is_changed(office):
    with pytest.raises(SuccessorNeededError) as caught:
        office.end()
    assert caught.value.field == "successor"
    assert "Cán Bộ Đi là người cuối cùng giữ vai trò chuyên viên thụ lý tại Phòng Kinh tế" in caught.value.message
    office.row.refresh_from_db()
    assert office.row.valid_to is None
    assert not LogEntry.objects.exists()
    assert not Handover.objects.exists()


@pytest.mark.unit
def test_successor_has_the_role_from_the_next_day(office):
    office.end(last_day=clock.today() + DAY, successor_id=office.head.pk)
    row = Membership.objects.get(user=office.head, role=Role.OFFICER)
    assert (row.valid_from, row.valid_to, row.granted_by) == (clock.today() + 2 * DAY, None, office.admin)
    order = Handover.objects.get()
    assert (order.user, order.successor, order.starts_on) == (office.officer, office.head, clock.today() + 2 * DAY)
    assert OutboxMessage.objects.get(address=user_address(office.head.pk)).subject == "Bạn nhận việc của Cán Bộ Đi"


@pytest.mark.unit
def test_role_ended_at_once_or_in_the_past_goes_on_today(office):
    office.end(last_day=clock.today() - 9 * DAY, successor_id=office.head.pk)
    assert list(holders(office.room.pk, Role.OFFICER, clock.today())) == [office.head]
    assert Handover.objects.get().starts_on == clock.today()


@pytest.mark.unit
def test_successor_who_gets_the_role_later_anyway_gets_it_until_then(office):
    later = clock.today() + 10 * DAY
    MembershipFactory(user=office.head, unit=office.room, role=Role.OFFICER, valid_from=later)
    office.end(successor_id=office.head.pk)
    first = Membership.objects.filter(user=office.head, role=Role.OFFICER).earliest("valid_from")
    assert (first.valid_from, first.valid_to) == (clock.today(), later - DAY)


@pytest.mark.unit
@pytest.mark.parametrize("kind", ["locked", "ends_too", "begins_later", "other_unit", "other_role"])
def test_who_cannot_act_the_day_after_is_not_another_holder(office, kind):
    changes = {
        "locked": {"user__is_active": False},
        "ends_too": {"valid_to": clock.today() + 3 * DAY},
        "begins_later": {"valid_from": clock.today() + 5 * DAY},
        "other_unit": {"unit": office.ward},
        "other_role": {"role": Role.CONSULTED},
    }[kind]
    office.colleague(**changes)
    with pytest.raises(SuccessorNeededError):
        office.end(last_day=clock.today() + 3 * DAY)
    office.colleague()
    assert office.end(last_day=clock.today() + 3 * DAY).valid_to


@pytest.mark.unit
def test_other_roles_closed_units_and_slips_need_nobody(office):
    office.room.valid_to = clock.today() - DAY
    office.room.save()
    assert office.end().valid_to
    assert revoke_role(
        by=office.admin, membership_id=MembershipFactory(role=Role.HOME_AFFAIRS, unit=office.ward).pk
    ).valid_to
    slip = MembershipFactory(role=Role.CASHIER, unit=office.ward, valid_from=clock.today())
    revoke_role(by=office.admin, membership_id=slip.pk)
    assert not Membership.objects.filter(pk=slip.pk).exists()


@pytest.mark.unit
def test_named_successor_of_a_role_not_begun_is_not_taken_away_without_another(office):
    office.end(last_day=clock.today() + DAY, successor_id=office.head.pk)
    planned = Membership.objects.get(user=office.head, role=Role.OFFICER)
    with pytest.raises(SuccessorNeededError):
        revoke_role(by=office.admin, membership_id=planned.pk)


@pytest.mark.unit
def test_unfit_successors_are_refused(office):
    locked = StaffFactory(is_active=False)
    for user_id, words in (
        (office.officer.pk, "người khác"),
        (locked.pk, "đang bị khóa"),
        (UserFactory().pk, "số định danh"),
        (office.admin.pk, "tự cấp vai trò"),
    ):
        with pytest.raises(UserError) as caught:
            office.end(successor_id=user_id)
        assert caught.value.field == "successor"
        assert words in caught.value.message
    with pytest.raises(StaleError):
        revoke_role(by=office.admin, membership_id=0)


@pytest.mark.unit
def test_last_holder_is_not_locked_without_a_successor_for_each_role(office):
    second = MembershipFactory(user=office.officer, unit=office.ward, role=Role.CLERK)
    taking = office.colleague(role=Role.CONSULTED)
    with pytest.raises(SuccessorNeededError) as caught:
        lock_account(by=office.admin, user_id=office.officer.pk, successors={office.row.pk: taking.pk})
    assert caught.value.field == f"successor_{second.pk}"
    assert User.objects.get(pk=office.officer.pk).is_active
    assert not Membership.objects.filter(user=taking, role=Role.OFFICER).exists()
    both = {office.row.pk: taking.pk, second.pk: taking.pk}
    lock_account(by=office.admin, user_id=office.officer.pk, successors=both)
    assert set(taking.memberships.values_list("role", flat=True)) == {Role.CONSULTED, Role.OFFICER, Role.CLERK}
    assert Handover.objects.count() == 2


@pytest.mark.unit
def test_roles_that_run_out_with_nobody_after_are_named(office):
    unit_ids, until = frozenset({office.room.pk}), clock.today() + 30 * DAY
    assert ending_alone(unit_ids, until) == []
    office.row.valid_to = clock.today() + 7 * DAY
    office.row.save()
    assert ending_alone(unit_ids, until) == [office.row]
    assert ending_alone(unit_ids, clock.today() + 6 * DAY) == []
    after = office.colleague(valid_from=clock.today() + 9 * DAY)
    assert ending_alone(unit_ids, until) == [office.row]  # one day without anybody
    after.memberships.update(valid_from=clock.today() + 8 * DAY)
    assert ending_alone(unit_ids, until) == []


# ── what hangs, and the pages ────────────────────────────────────────────────────────────────────


@pytest.fixture
def admin(client, office):
    TOTP.activate(office.admin, "A" * 32)
    client.force_login(office.admin)
    return client


@pytest.mark.web
def test_page_shows_what_hangs_asks_who_takes_over_and_orders_the_handover(admin, office, six_things):
    address = reverse("accounts:revoke_role", args=[office.officer.pk, office.row.pk])
    text = admin.get(address).content.decode()
    for words in ("Việc thử: 6", "H29-0001", "Chuyển cho người kế nhiệm.", "Trưởng Phòng"):
        assert words in text
    refused = admin.post(address, {"last_day": "", "successor": ""})
    assert refused.status_code == 400
    assert "người cuối cùng" in refused.content.decode()
    answer = admin.post(address, {"last_day": "", "successor": office.head.pk}, follow=True)
    assert "đã chuyển 0 việc, còn 6" in answer.content.decode()
    assert [order.successor for order in six_things] == [office.head]


@pytest.mark.web
def test_locking_asks_the_same_for_every_role(admin, office, six_things):
    address = reverse("accounts:lock_account", args=[office.officer.pk])
    assert "Việc thử: 6" in admin.get(address).content.decode()
    name = f"successor_{office.row.pk}"
    refused = admin.post(address, {name: ""})
    assert refused.context["form"].errors[name]
    assert admin.post(address, {name: office.head.pk}).status_code == 302
    assert not User.objects.get(pk=office.officer.pk).is_active
    assert [(order.user, order.successor) for order in six_things] == [(office.officer, office.head)]


@pytest.mark.web
def test_successors_are_chosen_from_the_authority_and_what_one_runs(admin, office):
    colleague = office.colleague()
    outside = MembershipFactory(unit=UnitFactory(), role=Role.OFFICER, user__full_name="Người Ngoài").user
    unknown = MembershipFactory(unit=office.ward, role=Role.CLERK, user=UserFactory(full_name="Chưa Có Số")).user
    address = reverse("accounts:revoke_role", args=[office.officer.pk, office.row.pk])
    _none, (_holding, holders_), (_others, others) = admin.get(address).context["form"].fields["successor"].choices
    assert holders_ == [(colleague.pk, "Ở Lại")]
    assert {user_id for user_id, _name in others} == {office.head.pk, office.admin.pk}
    for user in (outside, unknown):
        assert "successor" in admin.post(address, {"successor": user.pk}).context["form"].errors


@pytest.mark.web
def test_staff_page_warns_of_roles_that_run_out(admin, office):
    assert "sắp hết hạn" not in admin.get(reverse("accounts:staff")).content.decode()
    office.row.valid_to = clock.today() + 7 * DAY
    office.row.save()
    assert "sắp hết hạn không có người kế nhiệm" in admin.get(reverse("accounts:staff")).content.decode()


@pytest.mark.unit
@pytest.mark.parametrize("kind", [*HANGING, *PARTS], ids=lambda kind: kind.code)
def test_every_kind_of_thing_that_hangs_says_what_it_is_and_where_it_goes(kind):
    for words in (kind.label, kind.goes):
        assert VIETNAMESE.search(str(words))
    assert str(kind.goes).endswith(".")
