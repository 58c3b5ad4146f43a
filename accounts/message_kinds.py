"""Kinds of messages this room writes, and how long each is of use. Declared at start (accounts.apps), asked by the outbox."""

from datetime import timedelta

from allauth.account import app_settings
from django.utils.translation import gettext_lazy as _

from integrations.registry import KINDS, MessageKind

AN_ANSWER = timedelta(days=1)  # to what somebody asked for on a page
NEWS = timedelta(days=30)

KINDS.add(MessageKind("account.", _("tin về tài khoản"), NEWS))
KINDS.add(MessageKind("account.code", _("mã xác nhận"), timedelta(seconds=app_settings.PHONE_VERIFICATION_TIMEOUT)))
for of_sign_up in ("account.email_confirmation", "account.email_confirmation_signup"):
    seconds = app_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT
    KINDS.add(MessageKind(of_sign_up, _("mã xác nhận thư điện tử"), timedelta(seconds=seconds)))
KINDS.add(
    MessageKind(
        "account.password_reset_code",
        _("mã đặt lại mật khẩu"),
        timedelta(seconds=app_settings.PASSWORD_RESET_BY_CODE_TIMEOUT),
    )
)
for answer in ("account.unknown_account", "account.account_already_exists"):
    KINDS.add(MessageKind(answer, _("trả lời yêu cầu về tài khoản"), AN_ANSWER))
