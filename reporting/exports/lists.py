"""Which lists can be had whole, as files. One declaration a list, by the name of its page's route.

A list is ordered by the address of its page and opened by the same functions as the page: month, filter and reach are read
from there, for who asks, when it is ordered, when it is made and when it is fetched. Anything that is not the reader's is 404.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, QueryDict
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import MANAGER_ROLES
from accounts.models import User
from accounts.queries import roles_today
from portal.clock import Month
from portal.registry import Registry
from portal.templatetags.ui import DOWNLOAD
from reporting import boards, facts, queries
from reporting.asking import as_organised
from reporting.enums import Basis, Part
from reporting.indicators.base import Text
from reporting.models import Run
from reporting.numbers import number_in, scope_name
from reporting.queries import Number, Unit

LONGEST = 400  # of an address


@dataclass(frozen=True, slots=True)
class OpenedList:
    """A list somebody may have: its name and stamp, and SQL of its rows.

    `sql` gives dossier_id, unit_id, procedure_id and amount; `amount` heads the column of amounts, '' when each counts once.
    """

    title: str
    stamp: str
    run: Run
    units: Mapping[int, Unit]
    sql: str
    parameters: Mapping[str, Any]
    amount: str = ""


@dataclass(frozen=True, slots=True)
class ExportedList:
    """A list that can be exported. `opened` gives it for a request to its page and the words of its address, or 404."""

    code: str  # name of the route
    label: Text
    opened: Callable[[HttpRequest, Mapping[str, Any]], OpenedList]


LISTS: Registry[ExportedList] = Registry("exported list")


def opened(address: str, reader: User) -> OpenedList:
    """The list behind an address, as it is for the reader today. Raises Http404."""
    parts = urlsplit(address)
    try:
        match = resolve(parts.path)
    except Resolver404 as error:
        raise Http404 from error
    found = LISTS.get(match.view_name)
    if found is None:
        raise Http404
    return found.opened(_asked_by(reader, parts.path, parts.query), match.kwargs)


def own_address(text: str) -> str:
    """The address of one of our pages from its first page on, as an order keeps it. Raises Http404 for any other address."""
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise Http404 from error
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or len(text) > LONGEST:
        raise Http404
    query = QueryDict(parts.query, mutable=True)
    for name in ("sau", DOWNLOAD):
        query.pop(name, None)
    return f"{parts.path}{'?' if query else ''}{query.urlencode()}"


def _asked_by(reader: User, path: str, query: str) -> HttpRequest:
    """A request of the reader's for that page, with the roles of today, which are asked anew."""
    request = HttpRequest()
    request.path, request.user = path, reader
    request.GET = QueryDict(query)  # type: ignore[assignment]  # immutable, as every request has it
    request.scope = [row for row in roles_today(reader.pk) if row.role in MANAGER_ROLES]  # type: ignore[attr-defined]
    return request


# ── the lists behind the numbers of boards ───────────────────────────────────────────────────────


def _number(request: HttpRequest, words: Mapping[str, Any]) -> tuple[Number, Mapping[int, Unit]]:
    number = number_in(request, words)
    units, reach = as_organised(request, queries.facts_of_run(number.run))
    if number.lists_services or not reach.covers(number.scope):
        raise Http404
    return number, units


def _cases(request: HttpRequest, words: Mapping[str, Any]) -> OpenedList:
    number, units = _number(request, words)
    sql, parameters = number.listed()
    part = {Part.NUMERATOR: number.declared.numerator, Part.DENOMINATOR: number.declared.denominator}
    what = part.get(Part(number.part)) or _("phần còn lại")
    amount = str(what) if number.declared.sums else ""
    return OpenedList(_title(number, units, what), _stamp(number), number.run, units, sql, parameters, amount)


def _changed(request: HttpRequest, words: Mapping[str, Any]) -> OpenedList:
    """What came to a closed number is listed with 1, what left it with −1."""
    closed, units = _number(request, words)
    live = queries.run_of(Month.of(closed.run.month), queries.LIVE)
    if closed.run.frozen_at is None or live is None:
        raise Http404
    found = replace(closed, run=live).changed_since(closed)
    sql = """SELECT dossier_id, unit_id, procedure_id, CASE WHEN dossier_id = ANY(%(came)s) THEN 1 ELSE -1 END AS amount
        FROM reporting_factdossier WHERE dossier_id = ANY(%(all)s)"""
    parameters = {"came": [pk for pk, came in found if came], "all": [pk for pk, _came in found]}
    title = _title(closed, units, _("thay đổi sau khi chốt"))
    return OpenedList(title, _stamp(closed), live, units, sql, parameters, _("thêm vào 1, bớt đi −1"))


def _title(number: Number, units: Mapping[int, Unit], what: Text) -> str:
    """The heading of the page in one line."""
    return _("%(name)s: %(what)s (%(indicator)s), %(basis)s, tháng %(month)s") % {
        "name": scope_name(number.scope, units, number.run),
        "what": what,
        "indicator": number.declared.label,
        "basis": Basis(number.basis).label,
        "month": Month.of(number.run.month).label,
    }


def _stamp(number: Number) -> str:
    return boards.stamp(queries.facts_of_run(number.run), facts.waiting_since())


LISTS.add(ExportedList("reporting:cases", gettext_lazy("hồ sơ sau số liệu"), _cases))
LISTS.add(ExportedList("reporting:changed", gettext_lazy("hồ sơ thay đổi sau khi chốt"), _changed))
