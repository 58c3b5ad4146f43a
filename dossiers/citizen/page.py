"""What the citizen's dossier page shows, gathered in one place. Reads only."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.calendars import calendar_for
from accounts.models import OrgUnit, User
from dossiers import answers, queries
from dossiers.enums import FINAL_STATES, PUBLIC_STAGE, Action, Delivery, PublicStage, State
from dossiers.events import EVENTS, told_to_citizens
from dossiers.explaining import explain_due
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent, EventText
from dossiers.models.result import Supplement
from portal import clock, sealing, worktime
from vault.enums import ScanState

STAGE_TONES = {
    PublicStage.FILED: ("info", "send"), PublicStage.ACCEPTED: ("info", "check"), PublicStage.NEEDS_YOU: ("warning", "alert"),
    PublicStage.WORKING: ("info", "hourglass"), PublicStage.ENDED: ("success", "check"),
}  # fmt: skip
ENDINGS = {
    State.NOT_ACCEPTED: ("danger", "cross"), State.REFUSED: ("danger", "cross"), State.WITHDRAWN: ("neutral", "return"),
    State.STOPPED: ("neutral", "pause"),
}  # fmt: skip
WAY = (PublicStage.FILED, PublicStage.ACCEPTED, PublicStage.WORKING, PublicStage.ENDED)
PERCENT = {PublicStage.FILED: 25, PublicStage.ACCEPTED: 50, PublicStage.WORKING: 75, PublicStage.ENDED: 100}


def context(dossier: Dossier, user: User) -> dict[str, Any]:
    """Everything on the page of one sent dossier."""
    allowed = set(queries.allowed_actions(dossier, user)) if dossier.account_id == user.pk else set()
    supplement = open_supplement(dossier)
    calendar_of = cache(calendar_for)  # asked by several parts of the page
    return {
        "dossier": dossier,
        "mark": mark(dossier),
        "stages": stages(dossier),
        "todo": todo(dossier, supplement, can_answer=Action.ANSWER_SUPPLEMENT in allowed),
        "due": due(dossier, calendar_of),
        "why_due": explain_due(dossier),
        "holders": holders(dossier),
        "events": timeline(dossier),
        "groups": answers.summary(dossier),
        "files": file_rows(dossier),
        "printed": list(
            dossier.printed_forms.exclude(file__isnull=True).select_related("file").order_by("called_at", "pk")
        ),
        "result": getattr(dossier, "result", None),
        "secret": sealing.unseal(dossier.secret_sealed)
        if dossier.secret_sealed and dossier.account_id == user.pk
        else "",
        "can_withdraw": bool(allowed & {Action.WITHDRAW, Action.REQUEST_WITHDRAWAL}) and not dossier.wants_withdrawal,
    }


def may_withdraw(dossier: Dossier, user: User) -> bool:
    """Tell whether this person may take the dossier back, or ask to, now."""
    allowed = set(queries.allowed_actions(dossier, user))
    return bool(allowed & {Action.WITHDRAW, Action.REQUEST_WITHDRAWAL}) and not dossier.wants_withdrawal


def mark(dossier: Dossier) -> dict[str, str]:
    """The status as tone, word and icon: five public words, and the plain word for an end without a result."""
    if dossier.state == State.DRAFT:
        return {"tone": "neutral", "label": State.DRAFT.label, "icon": "edit"}
    if dossier.state in ENDINGS:
        tone, icon = ENDINGS[State(dossier.state)]
        return {"tone": tone, "label": State(dossier.state).label, "icon": icon}
    stage = PUBLIC_STAGE[State(dossier.state)]
    tone, icon = STAGE_TONES[stage]
    return {"tone": tone, "label": stage.label, "icon": icon}


def stages(dossier: Dossier) -> dict[str, Any]:
    """The way in four stations as ui/stepper wants it; a wait for the citizen stands at the station it interrupts."""
    stage = _station(dossier)
    number = WAY.index(stage) + 1
    ended = stage == PublicStage.ENDED
    steps = [
        {
            "label": step.label,
            "state": "done" if place < number or ended else "current" if place == number else "todo",
            "url": "",
        }
        for place, step in enumerate(WAY, start=1)
    ]
    return {"steps": steps, "number": number, "total": len(WAY), "percent": PERCENT[stage]}


def _station(dossier: Dossier) -> PublicStage:
    stage = PUBLIC_STAGE[State(dossier.state)]
    if stage != PublicStage.NEEDS_YOU:
        return PublicStage(stage)
    return PublicStage.WORKING if dossier.received_at else PublicStage.FILED


def open_supplement(dossier: Dossier) -> Supplement | None:
    """The request that waits for the citizen, if any."""
    if PUBLIC_STAGE.get(State(dossier.state)) != PublicStage.NEEDS_YOU:
        return None
    return dossier.supplements.filter(answered_at__isnull=True).first()


def todo(dossier: Dossier, supplement: Supplement | None, *, can_answer: bool) -> dict[str, str] | None:
    """What the citizen must do now: the card above everything else."""
    if supplement is not None:
        words = {"count": len(supplement.items), "day": supplement.answer_by.strftime("%d/%m/%Y")}
        return {
            "tone": "warning",
            "title": _("Bổ sung %(count)s mục trước hết ngày %(day)s") % words,
            "text": supplement.reason,
            "url": reverse("my:supplement", args=[dossier.reference]) if can_answer else "",
            "action": _("Xem và bổ sung"),
        }
    if dossier.state == State.DONE and dossier.delivery != Delivery.ONLINE:
        words = {"desk": dossier.receiving_unit.name}
        text = _("Mang giấy tờ tùy thân đến %(desk)s trong giờ làm việc. Bản điện tử có thể tải ngay bên dưới.") % words
        return {"tone": "success", "title": _("Kết quả đã có, mời bạn đến nhận"), "text": text, "url": "", "action": ""}
    if dossier.wants_withdrawal and dossier.state not in FINAL_STATES:
        text = _("Cơ quan giải quyết sẽ trả lời bạn. Trong lúc chờ, hồ sơ vẫn được giữ nguyên.")
        return {"tone": "info", "title": _("Bạn đã đề nghị rút hồ sơ"), "text": text, "url": "", "action": ""}
    return None


def due(dossier: Dossier, calendar_of: Callable[[OrgUnit], worktime.WorkCalendar]) -> dict[str, Any] | None:
    """Until when the authority must answer; None once it has, or while nothing runs."""
    if dossier.state in FINAL_STATES or dossier.state == State.DONE:
        return None
    if dossier.state == State.SUBMITTED:
        at, unit, words = dossier.accept_by, dossier.receiving_unit, _("Trả lời tiếp nhận")
    else:
        at, unit, words = dossier.due_at, dossier.competent_unit, _("Hẹn trả kết quả")
    stands = dossier.clock_stopped_at is not None or dossier.state == State.INTAKE_FIX
    left = None if at is None or stands else worktime.left(clock.now(), at, calendar_of(unit))
    return {"words": words, "at": at, "left": left, "stands": stands}


def holders(dossier: Dossier) -> list[dict[str, Any]]:
    """Who holds it, by unit and since when; persons are not named."""
    return [
        {"unit": item.unit.name, "step": item.name, "since": item.opened_at} for item in queries.open_work(dossier.pk)
    ]


def timeline(dossier: Dossier) -> list[dict[str, Any]]:
    """What happened, newest first, in the words of the ledger; reasons only where they are meant for the citizen."""
    texts = dict(EventText.objects.filter(dossier=dossier, is_public=True).values_list("seq", "text"))
    events = DossierEvent.objects.filter(dossier_id=dossier.pk, code__in=told_to_citizens()).order_by("-seq")
    return [
        {
            "title": str(EVENTS[event.code].citizen),
            "at": event.happened_at,
            "text": texts.get(event.seq, ""),
            "tone": EVENTS[event.code].tone,
            "icon": EVENTS[event.code].icon,
        }
        for event in events
    ]


def file_rows(dossier: Dossier, *, paper_codes: set[str] | None = None) -> list[dict[str, Any]]:
    """Files of the dossier as ui/file_row wants them."""
    rows = dossier.attachments.filter(removed_at__isnull=True).select_related("file").order_by("round", "pk")
    return [
        {
            "pk": row.pk,
            "paper": row.paper_name,
            "paper_code": row.paper_code,
            "round": row.round,
            "name": row.file.name if row.file else _("bản giấy"),
            "size": row.file.size if row.file else None,
            "sha": row.file.sha256 if row.file else "",
            "scan_state": row.file.scan_state if row.file else ScanState.CLEAN,
            "url": reverse("my:file", args=[dossier.reference, row.pk]) if row.file else "",
        }
        for row in rows
        if paper_codes is None or row.paper_code in paper_codes
    ]


def list_rows(dossiers: QuerySet[Dossier]) -> list[dict[str, Any]]:
    """Rows of "Hồ sơ của tôi"."""
    return [
        {
            "id": dossier.pk,
            "title": dossier.procedure.name,
            "code": dossier.code or dossier.reference,
            "unit": dossier.competent_unit.name,
            "mark": mark(dossier),
            "url": reverse("my:dossier", args=[dossier.reference]),
            "at": dossier.submitted_at or dossier.created_at,
            "is_draft": dossier.state == State.DRAFT,
            "due_at": dossier.due_at if dossier.state not in FINAL_STATES else None,
        }
        for dossier in dossiers
    ]
