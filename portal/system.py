"""The system pages (Django's admin): for superusers only, entered through our sign-in and its second factor."""

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _


class SystemSite(AdminSite):
    """Django's admin without a sign-in form of its own, which would step around the second factor."""

    site_title = site_header = _("Hệ thống")
    index_title = _("Trang hệ thống")
    enable_nav_sidebar = False  # its state is kept by an inline script, which our security policy refuses

    def has_permission(self, request: HttpRequest) -> bool:
        """Superusers only; administrators of the house have their own screens."""
        return bool(request.user.is_active and request.user.is_superuser)

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        """Send strangers to our sign-in; refuse people who are signed in but not superusers."""
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or request.path.removesuffix("login/"))
