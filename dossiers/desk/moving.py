"""Moving work from lists: take several from the inbox; who holds what, for heads, and giving several to another."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import OperationalError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from psycopg.errors import LockNotAvailable

from accounts import naming as unit_names
from accounts.access import desk_only
from accounts.enums import HEAD_ROLES
from accounts.models import OrgUnit
from accounts.queries import units_held
from accounts.services import log_look_up
from dossiers.desk import holding, inbox, rows
from dossiers.desk.links import address, pager
from dossiers.desk.lying import way_out
from dossiers.desk.page import request_id
from dossiers.forms.desk import SearchForm, whole_number
from dossiers.forms.moving import MoveForm, picked
from dossiers.models.dossier import Dossier
from dossiers.models.work import WorkItem
from dossiers.services import moving, stuck
from portal import clock
from portal.errors import UserError
from portal.templatetags.ui import badge, day, moment
from procedures.enums import StepKind

NOT_HERE = gettext_lazy("Việc này vừa được làm xong hoặc không còn ở mục của bạn.")
BUSY = gettext_lazy("Hồ sơ đang có người xử lý; hãy thử lại sau ít phút.")
PICK_ONE = gettext_lazy("Hãy chọn ít nhất một việc trong danh sách.")


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one item that was picked."""

    code: str
    url: str
    step: str
    went: bool
    words: str


@desk_only()
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Take the items picked in the inbox, each by itself; what did not go says why."""
    one = request.POST.getlist("mot")[:1]
    chosen = picked(one or request.POST.getlist("viec"))
    reach = WorkItem.objects.filter(inbox.reach(request.scope))

    def act(item: WorkItem, version: int) -> Dossier:
        return moving.take(dossier_id=item.dossier_id, by=request.user, version=version, item_id=item.pk)

    done = each(request, reach, chosen, act, words=_("đã nhận"))
    if not done:
        messages.error(request, PICK_ONE)
        return redirect(address("desk:inbox", muc=inbox.TEAM_TAB))
    if all(row.went for row in done):
        messages.success(request, _("Bạn đã nhận %(number)s việc.") % {"number": len(done)})
        return redirect(done[0].url if len(done) == 1 else address("desk:inbox", muc=inbox.DEFAULT_TAB))
    return results(request, done, title=_("Kết quả nhận việc"), back=address("desk:inbox", muc=inbox.TEAM_TAB))


@desk_only(*sorted(HEAD_ROLES))
@require_safe
def holders(request: HttpRequest) -> HttpResponse:
    """Show a head who holds what in the units they lead, first what nobody can move."""
    return _holders(request, MoveForm())


@desk_only(*sorted(HEAD_ROLES))
@require_POST
def move(request: HttpRequest) -> HttpResponse:
    """Give the items picked to another or back to the queue, each by itself; what did not go says why."""
    form = MoveForm(request.POST)
    chosen = picked(request.POST.getlist("viec"))
    if form.is_valid() and not chosen:
        form.add_error(None, PICK_ONE)
    if not form.is_valid():
        return _holders(request, form, chosen=chosen, status=400)
    facts = form.facts()

    def act(item: WorkItem, version: int) -> Dossier:
        return moving.reassign(dossier_id=item.dossier_id, by=request.user, version=version, item_id=item.pk, **facts)

    done = each(request, holding.led(request.scope), chosen, act, words=_("đã giao lại"))
    return results(request, done, title=_("Kết quả giao việc"), back=address("desk:holders", **_kept(request)))


# ── one by one ───────────────────────────────────────────────────────────────────────────────────


def each(
    request: HttpRequest,
    reach: QuerySet[WorkItem],
    chosen: dict[int, int],
    act: Callable[[WorkItem, int], Dossier],
    *,
    words: str,
) -> list[Moved]:
    """Do an act on each item picked, in the order picked, each in its own transaction.

    What is not in reach (any more) is told like what somebody else has just finished: its number tells nothing.
    """
    found = {item.pk: item for item in reach.filter(pk__in=chosen).select_related("dossier")}
    versions: dict[int, int] = {}  # of dossiers of which an item has gone already
    done: list[Moved] = []
    for item_id, seen in chosen.items():
        item = found.get(item_id)
        if item is None:
            done.append(Moved("", "", "", went=False, words=str(NOT_HERE)))
            continue
        problem = ""
        try:
            versions[item.dossier_id] = act(item, versions.get(item.dossier_id, seen)).version
        except UserError as error:
            problem = error.message
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            problem = str(BUSY)  # the others of the list go on
        code = item.dossier.code or item.dossier.reference
        done.append(Moved(code, _page_of(request, item), item.name, went=not problem, words=problem or words))
    return done


def _page_of(request: HttpRequest, item: WorkItem) -> str:
    """Where the reader works on an item: a question to one of their units has a page of its own."""
    if item.kind == StepKind.CONSULT and item.unit_id in {row.unit_id for row in request.scope}:
        return reverse("desk:consultation", args=[item.pk])
    return reverse("desk:dossier", args=[item.dossier_id])


def results(request: HttpRequest, done: list[Moved], *, title: str, back: str) -> HttpResponse:
    """The page that tells of each item what became of it."""
    context = {
        "title": title,
        "done": done,
        "went": sum(row.went for row in done),
        "total": len(done),
        "back": back,
    }
    return render(request, "dossiers/desk/moved.html", context, status=200 if context["went"] else 409)


# ── the heads' list ──────────────────────────────────────────────────────────────────────────────


def _holders(request: HttpRequest, form: MoveForm, *, chosen: Iterable[int] = (), status: int = 200) -> HttpResponse:
    wanted = _filter(request)
    work = holding.led(request.scope)
    counted = holding.piles(work)
    staff = stuck.staff_of({pile.unit_id for pile in counted} | {row.unit_id for row in request.scope})
    kept = _kept(request)
    cursor = _cursor(request)
    items = wanted.of(work)
    found = inbox.page_of(
        (items if kept else items.filter(~inbox.TO_FETCH)).values(*rows.ITEM_VALUES, "holder__full_name"),
        by="legal_at",
        after=cursor.get("sau", ""),
        before=cursor.get("truoc", ""),
    )
    form.offer(holding.people_for(found.rows, staff))
    is_whole = not kept and not cursor
    context = {
        "rows": _rows(request, found.rows, staff, chosen),
        "units": units_held(request.scope),
        "people": _people(counted, staff, wanted),
        "stuck": _stuck(request, holding.stuck_items(work, counted, staff)) if is_whole else [],
        "is_filtered": bool(kept),
        "leaves_out": not kept and any(pile.kind == StepKind.RETURN for pile in counted),
        "move_url": address("desk:move", **kept, **_cursor(request)),
        "form": form,
        "has_errors": bool(form.errors),
        "search": SearchForm(),
        **pager(found, "desk:holders", **kept),
    }
    log_look_up(
        reader=request.user,
        what=_("ai đang giữ việc"),
        sought=" ".join(f"{name}={value}" for name, value in kept.items()),
        shown=len(context["rows"]) + len(context["stuck"]),
        unit=request.scope[0].unit,
        request_id=request_id(),
    )
    return render(request, "dossiers/desk/holders.html", context, status=status)


def _filter(request: HttpRequest) -> holding.Filter:
    return holding.Filter(whole_number(request.GET.get("nguoi")), whole_number(request.GET.get("don_vi")))


def _kept(request: HttpRequest) -> dict[str, str]:
    """The filter as it stands in the address."""
    return {name: request.GET[name] for name in ("nguoi", "don_vi") if name in request.GET}


def _cursor(request: HttpRequest) -> dict[str, str]:
    """Which page of the list, as it stands in the address."""
    return {name: request.GET[name] for name in ("sau", "truoc") if request.GET.get(name)}


def _rows(
    request: HttpRequest, found: list[dict[str, Any]], staff: list[stuck.Staff], chosen: Iterable[int]
) -> list[dict[str, Any]]:
    places = OrgUnit.objects.filter(pk__in={row["unit_id"] for row in found}).order_by("pk")
    picked_before = set(chosen)
    listed = rows.item_rows(found, units=places, now=clock.now(), asked_of={row.unit_id for row in request.scope})
    for row, cells in zip(found, listed, strict=True):
        people = holding.able(staff, row["unit_id"], row["kind"], row["role"])
        cells["holder"] = row["holder__full_name"] or _("chưa ai nhận")
        cells["mark"] = _mark(row["holder_id"], people, is_plain=True)  # the row's badge says how late it is
        cells["is_picked"] = row["id"] in picked_before
    return listed


def _people(counted: Iterable[holding.Pile], staff: list[stuck.Staff], wanted: holding.Filter) -> list[dict[str, Any]]:
    """One line a person and unit: how much they hold, what is due first, what stands out. Soonest first."""
    lines: dict[tuple[int, int | None], dict[str, Any]] = {}
    piles = list(counted)
    units = unit_names.units(pile.unit_id for pile in piles)
    for pile in piles:
        key = (pile.unit_id, pile.holder_id)
        line = lines.setdefault(
            key,
            {
                "unit": units[pile.unit_id].name,
                "name": pile.name or _("chưa ai nhận"),
                "number": 0,
                "until": moment(pile.first_due),
                "mark": "",
                "url": address("desk:holders", nguoi=pile.holder_id or 0, don_vi=pile.unit_id),
                "is_shown": key == (wanted.unit_id, wanted.holder_id or None) and wanted.holder_id is not None,
            },
        )
        line["number"] += pile.number
        people = holding.able(staff, pile.unit_id, pile.kind, pile.role)
        line["mark"] = line["mark"] or _mark(pile.holder_id, people)
    return list(lines.values())


def _mark(holder_id: int | None, people: dict[int, stuck.Staff], *, is_plain: bool = False) -> str:
    """What stands out about a holder, as a badge or plainly: on leave (and who stands in), or no longer of the unit."""
    hold = holding.hold_of(holder_id, people)
    if hold == stuck.Hold.UNFIT:
        return _("không còn vai trò này") if is_plain else badge("warning", _("không còn vai trò này"), "alert")
    if hold != stuck.Hold.AWAY:
        return ""
    person = people[holder_id or 0]
    cover = people.get(person.cover_id or 0)
    words = {"day": day(person.away_until), "cover": cover.name if cover is not None else ""}
    text = (
        _("nghỉ đến %(day)s, %(cover)s trực thay")
        if cover is not None
        else _("nghỉ đến %(day)s, chưa ai làm thay được")
    )
    if is_plain:
        return text % words
    return badge("info" if cover is not None else "warning", text % words, "clock")


def _stuck(request: HttpRequest, found: Iterable[tuple[WorkItem, stuck.Way]]) -> list[dict[str, Any]]:
    return [
        {
            "url": _page_of(request, item),
            "code": item.dossier.code or item.dossier.reference,
            "step": item.name,
            "unit": item.unit.name,
            "holder": item.holder.full_name if item.holder is not None else _("chưa ai nhận"),
            "until": moment(item.due_at),
            "way_out": way_out(item, way),
        }
        for item, way in found
    ]
