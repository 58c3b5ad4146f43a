"""The papers of a dossier as pictures, page by page: turned, enlarged, marked as looked through, beside the vault's copy.

Plain links and one form, so it works without scripts; the dossier's page fetches the same piece beside its answers. What
cannot be drawn is said, with the way to the file itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import desk_only, roles_held, staff_memberships
from accounts.enums import WORK_ROLES, Role
from dossiers import loading, queries
from dossiers.desk.page import log_reading
from dossiers.desk.sections import attachment_row
from dossiers.enums import FINAL_STATES
from dossiers.forms.desk import whole_number
from dossiers.models.attachment import Attachment
from dossiers.models.dossier import Dossier
from dossiers.services import looked, terms
from portal.errors import UserError
from portal.htmx import is_partial
from vault import opening, pages
from vault.models import FilePages, PagePicture, StoredFile, VaultItem
from vault.queries import may_open, reusable_for
from vault.views import serve_page

TURNS = (0, 90, 180, 270)
EXAMINERS = frozenset({Role.RECEPTIONIST, Role.DESK_HEAD, Role.OFFICER, Role.UNIT_HEAD, Role.SIGNER})
LARGE = "lon"
READABLE, SMALL = "to", "nho"  # the sizes of a page


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked at: which file, which page (from 1 on), how it is turned, whether enlarged, beside which vault paper."""

    file: int = 0
    page: int = 1
    turn: int = 0
    is_large: bool = False
    beside: int = 0

    def url(self, dossier: Dossier, **changes: Any) -> str:
        """The address of the same look with something else."""
        now = {"tep": self.file, "trang": self.page, "xoay": self.turn, "co": LARGE if self.is_large else ""}
        asked = {name: value for name, value in {**now, "so": self.beside, **changes}.items() if value}
        return f"{reverse('desk:viewer', args=[dossier.pk])}?{urlencode(asked)}"


@desk_only()
@require_safe
def viewer(request: HttpRequest, dossier_id: int) -> HttpResponse:
    """One page of one paper of a dossier in scope, with the way to all others."""
    context = _context(request, loading.with_parties(_mine(request, dossier_id)))
    template = "dossiers/desk/viewer.html"
    return render(request, f"{template}#pages" if is_partial(request) else template, context)


@desk_only()
@require_safe
def page_picture(request: HttpRequest, dossier_id: int, attachment_id: int, number: int, size: str) -> HttpResponseBase:
    """A page of a paper as a picture; one that is large enough to be read is logged as read."""
    found = _mine(request, dossier_id)
    row = get_object_or_404(found.attachments.select_related("file"), pk=attachment_id, file__isnull=False)
    if size == READABLE:
        log_reading(request, loading.with_parties(found), what=_("xem trang giấy tờ"))
    return _served(row.file, number, size)


@desk_only()
@require_safe
def vault_picture(request: HttpRequest, dossier_id: int, item_id: int, number: int) -> HttpResponseBase:
    """A page of the paper of the same kind in the owner's vault, for who compares; the read is logged, its owner sees it."""
    found = loading.with_parties(_mine(request, dossier_id))
    if not _compares(request, found):
        raise Http404
    item = next((item for item in _in_vault(found, queries.live_attachments(found.pk)) if item.pk == item_id), None)
    if item is None:
        raise Http404
    log_reading(request, found, what=_("so với giấy tờ trong kho"))
    return _served(item.file, number, READABLE)


@desk_only()
@require_POST
def checked(request: HttpRequest, dossier_id: int, attachment_id: int) -> HttpResponse:
    """Mark a paper as looked through, or take the mark back."""
    found = _mine(request, dossier_id)
    if not _is_of_the_house(request):
        raise Http404
    is_checked = "bo" not in request.POST
    try:
        looked.mark(dossier_id=found.pk, by=request.user, attachment_id=attachment_id, is_checked=is_checked)
    except UserError as error:
        messages.warning(request, error.message)
    return redirect(_look(request, file=attachment_id).url(found))


def _served(file: StoredFile, number: int, size: str) -> HttpResponseBase:
    found = PagePicture.objects.filter(pages_id=file.pk, number=number).select_related("picture", "small").first()
    picture = None if found is None else {READABLE: found.picture, SMALL: found.small}.get(size)
    if picture is None:
        raise Http404
    return serve_page(file, picture)


def _mine(request: HttpRequest, dossier_id: int) -> Dossier:
    found = queries.one_for_desk(staff_memberships(request), dossier_id)
    if found is None:
        raise Http404
    return found


def _is_of_the_house(request: HttpRequest) -> bool:
    """People of the post bring and fetch papers; they neither examine them nor look into anybody's vault."""
    return bool((roles_held(request) & WORK_ROLES) - {Role.POSTAL_CLERK})


def _compares(request: HttpRequest, dossier: Dossier) -> bool:
    """Who may look into the owner's vault: who receives or examines the dossier, while it is under way, and nobody in their own matter."""
    examines = roles_held(request) & EXAMINERS
    return bool(examines) and dossier.state not in FINAL_STATES and not queries.is_own(dossier, request.user)


def _look(request: HttpRequest, *, file: int) -> Look:
    said = request.POST if request.method == "POST" else request.GET
    turn = whole_number(said.get("xoay")) or 0
    return Look(
        file=file,
        page=max(1, min(whole_number(said.get("trang")) or 1, pages.MOST)),
        turn=turn if turn in TURNS else 0,
        is_large=said.get("co") == LARGE,
        beside=whole_number(said.get("so")) or 0,
    )


# ── what is shown ────────────────────────────────────────────────────────────────────────────────


def _context(request: HttpRequest, dossier: Dossier) -> dict[str, Any]:
    given = queries.live_attachments(dossier.pk)
    files = sorted((row for row in given if row.file_id is not None), key=lambda row: (row.round, row.pk))
    chosen = whole_number(request.GET.get("tep")) if "tep" in request.GET else files[0].pk if files else None
    row = next((one for one in files if one.pk == chosen), None)
    if row is None or row.file is None:
        if files or "tep" in request.GET:
            raise Http404
        return {"dossier": dossier, "row": None}
    opening.make_ready()
    of_the_house = _is_of_the_house(request)
    beside = _in_vault(dossier, [row]) if _compares(request, dossier) else []
    items = [item for item in beside if item.file_id != row.file_id]
    look = _look(request, file=row.pk)
    item = next((one for one in items if one.pk == look.beside), None)
    looked_at = [row.file, *([item.file] if item else [])]
    pages.ask(looked_at)
    drawn = _drawn(looked_at)
    shown = drawn.get(row.file.pk)
    last = len(shown.pictures.all()) if shown else 0
    look = replace(look, page=min(look.page, max(last, 1)), beside=item.pk if item else 0)
    return {
        "dossier": dossier,
        "row": row,
        "paper": attachment_row(row, reverse("desk:file", args=[dossier.pk, row.pk])),
        "files": [{"row": one, "url": _first_of(dossier, look, one), "is_here": one is row} for one in files],
        "look": look,
        "state": _state(row.file, shown),
        "since": shown.asked_at if shown else None,
        "refused": opening.why_not_drawn(shown.refused, row.file.name) if shown and shown.refused else "",
        "count": shown.count if shown else None,
        "most": pages.MOST,
        "thumbs": _thumbs(dossier, look, shown),
        "main": _picture(dossier, look, shown),
        "links": _links(dossier, look, files, files.index(row), last),
        "beside": [{"item": one, "url": look.url(dossier, so=one.pk), "is_here": one is item} for one in items],
        "other": _other(dossier, look, item, drawn.get(item.file_id)) if item else None,
        "of_the_house": of_the_house,
        "checked_by": row.checked_by.full_name if row.checked_by is not None else "",
        "is_piece": is_partial(request),
        "may_check": of_the_house and dossier.state not in FINAL_STATES,
    }


def _drawn(files: Sequence[StoredFile]) -> dict[Any, FilePages]:
    found = FilePages.objects.filter(pk__in=[file.pk for file in files]).prefetch_related("pictures")
    return {row.pk: row for row in found}


def _state(file: StoredFile, shown: FilePages | None) -> str:
    """What can be said of the pages: shut (scan), other (no pages to draw), waiting, refused, or there."""
    if not may_open(file, own=False):
        return "shut"
    if not pages.is_drawable(file):
        return "other"
    if shown is None or (shown.drawn_at is None and not shown.pictures.all()):
        return "waiting"
    return "refused" if shown.refused else "there"


def _thumbs(dossier: Dossier, look: Look, shown: FilePages | None) -> list[dict[str, Any]]:
    if shown is None or len(shown.pictures.all()) < 2:
        return []
    return [
        {
            "number": one.number,
            "src": _src(dossier, look, one.number, SMALL) if one.small_id else "",
            "url": look.url(dossier, trang=one.number),
            "is_here": one.number == look.page,
        }
        for one in shown.pictures.all()
    ]


def _picture(dossier: Dossier, look: Look, shown: FilePages | None) -> str:
    """The address of the page that is looked at; '' when it could not be drawn."""
    page = next((one for one in shown.pictures.all() if one.number == look.page), None) if shown else None
    return _src(dossier, look, look.page, READABLE) if page is not None and page.picture_id is not None else ""


def _src(dossier: Dossier, look: Look, number: int, size: str) -> str:
    return reverse("desk:page_picture", args=[dossier.pk, look.file, number, size])


def _first_of(dossier: Dossier, look: Look, row: Attachment) -> str:
    """The first page of a file."""
    return look.url(dossier, tep=row.pk, trang=0, xoay=0, so=0)


def _links(dossier: Dossier, look: Look, files: Sequence[Attachment], place: int, last: int) -> dict[str, str]:
    """Where the buttons of the viewer lead; '' where there is nothing more."""
    after = _first_of(dossier, look, files[place + 1]) if place + 1 < len(files) else ""
    before = _first_of(dossier, look, files[place - 1]) if place else ""
    return {
        "next": look.url(dossier, trang=look.page + 1) if look.page < last else after,
        "previous": look.url(dossier, trang=look.page - 1) if look.page > 1 else before,
        "turn": look.url(dossier, xoay=(look.turn + 90) % 360),
        "zoom": look.url(dossier, co="" if look.is_large else LARGE),
        "again": look.url(dossier),
        "alone": look.url(dossier, so=0),
        "check": reverse("desk:checked", args=[dossier.pk, look.file]),
    }


def _in_vault(dossier: Dossier, given: Sequence[Attachment]) -> list[VaultItem]:
    """Papers of the owner's vault of the kinds these papers are of; none unless the owner was checked."""
    if dossier.owner is None or not dossier.owner_is_confirmed:
        return []
    codes = {row.paper_code for row in given}
    kinds = {paper.vault_kind for paper in terms.papers_for(dossier) if paper.code in codes and paper.vault_kind}
    return list(reusable_for(dossier.owner, kinds)) if kinds else []


def _other(dossier: Dossier, look: Look, item: VaultItem, shown: FilePages | None) -> dict[str, Any]:
    """The vault's copy beside the page: the same number, or its last page."""
    drawn = [one for one in shown.pictures.all() if one.picture_id] if shown else []
    page = drawn[min(look.page, len(drawn)) - 1] if drawn else None
    return {
        "item": item,
        "state": _state(item.file, shown),
        "number": page.number if page else None,
        "src": reverse("desk:vault_picture", args=[dossier.pk, item.pk, page.number]) if page else "",
    }
