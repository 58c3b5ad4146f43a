"""What the ledger says about each dossier, in one typed row, and where it went: the source of figures and lists.

Where late dossiers lay is read from their events (docs/adr/0032). Made from events alone by reporting.facts and worth
nothing without them: it can be thrown away and made again. What no act writes yet stands at the end of the columns
and is empty (reporting.fact_rules.UNWRITTEN).
"""

from typing import ClassVar, Final

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from portal import columns
from reporting.enums import FinishKind
from reporting.models.run import Run
from reporting.models.target import never_emptied


class FactColumns(models.Model):
    """What is known of a dossier as far as event `last_seq`. Days are days in Vietnam; no foreign keys."""

    last_seq = models.PositiveIntegerField()
    rules = models.PositiveSmallIntegerField(db_default=1)  # by which reporting.fact_rules.RULES it was made
    # an online submission must be answered in time: received, refused, or sent back for completion
    filed_at = models.DateTimeField(_("nộp lúc"))
    answer_due_at = models.DateTimeField(_("hạn trả lời"), null=True)
    answered_at = models.DateTimeField(_("trả lời lúc"), null=True)
    # as it was when first received, or when filed if never received
    received_at = models.DateTimeField(_("tiếp nhận lúc"), null=True)
    received_day = models.DateField(_("ngày tiếp nhận"), null=True)
    unit_id = models.BigIntegerField()
    group_id = models.BigIntegerField(null=True)
    department_id = models.BigIntegerField(null=True)
    ward_code = columns.Line(max_length=10, blank=True)
    procedure_id = models.BigIntegerField()
    case_code = columns.Line(max_length=80, blank=True)
    channel = models.PositiveSmallIntegerField()
    sub_channel = columns.Line(max_length=10)
    level_offered = models.PositiveSmallIntegerField()
    is_assisted = models.BooleanField()
    is_internal = models.BooleanField()
    applicant_kind = columns.Line(max_length=12, blank=True)
    filed_by_id = models.BigIntegerField(null=True)  # whose account filed it
    received_papers = models.PositiveSmallIntegerField(null=True)
    received_digitised = models.PositiveSmallIntegerField(null=True)
    # what was promised, and what came in between
    first_due_at = models.DateTimeField(_("hẹn trả lần đầu"), null=True)
    first_due_day = models.DateField(_("ngày hẹn trả lần đầu"), null=True)
    due_at = models.DateTimeField(_("hạn trả"), null=True)
    supplements = models.PositiveSmallIntegerField(_("số lần yêu cầu bổ sung"))
    # the end of processing, whatever end it was
    finished_at = models.DateTimeField(_("xử lý xong lúc"), null=True)
    finished_day = models.DateField(_("ngày xử lý xong"), null=True)
    finish_kind = columns.Line(_("kết thúc"), max_length=12, choices=FinishKind.choices, blank=True)
    finished_unit_id = models.BigIntegerField(null=True)
    finished_group_id = models.BigIntegerField(null=True)
    finished_department_id = models.BigIntegerField(null=True)
    finished_due_day = models.DateField(_("hạn trả lúc xử lý xong"), null=True)
    officer_id = models.BigIntegerField(null=True)  # who proposed the result last
    # working minutes of the legal clock: what the end had used and was allowed, and how long it stood still so far
    minutes_used = models.PositiveIntegerField(null=True)
    minutes_allowed = models.PositiveIntegerField(null=True)
    minutes_stopped = models.PositiveIntegerField(null=True)
    electronic_result = models.BooleanField(null=True)
    returned_at = models.DateTimeField(_("trả kết quả lúc"), null=True)
    # as the end says, or the last event while there is none
    fee_due = models.PositiveIntegerField(null=True)
    papers_total = models.PositiveSmallIntegerField()
    papers_digitised = models.PositiveSmallIntegerField()
    papers_reused = models.PositiveSmallIntegerField()
    # what no act writes yet
    work_digitised = models.BooleanField(null=True)
    result_signed = models.BooleanField(null=True)
    paid_online = models.BooleanField(null=True)
    returned_by_post = models.BooleanField(null=True)
    rating = models.PositiveSmallIntegerField(null=True)
    reappointed_at = models.DateTimeField(null=True)
    bodies_contacted = models.PositiveSmallIntegerField(null=True)
    complaint_upheld = models.BooleanField(null=True)

    class Meta:
        abstract = True


LASTING: Final = 90  # days
_LASTED: Final = Q(
    finished_day__gte=models.ExpressionWrapper(
        models.F("received_day") + models.Value(LASTING), output_field=models.DateField()
    )
)


class FactDossier(FactColumns):
    """A dossier as the ledger knows it now."""

    dossier_id = models.BigIntegerField(_("hồ sơ"), primary_key=True)

    class Meta:
        verbose_name = _("dữ kiện hồ sơ")
        verbose_name_plural = _("dữ kiện hồ sơ")
        indexes: ClassVar = [
            models.Index(fields=["filed_at"], name="fact_by_filing"),
            # What was open at a moment was received within the last LASTING days before it, or lasted longer.
            models.Index(fields=["received_at", "finished_at"], name="fact_by_reception_and_end"),
            models.Index(fields=["finished_at", "received_at"], name="fact_that_lasted", condition=_LASTED),
            models.Index(fields=["finished_at"], name="fact_by_end"),  # open ones stand together at its end
            models.Index(fields=["answer_due_at"], name="fact_by_answer", condition=Q(answer_due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}#{self.last_seq}"


class ClosedFact(FactColumns):
    """A dossier as it was known when a month was closed, kept when its fact changes afterwards.

    The list behind a closed number reads it instead of the newer fact. One that was not known at all has no last event.
    """

    run = models.ForeignKey(Run, models.CASCADE, related_name="closed_facts")  # never happens: frozen runs stay
    dossier_id = models.BigIntegerField(_("hồ sơ"))

    class Meta:
        verbose_name = _("dữ kiện lúc chốt")
        verbose_name_plural = _("dữ kiện lúc chốt")
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "dossier_id"], name="closed_fact_once")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="closed_fact_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            never_emptied("closed_fact_never_emptied"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.dossier_id}#{self.last_seq}"


class TransferFact(models.Model):
    """A received dossier went to another unit, group or department, so that a past month's stock goes to who held it."""

    dossier_id = models.BigIntegerField(_("hồ sơ"))
    seq = models.PositiveIntegerField()
    moved_at = models.DateTimeField(_("chuyển lúc"))
    unit_id = models.BigIntegerField()
    group_id = models.BigIntegerField(null=True)
    department_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("lần chuyển hồ sơ")
        verbose_name_plural = _("các lần chuyển hồ sơ")
        constraints: ClassVar = [models.UniqueConstraint(fields=["dossier_id", "seq"], name="transfer_once")]

    def __str__(self) -> str:
        return f"{self.dossier_id}#{self.seq}"


class PromiseFact(models.Model):
    """The promise of a received dossier changed, or the legal clock stopped or went on: what held at a past moment."""

    dossier_id = models.BigIntegerField(_("hồ sơ"))
    seq = models.PositiveIntegerField()
    changed_at = models.DateTimeField(_("thay đổi lúc"))
    due_at = models.DateTimeField(_("hạn trả"), null=True)
    stands = columns.Line(max_length=16, blank=True)  # the state while the next step is the citizen's

    class Meta:
        verbose_name = _("thay đổi hạn trả")
        verbose_name_plural = _("các thay đổi hạn trả")
        constraints: ClassVar = [models.UniqueConstraint(fields=["dossier_id", "seq"], name="promise_change_once")]

    def __str__(self) -> str:
        return f"{self.dossier_id}#{self.seq}"


class DirtyMonth(models.Model):
    """A month whose figures may have changed since it was counted. Plain inserts; a count deletes the rows it saw."""

    month = models.DateField(_("tháng"))
    marked_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [models.Index(fields=["month"], name="dirty_month")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
