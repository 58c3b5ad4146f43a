"""What every page's header and footer show. Built only when a template asks: error pages must not ask the database."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts import seeds
from accounts.access import staff_memberships, visitor
from accounts.queries import units_held
from portal.navigation import MenuPlace, links, own_links


def layout(request: HttpRequest) -> dict[str, Any]:
    """Names, hotlines, and the navigation of the signed-in person."""
    return {"layout": SimpleLazyObject(lambda: _layout(request))}


def _layout(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    who = visitor(request)
    return {
        "authority_name": settings.AUTHORITY_NAME,
        "system_name": settings.SYSTEM_NAME,
        "hotlines": settings.HOTLINES,
        "demo": settings.DEMO,
        "demo_is_growing": settings.DEMO and seeds.GROWING.exists(),
        "nav": links(MenuPlace.MENU, who, request.path),
        "search": next(iter(links(MenuPlace.SEARCH, who)), None),
        "foot": links(MenuPlace.FOOT, who),
        "account": own_links(who),
        "user_name": user.full_name if signed_in else "",
        "units": units_held(staff_memberships(request)) if signed_in else [],
        "cast": _cast(request),
    }


def _cast(request: HttpRequest) -> list[dict[str, Any]]:
    """The demo people by group, for the sign-in page of demo mode only."""
    match = request.resolver_match
    if not settings.DEMO or match is None or match.url_name != "account_login":
        return []
    groups: dict[str, list[seeds.Person]] = {}
    for person in seeds.invited():
        groups.setdefault(person.group, []).append(person)
    return [{"name": name, "people": people} for name, people in groups.items()]
