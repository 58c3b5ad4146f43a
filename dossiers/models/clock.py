"""The clocks of dossiers as they were: every stretch in which one ran or stood, and what was promised by it.

Written by dossiers.services.segments only; pages and papers read. The promises a change of a calendar touched, and
what was decided about them, stand here too.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import CalendarChoice
from accounts.models import OrgUnit, User
from dossiers.enums import PromiseState, Rung, SegmentKind
from dossiers.models.dossier import Dossier
from portal import columns
from procedures.enums import ClockName, ResumePolicy


class ClockSegment(models.Model):
    """One stretch of one clock: it runs towards a due time, or it stands for a reason.

    A promise once made is never recounted: `due_at` and `explanation` are what the calendar said at that moment. A
    later stretch may promise something else; the older one stays.
    """

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="segments")
    position = models.PositiveSmallIntegerField(_("thứ tự"))
    clock = columns.Line(_("đồng hồ"), max_length=10, choices=ClockName.choices)
    kind = columns.Line(_("loại"), max_length=20, choices=SegmentKind.choices)
    started_at = models.DateTimeField(_("từ"))
    ended_at = models.DateTimeField(_("đến"), null=True, blank=True)
    limit_value = models.DecimalField(_("thời hạn"), max_digits=6, decimal_places=2, null=True, blank=True)
    limit_unit = columns.Line(_("đơn vị"), max_length=12, blank=True)  # worktime.LimitUnit
    start_rule = columns.Line(_("quy tắc bắt đầu tính"), max_length=30)  # a code of procedures.start_rules
    # A running segment: what the procedure says of supplements. One that stands: how it will go on itself.
    policy = columns.Line(_("sau khi tạm dừng"), max_length=10, choices=ResumePolicy.choices)
    due_at = models.DateTimeField(_("hạn"), null=True, blank=True)
    # Working time from the start of the count to the due time, by the calendar that made the promise.
    minutes = models.PositiveIntegerField(_("phút làm việc được tính"), null=True, blank=True)
    # Working time from its start to its end, counted when it ended and never again.
    spent = models.PositiveIntegerField(_("phút làm việc đã qua"), null=True, blank=True)
    calendar_unit = models.ForeignKey(OrgUnit, models.PROTECT, verbose_name=_("lịch của"), related_name="+")
    explanation = columns.Json(_("diễn giải"), default=dict, blank=True)  # see dossiers.promise
    # Of a promise that runs: when the sweep of warnings looks next, and what it reckoned (dossiers.services.ladder). They tell of
    # nothing that happened, so no digest covers them.
    warn_at = models.DateTimeField(_("xem lại lúc"), null=True, blank=True)
    ask_at = models.DateTimeField(_("hỏi nguyên nhân chậm từ"), null=True, blank=True)
    letter_by = models.DateTimeField(_("gửi văn bản xin lỗi trước"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["dossier_id", "position"]
        verbose_name = _("đoạn tính hạn")
        verbose_name_plural = _("đoạn tính hạn")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dossier", "position"], name="segment_position_once"),
            models.UniqueConstraint(
                fields=["dossier", "clock"], condition=Q(ended_at__isnull=True), name="segment_one_open"
            ),
            # NĐ 61/2018 Art. 19.9: one new date and no second one.
            models.UniqueConstraint(fields=["dossier"], condition=Q(kind="apology"), name="segment_one_apology"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, spent__isnull=True)
                | Q(ended_at__gte=F("started_at"), spent__isnull=False),
                name="segment_times_in_order",
            ),
        ]
        indexes: ClassVar = [
            # Which open promises rest on a calendar, and until when.
            models.Index(fields=["calendar_unit", "due_at"], name="segment_open", condition=Q(ended_at__isnull=True)),
            models.Index(
                fields=["warn_at", "id"],
                name="segment_to_look_at",
                condition=Q(ended_at__isnull=True, warn_at__isnull=False),
            ),
            models.Index(
                fields=["ask_at", "id"], name="segment_asked", condition=Q(ended_at__isnull=True, ask_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}#{self.position} {self.kind}"


class ClockWarning(models.Model):
    """One rung of the ladder that one limit of a dossier has reached; told once, whatever runs how often.

    `count`: the position of the stretch that gave the whole limit. A stop only moves the end of a limit, and what was told of it
    stays told; a whole limit anew, or a letter of apology, is warned of anew.
    """

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="clock_warnings")
    count = models.PositiveSmallIntegerField(_("thời hạn"))
    rung = columns.Line(_("mức"), max_length=10, choices=Rung.choices)
    unit = models.ForeignKey(OrgUnit, models.PROTECT, verbose_name=_("nơi giữ hồ sơ"), related_name="+")
    reached_at = models.DateTimeField(_("đến mức này lúc"))
    noted_at = models.DateTimeField(_("ghi lúc"))
    # When its people were told; at once for a rung that another one, more urgent and reached at the same time, stands for.
    told_at = models.DateTimeField(_("báo lúc"), null=True, blank=True)

    class Meta:
        verbose_name = _("cảnh báo hạn")
        verbose_name_plural = _("cảnh báo hạn")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dossier", "count", "rung"], name="clock_warning_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit", "id"], name="clock_warning_untold", condition=Q(told_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.rung}"


class CalendarDecision(models.Model):
    """What was decided about open promises when a calendar they rest on was edited. One row an edit, never changed."""

    decided_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("người quyết định"), related_name="+")
    decided_at = models.DateTimeField(_("quyết định lúc"))
    calendar_unit = models.ForeignKey(
        OrgUnit, models.PROTECT, verbose_name=_("lịch của"), null=True, blank=True, related_name="+"
    )  # none: the calendar of all units
    edit = columns.Line(_("thay đổi"), max_length=300)
    choice = columns.Line(_("quyết định"), max_length=10, choices=CalendarChoice.choices)

    class Meta:
        ordering: ClassVar = ["-pk"]
        verbose_name = _("quyết định về hạn đã hẹn")
        verbose_name_plural = _("quyết định về hạn đã hẹn")

    def __str__(self) -> str:
        return self.edit


class TouchedPromise(models.Model):
    """One open promise an edit of a calendar touched: kept, or waiting to be moved, or moved."""

    decision = models.ForeignKey(CalendarDecision, models.PROTECT, related_name="promises")
    segment = models.ForeignKey(ClockSegment, models.PROTECT, related_name="+")
    state = columns.Line(_("tình trạng"), max_length=10, choices=PromiseState.choices)
    due_before = models.DateTimeField(_("hạn đã hẹn"))
    due_after = models.DateTimeField(_("hạn mới"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("số lần thử"), default=0)
    fault = columns.Line(_("lỗi"), max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["decision_id", "pk"]
        verbose_name = _("hạn đã hẹn bị ảnh hưởng")
        verbose_name_plural = _("hạn đã hẹn bị ảnh hưởng")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["decision", "segment"], name="promise_once_a_decision")
        ]
        indexes: ClassVar = [models.Index(fields=["id"], name="promise_waiting", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.segment_id} {self.state}"
