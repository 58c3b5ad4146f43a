"""The dossier itself: one row, one lock, one state."""

import uuid
from typing import ClassVar

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import OrgUnit, Party, User
from dossiers.enums import QUEUED_STATES, Decision, Delivery, State, SubChannel
from dossiers.models.words import dossier_words
from portal import columns, partialdate
from portal.models import Stamped
from procedures.enums import Channel, ServiceLevel
from procedures.models import Procedure, Revision


class Dossier(Stamped):
    """A request of an owner under one revision of one procedure.

    `reference` is a name and never a key to anything; `code` is the official number, given when received.
    `authority_code` never changes, whatever unit handles the dossier. `answers` hold form data; identity
    numbers are taken out into parties and stand here as {"party": id}.
    """

    reference = columns.Line(_("mã tạm"), max_length=20, unique=True)
    code = columns.Line(_("mã hồ sơ"), max_length=60, unique=True, null=True, blank=True)
    secret_sealed = columns.Lines(editable=False, blank=True)
    secret_index = columns.Line(max_length=64, editable=False, blank=True)
    # One per rendered form: the second submission of the same form finds the first.
    idempotency_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    # Of what the form said, and by whom: see portal.once.
    form_mark = columns.Line(max_length=64, editable=False, blank=True, default="", db_default="")
    authority_code = columns.Line(_("mã cơ quan"), max_length=35)
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="dossiers")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="dossiers")  # pinned for ever once submitted
    case_code = columns.Line(_("trường hợp"), max_length=80, blank=True)
    answers = columns.Json(_("nội dung kê khai"), default=dict)
    owner = models.ForeignKey(
        Party, models.PROTECT, verbose_name=_("chủ hồ sơ"), null=True, blank=True, related_name="owned_dossiers"
    )
    submitter = models.ForeignKey(
        Party, models.PROTECT, verbose_name=_("người nộp"), null=True, blank=True, related_name="submitted_dossiers"
    )
    # As filed: what papers, lists and messages say of a dossier stays, whatever later becomes of the party.
    owner_name = columns.Line(_("tên chủ hồ sơ"), max_length=200, blank=True)
    owner_search_name = columns.Line(max_length=220, editable=False, blank=True, db_index=True)
    owner_birth_date = partialdate.PartialDateField(_("ngày sinh chủ hồ sơ"), blank=True)
    owner_phone = columns.Line(_("điện thoại chủ hồ sơ"), max_length=16, blank=True)
    owner_email = columns.Email(_("thư điện tử chủ hồ sơ"), blank=True)
    owner_address = columns.Line(_("địa chỉ chủ hồ sơ"), max_length=300, blank=True)
    owner_place_code = columns.Line(_("phường, xã của chủ hồ sơ"), max_length=10, blank=True)
    # The account's own party, or one whose number the desk checked. A number that somebody merely typed names its
    # bearer, but opens the dossier to nobody and puts nothing into anybody's vault.
    owner_is_confirmed = models.BooleanField(_("chủ hồ sơ đã đối chiếu"), default=False)
    submitter_name = columns.Line(_("tên người nộp"), max_length=200, blank=True)
    submitter_phone = columns.Line(_("điện thoại người nộp"), max_length=16, blank=True, db_default="")
    # Somebody is to be called about it (dossiers.models.call): pages ask for calls of such dossiers alone.
    needs_call = models.BooleanField(_("cần gọi điện"), default=False, db_default=False, editable=False)
    account = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("tài khoản"), null=True, blank=True, related_name="dossiers"
    )
    receiving_unit = models.ForeignKey(
        OrgUnit, models.PROTECT, verbose_name=_("nơi tiếp nhận"), related_name="received_dossiers"
    )
    competent_unit = models.ForeignKey(
        OrgUnit, models.PROTECT, verbose_name=_("cơ quan giải quyết"), related_name="competent_dossiers"
    )
    counting_unit = models.ForeignKey(
        OrgUnit, models.PROTECT, verbose_name=_("đơn vị tính số liệu"), related_name="counted_dossiers"
    )
    department = models.ForeignKey(
        OrgUnit, models.PROTECT, verbose_name=_("phòng thụ lý"), null=True, blank=True, related_name="handled_dossiers"
    )
    channel = models.PositiveSmallIntegerField(_("hình thức nộp"), choices=Channel.choices)
    sub_channel = columns.Line(_("nơi nộp"), max_length=10, choices=SubChannel.choices)
    is_assisted = models.BooleanField(_("có người hỗ trợ"), default=False)
    is_internal = models.BooleanField(_("nội bộ"), default=False)
    level_offered = models.PositiveSmallIntegerField(_("mức độ trực tuyến khi nộp"), choices=ServiceLevel.choices)
    delivery = columns.Line(_("hình thức nhận kết quả"), max_length=10, choices=Delivery.choices, default=Delivery.DESK)
    fee_due = models.PositiveIntegerField(_("phí, lệ phí phải nộp (đồng)"), null=True, blank=True)
    # What the desk counted or decided for the fee: pages, copies, persons, subject, reason, or an amount set by hand.
    fee_facts = columns.Json(_("căn cứ tính phí"), default=dict, db_default={}, blank=True)
    fee_paid = models.PositiveIntegerField(_("đã nộp (đồng)"), default=0, db_default=0)
    state = columns.Line(_("trạng thái"), max_length=16, choices=State.choices, default=State.DRAFT)
    proposal = columns.Line(_("đề xuất"), max_length=10, choices=Decision.choices, blank=True)
    wants_withdrawal = models.BooleanField(_("đề nghị rút"), default=False)
    version = models.PositiveIntegerField(default=0)
    event_count = models.PositiveIntegerField(default=0)
    submitted_at = models.DateTimeField(_("nộp lúc"), null=True, blank=True)
    accept_by = models.DateTimeField(_("hạn tiếp nhận"), null=True, blank=True)
    received_at = models.DateTimeField(_("tiếp nhận lúc"), null=True, blank=True)
    first_due_at = models.DateTimeField(_("hẹn trả lần đầu"), null=True, blank=True)
    due_at = models.DateTimeField(_("hạn trả"), null=True, blank=True)
    clock_stopped_at = models.DateTimeField(_("tạm dừng tính hạn từ"), null=True, blank=True)
    reappointed_from = models.DateTimeField(_("hẹn trả trước khi hẹn lại"), null=True, blank=True)
    finished_at = models.DateTimeField(_("xử lý xong lúc"), null=True, blank=True)
    returned_at = models.DateTimeField(_("trả kết quả lúc"), null=True, blank=True)

    class Meta:
        verbose_name = _("hồ sơ")
        verbose_name_plural = _("hồ sơ")
        indexes: ClassVar = [
            models.Index(fields=["account", "-id"], name="dossier_by_account"),
            models.Index(fields=["competent_unit", "state", "-id"], name="dossier_by_unit"),
            models.Index(fields=["created_at"], name="dossier_old_drafts", condition=Q(state="draft")),
            models.Index(fields=["-created_at", "-id"], name="dossier_newest"),
            models.Index(
                fields=["receiving_unit", "received_at"],
                name="dossier_owes",
                condition=Q(fee_due__gt=F("fee_paid"), state__in=QUEUED_STATES),
            ),
            GinIndex(dossier_words(), name="dossier_words"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted", "intake_fix", "not_accepted", "withdrawn"])
                | Q(code__isnull=False),
                name="dossier_received_has_code",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | (Q(owner__isnull=False) & ~Q(owner_name="")), name="dossier_has_owner"
            ),
            partialdate.checks("owner_birth_date", name="dossier_owner_birth_date_stored"),
        ]
        triggers: ClassVar = [
            # The open items follow: their own trigger (dossiers.models.work) reads the law's due time anew.
            pgtrigger.Trigger(
                name="work_follows",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("state", "due_at", "clock_stopped_at", "finished_at"),  # type: ignore[no-untyped-call]
                func="""
                UPDATE dossiers_workitem SET due_at = due_at WHERE dossier_id = NEW.id AND closed_at IS NULL;
                RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.code or self.reference
