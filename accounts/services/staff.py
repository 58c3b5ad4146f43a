"""Verbs on staff: accounts, dated roles, second factors (their ends: ends.py). For the administration screens and the seeds."""

import secrets
from datetime import date

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import ADDITION, CHANGE
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import validators
from accounts.enums import HEAD_ROLES, IdentityKind, Office, Role
from accounts.models import Membership, OrgUnit, Party, User
from accounts.services.audit import record
from accounts.services.telling import AccountNews, tell_owner
from portal.db import named_violation
from portal.errors import UserError
from portal.sealing import blind_index, seal, unseal

# No letters that are misread when a password is read out or copied by hand.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@transaction.atomic
def create_staff(
    *,
    by: User | None,
    full_name: str,
    email: str,
    phone: str,
    unit_id: int,
    role: str,
    valid_from: date,
    valid_to: date | None = None,
    identity: str = "",
    office: str = "",
) -> tuple[User, str]:
    """Make an account for a member of staff with a first role; gives it and its temporary password, shown once.

    The password must be changed at first sign-in and a second factor set up before anything else is seen.
    Raises UserError when e-mail or phone is missing, malformed or taken, or the personal number is.
    """
    name, address, number = _checked_name(full_name), _checked_email(email), _checked_phone(phone)
    if not (address or number):
        raise UserError(_("Tài khoản cần có số điện thoại hoặc thư điện tử. Vui lòng nhập ít nhất một."), field="email")
    if address and User.objects.filter(email=address).exists():
        raise UserError(_("Thư điện tử này đã thuộc một tài khoản khác."), field="email")
    if number and User.objects.filter(phone=number).exists():
        raise UserError(_("Số điện thoại này đã thuộc một tài khoản khác."), field="phone")
    password = temporary_password()
    user = User.objects.create_user(
        password=password, full_name=name, email=address or None, phone=number or None, must_change_password=True
    )
    record(by=by, flag=ADDITION, thing=user, event="staff.created", unit=unit_id, role=role)
    row = grant_role(
        by=by,
        user_id=user.pk,
        unit_id=unit_id,
        role=role,
        valid_from=valid_from,
        valid_to=valid_to,
        identity=identity,
        office=office,
    )
    return row.user, password


@transaction.atomic
def grant_role(
    *,
    by: User | None,
    user_id: int,
    unit_id: int,
    role: str,
    valid_from: date,
    valid_to: date | None = None,
    identity: str = "",
    office: str = "",
) -> Membership:
    """Give a person a role in a unit for a time. `identity`: the personal number, needed when it is not known yet.

    `office`: for roles that sign, whether the person is the chief or a deputy (Office).

    Raises UserError when the same role overlaps, dates are out of order, an administrator grants to themselves, or
    the person's number is missing, another than the known one, or somebody else's.
    """
    user = _locked(user_id)
    unit = OrgUnit.objects.get(pk=unit_id)
    if by is not None and by.pk == user.pk:
        raise UserError(_("Bạn không thể tự cấp vai trò cho mình. Vui lòng nhờ một quản trị viên khác."))
    if role not in Role.values:
        raise UserError(_("Vai trò không có trong danh mục. Vui lòng chọn lại."), field="role")
    if valid_to is not None and valid_to < valid_from:
        raise UserError(_("Ngày kết thúc phải sau ngày bắt đầu."), field="valid_to")
    if (
        unit.valid_to is not None
        and unit.valid_to < valid_from
        and role not in {Role.HOME_AFFAIRS, Role.PROCEDURE_CONTROLLER}
    ):
        raise UserError(_("Đơn vị đã ngừng hoạt động trước ngày này nên không cấp vai trò được."), field="unit")
    _check_office(role, office)
    _know_number(user, identity)
    same = Membership.objects.filter(user=user, unit=unit, role=role)
    if any(_overlap(row, valid_from, valid_to) for row in same):
        raise UserError(_("Người này đã có vai trò đó tại đơn vị trong khoảng thời gian trên."), field="role")
    row = Membership.objects.create(
        user=user, unit=unit, role=role, office=office, valid_from=valid_from, valid_to=valid_to, granted_by=by
    )
    record(
        by=by,
        flag=ADDITION,
        thing=row,
        event="role.granted",
        user=user.pk,
        unit=unit.code,
        role=role,
        valid_to=valid_to,
    )
    return row


@transaction.atomic
def set_office(*, by: User, membership_id: int, office: str) -> Membership:
    """Say whether the holder of a signing role is the chief or a deputy; papers signed from now on print it.

    Raises UserError for one's own role, for roles that sign nothing and for an office that does not exist.
    """
    row = Membership.objects.select_for_update(of=("self",)).select_related("unit").get(pk=membership_id)
    if row.user_id == by.pk:
        raise UserError(_("Bạn không thể tự sửa chức danh của mình. Vui lòng nhờ một quản trị viên khác."))
    _check_office(row.role, office)
    if row.office != office:
        row.office = office
        row.save(update_fields=["office", "updated_at"])
        facts = {"user": row.user_id, "unit": row.unit.code, "role": row.role, "office": office}
        record(by=by, flag=CHANGE, thing=row, event="role.office", **facts)
    return row


def _check_office(role: str, office: str) -> None:
    if office and office not in Office.values:
        raise UserError(_("Chức danh không có trong danh mục. Vui lòng chọn lại."), field="office")
    if office and role not in HEAD_ROLES:
        raise UserError(
            _("Chỉ vai trò lãnh đạo mới có chức danh khi ký. Hãy bỏ trống mục này hoặc chọn vai trò lãnh đạo."),
            field="office",
        )


@transaction.atomic
def reset_mfa(*, by: User, user_id: int) -> int:
    """Forget a person's second factors and end their sessions; they set up new ones at the next sign-in."""
    user = _locked(user_id)
    if user.pk == by.pk:
        raise UserError(_("Bạn không thể tự đặt lại xác thực hai lớp của mình. Vui lòng nhờ một quản trị viên khác."))
    removed: int = Authenticator.objects.filter(user=user).delete()[0]
    end_sessions(user)
    record(by=by, flag=CHANGE, thing=user, event="mfa.reset", factors=removed)
    tell_owner(user, AccountNews.FACTORS_RESET)
    return removed


@transaction.atomic
def reset_password(*, by: User, user_id: int) -> str:
    """Give a member of staff a new temporary password, shown once, and end their sessions."""
    user = _locked(user_id)
    if user.pk == by.pk:
        raise UserError(_("Hãy đổi mật khẩu của bạn ở trang tài khoản."))
    password = temporary_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    end_sessions(user)
    record(by=by, flag=CHANGE, thing=user, event="password.reset")
    tell_owner(user, AccountNews.PASSWORD_RESET)
    return password


def temporary_password() -> str:
    """Three groups of five letters and digits (74 bits) that can be read out."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(3))


def _know_number(user: User, identity: str) -> None:
    """Keep the personal number of who gets a role, sealed; a proven number of their own party is taken over."""
    proven = "" if user.identity_index else _proven_number(user)
    number = _checked_number(identity) if identity.strip() else proven
    known = user.identity_index or (blind_index(proven) if proven else "")
    if not number and not known:
        sentence = _("Hãy nhập số định danh cá nhân của người này; phải có số trước khi cấp vai trò.")
        raise UserError(sentence, field="identity")
    if number and known and blind_index(number) != known:
        raise UserError(_("Số định danh này khác số đang lưu của người này. Vui lòng kiểm tra lại."), field="identity")
    if user.identity_index:
        return
    user.identity_sealed, user.identity_index = seal(number), blind_index(number)
    taken = UserError(_("Số định danh này đã thuộc một tài khoản cán bộ khác."), field="identity")
    with named_violation("staff_number_once", taken):
        user.save(update_fields=["identity_sealed", "identity_index"])


def _proven_number(user: User) -> str:
    party = Party.objects.filter(user=user, identity_kind=IdentityKind.CITIZEN_ID).first()
    return unseal(party.identity_sealed) if party is not None and party.is_proven else ""


def _checked_number(text: str) -> str:
    try:
        return validators.citizen_id(text)
    except ValidationError as error:
        message = error.messages[0]
        raise UserError(message, field="identity") from error


def _overlap(row: Membership, valid_from: date, valid_to: date | None) -> bool:
    return (row.valid_to is None or row.valid_to >= valid_from) and (valid_to is None or row.valid_from <= valid_to)


def _locked(user_id: int) -> User:
    return User.objects.select_for_update(of=("self",), no_key=True).get(pk=user_id)


def end_sessions(user: User) -> None:
    """Sign a person out everywhere."""
    for session in UserSession.objects.filter(user=user):
        session.end()


def _checked_name(text: str) -> str:
    try:
        return validators.person_name(text)
    except ValidationError as error:
        raise UserError(error.messages[0], field="full_name") from error


def _checked_phone(text: str) -> str:
    if not text.strip():
        return ""
    try:
        return validators.phone(text)
    except ValidationError as error:
        raise UserError(error.messages[0], field="phone") from error


def _checked_email(text: str) -> str:
    address = text.strip().lower()
    if not address:
        return ""
    try:
        validate_email(address)
    except ValidationError as error:
        raise UserError(
            _("Địa chỉ thư điện tử chưa đúng. Vui lòng nhập như ten@coquan.gov.vn."), field="email"
        ) from error
    return address
