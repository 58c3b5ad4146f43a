"""What the desk's dossier page shows, gathered in one place. Reading a dossier is logged here, once a page."""

from dataclasses import dataclass
from typing import Any

import structlog
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import OrgUnit, Party, User
from accounts.services import log_read
from dossiers import answers, queries
from dossiers.desk import acts, clocks
from dossiers.desk.rows import WAITING, state_badge
from dossiers.enums import FINAL_STATES, State
from dossiers.events import EVENTS
from dossiers.explaining import explain_due
from dossiers.forms.desk import ActForm
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent, EventText
from dossiers.reasons import REASONS
from portal import clock
from portal.sealing import unseal
from procedures.enums import PaperForm, PaperKind
from vault.enums import ScanState

SCAN_WORDS = {
    ScanState.CLEAN: "clean",
    ScanState.WAITING: "pending",
    ScanState.INFECTED: "infected",
    ScanState.NOT_SCANNED: "unscanned",
}
TOUCHED = ("procedure", "revision", "owner", "submitter", "receiving_unit", "competent_unit", "department")
CLOCK_STANDS = frozenset({*FINAL_STATES, State.DONE})


@dataclass(frozen=True, slots=True)
class OfferedAct:
    """One act on the page: its words, its form (bound when it came back), its address."""

    name: str
    act: acts.DeskAct
    form: ActForm
    url: str
    title: str

    @property
    def is_open(self) -> bool:
        """Forms with errors and the usual next act stand open, the rest are folded."""
        return self.form.is_bound or not self.act.is_aside


def context(
    request: HttpRequest,
    dossier: Dossier,
    *,
    bound: ActForm | None = None,
    action: str = "",
    reveal: bool = False,
) -> dict[str, Any]:
    """Everything on the page of one dossier; logs that this person read it. `reveal`: identity numbers in clear."""
    log_reading(request, dossier, what=_("xem số định danh") if reveal else _("xem hồ sơ"))
    work = list(queries.open_work(dossier.pk))
    offered = offered_acts(dossier, request.user, bound=bound, action=action)
    return {
        "dossier": dossier,
        "title": dossier.code or dossier.reference,
        "state": state_badge(dossier.state),
        "due": due_facts(dossier),
        "why_due": explain_due(dossier),
        "work": work,
        "held_by_other": [item for item in work if item.holder_id and item.holder_id != request.user.pk],
        "answers": answers.summary(dossier),
        "papers": papers(dossier),
        "events": timeline(dossier.pk),
        "printed": list(dossier.printed_forms.order_by("called_at", "pk")),
        "result": getattr(dossier, "result", None),
        "supplements": list(dossier.supplements.order_by("round")),
        "next_acts": [one for one in offered if not one.act.is_aside],
        "other_acts": [one for one in offered if one.act.is_aside],
        "failed": None if any(one.form is bound for one in offered) else bound,
        "lost_words": _lost_words(bound, action, offered),
        "owner_number": _number(dossier.owner, reveal=reveal),
        "submitter_number": _number(dossier.submitter, reveal=reveal),
        "is_revealed": reveal,
    }


def offered_acts(dossier: Dossier, user: User, *, bound: ActForm | None, action: str) -> list[OfferedAct]:
    """The acts this person may do now, each with its form; `bound` stands in for the form of `action`."""
    found = []
    for act in acts.offered(queries.allowed_actions(dossier, user), dossier):
        name = str(act.code)
        form = bound if bound is not None and name == action else act.form(name=name, dossier=dossier, user=user)
        url = reverse("desk:act", args=[dossier.pk, name])
        found.append(OfferedAct(name, act, form, url, str(act.label)))
    return found


def due_facts(dossier: Dossier) -> dict[str, Any]:
    """Due time and working minutes left, as the `due` mark wants them; nothing runs once the work is done."""
    if dossier.state in (State.SUBMITTED, State.INTAKE_FIX):
        at, unit = dossier.accept_by, dossier.receiving_unit
    else:
        at, unit = dossier.due_at, dossier.competent_unit
    stands = dossier.clock_stopped_at is not None or dossier.state in CLOCK_STANDS or dossier.state in WAITING
    left = None if stands else clocks.minutes_left(clock.now(), at, clocks.calendar_of(unit))
    return {"at": at, "left": left, "is_over": dossier.state in CLOCK_STANDS}


def papers(dossier: Dossier) -> list[dict[str, Any]]:
    """Papers of the list with what came for each; papers outside the list (free supplements) follow."""
    given: dict[str, list[dict[str, Any]]] = {}
    names: dict[str, str] = {}
    for row in dossier.attachments.filter(removed_at__isnull=True).select_related("file").order_by("round", "pk"):
        names.setdefault(row.paper_code, row.paper_name)
        given.setdefault(row.paper_code, []).append(_attachment(dossier.pk, row))
    listed = dossier.revision.papers.filter(case_code__in=["", dossier.case_code]).exclude(kind=PaperKind.NOTE)
    rows = [
        {"name": paper.name, "is_required": paper.is_required, "given": given.pop(paper.code, [])}
        for paper in listed.order_by("sort_order", "pk")
    ]
    rows.extend({"name": names[code], "is_required": False, "given": found} for code, found in given.items())
    return rows


def timeline(dossier_id: int) -> list[dict[str, Any]]:
    """What happened, newest first, as ui/timeline wants it."""
    texts = dict(EventText.objects.filter(dossier_id=dossier_id).values_list("seq", "text"))
    events = list(DossierEvent.objects.filter(dossier_id=dossier_id).order_by("-seq"))
    people = dict(User.objects.filter(pk__in={event.actor_id for event in events}).values_list("pk", "full_name"))
    units = dict(OrgUnit.objects.filter(pk__in={event.actor_unit_id for event in events}).values_list("pk", "name"))
    return [
        {
            "title": _event_title(event, people, units),
            "at": event.happened_at,
            "text": _event_text(event, texts.get(event.seq, "")),
            **_look(event),
        }
        for event in events
    ]


def _event_title(event: DossierEvent, people: dict[int, str], units: dict[int, str]) -> str:
    who = people.get(event.actor_id or 0, "")
    where = units.get(event.actor_unit_id or 0, "")
    by = ", ".join(part for part in (who, where) if part)
    return f"{event.label} – {by}" if by else event.label


def _event_text(event: DossierEvent, text: str) -> str:
    reason = REASONS.get(event.reason_code)
    return f"{reason.label}.\n{text}".strip() if reason is not None else text


def _look(event: DossierEvent) -> dict[str, str]:
    kind = EVENTS.get(event.code)
    return {"tone": kind.tone if kind else "info", "icon": kind.icon if kind else ""}


def _attachment(dossier_id: int, row: Any) -> dict[str, Any]:
    form = PaperForm(row.form).label if row.form else ""
    if row.file is None:
        return {"form": form, "file": None}
    openable = row.file.scan_state not in (ScanState.INFECTED, ScanState.WAITING)
    return {
        "form": form,
        "file": row.file,
        "scan": SCAN_WORDS[ScanState(row.file.scan_state)],
        "url": reverse("desk:file", args=[dossier_id, row.pk]) if openable else "",
        "note": _("nộp bổ sung lần %(round)s") % {"round": row.round} if row.round else "",
    }


def _number(party: Party | None, *, reveal: bool) -> str:
    if party is None or not party.identity_sealed:
        return ""
    return unseal(party.identity_sealed) if reveal else party.identity_masked


def _lost_words(bound: ActForm | None, action: str, offered: list[OfferedAct]) -> list[str]:
    """What was typed for an act that is no longer possible, so that it can be copied."""
    if bound is None or any(one.name == action for one in offered):
        return []
    typed = (bound.data.get(name, "").strip() for name in bound.fields if name != "version")
    return [words for words in typed if len(words) > len("on")]


def log_reading(request: HttpRequest, dossier: Dossier, *, what: str) -> None:
    """Record that this person read the data of owner and submitter."""
    unit = next((row.unit for row in getattr(request, "scope", [])), None)
    people = {party.pk: party for party in (dossier.owner, dossier.submitter) if party is not None}
    for party in people.values():
        log_read(
            reader=request.user, party=party, what=what, subject=dossier.code or dossier.reference,
            unit=unit, request_id=request_id(),
        )  # fmt: skip


def request_id() -> str:
    """The number of this request, as it stands on each log line."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))
