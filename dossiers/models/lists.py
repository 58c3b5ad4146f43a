"""How people arrange their lists of work (saved views), and how a unit shares its work out by itself (rules)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import OrgUnit, User
from portal import columns
from procedures.models import Field, Procedure


class SavedView(models.Model):
    """A list of work as one person keeps it: which tab, which filters, which columns; as the query of its address."""

    user = models.ForeignKey(User, models.CASCADE, related_name="saved_views")
    name = columns.Line(_("tên"), max_length=60)
    query = columns.Line(_("bộ lọc"), max_length=500)

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "name"], name="saved_view_once")]

    def __str__(self) -> str:
        return self.name


class AssignRule(models.Model):
    """To whom work goes that comes to a unit, by where its owner lives and what it is about; nobody: the unit's queue.

    Entered by a head from a day on; ended, never changed: what a dossier met can be told later.
    """

    unit = models.ForeignKey(OrgUnit, models.PROTECT, verbose_name=_("đơn vị"), related_name="assign_rules")
    procedure = models.ForeignKey(
        Procedure, models.PROTECT, verbose_name=_("thủ tục"), null=True, blank=True, related_name="+"
    )
    field = models.ForeignKey(
        Field, models.PROTECT, verbose_name=_("lĩnh vực"), null=True, blank=True, related_name="+"
    )
    place_code = columns.Line(_("phường, xã của chủ hồ sơ"), max_length=10, blank=True)
    officer = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("giao cho"), null=True, blank=True, related_name="+"
    )
    valid_from = models.DateField(_("áp dụng từ"))
    valid_to = models.DateField(_("áp dụng đến"), null=True, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("người ghi"), related_name="+")
    entered_at = models.DateTimeField(_("ghi lúc"), auto_now_add=True)
    ended_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("người kết thúc"), null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["unit_id", "pk"]
        indexes: ClassVar = [models.Index(fields=["unit", "valid_from"], name="assign_rule_of_unit")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(procedure__isnull=True) | Q(field__isnull=True), name="assign_rule_one_matter"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="assign_rule_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.valid_from}"
