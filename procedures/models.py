"""Tables of the catalogue. Published revisions are immutable; change of law is a new revision."""

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import OrgUnit
from portal import columns
from portal.models import Stamped
from procedures import fees
from procedures.enums import (
    Channel,
    DraftCheck,
    FeePer,
    FeeSubject,
    OfflineReason,
    PaperKind,
    ProcedureKind,
    ResumePolicy,
    RevisionSource,
    RevisionState,
    ServiceLevel,
    StepKind,
    StepPlace,
)

# The rows of a revision are fixed with it. Adding rows is left to the service that publishes (a draft at that moment).
FROZEN_WITH_REVISION = pgtrigger.Trigger(
    name="frozen_with_revision",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    func="""
        IF EXISTS (SELECT 1 FROM procedures_revision r WHERE r.id = OLD.revision_id AND r.state <> 'draft') THEN
            RAISE EXCEPTION 'a published revision of a procedure is immutable';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    """,
)

# Once published, only the end of validity and the step to "retired" may be written.
PUBLISHED_IS_FIXED = pgtrigger.Trigger(
    name="published_is_fixed",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    func="""
        IF OLD.state = 'draft' THEN
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        END IF;
        IF TG_OP = 'DELETE' OR NEW.state = 'draft'
           OR to_jsonb(OLD) - ARRAY['state', 'valid_to', 'updated_at']
              IS DISTINCT FROM to_jsonb(NEW) - ARRAY['state', 'valid_to', 'updated_at'] THEN
            RAISE EXCEPTION 'a published revision of a procedure is immutable';
        END IF;
        RETURN NEW;
    """,
)


class Field(models.Model):
    """A field of administration (lĩnh vực), e.g. Hộ tịch."""

    code = columns.Line(_("mã lĩnh vực"), max_length=80, unique=True)
    name = columns.Line(_("tên lĩnh vực"), max_length=300)
    sort_name = columns.Line(max_length=1300, editable=False)

    class Meta:
        ordering: ClassVar = ["sort_name", "pk"]
        verbose_name = _("lĩnh vực")

    def __str__(self) -> str:
        return self.name


class LifeEvent(models.Model):
    """A life event citizens look under, e.g. Sinh con."""

    slug = columns.Slug(unique=True)
    name = columns.Line(_("sự kiện"), max_length=120)
    icon = columns.Line(max_length=40, blank=True)
    for_business = models.BooleanField(default=False)
    sort_order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["for_business", "sort_order", "pk"]

    def __str__(self) -> str:
        return self.name


class Procedure(Stamped):
    """An administrative procedure under its national (or local) code."""

    code = columns.Line(_("mã thủ tục"), max_length=60, unique=True)
    name = columns.Line(_("tên thủ tục"), max_length=2000)
    field = models.ForeignKey(Field, models.PROTECT, verbose_name=_("lĩnh vực"), related_name="procedures")
    kind = columns.Line(_("loại"), max_length=10, choices=ProcedureKind.choices, default=ProcedureKind.STANDARD)
    is_internal = models.BooleanField(_("nội bộ giữa các cơ quan nhà nước"), default=False)
    levels = columns.Json(_("cấp thực hiện"), default=list)
    issuer = columns.Line(_("cơ quan công bố"), max_length=300, blank=True)
    life_events = models.ManyToManyField(LifeEvent, verbose_name=_("sự kiện"), blank=True, related_name="procedures")
    popularity = models.PositiveIntegerField(_("độ phổ biến"), default=0)
    keywords = columns.Line(_("từ khóa, tên thường gọi"), max_length=1000, blank=True)
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaces")
    retired_on = models.DateField(_("bãi bỏ từ"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["code", "pk"]
        verbose_name = _("thủ tục hành chính")
        verbose_name_plural = _("thủ tục hành chính")

    def __str__(self) -> str:
        return self.name


class Revision(Stamped):
    """One version of a procedure's sheet: what applied from one day to another, under one decision."""

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(_("phiên bản"))
    state = columns.Line(_("trạng thái"), max_length=10, choices=RevisionState.choices, default=RevisionState.DRAFT)
    source = columns.Line(_("nguồn"), max_length=10, choices=RevisionSource.choices, default=RevisionSource.LOCAL)
    # What the import wrote; a different digest of the row means somebody edited it here.
    source_digest = columns.Line(max_length=64, blank=True)
    valid_from = models.DateField(_("hiệu lực từ"))
    valid_to = models.DateField(_("hiệu lực đến hết"), null=True, blank=True)
    decision_number = columns.Line(_("quyết định công bố"), max_length=200, blank=True)
    name = columns.Line(_("tên thủ tục"), max_length=2000)
    audience = columns.Json(_("đối tượng thực hiện"), default=list)
    agency = columns.Lines(_("cơ quan thực hiện"), blank=True)
    agency_competent = columns.Lines(_("cơ quan có thẩm quyền"), blank=True)
    agency_coordinating = columns.Lines(_("cơ quan phối hợp"), blank=True)
    receiving_address = columns.Lines(_("địa chỉ tiếp nhận"), blank=True)
    steps_text = columns.Lines(_("trình tự thực hiện"), blank=True)
    conditions = columns.Lines(_("yêu cầu, điều kiện"), blank=True)
    time_limit_text = columns.Lines(_("thời hạn giải quyết"), blank=True)
    fee_text = columns.Lines(_("phí, lệ phí"), blank=True)
    results = columns.Json(_("kết quả"), default=list)  # [{"code", "name", "template"}]; the last may lack
    legal_basis = columns.Json(_("căn cứ pháp lý"), default=list)  # [{"code", "name"}]
    cases = columns.Json(_("trường hợp"), default=list)  # [{"code", "name"}]
    form_spec = columns.Json(_("biểu mẫu điện tử"), null=True, blank=True)  # see procedures.formspec
    what_you_get = columns.Line(_("bạn nhận được"), max_length=500, blank=True)
    minutes_to_fill = models.PositiveSmallIntegerField(_("thời gian điền (phút)"), null=True, blank=True)
    draft_check = columns.Line(
        _("người nộp kiểm tra dự thảo"), max_length=10, choices=DraftCheck.choices, default=DraftCheck.NONE
    )

    class Meta:
        ordering: ClassVar = ["procedure_id", "-number", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["procedure", "number"], name="revision_number_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="revision_dates_in_order"
            ),
        ]
        triggers: ClassVar = [PUBLISHED_IS_FIXED]

    def __str__(self) -> str:
        return f"{self.procedure_id}/{self.number}"


class ResultTemplate(models.Model):
    """One version of what a result paper is made of (procedures.paperspec); papers name it and keep it for ever."""

    code = columns.Line(_("mã mẫu"), max_length=60)
    version = models.PositiveSmallIntegerField(_("phiên bản"))
    valid_from = models.DateField(_("hiệu lực từ"))
    valid_to = models.DateField(_("hiệu lực đến hết"), null=True, blank=True)
    declaration = columns.Json(_("nội dung mẫu"))
    digest = columns.Line(max_length=64)
    loaded_at = models.DateTimeField(_("nạp lúc"), auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["code", "-version", "pk"]
        verbose_name = _("mẫu kết quả")
        verbose_name_plural = _("mẫu kết quả")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "version"], name="result_template_version_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="result_template_dates_in_order",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="result_template_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.code}/{self.version}"


class RequiredPaper(models.Model):
    """One row of the list of papers of a revision and case."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="papers")  # part of the revision
    case_code = columns.Line(_("trường hợp"), max_length=80, blank=True)
    code = columns.Line(_("mã thành phần"), max_length=150)
    name = columns.Lines(_("tên giấy tờ"))
    kind = columns.Line(_("loại"), max_length=10, choices=PaperKind.choices, default=PaperKind.SUBMIT)
    heading = columns.Lines(_("nhóm"), blank=True)
    form_name = columns.Line(_("mẫu đơn, tờ khai"), max_length=1000, blank=True)
    originals = models.PositiveSmallIntegerField(_("bản chính"), default=0)
    copies = models.PositiveSmallIntegerField(_("bản sao"), default=0)
    is_required = models.BooleanField(_("bắt buộc"), default=False)
    vault_kind = columns.Line(_("loại giấy tờ trong kho"), max_length=80, blank=True)
    sort_order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["sort_order", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["revision", "case_code", "code"], name="paper_code_once")
        ]
        triggers: ClassVar = [FROZEN_WITH_REVISION]

    def __str__(self) -> str:
        return self.name


class FeeRule(models.Model):
    """A fee of a revision: for a case and channel, on days, for everybody or one kind of people (procedures.fees).

    `amount` None: set by the provincial council, unknown here, not free.
    """

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="fees")  # part of the revision
    case_code = columns.Line(_("trường hợp"), max_length=80, blank=True)
    channel = models.PositiveSmallIntegerField(_("hình thức nộp"), choices=Channel.choices, null=True, blank=True)
    name = columns.Line(_("tên khoản"), max_length=300)
    amount = models.PositiveBigIntegerField(_("mức thu (đồng)"), null=True, blank=True)
    note = columns.Lines(_("ghi chú, miễn giảm"), blank=True)
    per = columns.Line(_("tính theo"), max_length=10, choices=FeePer.choices, default=FeePer.FLAT, db_default="flat")
    # From which count on each costs less: [{"from": 3, "amount": 1000}].
    tiers = columns.Json(_("mức thu lũy tiến"), default=list, db_default=[], blank=True)
    most = models.PositiveBigIntegerField(_("mức tối đa một bản (đồng)"), null=True, blank=True)
    # The question of the e-form whose answer is the number; without it the desk counts.
    answer_key = columns.Line(_("câu trả lời cho số lượng"), max_length=60, blank=True, default="", db_default="")
    # The rule holds only with one of these answers to a question.
    when_key = columns.Line(_("chỉ khi câu trả lời"), max_length=60, blank=True, default="", db_default="")
    when_values = columns.Json(_("là một trong"), default=list, db_default=[], blank=True)
    subject = columns.Line(
        _("đối tượng"), max_length=12, choices=FeeSubject.choices, blank=True, default="", db_default=""
    )
    valid_from = models.DateField(_("thu từ ngày"), null=True, blank=True)
    valid_to = models.DateField(_("thu đến hết ngày"), null=True, blank=True)
    law = columns.Line(_("căn cứ thu"), max_length=300, blank=True, default="", db_default="")

    class Meta:
        ordering: ClassVar = ["case_code", "channel", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="fee_dates_in_order",
            )
        ]
        triggers: ClassVar = [FROZEN_WITH_REVISION]

    def __str__(self) -> str:
        return self.name

    @property
    def price(self) -> str:
        """What it costs, in words."""
        return fees.price(self)


class LimitRule(models.Model):
    """A time limit of a revision, per case and channel. `value` None: the sheet has only text; a person sets it."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="limits")  # part of the revision
    case_code = columns.Line(_("trường hợp"), max_length=80, blank=True)
    channel = models.PositiveSmallIntegerField(_("hình thức nộp"), choices=Channel.choices, null=True, blank=True)
    value = models.DecimalField(_("thời hạn"), max_digits=6, decimal_places=2, null=True, blank=True)
    unit = columns.Line(_("đơn vị"), max_length=12, blank=True)  # worktime.LimitUnit
    text = columns.Lines(_("nguyên văn"), blank=True)
    resume_policy = columns.Line(
        _("sau khi tạm dừng"), max_length=10, choices=ResumePolicy.choices, default=ResumePolicy.RESTART
    )
    # A code of procedures.start_rules; blank: the law's own order decides.
    start_rule = columns.Line(_("quy tắc bắt đầu tính"), max_length=30, blank=True)

    class Meta:
        ordering: ClassVar = ["case_code", "channel", "pk"]
        triggers: ClassVar = [FROZEN_WITH_REVISION]

    def __str__(self) -> str:
        return f"{self.value} {self.unit}"


class RouteStep(models.Model):
    """One step of the internal route (quy trình nội bộ): who does what where, in how many working hours."""

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="route")  # part of the revision
    position = models.PositiveSmallIntegerField(_("bước"))
    kind = columns.Line(_("loại bước"), max_length=10, choices=StepKind.choices)
    name = columns.Line(_("tên bước"), max_length=200)
    role = columns.Line(_("vai trò"), max_length=24, choices=Role.choices)
    place = columns.Line(_("nơi thực hiện"), max_length=12, choices=StepPlace.choices)
    hours = models.DecimalField(_("giờ làm việc"), max_digits=6, decimal_places=2)
    # Positions of the steps that must be done before this one; null: the step before it. Two steps after one are
    # branches, a step after two is a join.
    after = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("sau các bước"), null=True, blank=True)
    # Of a step at another unit (StepPlace.OTHER): its code, or part of the name of a department of the same authority.
    asks = columns.Line(_("đơn vị được hỏi"), max_length=80, blank=True)
    silence_agrees = models.BooleanField(_("quá hạn không trả lời là đồng ý"), default=False)
    # Of a consultation: codes of the papers that the asked unit may read; nothing else of the dossier is shown to it.
    shows = ArrayField(
        columns.Line(max_length=150), verbose_name=_("giấy tờ cho xem"), default=list, db_default=[], blank=True
    )

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["revision", "position"], name="route_position_once")]
        triggers: ClassVar = [FROZEN_WITH_REVISION]

    def __str__(self) -> str:
        return self.name


class OnlineOffering(Stamped):
    """That a unit serves a procedure from a day on, how far online, and if not fully, why (dated, NĐ 224/2026 Art. 14)."""

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="offerings")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, verbose_name=_("cơ quan có thẩm quyền"), related_name="offerings")
    department = models.ForeignKey(
        OrgUnit, models.PROTECT, verbose_name=_("phòng thụ lý"), null=True, blank=True, related_name="handled_offerings"
    )
    level = models.PositiveSmallIntegerField(_("mức độ trực tuyến"), choices=ServiceLevel.choices)
    valid_from = models.DateField(_("từ ngày"))
    valid_to = models.DateField(_("đến hết ngày"), null=True, blank=True)
    reason = columns.Line(_("lý do chưa toàn trình"), max_length=20, choices=OfflineReason.choices, blank=True)
    reason_note = columns.Line(_("giải thích, căn cứ"), max_length=500, blank=True)
    decided_by = columns.Line(_("văn bản quyết định"), max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["unit__sort_order", "-valid_from", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["procedure", "unit", "valid_from"], name="offering_once_a_day"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="offering_dates_in_order"
            ),
            models.CheckConstraint(
                condition=Q(level=ServiceLevel.FULL) | ~Q(reason=""),
                name="offering_has_reason",
                violation_error_message=_("Thủ tục chưa trực tuyến toàn trình phải ghi lý do."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_id}@{self.unit_id}"


class PostalListing(Stamped):
    """That a post office takes papers of a procedure for a desk, from a day on, by a decision or contract.

    A row is never worded anew: one that no longer holds gets its last day.
    """

    office = models.ForeignKey(OrgUnit, models.PROTECT, verbose_name=_("điểm bưu điện"), related_name="postal_listings")
    procedure = models.ForeignKey(Procedure, models.PROTECT, verbose_name=_("thủ tục"), related_name="postal_listings")
    desk = models.ForeignKey(
        OrgUnit, models.PROTECT, verbose_name=_("Bộ phận Một cửa nhận bàn giao"), related_name="postal_listings_here"
    )
    valid_from = models.DateField(_("từ ngày"))
    valid_to = models.DateField(_("đến hết ngày"), null=True, blank=True)
    decision = columns.Line(_("văn bản quyết định, hợp đồng"), max_length=200)

    class Meta:
        ordering: ClassVar = ["office_id", "procedure_id", "-valid_from", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["office", "procedure", "valid_from"], name="postal_listing_once_a_day"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="postal_listing_dates_in_order",
            ),
            models.CheckConstraint(condition=~Q(decision=""), name="postal_listing_has_decision"),
        ]

    def __str__(self) -> str:
        return f"{self.procedure_id}@{self.office_id}"


class PublicFact(models.Model):
    """A live figure shown on public pages, filled by the rooms above (most used, usual duration)."""

    procedure = models.ForeignKey(
        Procedure, models.CASCADE, null=True, blank=True, related_name="facts"
    )  # derived data
    key = columns.Line(max_length=40)
    value = columns.Json()
    as_of = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["key", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["procedure", "key"], name="fact_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return self.key


class SearchEntry(models.Model):
    """Narrow search row of one procedure: folded name and keywords first, folded body second. Rebuilt on publish."""

    procedure = models.OneToOneField(Procedure, models.CASCADE, primary_key=True, related_name="search")  # derived data
    name = columns.Lines()
    body = columns.Lines()

    def __str__(self) -> str:
        return self.name
