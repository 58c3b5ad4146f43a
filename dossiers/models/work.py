"""Work items: what lies on whose desk. The inbox lists these; a dossier may have several open ones."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import OrgUnit, User
from dossiers.enums import Outcome
from dossiers.models.dossier import Dossier
from portal import columns
from procedures.enums import StepKind


class WorkItem(models.Model):
    """One step of the route lying in one unit, for one role, perhaps held by one person."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="work_items")
    position = models.PositiveSmallIntegerField(_("bước"))
    steps_total = models.PositiveSmallIntegerField(_("tổng số bước"), default=0)
    kind = columns.Line(_("loại bước"), max_length=10, choices=StepKind.choices)
    name = columns.Line(_("tên bước"), max_length=200)
    unit = models.ForeignKey(OrgUnit, models.PROTECT, verbose_name=_("đơn vị"), related_name="work_items")
    role = columns.Line(_("vai trò"), max_length=24, choices=Role.choices)
    holder = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("người giữ"), null=True, blank=True, related_name="work_items"
    )
    # When it became the holder's; null while nobody holds it, and on rows written before this was kept.
    held_since = models.DateTimeField(_("giữ từ"), null=True, blank=True)
    opened_at = models.DateTimeField(_("nhận lúc"))
    due_at = models.DateTimeField(_("hạn bước"))
    closed_at = models.DateTimeField(_("xong lúc"), null=True, blank=True)
    outcome = columns.Line(_("kết quả bước"), max_length=10, choices=Outcome.choices, blank=True, db_default="")
    # The events that opened and closed it; null on rows written before these were kept.
    opened_seq = models.PositiveIntegerField(null=True, blank=True)
    closed_seq = models.PositiveIntegerField(null=True, blank=True)
    # Somebody has begun: took it, asked, drafted. Until then whoever sent it on may call it back.
    touched_at = models.DateTimeField(_("bắt đầu làm lúc"), null=True, blank=True)
    # Consultations asked of another unit and branches of a parallel step hang on the item that opened them.
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="branches")
    suspended_at = models.DateTimeField(_("tạm dừng lúc"), null=True, blank=True)
    closed_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("người làm"), null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["opened_at", "pk"]
        indexes: ClassVar = [
            # The inbox: what is open in my unit, least time left first, keyset on (due_at, id). Kinds are filtered on the
            # way: with the kind before the due time the order would be lost and all open items sorted (46 ms at 5,000).
            models.Index(fields=["unit", "due_at", "id"], name="work_inbox", condition=Q(closed_at__isnull=True)),
            models.Index(fields=["holder", "due_at", "id"], name="work_mine", condition=Q(closed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.dossier_id}"
