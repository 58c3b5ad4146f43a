"""The access rules, all of them in one file. Login is required everywhere unless a view is marked `public`."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from accounts.enums import MANAGER_ROLES, WORK_ROLES, Role
from accounts.models import Membership
from accounts.queries import roles_today
from portal.navigation import Visitor

View = Callable[..., HttpResponseBase]
SESSION_MEMBERSHIP = "membership_id"

public = login_not_required


def is_staff_member(request: HttpRequest) -> bool:
    """Tell whether the person holds any role today."""
    return bool(staff_memberships(request))


def staff_memberships(request: HttpRequest) -> list[Membership]:
    """Roles of the signed-in person, asked once a request."""
    if not request.user.is_authenticated:
        return []
    cached: list[Membership] | None = getattr(request, "_memberships", None)
    if cached is None:
        cached = roles_today(request.user.pk)
        setattr(request, "_memberships", cached)  # noqa: B010  no attribute that Django declares
    return cached


def roles_held(request: HttpRequest) -> frozenset[str]:
    """All roles of the signed-in person, whatever the unit."""
    return frozenset(row.role for row in staff_memberships(request))


def works_for_post(request: HttpRequest) -> bool:
    """Whether a person works on dossiers for the post alone: the house's opinions and its archive are none of theirs."""
    return roles_held(request) & WORK_ROLES == {Role.POSTAL_CLERK}


def inside_only(view: View) -> View:
    """A page of the house's opinions or of its archive: for people of the post it is not there."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if works_for_post(request):
            raise Http404
        return view(request, *args, **kwargs)

    if (allowed := getattr(view, "allowed_roles", None)) is not None:
        setattr(guarded, "allowed_roles", allowed - {Role.POSTAL_CLERK})  # noqa: B010  read by the tests of the house
    return guarded


def visitor(request: HttpRequest) -> Visitor:
    """Who looks at a page, as the navigation wants it; an error page may have no user at all."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return Visitor()
    return Visitor(user.pk, roles_held(request))


def citizen_only(view: View) -> View:
    """For the citizen's own pages; any account may have dossiers of its own, staff included."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def roles_only(*roles: Role) -> Callable[[View], View]:
    """For people who hold one of `roles` in some unit today; 403 for others. The view then scopes its rows by unit."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            held = [row for row in staff_memberships(request) if row.role in roles]
            if not held:
                raise PermissionDenied
            request.scope = held  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        setattr(guarded, "allowed_roles", frozenset(roles))  # noqa: B010  read by the URL × role matrix test
        return guarded

    return decorate


def desk_only(*roles: Role) -> Callable[[View], View]:
    """For one-stop and case staff (all their roles when none is named)."""
    return roles_only(*(roles or sorted(WORK_ROLES)))


def managers_only(view: View) -> View:
    """For those who read the boards' dossiers: home affairs and heads."""
    return roles_only(*sorted(MANAGER_ROLES))(view)


def administrators_only(view: View) -> View:
    """For system administrators, who run accounts, units and calendars and do not read dossiers."""
    return roles_only(Role.ADMINISTRATOR)(view)
