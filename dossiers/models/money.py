"""Money of dossiers: who collects, what was paid and given back, drawers by day, bank statements. Written once.

Payments, hand-overs, settlements, ends of receipts and lines of statements only ever grow; a drawer changes until it is
closed and never after. Written by dossiers.services.payments, drawers and statements.
"""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import OrgUnit, User
from dossiers.enums import PaymentKind, PaymentMethod, ReceiptEnding
from dossiers.models.dossier import Dossier
from dossiers.models.result import PrintedForm
from portal import columns

WRITTEN_ONCE = pgtrigger.Update | pgtrigger.Delete


class FeeOffice(models.Model):
    """Who collects for an authority from a day on: tax code on the receipts, the account for transfers, the treasury."""

    unit = models.ForeignKey(OrgUnit, models.PROTECT, verbose_name=_("cơ quan thu"), related_name="fee_offices")
    tax_code = columns.Line(_("mã số thuế"), max_length=14)
    bank_bin = columns.Line(_("mã ngân hàng (BIN)"), max_length=6, blank=True)
    bank_name = columns.Line(_("ngân hàng"), max_length=120, blank=True)
    account = columns.Line(_("số tài khoản"), max_length=19, blank=True)
    holder = columns.Line(_("chủ tài khoản"), max_length=140, blank=True)
    treasury = columns.Line(_("Kho bạc nơi nộp"), max_length=200, blank=True)
    valid_from = models.DateField(_("từ ngày"))
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    entered_at = models.DateTimeField(_("ghi lúc"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["unit_id", "-valid_from", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "valid_from"], name="fee_office_once_a_day")]
        triggers: ClassVar = [pgtrigger.Protect(name="fee_office_stays", operation=WRITTEN_ONCE)]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.tax_code}"


class CashDay(models.Model):
    """One drawer of one person at one desk, from the first payment (or opening) until it is closed and balanced."""

    cashier = models.ForeignKey(User, models.PROTECT, verbose_name=_("người thu"), related_name="cash_days")
    desk = models.ForeignKey(OrgUnit, models.PROTECT, verbose_name=_("quầy"), related_name="cash_days")
    day = models.DateField(_("ngày"))
    opened_at = models.DateTimeField(_("mở lúc"))
    opening_cash = models.PositiveBigIntegerField(_("tiền lẻ đầu ca (đồng)"), default=0)
    closed_at = models.DateTimeField(_("đóng lúc"), null=True, blank=True)
    # Who leads the desk, for one that its collector left open; else nobody but the collector.
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    expected_cash = models.BigIntegerField(_("tiền mặt theo sổ"), null=True, blank=True)
    counted_cash = models.PositiveBigIntegerField(_("tiền mặt đếm được"), null=True, blank=True)
    difference = models.BigIntegerField(_("chênh lệch"), null=True, blank=True)
    reason = columns.Lines(_("lý do chênh lệch"), blank=True)
    totals = columns.Json(_("tổng theo hình thức"), default=list, blank=True)

    class Meta:
        ordering: ClassVar = ["-opened_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["cashier", "desk"], condition=Q(closed_at__isnull=True), name="one_open_drawer"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(difference=F("counted_cash") - F("expected_cash")),
                name="drawer_balances",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(difference=0) | ~Q(reason=""), name="difference_has_reason"
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="closed_drawer_stays", operation=WRITTEN_ONCE, condition=pgtrigger.Q(old__closed_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.cashier_id} {self.day}"


class Payment(models.Model):
    """Money that came in or went back for a dossier: how much, how, for which lines, in whose drawer."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="payments")
    event_seq = models.PositiveIntegerField()
    cash_day = models.ForeignKey(CashDay, models.PROTECT, verbose_name=_("ca thu"), related_name="payments")
    kind = columns.Line(_("loại"), max_length=10, choices=PaymentKind.choices)
    method = columns.Line(_("hình thức"), max_length=10, choices=PaymentMethod.choices)
    amount = models.PositiveBigIntegerField(_("số tiền (đồng)"))
    lines = columns.Json(_("các khoản"), default=list)  # [{"name", "amount", "count", "law"}], as they were due
    payer = columns.Line(_("người nộp tiền"), max_length=200)
    reference = columns.Line(_("số phiếu thẻ, mã giao dịch"), max_length=80, blank=True)
    at = models.DateTimeField(_("lúc"))
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("người thu"), related_name="+")
    refunds = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="given_back")
    reason = columns.Lines(_("lý do hoàn"), blank=True)
    decision = columns.Line(_("quyết định hoàn trả"), max_length=120, blank=True)
    idempotency_key = models.UUIDField(unique=True)
    form_mark = columns.Line(max_length=64)

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_is_money"),
            models.CheckConstraint(
                condition=Q(kind="paid", refunds__isnull=True)
                | (Q(kind="refund", refunds__isnull=False) & ~Q(reason="")),
                name="refund_names_its_payment",
            ),
            models.UniqueConstraint(
                fields=["dossier", "method", "reference"],
                condition=Q(kind="paid") & ~Q(reference=""),
                name="payment_reference_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["cash_day", "id"], name="payment_of_drawer")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="payment_stays", operation=WRITTEN_ONCE),
            pgtrigger.Trigger(
                name="closed_drawer_takes_nothing",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF EXISTS (SELECT 1 FROM dossiers_cashday d WHERE d.id = NEW.cash_day_id AND d.closed_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'a closed drawer takes no money';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


class ReceiptEnd(models.Model):
    """Why a receipt no longer holds: cancelled with the money given back, or replaced by another. Both stay in the book."""

    form = models.OneToOneField(PrintedForm, models.PROTECT, related_name="receipt_end")
    ending = columns.Line(_("loại"), max_length=10, choices=ReceiptEnding.choices)
    reason = columns.Lines(_("lý do"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("lúc"))
    event_seq = models.PositiveIntegerField()
    payer = columns.Line(_("người nộp tiền ghi lại"), max_length=200, blank=True)

    class Meta:
        triggers: ClassVar = [pgtrigger.Protect(name="receipt_end_stays", operation=WRITTEN_ONCE)]

    def __str__(self) -> str:
        return f"{self.form_id} {self.ending}"


class CashHandover(models.Model):
    """The other side of a hand-over sheet: who took the money of a closed drawer, how much, and what they found."""

    cash_day = models.OneToOneField(CashDay, models.PROTECT, related_name="handover")
    received_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    received_at = models.DateTimeField(_("nhận lúc"))
    amount = models.PositiveBigIntegerField(_("số tiền nhận (đồng)"))
    remark = columns.Lines(_("ghi nhận của bên nhận"), blank=True)

    class Meta:
        triggers: ClassVar = [pgtrigger.Protect(name="handover_stays", operation=WRITTEN_ONCE)]

    def __str__(self) -> str:
        return f"{self.cash_day_id} {self.amount}"


class CashSettlement(models.Model):
    """How a difference of a closed drawer was made good: booked beside it, never into it."""

    cash_day = models.ForeignKey(CashDay, models.PROTECT, related_name="settlements")
    amount = models.BigIntegerField(_("số tiền (đồng)"))  # paid in by the clerk: positive; given back: negative
    reason = columns.Lines(_("nội dung"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("lúc"))

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(amount=0), name="settlement_is_money")]
        triggers: ClassVar = [pgtrigger.Protect(name="settlement_stays", operation=WRITTEN_ONCE)]

    def __str__(self) -> str:
        return f"{self.cash_day_id} {self.amount}"


class BankStatement(models.Model):
    """A statement of an authority's account as it was read from a file."""

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="bank_statements")
    name = columns.Line(_("tên tệp"), max_length=200)
    imported_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(_("nhập lúc"))

    class Meta:
        ordering: ClassVar = ["-imported_at", "-pk"]
        triggers: ClassVar = [pgtrigger.Protect(name="statement_stays", operation=WRITTEN_ONCE)]

    def __str__(self) -> str:
        return self.name


class BankLine(models.Model):
    """Money that came into the account. The same line of two statements is one."""

    statement = models.ForeignKey(BankStatement, models.PROTECT, related_name="lines")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    booked_on = models.DateField(_("ngày ghi có"))
    amount = models.PositiveBigIntegerField(_("số tiền (đồng)"))
    reference = columns.Line(_("mã giao dịch"), max_length=80, blank=True)
    words = columns.Line(_("nội dung chuyển tiền"), max_length=500)
    digest = columns.Line(max_length=64)

    class Meta:
        ordering: ClassVar = ["booked_on", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "digest"], name="bank_line_once")]
        triggers: ClassVar = [pgtrigger.Protect(name="bank_line_stays", operation=WRITTEN_ONCE)]

    def __str__(self) -> str:
        return f"{self.booked_on} {self.amount}"


class BankLineAside(models.Model):
    """A line that is no dossier's money, and why: it waits for nobody any more. It may be matched later all the same."""

    line = models.OneToOneField(BankLine, models.PROTECT, related_name="aside")
    reason = columns.Lines(_("lý do"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("lúc"))

    class Meta:
        triggers: ClassVar = [pgtrigger.Protect(name="bank_line_aside_stays", operation=WRITTEN_ONCE)]

    def __str__(self) -> str:
        return f"{self.line_id} {self.reason[:40]}"


class BankMatch(models.Model):
    """Which payment a line of a statement is."""

    line = models.OneToOneField(BankLine, models.PROTECT, related_name="match")
    payment = models.OneToOneField(Payment, models.PROTECT, related_name="bank_match")

    class Meta:
        triggers: ClassVar = [pgtrigger.Protect(name="bank_match_stays", operation=WRITTEN_ONCE)]

    def __str__(self) -> str:
        return f"{self.line_id} = {self.payment_id}"
