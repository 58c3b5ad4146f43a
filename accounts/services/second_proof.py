"""What is asked besides a code by telephone before an account with proven identity gets a new password.

Telephone numbers are given to other people: who holds one today need not be whom the account belongs to. Date of birth
and the last digits of the identity number, as the desk or the electronic identity proved them, tell the two apart. Called
by the form of the new password.
"""

import hmac

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.enums import PartyKind
from accounts.models import Party, User
from portal.clock import wait_in_words
from portal.errors import LimitError, UserError
from portal.partialdate import PartialDate
from portal.ratelimit import wait_for_certain
from portal.sealing import unseal

DIGITS = 6  # of twelve, the part that birth year and province do not give away
RATE = "5/d"
WITHOUT_IT = _(
    "Mã gửi tới số điện thoại chưa đủ để mở lại tài khoản đã đối chiếu giấy tờ, vì số điện thoại có thể đã sang người khác. "
    "Nếu tài khoản có thư điện tử, hãy đặt lại mật khẩu bằng thư điện tử; nếu không, hãy mang giấy tờ tùy thân đến Bộ phận "
    "Một cửa để được mở lại tài khoản. Nếu bạn mới được cấp số này, hãy đăng ký tài khoản bằng thư điện tử."
)
WRONG = _("Ngày sinh hoặc các số cuối không khớp với giấy tờ đã đối chiếu. Hãy kiểm tra lại.")
TOO_OFTEN = _(
    "Đã thử quá nhiều lần. Hãy thử lại sau %(wait)s, hoặc đặt lại mật khẩu bằng thư điện tử; không có thư điện tử thì mang "
    "giấy tờ tùy thân đến Bộ phận Một cửa để được mở lại tài khoản."
)


def is_asked(user: User, sent_to: str) -> bool:
    """Whether a code sent there is too little: it went to a telephone, and the account's identity is proven."""
    return "@" not in sent_to and (party := _party(user)) is not None and party.is_proven


def can_be_given(user: User) -> bool:
    """Whether anything is known that only its owner knows: of firms the number is public, without a birth date half is missing."""
    party = _party(user)
    return party is not None and party.kind == PartyKind.PERSON and bool(party.birth_date)


def check(user: User, *, birth_date: str, digits: str) -> None:
    """Let the owner pass. Raises UserError when one of the two is wrong, LimitError after five tries in a day.

    A try that cannot be counted (the cache is away) is not made.
    """
    if not can_be_given(user):
        raise UserError(WITHOUT_IT)
    wait = wait_for_certain("second-proof", str(user.pk), RATE)
    if wait:
        raise LimitError(TOO_OFTEN % {"wait": wait_in_words(wait)})
    party = Party.objects.get(user=user)
    known = unseal(party.identity_sealed)[-DIGITS:]
    fits = hmac.compare_digest(known.encode(), "".join(digits.split()).encode())
    if not (_same_day(party.birth_date, birth_date) and fits):
        raise UserError(WRONG, field="digits")


def _party(user: User) -> Party | None:
    return Party.objects.filter(user=user).first()


def _same_day(known: str, told: str) -> bool:
    """As filed, or more exactly than that; a year alone is no birth date where the day is known."""
    try:
        return len(told) >= len(known) and PartialDate(known).agrees(PartialDate(told))
    except (ValueError, ValidationError):
        return False
