"""The ledger: one append-only row per act, dimensions frozen, chained by hash. Nothing has a foreign key to it."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from dossiers.events import EVENTS
from dossiers.models.dossier import Dossier
from portal import columns


class DossierEvent(models.Model):
    """What happened, when, by whom, with every dimension a report will ask, as it was at that moment.

    Plain numbers and codes instead of foreign keys: a merger of units or a correction cannot rewrite the past.
    No personal text: reasons live in EventText, only their digest stands here. Rows are built by dossiers.ledger.
    """

    dossier_id = models.BigIntegerField(_("hồ sơ"))
    seq = models.PositiveIntegerField(_("thứ tự"))
    previous_hash = columns.Line(max_length=64, blank=True)
    hash = columns.Line(max_length=64)
    schema_version = models.PositiveSmallIntegerField()
    code = columns.Line(_("sự kiện"), max_length=24)  # declared in dossiers.events
    happened_at = models.DateTimeField(_("xảy ra lúc"))
    recorded_at = models.DateTimeField(_("ghi lúc"), db_default=Now())
    state_from = columns.Line(max_length=16, blank=True)
    state_to = columns.Line(max_length=16)
    # where
    authority_code = columns.Line(max_length=35)
    receiving_unit_id = models.BigIntegerField()
    competent_unit_id = models.BigIntegerField()
    counting_unit_id = models.BigIntegerField()
    unit_group_id = models.BigIntegerField(null=True)
    department_id = models.BigIntegerField(null=True)
    ward_code = columns.Line(max_length=10, blank=True)
    # what
    procedure_id = models.BigIntegerField()
    procedure_code = columns.Line(max_length=60)
    case_code = columns.Line(max_length=80, blank=True)
    revision_id = models.BigIntegerField()
    level_offered = models.PositiveSmallIntegerField()
    channel = models.PositiveSmallIntegerField()
    sub_channel = columns.Line(max_length=10)
    is_assisted = models.BooleanField(default=False)
    is_internal = models.BooleanField(default=False)
    applicant_kind = columns.Line(max_length=12)
    # when
    first_received_at = models.DateTimeField(null=True)
    first_due_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    # who
    actor_id = models.BigIntegerField(null=True)
    actor_role = columns.Line(max_length=24, blank=True)
    actor_unit_id = models.BigIntegerField(null=True)
    actor_membership_id = models.BigIntegerField(null=True)  # none for the citizen and for acts of the system
    # how
    papers_total = models.PositiveSmallIntegerField(default=0)
    papers_digitised = models.PositiveSmallIntegerField(default=0)
    papers_reused = models.PositiveSmallIntegerField(default=0)
    electronic_result = models.BooleanField(null=True)  # said by the act that issues; a result without signature is not
    fee_due = models.PositiveIntegerField(null=True)
    reason_code = columns.Line(max_length=40, blank=True)
    text_digest = columns.Line(max_length=64, blank=True)
    about_seq = models.PositiveIntegerField(null=True)  # the earlier event that this one is about
    step_kind = columns.Line(max_length=10, blank=True)
    step_due_at = models.DateTimeField(null=True)
    # how long: working minutes of the legal clock when the act was done, and a digest of its segments
    minutes_allowed = models.PositiveIntegerField(null=True)
    minutes_used = models.PositiveIntegerField(null=True)
    minutes_stopped = models.PositiveIntegerField(null=True)
    clock_digest = columns.Line(max_length=64, blank=True)
    # the outgoing paper the act is about; events of schema version 1 name none
    draft_id = models.BigIntegerField(null=True)
    draft_version = models.PositiveIntegerField(null=True)
    paper_digest = columns.Line(max_length=64, null=True)
    # money that came (or, below nought, went back) with the act, how, and what is paid in all since; not before version 3
    payment_amount = models.BigIntegerField(null=True)
    payment_method = columns.Line(max_length=10, null=True)
    fee_paid = models.PositiveIntegerField(null=True)
    # when an earlier act (about_seq) truly happened that was entered late; not before version 4
    true_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("sự kiện hồ sơ")
        verbose_name_plural = _("sổ sự kiện hồ sơ")
        ordering: ClassVar = ["dossier_id", "seq"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["dossier_id", "seq"], name="event_seq_once")]
        indexes: ClassVar = [
            models.Index(fields=["code", "happened_at", "counting_unit_id"], name="event_by_month"),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="never_truncate",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                func="RAISE EXCEPTION 'the ledger of dossiers is append-only';",
            ),
            # Whatever writes events, acts or the loader: the next seal covers them.
            pgtrigger.Trigger(
                name="mark_unsealed",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="written"),  # type: ignore[no-untyped-call]
                func="""
                INSERT INTO dossiers_unsealed (dossier_id) SELECT DISTINCT dossier_id FROM written;
                RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}#{self.seq} {self.code}"

    @property
    def label(self) -> str:
        """The event in words."""
        return EVENTS.label(self.code)


class EventText(models.Model):
    """The words of an act (reasons, opinions): erasable, while their digest stays in the ledger."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="event_texts")
    seq = models.PositiveIntegerField()
    text = columns.Lines(_("nội dung"))
    is_public = models.BooleanField(_("cho người nộp xem"), default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["dossier", "seq"], name="event_text_once")]
        # Erased as a whole by the database's own erase_event_text, never worded anew.
        triggers: ClassVar = [pgtrigger.Protect(name="text_stays", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.dossier_id}#{self.seq}"
