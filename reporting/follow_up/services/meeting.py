"""Minutes of meetings on figures: written by home affairs, settled once; their tasks are followed like measures."""

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
from portal.errors import NotNowError, StaleError
from portal.templatetags.ui import day
from reporting.enums import MinutesState
from reporting.follow_up.posts import Posts, home_affairs_of
from reporting.follow_up.services.explaining import OutsideHomeAffairsError
from reporting.follow_up.telling import heads, tell
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
    minutes.save()
    return minutes


@transaction.atomic
def settle(
    *, by: User, minutes_id: int | None, revision: int, draft: dict[str, Any], said: Concluded
) -> MeetingMinutes:
    """Settle the minutes for good and give out their tasks; the heads are told. Raises what `save_draft` raises."""
    minutes = _writable(by, minutes_id, revision)
    minutes.draft, minutes.state = draft, MinutesState.SETTLED
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
        tell(
            heads(posts.leaders(one.unit_id)[:1]),
            kind="task_given",
            words=(
                _("Việc theo kết luận họp ngày %(day)s") % {"day": day(minutes.held_on)},
                _("%(text)s Hạn: %(day)s.") % {"text": one.text[:300], "day": day(one.due_on)},
            ),
            link=reverse("reporting:remedy", kwargs={"remedy_id": one.pk}),
            key=str(one.pk),
        )
