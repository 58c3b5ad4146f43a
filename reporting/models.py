"""Targets people set, runs that counted, and the snapshots they left. Frozen runs refuse to change."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.models import Stamped
from reporting.enums import Basis, Indicator, ScopeKind


class Target(Stamped):
    """A value a scope must reach by a month's end, by a decision. One row per month end, so a decision may move one."""

    indicator = models.CharField(_("chỉ số"), max_length=24, choices=Indicator.choices)
    basis = models.CharField(_("cách tính"), max_length=12, choices=Basis.choices)
    scope_kind = models.CharField(_("phạm vi"), max_length=12, choices=ScopeKind.choices)
    scope_id = models.BigIntegerField(_("đơn vị"), null=True, blank=True)  # accounts.OrgUnit id; null for the total
    month_end = models.DateField(_("đến ngày"))
    value = models.DecimalField(_("chỉ tiêu"), max_digits=6, decimal_places=4)  # a ratio: 0.30
    is_derived = models.BooleanField(_("suy từ lộ trình"), default=False)
    decision_number = models.CharField(_("văn bản giao"), max_length=100)
    decided_on = models.DateField(_("ngày văn bản"))
    issuer = models.CharField(_("cơ quan giao"), max_length=200)
    plan = models.CharField(_("kế hoạch"), max_length=60)
    version = models.PositiveSmallIntegerField(_("phiên bản"), default=1)

    class Meta:
        ordering: ClassVar = ["month_end", "scope_kind", "scope_id", "pk"]
        verbose_name = _("chỉ tiêu")
        verbose_name_plural = _("chỉ tiêu")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["indicator", "basis", "scope_kind", "scope_id", "month_end", "version"],
                name="target_once", nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(value__gte=0) & Q(value__lte=1), name="target_is_a_ratio"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.indicator} {self.month_end} {self.value}"


class Run(models.Model):
    """One counting of one month. `watermark`: transaction ids below it were counted, whatever their row ids."""

    month = models.DateField(_("tháng"))
    computed_at = models.DateTimeField(_("tính lúc"))
    counted_until = models.DateTimeField(_("số liệu đến"))
    watermark = models.BigIntegerField()
    frozen_at = models.DateTimeField(_("chốt lúc"), null=True, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["-month", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["month"], condition=Q(frozen_at__isnull=True), name="run_one_live"),
            models.UniqueConstraint(fields=["month"], condition=Q(frozen_at__isnull=False), name="run_one_frozen"),
        ]
        triggers: ClassVar = [
            # The database refuses, not only the code: what was reported prints the same for ever.
            pgtrigger.Protect(
                name="frozen_run_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__frozen_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Snapshot(models.Model):
    """Numerator and denominator of an indicator for a scope and basis in a run."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="snapshots")  # rows of one counting
    scope_kind = models.CharField(max_length=12, choices=ScopeKind.choices)
    scope_id = models.BigIntegerField(null=True)
    indicator = models.CharField(max_length=24, choices=Indicator.choices)
    basis = models.CharField(max_length=12, choices=Basis.choices)
    formula_version = models.PositiveSmallIntegerField(default=1)
    numerator = models.PositiveIntegerField()
    denominator = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "scope_kind", "scope_id", "indicator", "basis"],
                name="snapshot_once",
                nulls_distinct=False,
            )
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="frozen_snapshot_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                IF EXISTS (SELECT 1 FROM reporting_run r
                           WHERE r.frozen_at IS NOT NULL AND r.id IN (NEW.run_id, OLD.run_id)) THEN
                    RAISE EXCEPTION 'figures of a frozen month do not change';
                END IF;
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.numerator}/{self.denominator}"
