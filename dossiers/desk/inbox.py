"""What lies on the desk: the tabs of the inbox, their scope, keyset pages and capped counts. Called by desk views."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Generic, TypeAlias, TypeVar

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from accounts.enums import WORK_ROLES, Role
from accounts.models import Membership
from accounts.queries import units_held
from dossiers import clocks, second_pair, workflow
from dossiers.desk import compiled
from dossiers.draft_kinds import route_kinds
from dossiers.enums import Action, DraftState
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
ASKED = Q(is_asked=True)
WAITING = Q(is_waiting=True)
WAITING_TAB = "cho-dan"
SOON_TAB = "sap-han"
LATE_TAB = "qua-han"
# A result that nobody has fetched yet: the work is done, so it is late nowhere and lies apart.
FETCH_TAB = "cho-nhan"
TO_FETCH = Q(kind=StepKind.RETURN)
DONE_TAB = "xong"
PLAIN_TABS = tuple(tab for tab in TABS if tab not in {DONE_TAB, REVIEW_TAB, SIGN_TAB})

# Moments until which work is due soon, each with the units whose calendar says so.
Soon: TypeAlias = tuple[tuple[datetime, tuple[int, ...]], ...]


R = TypeVar("R")


@dataclass(frozen=True)
class RowPage(Generic[R]):
    """One page of a list, and the cursors of its neighbours ('' when there is none)."""

    rows: list[R]
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
    soon: Soon | None = None,
) -> QuerySet[WorkItem]:
    """Work items of one tab, unordered. What people on leave hold lies in the tabs of who stands in for them too."""
    if tab == DONE_TAB:
        done = WorkItem.objects.filter(closed_by_id=user_id, closed_at__isnull=False)
        return done.filter(_still_at_post(memberships)) if _works_for_post(memberships) else done
    open_items = WorkItem.objects.filter(reach(memberships), closed_at__isnull=True)
    mine, free = _mine_and_free(user_id, stands_in_for)
    if PAPER_TABS.get(tab):
        off = kept_off(user_id, memberships) if off is None else off
        return _paper_items(tab, open_items.filter(mine | free), user_id, off)
    return open_items.filter(_rules(mine, free, now, soon_bounds(memberships, now) if soon is None else soon)[tab])


def _works_for_post(memberships: Iterable[Membership]) -> bool:
    return {row.role for row in memberships if row.role in WORK_ROLES} == {Role.POSTAL_CLERK}


def _still_at_post(memberships: Iterable[Membership]) -> Exists:
    """People of the post see nothing of what they have handed over, in the list of what they did neither."""
    units = [row.unit_id for row in memberships if row.role == Role.POSTAL_CLERK]
    lying = WorkItem.objects.filter(dossier_id=OuterRef("dossier_id"), closed_at__isnull=True, unit_id__in=units)
    return Exists(lying)


def _mine_and_free(user_id: int, stands_in_for: frozenset[int]) -> tuple[Q, Q]:
    return Q(holder_id__in=sorted({user_id, *stands_in_for})), Q(holder__isnull=True)


def _rules(mine: Q, free: Q, now: datetime, soon: Soon) -> dict[str, Q]:
    """What tells the tabs of open work apart, beside those of papers to agree to: by an item's own columns.

    What waits for the citizen is late nowhere, and so is a result that lies ready.
    """
    here, running = mine | free, ~TO_FETCH & ~WAITING
    near = Q(pk__in=[])
    for until, unit_ids in soon:
        near |= Q(unit_id__in=unit_ids, legal_at__gte=now, legal_at__lte=until)
    return {
        DEFAULT_TAB: running & mine,
        TEAM_TAB: running & free & ~ASKED,
        RETURNED_TAB: here & given_back(),
        INTAKE_TAB: running & here & Q(is_new=True),
        ASKED_TAB: running & here & ASKED,
        SOON_TAB: running & here & near,
        LATE_TAB: running & here & Q(legal_at__lt=now),
        WAITING_TAB: here & WAITING,
        FETCH_TAB: here & TO_FETCH & ~WAITING,
    }


def _paper_items(tab: str, items: QuerySet[WorkItem], user_id: int, off: KeptOff) -> QuerySet[WorkItem]:
    """Items at which a paper waits for the reader: to be agreed to or signed."""
    wanted = Q(pk__in=[])
    for kind in sorted(PAPER_TABS[tab]):
        action = Action.SIGN_DRAFT if kind == StepKind.DRAFT_SIGN else Action.APPROVE
        wanted |= Q(kind=kind, dossier__state__in=sorted(workflow.states_for(action)))
    return items.filter(
        wanted, ~second_pair.own_items(user_id, off.parties), ~second_pair.kept_from(user_id, off.headed)
    )


def given_back() -> Q:
    """Items at which a paper given back is written anew: its own, or at the appraisal what follows the route."""
    returned = PaperDraft.objects.filter(state=DraftState.SENT_BACK).order_by()
    along = returned.filter(kind__in=route_kinds()).values("dossier_id")
    return Q(pk__in=returned.filter(work_item__isnull=False).values("work_item_id")) | Q(
        kind=StepKind.APPRAISE, dossier_id__in=along
    )


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
    """What comes after an item in a list by the law's due time, the list begun again behind its end; None: nothing is left."""
    done = WorkItem.objects.filter(pk=done_id).values("legal_at", "id").first()
    left = items.exclude(pk=done_id).values("id", "kind", "parent_id", "parent__kind", "unit_id", "dossier_id")
    left = left.order_by("legal_at", "id")
    # What was closed before lists stood by the law's due time has none: the list begins anew.
    stood = done is not None and done["legal_at"] is not None
    beyond = _beyond("legal_at", (done["legal_at"], done["id"]), descending=False) if done and stood else None
    return (left.filter(beyond).first() if beyond is not None else None) or left.first()


def counts(
    *,
    user_id: int,
    memberships: list[Membership],
    now: datetime,
    stands_in_for: frozenset[int] = frozenset(),
    off: KeptOff | None = None,
) -> dict[str, str]:
    """How many items each tab holds; more than the cap reads `99+`. What is done is not counted.

    Open work is told apart in one walk over an index that holds all it needs. Papers to agree to are counted, no further than
    the cap, for those alone whose roles agree to any.
    """
    off = kept_off(user_id, memberships) if off is None else off
    soon = soon_bounds(memberships, now)
    marks = _marks(now, soon)
    who: dict[str, Any] = {
        "user_id": user_id,
        "memberships": memberships,
        "now": compiled.moment(0),
        "stands_in_for": stands_in_for,
        "off": off,
        "soon": _marked(soon),
    }
    shape = shape_of(user_id, memberships, stands_in_for, off, soon)
    kinds = kinds_for(row.role for row in memberships)
    papers = [tab for tab in (REVIEW_TAB, SIGN_TAB) if PAPER_TABS[tab] & kinds]
    lengths = [partial(_up_to_the_cap, tab, who) for tab in papers]
    found = compiled.run(("counts", *shape), lambda: _counted(**who), marks, lengths=lengths)
    numbers = dict(zip((*PLAIN_TABS, *papers), found[0], strict=True)) if found else {}
    return {tab: capped(numbers.get(tab, 0)) for tab in TABS if tab != DONE_TAB}


def _up_to_the_cap(tab: str, who: dict[str, Any]) -> QuerySet[WorkItem, Any]:
    return tab_items(tab, **who).order_by().values("pk")[: COUNT_CAP + 1]


def shape_of(
    user_id: int, memberships: Iterable[Membership], stands_in_for: frozenset[int], off: KeptOff, soon: Soon
) -> tuple[Hashable, ...]:
    """What shapes the statements of somebody's lists, beside the moments: the key under which they are kept."""
    held = tuple(sorted((row.unit_id, row.role) for row in memberships))
    return user_id, held, tuple(sorted(stands_in_for)), off, tuple(unit_ids for _until, unit_ids in soon), COUNT_CAP


def _marks(now: datetime, soon: Soon) -> dict[Any, Any]:
    """What the marks of a statement mean now."""
    return {compiled.moment(0): now} | {
        compiled.moment(number): until for number, (until, _units) in enumerate(soon, 1)
    }


def _marked(soon: Soon) -> Soon:
    return tuple((compiled.moment(number), unit_ids) for number, (_until, unit_ids) in enumerate(soon, 1))


def _counted(
    *,
    user_id: int,
    memberships: list[Membership],
    now: datetime,
    stands_in_for: frozenset[int],
    off: KeptOff,
    soon: Soon,
) -> QuerySet[WorkItem, Any]:
    """One row: how many open items each of the plain tabs holds."""
    del off
    rules = _rules(*_mine_and_free(user_id, stands_in_for), now, soon)
    counted = {f"tab{place}": Count("pk", filter=rules[tab]) for place, tab in enumerate(PLAIN_TABS)}
    open_items = WorkItem.objects.filter(reach(memberships), closed_at__isnull=True).order_by()
    return open_items.values(all=Value(1)).annotate(**counted).values_list(*counted)


def capped(number: int) -> str:
    """`12`, or `99+` when there are more than anybody counts."""
    return f"{COUNT_CAP}+" if number > COUNT_CAP else str(number)


def page_of(
    rows: QuerySet[Any], *, by: str, after: str = "", before: str = "", newest_first: bool = False
) -> RowPage[dict[str, Any]]:
    """Cut one page out of `.values()` rows ordered by (`by`, id); unreadable cursors give the first page."""
    forward, cursor = (False, read_cursor(before)) if before else (True, read_cursor(after))
    forward = forward or cursor is None
    found = list(_cut(rows, by, cursor, descending=newest_first == forward))
    return _page(found, cursor, lambda row: write_cursor(row[by], row["id"]), forward=forward)


def compiled_page(
    tab: str, values: Sequence[str], *, after: str = "", before: str = "", who: dict[str, Any], rule: Q | None = None
) -> RowPage[tuple[Any, ...]]:
    """One page of a tab by a statement that is written once: rows as tuples of `values`, and whether a paper was given back.

    `rule`: narrows the tab.
    """
    by, newest_first = ("closed_at", True) if tab == DONE_TAB else ("legal_at", False)
    forward, cursor = (False, read_cursor(before)) if before else (True, read_cursor(after))
    forward = forward or cursor is None
    soon = soon_bounds(who["memberships"], who["now"])
    marked = {**who, "now": compiled.moment(0), "soon": _marked(soon)}
    place = None if cursor is None else (compiled.moment(1000), compiled.whole(0))

    def build() -> QuerySet[WorkItem, Any]:
        items = tab_items(tab, **marked) if rule is None else tab_items(tab, **marked).filter(rule)
        marks = {} if tab == DONE_TAB else {"is_given_back": ExpressionWrapper(given_back(), BooleanField())}
        listed = (
            items.values_list(*values, *marks) if not marks else items.annotate(**marks).values_list(*values, *marks)
        )
        return _cut(listed, by, place, descending=newest_first == forward)

    shape = shape_of(who["user_id"], who["memberships"], who["stands_in_for"], who["off"], soon)
    given = _marks(who["now"], soon)
    if cursor is not None and place is not None:
        given |= dict(zip(place, cursor, strict=True))
    found = compiled.run(("page", tab, rule, tuple(values), forward, cursor is None, PAGE, *shape), build, given)
    at, row_id = values.index(by), values.index("id")
    return _page(found, cursor, lambda row: write_cursor(row[at], row[row_id]), forward=forward)


def _cut(
    rows: QuerySet[Any, Any], by: str, cursor: tuple[datetime, int] | None, *, descending: bool
) -> QuerySet[Any, Any]:
    """One page of rows ordered by (`by`, id) from a place on, and one row more."""
    if cursor is not None:
        rows = rows.filter(_beyond(by, cursor, descending=descending))
    return rows.order_by(*([f"-{by}", "-id"] if descending else [by, "id"]))[: PAGE + 1]


def _page(
    found: list[R], cursor: tuple[datetime, int] | None, written: Callable[[R], str], *, forward: bool
) -> RowPage[R]:
    more = len(found) > PAGE
    found = found[:PAGE] if forward else found[:PAGE][::-1]
    if not found:
        return RowPage([], "", "")
    has_previous = more if not forward else cursor is not None
    has_next = more if forward else True
    return RowPage(found, written(found[0]) if has_previous else "", written(found[-1]) if has_next else "")


def write_cursor(at: datetime, row_id: int) -> str:
    """Microseconds of the sort time and the id, exact and safe in an address."""
    return f"{(at - EPOCH) // timedelta(microseconds=1)}.{row_id}"


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


def soon_bounds(memberships: list[Membership], now: datetime) -> Soon:
    """Until when what is due in these units is due soon: within one working day of each unit's own calendar."""
    bounds: dict[datetime, list[int]] = {}
    for unit in units_held(memberships):
        bounds.setdefault(clocks.soon_until(now, clocks.calendar_of(unit)), []).append(unit.pk)
    return tuple((until, tuple(sorted(unit_ids))) for until, unit_ids in sorted(bounds.items()))
