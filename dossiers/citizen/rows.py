"""Words and rows that several of the citizen's pages show: the public mark, the way in stations, files, the list."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import naming as unit_names
from dossiers.enums import FINAL_STATES, PUBLIC_STAGE, WAITING_STATES, PublicStage, State
from dossiers.models.attachment import Attachment
from dossiers.models.dossier import Dossier
from dossiers.models.work import WorkItem
from portal import clock
from portal.templatetags.ui import moment
from procedures import naming as procedure_names
from vault.enums import ScanState

STAGE_TONES = {
    PublicStage.FILED: ("info", "send"),
    PublicStage.ACCEPTED: ("info", "check"),
    PublicStage.NEEDS_YOU: ("warning", "alert"),
    PublicStage.WORKING: ("info", "hourglass"),
    PublicStage.ENDED: ("success", "check"),
}
ENDINGS = {
    State.NOT_ACCEPTED: ("danger", "cross"),
    State.REFUSED: ("danger", "cross"),
    State.WITHDRAWN: ("neutral", "return"),
    State.STOPPED: ("neutral", "pause"),
}
# What the house waits for while the next step is the applicant's.
WAITED_FOR = {
    State.INTAKE_FIX: gettext_lazy("chờ bổ sung, hoàn thiện hồ sơ"),
    State.SUPPLEMENT: gettext_lazy("chờ bổ sung hồ sơ"),
    State.PAYMENT: gettext_lazy("chờ nộp phí, lệ phí, nghĩa vụ tài chính"),
    State.CHECKING: gettext_lazy("chờ kiểm tra bản dự thảo"),
}
# What the applicant must do, where the public word would say something else.
ASKED_TO = {State.CHECKING: gettext_lazy("Cần bạn kiểm tra")}
WAY = (PublicStage.FILED, PublicStage.ACCEPTED, PublicStage.WORKING, PublicStage.ENDED)
PERCENT = {PublicStage.FILED: 25, PublicStage.ACCEPTED: 50, PublicStage.WORKING: 75, PublicStage.ENDED: 100}


def mark(dossier: Dossier) -> dict[str, str]:
    """The status as tone, word and icon: five public words, and the plain word for an end without a result."""
    if dossier.state == State.DRAFT:
        return {"tone": "neutral", "label": State.DRAFT.label, "icon": "edit"}
    if dossier.state in ENDINGS:
        tone, icon = ENDINGS[State(dossier.state)]
        return {"tone": tone, "label": State(dossier.state).label, "icon": icon}
    stage = PUBLIC_STAGE[State(dossier.state)]
    tone, icon = STAGE_TONES[stage]
    return {"tone": tone, "label": ASKED_TO.get(State(dossier.state), stage.label), "icon": icon}


def late_answer(dossier: Dossier) -> dict[str, str] | None:
    """That the desk has not answered in its time, with whom it lies and how to ask; None while there is time."""
    if dossier.state != State.SUBMITTED or dossier.accept_by is None or clock.now() <= dossier.accept_by:
        return None
    desk = dossier.receiving_unit
    text = _("Hồ sơ đang ở %(desk)s, chưa được trả lời. Bạn không phải làm gì thêm và không phải nộp lại.")
    ask = _("Bạn có thể hỏi theo số %(phone)s.") % {"phone": desk.phone} if desk.phone else ""
    return {
        "title": _("Cơ quan trả lời chậm: hạn %(at)s đã qua") % {"at": moment(dossier.accept_by)},
        "text": f"{text % {'desk': desk.name}} {ask}".strip(),
    }


def stages(dossier: Dossier) -> dict[str, Any]:
    """The way in four stations as ui/stepper wants it; a wait for the citizen stands at the station it interrupts."""
    stage = _station(dossier)
    number = WAY.index(stage) + 1
    ended = stage == PublicStage.ENDED and dossier.state not in ENDINGS  # no tick at an end without a result
    steps = [
        {
            "label": step.label,
            "state": "done" if place < number or ended else "current" if place == number else "todo",
            "url": "",
        }
        for place, step in enumerate(WAY, start=1)
    ]
    return {"steps": steps, "number": number, "total": len(WAY), "percent": PERCENT[stage]}


def holders(dossier: Dossier, work: Collection[WorkItem]) -> list[dict[str, Any]]:
    """Who holds it now, as what, since when: the applicant while the house waits for them, and units; no officer is named.

    Units of the work are loaded.
    """
    lying = [
        {"unit": item.unit.name, "step": item.name, "since": item.opened_at, "waits": item.suspended_at is not None}
        for item in work
    ]
    if dossier.state not in WAITING_STATES:
        return lying
    since = min((item.suspended_at for item in work if item.suspended_at is not None), default=None)
    you = {"unit": _("Người nộp hồ sơ"), "step": WAITED_FOR[State(dossier.state)], "since": since, "waits": False}
    return [you, *lying]


def _station(dossier: Dossier) -> PublicStage:
    stage = PUBLIC_STAGE[State(dossier.state)]
    if stage != PublicStage.NEEDS_YOU:
        return PublicStage(stage)
    return PublicStage.WORKING if dossier.received_at else PublicStage.FILED


def file_rows(dossier: Dossier, attachments: Iterable[Attachment]) -> list[dict[str, Any]]:
    """Files of the dossier as ui/file_row wants them."""
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
            "since": row.file.created_at if row.file else None,
            "url": reverse("my:file", args=[dossier.reference, row.pk]) if row.file else "",
        }
        for row in sorted(attachments, key=lambda row: (row.round, row.pk))
    ]


def list_rows(dossiers: QuerySet[Dossier]) -> list[dict[str, Any]]:
    """Rows of "Hồ sơ của tôi"."""
    found = list(dossiers)
    unit_of = unit_names.units(dossier.competent_unit_id for dossier in found)
    procedure_of = procedure_names.procedures(dossier.procedure_id for dossier in found)
    return [
        {
            "id": dossier.pk,
            "title": procedure_of[dossier.procedure_id].name,
            "code": dossier.code or dossier.reference,
            "unit": unit_of[dossier.competent_unit_id].name,
            "mark": mark(dossier),
            "url": reverse("my:dossier", args=[dossier.reference]),
            "at": dossier.submitted_at or dossier.created_at,
            "is_draft": dossier.state == State.DRAFT,
            "due_at": dossier.due_at if dossier.state not in FINAL_STATES else None,
            "due_before": dossier.reappointed_from,
        }
        for dossier in found
    ]
