"""Leave and who stands in: the rules as a service, the questions other rooms ask, the page."""

from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from accounts.enums import Role, UnitKind
from accounts.models import LeaveCover
from accounts.queries import cover_of, covered_by
from accounts.services import end_cover, lock_account, revoke_role, set_cover
from accounts.services.covers import Leave
from accounts.services.ends import SuccessorNeededError
from integrations.models import OutboxMessage
from integrations.registry import user_address
from portal import clock
from portal.errors import UserError
from tests.factories import MembershipFactory, StaffFactory, UnitFactory

DAY = timedelta(days=1)


class Office:
    """A department with a head and three officers, below a ward with a signer and an administrator."""

    def __init__(self):
        self.ward = UnitFactory(name="UBND phường Mẫu")
        self.room = UnitFactory(name="Phòng Kinh tế", parent=self.ward, kind=UnitKind.DEPARTMENT)
        self.head = self.member(Role.UNIT_HEAD, self.room, "Trưởng Phòng Một")
        self.signer = self.member(Role.SIGNER, self.ward, "Lãnh Đạo Ký")
        self.admin = self.member(Role.ADMINISTRATOR, self.ward, "Quản Trị Viên")
        self.an, self.binh, self.chi = (self.member(Role.OFFICER, self.room, name) for name in ("An", "Bình", "Chi"))

    @staticmethod
    def member(role, unit, name, **dates):
        return MembershipFactory(role=role, unit=unit, user__full_name=f"Cán bộ {name}", **dates).user


@pytest.fixture
def office(db):
    return Office()


def cover(who, by_whom, *, by=None, first=0, last=5, reason="Nghỉ phép năm"):
    today = clock.today()
    return set_cover(by=by or who, leave=Leave(who.pk, by_whom.pk, today + first * DAY, today + last * DAY, reason))


def refused(field, words, act):
    with pytest.raises(UserError) as caught:
        act()
    assert caught.value.field == field
    assert words in caught.value.message


# ── the rules ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.unit
def test_cover_stands_in_from_the_first_to_the_last_day(office):
    cover(office.an, office.binh, first=1, last=3)
    today = clock.today()
    assert [covered_by(office.binh.pk, today + n * DAY) for n in (0, 1, 3, 4)] == [
        frozenset(),
        {office.an.pk},
        {office.an.pk},
        frozenset(),
    ]
    assert cover_of([office.an.pk, office.binh.pk]) == {}
    assert cover_of([office.an.pk, office.binh.pk], today + DAY)[office.an.pk].cover == office.binh
    assert LogEntry.objects.get(content_type__model="leavecover").user == office.an


@pytest.mark.unit
def test_a_head_and_an_administrator_write_it_down_for_who_left_suddenly_and_nobody_else_does(office):
    cover(office.an, office.chi, by=office.head)
    cover(office.binh, office.chi, by=office.admin)
    stranger = office.member(Role.UNIT_HEAD, UnitFactory(), "Ngoài")
    for by in (office.chi, stranger, StaffFactory()):
        refused(None, "đơn vị mình phụ trách", lambda by=by: cover(office.an, office.chi, by=by, first=10, last=12))
    assert covered_by(office.chi.pk) == {office.an.pk, office.binh.pk}


@pytest.mark.unit
def test_who_stands_in_is_told_and_who_is_on_leave_when_somebody_else_wrote_it_down(office):
    def told(user):
        return list(OutboxMessage.objects.filter(address=user_address(user.pk)).values_list("subject", flat=True))

    cover(office.an, office.binh)
    assert told(office.binh) == ["Cán bộ Bình trực thay Cán bộ An"]
    assert told(office.an) == []
    cover(office.chi, office.head, by=office.head)
    assert (told(office.chi), told(office.head)) == (["Cán bộ Trưởng Phòng Một trực thay Cán bộ Chi"], [])


@pytest.mark.unit
def test_refusals_are_sentences(office):
    refused("cover", "không thể tự trực thay", lambda: cover(office.an, office.an))
    refused("valid_from", "trước hôm nay", lambda: cover(office.an, office.binh, first=-1))
    refused("valid_to", "sau ngày bắt đầu", lambda: cover(office.an, office.binh, first=3, last=2))
    refused("valid_to", "một năm", lambda: cover(office.an, office.binh, last=400))
    refused("reason", "lý do", lambda: cover(office.an, office.binh, reason=" \x00"))
    refused(None, "không có vai trò xử lý", lambda: cover(office.admin, office.binh))
    office.binh.is_active = False
    office.binh.save()
    refused("cover", "đang bị khóa", lambda: cover(office.an, office.binh))
    assert not LeaveCover.objects.exists()


@pytest.mark.unit
def test_cover_needs_the_same_role_in_the_same_unit_for_the_whole_time(office):
    other_room = UnitFactory(parent=office.ward, kind=UnitKind.DEPARTMENT)
    for role, unit, dates in (
        (Role.CLERK, office.room, {}),
        (Role.OFFICER, other_room, {}),
        (Role.OFFICER, office.room, {"valid_to": clock.today() + 4 * DAY}),
        (Role.OFFICER, office.room, {"valid_from": clock.today() + DAY}),
    ):
        unfit = office.member(role, unit, "Khác", **dates)
        refused("cover", "không giữ vai trò chuyên viên thụ lý", lambda unfit=unfit: cover(office.an, unfit))
    patched = office.member(Role.OFFICER, office.room, "Nối Tiếp", valid_to=clock.today() + DAY)
    MembershipFactory(user=patched, unit=office.room, role=Role.OFFICER, valid_from=clock.today() + 2 * DAY)
    assert cover(office.an, patched).pk


@pytest.mark.unit
def test_a_head_who_stands_in_needs_somebody_to_give_the_work_to(office):
    cover(office.an, office.head, first=1, last=3)  # Bình and Chi are there
    cover(office.binh, office.head, first=1, last=3)  # Chi is there
    refused("cover", "không còn ai khác", lambda: cover(office.chi, office.head, first=3, last=4))
    cover(office.chi, office.head, first=4, last=5)
    for name in (office.binh, office.chi):
        office.room.memberships.filter(user=name).update(valid_to=clock.today() + 20 * DAY)
    refused("cover", "không còn ai khác", lambda: cover(office.an, office.head, first=19, last=25))


@pytest.mark.unit
def test_the_last_who_is_there_does_not_end_while_the_others_are_on_leave_with_a_head_standing_in(office):
    cover(office.an, office.head)
    cover(office.binh, office.chi)
    roles = {row.user_id: row.pk for row in office.room.memberships.all()}
    revoke_role(by=office.admin, membership_id=roles[office.binh.pk])
    with pytest.raises(SuccessorNeededError):
        revoke_role(by=office.admin, membership_id=roles[office.chi.pk])
    end_cover(by=office.an, cover_id=LeaveCover.objects.get(user=office.an).pk)
    assert revoke_role(by=office.admin, membership_id=roles[office.chi.pk]).valid_to


@pytest.mark.unit
def test_head_of_the_unit_may_stand_in_for_an_officer_and_not_the_other_way(office):
    assert cover(office.an, office.head).pk
    refused("cover", "lãnh đạo phòng", lambda: cover(office.head, office.binh, first=10, last=11))


@pytest.mark.unit
def test_only_the_time_in_which_both_hold_the_role_counts(office):
    leaving = office.member(Role.OFFICER, office.room, "Sắp Đi", valid_to=clock.today() + 2 * DAY)
    stays_as_long = office.member(Role.OFFICER, office.room, "Cùng Đi", valid_to=clock.today() + 2 * DAY)
    assert cover(leaving, stays_as_long, last=30).pk


@pytest.mark.unit
def test_no_second_cover_no_chain_and_no_loop(office):
    cover(office.an, office.binh, last=5)
    refused("valid_from", "đã có người trực thay", lambda: cover(office.an, office.chi, first=5, last=9))
    refused("cover", "cũng nghỉ", lambda: cover(office.chi, office.an, first=5, last=9))
    refused("valid_from", "đang nhận trực thay", lambda: cover(office.binh, office.chi, first=5, last=9))
    refused("cover", "cũng nghỉ", lambda: cover(office.binh, office.an, first=0, last=1))
    assert cover(office.binh, office.an, first=6, last=9).pk
    assert LeaveCover.objects.count() == 2


@pytest.mark.unit
def test_leave_ends_early_or_is_removed_before_it_began(office):
    row = cover(office.an, office.binh, last=5)
    refused("last_day", "rút ngắn", lambda: end_cover(by=office.an, cover_id=row.pk, last_day=row.valid_to + DAY))
    end_cover(by=office.an, cover_id=row.pk, last_day=clock.today())
    assert covered_by(office.binh.pk) == {office.an.pk}
    end_cover(by=office.head, cover_id=row.pk)
    assert not LeaveCover.objects.filter(pk=row.pk).exists()  # it had begun this very day
    refused(None, "vừa được người khác bỏ", lambda: end_cover(by=office.an, cover_id=row.pk))
    past = LeaveCover.objects.create(
        user=office.an,
        cover=office.chi,
        valid_from=clock.today() - 9 * DAY,
        valid_to=clock.today() + DAY,
        reason="Ốm",
        named_by=office.an,
    )
    refused(None, "phụ trách", lambda: end_cover(by=office.binh, cover_id=past.pk))
    assert end_cover(by=office.an, cover_id=past.pk).valid_to == clock.today() - DAY
    refused(None, "đã hết", lambda: end_cover(by=office.an, cover_id=past.pk))


@pytest.mark.unit
def test_who_loses_the_role_or_the_account_stands_in_no_longer(office):
    cover(office.an, office.binh, first=0, last=9)
    last_day = clock.today() + 3 * DAY
    revoke_role(by=office.admin, membership_id=office.binh.memberships.get().pk, last_day=last_day)
    assert LeaveCover.objects.get(user=office.an).valid_to == last_day
    cover(office.an, office.chi, first=4, last=9)
    lock_account(by=office.admin, user_id=office.chi.pk)
    assert not LeaveCover.objects.filter(cover=office.chi).exists()


# ── the page ─────────────────────────────────────────────────────────────────────────────────────


def sign_in(client, user):
    TOTP.activate(user, "A" * 32)
    client.force_login(user)
    return client


def sent(office, by_whom, first=0, last=5, reason="Nghỉ phép năm"):
    today = clock.today()
    days = {"valid_from": f"{today + first * DAY:%d/%m/%Y}", "valid_to": f"{today + last * DAY:%d/%m/%Y}"}
    return {**days, "reason": reason, "cover": by_whom.pk}


@pytest.mark.web
def test_officer_writes_down_own_leave_and_ends_it(client, office):
    sign_in(client, office.an)
    text = client.get(reverse("accounts:leave")).content.decode()
    assert "Cán bộ Bình" in text
    assert "Cán bộ Quản Trị Viên" not in text
    answer = client.post(reverse("accounts:leave"), sent(office, office.binh), follow=True)
    assert "Cán bộ Bình trực thay" in answer.content.decode()
    row = LeaveCover.objects.get()
    assert (row.user, row.cover, row.named_by) == (office.an, office.binh, office.an)
    ended = client.post(reverse("accounts:end_leave", args=[row.pk]), {"last_day": ""}, follow=True)
    assert ended.redirect_chain == [(reverse("accounts:leave"), 302)]
    assert not LeaveCover.objects.exists()


@pytest.mark.web
def test_what_was_typed_stays_when_it_is_refused(client, office):
    cover(office.binh, office.chi)
    sign_in(client, office.an)
    answer = client.post(reverse("accounts:leave"), sent(office, office.binh, reason="Đi học ở Hà Nội"))
    assert answer.status_code == 400
    assert "Cán bộ Bình cũng nghỉ" in answer.content.decode()
    assert "Đi học ở Hà Nội" in answer.content.decode()
    answer = client.post(reverse("accounts:leave"), {"valid_from": "31/02/2026", "cover": office.an.pk})
    assert set(answer.context["form"].errors) == {"valid_from", "valid_to", "reason", "cover"}


@pytest.mark.web
def test_head_sees_the_leave_of_the_unit_and_writes_it_down_for_others(client, office):
    cover(office.an, office.chi)
    sign_in(client, office.head)
    text = client.get(reverse("accounts:leave")).content.decode()
    assert "Kỳ nghỉ của người thuộc đơn vị" in text
    assert "Cán bộ An" in text
    assert "Cán bộ Lãnh Đạo Ký" not in text
    answer = client.post(reverse("accounts:leave_of", args=[office.binh.pk]), sent(office, office.head))
    assert answer["Location"] == reverse("accounts:leave_of", args=[office.binh.pk])
    assert LeaveCover.objects.get(user=office.binh).named_by == office.head


@pytest.mark.web
def test_leave_of_others_does_not_exist_for_colleagues(client, office):
    row = cover(office.an, office.chi)
    sign_in(client, office.binh)
    assert client.get(reverse("accounts:leave_of", args=[office.an.pk])).status_code == 404
    assert client.post(reverse("accounts:end_leave", args=[row.pk]), {"last_day": ""}).status_code == 404
    assert "Kỳ nghỉ của người thuộc đơn vị" not in client.get(reverse("accounts:leave")).content.decode()


@pytest.mark.web
def test_profile_of_staff_leads_to_leave_and_a_citizens_does_not(client, office):
    link = reverse("accounts:leave")
    sign_in(client, office.an)
    assert f'href="{link}"' in client.get(reverse("accounts:profile")).content.decode()
    client.force_login(StaffFactory())
    assert f'href="{link}"' not in client.get(reverse("accounts:profile")).content.decode()
