"""What the portal does not count itself: a fraction that another system published, with its source. Rows never change."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import OrgUnit, User
from portal import columns
from portal.models import Stamped
from reporting.models.target import never_emptied


class ExternalMeasure(Stamped):
    """A fraction of one item for a unit and a period; a later version of it stands beside the earlier ones."""

    item = columns.Line(_("chỉ tiêu"), max_length=12)  # a code of reporting.index.items
    # Null for the whole.
    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, verbose_name=_("đơn vị"), null=True, blank=True, related_name="external_measures"
    )
    first_day = models.DateField(_("từ ngày"))
    last_day = models.DateField(_("đến ngày"))
    numerator = models.BigIntegerField(_("tử số"))
    denominator = models.BigIntegerField(_("mẫu số"))
    published_points = models.DecimalField(_("điểm công bố"), max_digits=5, decimal_places=2, null=True, blank=True)
    source = columns.Line(_("nguồn"), max_length=200)
    source_date = models.DateField(_("ngày của nguồn"))
    file_name = columns.Line(_("tệp"), max_length=200)
    file_digest = columns.Line(_("mã băm của tệp"), max_length=64)
    version = models.PositiveSmallIntegerField(_("phiên bản"), default=1)
    entered_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("người nhập"), related_name="+")

    class Meta:
        ordering: ClassVar = ["first_day", "item", "unit_id", "version"]
        verbose_name = _("số liệu từ ngoài")
        verbose_name_plural = _("số liệu từ ngoài")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["item", "unit", "first_day", "last_day", "version"],
                name="external_measure_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(numerator__gte=0, denominator__gte=0, last_day__gte=F("first_day")),
                name="external_measure_is_a_fraction",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="external_measure_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            never_emptied("external_measure_never_emptied"),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.first_day} {self.numerator}/{self.denominator}"
