"""Ends of roles and the locking of accounts: what hangs on them gets a successor or goes back to the unit first.

The unit is locked before anybody is counted, so that of two last holders ended at once the second needs a successor.
Locks are taken in one order: units, people, roles.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.contrib.admin.models import ADDITION, CHANGE, DELETION
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import hanging
from accounts.enums import WORK_ROLES
from accounts.models import Handover, LeaveCover, Membership, OrgUnit, User
from accounts.queries import holders, open_on, still_held
from accounts.services import covers
from accounts.services.audit import record
from accounts.services.staff import end_sessions, grant_role
from accounts.services.telling import tell
from portal import clock
from portal.errors import StaleError, UserError

DAY = timedelta(days=1)


class SuccessorNeededError(UserError):
    """The last holder of a working role cannot end without somebody who goes on. Nothing was changed."""

    def __init__(self, row: Membership, field: str) -> None:
        sentence = _(
            "%(name)s là người cuối cùng giữ vai trò %(role)s tại %(unit)s. Hãy chọn người kế nhiệm; người đó được cấp vai "
            "trò này từ ngày hôm sau."
        )
        facts = {"name": row.user.full_name, "role": row.get_role_display(), "unit": row.unit.name}
        super().__init__(sentence % facts, field=field)


@transaction.atomic
def revoke_role(
    *, by: User, membership_id: int, last_day: date | None = None, successor_id: int | None = None
) -> Membership:
    """End a role after `last_day` (yesterday when none is given, so that it ends at once); its work goes on.

    What the person holds goes to the successor, who gets the role from the next day if he lacks it, or back to the
    unit's queue. A role that had not begun by then is removed. Raises UserError for one's own role and for the last
    holder of a working role without a successor, StaleError when the role is gone.
    """
    row = _locked_role(membership_id, successor_id)
    last_day = last_day or clock.today() - DAY
    if row.user_id == by.pk:
        raise UserError(_("Bạn không thể tự thu hồi vai trò của mình. Vui lòng nhờ một quản trị viên khác."))
    if row.valid_to is not None and row.valid_to <= last_day:
        raise UserError(_("Vai trò này đã kết thúc từ trước."))
    starts_on = max(last_day + DAY, clock.today())
    _succeed(row, by=by, starts_on=starts_on, successor_id=successor_id, field="successor")
    facts = {"user": row.user_id, "unit": row.unit.code, "role": row.role, "last_day": last_day}
    if row.valid_from > last_day:
        record(by=by, flag=DELETION, thing=row, event="role.removed", **facts)
        row.delete()
    else:
        row.valid_to = last_day
        row.save(update_fields=["valid_to", "updated_at"])
        record(by=by, flag=CHANGE, thing=row, event="role.revoked", **facts)
    if row.valid_from <= max(last_day, clock.today()):  # a role of today may have taken work before it is removed
        _hand_over(row, by=by, starts_on=starts_on, successor_id=successor_id)
    covers.drop_unfit(by=by, cover_id=row.user_id, from_day=starts_on)
    return row


@transaction.atomic
def lock_account(*, by: User, user_id: int, successors: Mapping[int, int] | None = None) -> User:
    """Lock an account and end its sessions; roles stay on record, the work it holds goes on without it.

    `successors`: who takes over, by membership. Raises UserError for one's own account and for the last holder of a
    working role without a successor, StaleError when the account is locked already.
    """
    named = dict(successors or {})
    rows = _locked_roles_of(user_id, named.values())
    user = User.objects.get(pk=user_id)
    if user.pk == by.pk:
        raise UserError(_("Bạn không thể tự khóa tài khoản của mình."))
    if not user.is_active:
        raise StaleError(_("Tài khoản vừa được người khác cập nhật. Vui lòng tải lại trang."))
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sessions(user)
    record(by=by, flag=CHANGE, thing=user, event="account.locked")
    today = clock.today()
    for row in rows:
        successor_id = named.get(row.pk)
        starts_on = max(today, row.valid_from)
        _succeed(row, by=by, starts_on=starts_on, successor_id=successor_id, field=f"successor_{row.pk}")
        if row.valid_from <= today:
            _hand_over(row, by=by, starts_on=today, successor_id=successor_id)
    covers.drop_all(by=by, cover_id=user.pk)
    return user


@transaction.atomic
def unlock_account(*, by: User, user_id: int) -> User:
    """Let a locked account sign in again, with the roles that are still in force."""
    user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user_id)
    if user.is_active:
        raise StaleError(_("Tài khoản vừa được người khác cập nhật. Vui lòng tải lại trang."))
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(by=by, flag=CHANGE, thing=user, event="account.unlocked")
    return user


def _locked_role(membership_id: int, successor_id: int | None) -> Membership:
    """A role with its unit and the people concerned, all locked in order."""
    gone = StaleError(_("Vai trò này vừa được người khác bỏ. Vui lòng tải lại trang."))
    known = Membership.objects.filter(pk=membership_id).values_list("unit_id", "user_id").first()
    if known is None:
        raise gone
    _lock([known[0]], [known[1], successor_id])
    locked = Membership.objects.select_for_update(of=("self",), no_key=True).select_related("unit", "user")
    row = locked.filter(pk=membership_id).first()
    if row is None:
        raise gone
    return row


def _locked_roles_of(user_id: int, successor_ids: Iterable[int]) -> list[Membership]:
    """The working roles of a person that are not over, locked with their units and the people concerned."""
    unit_ids = still_held(user_id).values_list("unit_id", flat=True)
    _lock(unit_ids, [user_id, *successor_ids])
    locked = still_held(user_id).select_for_update(of=("self",), no_key=True).select_related("unit", "user")
    return list(locked.order_by("pk"))


def _lock(unit_ids: Iterable[int], user_ids: Iterable[int | None]) -> None:
    units, users = OrgUnit.objects.filter(pk__in=unit_ids), User.objects.filter(pk__in=[pk for pk in user_ids if pk])
    for found in (units.order_by("pk"), users.order_by("pk")):
        list(found.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))


def _succeed(row: Membership, *, by: User, starts_on: date, successor_id: int | None, field: str) -> None:
    """See to it that somebody holds the role on the day after it ends, in a unit that exists then."""
    if row.role not in WORK_ROLES:
        return
    day = max(starts_on, row.valid_from)
    if successor_id is None:
        if _is_needed(row, day):
            raise SuccessorNeededError(row, field)
        return
    if successor_id == row.user_id:
        raise UserError(_("Người kế nhiệm phải là người khác."), field=field)
    if not User.objects.filter(pk=successor_id, is_active=True).exists():
        raise UserError(_("Tài khoản của người kế nhiệm đang bị khóa. Hãy chọn người khác."), field=field)
    if not holders(row.unit_id, row.role, day).filter(pk=successor_id).exists():
        _grant(row, by=by, day=day, successor_id=successor_id, field=field)


def _is_needed(row: Membership, day: date) -> bool:
    """Tell whether nobody else is there who holds the role on `day`, in a unit that is open then.

    A first role of its kind that begins today or later is a slip being mended: nobody counted on it yet.
    """
    if row.unit.valid_to is not None and row.unit.valid_to < day:
        return False
    others = Membership.objects.filter(unit_id=row.unit_id, role=row.role).exclude(pk=row.pk)
    if row.valid_from >= clock.today() and not others.exists():
        return False
    there = holders(row.unit_id, row.role, day)
    # Somebody on leave counts when who stands in can do the work; a leave that this person covers ends with the role.
    away = LeaveCover.objects.filter(open_on(day)).exclude(cover_id__in=there.values("pk"))
    return not there.exclude(pk=row.user_id).exclude(pk__in=away.values("user_id")).exists()


def _grant(row: Membership, *, by: User, day: date, successor_id: int, field: str) -> None:
    """Give the successor the role from `day` on, until a role of the same kind that he already has begins."""
    later = Membership.objects.filter(user_id=successor_id, unit_id=row.unit_id, role=row.role, valid_from__gt=day)
    begins = later.order_by("valid_from").values_list("valid_from", flat=True).first()
    until = begins - DAY if begins else None
    try:
        grant_role(by=by, user_id=successor_id, unit_id=row.unit_id, role=row.role, valid_from=day, valid_to=until)
    except UserError as error:
        raise UserError(error.message, field=field) from error


def _hand_over(row: Membership, *, by: User, starts_on: date, successor_id: int | None) -> None:
    """Order that what the person holds in this role be moved; the rooms that know it carry it out after the commit."""
    if row.role not in WORK_ROLES:
        return
    order = Handover.objects.create(
        user_id=row.user_id,
        unit_id=row.unit_id,
        role=row.role,
        successor_id=successor_id,
        starts_on=starts_on,
        ordered_by=by,
    )
    facts = {"unit": row.unit.code, "role": row.role, "successor": successor_id, "starts_on": starts_on}
    record(by=by, flag=ADDITION, thing=order, event="work.handed_over", user=row.user_id, **facts)
    _tell_successor(order, row)
    if not hanging.begin(order):
        order.done_at = clock.now()
        order.save(update_fields=["done_at", "updated_at"])


def _tell_successor(order: Handover, row: Membership) -> None:
    if order.successor_id is None or order.successor_id == order.ordered_by_id:
        return
    words = {
        "name": row.user.full_name,
        "role": row.get_role_display(),
        "unit": row.unit.name,
        "day": f"{order.starts_on:%d/%m/%Y}",
    }
    subject = _("Bạn nhận việc của %(name)s") % words
    body = _("Từ ngày %(day)s bạn làm tiếp việc %(name)s đang giữ với vai trò %(role)s tại %(unit)s.") % words
    tell(order.successor_id, kind="handover", subject=subject, body=body, key=str(order.pk), page="accounts:onward")
