"""Pages of this package: each asks its question, tells the answer in one sentence, then in tables whose numbers open lists."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import managers_only, roles_only
from accounts.enums import Role
from portal.clock import Month
from portal.templatetags.ui import number
from reporting import boards, facts, queries
from reporting.asking import as_organised, log_list, whole_number
from reporting.enums import Basis, ScopeKind
from reporting.exports.lists import LISTS, ExportedList, OpenedList
from reporting.indicators.base import Text
from reporting.lasting import completeness as volumes
from reporting.lasting import durations as lengths
from reporting.lasting import funnel as sent
from reporting.lasting import lateness as late
from reporting.lasting import officers as people
from reporting.lasting import procedure_board
from reporting.lasting.frame import BASES, UNASSIGNED, Frame, channel_of, frame_of, procedure_named
from reporting.lasting.slices import SLICES, Selection, SliceList
from reporting.queries import Scope

NOT_COUNTED = gettext_lazy(
    "Chưa tính số liệu của tháng này. Hãy chọn tháng khác; số liệu tháng hiện tại được tính mỗi giờ."
)


@managers_only
def durations(request: HttpRequest) -> HttpResponse:
    """How long finished dossiers took."""
    return _page(request, _("Giải quyết trong bao lâu"), lengths.page)


@managers_only
def lateness(request: HttpRequest) -> HttpResponse:
    """Dossiers later than promised, and what the ledger says of them."""
    return _page(request, _("Trễ hẹn và dấu hiệu trong sổ"), late.page)


@managers_only
def funnel(request: HttpRequest) -> HttpResponse:
    """How far dossiers came that were sent in a period."""
    return _page(request, _("Hồ sơ nộp đã tới đâu"), sent.page)


@managers_only
def officers(request: HttpRequest) -> HttpResponse:
    """Who finished dossiers: people for their head, units for others."""
    return _page(request, _("Cán bộ thụ lý"), partial(people.page, request))


@roles_only(Role.OFFICER)
def own(request: HttpRequest) -> HttpResponse:
    """An officer's own figures."""
    return _told(request, people.own_frame(request), _("Hồ sơ tôi đã giải quyết"), partial(people.own_page, request))


@managers_only
def procedures(request: HttpRequest) -> HttpResponse:
    """The board of one procedure, or the list of procedures."""
    # Targets of most units are of the year to date; a list of all procedures would read the whole year.
    frame = frame_of(request, Basis.CUMULATIVE if "thu-tuc" in request.GET else Basis.MONTH)
    told = partial(procedure_board.page, place=whole_number(request, "trang") or 1)
    return _told(request, frame, _("Thủ tục") if frame.procedure else _("Các thủ tục"), told)


@managers_only
def completeness(request: HttpRequest) -> HttpResponse:
    """Units of whose dossiers some are perhaps not in the system."""
    return _page(request, _("Đơn vị có thể thiếu hồ sơ"), volumes.page)


def _page(request: HttpRequest, title: Text, told: Callable[[Frame], dict[str, Any]]) -> HttpResponse:
    return _told(request, frame_of(request), title, told)


def _told(request: HttpRequest, frame: Frame, title: Text, told: Callable[[Frame], dict[str, Any]]) -> HttpResponse:
    context: dict[str, Any] = {
        "title": title,
        "lead": NOT_COUNTED,
        "grids": [],
        "rules": [],
        "links": [],
        "prev_url": "",
        "next_url": "",
        **frame.context(),
    }
    if frame.run is not None:
        context |= told(frame)
    return render(request, "reporting/lasting/page.html", context, status=400 if frame.mistake else 200)


# ── the list behind a number ─────────────────────────────────────────────────────────────────────


@managers_only
def slice_list(request: HttpRequest, **address: str) -> HttpResponse:
    """The dossiers behind one number of these pages."""
    asked, units = _asked_list(request, address)
    return _listed(request, asked, _name(asked.selection, units), units)


def _asked_list(request: HttpRequest, address: Mapping[str, str]) -> tuple[SliceList, dict[int, queries.Unit]]:
    """The list an address names; 404 when a word of it is unknown, the month not counted, or it is not the reader's."""
    scope = boards.scope_of_slug(address["scope"])
    if scope is None or scope[0] in {ScopeKind.OFFICER, ScopeKind.PROCEDURE}:
        raise Http404
    asked = _asked(request, scope, address)
    units, reach = as_organised(request, queries.facts_of_run(asked.selection.run))
    if not reach.covers(scope) or (scope[1] is not None and scope[1] not in units):
        raise Http404
    if asked.selection.officer_id is not None and not people.leads(request, queries.board_units(), scope):
        raise Http404
    return asked, units


def _whole_list(request: HttpRequest, address: Mapping[str, Any]) -> OpenedList:
    """The same list whole, for a file."""
    found, units = _asked_list(request, dict(address))
    picked = found.selection
    title = f"{_name(picked, units)}: {found.title}, {picked.basis.label}, {Month.of(picked.run.month).label}"
    stamp = boards.stamp(queries.facts_of_run(picked.run), facts.waiting_since())
    return OpenedList(title, stamp, picked.run, units, found.listed(), picked.parameters)


LISTS.add(ExportedList("reporting:slice", gettext_lazy("hồ sơ theo thời gian giải quyết"), _whole_list))


@roles_only(Role.OFFICER)
def own_slice(request: HttpRequest, **address: str) -> HttpResponse:
    """The dossiers behind one number of an officer's own page."""
    asked = _asked(request, (ScopeKind.OFFICER.value, request.user.pk), address)
    return _listed(request, asked, _("Của tôi"), queries.board_units())


def _asked(request: HttpRequest, scope: Scope, address: Mapping[str, str]) -> SliceList:
    """The list an address names; 404 when a word of it is unknown or the month not counted."""
    piece = SLICES.get(address["code"])
    try:
        month, basis = Month.parse(address["month"]), Basis(address["basis"])
    except ValueError as error:
        raise Http404 from error
    run = queries.run_of(month, request.GET.get("ban", ""))
    if piece is None or run is None or basis not in BASES:
        raise Http404
    procedure_id, officer_id = whole_number(request, "thu-tuc"), whole_number(request, "can-bo")
    is_unassigned = whole_number(request, UNASSIGNED) == 0
    return SliceList(Selection(run, basis, scope, procedure_id, officer_id, channel_of(request), is_unassigned), piece)


def _listed(request: HttpRequest, asked: SliceList, name: str, units: dict[int, queries.Unit]) -> HttpResponse:
    run, pk = asked.selection.run, asked.selection.procedure_id
    rows, following = asked.dossiers(whole_number(request, "sau"))
    for row in rows:
        row["unit"] = units.get(row["unit_id"])
    query = request.GET.copy()
    query.pop("sau", None)
    kept = query.urlencode()
    context = {
        "title": capfirst(asked.title),
        "name": name,
        "procedure": None if pk is None else procedure_named(run, pk),
        "channel": asked.selection.channel,
        "may_export": asked.selection.scope[0] != ScopeKind.OFFICER,
        "month": Month.of(run.month),
        "basis": asked.selection.basis,
        "count": number(asked.count()),
        "stamp": boards.stamp(queries.facts_of_run(run), facts.waiting_since()),
        "dossiers": rows,
        "next_url": f"{request.path}?sau={following}{'&' if kept else ''}{kept}" if following else "",
        "first_url": f"{request.path}?{kept}" if request.GET.get("sau") else "",
    }
    log_list(request, len(rows))
    return render(request, "reporting/lasting/dossiers.html", context)


def _name(selection: Selection, units: dict[int, queries.Unit]) -> str:
    pk = selection.scope[1]
    name = _("Chung toàn địa bàn") if pk is None else units[pk].name
    return _("%(name)s, chưa chuyển phòng") % {"name": name} if selection.is_unassigned else name
