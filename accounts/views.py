"""One's own pages: where to go after sign-in, notices, profile; and, in demo mode only, the cast and the mailbox."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import seeds
from accounts.access import public, roles_held, visitor
from accounts.enums import WORK_ROLES, IdentitySource, PartyKind, Role
from accounts.forms import GENDERS, ProfileForm
from accounts.pages import form_page
from accounts.queries import demo_mail, notices_of, place_name, reads_of
from accounts.services import own_party, update_party
from portal import clock
from portal.errors import UserError
from portal.navigation import landing

SHOWN = 50


def onward(request: HttpRequest) -> HttpResponse:
    """Send a freshly signed-in person to where their work is."""
    return redirect(landing(visitor(request)))


@public
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Take a role of the cast with one click; exists in demo mode only."""
    if not settings.DEMO:
        raise Http404
    user = seeds.accounts_of_cast().get(request.POST.get("key", ""))
    if user is None or not user.is_active:
        messages.error(request, _("Vai này chưa có hoặc đang bị khóa. Hãy nạp lại dữ liệu mẫu rồi thử lại."))
        return redirect("account_login")
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session["demo_person"] = True
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return redirect(wanted if wanted and safe else "accounts:onward")


@public
def mailbox(request: HttpRequest) -> HttpResponse:
    """Show what went out by every channel without a page of its own, so that codes arrive somewhere; demo mode only."""
    if not settings.DEMO:
        raise Http404
    return render(request, "accounts/mailbox.html", {"letters": list(demo_mail()[:SHOWN])})


def notices(request: HttpRequest) -> HttpResponse:
    """List one's own notices, newest first."""
    rows = list(notices_of(request.user.pk)[:SHOWN])
    return render(
        request, "accounts/notices.html", {"notices": rows, "unread": any(row.read_at is None for row in rows)}
    )


@require_POST
def open_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Mark one's own notice as read and go to what it is about."""
    notice = get_object_or_404(notices_of(request.user.pk), pk=notice_id)
    if notice.read_at is None:
        notice.read_at = clock.now()
        notice.save(update_fields=["read_at"])
    return redirect(_own_path(notice.link) or "accounts:notices")


@require_POST
def read_all_notices(request: HttpRequest) -> HttpResponse:
    """Mark all of one's own notices as read."""
    notices_of(request.user.pk).filter(read_at__isnull=True).update(read_at=clock.now())
    messages.success(request, _("Đã đánh dấu tất cả thông báo là đã đọc."))
    return redirect("accounts:notices")


def profile(request: HttpRequest) -> HttpResponse:
    """Show one's own data, the ways to secure the account, and who has looked at the data."""
    party = own_party(request.user)
    context = {
        "party": party,
        "is_person": party.kind == PartyKind.PERSON,
        "gender": dict(GENDERS).get(party.gender, ""),
        "ward": place_name(party.place_code),
        "proven": party.identity_source != IdentitySource.DECLARED,
        "takes_leave": bool(roles_held(request) & (WORK_ROLES | {Role.ADMINISTRATOR})),
        "reads": list(reads_of(party)[:SHOWN]),
    }
    return render(request, "accounts/profile.html", context)


def edit_profile(request: HttpRequest) -> HttpResponse:
    """Change one's own data; a proven identity number stays."""
    party = own_party(request.user)
    form = ProfileForm(request.POST or None, party=party)
    if request.method == "POST" and form.is_valid():
        try:
            update_party(party_id=party.pk, by=request.user, facts=form.facts())
        except UserError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, _("Đã lưu thông tin của bạn."))
            for doubt in form.doubts():
                messages.warning(request, doubt)
            return redirect("accounts:profile")
    return form_page(request, "accounts/profile_edit.html", {"form": form, "party": party})


def _own_path(link: str) -> str:
    """A path of this portal; '' for anything else."""
    path = link.removeprefix(settings.PUBLIC_URL.rstrip("/"))
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else ""
