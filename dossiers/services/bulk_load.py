"""The one loader that writes many dossiers with their whole ledger at once, by COPY. For scenarios and migrations only.

It goes round the services: no locks, no papers, no notices, no work items. What it writes is what they would have
written: codes from the same counters, events from the same builder, and dirty rows for the figures.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection, models, transaction
from psycopg.types.json import Jsonb

from accounts.enums import IdentitySource, Role
from accounts.models import OrgUnit, Party
from accounts.services.facts import PartyFacts
from dossiers import ledger, promise, workflow
from dossiers.enums import Delivery, EventCode, SegmentKind, State, SubChannel
from dossiers.models.clock import ClockSegment
from dossiers.models.counter import Counter
from dossiers.models.dirty import DirtyDossier
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.promise import Promise
from dossiers.services import segments
from portal import clock, worktime
from portal.text import clean, fold, name_sort_key
from portal.worktime import Limit, WorkCalendar
from procedures.enums import Channel, ClockName, ResumePolicy
from procedures.models import Procedure
from procedures.start_rules import OWN_DESK

CHUNK = 4000
# Who does what in a generated story; nobody by name.
ROLES: Mapping[str, str] = {
    EventCode.SUBMITTED: workflow.CITIZEN,
    EventCode.RECEIVED: Role.RECEPTIONIST,
    EventCode.FORWARDED: Role.RECEPTIONIST,
    EventCode.RESULT_ISSUED: Role.CLERK,
    EventCode.REFUSED: Role.CLERK,
    EventCode.RETURNED: Role.RETURNER,
    EventCode.WITHDRAWN: Role.DESK_HEAD,
}
ENDS = frozenset({EventCode.RESULT_ISSUED, EventCode.REFUSED, EventCode.WITHDRAWN, EventCode.NOT_ACCEPTED})


@dataclass(frozen=True, slots=True)
class Act:
    """One event of a story: what, when, and the state it leads to."""

    code: EventCode
    at: datetime
    state: State


@dataclass(frozen=True, slots=True)
class Term:
    """Within which limit a dossier had to be done, what was promised by it, and the calendar that counted."""

    limit: Limit
    promised: Promise
    calendar: WorkCalendar


@dataclass(slots=True)
class Story:
    """One dossier from its first act to its last. `owner` is the place of its party in the list given to `load`."""

    reference: str
    owner: int
    procedure: Procedure
    revision_id: int
    receiving_unit: OrgUnit
    unit: OrgUnit
    channel: Channel
    level_offered: int
    acts: list[Act]
    term: Term | None = None
    department_id: int | None = None
    is_assisted: bool = False
    papers: int = 0
    papers_digitised: int = 0
    code: str | None = field(default=None, init=False)

    def at(self, *codes: EventCode) -> datetime | None:
        """When the first of these acts happened."""
        return next((act.at for act in self.acts if act.code in codes), None)

    @property
    def first_due_at(self) -> datetime | None:
        """When the result was promised."""
        return self.term.promised.due_at if self.term else None

    @property
    def delivery(self) -> Delivery:
        """Generated people fetch their results the way they filed."""
        by_channel = {Channel.ONLINE: Delivery.ONLINE, Channel.POST: Delivery.POST}
        return by_channel.get(self.channel, Delivery.DESK)

    @property
    def sub_channel(self) -> SubChannel:
        """How exactly it came in."""
        by_channel = {Channel.ONLINE: SubChannel.PORTAL, Channel.POST: SubChannel.POST}
        return by_channel.get(self.channel, SubChannel.COUNTER)


@dataclass(frozen=True, slots=True)
class ToldClock:
    """The one stretch in which the clock of a told dossier ran, and its explanation as text, which three places want."""

    row: ClockSegment
    explanation: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """How much was written."""

    parties: int
    dossiers: int
    events: int


def load(*, stories: Sequence[Story], parties: Sequence[PartyFacts]) -> Loaded:
    """Write parties, dossiers and events in one transaction: all of them or nothing.

    Parties are new rows without an identity number. Stories of one authority and day are numbered by reception.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
        now = clock.now()
        party_ids = _next_ids(Party, len(parties))
        _copy(Party, (_party(pk, facts, now) for pk, facts in zip(party_ids, parties, strict=True)))
        _number(stories)
        dossier_ids = _next_ids(Dossier, len(stories))
        events = 0
        for start in range(0, len(stories), CHUNK):
            part = list(zip(dossier_ids[start : start + CHUNK], stories[start : start + CHUNK], strict=True))
            _copy(
                Dossier, (_dossier(pk, story, party_ids[story.owner], parties[story.owner], now) for pk, story in part)
            )
            clocks = {pk: _clock(pk, story) for pk, story in part}
            _copy_clocks([told for told in clocks.values() if told is not None])
            rows = [row for pk, story in part for row in _events(pk, story, parties[story.owner], clocks[pk])]
            _copy(DossierEvent, rows)
            _copy(DirtyDossier, ({"dossier_id": pk} for pk, _story in part))
            events += len(rows)
    _analyze()
    return Loaded(len(parties), len(stories), events)


def _analyze() -> None:
    """Tell the planner at once: until autovacuum comes by, a month of figures took five minutes instead of one second."""
    with connection.cursor() as cursor:
        for model in (Party, Dossier, DossierEvent):
            # Columns by name: what an index on an expression says would be put together once more for each row.
            columns = ", ".join(connection.ops.quote_name(column.attname) for column in model._meta.concrete_fields)
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)} ({columns})")


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────


def _blank(model: type[models.Model]) -> dict[str, Any]:
    """Every column the database does not fill itself, with the model's default."""
    return {
        f.attname: f.get_default() for f in model._meta.concrete_fields if not f.primary_key and not f.has_db_default()
    }


def _utc(moment: datetime | None) -> datetime | None:
    """The same moment in the zone that the ledger tells times in: a time that several events repeat is converted once."""
    return moment.astimezone(UTC) if moment else None


_PARTY, _DOSSIER = _blank(Party), _blank(Dossier)


def _party(pk: int, facts: PartyFacts, now: datetime) -> dict[str, Any]:
    name = clean(facts.full_name)
    return _PARTY | {
        "id": pk,
        "kind": str(facts.kind),
        "full_name": name,
        "search_name": fold(name),
        "sort_name": name_sort_key(name),
        "birth_date": facts.birth_date,
        "gender": facts.gender,
        "phone": facts.phone,
        "address": facts.address,
        "place_code": facts.place_code,
        "identity_source": IdentitySource.DECLARED.value,
        "created_at": now,
        "updated_at": now,
    }


def _dossier(pk: int, story: Story, party_id: int, owner: PartyFacts, now: datetime) -> dict[str, Any]:
    name = clean(owner.full_name)
    return _DOSSIER | {
        "id": pk,
        "reference": story.reference,
        "code": story.code,
        "idempotency_key": uuid.uuid4(),
        "authority_code": story.unit.authority_code,
        "procedure_id": story.procedure.pk,
        "answers": Jsonb({}),
        "revision_id": story.revision_id,
        "owner_id": party_id,
        "submitter_id": party_id,
        "owner_name": name,
        "owner_search_name": fold(name),
        "owner_birth_date": owner.birth_date,
        "owner_place_code": owner.place_code,
        "submitter_name": name,
        "receiving_unit_id": story.receiving_unit.pk,
        "competent_unit_id": story.unit.pk,
        "counting_unit_id": story.unit.pk,
        "department_id": story.department_id,
        "channel": int(story.channel),
        "sub_channel": story.sub_channel.value,
        "is_assisted": story.is_assisted,
        "is_internal": story.procedure.is_internal,
        "level_offered": int(story.level_offered),
        "delivery": story.delivery.value,
        "state": story.acts[-1].state.value,
        "version": len(story.acts),
        "event_count": len(story.acts),
        "submitted_at": story.acts[0].at,
        "received_at": story.at(EventCode.RECEIVED),
        "first_due_at": story.first_due_at,
        "due_at": story.first_due_at,
        "finished_at": story.at(*ENDS),
        "returned_at": story.at(EventCode.RETURNED),
        "created_at": story.acts[0].at,
        "updated_at": now,
    }


def _clock(pk: int, story: Story) -> ToldClock | None:
    """The one stretch in which the clock of a told dossier ran; it never stood."""
    received_at, term = story.at(EventCode.RECEIVED), story.term
    if received_at is None or term is None:
        return None
    row = ClockSegment(
        dossier_id=pk,
        position=1,
        clock=ClockName.MAIN,
        kind=SegmentKind.RUN,
        started_at=received_at,
        limit_value=term.limit.value,
        limit_unit=term.limit.unit,
        start_rule=OWN_DESK.code,
        policy=ResumePolicy.RESTART,
        due_at=term.promised.due_at,
        minutes=term.promised.minutes,
        calendar_unit_id=story.unit.pk,
        explanation=term.promised.explanation,
    )
    row.ended_at = story.at(*ENDS)
    if row.ended_at is not None:
        row.spent = worktime.spent(promise.runs_from(row.explanation) or received_at, row.ended_at, term.calendar)
    return ToldClock(row, segments.explained(row.explanation))


def _copy_clocks(clocks: Sequence[ToldClock]) -> None:
    names = [column.attname for column in ClockSegment._meta.concrete_fields]
    for key, told in zip(_next_ids(ClockSegment, len(clocks)), clocks, strict=True):
        told.row.pk = key
    rows = [{name: getattr(told.row, name) for name in names} for told in clocks]
    for row, told in zip(rows, clocks, strict=True):
        row["explanation"] = Jsonb(told.explanation, dumps=str)
    _copy(ClockSegment, rows)


def _clock_facts(story: Story, told: ToldClock | None) -> Callable[[datetime], dict[str, Any]]:
    """What the ledger says of the clock with an act, by its moment: while it ran, and once it had ended."""
    if told is None or story.term is None:
        return lambda _at: {}
    row, term = told.row, story.term
    began = promise.runs_from(row.explanation) or row.started_at
    digest = segments.digest_of([segments.told(row, told.explanation)])
    ran = {"minutes_allowed": row.minutes, "minutes_stopped": 0, "clock_digest": _digest_while_running(told)}
    ended = {**ran, "minutes_used": row.spent, "clock_digest": digest}

    def facts(at: datetime) -> dict[str, Any]:
        if at < row.started_at:
            return {}
        if row.ended_at is not None and at >= row.ended_at:
            return ended
        return {**ran, "minutes_used": worktime.spent(began, at, term.calendar)}

    return facts


def _digest_while_running(told: ToldClock) -> str:
    """What the stretch digested to before it ended."""
    row = told.row
    end = row.ended_at, row.spent
    row.ended_at = row.spent = None
    digest = segments.digest_of([segments.told(row, told.explanation)])
    row.ended_at, row.spent = end
    return digest


def _events(pk: int, story: Story, owner: PartyFacts, told: ToldClock | None) -> Iterator[dict[str, Any]]:
    """The ledger of one dossier, chained."""
    received_at, facts = _utc(story.at(EventCode.RECEIVED)), _clock_facts(story, told)
    previous, state = "", State.DRAFT
    before = _dimensions(pk, story, owner, received_at=None)
    after = _dimensions(pk, story, owner, received_at=received_at)
    for seq, act in enumerate(story.acts, start=1):
        is_received = received_at is not None and act.at >= received_at
        row = ledger.event_row(
            seq=seq,
            previous_hash=previous,
            dimensions={**(after if is_received else before), **facts(act.at)},
            act={
                "code": act.code.value,
                "happened_at": _utc(act.at),
                "state_from": state.value,
                "state_to": act.state.value,
                "actor_id": None,
                "actor_role": str(ROLES[act.code]),
                "actor_unit_id": None if act.code == EventCode.SUBMITTED else story.receiving_unit.pk,
                "actor_membership_id": None,
            },
        )
        yield row
        previous, state = row["hash"], act.state


def _dimensions(pk: int, story: Story, owner: PartyFacts, *, received_at: datetime | None) -> dict[str, Any]:
    due_at = _utc(story.first_due_at) if received_at else None
    return {
        "dossier_id": pk,
        "authority_code": story.unit.authority_code,
        "receiving_unit_id": story.receiving_unit.pk,
        "competent_unit_id": story.unit.pk,
        "counting_unit_id": story.unit.pk,
        "unit_group_id": story.unit.group_id,
        "department_id": story.department_id,
        "ward_code": owner.place_code,
        "procedure_id": story.procedure.pk,
        "procedure_code": story.procedure.code,
        "case_code": "",
        "revision_id": story.revision_id,
        "level_offered": int(story.level_offered),
        "channel": int(story.channel),
        "sub_channel": story.sub_channel.value,
        "is_assisted": story.is_assisted,
        "is_internal": story.procedure.is_internal,
        "applicant_kind": str(owner.kind),
        "fee_due": None,
        "first_received_at": received_at,
        "first_due_at": due_at,
        "due_at": due_at,
        "papers_total": story.papers,
        "papers_digitised": story.papers_digitised,
        "papers_reused": 0,
    }


# ── numbers and COPY ─────────────────────────────────────────────────────────────────────────────


def _number(stories: Iterable[Story]) -> None:
    """Give official codes in the order of reception, from the counters the desk uses."""
    days: dict[tuple[str, date], list[tuple[datetime, int, Story]]] = defaultdict(list)
    for place, story in enumerate(stories):
        received_at = story.at(EventCode.RECEIVED)
        if received_at is not None:
            days[story.unit.authority_code, clock.local(received_at).date()].append((received_at, place, story))
    rows = [(code, f"{day:%y%m%d}", len(found)) for (code, day), found in days.items()]
    last = _advance(rows)
    for (code, day), found in days.items():
        period = f"{day:%y%m%d}"
        first = last[code, period] - len(found) + 1
        for number, (_at, _place, story) in enumerate(sorted(found, key=lambda item: item[:2]), start=first):
            story.code = f"{code}-{period}-{number:04d}"


def _advance(rows: Sequence[tuple[str, str, int]]) -> dict[tuple[str, str], int]:
    """Move each (scope, period) counter of dossiers on by a count; returns where each stands."""
    if not rows:
        return {}
    table = connection.ops.quote_name(Counter._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS c (scope, kind, period, last) "  # noqa: S608  our own table name
            "SELECT scope, 'dossier', period, step FROM unnest(%s::text[], %s::text[], %s::int[]) AS n(scope, period, "
            "step) "
            "ON CONFLICT (scope, kind, period) DO UPDATE SET last = c.last + EXCLUDED.last RETURNING scope, period, last",
            [[row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]],
        )
        return {(scope, period): last for scope, period, last in cursor.fetchall()}


def _next_ids(model: type[models.Model], count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return sorted(row[0] for row in cursor.fetchall())


def _copy(model: type[models.Model], rows: Iterable[dict[str, Any]]) -> None:
    """COPY rows that all have the same columns; a column that is empty in all of them is left to the database.

    In the database's own form, which wants the type of each column and costs a quarter of text on both sides.
    """
    rows = list(rows)
    if not rows:
        return
    names = [name for name in rows[0] if any(row[name] is not None for row in rows)]
    columns = ", ".join(connection.ops.quote_name(name) for name in names)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {table} LIMIT 0")  # noqa: S608  our own names
        types = [column.type_code for column in cursor.description]
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row([row[name] for name in names])
