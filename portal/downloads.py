"""Every page whose tables can be downloaded answers `?tai=csv` and `?tai=xlsx` at its own address with a file of them.

`{% downloadable %}…{% enddownloadable %}` in a template marks the part of a page whose tables go out and draws the links under
it; the layout of boards does so for all of them. The file is read off the finished page (portal.tables), behind the same
view, scope, filter and log: nothing can be downloaded that is not on the page.
"""

from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from portal import clock
from portal.sheets import MARK, BookSheet, Cell, csv_lines, xlsx_book
from portal.tables import ReadPage, read_page
from portal.templatetags.ui import DOWNLOAD, moment
from portal.text import fold

SIGN = b"data-portal-tables"  # of the links: only a page that offers its tables gives them
_LONGEST_NAME = 80


class TablesMiddleware:
    """Turns a page into a file of its tables when that is asked for; stands nearest to the views."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the view make its page first: who may not see it gets no file either."""
        response = self.get_response(request)
        make = _MAKERS.get(request.GET.get(DOWNLOAD, "")) if DOWNLOAD in request.GET else None
        if make is None or response.streaming or response.status_code != HTTPStatus.OK or SIGN not in response.content:
            return response
        page = read_page(response.content.decode(response.charset))
        return make(page, _above(page, request))


def csv_of(page: ReadPage, above: list[str]) -> HttpResponse:
    """All tables of a page one below the other, a blank line between them."""
    return _attached(MARK + "".join(csv_lines(_one_below_the_other(page, above))), "csv", page)


def xlsx_of(page: ReadPage, above: list[str]) -> HttpResponse:
    """A sheet for each table."""
    sheets = [BookSheet(table.caption, [*above, table.caption], table.heads, table.rows) for table in page.tables]
    return _attached(xlsx_book(sheets).read(), "xlsx", page)


_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
_MAKERS = {"csv": csv_of, "xlsx": xlsx_of}


def _above(page: ReadPage, request: HttpRequest) -> list[str]:
    """What the figures speak of and when: heading, stamps, address with its filter, time."""
    query = request.GET.copy()
    query.pop(DOWNLOAD)
    address = f"{settings.PUBLIC_URL}{request.path}{'?' if query else ''}{query.urlencode()}"
    taken = _("Tải lúc %(at)s từ %(address)s") % {"at": moment(clock.now()), "address": address}
    return [page.heading, *page.stamps, taken]


def _one_below_the_other(page: ReadPage, above: list[str]) -> Iterator[Sequence[Cell]]:
    yield from ([line] for line in above)
    for table in page.tables:
        yield []
        yield [table.caption]
        yield from table.heads
        yield from table.rows


def _attached(content: str | bytes, kind: str, page: ReadPage) -> HttpResponse:
    name = fold(page.heading).replace(" ", "-")[:_LONGEST_NAME] or "bang"
    answer = HttpResponse(content, content_type=_TYPES[kind])
    answer["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return answer
