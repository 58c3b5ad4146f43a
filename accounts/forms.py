"""Sign-in and account forms of the accounts room (the library's, in our words). Administration has its own module."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts import validators
from accounts.enums import IdentitySource, PartyKind
from accounts.fields import BirthDateField, PersonNameField, PhoneField
from accounts.models import Party, User
from accounts.naming import ward_choices
from accounts.services import PartyFacts
from portal import clock
from portal.text import sort_key

GENDERS = [(validators.FEMALE, _("Nữ")), (validators.MALE, _("Nam"))]
PHONE_OR_EMAIL = _("Số điện thoại hoặc thư điện tử")


class SignupForm(AllauthSignupForm):
    """Sign-up: name, and a phone number or an e-mail address or both."""

    full_name = PersonNameField(help_text=_("Ghi đúng như trên thẻ căn cước, có dấu."))
    field_order = ["full_name", "phone", "email", "password1", "password2"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].help_text = _("Mã xác nhận được gửi tới số này. Có thể bỏ trống nếu dùng thư điện tử.")
        self.fields["email"].label = _("Thư điện tử")
        self.fields["email"].help_text = _("Có thể bỏ trống nếu dùng số điện thoại.")
        self.fields["password1"].label = _("Mật khẩu")
        self.fields["password1"].help_text = _("Từ 12 ký tự trở lên; một câu ngắn dễ nhớ là tốt nhất.")
        self.fields["password2"].label = _("Nhập lại mật khẩu")
        for name in ("email", "password1", "password2"):
            self.fields[name].widget.attrs.pop("placeholder", None)

    def clean(self) -> dict[str, Any]:
        """Refuse an account that nobody could reach or sign in to."""
        cleaned = super().clean()
        if not (cleaned.get("phone") or cleaned.get("email") or {"phone", "email"} & self.errors.keys()):
            self.add_error("phone", _("Vui lòng nhập số điện thoại hoặc thư điện tử, ít nhất một trong hai."))
        return cleaned

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Save; when the same number or address was registered in this very moment, answer as for a known one."""
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:
            self.account_already_exists = True
            return super().try_save(request)


class LoginForm(AllauthLoginForm):
    """Sign-in by phone or e-mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login = self.fields["login"]
        login.label = PHONE_OR_EMAIL
        login.max_length = 254
        login.widget.attrs = {"autocomplete": "username"}
        self.fields["password"].label = _("Mật khẩu")
        self.fields["password"].widget.attrs.pop("placeholder", None)
        if "remember" in self.fields:
            self.fields["remember"].label = _("Giữ đăng nhập trên máy này")

    def clean_login(self) -> str:
        """Bring what was typed to its stored form, so that `+84 903 …` and `0903…` are one account and one counter."""
        return phone_or_text(self.cleaned_data["login"])


class ResetPasswordForm(AllauthResetPasswordForm):
    """Forgotten password: the code goes to the phone or the e-mail address, whichever is typed.

    The field keeps the library's name `email`; its view counts tries by it.
    """

    email = forms.CharField(
        label=PHONE_OR_EMAIL, max_length=254, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )

    def clean_email(self) -> str:
        """Find the account by phone or address; the page says the same when there is none."""
        text = phone_or_text(self.cleaned_data["email"])
        if "@" in text:
            self.cleaned_data["email"] = _valid_email(text)
            return super().clean_email()
        user = get_adapter().get_user_by_phone(text)
        if user is None:
            text = validators.phone(text)
        self.users = [user] if user is not None and user.is_active else []
        return text


class ProfileForm(forms.Form):
    """One's own data, as papers and forms will be prefilled with."""

    full_name = forms.CharField(max_length=200)
    birth_date = BirthDateField(required=False, widget=forms.TextInput(attrs={"autocomplete": "bday"}))
    gender = forms.ChoiceField(label=_("Giới tính"), required=False, choices=[("", _("Chưa ghi")), *GENDERS])
    identity = forms.CharField(required=False, max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    phone = PhoneField(label=_("Số điện thoại liên hệ"), required=False)
    email = forms.EmailField(label=_("Thư điện tử liên hệ"), required=False)
    address = forms.CharField(
        label=_("Số nhà, đường, khu phố hoặc thôn"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    place_code = forms.ChoiceField(label=_("Phường, xã"), required=False)

    def __init__(self, data: Any = None, *, party: Party) -> None:
        self.party = party
        names = ("full_name", "birth_date", "gender", "phone", "email", "address", "place_code")
        super().__init__(data, initial={name: getattr(party, name) for name in names})
        self.fields["place_code"].choices = self._wards()
        self.fields["full_name"].label = _("Họ, chữ đệm và tên") if self._is_person else _("Tên tổ chức")
        self._dress_identity()
        if not self._is_person:
            del self.fields["birth_date"], self.fields["gender"]

    @property
    def _is_person(self) -> bool:
        return self.party.kind == PartyKind.PERSON

    def facts(self) -> PartyFacts:
        """What was entered, for the service."""
        return PartyFacts(
            kind=self.party.kind,
            identity_kind=self.party.identity_kind,
            **{name: value for name, value in self.cleaned_data.items() if value is not None},
        )

    def doubts(self) -> list[str]:
        """Sentences on a number that does not agree with birth date or sex; warnings only."""
        number = self.cleaned_data.get("identity", "").replace(" ", "")
        if not self._is_person or len(number) != 12:
            return []
        cleaned = self.cleaned_data
        return validators.citizen_id_doubts(
            number, birth_date=cleaned.get("birth_date", ""), gender=cleaned.get("gender", "")
        )

    def _dress_identity(self) -> None:
        if self.party.identity_index and self.party.identity_source != IdentitySource.DECLARED:
            del self.fields["identity"]
            return
        field = self.fields["identity"]
        field.label = _("Số định danh cá nhân (CCCD)") if self._is_person else _("Mã số thuế")
        if self.party.identity_index:
            field.help_text = _("Đang lưu %(number)s. Để trống nếu không đổi.") % {"number": self.party.identity_masked}

    def _wards(self) -> list[tuple[str, str]]:
        known = sorted(ward_choices(clock.today()), key=lambda choice: sort_key(choice[1]))
        stored = self.party.place_code
        # A ward that no longer exists stays choosable for the one who has it: saving must not erase it silently.
        gone = [(stored, stored)] if stored and stored not in dict(known) else []
        return [("", str(_("Chưa chọn"))), *known, *gone]


def phone_or_text(text: str) -> str:
    """A telephone number in its stored form; anything else trimmed and in lower case."""
    try:
        return validators.phone(text)
    except ValidationError:
        return text.strip().lower()


def _valid_email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError as error:
        raise ValidationError(_("Địa chỉ thư điện tử chưa đúng. Vui lòng nhập như ten@vidu.vn.")) from error
    return text
