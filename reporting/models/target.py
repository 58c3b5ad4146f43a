"""Targets people set, each by a decision, and the plans they come in with."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from portal import columns
from portal.models import Stamped
from reporting.enums import Basis, PlanState, TargetScope


def never_emptied(name: str) -> pgtrigger.Trigger:
    """A trigger that refuses TRUNCATE."""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="RAISE EXCEPTION 'rows of % stay', TG_TABLE_NAME;",
    )


class TargetPlan(Stamped):
    """One decision with its rows as people wrote them; they become targets when a second person puts them in force."""

    name = columns.Line(_("kế hoạch"), max_length=60)
    decision_number = columns.Line(_("văn bản giao"), max_length=100)
    decided_on = models.DateField(_("ngày văn bản"))
    issuer = columns.Line(_("cơ quan giao"), max_length=200)
    monitor = columns.Line(_("cơ quan theo dõi"), max_length=200, blank=True)
    rows = columns.Json(_("các dòng"), default=list)  # reporting.target_rows
    state = columns.Line(_("tình trạng"), max_length=12, choices=PlanState.choices, default=PlanState.DRAFT)
    revision = models.PositiveIntegerField(default=1)  # two tabs on one plan: the second save is told
    entered_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("người nhập"), related_name="+")
    editors = columns.Json(default=list)  # ids of everybody who wrote in it: none of them puts it in force
    in_force_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("người đưa vào áp dụng"), null=True, blank=True, related_name="+"
    )
    in_force_at = models.DateTimeField(_("áp dụng lúc"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        verbose_name = _("bản giao chỉ tiêu")
        verbose_name_plural = _("các bản giao chỉ tiêu")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(entered_by=F("in_force_by")), name="target_plan_four_eyes"),
            models.CheckConstraint(
                condition=Q(state=PlanState.IN_FORCE, in_force_at__isnull=False, in_force_by__isnull=False)
                | (~Q(state=PlanState.IN_FORCE) & Q(in_force_at__isnull=True)),
                name="target_plan_state",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="target_plan_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=~pgtrigger.Q(old__state="draft"),
            ),
            never_emptied("target_plan_never_emptied"),
        ]

    def __str__(self) -> str:
        return self.decision_number


class Target(Stamped):
    """A value a scope must reach by a month's end, by a decision. One row per month end, so a decision may move one.

    What stands here is in force, or was until a later version: it never changes.
    """

    indicator = columns.Line(_("chỉ số"), max_length=24)  # code of a declaration in reporting.indicators
    basis = columns.Line(_("cách tính"), max_length=12, choices=Basis.choices)
    scope_kind = columns.Line(_("phạm vi"), max_length=12, choices=TargetScope.choices)
    scope_id = models.BigIntegerField(_("đơn vị"), null=True, blank=True)  # accounts.OrgUnit id; null for more than one
    month_end = models.DateField(_("đến ngày"))
    value = models.DecimalField(_("chỉ tiêu"), max_digits=6, decimal_places=4)  # a ratio: 0.30
    is_derived = models.BooleanField(_("suy từ lộ trình"), default=False)
    head = columns.Line(_("người chịu trách nhiệm"), max_length=200, blank=True, default="", db_default="")
    monitor = columns.Line(_("cơ quan theo dõi"), max_length=200, blank=True, default="", db_default="")
    decision_number = columns.Line(_("văn bản giao"), max_length=100)
    decided_on = models.DateField(_("ngày văn bản"))
    issuer = columns.Line(_("cơ quan giao"), max_length=200)
    plan = columns.Line(_("kế hoạch"), max_length=60)
    version = models.PositiveSmallIntegerField(_("phiên bản"), default=1)
    # Null for what an installation brought along.
    came_with = models.ForeignKey(
        TargetPlan, models.PROTECT, verbose_name=_("bản giao"), null=True, blank=True, related_name="targets"
    )

    class Meta:
        ordering: ClassVar = ["month_end", "scope_kind", "scope_id", "pk"]
        verbose_name = _("chỉ tiêu")
        verbose_name_plural = _("chỉ tiêu")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["indicator", "basis", "scope_kind", "scope_id", "month_end", "version"],
                name="target_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(value__gte=0) & Q(value__lte=1), name="target_is_a_ratio"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="target_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            never_emptied("target_never_emptied"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.month_end} {self.value}"
