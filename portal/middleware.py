"""Small middlewares of the ground floor: health, the door for text, never-cache for signed-in pages, pages for refusals."""

from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils.cache import add_never_cache_headers, patch_cache_control

from portal.text import through
from portal.views import database_away, forms_only

log = structlog.get_logger(__name__)
# Fields whose every sign counts as it was typed: what they hold is compared by digest.
SECRETS = frozenset({"password", "password1", "password2", "oldpassword"})
SIGN_OUT = "account_logout"
REFUSED = frozenset({400, 409, 413, 422})  # answers that show the form again with all that was typed
BROKEN, NUL = "\ufffd", "\x00"
GetResponse = Callable[[HttpRequest], HttpResponse]


class HealthMiddleware:
    """`/healthz/live` says the process runs; `/healthz/ready` says the database answers. No external service is asked."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer probes before anything else may fail."""
        if request.path == "/healthz/live":
            return JsonResponse({"status": "ok"})
        if request.path == "/healthz/ready":
            try:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT 1")
            except DatabaseError:
                return JsonResponse({"status": "database unavailable"}, status=503)
            return JsonResponse({"status": "ok"})
        return self.get_response(request)


class TextDoorMiddleware:
    """All text of an address line or a form passes the door before anybody looks at it; secrets stay as they were typed.

    What came as broken bytes reads as NUL afterwards, which every field of text refuses with a sentence.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass through; see process_view."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        """Let text through once the request is about to reach its view (a body is not read for an address nobody has)."""
        if request.GET:
            request.GET = let_through(request.GET)  # type: ignore[assignment]  # a QueryDict, immutable as before
        if request.method == "POST" and request.POST:
            request.POST = let_through(request.POST)  # type: ignore[assignment]


def let_through(typed: QueryDict) -> QueryDict:
    """The same fields in the same order, their text through the door."""
    seen = QueryDict(mutable=True, encoding=typed.encoding)
    for name, values in typed.lists():
        if name not in SECRETS:
            values = [through(value).replace(BROKEN, NUL) for value in values]  # noqa: PLW2901
        seen.setlist(through(name), values)
    seen._mutable = False  # noqa: SLF001  as Django leaves what it parsed
    return seen


class NeverCacheSignedInMiddleware:
    """A signed-in page must not come back from a shared computer's cache.

    Except a form that came back with mistakes, until its person signs out: a browser that may not keep the answer to a POST
    asks on “back” whether to send it again, and what was typed is lost. Signing out empties the cache.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add no-store when somebody is signed in, no-cache to a refused form; empty the cache of who signs out."""
        response = self.get_response(request)
        match = request.resolver_match
        if request.method == "POST" and match is not None and match.url_name == SIGN_OUT:
            response["Clear-Site-Data"] = '"cache"'
        if hasattr(request, "user") and request.user.is_authenticated and "Cache-Control" not in response:
            if request.method == "POST" and response.status_code in REFUSED:
                patch_cache_control(response, private=True, no_cache=True)
            else:
                add_never_cache_headers(response)
        return response


class ErrorPageMiddleware:
    """Refusals that would be blank get a page: a database that is away or busy, an address that takes forms only."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer who opened the address of an act (after signing in anew, from the history) with a page."""
        response = self.get_response(request)
        if request.method != "GET" or response.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            return response
        page = forms_only()
        page["Allow"] = response["Allow"]
        return page

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn a database that is away or busy into a page."""
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        log.warning("database.unavailable", error=type(exception).__name__, path=request.path)
        return database_away()
