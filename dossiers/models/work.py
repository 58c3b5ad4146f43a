"""Work items: what lies on whose desk. The inbox lists these; a dossier may have several open ones."""

from collections.abc import Iterable
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import OrgUnit, User
from dossiers.enums import WAITING_STATES, Outcome, State
from dossiers.models.dossier import Dossier
from portal import columns
from procedures.enums import StepKind

# Steps at which papers are handled beside the route; they wait for no citizen, whatever the dossier does.
BESIDE_THE_ROUTE = (StepKind.WITHDRAWAL, StepKind.DRAFT_SIGN, StepKind.DRAFT_SEND)


def _words(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in sorted(values))


# Kept with every open item: by when the law wants it to be over, whether the citizen has the next word, whether it waits to
# be received, and whether it is a question to another unit (or hangs on one). While the dossier's clock does not run (not
# received, stopped, finished) the step's own time stands.
_BY_LAW = f"""
SELECT
    NEW.kind = '{StepKind.CONSULT}'
        OR EXISTS (SELECT FROM dossiers_workitem p WHERE p.id = NEW.parent_id AND p.kind = '{StepKind.CONSULT}'),
    d.state IN ({_words(WAITING_STATES)}) AND NEW.kind NOT IN ({_words(BESIDE_THE_ROUTE)}),
    NEW.kind = '{StepKind.INTAKE}' AND d.state = '{State.SUBMITTED}',
    CASE WHEN d.clock_stopped_at IS NULL AND d.finished_at IS NULL AND NEW.kind <> '{StepKind.WITHDRAWAL}'
         THEN d.due_at END
INTO NEW.is_asked, NEW.is_waiting, NEW.is_new, NEW.legal_at
FROM dossiers_dossier d WHERE d.id = NEW.dossier_id;
IF NEW.is_asked OR NEW.legal_at IS NULL THEN
    NEW.legal_at := NEW.due_at;
END IF;
RETURN NEW;
"""  # noqa: S608  enums alone stand in it
_FOLLOWED = pgtrigger.UpdateOf("due_at", "closed_at", "kind", "parent_id", "dossier_id")  # type: ignore[no-untyped-call]


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
    # Kept by the database itself (below), so that no writer can forget them. Of closed items they are what they were last.
    legal_at = models.DateTimeField(_("hạn theo luật"), null=True, blank=True, editable=False)
    is_waiting = models.BooleanField(_("chờ người dân"), default=False, db_default=False, editable=False)
    is_new = models.BooleanField(_("chờ tiếp nhận"), default=False, db_default=False, editable=False)
    is_asked = models.BooleanField(_("câu hỏi gửi đơn vị"), default=False, db_default=False, editable=False)
    suspended_at = models.DateTimeField(_("tạm dừng lúc"), null=True, blank=True)
    closed_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("người làm"), null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["opened_at", "pk"]
        indexes: ClassVar = [
            # The inbox: what is open in my unit, by the law's due time, keyset on (legal_at, id). Kinds are filtered on the
            # way: with the kind first the order would be lost and all open items sorted. What tabs are told apart by
            # rides along, so that they are counted without a look at the table.
            models.Index(
                fields=["unit", "legal_at", "id"],
                include=["kind", "holder", "is_waiting", "is_new", "is_asked", "dossier"],
                name="work_by_law",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(
                fields=["holder", "legal_at", "id"], name="work_mine_by_law", condition=Q(closed_at__isnull=True)
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="by_law",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | _FOLLOWED,
                condition=pgtrigger.Condition("NEW.closed_at IS NULL"),
                func=_BY_LAW,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.dossier_id}"
