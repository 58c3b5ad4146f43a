"""Our wishes towards the sign-in library: Vietnamese telephone numbers, letters and codes through the outbox.

The library's own defaults would refuse `0903…`, share one counter of failed tries among all telephone numbers, and send
mail from the web process.
"""

import uuid
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.account.stages import EmailVerificationStage
from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from accounts import devices, limits, validators
from accounts.fields import PhoneField
from accounts.models import User
from accounts.services import register
from accounts.services.telling import AccountNews, tell_owner
from integrations import outbox
from integrations.channels.email import EMAIL
from integrations.channels.sms import SMS

SMS_INSTEAD = {
    "password_reset_code": "account/sms/code.txt",
    "unknown_account": "account/sms/unknown_account.txt",
    "account_already_exists": "account/sms/account_already_exists.txt",
}
MISMATCH = _("Số điện thoại, thư điện tử hoặc mật khẩu không đúng. Vui lòng kiểm tra lại.")


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by phone or e-mail."""

    error_messages = {  # one sentence for all mismatches: it must not tell whether an account exists
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": MISMATCH,
        "phone_password_mismatch": MISMATCH,
        "username_password_mismatch": MISMATCH,
        "too_many_login_attempts": _(
            "Bạn đã nhập sai quá nhiều lần. Hãy thử lại sau 5 phút."
        ),  # codes of the second factor
    }
    _tries: limits.Counted

    # ── telephone numbers ────────────────────────────────────────────────────────────────────────

    def phone_form_field(self, **kwargs: Any) -> forms.Field:
        """Our own field: the library's accepts only `+84…`."""
        return PhoneField(**kwargs)

    def clean_phone(self, phone: str) -> str:
        """Bring a number to its stored form."""
        return validators.phone(phone)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        """The account's number and whether a code has proven it."""
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:  # noqa: FBT001  the library's signature
        """Give the account a number. At sign-up the account is not saved yet: only `save_user` may save it, whole."""
        user.phone, user.phone_verified = phone or None, verified
        if user.pk:
            user.save(update_fields=["phone", "phone_verified"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        """Note that a code has proven the number; the change of a number arrives only here, and is told to the old one."""
        old = user.phone if user.phone_verified and user.phone != phone else ""
        self.set_phone(user, phone, True)
        if old:
            tell_owner(user, AccountNews.PHONE_CHANGED, phone=old)

    def get_user_by_phone(self, phone: str) -> User | None:
        """The account with this number, however it is written."""
        try:
            return User.objects.filter(phone=validators.phone(phone)).first()
        except ValidationError:
            return None

    # ── accounts ─────────────────────────────────────────────────────────────────────────────────

    def save_user(self, request: HttpRequest, user: User, form: forms.Form, commit: bool = True) -> User:  # noqa: FBT001, FBT002
        """Save a new account whole: name, number and address at once, never '' for one of the two."""
        user.full_name = form.cleaned_data["full_name"]
        user = super().save_user(request, user, form, commit=False)
        if commit:
            register(user=user)
        return user

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """A password of one's own replaces a temporary one."""
        user.must_change_password = False
        super().set_password(user, password)

    def get_login_stages(self) -> list[str]:
        """The library's stages with our rule on e-mail."""
        ours = "accounts.adapter.EmailStage"
        theirs = "allauth.account.stages.EmailVerificationStage"
        return [ours if stage == theirs else stage for stage in super().get_login_stages()]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a try by our own limits: the library's would let strangers lock people out."""
        self._tries = limits.count_try(request, _login_of(credentials))

    def _rollback_login_failed_rl_usage(self) -> None:
        """The password was right: its try counts for nothing."""
        limits.take_back(self._tries)

    def post_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse:
        """Remember the browser: wrong passwords of others elsewhere do not stop its person."""
        response = super().post_login(request, user, **details)
        devices.remember(request, response, user)
        return response

    # ── letters and codes ────────────────────────────────────────────────────────────────────────

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put a letter in the outbox; an account that is known by its telephone number gets a short message instead."""
        kind = template_prefix.rsplit("/", 1)[-1]
        if "@" not in email:
            _put_sms(SMS_INSTEAD[kind], email, context, kind=kind)
            return
        words = {"email": email, **context}
        subject = render_to_string(f"{template_prefix}_subject.txt", words)
        _put(
            channel=EMAIL.code,
            kind=kind,
            address=email,
            subject=self.format_email_subject(" ".join(subject.split())),
            body=render_to_string(f"{template_prefix}_message.txt", words).strip(),
        )

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell an account's owner of a change to it: by letter when an address is known, else by message."""
        if email or EmailAddress.objects.get_primary_email(user):
            super().send_notification_mail(template_prefix, user, context, email)
        elif user.phone:
            _put_sms("account/sms/account_changed.txt", user.phone, {})

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        """Send the code that proves a number."""
        _put_sms("account/sms/code.txt", phone, {"code": code})

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        """Tell the owner of a number that nobody is registered with it; the page says the same either way."""
        _put_sms("account/sms/unknown_account.txt", phone, {})

    def send_account_already_exists_sms(self, phone: str) -> None:
        """Tell the owner of a number that it already has an account; the page says the same either way."""
        _put_sms("account/sms/account_already_exists.txt", phone, {})


class EmailStage(EmailVerificationStage):
    """Ask for the e-mail's code only from those whom no telephone number has proven.

    Mandatory verification as the library does it strands people who have only a phone.
    """

    def handle(self) -> tuple[Any, bool]:
        """Pass accounts without e-mail or with a proven number; everybody else proves the address."""
        user = self.login.user
        if user is not None and (not user.email or (user.phone and user.phone_verified)):
            return None, True
        return super().handle()


def _login_of(credentials: dict[str, Any]) -> str:
    """What one signs in by, in its stored form. The library counts a telephone number not at all."""
    return next(
        (str(credentials[kind]).lower() for kind in ("phone", "email", "username") if credentials.get(kind)), ""
    )


def _put_sms(template: str, phone: str, context: dict[str, Any], *, kind: str = "") -> None:
    _put(
        channel=SMS.code,
        kind=kind or template.rsplit("/", 1)[-1].removesuffix(".txt"),
        address=phone,
        subject="",
        body=render_to_string(template, context).strip(),
    )


def _put(*, channel: str, kind: str, address: str, subject: str, body: str) -> None:
    key = f"account:{uuid.uuid4()}"
    outbox.put(kind=f"account.{kind}", channel=channel, address=address, subject=subject, body=body, dedupe_key=key)
