"""People, parties, units, roles, places, calendars, and the log of reads of personal data. No logic in save()."""

from typing import ClassVar

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import (
    ClosingRule,
    ClosingState,
    DayKind,
    IdentityKind,
    IdentitySource,
    Office,
    PartyKind,
    PlaceKind,
    Role,
    UnitKind,
)
from portal import columns, partialdate
from portal.models import Stamped
from portal.sealing import unseal


class UserManager(BaseUserManager["User"]):
    """Makes accounts; the services of this room are the usual callers."""

    def create_user(self, *, password: str | None = None, **fields: object) -> "User":
        """Make an account with a hashed password (an unusable one when None)."""
        user = self.model(**fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, *, password: str | None = None, **fields: object) -> "User":
        """Make the first administrator from the command line."""
        return self.create_user(password=password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """An account: a citizen's, or (when memberships exist) a staff member's. Signs in by phone or e-mail."""

    full_name = columns.Line(_("họ và tên"), max_length=200)
    email = columns.Email(_("thư điện tử"), unique=True, null=True, blank=True)
    phone = columns.Line(_("số điện thoại"), max_length=16, unique=True, null=True, blank=True)
    phone_verified = models.BooleanField(_("đã xác thực số điện thoại"), default=False)
    is_active = models.BooleanField(_("đang hoạt động"), default=True)
    is_staff = models.BooleanField(_("vào được trang hệ thống"), default=False)
    # A temporary password given by an administrator opens only the page that changes it.
    must_change_password = models.BooleanField(_("phải đổi mật khẩu"), default=False)
    # The personal number of a member of staff, sealed: known before the first role, so that nobody can be given their
    # own dossier. It proves nothing about the account's party.
    identity_sealed = columns.Lines(editable=False, blank=True)
    identity_index = columns.Line(max_length=64, editable=False, blank=True)
    date_joined = models.DateTimeField(_("tạo lúc"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["full_name"]

    class Meta:
        verbose_name = _("tài khoản")
        verbose_name_plural = _("tài khoản")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(email__isnull=False) | Q(phone__isnull=False),
                name="user_has_email_or_phone",
                violation_error_message=_("Tài khoản cần có số điện thoại hoặc thư điện tử."),
            ),
            # '' would collide with the next '' although nobody has an address.
            models.CheckConstraint(condition=~Q(email=""), name="user_email_not_blank"),
            models.CheckConstraint(condition=~Q(phone=""), name="user_phone_not_blank"),
            models.UniqueConstraint(
                fields=["identity_index"], condition=~Q(identity_index=""), name="staff_number_once"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name


class OrgUnit(Stamped):
    """A unit of the administration, with its time of existence and its successors after a reorganisation."""

    code = columns.Slug(_("mã đơn vị"), max_length=40, unique=True)
    authority_code = columns.Line(
        _("mã định danh"), max_length=35, blank=True, help_text=_("Mã theo QĐ 20/2020/QĐ-TTg, dùng trong mã hồ sơ.")
    )
    is_sample_code = models.BooleanField(_("mã mẫu, chưa công bố"), default=False)
    name = columns.Line(_("tên đơn vị"), max_length=200)
    short_name = columns.Line(_("tên ngắn"), max_length=80, blank=True)
    sort_order = models.PositiveIntegerField(_("thứ tự"), default=0)
    kind = columns.Line(_("loại đơn vị"), max_length=12, choices=UnitKind.choices)
    # PROTECT: a unit named in legal facts is closed, never deleted.
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("trực thuộc"), null=True, blank=True, related_name="children"
    )
    group = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("khối"), null=True, blank=True, related_name="group_members"
    )
    place_code = columns.Line(_("mã địa bàn"), max_length=10, blank=True)
    address = columns.Line(_("địa chỉ"), max_length=300, blank=True)
    phone = columns.Line(_("điện thoại"), max_length=40, blank=True)
    valid_from = models.DateField(_("hoạt động từ"))
    valid_to = models.DateField(_("hoạt động đến hết"), null=True, blank=True)
    successors = models.ManyToManyField(
        "self", verbose_name=_("đơn vị kế thừa"), symmetrical=False, blank=True, related_name="predecessors"
    )

    class Meta:
        ordering: ClassVar = ["sort_order", "code", "pk"]
        verbose_name = _("đơn vị")
        verbose_name_plural = _("đơn vị")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="unit_dates_in_order",
                violation_error_message=_("Ngày kết thúc phải sau ngày bắt đầu."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Membership(Stamped):
    """A role of a person in a unit, with dates (secondment, NĐ 61/2018 Art. 11.4)."""

    user = models.ForeignKey(User, models.PROTECT, verbose_name=_("tài khoản"), related_name="memberships")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, verbose_name=_("đơn vị"), related_name="memberships")
    role = columns.Line(_("vai trò"), max_length=24, choices=Role.choices)
    # Blank: papers print the title of the chief.
    office = columns.Line(
        _("chức danh khi ký"), max_length=10, choices=Office.choices, blank=True, default="", db_default=""
    )
    valid_from = models.DateField(_("từ ngày"))
    valid_to = models.DateField(_("đến hết ngày"), null=True, blank=True)
    granted_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("người cấp"), null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["unit__sort_order", "role", "pk"]
        verbose_name = _("vai trò tại đơn vị")
        verbose_name_plural = _("vai trò tại đơn vị")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="membership_dates_in_order",
                violation_error_message=_("Ngày kết thúc phải sau ngày bắt đầu."),
            ),
            models.UniqueConstraint(fields=["user", "unit", "role", "valid_from"], name="membership_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} – {self.unit}"


class LeaveCover(Stamped):
    """Who stands in for a person on leave, from a day to a day. Nobody stands in who is on leave himself (the services see to it)."""

    user = models.ForeignKey(User, models.PROTECT, verbose_name=_("người nghỉ"), related_name="leaves")
    cover = models.ForeignKey(User, models.PROTECT, verbose_name=_("người trực thay"), related_name="covers")
    valid_from = models.DateField(_("nghỉ từ ngày"))
    valid_to = models.DateField(_("nghỉ đến hết ngày"))
    reason = columns.Line(_("lý do"), max_length=300)
    named_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("người ghi"), related_name="+")

    class Meta:
        ordering: ClassVar = ["-valid_from", "-pk"]
        verbose_name = _("kỳ nghỉ có người trực thay")
        verbose_name_plural = _("kỳ nghỉ có người trực thay")
        indexes: ClassVar = [
            models.Index(fields=["cover", "valid_to"], name="cover_until"),
            models.Index(fields=["user", "valid_to"], name="leave_until"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")),
                name="leave_dates_in_order",
                violation_error_message=_("Ngày kết thúc phải sau ngày bắt đầu."),
            ),
            models.CheckConstraint(condition=~Q(user=F("cover")), name="leave_covered_by_another"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.cover_id}"


class Handover(Stamped):
    """An order: from a day on, the work that a person holds in a unit is a successor's, or waits in the unit's queue again.

    Written with the end of a role or the locking of an account; carried out in batches by the rooms above, which
    declare what hangs on people (accounts.hanging) and count here what they have moved.
    """

    user = models.ForeignKey(User, models.PROTECT, verbose_name=_("người giao lại"), related_name="handovers")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, verbose_name=_("đơn vị"), related_name="+")
    role = columns.Line(_("vai trò"), max_length=24, choices=Role.choices)
    successor = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("người nhận"), null=True, blank=True, related_name="+"
    )
    starts_on = models.DateField(_("từ ngày"))
    ordered_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("người giao"), related_name="+")
    moved = models.PositiveIntegerField(_("đã chuyển"), default=0)
    done_at = models.DateTimeField(_("xong lúc"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        verbose_name = _("việc bàn giao")
        verbose_name_plural = _("việc bàn giao")
        indexes: ClassVar = [
            models.Index(fields=["starts_on"], condition=Q(done_at__isnull=True), name="handover_to_do"),
            models.Index(fields=["user", "-id"], name="handover_of"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.successor_id or self.unit_id}"


class UnitClosing(Stamped):
    """A plan to end a unit with what stands below it: until when, by which document, who goes on with what.

    Prepared and edited as a draft, then ordered; what hangs on the unit is moved in batches, and `moved` counts it.
    """

    unit = models.ForeignKey(OrgUnit, models.PROTECT, verbose_name=_("đơn vị"), related_name="closings")
    last_day = models.DateField(_("hoạt động đến hết ngày"))
    rule = columns.Line(_("cách chia"), max_length=8, choices=ClosingRule.choices, default=ClosingRule.ONE)
    basis = columns.Line(_("văn bản"), max_length=200)
    state = columns.Line(_("tình trạng"), max_length=8, choices=ClosingState.choices, default=ClosingState.DRAFT)
    prepared_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("người chuẩn bị"), related_name="+")
    ordered_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("người quyết định"), null=True, blank=True, related_name="+"
    )
    started_at = models.DateTimeField(_("quyết định lúc"), null=True, blank=True)
    done_at = models.DateTimeField(_("xong lúc"), null=True, blank=True)
    moved = models.PositiveIntegerField(_("đã chuyển"), default=0)

    class Meta:
        ordering: ClassVar = ["-pk"]
        verbose_name = _("kế hoạch kết thúc đơn vị")
        verbose_name_plural = _("kế hoạch kết thúc đơn vị")
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit"], name="unit_closes_once")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.last_day}"


class ClosingShare(models.Model):
    """Which successor goes on with a part of a closed unit's work; the part without a key is all the rest."""

    closing = models.ForeignKey(UnitClosing, models.CASCADE, related_name="shares")  # a share has no life of its own
    key = columns.Line(_("phần"), max_length=40, blank=True)  # code of a ward or of a field, by the rule
    successor = models.ForeignKey(OrgUnit, models.PROTECT, verbose_name=_("đơn vị kế thừa"), related_name="+")

    class Meta:
        ordering: ClassVar = ["key", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["closing", "key"], name="closing_share_once")]

    def __str__(self) -> str:
        return f"{self.key} → {self.successor_id}"


# Who bears a number: one row per kind of party and kind of number, proven or named by others. A number that an account
# merely gives for itself stands outside, else whoever gives it first would keep its bearer out.
_HOLDS_NUMBER = ~Q(identity_index="") & (Q(user__isnull=True) | ~Q(identity_source=IdentitySource.DECLARED))


class Party(Stamped):
    """Owner or submitter of dossiers: a person, firm, household business or agency, with or without an account.

    The identity number is sealed; equality search goes through the keyed index. It stands nowhere in clear.
    """

    HOLDS_NUMBER: ClassVar = _HOLDS_NUMBER

    kind = columns.Line(_("loại chủ thể"), max_length=12, choices=PartyKind.choices)
    full_name = columns.Line(_("họ tên hoặc tên tổ chức"), max_length=200)
    search_name = columns.Line(max_length=220, editable=False, db_index=True)
    sort_name = columns.Line(max_length=900, editable=False)
    birth_date = partialdate.PartialDateField(_("ngày sinh"), blank=True)
    gender = columns.Line(_("giới tính"), max_length=10, blank=True)
    phone = columns.Line(_("số điện thoại"), max_length=16, blank=True)
    email = columns.Email(_("thư điện tử"), blank=True)
    address = columns.Line(_("địa chỉ"), max_length=300, blank=True)
    place_code = columns.Line(_("mã phường, xã"), max_length=10, blank=True)
    identity_kind = columns.Line(_("loại số định danh"), max_length=12, choices=IdentityKind.choices, blank=True)
    identity_sealed = columns.Lines(editable=False, blank=True)
    identity_index = columns.Line(max_length=64, editable=False, blank=True, db_index=True)
    identity_source = columns.Line(
        _("nguồn"), max_length=12, choices=IdentitySource.choices, default=IdentitySource.DECLARED
    )
    # The account of the party itself, when it has one; a firm's staff come with a later issue.
    user = models.OneToOneField(
        User, models.PROTECT, verbose_name=_("tài khoản"), null=True, blank=True, related_name="party"
    )
    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, verbose_name=_("cơ quan"), null=True, blank=True, related_name="+"
    )

    # The party that took over this row's number when its account proved it; dossiers keep pointing at this row.
    same_as = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("cùng chủ thể với"), null=True, blank=True, related_name="former_rows"
    )

    class Meta:
        verbose_name = _("chủ thể")
        verbose_name_plural = _("chủ thể")
        indexes: ClassVar = [models.Index(fields=["sort_name", "id"], name="party_sort")]
        constraints: ClassVar = [
            partialdate.checks("birth_date", name="party_birth_date_stored"),
            models.UniqueConstraint(
                fields=["kind", "identity_kind", "identity_index"],
                condition=_HOLDS_NUMBER,
                name="party_bears_number_once",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def is_proven(self) -> bool:
        """Tell whether the number was checked against papers or an electronic identity."""
        return bool(self.identity_index) and self.identity_source != IdentitySource.DECLARED

    @property
    def identity_masked(self) -> str:
        """`•••••••••123`: enough for the owner to recognise it, too little for anybody else."""
        if not self.identity_sealed:
            return ""
        number = unseal(self.identity_sealed)
        return "•" * max(len(number) - 3, 0) + number[-3:]


class NameChange(models.Model):
    """A change of name of a proven party: who confirmed it, where, when, on which paper."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="name_changes")
    old_name = columns.Line(_("tên cũ"), max_length=200)
    new_name = columns.Line(_("tên mới"), max_length=200)
    basis = columns.Line(_("giấy tờ chứng minh"), max_length=300)
    confirmed_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("người xác nhận"), related_name="+")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, verbose_name=_("đơn vị"), related_name="+")
    at = models.DateTimeField(_("lúc"), auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        verbose_name = _("việc đổi tên")
        verbose_name_plural = _("việc đổi tên")
        triggers: ClassVar = [
            pgtrigger.Protect(name="name_change_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.old_name} → {self.new_name}"


class Place(models.Model):
    """A province, district or ward by its General Statistics code; codes are reused, so the date is part of the key."""

    code = columns.Line(_("mã"), max_length=10)
    name = columns.Line(_("tên"), max_length=120)
    kind = columns.Line(_("cấp"), max_length=10, choices=PlaceKind.choices)
    parent_code = columns.Line(_("thuộc"), max_length=10, blank=True)
    valid_from = models.DateField(_("từ ngày"))
    valid_to = models.DateField(_("đến hết ngày"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["code", "valid_from", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["code", "valid_from"], name="place_once")]

    def __str__(self) -> str:
        return self.name


class PlaceChange(models.Model):
    """Which old place became (part of) which new one, when, by which decision."""

    old = models.ForeignKey(Place, models.PROTECT, related_name="became")
    new = models.ForeignKey(Place, models.PROTECT, related_name="came_from")
    changed_on = models.DateField(_("ngày"))
    decision = columns.Line(_("văn bản"), max_length=100, blank=True)

    class Meta:
        ordering: ClassVar = ["changed_on", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["old", "new"], name="place_change_once")]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"


class Calendar(Stamped):
    """Working time of a unit; a unit without one uses its nearest ancestor's. Days are inherited the same way.

    `weekly` maps ISO weekday ("1".."7") to a list of ["07:30", "11:30"] pairs; missing days are days off.
    """

    unit = models.OneToOneField(
        OrgUnit, models.PROTECT, verbose_name=_("đơn vị"), null=True, blank=True, related_name="calendar"
    )
    name = columns.Line(_("tên lịch"), max_length=120)
    weekly = columns.Json(_("giờ làm việc trong tuần"), default=dict)
    cutoff = models.TimeField(_("giờ chốt nhận trong ngày"), null=True, blank=True)
    # Counted up by the database with every change of the row or of its days: a version always says the same.
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("lịch làm việc")
        verbose_name_plural = _("lịch làm việc")
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="next_version",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="NEW.version := OLD.version + 1; RETURN NEW;",
            )
        ]

    def __str__(self) -> str:
        return self.name


class DayOff(Stamped):
    """An exceptional day of a calendar: off, or a working day that makes up for one."""

    calendar = models.ForeignKey(
        Calendar, models.CASCADE, verbose_name=_("lịch"), related_name="days"
    )  # a day has no life of its own
    day = models.DateField(_("ngày"))
    kind = columns.Line(_("loại"), max_length=10, choices=DayKind.choices)
    name = columns.Line(_("tên ngày"), max_length=120)
    note = columns.Line(_("căn cứ"), max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["day", "pk"]
        verbose_name = _("ngày nghỉ, ngày làm bù")
        verbose_name_plural = _("ngày nghỉ, ngày làm bù")
        constraints: ClassVar = [models.UniqueConstraint(fields=["calendar", "day"], name="day_once_per_calendar")]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="calendar_changes_too",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    UPDATE accounts_calendar SET updated_at = now()
                    WHERE id IN (CASE WHEN TG_OP = 'INSERT' THEN NEW.calendar_id ELSE OLD.calendar_id END,
                                 CASE WHEN TG_OP = 'DELETE' THEN OLD.calendar_id ELSE NEW.calendar_id END);
                    RETURN NULL;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {self.name}"


class PersonalDataRead(models.Model):
    """Who looked at whose data, where and why. Written from the first day, shown to the owner."""

    reader = models.ForeignKey(User, models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, models.PROTECT, related_name="reads")
    what = columns.Line(_("nội dung xem"), max_length=80)
    subject = columns.Line(_("hồ sơ"), max_length=40, blank=True)
    unit = models.ForeignKey(OrgUnit, models.PROTECT, null=True, related_name="+")
    request_id = columns.Line(max_length=64, blank=True)
    at = models.DateTimeField(_("lúc"), auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["party", "-at"], name="read_by_party")]

    def __str__(self) -> str:
        return f"{self.reader_id} → {self.party_id}"


class LookUp(models.Model):
    """A look-up in a list of dossiers or people: who looked for what, and how many rows were shown. Whose data: PersonalDataRead."""

    reader = models.ForeignKey(User, models.PROTECT, related_name="+")
    what = columns.Line(_("nơi tra cứu"), max_length=80)
    sought = columns.Line(_("tìm gì"), max_length=200, blank=True)  # long numbers masked: accounts.services.look_ups
    shown = models.PositiveIntegerField(_("số dòng đã xem"))
    unit = models.ForeignKey(OrgUnit, models.PROTECT, null=True, related_name="+")
    request_id = columns.Line(max_length=64, blank=True)
    at = models.DateTimeField(_("lúc"), auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        verbose_name = _("lượt tra cứu")
        verbose_name_plural = _("lượt tra cứu")
        indexes: ClassVar = [models.Index(fields=["reader", "-at"], name="look_up_by_reader")]
        triggers: ClassVar = [pgtrigger.Protect(name="look_up_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.reader_id}: {self.what}"
