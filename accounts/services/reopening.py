"""A citizen's account opened again at the desk, for whom a lost telephone or a forgotten password keeps out.

The head of a desk has seen the papers of the person who stands there; the owner is told on every channel known so far.
Accounts of staff are the administrators' (services.staff).
"""

from django.contrib.admin.models import CHANGE
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import validators
from accounts.enums import PartyKind, Role
from accounts.models import Membership, Party, User
from accounts.queries import roles_in
from accounts.services.audit import record
from accounts.services.facts import PartyFacts, checked
from accounts.services.parties import log_read
from accounts.services.staff import end_sessions, temporary_password
from accounts.services.telling import AccountNews, tell_owner
from portal.db import named_violation
from portal.errors import UserError
from portal.text import fold

NOBODY = _(
    "Không có tài khoản đã đối chiếu giấy tờ nào mang số và họ tên này. Hãy kiểm tra lại số và họ tên trên giấy tờ."
)


@transaction.atomic
def reopen_account(*, by: User, unit_id: int, facts: PartyFacts, seen: str, phone: str = "") -> tuple[User, str]:
    """Give a proven person's account a temporary password, shown once, and perhaps another telephone; end its sessions.

    `facts` tell number and name as on the paper, `seen` which paper it was. The new telephone is proven by a code at the
    next sign-in. Raises UserError when `by` heads no desk there, nobody fits, or the account is one of staff or `by`'s own.
    """
    if Role.DESK_HEAD not in roles_in(by, unit_id):
        raise UserError(_("Việc mở lại tài khoản do trưởng Bộ phận Một cửa thực hiện."))
    user = _owner(by, checked(facts))
    tell_owner(user, AccountNews.REOPENED)
    password = temporary_password()
    user.set_password(password)
    user.must_change_password = True
    _change_phone(user, phone)
    end_sessions(user)
    record(by=by, flag=CHANGE, thing=user, event="account.reopened", unit=unit_id, seen=seen, new_phone=bool(phone))
    log_read(reader=by, party=Party.objects.get(user=user), what=str(_("mở lại tài khoản tại quầy")))
    return user, password


def _owner(by: User, facts: PartyFacts) -> User:
    bearer = Party.objects.filter(
        Party.HOLDS_NUMBER, kind=PartyKind.PERSON, identity_kind=facts.identity_kind, identity_index=facts.index
    ).first()
    if bearer is None or not bearer.is_proven or bearer.user_id is None or bearer.search_name != fold(facts.full_name):
        raise UserError(NOBODY, field="identity")
    user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=bearer.user_id)
    if user.pk == by.pk or user.is_staff or user.is_superuser or Membership.objects.filter(user=user).exists():
        raise UserError(_("Đây là tài khoản của cán bộ; quản trị viên của đơn vị đặt lại mật khẩu cho tài khoản này."))
    if not user.is_active:
        raise UserError(_("Tài khoản này đang bị khóa nên không mở lại tại quầy. Hãy báo quản trị viên."))
    return user


def _change_phone(user: User, phone: str) -> None:
    changed = ["password", "must_change_password"]
    if phone.strip():
        try:
            user.phone = validators.phone(phone)
        except ValidationError as error:
            raise UserError(error.messages[0], field="phone") from error
        user.phone_verified = False
        changed += ["phone", "phone_verified"]
    taken = UserError(_("Số điện thoại này đang thuộc một tài khoản khác. Hãy dùng số khác."), field="phone")
    with named_violation("accounts_user_phone_key", taken):
        user.save(update_fields=changed)
