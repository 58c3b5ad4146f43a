"""Notices to people whom an act on accounts concerns: inside the portal to colleagues, by their own channels to owners.

In the transaction of the act.
"""

import uuid
from enum import Enum

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from integrations import outbox
from integrations.channels.email import EMAIL
from integrations.channels.sms import SMS
from integrations.registry import user_address
from portal import clock

INSIDE = "inapp"


def tell(user_id: int, *, kind: str, subject: str, body: str, key: str, page: str) -> None:
    """Leave one notice for an account, with the page it leads to; the same key twice is one notice."""
    outbox.put(
        kind=f"account.{kind}",
        channel=INSIDE,
        address=user_address(user_id),
        subject=subject,
        body=body,
        dedupe_key=f"{kind}:{key}:{user_id}",
        link=reverse(page),
    )


class AccountNews(Enum):
    """What was done to an account by somebody else, or to the channel its owner is reached by: kind and words."""

    PASSWORD_RESET = ("password_reset_by_admin", _("Quản trị viên đã cấp mật khẩu tạm cho tài khoản của bạn"))
    FACTORS_RESET = ("mfa_reset_by_admin", _("Quản trị viên đã đặt lại xác thực hai lớp của tài khoản của bạn"))
    REOPENED = (
        "reopened_at_desk",
        _("Bộ phận Một cửa đã xem giấy tờ và cấp mật khẩu tạm cho tài khoản của bạn"),
    )
    PHONE_CHANGED = ("phone_changed", _("Số điện thoại đăng nhập của tài khoản của bạn đã được đổi sang số khác"))


def tell_owner(user: User, what: AccountNews, *, phone: str = "") -> None:
    """Tell the owner of an account by every channel known before the act; `phone`: the number as it was."""
    kind, words = what.value
    body = _(
        "%(what)s lúc %(at)s. Nếu bạn không yêu cầu, hãy báo ngay quản trị viên của đơn vị hoặc Bộ phận Một cửa."
    ) % {
        "what": words,
        "at": f"{clock.now():%H:%M %d/%m/%Y}",
    }
    for channel, address in ((SMS, phone or user.phone), (EMAIL, user.email)):
        if address:
            outbox.put(
                kind=f"account.{kind}",
                channel=channel.code,
                address=address,
                subject=str(words) if channel is EMAIL else "",
                body=str(body),
                dedupe_key=f"account:{uuid.uuid4()}",
            )
