"""Questions to another unit while a dossier is worked on: by a step of the route, or by the officer who appraises."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dossiers.enums import ConsultationAnswer
from dossiers.models.work import WorkItem
from portal import columns


class Consultation(models.Model):
    """What one work item of another unit asks, and what came of it.

    Unit, deadline and who answered stand in the work item; the words of question and answer in the ledger, under the
    events that opened and closed it. A step of a route asks by its name and shows the papers that the route names.
    """

    work_item = models.OneToOneField(WorkItem, models.PROTECT, primary_key=True, related_name="consultation")
    # Null: the route asks.
    asked_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("người hỏi"), null=True, blank=True, related_name="+"
    )
    shown = ArrayField(models.BigIntegerField(), verbose_name=_("giấy tờ cho xem"), default=list)  # ids of attachments
    shows_owner = models.BooleanField(_("cho biết chủ hồ sơ"), default=False)
    silence_agrees = models.BooleanField(_("quá hạn không trả lời là đồng ý"), default=False)
    answer_kind = columns.Line(_("trả lời"), max_length=12, choices=ConsultationAnswer.choices, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.work_item_id}"
