"""Drafts of a result that its applicant was asked to check before it is proposed. Written by dossiers.services.draft_checks."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dossiers.enums import CheckAnswer
from dossiers.models.dossier import Dossier
from dossiers.models.paper_draft import PaperDraft
from portal import columns


class PaperCheck(models.Model):
    """One asking: which draft in which version, until when, and what came of it.

    `content` is a digest of what the draft said: whoever agreed agreed to that, on whatever row it stands later. `answer_by`
    is the day that was told, kept as it was told. The words of an answer stand in the ledger, under `answered_seq`.
    """

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="paper_checks")
    draft = models.ForeignKey(PaperDraft, models.PROTECT, related_name="checks")
    draft_version = models.PositiveIntegerField()
    content = columns.Line(max_length=64)
    asked_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("người gửi"), related_name="+")
    asked_at = models.DateTimeField(_("gửi lúc"))
    answer_by = models.DateField(_("trả lời trước hết ngày"))
    silence_agrees = models.BooleanField(_("không trả lời trong hạn là đồng ý"))
    answer = columns.Line(_("trả lời"), max_length=12, choices=CheckAnswer.choices, blank=True, db_default="")
    answered_at = models.DateTimeField(_("trả lời lúc"), null=True, blank=True)
    answered_seq = models.PositiveIntegerField(_("sự kiện trả lời"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["dossier_id", "asked_at", "pk"]
        verbose_name = _("lần gửi bản dự thảo cho người nộp kiểm tra")
        verbose_name_plural = _("các lần gửi bản dự thảo cho người nộp kiểm tra")
        indexes: ClassVar = [
            models.Index(fields=["answer_by", "id"], name="check_waiting", condition=Q(answered_at__isnull=True)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(answered_at__isnull=True), name="check_waits_once_a_dossier"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}/{self.draft_id}"

    @property
    def agrees(self) -> bool:
        """Whether its applicant agreed, by words or by silence."""
        return self.answer in {CheckAnswer.AGREED, CheckAnswer.SILENT}
