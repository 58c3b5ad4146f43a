"""Sheets made from the ledger when somebody asks: the control slip, the register, the lists of hand-overs."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import OrgUnit, User
from dossiers.models.dossier import Dossier
from portal import columns
from vault.models import StoredFile


class SheetOrder(models.Model):
    """One sheet for one person: of a dossier, or of a desk from a day to a day. A worker makes its file, which goes after some days."""

    kind = columns.Line(_("loại"), max_length=24)  # a code of dossiers.papers.SHEETS
    asked_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("người yêu cầu"), related_name="+")
    asked_at = models.DateTimeField(_("yêu cầu lúc"))
    dossier = models.ForeignKey(Dossier, models.PROTECT, null=True, blank=True, related_name="sheet_orders")
    desk = models.ForeignKey(
        OrgUnit, models.PROTECT, verbose_name=_("quầy"), null=True, blank=True, related_name="sheet_orders"
    )
    first = models.DateField(_("từ ngày"), null=True, blank=True)
    last = models.DateField(_("đến hết ngày"), null=True, blank=True)
    rows = models.PositiveIntegerField(_("số dòng"), null=True, blank=True)
    pages = models.PositiveIntegerField(_("số trang"), null=True, blank=True)
    # What is laid out so far of a long one: pieces, and their pages; the next run of a worker goes on from there.
    pieces_done = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    part = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    made_at = models.DateTimeField(_("tạo xong lúc"), null=True, blank=True)
    expires_at = models.DateTimeField(_("giữ đến"), null=True, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-asked_at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["asked_by", "-asked_at"], name="sheet_of_person"),
            models.Index(fields=["asked_at", "id"], name="sheet_waiting", condition=Q(made_at__isnull=True)),
            models.Index(fields=["expires_at"], name="sheet_to_sweep", condition=Q(file__isnull=False)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(dossier__isnull=False, desk__isnull=True, first__isnull=True, last__isnull=True)
                | Q(dossier__isnull=True, desk__isnull=False, first__isnull=False, last__isnull=False),
                name="sheet_of_dossier_or_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
