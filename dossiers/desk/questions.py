"""How a question to another unit is shown: on the dossier's page for who asks, on its own page for who is asked."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.enums import Role
from dossiers import clocks, consultations
from dossiers.enums import Action, ConsultationAnswer, EventCode
from dossiers.forms.consultation import EndConsultationForm
from dossiers.models.consultation import Consultation
from dossiers.models.work import WorkItem
from dossiers.reading import Reading
from dossiers.sections import Context
from portal import clock
from portal.templatetags.ui import badge
from procedures.enums import StepKind

HAPPENED = frozenset(
    {
        EventCode.CONSULTED,
        EventCode.CONSULTATION_ANSWERED,
        EventCode.CONSULTATION_ENDED,
        EventCode.CONSULTATION_SILENT,
    }
)
TONES = {
    ConsultationAnswer.AGREES: "success",
    ConsultationAnswer.CONDITIONS: "warning",
    ConsultationAnswer.DISAGREES: "danger",
    ConsultationAnswer.SILENT: "warning",
    ConsultationAnswer.ENDED: "neutral",
}
Said = Mapping[tuple[int, int], str]


def of_reading(reading: Reading) -> Context | None:
    """Everything that was asked about the dossier, with state, deadline and answer; nothing when nobody was asked."""
    if not _was_asked(reading):
        return None
    found = consultations.of_dossier(reading.dossier.pk)
    said = {(reading.dossier.pk, event.seq): event.words or "" for event in reading.events}
    names = {event.seq: event.actor_name for event in reading.events}
    return {"questions": [_line(reading, asked, said, names) for asked in found]}


def facts(asked: Consultation, said: Said) -> dict[str, Any]:
    """State, deadline and words of one question."""
    item = asked.work_item
    return {
        "state": state_of(asked),
        "question": consultations.question(asked, said),
        "answer": consultations.answer(asked, said),
        "due": item.due_at,
        "left": _left(item),
        "closed_at": item.closed_at,
        "silence_agrees": asked.silence_agrees,
    }


def state_of(asked: Consultation) -> SafeString:
    """What came of the question, as icon and word."""
    item = asked.work_item
    if asked.answer_kind:
        kind = ConsultationAnswer(asked.answer_kind)
        return badge(TONES[kind], kind.label)
    if item.closed_at is not None:
        return badge("neutral", _("không còn phải trả lời"), "minus")
    if item.suspended_at is not None:
        return badge("neutral", _("tạm dừng, chờ người nộp"), "hourglass")
    if item.due_at < clock.now():
        return badge("danger", _("quá hạn trả lời"), "alert")
    return badge("info", _("chờ trả lời"), "hourglass")


def _was_asked(reading: Reading) -> bool:
    """Told from what the page has read anyway."""
    lies_open = any(item.kind == StepKind.CONSULT for item in reading.work)
    return lies_open or any(event.code in HAPPENED for event in reading.events)


def _line(reading: Reading, asked: Consultation, said: Said, names: Mapping[int, str | None]) -> dict[str, Any]:
    item = asked.work_item
    printed = (form for form in reading.printed if form.name == consultations.ANSWER_PAPER)
    may_end = item.closed_at is None and _may_end(reading, asked)
    return {
        **facts(asked, said),
        "unit": item.unit.name,
        "asked_by": names.get(item.opened_seq or 0) if asked.asked_by_id is not None else "",
        "asked_at": item.opened_at,
        "printed": next((form for form in printed if form.event_seq == item.closed_seq), None),
        "end_form": EndConsultationForm(auto_id=f"rut-{item.pk}-%s") if may_end else None,
        "end_url": reverse("desk:end_consultation", args=[item.dossier_id, item.pk]),
    }


def _may_end(reading: Reading, asked: Consultation) -> bool:
    """Whether the page offers to take the question back; the service asks again."""
    if Action.END_CONSULTATION not in reading.actions:
        return False
    asks_itself = asked.asked_by_id is not None and Action.CONSULT in reading.actions
    return asks_itself or Role.UNIT_HEAD in reading.roles


def _left(item: WorkItem) -> int | None:
    if item.closed_at is not None or item.suspended_at is not None:
        return None
    return clocks.minutes_left(clock.now(), item.due_at, clocks.calendar_of(item.unit))
