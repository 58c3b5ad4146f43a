"""Papers that wait for the reader, as lists: to agree to, to sign, given back. Their rows, and the way from one to the next.

Which items lie in which list: dossiers.desk.inbox. Called by the desk's views.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from accounts.models import OrgUnit
from accounts.queries import covered_by
from dossiers.desk import inbox, rows
from dossiers.desk.links import address
from dossiers.draft_kinds import DRAFT_KINDS, route_kinds
from dossiers.enums import DraftState
from dossiers.forms.desk import whole_number
from dossiers.models.paper_draft import ENDED, PaperDraft, PaperReview
from portal import clock
from portal.templatetags.ui import moment
from procedures import result_templates
from procedures.enums import StepKind

LIST, PLACE = "muc", "tu"  # which list a page was opened from, and at which item of it


@dataclass(frozen=True, slots=True)
class InList:
    """A page read from a list: which one, and at which item."""

    tab: str
    item_id: int

    @property
    def hidden(self) -> list[tuple[str, Any]]:
        """What a form carries so that its act leads on to the next paper."""
        return [(LIST, self.tab), (PLACE, self.item_id)]

    @property
    def url(self) -> str:
        """The list itself."""
        return address("desk:inbox", muc=self.tab)


def read(query: QueryDict) -> InList | None:
    """The list an address or a form names; None when it names none, or something made up."""
    tab, place = query.get(LIST, ""), whole_number(query.get(PLACE))
    return InList(tab, place) if tab in inbox.PAPER_TABS and place is not None else None


def reader(request: HttpRequest) -> dict[str, Any]:
    """Whose inbox it is, as dossiers.desk.inbox asks for it."""
    return {
        "user_id": request.user.pk,
        "memberships": request.scope,
        "now": clock.now(),
        "stands_in_for": covered_by(request.user.pk),
        "off": inbox.kept_off(request.user.pk, request.scope),
    }


def following(request: HttpRequest, place: InList) -> str:
    """The address of the paper that comes next in a list; '' when nothing is left there."""
    item = inbox.next_item(inbox.tab_items(place.tab, **reader(request)), place.item_id)
    if item is None:
        return ""
    return _url(item, _drafts([item], place.tab).get(item["id"]), place.tab)


def onward(request: HttpRequest, *, otherwise: str) -> str:
    """Where an act leads: to the next paper of the list it was done from, to the list when none is left; else `otherwise`."""
    place = read(request.POST)
    if place is None:
        return otherwise
    return following(request, place) or place.url


def paper_rows(
    found: Iterable[Mapping[str, Any]], *, tab: str, units: Iterable[OrgUnit], now: datetime
) -> list[dict[str, Any]]:
    """Cells of the items of a list of papers: those of any item, and what is told of the paper itself."""
    places, here = list(found), list(units)
    listed = rows.item_rows(places, units=here, now=now, asked_of=[unit.pk for unit in here])
    drafts = _drafts(places, tab)
    owed = _owed(drafts.values())
    said = _said(drafts.values()) if tab == inbox.RETURNED_TAB else {}
    for place, cells in zip(places, listed, strict=True):
        draft = drafts.get(place["id"])
        cells["url"] = _url(place, draft, tab)
        cells["paper"] = DRAFT_KINDS.label(draft.kind) if draft is not None else ""
        cells["author"] = draft.author.full_name if draft is not None else ""
        cells["waits_since"] = moment(place["opened_at"])
        cells["owed"] = owed.get(draft.pk, "") if draft is not None else ""
        cells["review"] = said.get(draft.pk) if draft is not None else None
    return listed


def _url(item: Mapping[str, Any], draft: PaperDraft | None, tab: str) -> str:
    """Where the paper is in view with the acts beside it; a step without one leads to its dossier."""
    place = urlencode({LIST: tab, PLACE: item["id"]})
    if draft is None:
        return reverse("desk:dossier", args=[item["dossier_id"]])
    if DRAFT_KINDS[draft.kind].sent_by_writer:
        question = item["id"] if item["kind"] == StepKind.CONSULT else item["parent_id"]
        return f"{reverse('desk:consultation', args=[question])}?{place}"
    return f"{reverse('desk:draft', args=[draft.dossier_id, draft.pk])}?{place}"


def _drafts(items: Iterable[Mapping[str, Any]], tab: str) -> dict[int, PaperDraft]:
    """The paper each item is about, by item."""
    places = list(items)
    item_ids, dossier_ids = [row["id"] for row in places], {row["dossier_id"] for row in places}
    along = Q(dossier_id__in=dossier_ids, kind__in=route_kinds())
    beside = Q(work_item_id__in=item_ids) if tab == inbox.RETURNED_TAB else Q(handling_id__in=item_ids)
    live = PaperDraft.objects.filter(along | beside).exclude(state__in=ENDED)
    if tab == inbox.RETURNED_TAB:
        live = live.filter(state=DraftState.SENT_BACK)
    of_item, of_dossier = {}, {}
    for draft in live.select_related("author").order_by("pk"):
        if DRAFT_KINDS[draft.kind].follows_route:
            of_dossier[draft.dossier_id] = draft
        else:
            of_item[draft.work_item_id if tab == inbox.RETURNED_TAB else draft.handling_id] = draft
    found = {row["id"]: of_item.get(row["id"]) or _along(row, of_dossier) for row in places}
    return {item_id: draft for item_id, draft in found.items() if draft is not None}


def _along(item: Mapping[str, Any], of_dossier: Mapping[int, PaperDraft]) -> PaperDraft | None:
    """The draft that follows the route, at a step of the route."""
    return of_dossier.get(item["dossier_id"]) if item["kind"] != StepKind.DRAFT_SIGN else None


def _owed(drafts: Iterable[PaperDraft]) -> dict[int, str]:
    """What each paper of the route still lacks before it may be signed, in words, by draft."""
    along = [draft for draft in drafts if DRAFT_KINDS[draft.kind].follows_route]
    templates = result_templates.templates((draft.template, draft.template_version) for draft in along)
    found = {}
    for draft in along:
        gaps = result_templates.blocking(templates[draft.template, draft.template_version], draft.fields, clock.today())
        found[draft.pk] = ", ".join(gap.label for gap in gaps)
    return found


def _said(drafts: Iterable[PaperDraft]) -> dict[int, PaperReview]:
    """Who gave each draft back last, and why, by draft; a cancelled paper's words went on in the draft after it."""
    known = {draft.continues_id or draft.pk: draft.pk for draft in drafts}
    about = {**{draft_id: draft_id for draft_id in known.values()}, **known}
    said = PaperReview.objects.filter(draft_id__in=about, agrees=False).select_related("reviewer").order_by("pk")
    return {about[review.draft_id]: review for review in said}
