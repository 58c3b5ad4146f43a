"""The counter's one form: person, procedure, papers, delivery. Its lists depend on what is chosen; no rule lives here."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import validators
from accounts.enums import IdentityKind, PartyKind
from accounts.fields import BirthDateField
from accounts.models import OrgUnit
from accounts.queries import filing_units
from accounts.services import PartyFacts
from dossiers.enums import Delivery
from dossiers.services.desk import CounterFiling, PaperSeen
from portal.drawing import not_always_optional
from procedures.enums import Channel, PaperForm
from procedures.formfields import CleanCharField, OptionField

NOT_HANDED_IN = "none"
PAPER_FORMS = [
    (PaperForm.ORIGINAL.value, _("O · bản chính")),
    (PaperForm.COPY.value, _("C · bản sao")),
    (PaperForm.E_COPY.value, _("E · bản điện tử")),
    (PaperForm.REUSED.value, _("R · lấy từ kho")),
    (NOT_HANDED_IN, _("K · không có")),
]
OWNER_KINDS = [
    (PartyKind.PERSON.value, PartyKind.PERSON.label),
    (PartyKind.HOUSEHOLD.value, PartyKind.HOUSEHOLD.label),
    (PartyKind.FIRM.value, PartyKind.FIRM.label),
]
IDENTITY_KINDS = [
    (IdentityKind.CITIZEN_ID.value, IdentityKind.CITIZEN_ID.label),
    (IdentityKind.PASSPORT.value, IdentityKind.PASSPORT.label),
    (IdentityKind.TAX_CODE.value, IdentityKind.TAX_CODE.label),
]
NOTHING_TICKED = _(
    "Chưa đánh dấu giấy tờ nào. Nhận không kèm giấy tờ? Hãy đánh dấu giấy tờ đã nhận ở trên, hoặc chọn ô này rồi bấm "
    "Nhận và in phiếu lần nữa."
)
MOST_OF_ONE = 999
HOW_MANY = _("Số lượng là số từ 1 đến 999. Để trống là 1.")
CHANNELS = [(Channel.DESK.value, Channel.DESK.label), (Channel.POST.value, Channel.POST.label)]
NUMBER_CHECKS: Mapping[str, Callable[[str], str]] = {
    IdentityKind.CITIZEN_ID: validators.citizen_id,
    IdentityKind.PASSPORT: validators.passport,
    IdentityKind.TAX_CODE: validators.tax_code,
}
ONLINE_NOT_HERE = _(
    "Tại quầy chỉ nhận hồ sơ nộp trực tiếp hoặc qua bưu chính. Hồ sơ trực tuyến, kể cả khi có người hỗ trợ, "
    "phải do người nộp gửi trên cổng."
)


class CounterForm(forms.Form):
    """What the clerk types from the papers on the table, in the order of the papers."""

    owner_kind = OptionField(label=_("Chủ hồ sơ là"), choices=OWNER_KINDS, initial=PartyKind.PERSON)
    identity_kind = OptionField(label=_("Loại số"), choices=IDENTITY_KINDS, initial=IdentityKind.CITIZEN_ID)
    identity = CleanCharField(label=_("Số định danh, mã số"), max_length=300, help_text=_("Gõ, hoặc quét thẻ, phiếu."))
    full_name = CleanCharField(label=_("Họ tên hoặc tên tổ chức"), max_length=200)
    gender = forms.CharField(label=_("Giới tính"), required=False, widget=forms.HiddenInput)  # as the card has it
    birth_date = BirthDateField(required=False, help_text=_("12/03/1996, 03/1996 hoặc 1996."))
    phone = CleanCharField(label=_("Số điện thoại"), max_length=20, required=False)
    address = CleanCharField(label=_("Địa chỉ"), max_length=300, required=False)
    submitter_name = not_always_optional(
        CleanCharField(label=_("Họ tên người nộp thay"), max_length=200, required=False)
    )
    submitter_identity = not_always_optional(
        CleanCharField(label=_("Số định danh người nộp thay"), max_length=40, required=False)
    )
    submitter_phone = CleanCharField(label=_("Điện thoại người nộp thay"), max_length=20, required=False)
    unit = OptionField(label=_("Nơi tiếp nhận"))
    competent = forms.ModelChoiceField(
        label=_("Cơ quan giải quyết"), queryset=OrgUnit.objects.none(), empty_label=_("Chọn cơ quan")
    )
    channel = OptionField(
        label=_("Hình thức nộp"),
        choices=CHANNELS,
        initial=Channel.DESK,
        error_messages={"invalid_choice": ONLINE_NOT_HERE},
    )
    procedure = OptionField(label=_("Thủ tục"))
    case_code = OptionField(label=_("Trường hợp"), required=False)
    delivery = OptionField(label=_("Nhận kết quả"), choices=Delivery.choices, initial=Delivery.DESK)
    without_papers = forms.BooleanField(label=_("Nhận không kèm giấy tờ nào"), required=False)
    idempotency_key = forms.UUIDField(label=_("Mã phiếu"), widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        desks: Iterable[OrgUnit],
        procedures: list[tuple[str, Any]],
        cases: Iterable[Mapping[str, str]] = (),
        papers: Iterable[Mapping[str, Any]] = (),
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.papers = list(papers)
        self.fields["unit"].choices = [(str(desk.pk), desk.name) for desk in desks]
        self.fields["competent"].queryset = filing_units()
        self.fields["procedure"].choices = [("", _("Chọn thủ tục")), *procedures]
        self._offer_cases(list(cases))
        self.fields["identity"].widget.attrs["data-portal-scanned"] = ""
        for place, paper in enumerate(self.papers):
            self.fields[f"paper_{place}"] = OptionField(
                label=paper["name"],
                choices=PAPER_FORMS,
                widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
                required=paper["is_required"],
            )
            self.fields[f"count_{place}"] = forms.IntegerField(
                label=_("Số lượng: %(paper)s") % {"paper": paper["name"]},
                min_value=1,
                max_value=MOST_OF_ONE,
                required=False,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "form-control", "maxlength": 3}),
                error_messages={"invalid": HOW_MANY, "min_value": HOW_MANY, "max_value": HOW_MANY},
            )

    def _offer_cases(self, cases: list[Mapping[str, str]]) -> None:
        if cases:
            self.fields["case_code"].choices = [
                ("", _("Chọn trường hợp")),
                *((row["code"], row["name"]) for row in cases),
            ]
            self.fields["case_code"].required = True
        else:
            del self.fields["case_code"]

    def focus(self, name: str) -> None:
        """Put the cursor into a field when the page opens; without papers the delivery comes after the questions."""
        name = name if name in self.fields else "delivery"
        self.fields[name].widget.attrs["autofocus"] = True

    @property
    def paper_letters(self) -> list[tuple[str, str]]:
        """The key of each form of a paper, with what it means."""
        return [(str(label)[0], str(label)[4:]) for _value, label in PAPER_FORMS]

    def paper_fields(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The papers' fields for the template: in which form, and how many."""
        return [(self[f"paper_{place}"], self[f"count_{place}"]) for place in range(len(self.papers))]

    def clean(self) -> dict[str, Any]:
        """Numbers and names as the law writes them; what is required is there."""
        data = super().clean() or self.cleaned_data
        is_person = data.get("owner_kind") == PartyKind.PERSON
        self._parse("full_name", validators.person_name if is_person else validators.organisation_name)
        self._parse("identity", NUMBER_CHECKS.get(data.get("identity_kind", ""), validators.citizen_id))
        self._parse("phone", validators.phone)
        self._parse("submitter_name", validators.person_name)
        self._parse("submitter_identity", validators.citizen_id)
        self._parse("submitter_phone", validators.phone)
        if (
            data.get("submitter_name")
            and not data.get("submitter_identity")
            and "submitter_identity" not in self.errors
        ):
            self.add_error("submitter_identity", _("Hãy nhập số định danh của người nộp thay."))
        if data.get("submitter_identity") and not data.get("submitter_name") and "submitter_name" not in self.errors:
            self.add_error("submitter_name", _("Hãy nhập họ tên người nộp thay."))
        for place, paper in enumerate(self.papers):
            if paper["is_required"] and data.get(f"paper_{place}") == NOT_HANDED_IN:
                self.add_error(
                    f"paper_{place}",
                    _("Giấy tờ này bắt buộc. Hãy hướng dẫn người nộp chuẩn bị đủ trong một lần, chưa tiếp nhận hồ sơ."),
                )
        self._ask_about_papers()
        return data

    @property
    def asks_about_papers(self) -> bool:
        """Whether the question of a dossier without papers belongs on the page: nothing is ticked, or it was answered."""
        return "without_papers" in self.errors or bool(self.data.get("without_papers"))

    def _ask_about_papers(self) -> None:
        """A paper that was not ticked may lie on the table: with none at all the clerk is asked once."""
        if self.papers and not (self.errors or self._papers_seen() or self.cleaned_data.get("without_papers")):
            self.add_error("without_papers", NOTHING_TICKED)

    def filing(self, answers: dict[str, Any]) -> CounterFiling:
        """What the service wants; `answers`: those of the counter form."""
        data = self.cleaned_data
        owner = PartyFacts(
            kind=data["owner_kind"],
            full_name=data["full_name"],
            birth_date=data["birth_date"],
            gender=self._gender_on_card(),
            phone=data["phone"],
            address=data["address"],
            identity_kind=data["identity_kind"],
            identity=data["identity"],
        )
        submitter = None
        if data["submitter_name"]:
            submitter = PartyFacts(
                full_name=data["submitter_name"],
                phone=data["submitter_phone"],
                identity_kind=IdentityKind.CITIZEN_ID,
                identity=data["submitter_identity"],
            )
        return CounterFiling(
            unit_id=int(data["unit"]),
            procedure_id=int(data["procedure"]),
            competent_unit_id=data["competent"].pk,
            owner=owner,
            submitter=submitter,
            channel=int(data["channel"]),
            case_code=data.get("case_code", ""),
            papers=self._papers_seen(),
            delivery=data["delivery"],
            answers=answers,
            idempotency_key=data["idempotency_key"],
        )

    def _gender_on_card(self) -> str:
        """What came with the number, as long as the number has not been typed over since."""
        is_same = str(self.data.get("identity", "")).strip() == str(self.data.get("so_truoc", "")).strip()
        gender = self.cleaned_data["gender"]
        return gender if is_same and gender in {validators.MALE, validators.FEMALE} else ""

    def doubts(self) -> list[str]:
        """What looks odd in the owner's number; warns and never blocks."""
        data = self.cleaned_data
        if data["identity_kind"] != IdentityKind.CITIZEN_ID or data["owner_kind"] != PartyKind.PERSON:
            return []
        return validators.citizen_id_doubts(data["identity"], birth_date=data["birth_date"])

    def _papers_seen(self) -> list[PaperSeen]:
        seen = []
        for place, paper in enumerate(self.papers):
            form = self.cleaned_data[f"paper_{place}"]
            if form not in ("", NOT_HANDED_IN):
                count = self.cleaned_data[f"count_{place}"] or 1
                seen.append(PaperSeen(code=paper["code"], name=paper["name"], form=form, count=count))
        return seen

    def _parse(self, name: str, check: Callable[[str], str]) -> None:
        value = self.cleaned_data.get(name)
        if not value:
            return
        try:
            self.cleaned_data[name] = check(value)
        except ValidationError as error:
            self.add_error(name, error)
