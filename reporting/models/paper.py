"""Papers of a closed month: made once, after it was closed, and kept byte for byte beside it."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import columns
from reporting.models.run import Run
from reporting.models.target import never_emptied
from vault.models import StoredFile


class MonthPaper(models.Model):
    """One file of a version of a closed month; `kind` is a code of reporting.monthly.kinds, `form` pdf or xlsx."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="papers")
    kind = columns.Line(_("báo cáo"), max_length=24)
    form = columns.Line(_("dạng tệp"), max_length=4)
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")
    sha256 = columns.Line(_("mã băm của tệp"), max_length=64)  # of the plain bytes
    made_at = models.DateTimeField(_("lập lúc"))

    class Meta:
        ordering: ClassVar = ["run_id", "pk"]
        verbose_name = _("báo cáo của tháng đã chốt")
        verbose_name_plural = _("các báo cáo của tháng đã chốt")
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "kind", "form"], name="month_paper_once")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="month_paper_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            never_emptied("month_paper_never_emptied"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.kind} {self.form}"
