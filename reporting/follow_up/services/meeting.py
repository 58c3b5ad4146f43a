"""Minutes of meetings on figures: written by one of home affairs, confirmed by another; their tasks are followed like measures."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from portal import clock
from portal.clock import Month
from portal.errors import NotNowError, StaleError, UserError
from portal.templatetags.ui import day
from portal.text import through_all
from reporting.enums import MinutesState
from reporting.follow_up.posts import Posts, home_affairs_of
from reporting.follow_up.services.explaining import OutsideHomeAffairsError
from reporting.follow_up.telling import tell_unit
from reporting.models import MeetingMinutes, Remedy


class SettledMinutesError(NotNowError):
    """They were settled or dropped."""

    default_message = gettext_lazy(
        "Biên bản này đã chốt hoặc đã bỏ nên không sửa được; cuộc họp khác thì lập biên bản mới."
    )


class ChangedMinutesError(StaleError):
    """Somebody else saved meanwhile."""

    default_message = gettext_lazy(
        "Biên bản vừa được lưu ở nơi khác. Những gì bạn nhập vẫn còn trên trang; hãy mở lại để so rồi lưu."
    )


class OwnMinutesError(UserError):
    """Who wrote in them may not confirm them."""

    default_message = gettext_lazy(
        "Bạn đã ghi vào biên bản này nên không tự xác nhận được. Hãy lưu lại và nhờ người thứ hai của Nội vụ."
    )


class AlteredMinutesError(UserError):
    """What was sent to be confirmed is not what was written."""

    default_message = gettext_lazy(
        "Bạn đã sửa biên bản nên chưa xác nhận được. Hãy bấm Lưu bản nháp; khi đó một người khác của Nội vụ xác nhận."
    )


@dataclass(frozen=True, slots=True)
class Concluded:
    """What a meeting said, checked; `tasks`: rows like the measures of an explanation, each with its unit."""

    held_on: date
    place: str
    present: str
    conclusions: str
    tasks: list[dict[str, Any]]


@transaction.atomic
def save_draft(*, by: User, minutes_id: int | None, revision: int, draft: dict[str, Any]) -> MeetingMinutes:
    """Keep what was typed so far. Raises OutsideHomeAffairsError, SettledMinutesError, ChangedMinutesError."""
    minutes = _writable(by, minutes_id, revision)
    minutes.draft = draft
    minutes.editors = sorted({*minutes.editors, by.pk})
    minutes.save()
    return minutes


@transaction.atomic
def settle(*, by: User, minutes_id: int, revision: int, draft: dict[str, Any], said: Concluded) -> MeetingMinutes:
    """Confirm what others wrote for good and give out its tasks; the units are told. By who wrote nothing of it.

    Raises what `save_draft` raises, OwnMinutesError, AlteredMinutesError.
    """
    minutes = _writable(by, minutes_id, revision)
    if by.pk in minutes.editors:
        raise OwnMinutesError
    if _as_sent(draft) != _as_sent(minutes.draft):
        raise AlteredMinutesError
    minutes.state = MinutesState.SETTLED
    minutes.held_on, minutes.place = said.held_on, said.place
    minutes.present, minutes.conclusions = said.present, said.conclusions
    minutes.settled_by, minutes.settled_at = by, clock.now()
    minutes.save()
    base = Month.of(said.held_on).previous.first_day
    tasks = Remedy.objects.bulk_create(_task(minutes, row, base) for row in said.tasks)
    _tell(minutes, tasks)
    return minutes


@transaction.atomic
def drop(*, by: User, minutes_id: int, revision: int) -> None:
    """Set a draft aside; what was written stays readable. Raises what `save_draft` raises."""
    minutes = _writable(by, minutes_id, revision)
    minutes.state = MinutesState.DROPPED
    minutes.save()


def _writable(by: User, minutes_id: int | None, revision: int) -> MeetingMinutes:
    if home_affairs_of(by) is None:
        raise OutsideHomeAffairsError
    if minutes_id is None:
        return MeetingMinutes(written_by=by)
    minutes = MeetingMinutes.objects.select_for_update(of=("self",), no_key=True).get(pk=minutes_id)
    if minutes.state != MinutesState.DRAFT:
        raise SettledMinutesError
    if minutes.revision != revision:
        raise ChangedMinutesError
    minutes.revision += 1
    return minutes


def _as_sent(draft: dict[str, Any]) -> str:
    """A draft for comparison: browsers end lines in their own way."""
    return json.dumps(through_all(draft), sort_keys=True).replace(r"\r\n", r"\n")


def _task(minutes: MeetingMinutes, row: dict[str, Any], base: date) -> Remedy:
    return Remedy(
        minutes=minutes,
        unit_id=row["unit"],
        text=row["text"],
        indicator=row["indicator"],
        procedure_id=row["procedure"],
        expected=row["expected"],
        base_month=base,
        owner=row["owner"],
        due_on=date.fromisoformat(row["due_on"]),
    )


def _tell(minutes: MeetingMinutes, tasks: list[Remedy]) -> None:
    posts = Posts(one.unit_id for one in tasks)
    for one in tasks:
        tell_unit(
            one.unit_id,
            posts=posts,
            kind="task_given",
            words=(
                _("Việc theo kết luận họp ngày %(day)s") % {"day": day(minutes.held_on)},
                _("%(text)s Hạn: %(day)s.") % {"text": one.text[:300], "day": day(one.due_on)},
            ),
            link=reverse("reporting:remedy", kwargs={"remedy_id": one.pk}),
            key=str(one.pk),
        )
