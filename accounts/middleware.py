"""Deny by default, and a second factor for staff: no setting of the sign-in library enforces it."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware as DjangoLoginRequired
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

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
    """Staff without a second factor see only the page that sets one up. Demo's one-click people are exempt."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Send staff who lack a second factor to its set-up."""
        if self._must_set_up(request):
            return redirect("mfa_index")
        return self.get_response(request)

    def _must_set_up(self, request: HttpRequest) -> bool:
        if not request.user.is_authenticated or request.path.startswith(OPEN_PREFIXES):
            return False
        if settings.DEMO and request.session.get("demo_person"):
            return False
        return is_staff_member(request) and not is_mfa_enabled(request.user)
