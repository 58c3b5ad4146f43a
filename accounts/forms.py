"""Sign-in and account forms of the accounts room (the library's, in our words). Administration has its own module."""

import secrets
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.account.forms import ResetPasswordKeyForm as AllauthNewPasswordForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.account.internal.flows.email_verification import get_address_for_user
from allauth.account.internal.flows.password_reset_by_code import PASSWORD_RESET_VERIFICATION_SESSION_KEY
from allauth.account.utils import has_verified_email
from allauth.core import context
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
from accounts.services import PartyFacts, second_proof
from portal import clock
from portal.drawing import not_always_optional
from portal.errors import UserError
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
        not_always_optional(self.fields["phone"])
        not_always_optional(self.fields["email"]).label = _("Thư điện tử")
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
                if self.account_already_exists:
                    self._work_as_for_a_new_one(request)
                return super().try_save(request)
        except IntegrityError:
            self.account_already_exists = True
            return super().try_save(request)

    def _work_as_for_a_new_one(self, request: HttpRequest) -> None:
        """Hash and write as for an unknown number, and take it back: the time it takes must not tell who has an account."""
        typed = self.cleaned_data
        self.account_already_exists = False
        self.cleaned_data = {
            **typed,
            "phone": f"x{secrets.token_hex(7)}" if typed.get("phone") else typed.get("phone"),
            "email": f"{secrets.token_hex(8)}@khong-co.invalid" if typed.get("email") else typed.get("email"),
        }
        try:
            with transaction.atomic():
                user = self.save(request)
                if user.email and not user.phone:  # what the stage of the mail's code looks up
                    has_verified_email(user)
                    has_verified_email(get_address_for_user(user).user, user.email)
                transaction.set_rollback(True)
        finally:
            self.account_already_exists, self.cleaned_data = True, typed


class LoginForm(AllauthLoginForm):
    """Sign-in by phone or e-mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login = self.fields["login"]
        login.label = PHONE_OR_EMAIL
        login.max_length = 254
        login.widget.attrs = {"autocomplete": "username"}
        self.fields["password"].label = _("Mật khẩu")
        self.fields["password"].help_text = ""  # the library's link; it stands after the button, not before the field
        self.fields["password"].widget.attrs.pop("placeholder", None)
        if "remember" in self.fields:
            self.fields["remember"].label = _("Giữ đăng nhập trên máy này")

    def clean_login(self) -> str:
        """Bring what was typed to its stored form, so that `+84 903 …` and `0903…` are one account and one counter."""
        return validators.phone_or_text(self.cleaned_data["login"])


class ResetPasswordForm(AllauthResetPasswordForm):
    """Forgotten password: the code goes to the phone or the e-mail address, whichever is typed.

    The field keeps the library's name `email`; its view counts tries by it.
    """

    email = forms.CharField(
        label=PHONE_OR_EMAIL, max_length=254, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )

    def clean_email(self) -> str:
        """Find the account by phone or address; the page says the same when there is none."""
        text = validators.phone_or_text(self.cleaned_data["email"])
        if "@" in text:
            self.cleaned_data["email"] = _valid_email(text)
            return super().clean_email()
        user = get_adapter().get_user_by_phone(text)
        if user is None:
            text = validators.phone(text)
        self.users = [user] if user is not None and user.is_active else []
        return text


class NewPasswordForm(AllauthNewPasswordForm):
    """The new password after a code. A code by telephone alone opens no account with proven identity: more is asked."""

    field_order = ["birth_date", "digits", "password1", "password2"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sent_to = str(context.request.session.get(PASSWORD_RESET_VERIFICATION_SESSION_KEY, {}).get("email", ""))
        self.asks_more = second_proof.is_asked(self.user, sent_to)
        if self.asks_more:
            self._ask_more()

    def clean(self) -> dict[str, Any]:
        """Check what was asked once everything else is right, so that no try is lost on a mistyped password."""
        cleaned = super().clean() or self.cleaned_data
        if self.asks_more and not self.errors:
            try:
                second_proof.check(
                    self.user, birth_date=cleaned.get("birth_date", ""), digits=cleaned.get("digits", "")
                )
            except UserError as error:
                self.add_error(error.field, error.message)
        return cleaned

    def _ask_more(self) -> None:
        if not second_proof.can_be_given(self.user):
            self.fields["password1"].help_text = second_proof.WITHOUT_IT
            return
        self.fields["birth_date"] = BirthDateField(
            widget=forms.TextInput(attrs={"autocomplete": "bday"}),
            help_text=_(
                "Tài khoản này đã đối chiếu giấy tờ, và số điện thoại có thể đã sang người khác. "
                "Hãy ghi ngày sinh như trên giấy tờ."
            ),
        )
        self.fields["digits"] = forms.CharField(
            label=_("6 số cuối của số định danh"),
            max_length=20,
            widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
            help_text=second_proof.WITHOUT_IT,
        )
        self.order_fields(self.field_order)


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


def _valid_email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError as error:
        raise ValidationError(_("Địa chỉ thư điện tử chưa đúng. Vui lòng nhập như ten@vidu.vn.")) from error
    return text
