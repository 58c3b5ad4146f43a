"""Letters of apology that are owed: dossiers about whose lateness is asked, without a letter. For heads, signers, the head of the desk.

A page of the list is found by an index of what is asked about today; nothing is counted. When it is asked: dossiers.lateness.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts import naming as unit_names
from accounts.access import desk_only
from accounts.enums import Role
from accounts.models import Membership
from accounts.queries import with_predecessors
from dossiers import clocks
from dossiers.desk import inbox
from dossiers.desk.links import pager
from dossiers.draft_kinds import HEADS
from dossiers.enums import RUNNING, DraftKind, DraftState, SegmentKind, State
from dossiers.models.clock import ClockSegment
from dossiers.models.paper_draft import ENDED, PaperDraft
from portal import clock
from portal.templatetags.ui import badge, due_short, moment
from procedures import naming as procedure_names
from procedures.enums import ClockName

VALUES = (
    "id",
    "ask_at",
    "letter_by",
    "due_at",
    "dossier_id",
    "dossier__code",
    "dossier__reference",
    "dossier__procedure_id",
    "dossier__competent_unit_id",
    "dossier__department_id",
)
WAITS_FOR = {
    DraftState.DRAFTING: gettext_lazy("đang soạn"),
    DraftState.SENT_BACK: gettext_lazy("bị trả lại"),
    DraftState.SUBMITTED: gettext_lazy("chờ ký"),
    DraftState.NUMBERED: gettext_lazy("đã ký, chờ gửi"),
    DraftState.SIGNED: gettext_lazy("đã ký, chờ gửi"),
}


def owed(held: Iterable[Membership]) -> QuerySet[ClockSegment]:
    """What is owed in the units a person leads, and in closed ones whose work these go on with.

    Of a desk that is what it received, of a department what it handles; a signer sees what the authority decides.
    """
    led = {role: with_predecessors([row.unit_id for row in held if row.role == role]) for role in HEADS}
    mine = (
        Q(dossier__receiving_unit_id__in=led[Role.DESK_HEAD])
        | Q(dossier__department_id__in=led[Role.UNIT_HEAD])
        | Q(dossier__competent_unit_id__in=[*led[Role.SIGNER], *led[Role.UNIT_HEAD]])
    )
    asked = ClockSegment.objects.filter(
        clock=ClockName.MAIN,
        kind__in=RUNNING - {SegmentKind.APOLOGY},
        ended_at__isnull=True,
        ask_at__lte=clock.now(),
    )
    return asked.filter(mine, dossier__state=State.PROCESSING, dossier__reappointed_from__isnull=True)


@desk_only(*sorted(HEADS))
@require_safe
def owed_letters(request: HttpRequest) -> HttpResponse:
    """List them, asked about longest first, with where each letter is."""
    found = inbox.page_of(
        owed(request.scope).values(*VALUES),
        by="ask_at",
        after=request.GET.get("sau", ""),
        before=request.GET.get("truoc", ""),
    )
    context = {"rows": _rows(found.rows), **pager(found, "desk:owed_letters")}
    return render(request, "dossiers/desk/owed_letters.html", context)


def _rows(found: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    rows, now = list(found), clock.now()
    ids = [row["dossier_id"] for row in rows]
    live = PaperDraft.objects.filter(dossier_id__in=ids, kind=DraftKind.APOLOGY).exclude(state__in=ENDED)
    letters = {draft.dossier_id: draft for draft in live.only("dossier_id", "state").order_by("pk")}
    procedure_of = procedure_names.procedures(row["dossier__procedure_id"] for row in rows)
    unit_of = unit_names.units(row["dossier__department_id"] or row["dossier__competent_unit_id"] for row in rows)
    calendars = {key: clocks.calendar_standing_for(key) for key in {row["dossier__competent_unit_id"] for row in rows}}
    return [
        {
            "url": reverse("desk:dossier", args=[row["dossier_id"]]),
            "code": row["dossier__code"] or row["dossier__reference"],
            "procedure": procedure_of[row["dossier__procedure_id"]].name,
            "unit": unit_of[row["dossier__department_id"] or row["dossier__competent_unit_id"]].name,
            "due": moment(row["due_at"]),
            "left": due_short(clocks.minutes_left(now, row["due_at"], calendars[row["dossier__competent_unit_id"]])),
            "letter_by": moment(row["letter_by"]) if row["letter_by"] else "",
            "state": _state(letters.get(row["dossier_id"])),
            "is_late": row["letter_by"] is not None and row["letter_by"] < now,
            "write_url": _write_url(row["dossier_id"], letters.get(row["dossier_id"])),
        }
        for row in rows
    ]


def _state(draft: PaperDraft | None) -> str:
    if draft is None:
        return badge("warning", _("chưa soạn"), "alert")
    return badge("info", str(WAITS_FOR.get(DraftState(draft.state), DraftState(draft.state).label)))


def _write_url(dossier_id: int, draft: PaperDraft | None) -> str:
    if draft is not None:
        return reverse("desk:draft", args=[dossier_id, draft.pk])
    return reverse("desk:dossier", args=[dossier_id])
