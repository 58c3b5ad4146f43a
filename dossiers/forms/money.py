"""Forms of money: what a collector types when money comes or goes back, a drawer is closed, taken over, set right."""

import uuid
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import OrgUnit
from accounts.validators import tax_code
from dossiers.enums import PaymentMethod
from dossiers.forms.desk import LARGEST, ActForm, day, words
from dossiers.forms.fees import FeeForm
from dossiers.models.dossier import Dossier
from dossiers.services.payments import Giving, Taking
from portal import clock
from portal.drawing import not_always_optional
from portal.text import unaccented
from procedures import fees, published
from procedures.formfields import CleanCharField, OptionField

MOST = 10**12
TEXT_LENGTH = 1000


def amount_field(label: Any, *, least: int = 1, **kwargs: Any) -> forms.IntegerField:
    """Whole đồng, typed with or without points between thousands."""
    return DongField(label=label, min_value=least, max_value=MOST, **kwargs)


class DongField(forms.IntegerField):
    """`1.250.000 đ` and `1250000` are the same amount."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs["inputmode"] = "numeric"

    def to_python(self, value: Any) -> int | None:
        """Drop the points, blanks and the sign of the currency."""
        if isinstance(value, str):
            bare = "".join(unaccented(value).lower().replace(".", "").split())
            value = bare.removesuffix("d").removesuffix("vn")
        return super().to_python(value)


class _MoneyForm(forms.Form):
    """What forms about one dossier carry: its version, and a key of their own."""

    version = forms.IntegerField(min_value=0, max_value=LARGEST, widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, dossier: Dossier, **initial: Any) -> None:
        super().__init__(data, initial={"version": dossier.version, "key": uuid.uuid4(), **initial})
        self.dossier = dossier

    @property
    def version_seen(self) -> int:
        """The version of the dossier that the page showed."""
        return int(self.cleaned_data["version"])


class TakeForm(_MoneyForm):
    """Money comes: how, from whom, under which number; the amount is the one the page showed."""

    amount = forms.IntegerField(min_value=1, max_value=MOST, widget=forms.HiddenInput)
    method = OptionField(
        label=_("Hình thức"), choices=PaymentMethod.choices, initial=PaymentMethod.CASH, widget=forms.RadioSelect
    )
    reference = not_always_optional(
        CleanCharField(label=_("Số phiếu thẻ, mã giao dịch"), max_length=80, required=False)
    )
    payer = CleanCharField(label=_("Người nộp tiền"), max_length=200)

    def taking(self) -> Taking:
        """What the service wants."""
        data = self.cleaned_data
        said = {name: data[name] for name in ("amount", "method", "payer", "reference", "key")}
        return Taking(dossier_id=self.dossier.pk, **said)


class RefundForm(_MoneyForm):
    """Money goes back: how much of a payment, how, why, by which decision."""

    amount = amount_field(_("Số tiền hoàn (đồng)"))
    method = OptionField(
        label=_("Hình thức"), choices=PaymentMethod.choices, initial=PaymentMethod.CASH, widget=forms.RadioSelect
    )
    reference = CleanCharField(label=_("Mã giao dịch"), max_length=80, required=False)
    reason = words(label=_("Lý do hoàn"), max_length=TEXT_LENGTH, rows=2)
    decision = not_always_optional(
        CleanCharField(label=_("Quyết định hoàn trả (số, ngày)"), max_length=120, required=False)
    )

    def giving(self, payment_id: int) -> Giving:
        """What the service wants."""
        data = self.cleaned_data
        said = {name: data[name] for name in ("amount", "method", "reference", "reason", "decision", "key")}
        return Giving(payment_id=payment_id, **said)


class ReplaceReceiptForm(_MoneyForm):
    """A receipt is made anew: who paid, and what was wrong."""

    payer = CleanCharField(label=_("Người nộp tiền"), max_length=200)
    reason = words(label=_("Sai sót của biên lai cũ"), max_length=TEXT_LENGTH, rows=2)


class OpenDrawerForm(forms.Form):
    """The small change with which a drawer is opened."""

    desk = OptionField(label=_("Quầy"))
    opening_cash = amount_field(_("Tiền lẻ đầu ca (đồng)"), least=0)

    def __init__(self, data: Any = None, *, desks: list[tuple[str, str]]) -> None:
        super().__init__(data, initial={"opening_cash": 0})
        self.fields["desk"].choices = desks


class CloseDrawerForm(forms.Form):
    """What was counted; the cash of the book is the one the page showed."""

    expected = forms.IntegerField(min_value=-MOST, max_value=MOST, widget=forms.HiddenInput)
    counted = amount_field(_("Tiền mặt đếm được (đồng)"), least=0)
    reason = not_always_optional(
        words(label=_("Lý do chênh lệch (nếu lệch)"), max_length=TEXT_LENGTH, rows=2, required=False)
    )


class TakeOverForm(forms.Form):
    """The other side of a hand-over sheet."""

    amount = amount_field(_("Số tiền thực nhận (đồng)"), least=0)
    remark = not_always_optional(
        words(label=_("Ghi nhận của bên nhận (nếu khác)"), max_length=TEXT_LENGTH, rows=2, required=False)
    )


class SettleForm(forms.Form):
    """How a difference was made good."""

    amount = DongField(label=_("Số tiền (đồng)"), min_value=-MOST, max_value=MOST)
    reason = words(label=_("Nội dung xử lý"), max_length=TEXT_LENGTH, rows=2)


class StatementForm(forms.Form):
    """Whose bank statement it is; the file itself comes beside it and is kept nowhere."""

    desk = OptionField(label=_("Quầy"))

    def __init__(self, data: Any = None, *, desks: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["desk"].choices = desks


class FeeOfficeForm(forms.Form):
    """Who collects for a unit, from a day on."""

    unit = forms.ModelChoiceField(label=_("Cơ quan"), queryset=OrgUnit.objects.none())
    valid_from = day(label=_("Từ ngày"))
    tax_code = CleanCharField(label=_("Mã số thuế"), max_length=14)
    bank_name = CleanCharField(label=_("Ngân hàng"), max_length=120, required=False)
    bank_bin = CleanCharField(
        label=_("Mã ngân hàng (BIN, 6 chữ số)"),
        max_length=6,
        required=False,
        validators=[RegexValidator(r"^\d{6}$", _("Mã ngân hàng gồm 6 chữ số."))],
    )
    account = CleanCharField(
        label=_("Số tài khoản"),
        max_length=19,
        required=False,
        validators=[RegexValidator(r"^[0-9A-Za-z]+$", _("Số tài khoản chỉ gồm chữ và số, không có dấu cách."))],
    )
    holder = CleanCharField(label=_("Chủ tài khoản"), max_length=140, required=False)
    treasury = CleanCharField(label=_("Kho bạc nơi nộp"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, units: QuerySet[OrgUnit]) -> None:
        super().__init__(data)
        self.fields["unit"].queryset = units

    def clean_tax_code(self) -> str:
        """A tax code with its check digit."""
        return tax_code(self.cleaned_data["tax_code"])


class SetFeeForm(ActForm):
    """The numbers that the case's rules ask for, who is let off, or an amount where the sheet has none; and why."""

    amount = amount_field(_("Số tiền (khi thủ tục chưa có mức thu)"), least=0, required=False)
    reason = words(label=_("Lý do, căn cứ"), max_length=TEXT_LENGTH, rows=2)

    def prepare(self) -> None:
        """Offer what the rules of the dossier count."""
        dossier = self.dossier
        rules = published.parts(dossier.revision_id).fees
        scope = (dossier.case_code, dossier.channel, clock.local(dossier.submitted_at or clock.now()).date())
        offered = FeeForm(
            wanted=fees.wanted(rules, *scope), subjects=fees.subjects(rules, *scope), known=dossier.fee_facts
        )
        own = {name: field for name, field in offered.fields.items() if name != "fee_reason"}
        for name, field in own.items():
            field.initial = offered.initial.get(name)
        known = fees.in_scope(rules, *scope)
        if known and all(row.amount is not None for row in known):
            del self.fields["amount"]
        self.fields = {**{name: self.fields[name] for name in ("version", "item")}, **own, **self.fields}

    def facts(self) -> dict[str, Any]:
        """What the dossier keeps of it, and the reason."""
        given = {
            name.removeprefix("fee_"): value
            for name, value in self.cleaned_data.items()
            if name not in {*self.HIDDEN, "reason"} and value not in (None, "")
        }
        return {"facts": given, "reason": self.cleaned_data["reason"]}


class RequestPaymentForm(ActForm):
    """What is to be paid, on which ground, until when."""

    name = CleanCharField(label=_("Khoản phải nộp"), max_length=200)
    amount = amount_field(_("Số tiền (đồng)"))
    law = CleanCharField(label=_("Căn cứ, số thông báo"), max_length=300)
    answer_by = day(label=_("Nộp trước hết ngày"))
