"""Error pages: 400, 403, 404, 405, 429, 500, 503 and the friendly CSRF page. No other screens live in the ground floor."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from structlog.contextvars import get_contextvars

from portal.clock import wait_in_words

LIBRARY_WAIT = (
    30  # seconds: the longest pause that the sign-in library itself asks for, between two codes to one telephone
)


def error_page(template: str, status: int, **words: str) -> HttpResponse:
    """Render an error page without context processors: it must stand when sessions or the database are gone."""
    request_id = get_contextvars().get("request_id", "")
    response = HttpResponse(render_to_string(template, {"request_id": request_id, **words}), status=status)
    if request_id:
        response["X-Request-ID"] = request_id
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request could not be read."""
    return error_page("errors/400.html", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: a visible thing, but not for this role."""
    return error_page("errors/403.html", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page, or not this person's."""
    return error_page("errors/404.html", 404)


def forms_only() -> HttpResponse:
    """405: an address to which forms are sent was opened like a page; nothing was done."""
    return error_page("errors/405.html", 405)


def too_many(request: HttpRequest, exception: Exception | None = None, *, wait: int = LIBRARY_WAIT) -> HttpResponse:
    """429: too many tries; says when to come back."""
    response = error_page("errors/429.html", 429, wait=wait_in_words(wait))
    response["Retry-After"] = str(wait)
    return response


def database_away() -> HttpResponse:
    """503: the database restarts or is busy; nothing was saved, and the page says when to come back."""
    response = error_page("errors/503.html", 503)
    response["Retry-After"] = "5"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; says that nothing was lost and gives a number for support.

    Session and account are read outside of every view: a database that is away meets a signed-in person there first,
    and Django asks for this page.
    """
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return database_away()
    return error_page("errors/500.html", 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form older than its session: explain and let the person send it again."""
    return error_page("errors/csrf.html", 403)
