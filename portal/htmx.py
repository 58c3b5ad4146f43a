"""Helpers for pages that htmx may ask in part; the same view serves both."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def is_partial(request: HttpRequest) -> bool:
    """Tell whether htmx asked for a fragment (a boosted page wants the whole)."""
    htmx = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.boosted


def render_page(request: HttpRequest, template: str, context: dict[str, object], *, partial: str) -> HttpResponse:
    """Render `template`, or only its named partial when htmx asked for it."""
    name = f"{template}#{partial}" if is_partial(request) else template
    return render(request, name, context)
