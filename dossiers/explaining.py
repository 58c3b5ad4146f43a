"""Why a dossier is due when it is due, line by line, in words. Read by the desk's and the citizen's dossier pages."""

from collections.abc import Callable
from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts.calendars import calendar_for
from accounts.models import OrgUnit
from dossiers.enums import State
from dossiers.models.dossier import Dossier
from dossiers.workflow import ACCEPT_WITHIN
from portal import worktime
from portal.templatetags.ui import day as day_text
from portal.templatetags.ui import moment, weekday
from portal.worktime import Explanation, ExplanationKind, Limit, WorkCalendar
from procedures import limits

CalendarOf = Callable[[OrgUnit], WorkCalendar]  # a page that asks several times brings one that remembers


def explain_due(dossier: Dossier, *, calendar_of: CalendarOf = calendar_for) -> list[str]:
    """Sentences that lead from the reception (or the answer to a supplement request) to the due time."""
    if dossier.state == State.SUBMITTED and dossier.submitted_at and dossier.accept_by:
        law = _("Bộ phận Một cửa phải trả lời trong 8 giờ làm việc kể từ khi hệ thống nhận hồ sơ nộp trực tuyến.")
        start, why = _start(dossier, dossier.submitted_at)
        return [law, *why, *_lines(start, ACCEPT_WITHIN, calendar_of(dossier.receiving_unit), use_cutoff=False)]
    if dossier.received_at is None:
        return []
    limit = limits.limit_for(list(dossier.revision.limits.all()), dossier.case_code, dossier.channel)
    if limit is None or dossier.due_at is None:
        return [_("Bản công bố thủ tục không ghi thời hạn bằng số nên hệ thống chưa tính được hạn trả.")]
    start, why = _start(dossier, dossier.received_at)
    law = _("Thời hạn theo thủ tục: %(limit)s.") % {"limit": limits.limit_words(limit)}
    lines = [law, *why, *_lines(start, limit, calendar_of(dossier.competent_unit), use_cutoff=True)]
    if dossier.clock_stopped_at is not None:
        lines.append(
            _("Tạm dừng tính hạn từ %(at)s để chờ bổ sung; khi bổ sung đủ, thời hạn được tính lại từ đầu.")
            % {"at": moment(dossier.clock_stopped_at)}
        )
    if dossier.first_due_at and dossier.first_due_at != dossier.due_at:
        lines.append(_("Hẹn trả lần đầu: %(at)s.") % {"at": moment(dossier.first_due_at)})
    return lines


def _start(dossier: Dossier, began: datetime) -> tuple[datetime, list[str]]:
    """When the count begins: at the last answer to a supplement request made since `began`, else at `began`."""
    rows = dossier.supplements.filter(requested_at__gte=began, answered_at__isnull=False)
    answered_at = rows.order_by("-answered_at").values_list("answered_at", flat=True).first()
    if answered_at is None:
        return began, []
    return answered_at, [_("Người nộp đã bổ sung nên thời hạn được tính lại từ đầu.")]


def _lines(start: datetime, limit: Limit, calendar: WorkCalendar, *, use_cutoff: bool) -> list[str]:
    found = worktime.explain(start, limit, calendar, use_cutoff=use_cutoff)
    return [_WORDS[line.kind](line, calendar) for line in found]


def _received(line: Explanation, _calendar: WorkCalendar) -> str:
    return _("Nhận lúc %(at)s.") % {"at": moment(line.at)}


def _after_cutoff(line: Explanation, calendar: WorkCalendar) -> str:
    cutoff = f"{calendar.cutoff:%H:%M}" if calendar.cutoff else ""
    return _("Nhận sau giờ chốt %(cutoff)s nên tính từ %(at)s.") % {"cutoff": cutoff, "at": moment(line.at)}


def _outside(line: Explanation, _calendar: WorkCalendar) -> str:
    return _("Nhận ngoài giờ làm việc nên tính từ %(at)s.") % {"at": moment(line.at)}


def _weekend(line: Explanation, _calendar: WorkCalendar) -> str:
    return _("Không tính %(days)s.") % {"days": _days(line.days)}


def _holiday(line: Explanation, _calendar: WorkCalendar) -> str:
    name = next((name for name in line.names if name), "") or _("ngày nghỉ")
    return _("Không tính %(name)s (%(days)s).") % {"name": name, "days": _days(line.days)}


def _makeup(line: Explanation, _calendar: WorkCalendar) -> str:
    return _("Có tính ngày làm bù %(days)s.") % {"days": _days(line.days)}


def _rolled(line: Explanation, _calendar: WorkCalendar) -> str:
    return _("Hết hạn vào lúc không làm việc nên chuyển đến %(at)s.") % {"at": moment(line.at)}


def _closing(line: Explanation, _calendar: WorkCalendar) -> str:
    return _("Trả trong ngày làm việc đó, chậm nhất khi hết giờ làm việc lúc %(at)s.") % {"at": moment(line.at)}


def _due(line: Explanation, _calendar: WorkCalendar) -> str:
    return _("Hạn: %(at)s.") % {"at": moment(line.at)}


_WORDS: dict[ExplanationKind, Callable[[Explanation, WorkCalendar], str]] = {
    ExplanationKind.RECEIVED: _received,
    ExplanationKind.AFTER_CUTOFF: _after_cutoff,
    ExplanationKind.OUTSIDE_HOURS: _outside,
    ExplanationKind.SKIPPED_WEEKEND: _weekend,
    ExplanationKind.SKIPPED_HOLIDAY: _holiday,
    ExplanationKind.MAKEUP_COUNTED: _makeup,
    ExplanationKind.ROLLED: _rolled,
    ExplanationKind.CLOSING: _closing,
    ExplanationKind.DUE: _due,
}


def _days(days: tuple[date, ...]) -> str:
    if len(days) > 3:
        return _("%(count)s ngày, từ %(first)s đến %(last)s") % {
            "count": len(days), "first": day_text(days[0]), "last": day_text(days[-1]),
        }  # fmt: skip
    return ", ".join(f"{weekday(day)} {day_text(day)}" for day in days)
