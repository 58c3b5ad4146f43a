"""Calls the desk owes: whom no message reached, or whom nothing but a telephone reaches where the authority sends none."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import OrgUnit, User
from dossiers.enums import CallOutcome, CallReason
from dossiers.models.dossier import Dossier
from integrations.models import OutboxMessage
from portal import columns
from portal.models import Stamped


class Call(Stamped):
    """One number to call about one dossier until somebody notes that it was told; later news replace what is to be said.

    `who` is an audience (dossiers.events.Audience). An empty `phone`: nothing but an address that took no message is known
    of this audience.
    What was said in a call stands in the ledger, under the event that `noted_seq` names.
    """

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="calls")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, verbose_name=_("nơi tiếp nhận"), related_name="+")
    who = columns.Line(_("gọi cho"), max_length=12, blank=True)
    phone = columns.Line(_("số điện thoại"), max_length=16, blank=True)
    kind = columns.Line(_("loại tin"), max_length=60)
    words = columns.Line(_("cần báo"), max_length=300)
    reason = columns.Line(_("lý do gọi"), max_length=10, choices=CallReason.choices)
    message = models.ForeignKey(OutboxMessage, models.SET_NULL, null=True, blank=True, related_name="+")
    since = models.DateTimeField(_("từ lúc"))
    tries = models.PositiveSmallIntegerField(_("số lần đã gọi"), default=0)
    tried_at = models.DateTimeField(_("lần gọi gần nhất"), null=True, blank=True)
    closed_at = models.DateTimeField(_("xong lúc"), null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = columns.Line(_("kết quả"), max_length=12, choices=CallOutcome.choices, blank=True)
    noted_seq = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("cuộc gọi cần làm")
        verbose_name_plural = _("cuộc gọi cần làm")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dossier", "phone"],
                condition=Q(closed_at__isnull=True) & ~Q(phone=""),
                name="call_once_a_number",
            ),
            models.UniqueConstraint(
                fields=["dossier", "who"], condition=Q(closed_at__isnull=True, phone=""), name="call_once_an_audience"
            ),
        ]
        indexes: ClassVar = [
            # The list of a desk, longest waiting first, keyset on (since, id).
            models.Index(fields=["unit", "since", "id"], name="calls_owed", condition=Q(closed_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}: {self.kind}"

    @property
    def edition(self) -> str:
        """What a form was drawn from: another one once there are other words to say, or somebody called."""
        return self.updated_at.isoformat()
