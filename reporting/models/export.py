"""Lists that people ordered as files: who, which list by the address of its page, how far it is, and the file."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from portal import columns
from reporting.enums import ExportForm, ExportState
from vault.models import StoredFile


class ListExport(models.Model):
    """One list for one person. It belongs to who ordered it; whether that person may still have it is asked at the download."""

    asked_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("người yêu cầu"), related_name="+")
    address = columns.Line(_("danh sách"), max_length=500)  # of the list's page, with its filter
    title = columns.Line(_("tên danh sách"), max_length=500)
    form = columns.Line(_("dạng tệp"), max_length=8, choices=ExportForm.choices)
    state = columns.Line(
        _("tình trạng"), max_length=12, choices=ExportState.choices, default=ExportState.WAITING, db_default="waiting"
    )
    total = models.PositiveIntegerField(_("số dòng"))  # when it was ordered; a list of a month still open may change
    rows_done = models.PositiveIntegerField(_("số dòng đã ghi"), default=0, db_default=0)
    asked_at = models.DateTimeField(_("yêu cầu lúc"))
    made_at = models.DateTimeField(_("tạo xong lúc"), null=True, blank=True)
    expires_at = models.DateTimeField(_("giữ đến"), null=True, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, verbose_name=_("tệp"), null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-asked_at", "-pk"]
        verbose_name = _("danh sách xuất ra tệp")
        verbose_name_plural = _("các danh sách xuất ra tệp")
        indexes: ClassVar = [
            models.Index(fields=["asked_by", "-asked_at"], name="export_of_person"),
            models.Index(fields=["expires_at"], name="export_to_sweep", condition=Q(state=ExportState.DONE)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["asked_by", "address", "form"],
                condition=Q(state=ExportState.WAITING),
                name="export_waits_once",
            ),
            models.CheckConstraint(
                condition=Q(state=ExportState.DONE, file__isnull=False, expires_at__isnull=False)
                | (~Q(state=ExportState.DONE) & Q(file__isnull=True)),
                name="export_done_has_file",
            ),
        ]

    def __str__(self) -> str:
        return self.title
