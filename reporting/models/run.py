"""Runs that counted a month, and the snapshots they left. Frozen runs refuse to change.

A month may be closed again by a decision: the newer version stands beside the older one.
"""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from portal import columns
from reporting.enums import Basis, ScopeKind
from reporting.models.target import never_emptied


def _of_open_months(name: str, operation: pgtrigger.Operation, **rows: str) -> pgtrigger.Trigger:
    """A trigger that refuses figures of frozen runs; asked once a statement, since a count writes thousands of rows."""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**rows),  # type: ignore[no-untyped-call]
        func="""
        IF EXISTS (SELECT 1 FROM reporting_run r WHERE r.frozen_at IS NOT NULL AND r.id IN (SELECT run_id FROM rows)) THEN
            RAISE EXCEPTION 'figures of a frozen month do not change';
        END IF;
        RETURN NULL;
        """,
    )


class Run(models.Model):
    """One counting of one month, of what had happened before `counted_until`."""

    month = models.DateField(_("tháng"))
    computed_at = models.DateTimeField(_("tính lúc"))
    counted_until = models.DateTimeField(_("số liệu đến"))
    frozen_at = models.DateTimeField(_("chốt lúc"), null=True, blank=True)
    digest = columns.Line(max_length=64)  # of the figures; of a closed month over everything it keeps
    # What only a closed month has (reporting.closed_months). Closed again by a decision it has a version more.
    version = models.PositiveSmallIntegerField(_("lần chốt"), default=1, db_default=1)
    decision = columns.Line(_("văn bản chốt lại"), max_length=200, blank=True, default="", db_default="")
    closed_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("người chốt"), null=True, blank=True, related_name="+"
    )
    has_copies = models.BooleanField(default=False, db_default=False)  # months closed by older versions have none
    facts = columns.Json(null=True, blank=True)  # {"count", "digest", "columns"} of the facts it rests on
    key_id = columns.Line(max_length=16, blank=True, default="", db_default="")
    signer = columns.Line(_("khóa ký"), max_length=200, blank=True, default="", db_default="")
    signature = columns.Line(max_length=120, blank=True, default="", db_default="")

    class Meta:
        ordering: ClassVar = ["-month", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["month"], condition=Q(frozen_at__isnull=True), name="run_one_live"),
            models.UniqueConstraint(
                fields=["month", "version"], condition=Q(frozen_at__isnull=False), name="run_one_frozen_version"
            ),
            models.CheckConstraint(condition=Q(version=1) | ~Q(decision=""), name="run_closed_again_by_decision"),
        ]
        triggers: ClassVar = [
            # The database refuses, not only the code: what was reported prints the same for ever.
            pgtrigger.Protect(
                name="frozen_run_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__frozen_at__isnull=False),
            ),
            never_emptied("run_never_emptied"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class FigureFault(models.Model):
    """Something about the figures that did not hold when it was last looked at; reporting.checks writes and drops it."""

    name = columns.Line(_("số liệu"), max_length=120, unique=True)
    reason = columns.Line(_("sai khác"), max_length=200)
    attempts = models.PositiveSmallIntegerField(default=1)
    found_at = models.DateTimeField(_("phát hiện lúc"), db_default=Now())

    class Meta:
        verbose_name = _("sai khác của số liệu")
        verbose_name_plural = _("các sai khác của số liệu")

    def __str__(self) -> str:
        return self.name


class Snapshot(models.Model):
    """Numerator and denominator of an indicator for a scope and basis in a run."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="snapshots")  # rows of one counting
    scope_kind = columns.Line(max_length=12, choices=ScopeKind.choices)
    scope_id = models.BigIntegerField(null=True)
    indicator = columns.Line(max_length=24)  # code of a declaration in reporting.indicators
    basis = columns.Line(max_length=12, choices=Basis.choices)
    formula_version = models.PositiveSmallIntegerField(default=1)
    numerator = models.BigIntegerField()  # of an amount saved against an allowance it may be below nought
    denominator = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "scope_kind", "scope_id", "indicator", "basis"],
                name="snapshot_once",
                nulls_distinct=False,
            )
        ]
        triggers: ClassVar = [
            _of_open_months("frozen_snapshot_is_whole", pgtrigger.Insert, new="rows"),
            _of_open_months("frozen_snapshot_is_kept", pgtrigger.Update, old="rows"),
            _of_open_months("frozen_snapshot_is_not_joined", pgtrigger.Update, new="rows"),
            _of_open_months("frozen_snapshot_stays", pgtrigger.Delete, old="rows"),
            never_emptied("snapshot_never_emptied"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.numerator}/{self.denominator}"


class CloseOrder(models.Model):
    """A person's word that a month is to be closed before its day, or again by a decision; kept until it is done."""

    month = models.DateField(_("tháng"))
    decision = columns.Line(_("văn bản chốt lại"), max_length=200, blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("người yêu cầu"), related_name="+")
    asked_at = models.DateTimeField(_("yêu cầu lúc"))
    run = models.ForeignKey(
        Run, models.PROTECT, verbose_name=_("lần chốt"), null=True, blank=True, related_name="orders"
    )

    class Meta:
        ordering: ClassVar = ["month", "pk"]
        verbose_name = _("yêu cầu chốt số liệu")
        verbose_name_plural = _("các yêu cầu chốt số liệu")
        constraints: ClassVar = [models.UniqueConstraint(fields=["month", "decision"], name="close_order_once")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
