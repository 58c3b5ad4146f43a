"""Public pages of the catalogue: home, search, fields, life events, procedure page. No login; internal ones for staff."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_safe

from accounts import naming as unit_names
from accounts.access import is_staff_member, public
from portal import clock, rows
from portal.text import clean
from procedures import published, queries, sheet
from procedures.enums import FactKey, RevisionState
from procedures.models import FeeRule, Field, LifeEvent, LimitRule, Procedure, PublicFact, RequiredPaper, Revision

PAGE = 50
RESULTS = 20
SUGGESTIONS = 6
MOST_USED = 5
ENOUGH_USED = 3  # fewer say nothing about a week
LEVELS = {
    "xa": (gettext_noop("Cấp Xã"), gettext_lazy("Phường, xã")),
    "tinh": (gettext_noop("Cấp Tỉnh"), gettext_lazy("Tỉnh, thành phố")),
    "bo": (gettext_noop("Cấp Bộ"), gettext_lazy("Bộ, ngành")),
}


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first page: ask, track, browse."""
    facts = queries.public_facts(None)
    used = [row["procedure_id"] for row in facts[FactKey.MOST_USED].value] if FactKey.MOST_USED in facts else []
    this_week = len(used) >= ENOUGH_USED
    context = {
        "events": queries.life_events_in_use(),
        "this_week": this_week,
        "most_used": [_card(one) for one in queries.most_used(MOST_USED, used if this_week else ())],
        "today": _today(facts.get(FactKey.TODAY)),
    }
    return render(request, "procedures/home.html", context)


@public
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Results of a search, best first."""
    text = clean(request.GET.get("q", ""))[:200]
    found = queries.search(text, limit=RESULTS, with_internal=is_staff_member(request)) if text else []
    return render(request, "procedures/search.html", {"q": text, "found": found, "full": len(found) == RESULTS})


@public
@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """The fragment under the search box while somebody types."""
    text = clean(request.GET.get("q", ""))[:200]
    found = queries.suggest(text, limit=SUGGESTIONS, with_internal=is_staff_member(request)) if len(text) > 1 else []
    return render(request, "procedures/_suggestions.html", {"q": text, "found": found})


@public
@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """All procedures by field, or those of one level of government."""
    level = request.GET.get("cap", "")
    context: dict[str, Any] = {"levels": _levels(level)}
    if level in LEVELS:
        rows = queries.listed().filter(levels__contains=[LEVELS[level][0]])
        context |= {"title": LEVELS[level][1], **_page(request, rows)}
    else:
        context |= {"fields": queries.fields_with_counts(), "events": queries.life_events_in_use()}
    return render(request, "procedures/catalogue.html", context)


@public
@require_safe
def field(request: HttpRequest, field_id: int) -> HttpResponse:
    """Procedures of one field of administration."""
    found = get_object_or_404(Field, pk=field_id)
    rows = queries.listed(with_internal=is_staff_member(request)).filter(field=found)
    context = {"title": found.name, "kind": _("Lĩnh vực"), **_page(request, rows)}
    return render(request, "procedures/listing.html", context)


@public
@require_safe
def life_event(request: HttpRequest, slug: str) -> HttpResponse:
    """Procedures that belong to an event of life or of a business."""
    found = get_object_or_404(LifeEvent, slug=slug)
    context = {"title": found.name, "kind": _("Sự kiện"), **_page(request, queries.listed().filter(life_events=found))}
    return render(request, "procedures/listing.html", context)


@public
@require_safe
def procedure(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet of a procedure: what holds today, or an older revision by number with a notice."""
    found = next(iter(rows.where(Procedure, clean(code), column="code")), None)
    if found is None or (found.is_internal and not is_staff_member(request)):
        return render(request, "procedures/unknown.html", {"code": clean(code)[:60]}, status=404)
    revision = _revision(found, request.GET.get("phien-ban", ""), clock.today())
    if revision is None:
        return render(request, "procedures/unknown.html", {"code": found.code}, status=404)
    return render(request, "procedures/procedure.html", sheet_context(found, revision, clock.today()))


@public
@require_safe
def guidance(request: HttpRequest) -> HttpResponse:
    """How to use the portal, on one page."""
    return render(request, "procedures/help.html")


@public
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "procedures/accessibility.html")


def sheet_context(found: Procedure, revision: Revision, today: date) -> dict[str, Any]:
    """Everything the procedure page shows; six queries. Also used by the preview of the catalogue desk."""
    papers, fees, limits = _rules(revision)
    for_all, lowered = sheet.for_whom(fees)
    in_force = revision.state == RevisionState.PUBLISHED and _holds(revision, today)
    places = _places(found, today) if in_force else []
    online = [place for place in places if place.is_online and revision.form_spec]
    return {
        "procedure": found,
        "revision": revision,
        "in_force": in_force,
        "is_draft": revision.state == RevisionState.DRAFT,
        "to_come": revision.valid_from > today,
        "fee_lines": sheet.fee_lines(revision, fees),
        "time_lines": sheet.time_lines(revision, limits),
        "usual": _usual(found),
        "groups": sheet.paper_groups(revision, papers),
        "needed": [paper for paper in papers if paper.is_required],
        "steps": sheet.steps(revision),
        "channels": sheet.channel_rows(fees, limits),
        "fees": for_all,
        "lowered": lowered,
        "online": online,
        "offline": [place for place in places if place not in online],
        "places": places,
        "reasons": list(dict.fromkeys((row.reason, row.note) for row in places if row.reason)),
    }


def _rules(revision: Revision) -> tuple[Sequence[RequiredPaper], Sequence[FeeRule], Sequence[LimitRule]]:
    """Papers, fees and limits; those of a draft are read anew each time and its form need not be whole."""
    if revision.state != RevisionState.DRAFT:
        parts = published.parts(revision.pk)
        return parts.papers, parts.fees, parts.limits
    return (
        revision.papers.order_by("sort_order", "pk"),
        revision.fees.order_by("case_code", "channel", "pk"),
        revision.limits.order_by("case_code", "channel", "pk"),
    )


def _places(found: Procedure, today: date) -> list[sheet.FilingPlace]:
    offerings = queries.places_of(found.pk, today)
    return sheet.places(offerings, unit_names.counters([row.unit_id for row in offerings], today))


def _usual(found: Procedure) -> dict[str, Any] | None:
    fact = queries.public_facts(found).get(FactKey.USUAL_DAYS)
    return fact.value if fact else None


def _revision(found: Procedure, number: str, today: date) -> Revision | None:
    """The revision asked for by number; else the one in force; else the last there was."""
    known = found.revisions.exclude(state=RevisionState.DRAFT)
    if number:
        asked = number.isascii() and number.isdigit() and len(number) < 6
        return known.filter(number=int(number)).first() if asked else None
    in_force = queries.in_force_id(found.pk, today)
    return rows.by_key(Revision, in_force) if in_force else known.order_by("-number", "-pk").first()


def _holds(revision: Revision, day: date) -> bool:
    return revision.valid_from <= day and (revision.valid_to is None or day <= revision.valid_to)


def _card(found: Procedure) -> dict[str, Any]:
    """A procedure in a list with its fee and time."""
    revision = found.in_force[0]
    return {
        "procedure": found,
        "fee": sheet.fee_lines(revision, list(revision.fees.all()))[0],
        "time": sheet.time_lines(revision, list(revision.limits.all()))[0],
    }


def _today(fact: PublicFact | None) -> dict[str, Any] | None:
    """Today's figure, if it is today's."""
    if fact is None or fact.value.get("day") != clock.today().isoformat():
        return None
    filed, online = fact.value["filed"], fact.value["online"]
    return {"filed": filed, "share": online / filed if filed else None, "as_of": fact.as_of}


def _levels(chosen: str) -> list[dict[str, Any]]:
    return [{"key": key, "label": label, "active": key == chosen} for key, (_name, label) in LEVELS.items()]


def _page(request: HttpRequest, rows: QuerySet[Procedure]) -> dict[str, Any]:
    """One page of a list: rows, links to its neighbours, and where one is."""
    page = Paginator(rows, PAGE).get_page(request.GET.get("trang"))
    query = request.GET.copy()

    def link(number: int) -> str:
        query["trang"] = str(number)
        return f"?{query.urlencode()}"

    return {
        "rows": page.object_list,
        "prev_url": link(page.previous_page_number()) if page.has_previous() else "",
        "next_url": link(page.next_page_number()) if page.has_next() else "",
        "summary": _("%(first)s–%(last)s trong %(all)s")
        % {"first": page.start_index(), "last": page.end_index(), "all": page.paginator.count},
        "count": page.paginator.count,
    }
