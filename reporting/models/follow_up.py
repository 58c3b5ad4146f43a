"""What follows a figure: heads who take note of their targets, explanations of what was missed, what is done about it.

Written by reporting.follow_up.services alone. Who did something stands there with name and post of that day, whoever leads
the unit afterwards.
"""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import OrgUnit, User
from portal import clock, columns
from portal.models import Stamped
from procedures.models import Procedure
from reporting.enums import MinutesState, RemedyState, ShortfallState, ShortfallStep
from reporting.models.run import Run
from reporting.models.target import Target, never_emptied


def kept_for_ever(name: str) -> list[pgtrigger.Trigger]:
    """Triggers of a table whose rows are written once."""
    return [
        pgtrigger.Protect(name=f"{name}_stays", operation=pgtrigger.Update | pgtrigger.Delete),
        never_emptied(f"{name}_never_emptied"),
    ]


class TargetReceipt(models.Model):
    """The head of a unit took note of a target that holds for it."""

    target = models.ForeignKey(Target, models.PROTECT, verbose_name=_("chỉ tiêu"), related_name="receipts")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, verbose_name=_("đơn vị"), related_name="+")
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("người nhận"), related_name="+")
    name = columns.Line(_("họ tên lúc đó"), max_length=200)
    post = columns.Line(_("chức trách lúc đó"), max_length=200)
    at = models.DateTimeField(_("lúc"))

    class Meta:
        verbose_name = _("lượt nhận chỉ tiêu")
        verbose_name_plural = _("các lượt nhận chỉ tiêu")
        constraints: ClassVar = [models.UniqueConstraint(fields=["target", "unit"], name="target_received_once")]
        triggers: ClassVar = kept_for_ever("target_receipt")

    def __str__(self) -> str:
        return f"{self.target_id} {self.unit_id}"


class FollowedMonth(models.Model):
    """A closing after which explanations were asked for; what was closed and is not here still waits."""

    run = models.OneToOneField(Run, models.PROTECT, related_name="followed")
    at = models.DateTimeField(_("lúc"))
    opened = models.PositiveIntegerField(_("số giải trình đã mở"))

    class Meta:
        verbose_name = _("tháng đã theo dõi")
        verbose_name_plural = _("các tháng đã theo dõi")
        triggers: ClassVar = kept_for_ever("followed_month")

    def __str__(self) -> str:
        return str(self.run_id)


class Shortfall(Stamped):
    """A unit missed targets in a closed month and explains it: once a month, for all of them.

    `run`: the closing that asked; its verdicts say what was missed. `draft`: what is being written, as it was typed.
    """

    unit = models.ForeignKey(OrgUnit, models.PROTECT, verbose_name=_("đơn vị"), related_name="+")
    month = models.DateField(_("tháng"))
    run = models.ForeignKey(Run, models.PROTECT, verbose_name=_("lần chốt"), related_name="shortfalls")
    state = columns.Line(_("tình trạng"), max_length=12, choices=ShortfallState.choices, default=ShortfallState.OPEN)
    due_on = models.DateField(_("hạn gửi"))
    draft = columns.Json(_("bản đang viết"), default=dict)
    revision = models.PositiveIntegerField(default=1)  # two tabs on one draft: the second save is told

    class Meta:
        ordering: ClassVar = ["-month", "unit__sort_order", "pk"]
        verbose_name = _("giải trình")
        verbose_name_plural = _("các giải trình")
        constraints: ClassVar = [models.UniqueConstraint(fields=["month", "unit"], name="shortfall_once")]
        indexes: ClassVar = [
            models.Index(fields=["due_on"], name="shortfall_open", condition=~Q(state=ShortfallState.ACCEPTED))
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="accepted_shortfall_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="accepted"),
            ),
            pgtrigger.Protect(name="shortfall_never_deleted", operation=pgtrigger.Delete),
            never_emptied("shortfall_never_emptied"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.month:%Y-%m}"

    @property
    def is_overdue(self) -> bool:
        """Whether its day is over and it was not sent, or not again."""
        return self.state in {ShortfallState.OPEN, ShortfallState.RETURNED} and self.due_on < clock.today()


class ShortfallAct(models.Model):
    """What was done with an explanation, by whom in which post; what was sent stands in `content` for ever."""

    shortfall = models.ForeignKey(Shortfall, models.PROTECT, related_name="acts")
    seq = models.PositiveSmallIntegerField()
    step = columns.Line(_("việc"), max_length=12, choices=ShortfallStep.choices)
    at = models.DateTimeField(_("lúc"))
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")  # null: the closing itself
    name = columns.Line(_("họ tên lúc đó"), max_length=200, blank=True)
    post = columns.Line(_("chức trách lúc đó"), max_length=200, blank=True)
    words = columns.Lines(_("lời"), blank=True)
    content = columns.Json(default=dict)

    class Meta:
        ordering: ClassVar = ["seq"]
        verbose_name = _("lần xử lý giải trình")
        verbose_name_plural = _("các lần xử lý giải trình")
        constraints: ClassVar = [models.UniqueConstraint(fields=["shortfall", "seq"], name="shortfall_act_once")]
        triggers: ClassVar = kept_for_ever("shortfall_act")

    def __str__(self) -> str:
        return f"{self.shortfall_id}#{self.seq} {self.step}"


class MeetingMinutes(Stamped):
    """Minutes of a meeting on figures: who was there, what was concluded; settled, its tasks are remedies of units."""

    state = columns.Line(_("tình trạng"), max_length=12, choices=MinutesState.choices, default=MinutesState.DRAFT)
    draft = columns.Json(_("bản đang viết"), default=dict)
    revision = models.PositiveIntegerField(default=1)  # two tabs on one draft: the second save is told
    written_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("người ghi"), related_name="+")
    editors = columns.Json(default=list, db_default=[])  # ids of everybody who wrote in it: none of them confirms it
    held_on = models.DateField(_("ngày họp"), null=True, blank=True)
    place = columns.Line(_("nơi họp"), max_length=200, blank=True)
    present = columns.Lines(_("người dự"), blank=True)
    conclusions = columns.Lines(_("kết luận"), blank=True)
    settled_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("người xác nhận"), null=True, blank=True, related_name="+"
    )
    settled_at = models.DateTimeField(_("chốt lúc"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-held_on", "-pk"]
        verbose_name = _("biên bản họp")
        verbose_name_plural = _("các biên bản họp")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state=MinutesState.SETTLED, held_on__isnull=False, settled_at__isnull=False)
                | (~Q(state=MinutesState.SETTLED) & Q(settled_at__isnull=True)),
                name="minutes_state",
            )
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="minutes_stay",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=~pgtrigger.Q(old__state="draft"),
            ),
            never_emptied("minutes_never_emptied"),
        ]

    def __str__(self) -> str:
        return f"{self.held_on}"


class Remedy(Stamped):
    """A measure of an accepted explanation, or a task of a meeting: what, until when, by whom, with how many dossiers expected."""

    unit = models.ForeignKey(OrgUnit, models.PROTECT, verbose_name=_("đơn vị"), related_name="+")
    shortfall = models.ForeignKey(
        Shortfall, models.PROTECT, verbose_name=_("giải trình"), null=True, blank=True, related_name="remedies"
    )
    minutes = models.ForeignKey(
        MeetingMinutes, models.PROTECT, verbose_name=_("biên bản"), null=True, blank=True, related_name="remedies"
    )
    text = columns.Lines(_("việc phải làm"))
    indicator = columns.Line(_("chỉ số"), max_length=24, blank=True)
    procedure = models.ForeignKey(
        Procedure, models.PROTECT, verbose_name=_("thủ tục"), null=True, blank=True, related_name="+"
    )
    expected = models.PositiveIntegerField(_("số hồ sơ dự kiến"), null=True, blank=True)
    base_month = models.DateField(_("so với tháng"))
    owner = columns.Line(_("người làm"), max_length=200)
    due_on = models.DateField(_("hạn"))
    state = columns.Line(_("tình trạng"), max_length=12, choices=RemedyState.choices, default=RemedyState.OPEN)
    ended_at = models.DateTimeField(_("kết thúc lúc"), null=True, blank=True)
    ended_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("người báo"), null=True, blank=True, related_name="+"
    )
    ended_words = columns.Lines(_("kết quả"), blank=True)

    class Meta:
        ordering: ClassVar = ["due_on", "pk"]
        verbose_name = _("biện pháp")
        verbose_name_plural = _("các biện pháp")
        indexes: ClassVar = [
            models.Index(fields=["due_on"], name="remedy_open", condition=Q(state=RemedyState.OPEN)),
            models.Index(fields=["base_month"], name="remedy_by_month"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state=RemedyState.OPEN, ended_at__isnull=True, ended_by__isnull=True)
                | (~Q(state=RemedyState.OPEN) & Q(ended_at__isnull=False, ended_by__isnull=False)),
                name="remedy_state",
            ),
            models.CheckConstraint(
                condition=Q(shortfall__isnull=False) | Q(minutes__isnull=False), name="remedy_has_a_source"
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="ended_remedy_stays", operation=pgtrigger.Update, condition=~pgtrigger.Q(old__state="open")
            ),
            pgtrigger.Protect(name="remedy_never_deleted", operation=pgtrigger.Delete),
            never_emptied("remedy_never_emptied"),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def is_overdue(self) -> bool:
        """Whether it is open after its day."""
        return self.state == RemedyState.OPEN and self.due_on < clock.today()
