"""Deny by default, and a second factor for staff: no setting of the sign-in library enforces it."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware as DjangoLoginRequired
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.access import is_staff_member

OPEN_PREFIXES = ("/tai-khoan/", "/static/", "/healthz/")


class LoginRequiredMiddleware(DjangoLoginRequired):
    """Every view needs an account unless marked public; allauth's own views guard themselves."""

    def process_view(
        self, request: HttpRequest, view_func: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        """Leave the sign-in pages open."""
        if request.path.startswith(OPEN_PREFIXES):
            return None
        return super().process_view(request, view_func, args, kwargs)


class StaffMfaMiddleware:
    """Staff with a temporary password or without a second factor see only the page that mends it.

    Demo's one-click people are exempt: they have no password to repeat and no telephone to scan with.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Send staff who lack something to its page."""
        page = self._page_to_mend(request)
        if page is None:
            return self.get_response(request)
        if page == "mfa_index":
            messages.warning(
                request, _("Tài khoản cán bộ phải bật xác thực hai lớp trước khi làm việc. Hãy chọn một cách dưới đây.")
            )
        else:
            messages.warning(
                request, _("Bạn đang dùng mật khẩu tạm. Hãy đặt mật khẩu của riêng mình trước khi làm việc.")
            )
        return redirect(page)

    def _page_to_mend(self, request: HttpRequest) -> str | None:
        if not request.user.is_authenticated or request.path.startswith(OPEN_PREFIXES):
            return None
        if settings.DEMO and request.session.get("demo_person"):
            return None
        if request.user.must_change_password:
            return "account_change_password"
        # Superusers hold no role but open the system pages; they are staff in this sense.
        staff = request.user.is_staff or request.user.is_superuser or is_staff_member(request)
        return "mfa_index" if staff and not is_mfa_enabled(request.user) else None
