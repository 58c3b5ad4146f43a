"""The page of the inbox, and acts done to several of its lines at once, each by itself. What lies where: dossiers.desk.inbox."""

from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import desk_only, roles_held, works_for_post
from accounts.enums import COUNTER_ROLES, HEAD_ROLES
from accounts.queries import units_held
from dossiers import calls, workflow
from dossiers.desk import acts, inbox, lines, narrowing, paper_lists, rows
from dossiers.desk.links import address, pager
from dossiers.desk.moving import PICK_ONE, each, results
from dossiers.forms.desk import ActForm, SearchForm, whole_number
from dossiers.forms.lists import SaveViewForm
from dossiers.forms.moving import picked
from dossiers.models.dossier import Dossier
from dossiers.models.lists import SavedView
from dossiers.models.work import WorkItem
from dossiers.services import saved_views
from portal.errors import UserError

PLACE = ("muc", "sau", "truoc")  # which page of which list, as it stands in the address


@desk_only()
@require_safe
def inbox_page(request: HttpRequest) -> HttpResponse:
    """List what lies on the desk of the signed-in person, by the law's due time."""
    return _page(request)


@desk_only()
@require_POST
def together(request: HttpRequest, action: str) -> HttpResponse:
    """Do an act to the items picked, each checked anew in a transaction of its own; what did not go says why.

    What is typed is read once before, so that a mistake in it brings the list back with every tick.
    """
    spec = acts.ACTS.get(action)
    if spec is None or not spec.is_together:
        raise Http404
    if not acts.may_ever(action, roles_held(request)):
        raise PermissionDenied
    chosen = picked(request.POST.getlist("viec"))
    mine = WorkItem.objects.filter(inbox.reach(request.scope))
    first = mine.filter(pk__in=chosen, closed_at=None).select_related("dossier").order_by("legal_at", "pk").first()
    if first is None:
        return _page(request, problem=str(PICK_ONE), chosen=chosen, status=400)
    form = _form(request, spec, first, chosen[first.pk])
    if not form.is_valid():
        return _page(request, bound=(action, form), chosen=chosen, status=400)

    def act(item: WorkItem, version: int) -> Dossier:
        typed = _form(request, spec, item, version)
        if not typed.is_valid():
            raise UserError(next(iter(typed.errors.values()))[0])
        return spec.service(
            dossier_id=item.dossier_id, by=request.user, version=version, item_id=item.pk, **typed.facts()
        )

    done = each(request, mine, chosen, act, words=str(spec.label).lower())
    return results(
        request,
        done,
        title=_("Kết quả: %(act)s") % {"act": spec.label},
        back=f"{reverse('desk:inbox')}?{urlencode(_place(request))}",
    )


@desk_only()
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the list that the address names under a name, or forget one that is kept (`bo`)."""
    gone = whole_number(request.POST.get("bo"))
    if gone is not None:
        saved_views.forget(by=request.user, view_id=gone)
        messages.success(request, _("Đã bỏ danh sách đã lưu."))
        return redirect(f"{reverse('desk:inbox')}?{urlencode(_place(request))}")
    form, here = SaveViewForm(request.POST), [("muc", _tab(request)), *_narrowed(request)]
    if form.is_valid():
        try:
            saved_views.keep(by=request.user, name=form.cleaned_data["name"], query=urlencode(here))
        except UserError as error:
            form.add_error("name", error.message)
        else:
            messages.success(request, _("Đã lưu danh sách “%(name)s”.") % form.cleaned_data)
            return redirect(f"{reverse('desk:inbox')}?{urlencode(here)}")
    return _page(request, problem=str(next(iter(form.errors.values()))[0]), save=form, status=400)


def _tab(request: HttpRequest) -> str:
    tab = request.GET.get("muc", inbox.DEFAULT_TAB)
    if tab not in inbox.TABS:
        raise Http404
    return tab


def _form(request: HttpRequest, spec: acts.DeskAct, item: WorkItem, version: int) -> ActForm:
    """What was typed once, read for one of the items."""
    typed = request.POST.copy()
    typed["version"], typed["item"] = str(version), str(item.pk)
    return spec.form(typed, name=spec.code, dossier=item.dossier, user=request.user)


def _place(request: HttpRequest) -> list[tuple[str, str]]:
    return [(name, request.GET[name]) for name in PLACE if request.GET.get(name)] + _narrowed(request)


def _narrowed(request: HttpRequest) -> list[tuple[str, str]]:
    return narrowing.read(request.GET).query()


def _page(
    request: HttpRequest,
    *,
    bound: tuple[str, ActForm] | None = None,
    problem: str = "",
    chosen: Collection[int] = (),
    save: SaveViewForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; after a mistake with the form as it was typed (`bound`, `save`) and the ticks (`chosen`: items)."""
    who = paper_lists.reader(request)
    counted = inbox.counts(**who)
    tab = request.GET.get("muc") or inbox.first_tab(counted)
    if tab not in inbox.TABS:
        raise Http404
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
        "is_done": tab == inbox.DONE_TAB,
        "search": None if works_for_post(request) else SearchForm(),
        "together": [],
        "panel": None,
        "problem": problem,
        "has_errors": bool(problem or bound),
        "may_receive_at_counter": bool(roles_held(request) & COUNTER_ROLES),
        "may_call": bool(roles_held(request) & calls.CALLERS),
        "is_head": bool(roles_held(request) & HEAD_ROLES),
    }
    if tab in inbox.PAPER_TABS:
        context |= _papers(request, tab, who)
    else:
        context |= _lines(request, tab, who, chosen, save)
        context["together"] = _together(request, tab, context["rows"], bound)
    return render(request, "dossiers/desk/inbox.html", context, status=status)


def _papers(request: HttpRequest, tab: str, who: dict[str, Any]) -> dict[str, Any]:
    """A page of a list of papers."""
    found = inbox.page_of(
        inbox.tab_items(tab, **who).values(*rows.ITEM_VALUES),
        by="legal_at",
        after=request.GET.get("sau", ""),
        before=request.GET.get("truoc", ""),
    )
    listed = paper_lists.paper_rows(found.rows, tab=tab, units=units_held(request.scope), now=who["now"])
    return {"rows": listed, "may_take": False, **pager(found, "desk:inbox", muc=tab)}


def _lines(
    request: HttpRequest, tab: str, who: dict[str, Any], chosen: Collection[int], save: SaveViewForm | None
) -> dict[str, Any]:
    """A page of a list of items, under heads by the day they are due."""
    is_done, now, narrowed = tab == inbox.DONE_TAB, who["now"], narrowing.read(request.GET)
    found = inbox.compiled_page(
        tab,
        lines.VALUES,
        after=request.GET.get("sau", ""),
        before=request.GET.get("truoc", ""),
        who=who,
        rule=narrowed.rule() if narrowed.is_set else None,
    )
    listed = lines.drawn(
        found.rows, memberships=request.scope, now=now, is_done=is_done, columns=narrowed.columns, chosen=chosen
    )
    if tab in {inbox.WAITING_TAB, inbox.FETCH_TAB, inbox.DONE_TAB}:
        groups = [lines.Lines("", rows=listed)] if listed else []
    else:
        groups = lines.grouped(listed, units_held(request.scope), now, is_whole=(not found.previous, not found.next))
    return {
        "rows": listed,
        "groups": groups,
        "columns": [(code, lines.COLUMNS[code]) for code in narrowed.columns],
        "may_take": any(row["may_take"] for row in listed),
        "panel": _panel(request, tab, narrowed, save),
        **pager(found, "desk:inbox", [("muc", tab), *_narrowed(request)]),
    }


def _panel(
    request: HttpRequest, tab: str, narrowed: narrowing.Narrowed, save: SaveViewForm | None = None
) -> dict[str, Any]:
    """What narrows the list, and the lists the reader keeps. Choices are read only while the panel is open.

    `save`: a name that could not be kept, with why.
    """
    is_open = narrowing.OPEN in request.GET or save is not None or narrowing.is_unreadable(request.GET)
    form = narrowing.form(request.GET, narrowed, request.scope) if is_open else None
    here = [("muc", tab), *narrowed.query()]
    return {
        "is_open": is_open,
        "is_narrowed": narrowed.is_set,
        "form": form,
        "save": (save or SaveViewForm()) if is_open else None,
        "open_url": f"{reverse('desk:inbox')}?{urlencode([*here, (narrowing.OPEN, '1')])}#loc",
        "whole_url": address("desk:inbox", muc=tab),
        "save_url": f"{reverse('desk:save_view')}?{urlencode(here)}",
        "views": [
            {
                "pk": one.pk,
                "name": one.name,
                "url": f"{reverse('desk:inbox')}?{one.query}",
                "is_here": one.query == urlencode(here),
            }
            for one in SavedView.objects.filter(user=request.user).order_by("name", "pk")
        ],
    }


def _together(
    request: HttpRequest, tab: str, listed: list[dict[str, Any]], bound: tuple[str, ActForm] | None
) -> list[dict[str, Any]]:
    """What may be done to several lines at once, each with its form: as far as a line on this page lets it be done."""
    if tab == inbox.DONE_TAB:
        return []
    steps = {(row["kind"], row["dossier_state"], row["holder_id"] == request.user.pk) for row in listed}
    found = []
    for spec in acts.together(steps, roles_held(request)):
        form = bound[1] if bound is not None and bound[0] == spec.code else None
        if form is None:
            form = spec.form(None, name=spec.code, dossier=_one_of(listed, spec), user=request.user)
        fields = [field for field in form.visible_fields() if field.name not in ActForm.HIDDEN]
        url = f"{reverse('desk:together', args=[spec.code])}?{urlencode(_place(request))}"
        found.append({"act": spec, "form": form, "fields": fields, "url": url})
    return found


def _one_of(listed: list[dict[str, Any]], spec: acts.DeskAct) -> Dossier:
    """The dossier by which the form of an act fills its choices, where it has any: all lines of a list lie in one unit."""
    if spec.form.prepare is ActForm.prepare:
        return Dossier()
    steps = {str(row.step) for row in workflow.rows() if row.action == spec.code}
    return Dossier.objects.get(pk=next(row["dossier_id"] for row in listed if row["kind"] in steps))
