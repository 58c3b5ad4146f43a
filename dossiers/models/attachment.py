"""Files of a dossier, and which paper each one is."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dossiers.models.dossier import Dossier
from portal import columns
from procedures.enums import PaperForm
from vault.models import StoredFile


class Attachment(models.Model):
    """One file (or, at the counter, one paper seen) for one required paper."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="attachments")
    paper_code = columns.Line(_("mã thành phần"), max_length=80)
    paper_name = columns.Line(_("tên giấy tờ"), max_length=500)
    form = columns.Line(_("hình thức"), max_length=10, choices=PaperForm.choices)
    count = models.PositiveSmallIntegerField(_("số lượng"), default=1, db_default=1)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="attachments")
    round = models.PositiveSmallIntegerField(_("lần nộp"), default=0)
    added_at = models.DateTimeField(_("thêm lúc"), auto_now_add=True)
    # Who of the staff looked it through, and when: a mark for those who work on the dossier, no act on it.
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    checked_at = models.DateTimeField(_("đã kiểm lúc"), null=True, blank=True)
    removed_at = models.DateTimeField(_("bỏ lúc"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["paper_code", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["dossier", "paper_code"], name="attachment_live", condition=Q(removed_at__isnull=True))
        ]

    def __str__(self) -> str:
        return self.paper_name
