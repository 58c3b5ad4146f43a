"""Drafts as pages see them: those of a dossier, which one an act would be done on, which kinds a person may begin."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dossiers import clocks, lateness, supplement_days
from dossiers.draft_kinds import DRAFT_KINDS, DraftedPaper, route_kinds
from dossiers.enums import Action, DraftState, State
from dossiers.models.clock import ClockSegment
from dossiers.models.dossier import Dossier
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.work import WorkItem
from portal import clock

WHERE_HANDLED = frozenset({Action.SIGN_DRAFT, Action.RETURN_DRAFT})
WHERE_WRITTEN = frozenset({Action.SUBMIT_DRAFT, Action.DROP_DRAFT})
# Steps of the route do these on the draft that follows it, in these states of it.
BEFORE_NUMBER = frozenset({DraftState.DRAFTING, DraftState.SENT_BACK, DraftState.SUBMITTED, DraftState.REVIEWED})
ON_ROUTE = {
    Action.PROPOSE: BEFORE_NUMBER,
    Action.SEND_FOR_CHECK: BEFORE_NUMBER,
    Action.TAKE_BACK_CHECK: BEFORE_NUMBER,
    Action.APPROVE: BEFORE_NUMBER,
    Action.ISSUE: frozenset({DraftState.NUMBERED, DraftState.SIGNED}),
}


def of_dossier(dossier_id: int, work: Iterable[WorkItem]) -> list[PaperDraft]:
    """Every draft of the house that works on a dossier, oldest first, with who has it now; `work`: the open items, read before.

    What another unit drafts about it stands on the page of its question (dossiers.consultations).
    """
    open_items = {item.pk: item for item in work}
    rows = PaperDraft.objects.filter(dossier_id=dossier_id).exclude(kind__in=drafted_elsewhere())
    found = list(rows.select_related("file", "author").order_by("created_at", "pk"))
    for draft in found:
        if draft.handling_id in open_items:
            draft.handling = open_items[draft.handling_id]
    return found


def drafted_elsewhere() -> list[str]:
    """Kinds of drafts that are written, signed and sent by a unit that does not see the dossier."""
    return [kind.code for kind in DRAFT_KINDS if kind.sent_by_writer]


def sending_acts() -> frozenset[str]:
    """Acts that send a paper which has been signed: offered only where such a paper lies."""
    return frozenset(act for kind in DRAFT_KINDS if not kind.follows_route for act in kind.acts)


def is_about_draft(action: str) -> bool:
    """Tell whether an act needs a draft to be done on."""
    return action in WHERE_HANDLED | WHERE_WRITTEN | ON_ROUTE.keys() | sending_acts()


def meant_by(action: str, drafts: Iterable[PaperDraft], item_ids: Collection[int]) -> PaperDraft | None:
    """The draft an act would be done on, among items on which the person may do it; None: nothing to do it on."""
    for draft in drafts:
        if draft.is_live and _fits(action, draft, item_ids):
            return draft
    return None


def _fits(action: str, draft: PaperDraft, item_ids: Collection[int]) -> bool:
    kind = DRAFT_KINDS[draft.kind]
    if action in ON_ROUTE:
        return kind.follows_route and draft.state in ON_ROUTE[Action(action)]
    if action == Action.SUBMIT_DRAFT:
        return draft.is_open and not kind.follows_route and draft.work_item_id in item_ids
    if action == Action.DROP_DRAFT:
        return draft.work_item_id in item_ids or (kind.follows_route and draft.is_open)
    if draft.handling_id not in item_ids:
        return False
    if action == Action.SIGN_DRAFT:
        return draft.state == DraftState.SUBMITTED
    return action == Action.RETURN_DRAFT or action in issuing_acts(draft)


def issuing_acts(draft: PaperDraft) -> Sequence[str]:
    """Acts that may issue this very draft once it is signed."""
    if draft.state not in {DraftState.NUMBERED, DraftState.SIGNED}:
        return ()
    kind = DRAFT_KINDS[draft.kind]
    return (kind.issued_by(draft),) if kind.issued_by is not None else kind.acts


def waits_for_file(action: str, draft: PaperDraft) -> bool:
    """Tell whether an act would issue a signed paper whose file is still being made."""
    return draft.file_id is None and action in issuing_acts(draft)


@dataclass(frozen=True, slots=True)
class Advice:
    """What the page of a draft says above its form; `is_late`: what should have happened has not."""

    words: str
    is_late: bool = False


def when_to_ask(dossier: Dossier) -> Advice | None:
    """Until when a dossier should be asked for more, and plainly when that is over; it stops nobody."""
    if dossier.state == State.SUBMITTED and dossier.accept_by is not None:
        until = clock.local(dossier.accept_by)
        said = {"until": f"{until:%H:%M %d/%m/%Y}", "law": "NĐ 118/2025/NĐ-CP, Điều 17 khoản 2"}
        if clock.now() <= dossier.accept_by:
            return Advice(_("Thông báo bổ sung hồ sơ nộp trực tuyến phải gửi trước %(until)s (%(law)s).") % said)
        return Advice(
            _("Đã quá hạn thông báo bổ sung hồ sơ nộp trực tuyến: %(until)s (%(law)s). Vẫn gửi được.") % said,
            is_late=True,
        )
    if dossier.state != State.PROCESSING or dossier.received_at is None or dossier.supplements.exists():
        return None
    received_on = clock.local(dossier.received_at).date()
    until_day = supplement_days.ask_until(received_on, clocks.calendar_standing_for(dossier.competent_unit_id))
    rule = supplement_days.to_ask(received_on)
    said = {"day": f"{until_day:%d/%m/%Y}", "days": f"{rule.working_days:02d}", "law": rule.ground}
    if clock.today() <= until_day:
        words = _(
            "Yêu cầu bổ sung phải gửi chậm nhất ngày %(day)s: %(days)s ngày làm việc kể từ ngày tiếp nhận (%(law)s)."
        )
        return Advice(words % said)
    words = _(
        "Đã quá hạn yêu cầu bổ sung: chậm nhất là ngày %(day)s, %(days)s ngày làm việc kể từ ngày tiếp nhận (%(law)s). "
        "Vẫn trình và gửi được; hồ sơ sẽ cho thấy yêu cầu gửi muộn."
    )
    return Advice(words % said, is_late=True)


def when_to_apologise(dossier: Dossier) -> Advice | None:
    """Until when a letter of apology is out in time, and plainly when it is late; it stops nobody."""
    count = lateness.count_of(ClockSegment.objects.filter(dossier_id=dossier.pk).order_by("position"))
    if count is None:
        return None
    until = lateness.send_by(count, clocks.calendar_of(dossier.competent_unit))
    said = {"until": f"{clock.local(until):%H:%M %d/%m/%Y}", "law": lateness.rule_on(clock.today()).ground}
    if clock.now() <= until:
        return Advice(_("Văn bản xin lỗi phải gửi trước %(until)s (%(law)s); gửi sau được ghi là xin lỗi muộn.") % said)
    return Advice(
        _("Đã quá hạn gửi văn bản xin lỗi: %(until)s (%(law)s). Vẫn gửi được và phải gửi; sổ ghi là xin lỗi muộn.")
        % said,
        is_late=True,
    )


def startable(
    dossier: Dossier, items: Iterable[WorkItem], roles_at: dict[int, frozenset[str]], drafts: Iterable[PaperDraft]
) -> list[tuple[DraftedPaper, WorkItem]]:
    """Kinds a person may begin now, each with the item it is written at; `roles_at`: acting roles by id of the item."""
    under_way = {draft.kind for draft in drafts if draft.is_live}
    if under_way & set(route_kinds()):
        under_way |= set(route_kinds())
    found = []
    for kind in sorted(DRAFT_KINDS, key=lambda kind: kind.order):
        if dossier.state not in kind.states or kind.code in under_way or kind.sent_by_writer:
            continue
        fitting = (
            item for item in items if kind.writers.get(item.kind, frozenset()) & roles_at.get(item.pk, frozenset())
        )
        item = next(fitting, None)
        if item is not None and (kind.may_begin is None or kind.may_begin(dossier)):
            found.append((kind, item))
    return found
