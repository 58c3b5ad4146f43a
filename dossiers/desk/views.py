"""Screens of the desk: inbox, search, dossier, acts, files, printed forms. Rules live in workflow and services."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import desk_only, roles_held, staff_memberships
from accounts.enums import COUNTER_ROLES, HEAD_ROLES
from accounts.queries import units_held
from dossiers import calls, loading, queries
from dossiers.desk import acts, holding, inbox, page, paper_lists, rows
from dossiers.desk.links import address, pager
from dossiers.forms.desk import ActForm, SearchForm
from dossiers.models.dossier import Dossier
from dossiers.models.work import WorkItem
from dossiers.services import opening, printing
from portal.errors import UserError
from portal.htmx import is_partial
from vault.views import serve, serve_to_print, tells_why


@desk_only()
@require_safe
def inbox_page(request: HttpRequest) -> HttpResponse:
    """List what lies on the desk of the signed-in person, least working time left first."""
    who = paper_lists.reader(request)
    counted = inbox.counts(**who)
    tab = request.GET.get("muc") or inbox.first_tab(counted)
    if tab not in inbox.TABS:
        raise Http404
    is_done = tab == inbox.DONE_TAB
    found = inbox.page_of(
        _values(tab, who),
        by="closed_at" if is_done else "due_at",
        newest_first=is_done,
        after=request.GET.get("sau", ""),
        before=request.GET.get("truoc", ""),
    )
    listed = _listed(request, found.rows, tab, who["now"])
    context = {
        "tabs": [
            {
                "url": address("desk:inbox", muc=name),
                "label": inbox.TABS[name],
                "number": counted.get(name, ""),
                "active": name == tab,
                "is_late": name == inbox.LATE_TAB,
            }
            for name in inbox.tabs_for(tab, counted, request.scope)
        ],
        "tab": tab,
        "is_of_papers": tab in inbox.PAPER_TABS,
        "rows": listed,
        "may_take": tab not in inbox.PAPER_TABS and any(row["may_take"] for row in listed),
        "is_done": is_done,
        "search": SearchForm(),
        "may_receive_at_counter": bool(roles_held(request) & COUNTER_ROLES),
        "may_call": bool(roles_held(request) & calls.CALLERS),
        "is_head": bool(roles_held(request) & HEAD_ROLES),
        **pager(found, "desk:inbox", muc=tab),
    }
    return render(request, "dossiers/desk/inbox.html", context)


def _values(tab: str, who: dict[str, Any]) -> QuerySet[WorkItem, dict[str, Any]]:
    """The columns a tab shows; what is to be written anew is marked, except where nothing else lies."""
    items, is_plain = inbox.tab_items(tab, **who), tab in {inbox.DONE_TAB, *inbox.PAPER_TABS}
    marks = {} if is_plain else {"is_given_back": inbox.given_back()}
    return items.values(*rows.ITEM_VALUES, **marks)


def _listed(request: HttpRequest, found: list[dict[str, Any]], tab: str, now: datetime) -> list[dict[str, Any]]:
    """The rows of a tab, as its table wants them."""
    units = units_held(request.scope)
    if tab in inbox.PAPER_TABS:
        return paper_lists.paper_rows(found, tab=tab, units=units, now=now)
    asked_of = [unit.pk for unit in units]
    return rows.item_rows(found, units=units, now=now, asked_of=asked_of, takes=holding.takes(request.scope))


@desk_only()
@require_safe
def dossier(request: HttpRequest, dossier_id: int) -> HttpResponse:
    """Show one dossier of the person's scope, with the acts the table allows now."""
    return render(request, "dossiers/desk/dossier.html", page.context(request, _mine(request, dossier_id)))


@desk_only()
@require_POST
def identity(request: HttpRequest, dossier_id: int) -> HttpResponse:
    """Show the identity numbers of owner and submitter in clear, once; that somebody looked is logged by itself."""
    return render(request, "dossiers/desk/dossier.html", page.context(request, _mine(request, dossier_id), reveal=True))


@desk_only()
@require_POST
def act(request: HttpRequest, dossier_id: int, action: str) -> HttpResponse:
    """Do one act on a dossier; on a mistake the page comes back with everything typed."""
    found = _mine(request, dossier_id)
    spec = acts.ACTS.get(action)
    if spec is None:
        raise Http404
    if not acts.may_ever(action, roles_held(request)):
        raise PermissionDenied
    form = spec.form(request.POST, name=action, dossier=found, user=request.user)
    if not form.is_valid():
        return _again(request, found, form, action, status=400)
    try:
        seen = {"version": form.cleaned_data["version"], "item_id": form.cleaned_data["item"]}
        done = spec.service(dossier_id=found.pk, by=request.user, **seen, **form.facts())
    except UserError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _again(request, _mine(request, dossier_id), form, action, status=409)
    messages.success(request, str(spec.done) % {"code": done.code or done.reference})
    return redirect(paper_lists.onward(request, otherwise=reverse("desk:dossier", args=[done.pk])))


@desk_only()
@require_safe
def file(request: HttpRequest, dossier_id: int, attachment_id: int) -> HttpResponseBase:
    """Stream one paper of a dossier in scope, once its scan allows; reading it is logged."""
    found = _mine(request, dossier_id)
    row = get_object_or_404(found.attachments.select_related("file"), pk=attachment_id, file__isnull=False)
    page.log_reading(request, loading.with_parties(found), what=_("mở giấy tờ"))
    return serve(row.file)


@desk_only()
@require_safe
@tells_why
def print_form(request: HttpRequest, dossier_id: int, form_id: int) -> HttpResponseBase:
    """Give a printed form of a dossier in scope, or say that it is being made."""
    found = _mine(request, dossier_id)
    form = opening.opened(get_object_or_404(found.printed_forms.select_related("file"), pk=form_id))
    if form.file is not None and "doi" not in request.GET:
        page.log_reading(request, loading.with_parties(found), what=_("mở phiếu in"))
        return serve(form.file)
    context = {
        "form_name": form.label,
        "is_ready": form.file is not None,
        "since": form.called_at,
        "problem": printing.MISSING.problem(form.pk),
        "url": reverse("desk:print_form", args=[found.pk, form.pk]),
        "back_url": reverse("desk:dossier", args=[found.pk]),
    }
    template = "dossiers/desk/printing.html"
    return render(request, f"{template}#progress" if is_partial(request) else template, context)


@desk_only()
@require_safe
@tells_why
def print_now(request: HttpRequest, dossier_id: int, form_id: int) -> HttpResponseBase:
    """A printed form for a frame of our own page, whose print dialog is called; 204 while it is being made.

    HEAD asks whether it is there and reads nothing.
    """
    found = _mine(request, dossier_id)
    form = opening.opened(get_object_or_404(found.printed_forms.select_related("file"), pk=form_id))
    if form.file is None:
        return HttpResponse(status=204)
    if request.method == "HEAD":
        return HttpResponse()
    page.log_reading(request, loading.with_parties(found), what=_("in phiếu"))
    return serve_to_print(form.file)


def _mine(request: HttpRequest, dossier_id: int) -> Dossier:
    found = queries.one_for_desk(staff_memberships(request), dossier_id)
    if found is None:
        raise Http404
    return loading.with_result(found)


def _again(request: HttpRequest, found: Dossier, form: ActForm, action: str, *, status: int) -> HttpResponse:
    context = page.context(request, found, bound=form, action=action, place=paper_lists.read(request.POST))
    return render(request, "dossiers/desk/dossier.html", {**context, "has_errors": True}, status=status)
