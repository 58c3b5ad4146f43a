"""What lies on the desk: the tabs of the inbox, their scope, keyset pages and capped counts. Called by desk views."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import CharField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.queries import units_held
from dossiers import clocks, second_pair, workflow
from dossiers.draft_kinds import route_kinds
from dossiers.enums import WAITING_STATES, Action, DraftState, State
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.work import WorkItem
from procedures.enums import StepKind

PAGE = 50
COUNT_CAP = 99
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

TABS = {
    "cua-toi": _("Của tôi"),
    "nhom": _("Nhóm"),
    "xem-xet": _("Dự thảo cần xem xét"),
    "ky": _("Dự thảo cần ký"),
    "bi-tra-lai": _("Dự thảo bị trả lại"),
    "cho-tiep-nhan": _("Chờ tiếp nhận"),
    "y-kien": _("Cho ý kiến"),
    "sap-han": _("Sắp hạn"),
    "qua-han": _("Quá hạn"),
    "cho-dan": _("Chờ dân"),
    "cho-nhan": _("Chờ đến nhận"),
    "xong": _("Xong"),
}
DEFAULT_TAB = "cua-toi"
TEAM_TAB = "nhom"
INTAKE_TAB = "cho-tiep-nhan"
REVIEW_TAB = "xem-xet"
SIGN_TAB = "ky"
RETURNED_TAB = "bi-tra-lai"
PAPER_TABS = {
    REVIEW_TAB: frozenset({StepKind.REVIEW}),
    SIGN_TAB: frozenset({StepKind.SIGN, StepKind.DRAFT_SIGN}),
    RETURNED_TAB: frozenset[StepKind](),
}
ASKED_TAB = "y-kien"
ASKED = Q(kind=StepKind.CONSULT) | Q(parent__isnull=False, parent__kind=StepKind.CONSULT)
LATE_TAB = "qua-han"
# A result that nobody has fetched yet: the work is done, so it is late nowhere and lies apart.
FETCH_TAB = "cho-nhan"
TO_FETCH = Q(kind=StepKind.RETURN)
DONE_TAB = "xong"
# Steps at which papers are handled beside the route; they wait for no citizen, whatever the dossier does.
BESIDE_THE_ROUTE = (StepKind.WITHDRAWAL, StepKind.DRAFT_SIGN, StepKind.DRAFT_SEND)


@dataclass(frozen=True, slots=True)
class RowPage:
    """One page of a list, and the cursors of its neighbours ('' when there is none)."""

    rows: list[dict[str, Any]]
    previous: str
    next: str


@dataclass(frozen=True, slots=True)
class KeptOff:
    """What keeps a reader from papers: parties they are, and units where somebody else heads and signs what they wrote."""

    parties: tuple[int, ...] = ()
    headed: tuple[int, ...] = ()


def kept_off(user_id: int, memberships: Iterable[Membership]) -> KeptOff:
    """Ask once a request what every list of papers wants to know; who agrees to no papers is asked nothing."""
    held = list(memberships)
    agrees = PAPER_TABS[REVIEW_TAB] | PAPER_TABS[SIGN_TAB]
    if not kinds_for(row.role for row in held) & agrees:
        return KeptOff()
    return KeptOff(
        tuple(second_pair.parties_being(user_id).values_list("pk", flat=True)),
        tuple(second_pair.headed_by_others(user_id, (row.unit_id for row in held))),
    )


def kinds_for(roles: Iterable[str]) -> frozenset[StepKind]:
    """Kinds of steps at which the table gives one of `roles` something to do."""
    held = frozenset(roles)
    steps = (row.step for row in workflow.rows() if row.step not in {None, workflow.ANY} and row.roles & held)
    return frozenset(StepKind(str(step)) for step in steps)


def reach(memberships: Iterable[Membership]) -> Q:
    """Work items that these memberships may act on: the unit's steps for which the person has a role."""
    roles: dict[int, set[str]] = {}
    for row in memberships:
        roles.setdefault(row.unit_id, set()).add(row.role)
    found = Q(pk__in=[])
    for unit_id, held in roles.items():
        kinds = kinds_for(held)
        if kinds:
            found |= Q(unit_id=unit_id, kind__in=sorted(kinds))
    return found


def tab_items(
    tab: str,
    *,
    user_id: int,
    memberships: list[Membership],
    now: datetime,
    stands_in_for: frozenset[int] = frozenset(),
    off: KeptOff | None = None,
) -> QuerySet[WorkItem]:
    """Work items of one tab, unordered. What people on leave hold lies in the tabs of who stands in for them too."""
    if tab == DONE_TAB:
        return WorkItem.objects.filter(closed_by_id=user_id, closed_at__isnull=False)
    open_items = WorkItem.objects.filter(reach(memberships), closed_at__isnull=True)
    mine, free = Q(holder_id__in=sorted({user_id, *stands_in_for})), Q(holder__isnull=True)
    if tab == "cho-dan":
        return open_items.filter(mine | free, dossier__state__in=WAITING_STATES)
    if tab in PAPER_TABS:
        off = kept_off(user_id, memberships) if off is None else off
        return _paper_items(tab, open_items.filter(mine | free), user_id, off)
    if tab == FETCH_TAB:
        return open_items.filter(mine | free, TO_FETCH)
    running = open_items.filter(~TO_FETCH).exclude(~Q(kind__in=BESIDE_THE_ROUTE), dossier__state__in=WAITING_STATES)
    wanted = {
        "cua-toi": lambda: mine,
        "nhom": lambda: free & ~ASKED,
        ASKED_TAB: lambda: (mine | free) & ASKED,
        INTAKE_TAB: lambda: (mine | free) & Q(kind=StepKind.INTAKE, dossier__state=State.SUBMITTED),
        "sap-han": lambda: (mine | free) & _soon(memberships, now),
        "qua-han": lambda: (mine | free) & Q(due_at__lt=now),
    }
    return running.filter(wanted[tab]())


def _paper_items(tab: str, items: QuerySet[WorkItem], user_id: int, off: KeptOff) -> QuerySet[WorkItem]:
    """Items at which a paper waits for the reader: to be agreed to or signed, or given back to be written anew."""
    if tab == RETURNED_TAB:
        return items.filter(given_back())
    wanted = Q(pk__in=[])
    for kind in sorted(PAPER_TABS[tab]):
        action = Action.SIGN_DRAFT if kind == StepKind.DRAFT_SIGN else Action.APPROVE
        wanted |= Q(kind=kind, dossier__state__in=sorted(workflow.states_for(action)))
    return items.filter(
        wanted, ~second_pair.own_items(user_id, off.parties), ~second_pair.kept_from(user_id, off.headed)
    )


def given_back() -> Exists:
    """Whether a paper was given back that is written at an item: its own, or at the appraisal what follows the route."""
    returned = PaperDraft.objects.filter(state=DraftState.SENT_BACK, dossier=OuterRef("dossier")).order_by()
    returned = returned.alias(step=ExpressionWrapper(OuterRef("kind"), CharField()))
    return Exists(returned.filter(Q(work_item=OuterRef("pk")) | Q(step=StepKind.APPRAISE, kind__in=route_kinds())))


def first_tab(counted: dict[str, str]) -> str:
    """The tab an inbox opens with, the first of these where something lies: one's own items before those of the team."""
    order = (DEFAULT_TAB, SIGN_TAB, REVIEW_TAB, INTAKE_TAB, TEAM_TAB, FETCH_TAB, ASKED_TAB)
    return next((tab for tab in order if counted[tab] != "0"), DEFAULT_TAB)


def tabs_for(tab: str, counted: dict[str, str], memberships: Iterable[Membership]) -> list[str]:
    """The tabs a person sees: lists of papers for whoever agrees to papers, rare ones only while something lies there."""
    kinds = kinds_for(row.role for row in memberships)
    rare = {ASKED_TAB, FETCH_TAB, *PAPER_TABS}
    standing = {name for name, steps in PAPER_TABS.items() if steps & kinds}
    return [name for name in TABS if name not in rare or name in {tab, *standing} or counted[name] != "0"]


def next_item(items: QuerySet[WorkItem], done_id: int) -> dict[str, Any] | None:
    """What comes after an item in a list by due time, the list begun again behind its end; None: nothing is left."""
    done = WorkItem.objects.filter(pk=done_id).values("due_at", "id").first()
    left = items.exclude(pk=done_id).values("id", "kind", "parent_id", "parent__kind", "unit_id", "dossier_id")
    left = left.order_by("due_at", "id")
    beyond = _beyond("due_at", (done["due_at"], done["id"]), descending=False) if done is not None else None
    return (left.filter(beyond).first() if beyond is not None else None) or left.first()


def counts(
    *,
    user_id: int,
    memberships: list[Membership],
    now: datetime,
    stands_in_for: frozenset[int] = frozenset(),
    off: KeptOff | None = None,
) -> dict[str, str]:
    """How many items each tab holds, in one query; more than the cap reads `99+`. What is done is not counted."""
    off = kept_off(user_id, memberships) if off is None else off
    parts, params = [], []
    for tab in TABS:
        if tab == DONE_TAB:
            continue
        rows = (
            tab_items(tab, user_id=user_id, memberships=memberships, now=now, stands_in_for=stands_in_for, off=off)
            .order_by("due_at", "pk")
            .values("pk")[: COUNT_CAP + 1]
        )
        try:
            sql, values = rows.query.sql_with_params()
        except EmptyResultSet:  # a role that no step waits for, such as a cashier's today
            parts.append("(SELECT 0)")
            continue
        parts.append(f"(SELECT count(*) FROM ({sql}) AS counted)")  # noqa: S608  our own SQL, values apart
        params.extend(values)
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), params)
        numbers = cursor.fetchone()
    tabs = [tab for tab in TABS if tab != DONE_TAB]
    return {tab: capped(number) for tab, number in zip(tabs, numbers, strict=True)}


def capped(number: int) -> str:
    """`12`, or `99+` when there are more than anybody counts."""
    return f"{COUNT_CAP}+" if number > COUNT_CAP else str(number)


def page_of(rows: QuerySet[Any], *, by: str, after: str = "", before: str = "", newest_first: bool = False) -> RowPage:
    """Cut one page out of `.values()` rows ordered by (`by`, id); unreadable cursors give the first page."""
    forward, cursor = (False, read_cursor(before)) if before else (True, read_cursor(after))
    if cursor is None:
        forward = True
    descending = newest_first == forward
    order = [f"-{by}", "-id"] if descending else [by, "id"]
    if cursor is not None:
        rows = rows.filter(_beyond(by, cursor, descending=descending))
    found = list(rows.order_by(*order)[: PAGE + 1])
    more = len(found) > PAGE
    found = found[:PAGE] if forward else found[:PAGE][::-1]
    if not found:
        return RowPage([], "", "")
    has_previous = more if not forward else cursor is not None
    has_next = more if forward else True
    return RowPage(
        found, write_cursor(found[0], by) if has_previous else "", write_cursor(found[-1], by) if has_next else ""
    )


def write_cursor(row: dict[str, Any], by: str) -> str:
    """Microseconds of the sort time and the id, exact and safe in an address."""
    return f"{(row[by] - EPOCH) // timedelta(microseconds=1)}.{row['id']}"


def read_cursor(text: str) -> tuple[datetime, int] | None:
    """The place a cursor names, or None when somebody made it up."""
    moment, _dot, row_id = text.partition(".")
    if not (moment.isascii() and moment.isdigit() and row_id.isascii() and row_id.isdigit() and len(text) < 40):
        return None
    try:
        return EPOCH + timedelta(microseconds=int(moment)), min(int(row_id), 2**62)
    except OverflowError:
        return None


def _beyond(by: str, cursor: tuple[datetime, int], *, descending: bool) -> Q:
    moment, row_id = cursor
    if descending:
        return Q(**{f"{by}__lte": moment}) & (Q(**{f"{by}__lt": moment}) | Q(id__lt=row_id))
    return Q(**{f"{by}__gte": moment}) & (Q(**{f"{by}__gt": moment}) | Q(id__gt=row_id))


def _soon(memberships: list[Membership], now: datetime) -> Q:
    """Due within one working day of the unit's own calendar; units of one calendar share a bound."""
    bounds: dict[datetime, list[int]] = {}
    for unit in units_held(memberships):
        bounds.setdefault(clocks.soon_until(now, clocks.calendar_of(unit)), []).append(unit.pk)
    found = Q(pk__in=[])
    for until, unit_ids in bounds.items():
        found |= Q(unit_id__in=unit_ids, due_at__gte=now, due_at__lte=until)
    return found
