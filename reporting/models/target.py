"""Targets people set, each by a decision."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal import columns
from portal.models import Stamped
from reporting.enums import Basis, ScopeKind


class Target(Stamped):
    """A value a scope must reach by a month's end, by a decision. One row per month end, so a decision may move one."""

    indicator = columns.Line(_("chỉ số"), max_length=24)  # code of a declaration in reporting.indicators
    basis = columns.Line(_("cách tính"), max_length=12, choices=Basis.choices)
    scope_kind = columns.Line(_("phạm vi"), max_length=12, choices=ScopeKind.choices)
    scope_id = models.BigIntegerField(_("đơn vị"), null=True, blank=True)  # accounts.OrgUnit id; null for the total
    month_end = models.DateField(_("đến ngày"))
    value = models.DecimalField(_("chỉ tiêu"), max_digits=6, decimal_places=4)  # a ratio: 0.30
    is_derived = models.BooleanField(_("suy từ lộ trình"), default=False)
    decision_number = columns.Line(_("văn bản giao"), max_length=100)
    decided_on = models.DateField(_("ngày văn bản"))
    issuer = columns.Line(_("cơ quan giao"), max_length=200)
    plan = columns.Line(_("kế hoạch"), max_length=60)
    version = models.PositiveSmallIntegerField(_("phiên bản"), default=1)

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

    def __str__(self) -> str:
        return f"{self.indicator} {self.month_end} {self.value}"
