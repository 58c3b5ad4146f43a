"""Acts on the explanation of a missed target: written and sent by the unit's head, taken or given back by home affairs.

Each is one transaction with its record; what was sent is kept in the record word for word.
"""

from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.calendars import calendar_for
from accounts.models import User
from portal import clock
from portal.clock import Month
from portal.errors import NotNowError, StaleError, UserError
from portal.templatetags.ui import day
from reporting.enums import ShortfallState, ShortfallStep
from reporting.follow_up.posts import Acting, Posts, home_affairs_of
from reporting.follow_up.rules import AGAIN_DAYS, workdays_after
from reporting.follow_up.services.receiving import NotHeadError
from reporting.follow_up.telling import home_affairs, tell, tell_unit
from reporting.models import Remedy, Shortfall, ShortfallAct

WRITABLE = (ShortfallState.OPEN, ShortfallState.RETURNED)
LONGEST = 4000


class NotWritableError(NotNowError):
    """It was sent or accepted."""

    default_message = gettext_lazy(
        "Giải trình này đã gửi nên không sửa được. Nội dung bạn vừa nhập vẫn còn trên trang."
    )


class ChangedShortfallError(StaleError):
    """Somebody else saved or sent meanwhile."""

    default_message = gettext_lazy(
        "Giải trình vừa được lưu ở nơi khác. Những gì bạn nhập vẫn còn trên trang; hãy mở lại để so rồi lưu."
    )


class NotSentError(NotNowError):
    """There is nothing to decide, or a newer version."""

    default_message = gettext_lazy("Giải trình này vừa thay đổi. Hãy xem lại bản mới nhất rồi quyết định.")


class OwnExplanationError(UserError):
    """Who sent it may not decide on it."""

    default_message = gettext_lazy(
        "Bạn đã gửi giải trình này nên không tự xem xét được. Hãy nhờ người khác của Nội vụ."
    )


class OutsideHomeAffairsError(UserError):
    """Only home affairs decides."""

    default_message = gettext_lazy("Chỉ Nội vụ xem xét giải trình; chưa có gì thay đổi.")


@transaction.atomic
def save_draft(*, by: User, shortfall_id: int, revision: int, draft: dict[str, Any]) -> Shortfall:
    """Keep what was typed so far, whole or not. Raises NotHeadError, NotWritableError, ChangedShortfallError."""
    shortfall, _acting = _writable(by, shortfall_id, revision)
    _keep(shortfall, draft)
    return shortfall


@transaction.atomic
def send(*, by: User, shortfall_id: int, revision: int, draft: dict[str, Any], content: dict[str, Any]) -> Shortfall:
    """Send the explanation; the version is kept. Raises what `save_draft` raises."""
    shortfall, acting = _writable(by, shortfall_id, revision)
    shortfall.state = ShortfallState.SENT
    _keep(shortfall, draft)
    _record(shortfall, ShortfallStep.SENT, acting, content=content)
    said = {"unit": shortfall.unit.name, "month": Month.of(shortfall.month).label}
    link, key = _where(shortfall)
    tell(
        home_affairs(),
        kind="shortfall_sent",
        words=(
            _("Giải trình của %(unit)s, tháng %(month)s") % said,
            _("%(unit)s đã gửi giải trình chỉ tiêu chưa đạt tháng %(month)s, chờ xem xét.") % said,
        ),
        link=link,
        key=key,
    )
    return shortfall


@transaction.atomic
def give_back(*, by: User, shortfall_id: int, seq: int, words: str) -> Shortfall:
    """Give an explanation back with words; its draft is as it was sent. Raises OutsideHomeAffairsError, NotSentError, OwnExplanationError."""
    if not words:
        raise UserError(_("Chưa ghi cần bổ sung gì. Hãy ghi rõ để đơn vị sửa."), field="words")
    shortfall, acting, _sent = _sent_one(by, shortfall_id, seq)
    shortfall.state = ShortfallState.RETURNED
    later = workdays_after(clock.today(), AGAIN_DAYS, calendar_for(shortfall.unit))
    shortfall.due_on = max(shortfall.due_on, later)
    shortfall.save(update_fields=["state", "due_on", "updated_at"])
    _record(shortfall, ShortfallStep.RETURNED, acting, words=words)
    said = {"month": Month.of(shortfall.month).label, "day": day(shortfall.due_on)}
    _tell(
        shortfall,
        "shortfall_returned",
        (
            _("Giải trình tháng %(month)s được trả lại") % said,
            _("Nội vụ đề nghị bổ sung giải trình tháng %(month)s trước hết ngày %(day)s.") % said,
        ),
    )
    return shortfall


@transaction.atomic
def accept(*, by: User, shortfall_id: int, seq: int, words: str = "") -> list[Remedy]:
    """Accept an explanation for good; its measures are to be done from now on. Raises what `give_back` raises."""
    shortfall, acting, sent = _sent_one(by, shortfall_id, seq)
    shortfall.state = ShortfallState.ACCEPTED
    shortfall.save(update_fields=["state", "updated_at"])
    _record(shortfall, ShortfallStep.ACCEPTED, acting, words=words)
    _tell(
        shortfall,
        "shortfall_accepted",
        (
            _("Giải trình tháng %(month)s đã được chấp nhận") % {"month": Month.of(shortfall.month).label},
            _("Các biện pháp đã nêu được theo dõi đến khi xong."),
        ),
    )
    return Remedy.objects.bulk_create(_remedy(shortfall, row) for row in sent.content["measures"])


def _remedy(shortfall: Shortfall, row: dict[str, Any]) -> Remedy:
    return Remedy(
        unit_id=shortfall.unit_id,
        shortfall=shortfall,
        text=row["text"],
        indicator=row["indicator"],
        procedure_id=row["procedure"],
        expected=row["expected"],
        base_month=shortfall.month,
        owner=row["owner"],
        due_on=date.fromisoformat(row["due_on"]),
    )


def _locked(shortfall_id: int) -> Shortfall:
    rows = Shortfall.objects.select_for_update(of=("self",), no_key=True).select_related("unit")
    return rows.get(pk=shortfall_id)


def _writable(by: User, shortfall_id: int, revision: int) -> tuple[Shortfall, Acting]:
    shortfall = _locked(shortfall_id)
    acting = Posts([shortfall.unit_id]).acting(by, shortfall.unit_id)
    if acting is None:
        raise NotHeadError
    if shortfall.state not in WRITABLE:
        raise NotWritableError
    if shortfall.revision != revision:
        raise ChangedShortfallError
    return shortfall, acting


def _keep(shortfall: Shortfall, draft: dict[str, Any]) -> None:
    shortfall.draft = draft
    shortfall.revision += 1
    shortfall.save(update_fields=["draft", "revision", "state", "updated_at"])


def _sent_one(by: User, shortfall_id: int, seq: int) -> tuple[Shortfall, Acting, ShortfallAct]:
    acting = home_affairs_of(by)
    if acting is None:
        raise OutsideHomeAffairsError
    shortfall = _locked(shortfall_id)
    newest = shortfall.acts.order_by("-seq")[0]
    if shortfall.state != ShortfallState.SENT or newest.seq != seq:
        raise NotSentError
    if newest.by_id == by.pk:
        raise OwnExplanationError
    return shortfall, acting, newest


def _record(
    shortfall: Shortfall, step: ShortfallStep, acting: Acting, *, words: str = "", content: dict[str, Any] | None = None
) -> None:
    ShortfallAct.objects.create(
        shortfall=shortfall,
        seq=shortfall.acts.count() + 1,
        step=step,
        at=clock.now(),
        by=acting.user,
        name=acting.name,
        post=acting.post,
        words=words,
        content=content or {},
    )


def _tell(shortfall: Shortfall, kind: str, words: tuple[str, str]) -> None:
    link, key = _where(shortfall)
    tell_unit(shortfall.unit_id, kind=kind, words=words, link=link, key=key)


def _where(shortfall: Shortfall) -> tuple[str, str]:
    """Where a notice leads, and its key."""
    link = reverse("reporting:shortfall", kwargs={"shortfall_id": shortfall.pk})
    return link, f"{shortfall.pk}:{shortfall.acts.count()}"
