"""What pages of figures are asked for in their address: month, its version, a number; and who is who then. 404 for nonsense."""

import re

import structlog
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.services import log_look_up
from portal import clock
from portal.clock import Month
from reporting import queries
from reporting.models import Run
from reporting.queries import Unit

_VIETNAMESE_MONTH = re.compile(r"^(\d{1,2})[/-](\d{4})$")


def month_of(request: HttpRequest) -> tuple[Month, str]:
    """The month asked for, `2022-09` or `9/2022`; this month and a sentence when it cannot be read."""
    text = request.GET.get("thang", "").strip()
    this_month = Month.of(clock.today())
    if not text:
        return this_month, ""
    found = _VIETNAMESE_MONTH.match(text)
    try:
        return Month.parse(f"{found[2]}-{int(found[1]):02d}" if found else text), ""
    except ValueError:
        return this_month, _("Không đọc được tháng “%(text)s”. Hãy viết như 9/2022.") % {"text": text[:20]}


def version_of(request: HttpRequest, month: Month) -> Run | None:
    """The closed version that the address asks for; None for the newest one. 404 when the month has no such version."""
    asked = request.GET.get("ban", "")
    run = queries.run_of(month, asked) if asked else None
    if asked and (run is None or run.frozen_at is None):
        raise Http404
    return run


def version_word(version: Run | None) -> str:
    """The same as addresses say it; nothing for the newest one."""
    return str(version.version) if version else ""


def as_organised(request: HttpRequest, run: queries.RunFacts | None) -> tuple[dict[int, Unit], queries.Reach]:
    """Units as a closed month knew them, or today's; and what the reader reaches, by today's roles and units."""
    scope = request.scope  # type: ignore[attr-defined]
    if run is None or not run.has_copies:
        units = queries.board_units()
        return units, queries.reach(scope, units)
    reach = queries.reach(scope, {} if queries.reaches_everything(scope) else queries.board_units())
    return queries.closed_units(run.pk), reach


def whole_number(request: HttpRequest, name: str) -> int | None:
    """A number asked for by name; None when nothing is."""
    text = request.GET.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Http404
    return int(text)


def log_list(request: HttpRequest, shown: int, *, what: str = "", address: str = "") -> None:
    """Record which list was looked at and how many rows it showed: the addresses of dossiers are leads to people.

    `what` it was and at which `address`, where it is another than a list behind a number or than the page's own.
    """
    log_look_up(
        reader=request.user,  # type: ignore[arg-type]
        what=what or _("danh sách sau số liệu"),
        sought=(address or request.get_full_path()).removeprefix(reverse("reporting:board")),
        shown=shown,
        unit=next((row.unit for row in request.scope), None),  # type: ignore[attr-defined]
        request_id=str(structlog.contextvars.get_contextvars().get("request_id", "")),
    )
