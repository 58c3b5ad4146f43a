"""Questions about dossiers that screens, services and reports ask. Scope first: everything starts from whose it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeAlias

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from accounts.calendars import calendars_for
from accounts.enums import WORK_ROLES, Role
from accounts.models import Membership, OrgUnit, User
from accounts.queries import covered_by, parties_of, standing_for, with_predecessors
from dossiers import supplement_days, workflow
from dossiers.enums import FINAL_STATES, State
from dossiers.models.attachment import Attachment
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent, EventText
from dossiers.models.result import Supplement
from dossiers.models.work import WorkItem
from portal import clock, rows
from portal.worktime import WorkCalendar
from procedures.enums import StepKind
from vault.models import StoredFile


def for_citizen(user: User) -> QuerySet[Dossier]:
    """Dossiers of an account: what it filed, or what it owns as a party and not only by somebody's word."""
    owned = Q(owner__in=parties_of(user), owner_is_confirmed=True, state__in=_NOT_DRAFT)
    return Dossier.objects.filter(Q(account=user) | owned)


def for_desk(user: User, held: Iterable[Membership] | None = None) -> QuerySet[Dossier]:
    """Dossiers a member of staff may see: their units received, decide, handle, or worked on them. Drafts never.

    A closed unit's dossiers are its successors', those that ended there too. A unit that was only asked for its opinion sees
    the question (dossiers.consultations), not the dossier.
    Whoever works for the post sees what the post has in its hands, and nothing once it is handed over.
    `held`: the person's roles of today, when the request has read them already.
    """
    held = list(memberships(user) if held is None else held)
    return _seen_by(with_predecessors(unit_ids(held)), with_predecessors(_postal_offices(held)))


def _postal_offices(held: Iterable[Membership]) -> list[int]:
    """Units where a person works for the post alone."""
    rows = list(held)
    desks = {row.unit_id for row in rows if row.role in WORK_ROLES and row.role != Role.POSTAL_CLERK}
    return sorted({row.unit_id for row in rows if row.role == Role.POSTAL_CLERK} - desks)


def one_for_desk(held: Iterable[Membership], dossier_id: int) -> Dossier | None:
    """The dossier with its owner, when `for_desk` would show it to whoever holds these roles.

    Closed units whose work theirs go on with are asked for only when needed.
    """
    held = list(held)
    units, offices = unit_ids(held), _postal_offices(held)
    found = _seen_by(units, offices).select_related("owner").filter(pk=dossier_id).first()
    if found is None:
        wider = _seen_by(with_predecessors(units), with_predecessors(offices))
        found = wider.select_related("owner").filter(pk=dossier_id).first()
    return found


def _seen_by(units: list[int], offices: list[int]) -> QuerySet[Dossier]:
    """Dossiers of units; of offices of the post what lies open there, or was received there and is not over."""
    asked = Q(kind=StepKind.CONSULT) | Q(parent__kind=StepKind.CONSULT)
    items = WorkItem.objects.filter(dossier=OuterRef("pk"))
    seen = Q(receiving_unit_id__in=units) | Q(competent_unit_id__in=units) | Q(department_id__in=units)
    seen |= Q(Exists(items.filter(~asked, unit_id__in=units)))
    if offices:
        seen |= Q(receiving_unit_id__in=offices, state__in=_UNFINISHED)
        seen |= Q(Exists(items.filter(unit_id__in=offices, closed_at__isnull=True)))
    return Dossier.objects.filter(seen, state__in=_NOT_DRAFT)


def unit_ids(held: Iterable[Membership]) -> list[int]:
    """Units whose dossiers these roles let one see; administrators, home affairs and the post get none by theirs."""
    held = list(held)
    offices = _postal_offices(held)
    return sorted({row.unit_id for row in held if row.role in WORK_ROLES and row.unit_id not in offices})


def open_work(dossier_id: int) -> QuerySet[WorkItem]:
    """Open work items of a dossier, units joined."""
    return (
        WorkItem.objects.filter(dossier_id=dossier_id, closed_at__isnull=True)
        .select_related("unit", "holder")
        .order_by("pk")
    )


def plain_work(dossier_id: int) -> list[WorkItem]:
    """Open work items of a dossier, plain."""
    return rows.run(seek_work(dossier_id))


def seek_work(dossier_id: int) -> rows.Statement[list[WorkItem]]:
    """The statement of `plain_work`."""
    return rows.seek(WorkItem, dossier_id, column="dossier_id", also="closed_at IS NULL", order="id")


def live_attachments(dossier_id: int, *, with_files: bool = True) -> list[Attachment]:
    """Papers and files of a dossier that have not been taken out again."""
    found = rows.where(Attachment, dossier_id, column="dossier_id", also="removed_at IS NULL", order="paper_code, id")
    return fetch_files(found) if with_files else found


def fetch_files(attachments: list[Attachment]) -> list[Attachment]:
    """Fetch the files of attachments in one look-up."""
    files = rows.by_keys(StoredFile, (attachment.file_id for attachment in attachments))
    for attachment in attachments:
        if attachment.file_id is not None:
            attachment.file = files[attachment.file_id]
    return attachments


def history(dossier_id: int, *, public: bool) -> QuerySet[DossierEvent]:
    """Events of a dossier, oldest first, each with its `words`; for the desk also `actor_name` and `unit_name`.

    `public`: only words meant for the citizen, and no names. Look-ups by key instead of joins: a ledger row has no
    foreign keys.
    """
    texts = EventText.objects.filter(dossier_id=OuterRef("dossier_id"), seq=OuterRef("seq"))
    rows = DossierEvent.objects.filter(dossier_id=dossier_id).order_by("seq")
    if public:
        return rows.annotate(words=Subquery(texts.filter(is_public=True).values("text")))
    return rows.annotate(
        words=Subquery(texts.values("text")),
        actor_name=Subquery(User.objects.filter(pk=OuterRef("actor_id")).values("full_name")),
        unit_name=Subquery(OrgUnit.objects.filter(pk=OuterRef("actor_unit_id")).values("name")),
    )


@dataclass(frozen=True, slots=True)
class PastEvent:
    """What the check of an act and the chain need of an earlier event."""

    seq: int
    code: str
    actor_id: int | None
    hash: str = ""
    actor_role: str = ""
    actor_unit_id: int | None = None
    draft_id: int | None = None


def past_events(dossier_id: int) -> list[PastEvent]:
    """The events of a dossier so far, oldest first."""
    return rows.run(seek_events(dossier_id))


def seek_events(dossier_id: int) -> rows.Statement[list[PastEvent]]:
    """The statement of `past_events`."""
    names = ("seq", "code", "actor_id", "hash", "actor_role", "actor_unit_id", "draft_id")
    asked = rows.seek_tuples(DossierEvent, dossier_id, column="dossier_id", names=names, order="seq")
    return rows.Statement(asked.sql, asked.parameters, lambda found: [PastEvent(*event) for event in found])


def supplement_calendar(dossier: Dossier) -> WorkCalendar:
    """The calendar by which a dossier's supplement days are counted: of its desk, or of the unit that took the desk over."""
    unit_id = dossier.receiving_unit_id
    standing = standing_for([unit_id]).get(unit_id, unit_id)
    return calendars_for([standing])[standing]


def last_day_of(request: Supplement) -> date:
    """The day at whose end a supplement request is over, by the calendar of today."""
    return supplement_days.last_day(request.answer_by, supplement_calendar(request.dossier))


Past: TypeAlias = PastEvent | DossierEvent  # a page has read whole events already


def memberships(user: User) -> list[Membership]:
    """Roles of a person in force today."""
    return rows.run(seek_memberships(user))


def seek_memberships(user: User) -> rows.Statement[list[Membership]]:
    """The statement of `memberships`."""
    asked, today = rows.seek(Membership, user.pk, column="user_id", order="id"), clock.today()
    return replace(asked, read=lambda found: [row for row in asked.read(found) if _is_held(row, today)])


def _is_held(row: Membership, today: date) -> bool:
    return row.valid_from <= today and (row.valid_to is None or row.valid_to >= today)


def units_of(dossier: Dossier) -> list[int]:
    """Ids of the units that receive, decide and handle a dossier, each once."""
    keys = (dossier.receiving_unit_id, dossier.competent_unit_id, dossier.department_id)
    return list(dict.fromkeys(key for key in keys if key is not None))


def units_answering(dossier: Dossier, held: Iterable[Membership]) -> list[int]:
    """Units in whose name these roles act on a dossier as a whole: its own, else those that took a closed one over."""
    own, mine = units_of(dossier), list(dict.fromkeys(row.unit_id for row in held))
    if not mine or set(mine) & set(own):
        return own
    return own + [unit_id for unit_id in mine if set(with_predecessors([unit_id])) & set(own)]


def offices_holding(work: Iterable[WorkItem], held: Iterable[Membership]) -> list[int]:
    """Offices of the post for which a person acts on a dossier as a whole: those in which a step of it lies open."""
    offices = {row.unit_id for row in held if row.role == Role.POSTAL_CLERK}
    return sorted(offices & {item.unit_id for item in work if item.closed_at is None})


@dataclass(frozen=True, slots=True)
class Powers:
    """What gives a person the power to act: open work and step-free roles, as workflow.check wants them."""

    work: list[workflow.Work]
    roles: frozenset[str]


def away(user: User, work: Iterable[WorkItem]) -> frozenset[int]:
    """Ids of the holders of these items for whom a person stands in today; asked only when somebody else holds one."""
    others = {item.holder_id for item in work} - {None, user.pk}
    return covered_by(user.pk) & others if others else frozenset()


def facts_of(
    dossier: Dossier,
    user: User,
    *,
    work: Iterable[WorkItem],
    memberships: Iterable[Membership],
    past: Iterable[Past] = (),
    stands_in_for: frozenset[int] | None = None,
) -> Powers:
    """What the table asks about a person and a dossier, from rows already read.

    `past`: what happened so far; `stands_in_for`: what `away` says of this work, when the caller knows it.
    """
    work, memberships = list(work), list(memberships)
    covered = away(user, work) if stands_in_for is None else stands_in_for
    sent = {event.seq: event for event in past if event.actor_id == user.pk}
    held: dict[int, set[str]] = {}
    for row in memberships:
        held.setdefault(row.unit_id, set()).add(row.role)
    over = frozenset(held.get(dossier.receiving_unit_id, ())) & {Role.DESK_HEAD}
    items = [
        workflow.Work(
            item.kind,
            item.role,
            frozenset(held.get(item.unit_id, ())),
            item.holder_id,
            item.pk,
            roles_over=over,
            stands_in=item.holder_id in covered,
            state=dossier.state,
            **_sent_on(item, sent, held),
        )
        for item in work
    ]
    roles = {role for unit_id in units_answering(dossier, memberships) for role in held.get(unit_id, ())}
    if offices_holding(work, memberships):
        roles.add(Role.POSTAL_CLERK)
    if dossier.account_id == user.pk:
        roles.add(workflow.CITIZEN)
    return Powers(items, frozenset(roles))


def _sent_on(item: WorkItem, sent: Mapping[int, Past], held: Mapping[int, set[str]]) -> dict[str, Any]:
    """From where and as what the person sent an item on, while it may be called back; empty otherwise.

    `sent`: what the person did on the dossier, by number; `held`: roles of today by unit.
    """
    event = sent.get(item.opened_seq or 0)
    if event is None or item.touched_at is not None or not workflow.may_be_recalled(event.code, item.kind):
        return {}
    roles = frozenset(held.get(event.actor_unit_id or 0, ())) & {event.actor_role}
    return {"sent_from": event.actor_unit_id, "roles_sent": roles}


def is_own(dossier: Dossier, user: User) -> bool:
    """Tell whether a person filed the dossier or is its owner or submitter, by account or by the number staff are known by.

    Parties of the dossier are loaded.
    """
    return user.pk in (whose := owners(dossier)).accounts or user.identity_index in whose.numbers


@dataclass(frozen=True, slots=True)
class Owners:
    """Who a dossier belongs to: accounts, and (blind) numbers. None of them handles it."""

    accounts: frozenset[int]
    numbers: frozenset[str]


def owners(dossier: Dossier) -> Owners:
    """Account that filed, owner and submitter. Parties of the dossier are loaded."""
    parties = [party for party in (dossier.owner, dossier.submitter) if party is not None]
    accounts = {dossier.account_id, *(party.user_id for party in parties)}
    return Owners(
        frozenset(account for account in accounts if account is not None),
        frozenset(party.identity_index for party in parties) - {""},
    )


def allowed_actions(
    dossier: Dossier,
    user: User,
    *,
    work: Iterable[WorkItem] | None = None,
    roles: Iterable[Membership] | None = None,
    past: Iterable[Past] | None = None,
    stands_in_for: frozenset[int] | None = None,
) -> list[str]:
    """Acts this person may do on this dossier now; what a page has read already may be handed in.

    On one's own dossier only the citizen's acts are left.
    """
    own = is_own(dossier, user)
    events = past_events(dossier.pk) if past is None else list(past)
    facts = facts_of(
        dossier,
        user,
        work=[] if own else open_work(dossier.pk) if work is None else work,
        memberships=[] if own else memberships(user) if roles is None else roles,
        past=events,
        stands_in_for=stands_in_for,
    )
    done = [(event.code, event.actor_id) for event in events]
    return workflow.allowed(state=dossier.state, work=facts.work, roles=facts.roles, actor_id=user.pk, past=done)


_NOT_DRAFT = [state for state in State if state != State.DRAFT]
_UNFINISHED = [state for state in _NOT_DRAFT if state not in FINAL_STATES]
