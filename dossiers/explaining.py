"""Why a dossier is due when it is due, line by line, in words: what was promised, as it was promised.

Reads the frozen segments of the clocks and nothing else: no calendar, no catalogue. Called by the desk's and the
citizen's dossier pages.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers import promise
from dossiers.enums import RUNNING, STOPS, SegmentKind
from dossiers.models.clock import ClockSegment
from dossiers.models.dossier import Dossier
from dossiers.promise import PromiseBasis, Told, UnknownPromiseError
from portal.templatetags.ui import day as day_text
from portal.templatetags.ui import moment, weekday
from portal.worktime import Explanation, ExplanationKind
from procedures import limits
from procedures.enums import ClockName, ResumePolicy
from procedures.start_rules import START_RULES

NO_LIMIT = gettext_lazy("Bản công bố thủ tục không ghi thời hạn bằng số nên hệ thống chưa tính được hạn trả.")
UNKNOWN = gettext_lazy("Hạn này được ghi bởi phiên bản phần mềm mới hơn nên phiên bản đang chạy chưa diễn giải được.")
ACCEPT = gettext_lazy("Bộ phận Một cửa phải trả lời trong 8 giờ làm việc kể từ khi hệ thống nhận hồ sơ nộp trực tuyến.")
WAITED_FOR: dict[str, Promise] = {
    SegmentKind.STOPPED_SUPPLEMENT: gettext_lazy("chờ bổ sung"),
    SegmentKind.STOPPED_PAYMENT: gettext_lazy("chờ nộp phí, nghĩa vụ tài chính"),
    SegmentKind.STOPPED_CHECK: gettext_lazy("chờ người nộp kiểm tra bản dự thảo"),
    SegmentKind.STOPPED_DECISION: gettext_lazy("thực hiện quyết định tạm dừng"),
}
GOES_ON: dict[str, Promise] = {
    ResumePolicy.RESTART: gettext_lazy("sau đó thời hạn được tính lại từ đầu"),
    ResumePolicy.SHIFT: gettext_lazy("sau đó hạn được cộng thêm thời gian đã dừng"),
}
WENT_ON: dict[str, Promise] = {
    ResumePolicy.RESTART: gettext_lazy("Người nộp đã bổ sung nên thời hạn được tính lại từ đầu."),
    ResumePolicy.SHIFT: gettext_lazy("Người nộp đã bổ sung nên hạn được cộng thêm thời gian đã dừng."),
}
OVER = gettext_lazy("Đã hết thời gian tạm dừng nên hạn được cộng thêm thời gian đã dừng.")


def segments_of(dossier: Dossier) -> list[ClockSegment]:
    """The clocks of a dossier as they were, in order; one query."""
    return list(ClockSegment.objects.filter(dossier_id=dossier.pk).order_by("position"))


def explain_due(dossier: Dossier, segments: Sequence[ClockSegment] | None = None) -> list[str]:
    """Sentences that lead from the reception (or the answer to a supplement request) to the due time."""
    rows = segments_of(dossier) if segments is None else list(segments)
    main = [row for row in rows if row.clock == ClockName.MAIN]
    if not main:
        return _accept(rows)
    if main[-1].kind == SegmentKind.TRANSFER:
        return [_limit(main[-1]), _from_the_authority(dossier, main[-1])]
    runs = [row for row in main if row.kind in RUNNING]
    if runs[-1].due_at is None:
        return [str(NO_LIMIT)]
    lines = [_limit(runs[-1]), *_run(main, runs[-1])]
    if main[-1].kind in STOPS and main[-1].ended_at is None:
        lines.append(_stopped(main[-1]))
    if runs[0].due_at != runs[-1].due_at:
        lines.append(_("Hẹn trả lần đầu: %(at)s.") % {"at": moment(runs[0].due_at)})
    return lines


def words_of(segment: ClockSegment) -> list[str]:
    """The lines of one promise."""
    try:
        told = promise.read(segment.explanation)
    except UnknownPromiseError:
        return [str(UNKNOWN), _("Hạn: %(at)s.") % {"at": moment(segment.due_at)}]
    return _told(told)


def _accept(rows: Iterable[ClockSegment]) -> list[str]:
    accept = [row for row in rows if row.clock == ClockName.ACCEPT]
    runs = [row for row in accept if row.kind in RUNNING]
    if not runs:
        return []
    lines = [str(ACCEPT), *_run(accept, runs[-1])]
    return [*lines, _stopped(accept[-1])] if accept[-1].kind in STOPS and accept[-1].ended_at is None else lines


def _run(clock: Sequence[ClockSegment], run: ClockSegment) -> list[str]:
    """The promise in force, with why it is not the first one."""
    stops = [row for row in clock[: clock.index(run)] if row.kind in STOPS]
    if not stops or run.kind == SegmentKind.APOLOGY:
        return words_of(run)
    is_answered = stops[-1].kind == SegmentKind.STOPPED_SUPPLEMENT
    return [str(WENT_ON[stops[-1].policy] if is_answered else OVER), *words_of(run)]


def _limit(segment: ClockSegment) -> str:
    limit = limits.as_limit(segment.limit_value, segment.limit_unit)
    if limit is None:
        return str(NO_LIMIT)
    return _("Thời hạn theo thủ tục: %(limit)s.") % {"limit": limits.limit_words(limit)}


def _from_the_authority(dossier: Dossier, segment: ClockSegment) -> str:
    rule = START_RULES.get(segment.start_rule)
    return _("Thời hạn tính từ khi %(unit)s nhận được hồ sơ (%(law)s); nơi tiếp nhận sẽ báo hạn trả kết quả.") % {
        "unit": dossier.competent_unit.name,
        "law": rule.law if rule else segment.start_rule,
    }


def _stopped(segment: ClockSegment) -> str:
    return _("Tạm dừng tính hạn từ %(at)s để %(what)s; %(then)s.") % {
        "at": moment(segment.started_at),
        "what": WAITED_FOR[segment.kind],
        "then": GOES_ON[segment.policy],
    }


def _told(told: Told) -> list[str]:
    if told.basis in {PromiseBasis.NO_LIMIT, PromiseBasis.WAITING}:
        return [str(NO_LIMIT)]
    if told.naming is not None:
        words = {"day": day_text(told.naming.at), "before": moment(told.naming.due_before)}
        letter = _("Ngày %(day)s cơ quan gửi văn bản xin lỗi, hẹn lại thay cho hẹn %(before)s.") % words
        return [letter, *(_WORDS[line.kind](line, told) for line in told.lines)]
    lines = [_WORDS[line.kind](line, told) for line in told.lines]
    if told.move is not None:
        lines.append(
            _("Ngày %(day)s lịch làm việc thay đổi (%(why)s) nên hạn %(before)s được dời về sau.")
            % {"day": day_text(told.move.at), "why": told.move.why, "before": moment(told.move.due_before)}
        )
    return lines


def _received(line: Explanation, _told: Told) -> str:
    return _("Nhận lúc %(at)s.") % {"at": moment(line.at)}


def _after_cutoff(line: Explanation, told: Told) -> str:
    return _("Nhận sau giờ chốt %(cutoff)s nên tính từ %(at)s.") % {"cutoff": told.cutoff, "at": moment(line.at)}


def _outside(line: Explanation, _told: Told) -> str:
    return _("Nhận ngoài giờ làm việc nên tính từ %(at)s.") % {"at": moment(line.at)}


def _weekend(line: Explanation, _told: Told) -> str:
    return _("Không tính %(days)s.") % {"days": _days(line.days)}


def _holiday(line: Explanation, _told: Told) -> str:
    name = next((name for name in line.names if name), "") or _("ngày nghỉ")
    return _("Không tính %(name)s (%(days)s).") % {"name": name, "days": _days(line.days)}


def _makeup(line: Explanation, _told: Told) -> str:
    return _("Có tính ngày làm bù %(days)s.") % {"days": _days(line.days)}


def _rolled(line: Explanation, _told: Told) -> str:
    return _("Hết hạn vào lúc không làm việc nên chuyển đến %(at)s.") % {"at": moment(line.at)}


def _closing(line: Explanation, _told: Told) -> str:
    return _("Trả trong ngày làm việc đó, chậm nhất khi hết giờ làm việc lúc %(at)s.") % {"at": moment(line.at)}


def _stopped_at(line: Explanation, _told: Told) -> str:
    return _("Dừng tính từ %(at)s.") % {"at": moment(line.at)}


def _resumed(line: Explanation, _told: Told) -> str:
    return _("Tính tiếp từ %(at)s, đã dừng %(hours)s giờ %(minutes)s phút làm việc.") % {
        "at": moment(line.at),
        "hours": line.minutes // 60,
        "minutes": line.minutes % 60,
    }


def _due(line: Explanation, _told: Told) -> str:
    return _("Hạn: %(at)s.") % {"at": moment(line.at)}


_WORDS: dict[ExplanationKind, Callable[[Explanation, Told], str]] = {
    ExplanationKind.RECEIVED: _received,
    ExplanationKind.AFTER_CUTOFF: _after_cutoff,
    ExplanationKind.OUTSIDE_HOURS: _outside,
    ExplanationKind.SKIPPED_WEEKEND: _weekend,
    ExplanationKind.SKIPPED_HOLIDAY: _holiday,
    ExplanationKind.MAKEUP_COUNTED: _makeup,
    ExplanationKind.ROLLED: _rolled,
    ExplanationKind.CLOSING: _closing,
    ExplanationKind.STOPPED: _stopped_at,
    ExplanationKind.RESUMED: _resumed,
    ExplanationKind.DUE: _due,
}


def _days(days: tuple[date, ...]) -> str:
    if len(days) > 3:
        return _("%(count)s ngày, từ %(first)s đến %(last)s") % {
            "count": len(days),
            "first": day_text(days[0]),
            "last": day_text(days[-1]),
        }
    return ", ".join(f"{weekday(day)} {day_text(day)}" for day in days)
