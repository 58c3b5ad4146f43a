"""What every page's header and footer show."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def layout(request: HttpRequest) -> dict[str, Any]:
    """Names, hotlines, and the navigation of the signed-in person."""
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    return {
        "layout": {
            "authority_name": settings.AUTHORITY_NAME,
            "system_name": settings.SYSTEM_NAME,
            "hotlines": settings.HOTLINES,
            "demo": settings.DEMO,
            "nav": [],
            "user_name": user.full_name if signed_in else "",
            "units": [],
        }
    }
