"""The monthly sample of dossiers that were on time only because their promise moved: drawn, kept, and what checkers said."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import OrgUnit, User
from portal import columns
from reporting.enums import Soundness
from reporting.models.follow_up import kept_for_ever
from reporting.models.run import Run


class IntegritySample(models.Model):
    """What was drawn of one unit in a closed month: from how many, by which seed, so that anybody draws the same again."""

    run = models.ForeignKey(Run, models.PROTECT, verbose_name=_("lần chốt"), related_name="samples")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, verbose_name=_("đơn vị"), related_name="+")
    seed = columns.Line(_("hạt giống"), max_length=64)
    population = models.PositiveIntegerField(_("số hồ sơ thuộc diện"))

    class Meta:
        ordering: ClassVar = ["unit__sort_order", "pk"]
        verbose_name = _("mẫu kiểm tra")
        verbose_name_plural = _("các mẫu kiểm tra")
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "unit"], name="integrity_sample_once")]
        triggers: ClassVar = kept_for_ever("integrity_sample")

    def __str__(self) -> str:
        return f"{self.run_id} {self.unit_id}"


class IntegrityCase(models.Model):
    """A drawn dossier; `codes`: the events that moved its promise or stopped its clock."""

    sample = models.ForeignKey(IntegritySample, models.PROTECT, related_name="cases")
    place = models.PositiveSmallIntegerField(_("thứ tự rút"))
    dossier_id = models.BigIntegerField(_("hồ sơ"))
    codes = columns.Json(default=list)

    class Meta:
        ordering: ClassVar = ["sample_id", "place"]
        verbose_name = _("hồ sơ trong mẫu")
        verbose_name_plural = _("các hồ sơ trong mẫu")
        constraints: ClassVar = [models.UniqueConstraint(fields=["sample", "dossier_id"], name="integrity_case_once")]
        triggers: ClassVar = kept_for_ever("integrity_case")

    def __str__(self) -> str:
        return f"{self.sample_id}#{self.place}"


class IntegrityMark(models.Model):
    """What a checker said of a drawn dossier; the newest counts, all stay."""

    case = models.ForeignKey(IntegrityCase, models.PROTECT, related_name="marks")
    verdict = columns.Line(_("kết luận"), max_length=12, choices=Soundness.choices)
    reason = columns.Lines(_("lý do"), blank=True)
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("người kiểm tra"), related_name="+")
    name = columns.Line(_("họ tên lúc đó"), max_length=200)
    at = models.DateTimeField(_("lúc"))

    class Meta:
        ordering: ClassVar = ["-pk"]
        verbose_name = _("kết luận kiểm tra")
        verbose_name_plural = _("các kết luận kiểm tra")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(verdict=Soundness.VALID) | ~Q(reason=""), name="integrity_mark_invalid_with_a_reason"
            )
        ]
        triggers: ClassVar = kept_for_ever("integrity_mark")

    def __str__(self) -> str:
        return f"{self.case_id} {self.verdict}"
