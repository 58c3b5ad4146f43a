"""Late in the software only: corrections of one dossier, the way to ask for one and to answer; the list of what is probably done on paper."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import desk_only, inside_only, staff_memberships
from accounts.enums import Role
from accounts.models import Membership
from accounts.queries import with_predecessors
from dossiers import queries
from dossiers.desk import in_person, inbox, true_time_rows
from dossiers.desk.in_person import BAD, CONFLICT
from dossiers.desk.links import pager
from dossiers.desk.page import log_reading
from dossiers.draft_kinds import HEADS, route_kinds
from dossiers.enums import Action, DraftState, State
from dossiers.events import EVENTS
from dossiers.forms.true_times import AnswerForm, CorrectionForm
from dossiers.models.correction import TimeCorrection
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.models.paper_draft import PaperDraft
from dossiers.services import true_times
from portal import clock
from portal.errors import UserError
from portal.templatetags.ui import moment

_F = TypeVar("_F", CorrectionForm, AnswerForm)
AGREE, DECLINE = "dong-y", "khong-dong-y"
ON_PAPER_READERS = (*HEADS, Role.OFFICER, Role.CLERK)


@inside_only
@desk_only()
@require_http_methods(["GET", "HEAD", "POST"])
def correction_page(request: HttpRequest, dossier_id: int) -> HttpResponse:
    """Show the corrections of a dossier; take a request for one, or the answer of a second person."""
    found = in_person.mine(request, dossier_id)
    allowed = set(queries.allowed_actions(found, request.user, roles=staff_memberships(request)))
    if not allowed & {Action.ASK_CORRECTION, *true_time_rows.ANSWERS}:
        return in_person.nothing_asked(request, found)
    if request.method != "POST":
        log_reading(request, found, what=_("xem đính chính thời điểm"))
        return _page(request, found, allowed, _ask_form(found))
    if "correction" in request.POST:
        return _answer(request, found, allowed)
    form = _ask_form(found, request.POST)
    if not form.is_valid():
        return _page(request, found, allowed, form, status=BAD)
    try:
        version = form.cleaned_data["version"]
        true_times.ask(dossier_id=found.pk, by=request.user, asked=form.asked(), version=version)
    except UserError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        fresh = in_person.mine(request, dossier_id)
        return _page(request, fresh, allowed, _of_now(form, fresh), status=CONFLICT)
    return in_person.recorded(request, found, _("Đã gửi đề nghị đính chính của hồ sơ %(code)s đến lãnh đạo."))


def _answer(request: HttpRequest, found: Dossier, allowed: set[str]) -> HttpResponse:
    """Agree or not; a faulty form comes back beside its request with what was typed."""
    typed = AnswerForm(request.POST, version=found.version, correction_id=0)
    if not typed.is_valid():
        messages.warning(request, _("Không đọc được đề nghị cần trả lời. Hãy tải lại trang rồi làm lại."))
        return redirect("desk:corrections", dossier_id=found.pk)
    facts = {
        "dossier_id": found.pk,
        "by": request.user,
        "correction_id": typed.cleaned_data["correction"],
        "version": typed.cleaned_data["version"],
    }
    try:
        if request.POST.get("viec") == AGREE:
            true_times.agree(**facts)
            told = _("Đã đồng ý đính chính của hồ sơ %(code)s: sổ ghi cả hai thời điểm.")
        else:
            true_times.decline(**facts, reason=typed.cleaned_data["reason"])
            told = _("Đã trả lời không đồng ý đính chính của hồ sơ %(code)s.")
    except UserError as error:
        typed.add_error(error.field if error.field in typed.fields else None, error.message)
        fresh = in_person.mine(request, found.pk)
        return _page(request, fresh, allowed, _ask_form(fresh), answered=_of_now(typed, fresh), status=CONFLICT)
    return in_person.recorded(request, found, told)


def _of_now(form: _F, fresh: Dossier) -> _F:
    """The form with what was typed, to be sent again about the dossier as it stands now."""
    form.data = form.data.copy()
    form.data["version"] = str(fresh.version)
    return form


def _ask_form(found: Dossier, data: Any = None) -> CorrectionForm:
    taken = TimeCorrection.objects.filter(dossier=found).exclude(agrees=False).values("about_seq")
    events = DossierEvent.objects.filter(dossier_id=found.pk, code__in=true_times.CORRECTABLE)
    files = [row for row in queries.live_attachments(found.pk) if row.file_id is not None]
    return CorrectionForm(
        data, version=found.version, events=events.exclude(seq__in=taken).order_by("-seq"), files=files
    )


def _page(
    request: HttpRequest,
    found: Dossier,
    allowed: set[str],
    form: CorrectionForm,
    *,
    answered: AnswerForm | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = true_time_rows.of_dossier(found)
    doers = dict(
        DossierEvent.objects.filter(dossier_id=found.pk, seq__in=[row["row"].about_seq for row in rows]).values_list(
            "seq", "actor_id"
        )
    )
    for one in rows:
        row = one["row"]
        is_second = true_times.may_decide(row, request.user.pk, doers.get(row.about_seq))
        if row.agrees is None and true_time_rows.ANSWERS & allowed and is_second:
            is_back = answered is not None and str(row.pk) == str(answered.data.get("correction"))
            one["form"] = answered if is_back else AnswerForm(version=found.version, correction_id=row.pk)
    failed = form if form.errors else answered
    context = {
        "dossier": found,
        "rows": rows,
        "form": form if Action.ASK_CORRECTION in allowed and len(form.fields["about_seq"].choices) > 1 else None,
        "agree": AGREE,
        "decline": DECLINE,
        "has_errors": bool(failed is not None and failed.errors),
    }
    return render(request, "dossiers/desk/corrections.html", context, status=status)


# ── what is probably done on paper ───────────────────────────────────────────────────────────────


@desk_only(*sorted(ON_PAPER_READERS))
@require_safe
def on_paper(request: HttpRequest) -> HttpResponse:
    """List corrections that wait for a second person, and late dossiers whose result has its number or is signed already."""
    units = with_predecessors(queries.unit_ids(request.scope))
    found = inbox.page_of(
        _probably_done(units).values(*DONE_VALUES),
        by="numbered_at",
        after=request.GET.get("sau", ""),
        before=request.GET.get("truoc", ""),
    )
    context = {
        "waiting": _waiting(request.scope),
        "rows": [
            {
                "url": reverse("desk:dossier", args=[row["dossier_id"]]),
                "code": row["dossier__code"] or row["dossier__reference"],
                "number": row["number"],
                "numbered": moment(row["numbered_at"]),
                "due": moment(row["dossier__due_at"]),
                "state": str(DraftState(row["state"]).label),
            }
            for row in found.rows
        ],
        **pager(found, "desk:on_paper"),
    }
    return render(request, "dossiers/desk/on_paper.html", context)


DONE_VALUES = (
    "id",
    "dossier_id",
    "dossier__code",
    "dossier__reference",
    "dossier__due_at",
    "number",
    "numbered_at",
    "state",
)
SHOWN = 50


def _probably_done(units: list[int]) -> Any:
    """Papers of results that have a number and are not issued, of dossiers past due whose clock runs."""
    mine = Q(dossier__receiving_unit_id__in=units) | Q(dossier__competent_unit_id__in=units)
    mine |= Q(dossier__department_id__in=units)
    return PaperDraft.objects.filter(
        mine,
        kind__in=route_kinds(),
        state__in=[DraftState.NUMBERED, DraftState.SIGNED],
        numbered_at__isnull=False,
        dossier__state=State.PROCESSING,
        dossier__due_at__lt=clock.now(),
        dossier__clock_stopped_at__isnull=True,
    )


def _waiting(held: Iterable[Membership]) -> list[dict[str, Any]]:
    """Corrections that somebody who leads a unit of the dossier could answer, oldest first."""
    units = with_predecessors([row.unit_id for row in held if row.role in HEADS])
    if not units:
        return []
    mine = Q(dossier__receiving_unit_id__in=units) | Q(dossier__competent_unit_id__in=units)
    mine |= Q(dossier__department_id__in=units)
    rows = TimeCorrection.objects.filter(mine, agrees__isnull=True).select_related("dossier", "asked_by")
    return [
        {
            "url": reverse("desk:corrections", args=[row.dossier_id]),
            "code": row.dossier.code,
            "act": EVENTS.label(row.code),
            "entered": moment(row.entered_at),
            "true": moment(row.true_at),
            "who": row.asked_by.full_name,
        }
        for row in rows.order_by("asked_at", "pk")[:SHOWN]
    ]
