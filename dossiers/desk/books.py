"""Pages of the books of numbers: which there are in a year, and a stretch of one to read, to print, to take along as CSV.

For clerks, heads and administrators of an authority, and of those that go on with the work of a closed one. Only who may
see a dossier is led to it; no person's data stand in a book.
"""

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import roles_only, staff_memberships
from dossiers import books, queries
from dossiers.desk.links import address
from dossiers.forms.desk import whole_number
from portal import clock
from portal.sheets import stream_csv
from portal.templatetags.ui import moment

readers_only = roles_only(*sorted(books.READERS))


@readers_only
@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    """List the books of a year."""
    year = _whole(request.GET.get("nam", "")) or clock.today().year
    context = {
        "year": str(year),
        "years": [
            {"year": str(other), "url": address("desk:books", nam=other), "active": other == year}
            for other in dict.fromkeys([clock.today().year, *books.years(request.scope)])
        ],
        "books": [{"book": one, "url": _url(one)} for one in books.books(request.scope, year)],
    }
    return render(request, "dossiers/desk/books.html", context)


@readers_only
@require_safe
def book(request: HttpRequest) -> HttpResponse:
    """Show a stretch of a book in the order of its numbers; the newest when none is asked for."""
    found = _book(request)
    first, last = _stretch(request, found.given)
    listed = books.lines(found, first, last)
    context = {
        "book": found,
        "label": found.label,
        "year": str(found.year),
        "lines": _rows(request, listed),
        "gaps": [line.number for line in listed if line.is_gap],
        "first": str(first),
        "last": str(last),
        "csv_url": _url(found, "desk:book_csv"),
        "now": clock.now(),
        "prev_url": _url(found, tu=max(1, first - books.STRETCH), den=first - 1) if first > 1 else "",
        "next_url": _url(found, tu=last + 1) if last < found.given else "",
    }
    return render(request, "dossiers/desk/book.html", context)


@readers_only
@require_safe
def book_csv(request: HttpRequest) -> HttpResponseBase:
    """Give the whole book as a CSV file, row by row."""
    found = _book(request)
    heads = (
        _("Số"),
        _("Số, ký hiệu"),
        _("Ngày, giờ cấp số"),
        _("Văn bản"),
        _("Mã hồ sơ"),
        _("Người ký"),
        _("Trạng thái"),
        _("Hủy: lý do"),
        _("Hủy: người hủy"),
        _("Hủy: lúc"),
    )
    answer = StreamingHttpResponse(
        stream_csv(heads, _cells(books.all_lines(found))), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="so-{found.kind}-{found.authority_code}-{found.year}.csv"'
    return answer


def _cells(lines: Iterable[books.BookLine]) -> Iterable[list[Any]]:
    for line in lines:
        yield [
            line.number,
            line.text,
            line.at,
            line.paper,
            line.dossier_code,
            line.signer,
            _state(line),
            line.reason,
            line.cancelled_by,
            line.cancelled_at,
        ]


def _rows(request: HttpRequest, listed: list[books.BookLine]) -> list[dict[str, Any]]:
    """Lines for the table, with the way to the dossiers that the reader may open."""
    ids = {line.dossier_id for line in listed if line.dossier_id is not None}
    mine = queries.for_desk(request.user, staff_memberships(request)).filter(pk__in=ids)
    open_to = set(mine.order_by("pk").values_list("pk", flat=True))
    return [
        {
            "line": line,
            "state": _state(line),
            "at": moment(line.at) if line.at else "",
            "cancelled_at": moment(line.cancelled_at) if line.cancelled_at else "",
            "url": reverse("desk:dossier", args=[line.dossier_id]) if line.dossier_id in open_to else "",
        }
        for line in listed
    ]


def _state(line: books.BookLine) -> str:
    if line.is_gap:
        return _("khuyết số")
    return _("hủy") if line.is_cancelled else line.state


def _book(request: HttpRequest) -> books.BookYear:
    asked = request.GET
    found = books.book(request.scope, asked.get("co_quan", ""), asked.get("so", ""), _whole(asked.get("nam", "")) or 0)
    if found is None:
        raise Http404
    return found


def _stretch(request: HttpRequest, last_given: int) -> tuple[int, int]:
    """The numbers asked for, inside the book; without any, the newest."""
    newest = (last_given - 1) // books.STRETCH * books.STRETCH + 1
    first = min(_whole(request.GET.get("tu", "")) or newest, last_given)
    last = _whole(request.GET.get("den", "")) or first + books.STRETCH - 1
    return first, min(max(first, last), first + books.LONGEST_STRETCH - 1, last_given)


def _whole(text: str) -> int | None:
    """A number above zero that somebody typed, or None."""
    return whole_number(text) or None


def _url(one: books.BookYear, name: str = "desk:book", **more: object) -> str:
    return address(name, co_quan=one.authority_code, so=one.kind, nam=one.year, **more)
