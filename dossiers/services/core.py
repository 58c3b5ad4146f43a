"""What every act has in common: lock, check against the table, change, one ledger event, work items, notices.

Only the other modules of dossiers.services call this one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Membership, OrgUnit, User
from dossiers import ledger, loading, notices, numbering, queries, workflow
from dossiers.draft_kinds import DRAFT_KINDS
from dossiers.enums import State
from dossiers.events import EVENTS, Event
from dossiers.models.attachment import Attachment
from dossiers.models.dirty import DirtyDossier
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent, EventText
from dossiers.models.result import PrintedForm
from dossiers.models.work import WorkItem
from dossiers.papers import PAPERS, OutgoingPaper, called_for
from dossiers.services import items, segments, unmade, work_notices
from dossiers.services.opened import Actor, Deed, Opened
from portal import clock, rows
from portal.celery import enqueue
from portal.errors import NotNowError, StaleError, UserError
from portal.text import clean_lines
from procedures import published
from procedures.enums import PaperForm

OWN_DOSSIER = _(
    "Đây là hồ sơ của chính bạn (bạn là chủ hồ sơ hoặc người nộp) nên bạn không được xử lý. "
    "Vui lòng để người khác hoặc lãnh đạo xử lý."
)
WISH_FIRST = _(
    "Người nộp đã đề nghị rút hồ sơ này. Hãy trả lời đề nghị (đồng ý hoặc từ chối) trước, rồi mới ban hành kết quả."
)
# A result in the world cannot be withdrawn any more, so it must not pass over a wish that nobody has answered.
DECIDED = frozenset({State.DONE, State.REFUSED})
REASON_MISSING = _("Hãy ghi rõ lý do.")
_UNKNOWN = object()
SYSTEM = Actor(user_id=None, role=workflow.SYSTEM)


def needed(reason: str, sentence: object = REASON_MISSING) -> str:
    """The reason of an act; raises UserError with the sentence when there is none."""
    if not reason.strip():
        raise UserError(sentence, field="reason")
    return reason


def locked(dossier_id: int, version: int | None = None) -> Dossier:
    """Lock a dossier until the transaction ends; StaleError when somebody changed it since `version` was shown."""
    dossier = rows.by_key(Dossier, dossier_id, lock=True)
    if version is not None and dossier.version != version:
        raise StaleError
    return dossier


def begin(*, dossier_id: int, action: str, by: User, version: int | None, item_id: int | None = None) -> Opened:
    """Lock, then check the act against the table; raises StaleError, NotNowError, or UserError for one's own dossier.

    `item_id`: the work item meant; None takes the fitting one, one's own first.
    """
    return open_act(locked(dossier_id, version), action=action, by=by, item_id=item_id)


def open_act(dossier: Dossier, *, action: str, by: User, item_id: int | None = None) -> Opened:
    """Check an act on a dossier that is locked already; raises as `begin`."""
    before = _columns(dossier)
    work, past, memberships, clocks = _read(dossier, by)
    if item_id is not None and all(item.pk != item_id for item in work):
        raise StaleError
    facts = queries.facts_of(dossier, by, work=work, memberships=memberships, past=past)
    found = workflow.check(
        action,
        state=dossier.state,
        work=facts.work,
        roles=facts.roles,
        actor_id=by.pk,
        past=[(event.code, event.actor_id) for event in past],
        item_id=item_id,
    )
    actor = acting(dossier, found, by, work=work, memberships=memberships)
    item = next((item for item in work if found.work is not None and item.pk == found.work.item_id), None)
    if actor.role != workflow.CITIZEN:
        refuse_own(dossier, by)
    return Opened(dossier, found.row, actor, item, work, past, before, clocks=clocks)


def _read(
    dossier: Dossier, by: User
) -> tuple[list[WorkItem], list[queries.PastEvent], list[Membership], segments.Clocks]:
    """What every act asks about a locked dossier, in one message: its own rows, and those it points to, put where they belong.

    A draft has no history, no work and nobody of staff.
    """
    account = [] if dossier.account_id in {None, by.pk} else [dossier.account_id]
    wanted: list[rows.Statement[Any]] = [
        loading.seek_units(dossier),
        loading.seek_parties(dossier),
        rows.seek_keys(User, account),
    ]
    if dossier.event_count > 0:
        wanted += [
            queries.seek_work(dossier.pk),
            queries.seek_events(dossier.pk),
            queries.seek_memberships(by),
            segments.seek(dossier),
        ]
    _units, _parties, accounts, *answers = rows.send(*wanted)
    dossier.account = by if dossier.account_id == by.pk else accounts.get(dossier.account_id)
    loading.with_revision(dossier)
    work, past, memberships, found = answers or ([], [], [], [])
    return work, past, memberships, segments.Clocks(dossier, found)


def refuse_own(dossier: Dossier, by: User) -> None:
    """Raise UserError when a member of staff would handle the dossier they filed, or are owner or submitter of."""
    if queries.is_own(dossier, by):
        raise UserError(OWN_DOSSIER)


def open_by_system(*, dossier_id: int, action: str) -> Opened:
    """Lock a dossier for an act of the clock or of a sweep, which no person does; raises NotNowError."""
    dossier = locked(dossier_id)
    rows = [row for row in workflow.candidates(dossier.state) if row.action == action and workflow.SYSTEM in row.roles]
    if not rows:
        raise NotNowError
    return open_row(dossier, rows[0], by=None)


def open_row(dossier: Dossier, row: workflow.Transition, *, by: User | None) -> Opened:
    """Open an act that no page offers, by a row outside the table: done by a person, or by the system when `by` is None.

    The dossier is locked already. Raises NotNowError when its state is none of the row's, or the person may not.
    """
    if dossier.state not in row.sources:
        raise NotNowError
    before = _columns(dossier)
    work = list(queries.open_work(dossier.pk))
    found = workflow.Allowed(row)
    actor = acting(dossier, found, by, work=work, memberships=queries.memberships(by)) if by else SYSTEM
    past = queries.past_events(dossier.pk)
    return Opened(loading.whole(dossier), row, actor, work=work, past=past, before=before)


def open_for(dossier: Dossier, row: workflow.Transition, actor: Actor, *, item_id: int) -> Opened:
    """Open an act on a locked dossier for somebody whose right the caller has checked: the other side of a hand-over.

    Raises NotNowError when the dossier's state is none of the row's, or the item is closed.
    """
    before = _columns(dossier)
    work = list(queries.open_work(dossier.pk))
    item = next((one for one in work if one.pk == item_id and one.kind == row.step), None)
    if item is None or dossier.state not in row.sources:
        raise NotNowError
    past = queries.past_events(dossier.pk)
    return Opened(loading.whole(dossier), row, actor, item, work, past, before)


def acting(
    dossier: Dossier,
    found: workflow.Allowed,
    by: User,
    *,
    work: Iterable[WorkItem],
    memberships: Sequence[Membership],
) -> Actor:
    """The membership by which a person does what a row allows: in the unit of the item, or in a unit of the dossier.

    Raises NotNowError when there is none: an event never stands under a role nobody holds.
    """
    row, done_on = found.row, found.work
    if done_on is None:
        if workflow.CITIZEN in row.roles and dossier.account_id == by.pk:
            return Actor(by.pk, workflow.CITIZEN)
        units, roles = queries.units_answering(dossier, memberships), row.roles
        if Role.POSTAL_CLERK in roles:
            units = [*units, *queries.offices_holding(work, memberships)]
    else:
        lies_in = next(item.unit_id for item in work if item.pk == done_on.item_id)
        if row.held == workflow.Held.SENT and done_on.sent_from is not None:
            lies_in = done_on.sent_from
        units, roles = [lies_in], workflow.acting_roles(done_on, row, by.pk)
        if row.is_over:
            units.append(dossier.receiving_unit_id)
    for unit_id in units:
        membership = membership_for(memberships, unit_id, roles)
        if membership is not None:
            return Actor(by.pk, str(membership.role), unit_id, membership.pk)
    raise NotNowError


def membership_for(memberships: Iterable[Membership], unit_id: int, roles: Iterable[str]) -> Membership | None:
    """The membership in a unit under whose role an act is recorded: the first wanted one in the order of roles."""
    wanted = frozenset(roles)
    here = [row for row in memberships if row.unit_id == unit_id and row.role in wanted]
    order = list(Role)
    return min(here, key=lambda row: (order.index(Role(row.role)), row.pk), default=None)


def apply(opened: Opened, deed: Deed | None = None) -> Dossier:
    """Do what the row says, in the caller's transaction: event, work items, papers, state, number last, notices."""
    deed = deed or Deed()
    dossier = opened.dossier
    now = clock.now()
    target, event_code, moves = workflow.outcome(opened.row, dossier.proposal)
    if dossier.wants_withdrawal and target in DECIDED:
        raise UserError(WISH_FIRST)
    state_from, dossier.state = dossier.state, target or dossier.state
    dossier.version += 1
    dossier.event_count += 1
    if dossier.finished_at is not None:
        segments.finish(opened.turn(), dossier.finished_at)
    segments.write(opened.turn())
    step = items.move_on(opened, moves, deed, state_from=state_from, now=now)
    kind = EVENTS[event_code]
    papers = _papers(opened, kind, deed)
    if unmade.is_left() and (papers or deed.brings) and not deed.extra.get("paper_digest"):
        deed.extra = {**deed.extra, "paper_digest": unmade.NOT_MADE}
    event = _write_event(opened, kind, deed, state_from=state_from, now=now, step=step)
    _call_for_papers(opened, papers, now)
    if deed.number is not None:
        dossier.code = deed.number()
    rows.send(_saving(dossier, opened.before), rows.inserting([DirtyDossier(dossier_id=dossier.pk)]))
    notices.tell(dossier, kind, seq=event.seq, text=deed.text, words=deed.words)
    work_notices.tell(opened, event_code, deed.extra, now)
    return dossier


def dimensions(dossier: Dossier, given: Iterable[Attachment]) -> dict[str, Any]:
    """The frozen dimensions of a dossier as they stand now (ledger columns)."""
    return {
        "dossier_id": dossier.pk,
        "authority_code": dossier.authority_code,
        "receiving_unit_id": dossier.receiving_unit_id,
        "competent_unit_id": dossier.competent_unit_id,
        "counting_unit_id": dossier.counting_unit_id,
        "unit_group_id": dossier.counting_unit.group_id,
        "department_id": dossier.department_id,
        "ward_code": dossier.owner_place_code,
        "procedure_id": dossier.procedure_id,
        "procedure_code": published.parts(dossier.revision_id).procedure_code,
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
        **paper_counts(given),
    }


def paper_counts(given: Iterable[Attachment]) -> dict[str, int]:
    """How many papers came, with a file, and out of the vault (a paper said to be reused without its file is not)."""
    papers = list(given)
    return {
        "papers_total": len({row.paper_code for row in papers}),
        "papers_digitised": len({row.paper_code for row in papers if row.file_id}),
        "papers_reused": len({row.paper_code for row in papers if row.file_id and row.form == PaperForm.REUSED}),
    }


def _write_event(
    opened: Opened, kind: Event, deed: Deed, *, state_from: str, now: datetime, step: WorkItem | None
) -> DossierEvent:
    dossier, actor = opened.dossier, opened.actor
    text = clean_lines(deed.text)
    act = {
        "code": str(kind.code),
        "happened_at": now,
        "state_from": str(state_from),
        "state_to": str(dossier.state),
        "actor_id": actor.user_id,
        "actor_role": str(actor.role),
        "actor_unit_id": actor.unit_id,
        "actor_membership_id": actor.membership_id,
        "reason_code": deed.reason_code,
        "text_digest": ledger.text_digest(text),
        "step_kind": step.kind if step else "",
        "step_due_at": step.due_at if step else None,
        **deed.extra,
    }
    row = ledger.event_row(
        seq=dossier.event_count,
        previous_hash=opened.past[-1].hash if opened.past else "",
        dimensions={**dimensions(dossier, opened.given()), **asdict(segments.facts(opened.turn(), now))},
        act=act,
    )
    event = rows.insert(DossierEvent(**row))
    if text:
        rows.insert(EventText(dossier=dossier, seq=event.seq, text=text, is_public=kind.text_is_public))
    return event


def _papers(opened: Opened, kind: Event, deed: Deed) -> tuple[str, ...]:
    """Papers an event calls for, and those that tell the due time when it is no longer what they say.

    A paper that people draft is brought by their act or does not come of it; of what nobody did nobody drafts a paper.
    """
    by_people = opened.actor.role != workflow.SYSTEM
    always = {kind.code for kind in DRAFT_KINDS if not kind.sent_by_writer}
    drafted = [paper.code for paper in PAPERS if by_people and paper.draft_kind in always]
    drafted.append(deed.brings)
    called = [code for code in called_for(kind.code) if code not in drafted]
    was, promised = opened.before, opened.dossier.due_at
    if was.get("received_at") is None or promised is None or promised == was["due_at"]:
        return tuple(called)
    renewed = (paper.code for paper in PAPERS if paper.follows_promise)
    return tuple(dict.fromkeys((*called, *renewed)))


def _call_for_papers(opened: Opened, codes: Iterable[str], now: datetime) -> None:
    dossier = opened.dossier
    for code in codes:
        form = PrintedForm(
            dossier=dossier,
            name=code,
            event_seq=dossier.event_count,
            called_at=now,
            is_made_on_opening=unmade.is_left(),
            **numbering.taken(PAPERS[code].book, _book_scope(opened, PAPERS[code]), clock.local(now).year),
        )
        rows.insert(form)
        if not form.is_made_on_opening:
            enqueue("dossiers.tasks.print_form", printed_form_id=form.pk)


def _book_scope(opened: Opened, paper: OutgoingPaper) -> str:
    """In whose book a paper of an act is numbered."""
    unit_id = opened.actor.unit_id if paper.is_of_writer else None
    own = numbering.scope_of(rows.by_key(OrgUnit, unit_id)) if unit_id is not None else ""
    return own or opened.dossier.authority_code


def _columns(dossier: Dossier) -> dict[str, Any]:
    return {column.attname: getattr(dossier, column.attname) for column in dossier._meta.concrete_fields}


def _saving(dossier: Dossier, before: dict[str, Any]) -> rows.Statement[None]:
    """The statement that writes the columns that changed; all of a dossier that has just been made."""
    return rows.updating(
        dossier, (name for name, value in _columns(dossier).items() if before.get(name, _UNKNOWN) != value)
    )
