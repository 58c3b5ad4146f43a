"""Hand-over sheets between a post office and a desk: what one side gave, what the other found. Written by dossiers.services.handovers."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import OrgUnit, User
from dossiers.enums import SheetRowState, SheetWay
from dossiers.models.dossier import Dossier
from dossiers.models.work import WorkItem
from portal import columns


class HandoverSheet(models.Model):
    """One bag of papers: signed by who gives it, then by who takes it, each by an act of their own. Until then it may be withdrawn.

    What both signed, and what was withdrawn, is never changed.
    """

    way = columns.Line(_("chiều giao"), max_length=8, choices=SheetWay.choices)
    from_unit = models.ForeignKey(OrgUnit, models.PROTECT, verbose_name=_("bên giao"), related_name="sheets_given")
    to_unit = models.ForeignKey(OrgUnit, models.PROTECT, verbose_name=_("bên nhận"), related_name="sheets_taken")
    number = columns.Line(_("số"), max_length=60)
    book = columns.Line(_("sổ"), max_length=60)
    book_year = models.PositiveSmallIntegerField(_("năm"))
    book_number = models.PositiveIntegerField(_("số trong sổ"))
    given_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("người giao"), related_name="+")
    given_at = models.DateTimeField(_("ký giao lúc"))
    taken_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("người nhận"), null=True, blank=True, related_name="+"
    )
    taken_at = models.DateTimeField(_("ký nhận lúc"), null=True, blank=True)
    remark = columns.Lines(_("ghi nhận của bên nhận"), blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(_("rút lúc"), null=True, blank=True)
    withdrawn_why = columns.Lines(_("lý do rút"), blank=True)
    # One per rendered form: pressed twice, it is one sheet.
    idempotency_key = models.UUIDField(unique=True)

    class Meta:
        ordering: ClassVar = ["-given_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["book", "book_year", "book_number"], name="sheet_number_once"),
            models.CheckConstraint(
                condition=Q(taken_at__isnull=True, taken_by__isnull=True)
                | Q(taken_at__isnull=False, taken_by__isnull=False, withdrawn_at__isnull=True),
                name="sheet_taken_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_why="")),
                name="sheet_withdrawn_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(taken_by__isnull=True) | ~Q(taken_by=models.F("given_by")), name="sheet_signed_by_two"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["from_unit", "-given_at", "-id"], name="sheet_given"),
            models.Index(fields=["to_unit", "-given_at", "-id"], name="sheet_taken"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="ended_sheet_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__taken_at__isnull=False) | pgtrigger.Q(old__withdrawn_at__isnull=False),
            ),
            pgtrigger.Protect(name="sheet_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Signed by one side only, and not withdrawn."""
        return self.taken_at is None and self.withdrawn_at is None


class HandoverRow(models.Model):
    """One dossier on a sheet, as it was when it was given, and what the other side found."""

    sheet = models.ForeignKey(HandoverSheet, models.PROTECT, related_name="rows")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="handover_rows")
    item = models.ForeignKey(WorkItem, models.PROTECT, related_name="+")
    papers = models.PositiveIntegerField(_("số giấy tờ"), default=0)
    state = columns.Line(_("tình trạng"), max_length=10, choices=SheetRowState.choices, default=SheetRowState.OPEN)
    remark = columns.Line(_("sai lệch"), max_length=500, blank=True)
    tracking = columns.Line(_("mã vận đơn"), max_length=40, blank=True)
    event_seq = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dossier"], condition=Q(state="open"), name="dossier_on_one_open_sheet"),
            models.UniqueConstraint(fields=["sheet", "dossier"], name="dossier_once_a_sheet"),
            models.CheckConstraint(
                condition=~Q(state__in=["differs", "missing"]) | ~Q(remark=""), name="sheet_difference_has_words"
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="signed_row_stays",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state="open"),
            ),
            pgtrigger.Protect(name="sheet_row_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.dossier_id}"
