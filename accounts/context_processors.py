"""What every page's header and footer show. Built only when a template asks: error pages must not ask the database."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts import seeds
from accounts.access import staff_memberships
from accounts.enums import CASE_ROLES, DESK_ROLES, MANAGER_ROLES, Role
from accounts.queries import unread_notices

NOTICE_CAP = 99
COUNTER_ROLES = frozenset({Role.RECEPTIONIST, Role.DESK_HEAD, Role.POSTAL_CLERK})
BOARD_ROLES = MANAGER_ROLES | {Role.PROCEDURE_CONTROLLER}


def layout(request: HttpRequest) -> dict[str, Any]:
    """Names, hotlines, and the navigation of the signed-in person."""
    return {"layout": SimpleLazyObject(lambda: _layout(request))}


def _layout(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    memberships = staff_memberships(request) if signed_in else []
    roles = frozenset(row.role for row in memberships)
    at_work = bool(roles & (DESK_ROLES | CASE_ROLES))
    return {
        "authority_name": settings.AUTHORITY_NAME,
        "system_name": settings.SYSTEM_NAME,
        "hotlines": settings.HOTLINES,
        "demo": settings.DEMO,
        "nav": _nav(request, roles, signed_in=signed_in),
        "user_name": user.full_name if signed_in else "",
        "units": list({row.unit_id: row.unit for row in memberships}.values()),
        "search_url": _url("desk:search") if at_work else "",
        "cast": _cast(request),
    }


def _nav(request: HttpRequest, roles: frozenset[str], *, signed_in: bool) -> list[dict[str, Any]]:
    entries = [("procedures:home", _("Thủ tục"), True)]
    if signed_in:
        unread = unread_notices(request.user.pk, NOTICE_CAP)
        count = f" ({unread}{'+' if unread == NOTICE_CAP else ''})" if unread else ""
        entries += [
            ("desk:inbox", _("Một cửa"), bool(roles & (DESK_ROLES | CASE_ROLES))),
            ("desk:counter", _("Nhận tại quầy"), bool(roles & COUNTER_ROLES)),
            ("reporting:board", _("Số liệu"), bool(roles & BOARD_ROLES)),
            ("procedures:manage", _("Danh mục"), Role.PROCEDURE_CONTROLLER in roles),
            ("accounts:manage", _("Quản trị"), Role.ADMINISTRATOR in roles),
            ("my:list", _("Hồ sơ của tôi"), True),
            ("accounts:notices", _("Thông báo") + count, True),
        ]
    else:
        entries.append(("my:track", _("Tra cứu hồ sơ"), True))
    items = [{"url": _url(name), "label": label} for name, label, shown in entries if shown]
    items = [item for item in items if item["url"]]
    here = _section_of(request.path, [item["url"] for item in items])
    return [{**item, "active": item["url"] == here} for item in items]


def _section_of(path: str, urls: list[str]) -> str:
    """The navigation entry a page belongs to: the longest address that begins its own."""
    fitting = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(fitting, key=len, default="")


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _cast(request: HttpRequest) -> list[dict[str, Any]]:
    """The demo people by group, for the sign-in page of demo mode only."""
    match = request.resolver_match
    if not settings.DEMO or match is None or match.url_name != "account_login":
        return []
    groups: dict[str, list[seeds.Person]] = {}
    for person in seeds.cast():
        groups.setdefault(person.group, []).append(person)
    return [{"name": name, "people": people} for name, people in groups.items()]
