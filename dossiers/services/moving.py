"""Verbs that move work between people and leave the dossier where it is: take, release, reassign, recall.

Called by the desk's pages and lists. Who may be given an item is asked here too, by every verb that chooses a person.
"""

from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import OrgUnit, User
from accounts.queries import cover_of, holders
from dossiers import queries, workflow
from dossiers.enums import Action, Decision, EventCode, State
from dossiers.models.dossier import Dossier
from dossiers.models.event import DossierEvent
from dossiers.models.work import WorkItem
from dossiers.services import route_drafts
from dossiers.services.core import apply, begin, locked, needed
from dossiers.services.opened import Deed, Opened
from portal import clock
from portal.errors import NotNowError, StaleError, UserError

TAKEN_ALREADY = _("%(name)s đã nhận việc này trước. Nếu cần, hãy đề nghị lãnh đạo giao lại.")
BEGUN_ALREADY = _(
    "Người nhận đã bắt đầu xử lý hoặc đã chuyển tiếp nên không thu hồi được nữa. Hãy đề nghị họ trả lại, "
    "hoặc nhờ lãnh đạo giao lại việc."
)
CLOCK_BEGAN = _("Thời hạn giải quyết đã tính từ lúc chuyển nên không thu hồi được. Hãy đề nghị bên nhận trả lại.")


@transaction.atomic
def take(*, dossier_id: int, by: User, version: int | None = None, item_id: int | None = None) -> Dossier:
    """Become the holder of an item that nobody holds and that one of the person's roles can finish."""
    locked(dossier_id)
    _say_who_was_faster(dossier_id, item_id, by)
    opened = begin(dossier_id=dossier_id, action=Action.TAKE, by=by, version=version, item_id=item_id)
    _refuse_barred(opened, by, _meant(opened))
    return apply(opened, Deed(next_holder_id=by.pk))


@transaction.atomic
def release(
    *, dossier_id: int, by: User, reason: str, version: int | None = None, item_id: int | None = None
) -> Dossier:
    """Give an item one holds back to the queue of its unit."""
    opened = begin(dossier_id=dossier_id, action=Action.RELEASE, by=by, version=version, item_id=item_id)
    return apply(opened, Deed(text=needed(reason)))


@transaction.atomic
def reassign(
    *,
    dossier_id: int,
    by: User,
    officer_id: int | None,
    reason: str,
    despite_leave: bool = False,
    version: int | None = None,
    item_id: int | None = None,
) -> Dossier:
    """Give an item to another of its unit who can finish it, or (None) back to the unit's queue. For heads."""
    opened = begin(dossier_id=dossier_id, action=Action.REASSIGN, by=by, version=version, item_id=item_id)
    item = _meant(opened)
    if officer_id == item.holder_id:
        raise UserError(_("Việc đang ở đúng nơi bạn chọn. Hãy chọn người khác."), field="officer")
    to = None
    if officer_id is not None:
        to = fitting(
            opened.dossier, officer_id, item.unit_id, roles_for(item, opened.dossier), despite_leave=despite_leave
        )
        _refuse_barred(opened, to, item)
    return apply(opened, Deed(text=_moved_words(item, to, needed(reason)), next_holder_id=officer_id))


@transaction.atomic
def recall(
    *, dossier_id: int, by: User, reason: str, version: int | None = None, item_id: int | None = None
) -> Dossier:
    """Call back what one sent on, while nobody has touched it; the dossier is then as it was before.

    Refused once somebody has begun, and when the clock began with the act.
    """
    locked(dossier_id)
    _refuse_begun(dossier_id, item_id)
    opened = begin(dossier_id=dossier_id, action=Action.RECALL, by=by, version=version, item_id=item_id)
    sent = DossierEvent.objects.get(dossier_id=dossier_id, seq=_meant(opened).opened_seq or 0)
    _refuse_half(opened, sent)
    if sent.code == EventCode.PROPOSED:
        opened.dossier.proposal = _proposal_before(sent)
    opened.row = replace(opened.row, target=State(sent.state_from))
    dossier = apply(opened, Deed(text=needed(reason), extra={"about_seq": sent.seq}))
    route_drafts.called_back(dossier.pk, sent.code, by=by, reason=reason)
    return dossier


# ── who may be given an item ─────────────────────────────────────────────────────────────────────


def roles_for(item: WorkItem, dossier: Dossier) -> frozenset[str]:
    """Roles that can finish an item of a dossier as it stands: its own, and those the table names for its kind now."""
    return workflow.doers(item.kind, dossier.state) | {item.role}


def fitting(
    dossier: Dossier, user_id: int, unit_id: int, roles: frozenset[str], *, despite_leave: bool = False
) -> User:
    """The person, when they may be given work on a dossier in a unit; else raises UserError on the field `officer`.

    They hold one of the roles there today, are not the dossier's owner or submitter, and are not on leave (unless
    whoever gives the work says so all the same). Parties of the dossier are loaded.
    """
    today = clock.today()
    person = User.objects.filter(pk=user_id).first()
    if person is None or not any(holders(unit_id, role, today).filter(pk=user_id).exists() for role in roles):
        unit = OrgUnit.objects.get(pk=unit_id)
        raise UserError(
            _("Người được chọn hiện không giữ vai trò làm bước này tại %(unit)s. Vui lòng chọn lại.")
            % {"unit": unit.name},
            field="officer",
        )
    if queries.is_own(dossier, person):
        raise UserError(
            _("%(name)s là chủ hồ sơ hoặc người nộp của chính hồ sơ này nên không được giao. Hãy chọn người khác.")
            % {"name": person.full_name},
            field="officer",
        )
    leave = cover_of([user_id]).get(user_id)
    if leave is not None and not despite_leave:
        raise UserError(
            _(
                "%(name)s nghỉ đến hết %(day)s, %(cover)s trực thay. Hãy chọn người khác, hoặc đánh dấu vẫn giao "
                "dù đang nghỉ."
            )
            % {"name": person.full_name, "day": f"{leave.valid_to:%d/%m/%Y}", "cover": leave.cover.full_name},
            field="officer",
        )
    return person


def _refuse_barred(opened: Opened, person: User, item: WorkItem) -> None:
    if workflow.is_barred(item.kind, person.pk, [(event.code, event.actor_id) for event in opened.past]):
        raise UserError(
            _("%(name)s đã tiếp nhận hoặc trình chính hồ sơ này nên không được duyệt. Hãy để người khác nhận.")
            % {"name": person.full_name},
            field="officer",
        )


# ── taking ───────────────────────────────────────────────────────────────────────────────────────


def _say_who_was_faster(dossier_id: int, item_id: int | None, by: User) -> None:
    """Raise StaleError with the name of whoever holds the item meant."""
    held = WorkItem.objects.filter(pk=item_id or 0, dossier_id=dossier_id, closed_at=None).exclude(holder=None)
    item = held.select_related("holder").first()
    if item is not None and item.holder is not None and item.holder != by:
        raise StaleError(TAKEN_ALREADY % {"name": item.holder.full_name})


# ── recalling ────────────────────────────────────────────────────────────────────────────────────


def _refuse_begun(dossier_id: int, item_id: int | None) -> None:
    """Raise NotNowError when the item meant was begun or passed on."""
    if item_id is None:
        return
    item = WorkItem.objects.filter(pk=item_id, dossier_id=dossier_id).first()
    if item is not None and (item.touched_at is not None or item.closed_at is not None):
        raise NotNowError(BEGUN_ALREADY)


def _refuse_half(opened: Opened, sent: DossierEvent) -> None:
    """Raise when the act cannot be undone whole: a successor was begun, something hangs on one, or the clock began with it."""
    opened_by_it = WorkItem.objects.filter(dossier_id=opened.dossier.pk, opened_seq=sent.seq)
    if opened_by_it.exclude(closed_at=None, touched_at=None).exists():
        raise NotNowError(BEGUN_ALREADY)
    if WorkItem.objects.filter(parent__in=opened_by_it, closed_at=None).exists():
        raise NotNowError(BEGUN_ALREADY)
    if opened.dossier.state != sent.state_to:
        raise NotNowError
    before = DossierEvent.objects.filter(dossier_id=opened.dossier.pk, seq=sent.seq - 1).first()
    if before is not None and before.clock_digest != sent.clock_digest:
        raise NotNowError(CLOCK_BEGAN)


def _proposal_before(sent: DossierEvent) -> str:
    """The decision proposed last before an event, or ''."""
    earlier = DossierEvent.objects.filter(dossier_id=sent.dossier_id, seq__lt=sent.seq, code=EventCode.PROPOSED)
    code = earlier.order_by("-seq").values_list("reason_code", flat=True).first() or ""
    return code if code in Decision.values else ""


def _meant(opened: Opened) -> WorkItem:
    if opened.item is None:
        raise NotNowError
    return opened.item


def _moved_words(item: WorkItem, to: User | None, reason: str) -> str:
    """From whom to whom, and why: the ledger itself has no column for a second person."""
    queue = str(_("hàng chờ của đơn vị"))
    names = {
        "step": item.name,
        "old": item.holder.full_name if item.holder is not None else queue,
        "new": to.full_name if to is not None else queue,
        "reason": reason,
    }
    return str(_("%(step)s: từ %(old)s sang %(new)s. %(reason)s")) % names
