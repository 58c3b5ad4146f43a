"""Work that goes on when a role ends: what a person holds goes to a successor or back to the unit's queue, item by item.

`accounts` asks through its registry (dossiers.acts.ends puts HELD_WORK and HELD_DRAFTS in); tasks carry the orders out. Each
item is one act of its dossier, by the system, with its event naming who ordered it. Whatever an order misses, because
an act was under way or a role ran out by itself, `release_ended` finds.
"""

from django.db import transaction
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.hanging import Ending, Hanging, Sample
from accounts.models import Handover, Membership, User
from accounts.queries import open_on
from dossiers import queries, workflow
from dossiers.enums import Action, DraftState
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.work import WorkItem
from dossiers.services import items, sweeping, work_notices
from dossiers.services.core import apply, open_by_system
from dossiers.services.opened import Deed, Opened
from portal import clock, rows
from portal.celery import enqueue
from portal.sweeps import SWEEPS, RowSweep
from procedures.enums import StepKind

SHOWN = 5
BATCH = 100
UNFINISHED_DRAFTS = (DraftState.DRAFTING, DraftState.SENT_BACK)


# ── what hangs on a role ─────────────────────────────────────────────────────────────────────────


def held(ending: Ending) -> QuerySet[WorkItem]:
    """Open items that a person holds in a unit by a role, or that none of their other roles there can do."""
    others = _roles_that_can_do().filter(unit_id=ending.unit_id, user_id=ending.user_id).exclude(role=ending.role)
    mine = WorkItem.objects.filter(holder_id=ending.user_id, unit_id=ending.unit_id, closed_at__isnull=True)
    return mine.filter(Q(role=ending.role) | ~Exists(others))


def _roles_that_can_do() -> QuerySet[Membership]:
    """Roles of today of people who can sign in by which the work item of the outer query can be done, anywhere."""
    kind = ExpressionWrapper(OuterRef("kind"), output_field=CharField())
    fits = Q(role=OuterRef("role"))
    for code in StepKind.values:
        fits |= Q(item_kind=code, role__in=sorted(workflow.doers(code)))
    held_today = Membership.objects.filter(open_on(clock.today()), user__is_active=True)
    return held_today.annotate(item_kind=kind).filter(fits)


def _drafts(ending: Ending) -> QuerySet[PaperDraft]:
    """Unfinished drafts of the dossiers whose work the person holds."""
    dossiers = held(ending).values("dossier_id")
    return PaperDraft.objects.filter(author_id=ending.user_id, state__in=UNFINISHED_DRAFTS, dossier_id__in=dossiers)


def _samples(found: QuerySet[WorkItem] | QuerySet[PaperDraft]) -> list[Sample]:
    names = found.order_by("pk").values_list("dossier__code", "dossier__reference")[:SHOWN]
    return [Sample(code or reference) for code, reference in names]


def _arrange(handover: Handover) -> None:
    enqueue("dossiers.tasks.move_batch", handover_id=handover.pk)


HELD_WORK = Hanging(
    code="work",
    label=gettext_lazy("Hồ sơ đang giữ"),
    goes=gettext_lazy("Chuyển cho người kế nhiệm, hoặc về hàng việc chung của đơn vị; hạn xử lý không đổi."),
    count=lambda ending: held(ending).count(),
    samples=lambda ending: _samples(held(ending)),
    move=_arrange,
)
HELD_DRAFTS = Hanging(
    code="paper_drafts",
    label=gettext_lazy("Dự thảo đang soạn"),
    goes=gettext_lazy("Đi theo hồ sơ; ai nhận hồ sơ thì soạn tiếp, tên người đã soạn được giữ."),
    count=lambda ending: _drafts(ending).count(),
    samples=lambda ending: _samples(_drafts(ending)),
)


# ── carrying an order out ────────────────────────────────────────────────────────────────────────


def move_batch(handover_id: int, batch: int = BATCH) -> int:
    """Move what hangs on an ended role, each item in a transaction of its own; gives how many moved.

    May run twice at once and may be killed between any two. An item that fails stays for the next time and does not
    keep the others waiting. The order is done when nothing is left and its day has come.
    """
    order = Handover.objects.select_related("user", "successor", "ordered_by", "unit").get(pk=handover_id)
    if order.done_at is not None or order.starts_on > clock.today():
        return 0
    found = held(Ending(order.unit_id, order.user_id, order.role))
    moved = MOVING.over(found, lambda pk: _hand_over(pk, order), batch)
    if not found.exists():
        Handover.objects.filter(pk=order.pk, done_at__isnull=True).update(done_at=clock.now())
    return moved


def move_all(handover_id: int) -> int:
    """Carry an order out, batch by batch until nothing moves any more; gives how many moved."""
    total = 0
    while moved := move_batch(handover_id):
        total += moved
    return total


def due_orders() -> list[int]:
    """Orders whose day has come and that are not done, oldest first."""
    waiting = Handover.objects.filter(done_at__isnull=True, starts_on__lte=clock.today())
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def release_ended(batch: int = BATCH) -> int:
    """Give back to the unit's queue what is held by people who cannot act there any more; gives how many.

    Roles that ran out by themselves, and whatever was given to a person in the very moment their role ended.
    """
    return MOVING.over(_held_by_nobody(), _release, batch)


def _held_by_nobody() -> QuerySet[WorkItem]:
    can_act = _roles_that_can_do().filter(user_id=OuterRef("holder_id"), unit_id=OuterRef("unit_id"))
    return WorkItem.objects.filter(~Exists(can_act), closed_at__isnull=True, holder__isnull=False)


MOVING = RowSweep(
    code="held_work",
    label=gettext_lazy("Chuyển việc khi vai trò kết thúc"),
    row=gettext_lazy("việc đang giữ"),
    task="dossiers.tasks.move_ended_work",
    waiting=lambda: WorkItem.objects.filter(closed_at__isnull=True, holder__isnull=False),
    names=("dossier__code", "dossier__reference"),
)
SWEEPS.add(MOVING)


@transaction.atomic
def _hand_over(item_id: int, order: Handover) -> bool:
    """Move one item by an order; False when another worker has its dossier, or the person holds it no more."""
    item = _locked(item_id, order.user_id)
    if item is None:
        return False
    opened = open_by_system(dossier_id=item.dossier_id, action=Action.MOVE_WORK)
    to = _fit(opened, item, order.successor)
    _move(opened, item, to, _ordered(order, to))
    if to is not None and order.successor is not None:
        work_notices.tell_successor(order.successor, of=order.user, order_id=order.pk)
    Handover.objects.filter(pk=order.pk).update(moved=F("moved") + 1)
    return True


@transaction.atomic
def _release(item_id: int) -> bool:
    holder_id = WorkItem.objects.filter(pk=item_id).values_list("holder_id", flat=True).first()
    item = _locked(item_id, holder_id)
    if item is None or not _held_by_nobody().filter(pk=item_id).exists():
        return False
    names = {"name": rows.by_key(User, item.holder_id).full_name, "unit": item.unit.name}
    opened = open_by_system(dossier_id=item.dossier_id, action=Action.MOVE_WORK)
    _move(
        opened,
        item,
        None,
        _("%(name)s không còn vai trò này tại %(unit)s; việc về hàng việc chung của đơn vị.") % names,
    )
    return True


def _locked(item_id: int, holder_id: int | None) -> WorkItem | None:
    """An open item that this person still holds, with its dossier locked; None when there is no such item to be had."""
    its = WorkItem.objects.filter(pk=item_id).values("dossier_id")
    if holder_id is None or sweeping.free_dossier(its) is None:
        return None
    return (
        WorkItem.objects.filter(pk=item_id, holder_id=holder_id, closed_at__isnull=True).select_related("unit").first()
    )


def _fit(opened: Opened, item: WorkItem, successor: User | None) -> int | None:
    """The successor, when they hold the role there and may handle this very dossier; else nobody: it goes to the unit."""
    if successor is None or queries.is_own(opened.dossier, successor):
        return None
    if workflow.is_barred(item.kind, successor.pk, [(event.code, event.actor_id) for event in opened.past]):
        return None
    return items.still_there(item.unit_id, item.role, successor.pk)


def _move(opened: Opened, item: WorkItem, holder_id: int | None, words: str) -> None:
    """The act: the item has another holder or none, its due time stays, and the ledger says why."""
    items.hand(item, holder_id, clock.now())
    apply(opened, Deed(text=words, extra={"step_kind": item.kind, "step_due_at": item.due_at}))


def _ordered(order: Handover, to: int | None) -> str:
    facts = {
        "name": order.user.full_name,
        "role": order.get_role_display(),
        "unit": order.unit.name,
        "by": order.ordered_by.full_name,
        "to": order.successor.full_name if to is not None and order.successor is not None else "",
    }
    if facts["to"]:
        return _("%(name)s thôi vai trò %(role)s tại %(unit)s; %(to)s làm tiếp. Người giao: %(by)s.") % facts
    return _("%(name)s thôi vai trò %(role)s tại %(unit)s; việc về hàng việc chung. Người giao: %(by)s.") % facts
