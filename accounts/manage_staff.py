"""Administration of staff: accounts, dated roles, second factors. An administrator sees only the units they run."""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.access import administrators_only
from accounts.enums import HEAD_ROLES
from accounts.hanging import found, left, of_role
from accounts.manage_forms import LockForm, OfficeForm, RevokeForm, RoleForm, StaffForm
from accounts.models import Membership, User
from accounts.navigation import stuck_words
from accounts.pages import form_page
from accounts.queries import (
    ending_alone,
    handovers_of,
    open_on,
    runs_province,
    staff_of,
    still_held,
    units_administered,
)
from accounts.services import create_staff, grant_role, lock_account, reset_mfa, revoke_role, set_office, unlock_account
from accounts.services.staff import reset_password
from portal import clock
from portal.errors import UserError
from portal.text import fold, name_sort_key

SHOWN = 100
SHOWN_HANDOVERS = 10
SOON = timedelta(days=30)


def scope(request: HttpRequest) -> frozenset[int]:
    """Ids of the units the signed-in administrator runs, asked once a request."""
    known: frozenset[int] | None = getattr(request, "admin_scope", None)
    if known is None:
        known = units_administered(request.scope)  # type: ignore[attr-defined]  set by administrators_only
        request.admin_scope = known  # type: ignore[attr-defined]
    return known


@administrators_only
def index(request: HttpRequest) -> HttpResponse:
    """What an administrator may run."""
    context = {"runs_province": runs_province(request.user.pk), "stuck": stuck_words(request.user.pk)}
    return render(request, "accounts/manage/index.html", context)


@administrators_only
def staff(request: HttpRequest) -> HttpResponse:
    """List staff of the units run, in Vietnamese order of given names, searched without accents."""
    wanted = fold(request.GET.get("q", "")[:100])
    rows = list(staff_of(scope(request)).values("pk", "full_name", "email", "phone", "is_active"))
    matching = [row for row in rows if wanted in fold(f"{row['full_name']} {row['email'] or ''} {row['phone'] or ''}")]
    matching.sort(key=lambda row: (name_sort_key(row["full_name"]), row["pk"]))
    page = matching[:SHOWN]
    _add_roles(page, scope(request))
    context = {
        "people": page,
        "q": request.GET.get("q", "")[:100],
        "count": len(matching),
        "more": len(matching) > SHOWN,
    }
    context["ending"] = ending_alone(scope(request), clock.today() + SOON)
    return render(request, "accounts/manage/staff.html", context)


@administrators_only
@never_cache
def add(request: HttpRequest) -> HttpResponse:
    """Create a member of staff; the temporary password is shown on this one answer and nowhere else."""
    form = StaffForm(request.POST or None, unit_ids=scope(request))
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            user, password = create_staff(by=request.user, unit_id=data.pop("unit"), **data)
        except UserError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            return render(request, "accounts/manage/password.html", {"person": user, "password": password})
    return form_page(request, "accounts/manage/staff_add.html", {"form": form})


@administrators_only
def person(request: HttpRequest, user_id: int) -> HttpResponse:
    """One member of staff: roles with dates, second factors, what was done to the account."""
    return _person_page(request, _person(request, user_id))


@administrators_only
@require_POST
def grant(request: HttpRequest, user_id: int) -> HttpResponse:
    """Grant a dated role."""
    user = _person(request, user_id)
    form = RoleForm(request.POST, unit_ids=scope(request), knows_number=bool(user.identity_index))
    if form.is_valid():
        data = dict(form.cleaned_data)
        try:
            grant_role(by=request.user, user_id=user.pk, unit_id=data.pop("unit"), **data)
        except UserError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, _("Đã cấp vai trò cho %(name)s.") % {"name": user.full_name})
            return redirect("accounts:staff_member", user_id=user.pk)
    return _person_page(request, user, form)


@administrators_only
def office(request: HttpRequest, user_id: int, membership_id: int) -> HttpResponse:
    """Say whether the holder of a signing role is the chief or a deputy."""
    user = _person(request, user_id)
    row = get_object_or_404(
        Membership.objects.select_related("unit"),
        pk=membership_id,
        user=user,
        unit_id__in=scope(request),
        role__in=HEAD_ROLES,
    )
    form = OfficeForm(request.POST or None, initial={"office": row.office})
    if request.method == "POST" and form.is_valid():
        try:
            set_office(by=request.user, membership_id=row.pk, office=form.cleaned_data["office"])
        except UserError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, _("Đã ghi chức danh khi ký của %(name)s.") % {"name": user.full_name})
            return redirect("accounts:staff_member", user_id=user.pk)
    return form_page(request, "accounts/manage/office.html", {"form": form, "person": user, "row": row})


@administrators_only
def revoke(request: HttpRequest, user_id: int, membership_id: int) -> HttpResponse:
    """Show what hangs on a role, ask when it ends and who takes over, then end it."""
    user = _person(request, user_id)
    row = get_object_or_404(
        Membership.objects.select_related("unit"), pk=membership_id, user=user, unit_id__in=scope(request)
    )
    form = RevokeForm(request.POST or None, row=row, unit_ids=scope(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            revoke_role(
                by=request.user, membership_id=row.pk, last_day=data["last_day"], successor_id=data.get("successor")
            )
        except UserError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, _("Đã thu hồi vai trò của %(name)s.") % {"name": user.full_name})
            return redirect("accounts:staff_member", user_id=user.pk)
    context = {"form": form, "person": user, "row": row, "hangs": found(of_role(row))}
    return form_page(request, "accounts/manage/revoke.html", context)


@administrators_only
def lock(request: HttpRequest, user_id: int) -> HttpResponse:
    """Show what hangs on each working role of a person, ask who takes over, then lock the account."""
    user = _person(request, user_id)
    rows = list(still_held(user.pk).filter(unit_id__in=scope(request)).select_related("unit").order_by("pk"))
    form = LockForm(request.POST if request.method == "POST" else None, rows=rows, unit_ids=scope(request))
    if request.method == "POST" and form.is_valid():
        try:
            lock_account(by=request.user, user_id=user.pk, successors=form.successors())
        except UserError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, _("Đã khóa tài khoản; mọi phiên đăng nhập của người này đã kết thúc."))
            return redirect("accounts:staff_member", user_id=user.pk)
    hangs = [{"row": row, "found": found(of_role(row))} for row in rows]
    return form_page(request, "accounts/manage/lock.html", {"form": form, "person": user, "hangs": hangs})


@administrators_only
@require_POST
@never_cache
def act(request: HttpRequest, user_id: int, what: str) -> HttpResponse:
    """Reset the second factor or the password, unlock an account."""
    user = _person(request, user_id)
    try:
        if what == "dat-lai-mat-khau":
            password = reset_password(by=request.user, user_id=user.pk)
            return render(request, "accounts/manage/password.html", {"person": user, "password": password})
        messages.success(request, _do(what, request.user, user))
    except UserError as error:
        messages.error(request, error.message)
    return redirect("accounts:staff_member", user_id=user.pk)


def _do(what: str, by: User, user: User) -> str:
    if what == "dat-lai-xac-thuc":
        reset_mfa(by=by, user_id=user.pk)
        return _("Đã đặt lại xác thực hai lớp; người này sẽ thiết lập lại khi đăng nhập lần tới.")
    if what == "mo-khoa":
        unlock_account(by=by, user_id=user.pk)
        return _("Đã mở khóa tài khoản.")
    raise Http404


def _person(request: HttpRequest, user_id: int) -> User:
    return get_object_or_404(staff_of(scope(request)), pk=user_id)


def _person_page(request: HttpRequest, user: User, form: RoleForm | None = None) -> HttpResponse:
    today = clock.today()
    rows = list(
        user.memberships.filter(unit_id__in=scope(request)).select_related("unit").order_by("-valid_from", "pk")
    )
    context = {
        "person": user,
        "form": form or RoleForm(unit_ids=scope(request), knows_number=bool(user.identity_index)),
        "rows": [{"row": row, "state": _state(row, today), "signs": row.role in HEAD_ROLES} for row in rows],
        "factors": Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).count(),
        "log": list(
            LogEntry.objects.filter(object_id=str(user.pk), content_type__model="user").select_related("user")[:20]
        ),
        "handovers": _handovers(request, user),
        "is_self": user.pk == request.user.pk,
    }
    return form_page(request, "accounts/manage/staff_member.html", context)


def _handovers(request: HttpRequest, user: User) -> list[dict[str, object]]:
    """Orders to move a person's work, each with how much is left."""
    orders = list(handovers_of(user.pk, scope(request))[:SHOWN_HANDOVERS])
    return [{"order": order, "left": 0 if order.done_at else left(order)} for order in orders]


def _state(row: Membership, today: object) -> str:
    if row.valid_from > today:
        return "future"
    return "past" if row.valid_to is not None and row.valid_to < today else "now"


def _add_roles(page: list[dict], unit_ids: frozenset[int]) -> None:
    """Put today's roles and the presence of a second factor on the rows of a page: two queries for all."""
    by_user: dict[int, list[str]] = {}
    ids = [row["pk"] for row in page]
    held = Membership.objects.filter(open_on(clock.today()), user_id__in=ids, unit_id__in=unit_ids)
    for row in held.select_related("unit").order_by("unit__sort_order", "pk"):
        by_user.setdefault(row.user_id, []).append(f"{row.get_role_display()} – {row.unit.name}")
    secured = set(Authenticator.objects.filter(user_id__in=ids).values_list("user_id", flat=True))
    for row in page:
        row["roles"] = by_user.get(row["pk"], [])
        row["secured"] = row["pk"] in secured
