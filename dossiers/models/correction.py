"""Corrections of times: an act that happened on paper before it was entered. Written by dossiers.services.true_times."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dossiers.models.attachment import Attachment
from dossiers.models.dossier import Dossier
from portal import columns


class TimeCorrection(models.Model):
    """That an act truly happened earlier than it was entered: asked with evidence, answered by a second person.

    Nothing is overwritten: the event keeps the time it was entered, and stands beside the true one.
    """

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="time_corrections")
    about_seq = models.PositiveIntegerField(_("sự kiện"))
    code = columns.Line(_("việc"), max_length=24)
    entered_at = models.DateTimeField(_("ghi trong phần mềm lúc"))
    true_at = models.DateTimeField(_("xong thật lúc"))
    evidence = columns.Line(_("căn cứ"), max_length=300, blank=True)
    attachment = models.ForeignKey(
        Attachment, models.PROTECT, verbose_name=_("tệp căn cứ"), null=True, blank=True, related_name="+"
    )
    reason = columns.Lines(_("lý do"))
    asked_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("người đề nghị"), related_name="+")
    asked_at = models.DateTimeField(_("đề nghị lúc"))
    asked_seq = models.PositiveIntegerField()
    agrees = models.BooleanField(_("đồng ý"), null=True, blank=True)
    answer = columns.Lines(_("ý kiến"), blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("người trả lời"), null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("trả lời lúc"), null=True, blank=True)
    decided_seq = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["asked_at", "pk"]
        verbose_name = _("đính chính thời điểm")
        verbose_name_plural = _("đính chính thời điểm")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dossier", "about_seq"],
                condition=Q(agrees__isnull=True) | Q(agrees=True),
                name="time_correction_once",
            ),
            models.CheckConstraint(condition=Q(true_at__lt=F("entered_at")), name="time_correction_earlier"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")), name="time_correction_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(evidence="") | Q(attachment__isnull=False), name="time_correction_has_evidence"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["asked_at", "id"], name="time_correction_waiting", condition=Q(agrees__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}#{self.about_seq}"
