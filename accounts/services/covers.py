"""Verbs on leave: who stands in for whom, from a day to a day. Called by the page of leave and by the ends of roles."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.admin.models import ADDITION, CHANGE, DELETION
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.enums import HEAD_ROLES, WORK_ROLES
from accounts.models import LeaveCover, Membership, User
from accounts.queries import people_arranged
from accounts.services.audit import record
from accounts.services.telling import tell
from portal import clock
from portal.errors import StaleError, UserError
from portal.text import clean

LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Leave:
    """A leave as somebody writes it down: whose, who stands in, first and last day, why."""

    user_id: int
    cover_id: int
    valid_from: date
    valid_to: date
    reason: str


@transaction.atomic
def set_cover(*, by: User, leave: Leave) -> LeaveCover:
    """Write down a leave with who stands in: one's own, or as head or administrator somebody else's.

    Raises UserError for dates in the past or out of order, a cover who lacks a role or is on leave at that time, and a
    person who has a cover or stands in for somebody then: nobody stands in for one who stands in.
    """
    _may_arrange(by, leave.user_id)
    _check_days(leave)
    reason = clean(leave.reason)[:300]
    if not reason:
        raise UserError(_("Hãy ghi lý do nghỉ."), field="reason")
    if leave.user_id == leave.cover_id:
        raise UserError(_("Người nghỉ không thể tự trực thay cho mình. Hãy chọn người khác."), field="cover")
    people = _locked(leave.user_id, leave.cover_id)
    if leave.cover_id not in people or not people[leave.cover_id].is_active:
        raise UserError(_("Tài khoản của người trực thay đang bị khóa. Hãy chọn người khác."), field="cover")
    _check_no_other_leave(leave, people)
    _check_roles(leave, people[leave.cover_id])
    row = LeaveCover.objects.create(
        user_id=leave.user_id,
        cover_id=leave.cover_id,
        valid_from=leave.valid_from,
        valid_to=leave.valid_to,
        reason=reason,
        named_by=by,
    )
    facts = {"user": row.user_id, "cover": row.cover_id, "valid_from": row.valid_from, "valid_to": row.valid_to}
    record(by=by, flag=ADDITION, thing=row, event="cover.set", **facts)
    _tell(row, people, by)
    return row


@transaction.atomic
def end_cover(*, by: User, cover_id: int, last_day: date | None = None) -> LeaveCover:
    """End a leave after `last_day` (at once when none is given); one that had not begun by then is removed.

    Raises UserError when it is over already or ends before that day, StaleError when it is gone.
    """
    row = LeaveCover.objects.select_for_update(of=("self",), no_key=True).filter(pk=cover_id).first()
    if row is None:
        raise StaleError(_("Kỳ nghỉ này vừa được người khác bỏ. Vui lòng tải lại trang."))
    _may_arrange(by, row.user_id)
    if row.valid_to < clock.today():
        raise UserError(_("Kỳ nghỉ này đã hết."))
    last_day = last_day or clock.today() - timedelta(days=1)
    if last_day > row.valid_to:
        raise UserError(_("Chỉ rút ngắn được kỳ nghỉ; muốn kéo dài hãy ghi thêm một kỳ nghỉ mới."), field="last_day")
    return _close(row, by=by, last_day=last_day)


def drop_unfit(*, by: User, cover_id: int, from_day: date) -> None:
    """End the leaves for which a person can stand in no longer, after a role of theirs ended before `from_day`."""
    for row in _still_covered(cover_id, from_day):
        first = max(row.valid_from, from_day)
        try:
            _check_roles(Leave(row.user_id, cover_id, first, row.valid_to, row.reason), row.cover)
        except UserError:
            _close(row, by=by, last_day=from_day - timedelta(days=1))


def drop_all(*, by: User, cover_id: int) -> None:
    """End every leave for which a person whose account is locked stands in."""
    for row in _still_covered(cover_id, clock.today()):
        _close(row, by=by, last_day=clock.today() - timedelta(days=1))


def _still_covered(cover_id: int, from_day: date) -> list[LeaveCover]:
    rows = LeaveCover.objects.select_for_update(of=("self",), no_key=True).select_related("cover")
    return list(rows.filter(cover_id=cover_id, valid_to__gte=from_day).order_by("pk"))


def _close(row: LeaveCover, *, by: User, last_day: date) -> LeaveCover:
    """Shorten a locked leave, or remove one that had not begun."""
    facts = {"user": row.user_id, "cover": row.cover_id, "last_day": last_day}
    if row.valid_from > last_day:
        record(by=by, flag=DELETION, thing=row, event="cover.removed", **facts)
        row.delete()
        return row
    row.valid_to = last_day
    row.save(update_fields=["valid_to", "updated_at"])
    record(by=by, flag=CHANGE, thing=row, event="cover.ended", **facts)
    return row


def _tell(row: LeaveCover, people: dict[int, User], by: User) -> None:
    """Tell who stands in, and who is on leave when somebody else wrote it down."""
    words = {
        "name": people[row.user_id].full_name,
        "cover": people[row.cover_id].full_name,
        "first": f"{row.valid_from:%d/%m/%Y}",
        "last": f"{row.valid_to:%d/%m/%Y}",
    }
    subject = _("%(cover)s trực thay %(name)s") % words
    body = (
        _("%(name)s nghỉ từ %(first)s đến hết %(last)s; %(cover)s trực thay, thấy và làm việc của người nghỉ.") % words
    )
    for user_id in {row.cover_id, row.user_id} - {by.pk}:
        tell(user_id, kind="cover", subject=subject, body=body, key=str(row.pk), page="accounts:leave")


def _may_arrange(by: User, user_id: int) -> None:
    if by.pk != user_id and not people_arranged(by).filter(pk=user_id).exists():
        raise UserError(_("Bạn chỉ ghi được kỳ nghỉ của mình và của người thuộc đơn vị mình phụ trách."))


def _check_days(leave: Leave) -> None:
    if leave.valid_from < clock.today():
        raise UserError(_("Ngày bắt đầu nghỉ không được trước hôm nay."), field="valid_from")
    if leave.valid_to < leave.valid_from:
        raise UserError(_("Ngày kết thúc phải sau ngày bắt đầu."), field="valid_to")
    if leave.valid_to - leave.valid_from > LONGEST:
        raise UserError(_("Một kỳ nghỉ dài nhất một năm. Hãy ghi ngày kết thúc sớm hơn."), field="valid_to")


def _locked(*user_ids: int) -> dict[int, User]:
    """Both people, locked in the order of their ids, so that two leaves that touch one person wait for each other."""
    found = User.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=user_ids).order_by("pk")
    return {user.pk: user for user in found}


def _check_no_other_leave(leave: Leave, people: dict[int, User]) -> None:
    """No second leave of the person, none of the cover, and nobody for whom the person stands in at that time."""
    then = LeaveCover.objects.filter(valid_from__lte=leave.valid_to, valid_to__gte=leave.valid_from)
    then = then.select_related("user")
    names = {"name": people[leave.user_id].full_name, "cover": people[leave.cover_id].full_name}
    if then.filter(user_id=leave.user_id).exists():
        sentence = _("%(name)s đã có người trực thay trong thời gian này. Hãy kết thúc kỳ nghỉ đó trước.")
        raise UserError(sentence % names, field="valid_from")
    if then.filter(user_id=leave.cover_id).exists():
        sentence = _("%(cover)s cũng nghỉ trong thời gian này nên không trực thay được. Hãy chọn người khác.")
        raise UserError(sentence % names, field="cover")
    stands_for = then.filter(cover_id=leave.user_id).first()
    if stands_for is not None:
        sentence = _(
            "%(name)s đang nhận trực thay cho %(other)s trong thời gian này. Hãy đổi người trực thay đó trước."
        )
        raise UserError(sentence % {**names, "other": stands_for.user.full_name}, field="valid_from")


def _check_roles(leave: Leave, cover: User) -> None:
    """The cover holds each working role of the person in the same unit for the whole time, or leads that unit and others do it."""
    then = Q(valid_from__lte=leave.valid_to) & (Q(valid_to__isnull=True) | Q(valid_to__gte=leave.valid_from))
    own = list(
        Membership.objects.filter(then, user_id=leave.user_id, role__in=WORK_ROLES)
        .select_related("unit")
        .order_by("pk")
    )
    if not own:
        raise UserError(_("Người này không có vai trò xử lý hồ sơ trong thời gian nghỉ nên không cần người trực thay."))
    theirs = list(Membership.objects.filter(then, user=cover, unit_id__in=[row.unit_id for row in own]))
    for row in own:
        here = [other for other in theirs if other.unit_id == row.unit_id]
        alike = [other for other in here if other.role == row.role]
        leading = [other for other in here if other.role in HEAD_ROLES]
        first = max(row.valid_from, leave.valid_from)
        last = min(row.valid_to or leave.valid_to, leave.valid_to)
        facts = {"cover": cover.full_name, "role": row.get_role_display(), "unit": row.unit.name}
        if _whole_time(alike, first, last):
            continue
        if not _whole_time([*alike, *leading], first, last):
            sentence = _(
                "%(cover)s không giữ vai trò %(role)s tại %(unit)s suốt thời gian này nên không trực thay được. Hãy chọn "
                "người khác, hoặc nhờ quản trị viên cấp vai trò đó trước."
            )
            raise UserError(sentence % facts, field="cover")
        if not _others_are_there(row, first, last):
            sentence = _(
                "%(cover)s là lãnh đạo nên chỉ chia được việc, mà trong thời gian này tại %(unit)s không còn ai khác giữ vai "
                "trò %(role)s để nhận. Hãy chọn người giữ vai trò đó, hoặc nhờ quản trị viên cấp vai trò đó trước."
            )
            raise UserError(sentence % facts, field="cover")


def _others_are_there(row: Membership, first: date, last: date) -> bool:
    """Whether one more person holds the role there for the whole time and is on no leave then.

    A head who stands in shares the work out: what only the role may do is done by somebody who holds it.
    """
    alike = Membership.objects.filter(unit_id=row.unit_id, role=row.role, user__is_active=True)
    away = LeaveCover.objects.filter(valid_from__lte=last, valid_to__gte=first).values("user_id")
    held: dict[int, list[Membership]] = {}
    for other in alike.exclude(user_id=row.user_id).exclude(user_id__in=away).order_by("pk"):
        held.setdefault(other.user_id, []).append(other)
    return any(_whole_time(rows, first, last) for rows in held.values())


def _whole_time(held: list[Membership], first: date, last: date) -> bool:
    """Tell whether roles, one after another, reach from the first day to the last without a gap."""
    reached = first
    for row in sorted(held, key=lambda row: row.valid_from):
        if row.valid_from > reached:
            return False
        if row.valid_to is None or row.valid_to >= last:
            return True
        reached = max(reached, row.valid_to + timedelta(days=1))
    return False
