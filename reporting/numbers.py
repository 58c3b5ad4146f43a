"""The number that the address of a list names, and what its scope is called. 404 for nonsense."""

from collections.abc import Mapping

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.models import User
from portal import clock
from portal.clock import Month
from reporting import queries
from reporting.asking import whole_number
from reporting.boards import scope_of_slug
from reporting.comparing.organised import organisation
from reporting.enums import Basis, Organised, Part, ScopeKind
from reporting.indicators import INDICATORS, Declaration
from reporting.models import Run
from reporting.queries import TOTAL, Number, Scope, Unit


def number_in(request: HttpRequest, address: Mapping[str, str]) -> Number:
    """The number an address names; 404 when a word of it is unknown or the month was not counted."""
    scope = scope_of_slug(address["scope"])
    try:
        month = Month.parse(address["month"])
        basis, part = Basis(address["basis"]), Part(address["part"])
    except ValueError as error:
        raise Http404 from error
    run = queries.run_of(month, request.GET.get("ban", ""))
    indicator = address["indicator"]
    found = INDICATORS.get(indicator)
    if scope is None or run is None or found is None or not found.has_source or basis not in found.bases:
        raise Http404
    procedure_id = whole_number(request, "thu-tuc")
    behind = _behind(request, found, scope)
    return Number(
        run=run, indicator=indicator, basis=basis, scope=scope, part=part, procedure_id=procedure_id, unit_ids=behind
    )


def _behind(request: HttpRequest, declared: Declaration, scope: Scope) -> tuple[int, ...]:
    """The units a number adds up as organised now; none as it was organised then. What counts once cannot be added."""
    if request.GET.get("to-chuc") != Organised.NOW or not declared.additive:
        return ()
    return organisation(clock.today()).behind(scope)


def named_procedure(run: Run, pk: int) -> queries.NamedProcedure:
    """A procedure as the month knew it."""
    found = queries.procedures_of(run, [pk]).get(pk)
    if found is None:
        raise Http404
    return found


def scope_name(scope: Scope, units: Mapping[int, Unit], run: Run) -> str:
    """What a scope is called."""
    if scope == TOTAL:
        return _("Chung toàn địa bàn")
    if scope[0] == ScopeKind.PROCEDURE:
        return named_procedure(run, scope[1] or 0).name
    if scope[0] == ScopeKind.OFFICER:
        return get_object_or_404(User, pk=scope[1]).full_name
    if scope[1] not in units:
        raise Http404
    return units[scope[1]].name
