"""What a closed month keeps of everything its screens and papers speak of besides facts: never changed, never emptied.

Written by reporting.closed_copies in the transaction that closes the month. Ids stand beside the words of that day; there
are no foreign keys to what lives on.
"""

from typing import Any, ClassVar

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.enums import UnitKind
from portal import columns
from reporting.enums import Basis, Light, ScopeKind, TargetScope
from reporting.models.run import Run
from reporting.models.target import never_emptied


def kept(name: str) -> list[Any]:
    """Triggers of a table of closed rows: added only before the month is closed, then never changed."""
    return [
        pgtrigger.Protect(name=f"{name}_stays", operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name=f"{name}_is_whole",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            func="""
            IF EXISTS (SELECT 1 FROM reporting_run r WHERE r.frozen_at IS NOT NULL AND r.id = NEW.run_id) THEN
                RAISE EXCEPTION 'nothing is added to a closed month';
            END IF;
            RETURN NEW;
            """,
        ),
        never_emptied(f"{name}_never_emptied"),
    ]


class ClosedUnit(models.Model):
    """A unit as it was called, grouped and ordered."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="units")
    unit_id = models.BigIntegerField()
    code = columns.Line(max_length=40)
    name = columns.Line(max_length=200)
    short_name = columns.Line(max_length=80, blank=True)
    kind = columns.Line(max_length=12, choices=UnitKind.choices)
    group_id = models.BigIntegerField(null=True)
    parent_id = models.BigIntegerField(null=True)
    place = models.PositiveIntegerField()  # in the order of boards
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        verbose_name = _("đơn vị lúc chốt")
        verbose_name_plural = _("các đơn vị lúc chốt")
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "unit_id"], name="closed_unit_once")]
        triggers: ClassVar = kept("closed_unit")

    def __str__(self) -> str:
        return self.code


class ClosedProcedure(models.Model):
    """A procedure as it was called."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="procedures")
    procedure_id = models.BigIntegerField()
    code = columns.Line(max_length=60)
    name = columns.Lines()

    class Meta:
        verbose_name = _("thủ tục lúc chốt")
        verbose_name_plural = _("các thủ tục lúc chốt")
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "procedure_id"], name="closed_procedure_once")]
        triggers: ClassVar = kept("closed_procedure")

    def __str__(self) -> str:
        return self.code


class ClosedField(models.Model):
    """The field a procedure belonged to; months closed by older versions have none."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="fields")
    procedure_id = models.BigIntegerField()
    code = columns.Line(max_length=80)
    name = columns.Line(max_length=300)

    class Meta:
        verbose_name = _("lĩnh vực lúc chốt")
        verbose_name_plural = _("các lĩnh vực lúc chốt")
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "procedure_id"], name="closed_field_once")]
        triggers: ClassVar = kept("closed_field")

    def __str__(self) -> str:
        return f"{self.code} {self.procedure_id}"


class ClosedService(models.Model):
    """What a unit offered and at which level, within the days of offering, unit and procedure."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="services")
    procedure_id = models.BigIntegerField()
    unit_id = models.BigIntegerField()
    group_id = models.BigIntegerField(null=True)
    department_id = models.BigIntegerField(null=True)
    level = models.PositiveSmallIntegerField()
    reason = columns.Line(max_length=20, blank=True)
    is_internal = models.BooleanField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        verbose_name = _("dịch vụ lúc chốt")
        verbose_name_plural = _("các dịch vụ lúc chốt")
        indexes: ClassVar = [models.Index(fields=["run", "unit_id", "procedure_id"], name="closed_service")]
        triggers: ClassVar = kept("closed_service")

    def __str__(self) -> str:
        return f"{self.procedure_id} {self.unit_id}"


class ClosedTarget(models.Model):
    """A target of the year as it was in force when the month was closed."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="targets")
    indicator = columns.Line(max_length=24)
    basis = columns.Line(max_length=12, choices=Basis.choices)
    scope_kind = columns.Line(max_length=12, choices=TargetScope.choices)
    scope_id = models.BigIntegerField(null=True)
    month_end = models.DateField()
    value = models.DecimalField(max_digits=6, decimal_places=4)
    is_derived = models.BooleanField()
    head = columns.Line(max_length=200, blank=True)
    monitor = columns.Line(max_length=200, blank=True)
    decision_number = columns.Line(max_length=100)
    decided_on = models.DateField()
    issuer = columns.Line(max_length=200)
    plan = columns.Line(max_length=60)
    version = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("chỉ tiêu lúc chốt")
        verbose_name_plural = _("các chỉ tiêu lúc chốt")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "indicator", "basis", "scope_kind", "scope_id", "month_end"],
                name="closed_target_once",
                nulls_distinct=False,
            )
        ]
        triggers: ClassVar = kept("closed_target")

    def __str__(self) -> str:
        return f"{self.indicator} {self.month_end} {self.value}"


class ClosedVerdict(models.Model):
    """How a scope stood against the target that held for it."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="verdicts")
    indicator = columns.Line(max_length=24)
    scope_kind = columns.Line(max_length=12, choices=ScopeKind.choices)
    scope_id = models.BigIntegerField(null=True)
    basis = columns.Line(max_length=12, choices=Basis.choices)
    month_end = models.DateField()
    value = models.DecimalField(max_digits=6, decimal_places=4)
    decision_number = columns.Line(max_length=100)
    is_inherited = models.BooleanField()  # of the group
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField()
    verdict = columns.Line(max_length=12, choices=Light.choices)

    class Meta:
        verbose_name = _("đánh giá lúc chốt")
        verbose_name_plural = _("các đánh giá lúc chốt")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "indicator", "scope_kind", "scope_id"], name="closed_verdict_once", nulls_distinct=False
            )
        ]
        triggers: ClassVar = kept("closed_verdict")

    def __str__(self) -> str:
        return f"{self.indicator} {self.verdict}"
