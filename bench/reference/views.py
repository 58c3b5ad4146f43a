"""A bare view, a detail page with one joined query (with and without session), and a 50-row list, written idiomatically."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from bench.reference.models import Case


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    """Middleware and nothing else."""
    return HttpResponse("ok")


@login_not_required
def anonymous(request: HttpRequest, pk: int) -> HttpResponse:
    """One joined query and a small template."""
    return render(
        request,
        "reference/detail.html",
        {"case": get_object_or_404(Case.objects.select_related("kind", "office"), pk=pk)},
    )


def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The same behind a session."""
    return render(
        request,
        "reference/detail.html",
        {"case": get_object_or_404(Case.objects.select_related("kind", "office"), pk=pk)},
    )


def list50(request: HttpRequest) -> HttpResponse:
    """Fifty joined rows behind a session."""
    rows = Case.objects.filter(office_id=1, is_open=True).select_related("kind", "office").order_by("due_at", "pk")[:50]
    return render(request, "reference/list50.html", {"rows": rows})
