"""Deny by default, limits of the sign-in pages, and a second factor for staff: no setting of the sign-in library enforces it."""

from collections.abc import Callable

import structlog
from allauth.core.ratelimit import RateLimited
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware as DjangoLoginRequired
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts import limits
from accounts.access import is_staff_member
from portal.views import too_many

log = structlog.get_logger(__name__)
SIGN_IN_PAGES = "/tai-khoan/"
OPEN_PREFIXES = (SIGN_IN_PAGES, "/static/", "/healthz/")


class LoginRequiredMiddleware(DjangoLoginRequired):
    """Every view needs an account unless marked public; allauth's own views guard themselves."""

    def process_view(
        self, request: HttpRequest, view_func: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        """Leave the sign-in pages open."""
        if request.path.startswith(OPEN_PREFIXES):
            return None
        return super().process_view(request, view_func, args, kwargs)


class SignInMiddleware:
    """The sign-in pages: how often they may be used, and what is said when two requests meet in one moment."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass through; see process_view and process_exception."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Answer 429 with the time to wait when a page was used too often."""
        page = request.resolver_match
        if request.method != "POST" or page is None or not request.path.startswith(SIGN_IN_PAGES):
            return None
        wait = limits.wait_for_page(request, page.url_name or "")
        if not wait:
            return None
        log.warning("rate.limited", limit=page.url_name)
        return too_many(request, wait=wait)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The same form twice at once, or one telephone for two accounts: the first has won, the second is told."""
        if not request.path.startswith(SIGN_IN_PAGES):
            return None
        if isinstance(
            exception, RateLimited
        ):  # the library raises it in the middle of a sign-in and answers it nowhere
            return too_many(request)
        if isinstance(exception, IntegrityError):
            messages.warning(
                request, _("Yêu cầu này vừa được thực hiện ở một trang khác nên không làm lại. Hãy kiểm tra lại.")
            )
            return redirect("accounts:onward" if request.user.is_authenticated else "account_login")
        return None


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
