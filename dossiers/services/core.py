"""What every act has in common: lock, check against the table, change, one ledger event, work items, notices.

Only the other modules of dossiers.services call this one.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from accounts.calendars import calendar_for
from accounts.models import OrgUnit, User
from dossiers import notices, queries, workflow
from dossiers.enums import FINAL_STATES, Action, PrintedName, State
from dossiers.models.attachment import Attachment
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent, EventText
from dossiers.models.result import PrintedForm
from dossiers.models.work import WorkItem
from dossiers.services import terms
from portal import clock, worktime
from portal.celery import enqueue
from portal.errors import NotNowError, StaleError
from portal.text import clean
from procedures.enums import PaperForm, StepPlace
from procedures.limits import Step

_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
NOT_IN_HASH = frozenset({"id", "hash", "previous_hash", "transaction_id", "recorded_at"})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, in which role, for which unit."""

    user_id: int | None
    role: str
    unit_id: int | None = None


@dataclass(slots=True)
class Deed:
    """What an act adds to the bare transition."""

    text: str = ""
    text_is_public: bool = False
    reason_code: str = ""
    printed: tuple[PrintedName, ...] = ()
    next_holder_id: int | None = None
    next_unit: OrgUnit | None = None
    number: Callable[[], str] | None = None
    extra: dict[str, Any] = field(default_factory=dict)  # ledger columns only this act knows


def locked(dossier_id: int, version: int | None = None) -> Dossier:
    """Lock a dossier until the transaction ends; StaleError when somebody changed it since `version` was shown."""
    dossier = (
        Dossier.objects.select_for_update(of=("self",), no_key=True)
        .select_related("revision", "procedure", "owner", "submitter", "receiving_unit", "competent_unit", "counting_unit", "department")
        .get(pk=dossier_id)
    )  # fmt: skip
    if version is not None and dossier.version != version:
        raise StaleError
    return dossier


def begin(
    *, dossier_id: int, action: Action, by: User, version: int | None
) -> tuple[Dossier, workflow.Transition, Actor]:
    """Lock, then check the act against the table; raises StaleError or NotNowError."""
    dossier = locked(dossier_id, version)
    work, roles = queries.facts_for_check(dossier, by)
    row = workflow.check(
        action, state=dossier.state, work=work, roles=roles, actor_id=by.pk, past=queries.past_actors(dossier.pk)
    )
    return dossier, row, _actor(dossier, row, by, roles)


def apply(dossier: Dossier, row: workflow.Transition, actor: Actor, deed: Deed | None = None) -> Dossier:
    """Do what the row says, in the caller's transaction: event, work items, papers, state, number last, notices."""
    deed = deed or Deed()
    now = clock.now()
    target, event_code, next_step = workflow.outcome(row, dossier.proposal)
    before, dossier.state = dossier.state, target or dossier.state
    dossier.version += 1
    dossier.event_count += 1
    _close_work(dossier, row, actor, now)
    step = _open_work(dossier, next_step, now, deed) if next_step else None
    event = _write_event(dossier, event_code, actor, deed, before=before, now=now, step=step)
    _call_for_papers(dossier, deed.printed, now)
    if deed.number is not None:
        dossier.code = deed.number()
    dossier.save()
    notices.tell(dossier, event.code, seq=event.seq, text=deed.text if deed.text_is_public else "")
    return dossier


def event_values(dossier: Dossier, *, counts: Mapping[str, int] | None = None) -> dict[str, Any]:
    """The frozen dimensions of a dossier as they stand now (ledger columns)."""
    counts = counts or {}
    return {
        "dossier_id": dossier.pk,
        "authority_code": dossier.authority_code,
        "receiving_unit_id": dossier.receiving_unit_id,
        "competent_unit_id": dossier.competent_unit_id,
        "counting_unit_id": dossier.counting_unit_id,
        "unit_group_id": dossier.counting_unit.group_id,
        "department_id": dossier.department_id,
        "ward_code": dossier.owner.place_code if dossier.owner else "",
        "procedure_id": dossier.procedure_id,
        "procedure_code": dossier.procedure.code,
        "case_code": dossier.case_code,
        "revision_id": dossier.revision_id,
        "level_offered": dossier.level_offered,
        "channel": dossier.channel,
        "sub_channel": dossier.sub_channel,
        "is_assisted": dossier.is_assisted,
        "is_internal": dossier.is_internal,
        "applicant_kind": dossier.owner.kind if dossier.owner else "",
        "first_received_at": dossier.received_at,
        "first_due_at": dossier.first_due_at,
        "due_at": dossier.due_at,
        "fee_due": dossier.fee_due,
        "papers_total": counts.get("total", 0),
        "papers_digitised": counts.get("digitised", 0),
        "papers_reused": counts.get("reused", 0),
    }


def event_hash(values: Mapping[str, Any], previous_hash: str) -> str:
    """SHA-256 over the previous hash and every frozen column, in canonical JSON (times in UTC)."""
    frozen = {
        name: value.astimezone(clock.UTC).isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
        if name not in NOT_IN_HASH
    }
    return hashlib.sha256(f"{previous_hash}\n{_CANONICAL(frozen)}".encode()).hexdigest()


def text_digest(text: str) -> str:
    """Digest that stands in the ledger for words that may be erased."""
    return hashlib.sha256(text.encode()).hexdigest()


def reset_clock(dossier: Dossier, limit: worktime.Limit | None, start: datetime) -> None:
    """Set the due time from `start` by the full limit; the first promise never moves once made."""
    if limit is None:
        dossier.due_at = None
        return
    dossier.due_at = worktime.due(start, limit, calendar_for(dossier.competent_unit))
    if dossier.first_due_at is None:
        dossier.first_due_at = dossier.due_at


def renew_open_steps(dossier: Dossier, now: datetime) -> None:
    """Give open steps their hours anew after a stop; an unreceived dossier keeps its acceptance deadline."""
    hours = {step.position: step.hours for step in terms.route(dossier)}
    for item in WorkItem.objects.filter(dossier=dossier, closed_at__isnull=True).select_related("unit"):
        minutes = int(hours.get(item.position, 8) * 60)
        item.due_at = worktime.add_minutes(now, minutes, calendar_for(item.unit))
        if dossier.state == State.SUBMITTED and dossier.accept_by is not None:
            item.due_at = dossier.accept_by
        item.save(update_fields=["due_at"])


def _actor(dossier: Dossier, row: workflow.Transition, by: User, roles: frozenset[str]) -> Actor:
    if row.step is None:
        role = queries.event_role(roles, row.roles)
        return Actor(by.pk, role, None if role == workflow.CITIZEN else dossier.receiving_unit_id)
    by_unit = queries.roles_by_unit(by)
    for item in queries.open_work(dossier.pk):
        held = by_unit.get(item.unit_id, frozenset())
        if item.kind == row.step and held & row.roles:
            return Actor(by.pk, queries.event_role(held, row.roles), item.unit_id)
    raise NotNowError


def _close_work(dossier: Dossier, row: workflow.Transition, actor: Actor, now: datetime) -> None:
    rows = WorkItem.objects.filter(dossier=dossier, closed_at__isnull=True)
    if dossier.state not in FINAL_STATES:
        if row.step is None or row.next_step is None:
            return
        rows = rows.filter(kind=row.step)
    rows.update(closed_at=now, closed_by_id=actor.user_id)


def _open_work(dossier: Dossier, kind: str, now: datetime, deed: Deed) -> WorkItem:
    route = terms.route(dossier)
    step = next((found for found in route if found.kind == kind), None)
    if step is None:
        message = f"revision {dossier.revision_id} has no step {kind}"
        raise LookupError(message)
    unit = deed.next_unit or _unit_for(dossier, step)
    due_at = worktime.add_minutes(now, int(step.hours * 60), calendar_for(unit))
    if dossier.state == State.SUBMITTED and dossier.accept_by is not None:
        due_at = dossier.accept_by
    return WorkItem.objects.create(
        dossier=dossier, position=step.position, steps_total=len(route), kind=step.kind, name=step.name,
        unit=unit, role=step.role, holder_id=deed.next_holder_id, opened_at=now, due_at=due_at,
    )  # fmt: skip


def _unit_for(dossier: Dossier, step: Step) -> OrgUnit:
    if step.place == StepPlace.DESK:
        return dossier.receiving_unit
    if step.place == StepPlace.DEPARTMENT and dossier.department is not None:
        return dossier.department
    return dossier.competent_unit


def _write_event(
    dossier: Dossier, code: str, actor: Actor, deed: Deed, *, before: str, now: datetime, step: WorkItem | None
) -> DossierEvent:
    text = clean_text(deed.text)
    values = {
        **event_values(dossier, counts=_paper_counts(dossier)),
        "seq": dossier.event_count,
        "schema_version": DossierEvent.SCHEMA_VERSION,
        "code": str(code),
        "happened_at": now,
        "state_from": str(before),
        "state_to": str(dossier.state),
        "actor_id": actor.user_id,
        "actor_role": str(actor.role),
        "actor_unit_id": actor.unit_id,
        "reason_code": deed.reason_code,
        "text_digest": text_digest(text) if text else "",
        "step_kind": step.kind if step else "",
        "step_due_at": step.due_at if step else None,
        **deed.extra,
    }
    previous = _last_hash(dossier)
    event = DossierEvent(previous_hash=previous, **values)
    full = {f.attname: getattr(event, f.attname) for f in DossierEvent._meta.concrete_fields}
    event.hash = event_hash(full, previous)
    event.save(force_insert=True)
    if text:
        EventText.objects.create(dossier=dossier, seq=event.seq, text=text, is_public=deed.text_is_public)
    return event


def _last_hash(dossier: Dossier) -> str:
    if dossier.event_count == 1:
        return ""
    return DossierEvent.objects.values_list("hash", flat=True).get(dossier_id=dossier.pk, seq=dossier.event_count - 1)


def _paper_counts(dossier: Dossier) -> dict[str, int]:
    live = Attachment.objects.filter(dossier=dossier, removed_at__isnull=True)
    return live.aggregate(
        total=Count("paper_code", distinct=True),
        digitised=Count("paper_code", distinct=True, filter=Q(file__isnull=False)),
        reused=Count("paper_code", distinct=True, filter=Q(form=PaperForm.REUSED)),
    )


def _call_for_papers(dossier: Dossier, names: Iterable[PrintedName], now: datetime) -> None:
    for name in names:
        form = PrintedForm.objects.create(dossier=dossier, name=name, event_seq=dossier.event_count, called_at=now)
        enqueue("dossiers.tasks.print_form", printed_form_id=form.pk)


def clean_text(text: str) -> str:
    """Normalise words of an act line by line; control characters go, line breaks stay."""
    return "\n".join(clean(line) for line in text.splitlines()).strip()
