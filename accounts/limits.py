"""How often the sign-in pages may be used, and by whom: limits that fit a hall behind one address and lock nobody out.

An address is not a person: a hall, a school, a kiosk has hundreds behind one. What counts is the account together with
the address that asks; the numbers for an address alone only stop machines. Wrong passwords from other places never stop
a browser on which the person has signed in before (accounts.devices): see docs/adr/0026. The library's own limits are
switched off in the settings, except those of codes and second factors. With the cache away everybody is let through.
"""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import devices
from accounts.models import User
from accounts.validators import phone_or_text
from portal.clock import wait_in_words
from portal.ratelimit import client_address, give_back, wait_for


@dataclass(frozen=True, slots=True)
class PageLimit:
    """Uses of a page by one address and by one signed-in person; `named`: the field that says whose telephone or mail is written to."""

    address: str = ""
    person: str = ""
    named: tuple[str, ...] = ()


PAGES = {
    "account_login": PageLimit(address="600/10m"),
    "account_signup": PageLimit(address="1000/h", named=("phone", "email")),
    "account_reset_password": PageLimit(address="600/h", named=("email",)),
    "account_confirm_password_reset_code": PageLimit(address="1000/h"),
    "account_complete_password_reset": PageLimit(address="1000/h"),
    "account_verify_phone": PageLimit(address="2000/h"),
    "account_email_verification_sent": PageLimit(address="2000/h"),
    "account_change_password": PageLimit(person="20/h"),
    "account_change_phone": PageLimit(person="10/h", named=("phone",)),
    "account_email": PageLimit(person="30/h", named=("email",)),
    "account_reauthenticate": PageLimit(person="60/h"),
}
# Codes written to one telephone or mailbox: as one address asks for them, and from everywhere together.
WRITTEN_HERE, WRITTEN_IN_ALL = "10/h", "20/h"
# Wrong passwords: from a browser known to the account; from elsewhere by account and address, by account, by address.
KNOWN, HERE, ACCOUNT, ADDRESS = "20/15m", "10/15m", "200/h", "300/10m"
TRY_AGAIN = _("Bạn đã nhập sai quá nhiều lần. Hãy thử lại sau %(wait)s, hoặc dùng “Quên mật khẩu” để nhận mã.")
FROM_ELSEWHERE = _(
    "Có quá nhiều lần nhập sai mật khẩu từ những nơi khác. Bạn vẫn vào được từ máy đã từng đăng nhập, hoặc bằng "
    "“Quên mật khẩu”; tại máy này hãy thử lại sau %(wait)s."
)
Counted = list[tuple[str, str, str]]


def wait_for_page(request: HttpRequest, name: str) -> int:
    """Count one use of a sign-in page; the seconds to wait when it is one too many."""
    limit = PAGES.get(name)
    if limit is None:
        return 0
    address = client_address(request)
    uses: Counted = [("page", f"{name}|{address}", limit.address)] if limit.address else []
    if limit.person and request.user.is_authenticated:
        uses.append(("page", f"{name}|{request.user.pk}", limit.person))
    for field in limit.named:
        login = phone_or_text(str(request.POST.get(field, ""))[:254])
        if login:
            uses.append(("written", f"{login}|{address}", WRITTEN_HERE))
            if not devices.browser_of(request, login):
                uses.append(("written", login, WRITTEN_IN_ALL))
    return _first_wait(uses)[0]


def count_try(request: HttpRequest, login: str) -> Counted:
    """Count a try with a password before it is made; gives what to take back when it was right.

    Raises ValidationError with the time to wait; known and unknown accounts are counted alike. An account has one counter,
    whether its telephone or its address is typed.
    """
    browser, address, who = devices.browser_of(request, login), client_address(request), _account(login)
    if browser:
        tries: Counted = [("wrong", f"{browser}|{who}", KNOWN)]
    else:
        tries = [("wrong", f"{who}|{address}", HERE), ("wrong", address, ADDRESS), ("wrong", who, ACCOUNT)]
    wait, rate = _first_wait(tries)
    if wait:
        words = FROM_ELSEWHERE if rate == ACCOUNT else TRY_AGAIN
        raise ValidationError(words % {"wait": wait_in_words(wait)})
    return tries


def take_back(tries: Counted) -> None:
    """Uncount tries that were right."""
    for kind, subject, rate in tries:
        give_back(kind, subject, rate)


def _account(login: str) -> str:
    """Whose password is tried: the account, or what was typed when nobody has it."""
    known = User.objects.filter(Q(phone=login) | Q(email=login)).values_list("pk", flat=True).first()
    return f"account:{known}" if known is not None else login


def _first_wait(uses: Counted) -> tuple[int, str]:
    """Count uses one after the other up to the first limit that is reached; gives the seconds to wait and its rate.

    What one limit has refused is not counted by the next: one address alone never fills what is counted from everywhere.
    """
    for kind, subject, rate in uses:
        if wait := wait_for(kind, subject, rate):
            return wait, rate
    return 0, ""
