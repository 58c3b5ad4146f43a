"""The sections of the desk's dossier page: what each shows, for whom, in which order. Assembled by dossiers.desk.page.

Builders take the `Reading` of the request; what the form that came back knows stands in its `extra`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import WORK_ROLES, Role
from accounts.models import Party
from dossiers import answers, clocks, drafting, money, notices, paper_checks, queries, workflow
from dossiers.desk import acts, call_rows, happenings, questions, true_time_rows
from dossiers.desk.lying import lying
from dossiers.desk.rows import state_badge
from dossiers.draft_kinds import DRAFT_KINDS, DraftedPaper
from dossiers.enums import (
    FINAL_STATES,
    WAITING_STATES,
    Action,
    CheckAnswer,
    DraftKind,
    DraftState,
    EventCode,
    State,
    SubChannel,
)
from dossiers.events import Audience
from dossiers.forms.desk import ActForm
from dossiers.forms.drafting import AboutDraftForm
from dossiers.models.attachment import Attachment
from dossiers.models.dossier import Dossier
from dossiers.models.paper_check import PaperCheck
from dossiers.models.paper_draft import PaperDraft
from dossiers.models.work import WorkItem
from dossiers.papers import for_citizens
from dossiers.reading import Page, Reading
from dossiers.sections import Context, Section, Side, add
from dossiers.services import four_eyes, terms
from dossiers.services.core import OWN_DOSSIER
from portal import clock, partialdate
from portal.sealing import unseal
from portal.templatetags.ui import badge
from procedures.enums import PaperForm
from vault.enums import DONE_BY_US, FileRemark, ScanState

SCAN_WORDS = {
    ScanState.CLEAN: "clean",
    ScanState.WAITING: "pending",
    ScanState.INFECTED: "infected",
    ScanState.NOT_SCANNED: "unscanned",
}
DRAFT_TONES = {
    DraftState.DRAFTING: "neutral",
    DraftState.SENT_BACK: "warning",
    DraftState.SIGNED: "success",
    DraftState.ISSUED: "success",
    DraftState.DROPPED: "danger",
}
# What the citizen does, or the desk for somebody who came.
RECORDED_FOR = frozenset(
    {
        EventCode.SUPPLEMENT_ANSWERED,
        EventCode.SUPPLEMENT_PARTLY,
        EventCode.WITHDRAWAL_REQUESTED,
        EventCode.WITHDRAWN,
        EventCode.CHECK_CONFIRMED,
        EventCode.CHECK_CORRECTED,
    }
)
ANSWERED_AT_DESK = frozenset({Action.CONFIRM_CHECK_ON_BEHALF, Action.CORRECT_CHECK_ON_BEHALF})
CLOCK_STANDS = frozenset({*FINAL_STATES, State.DONE})


# ── where it stands ──────────────────────────────────────────────────────────────────────────────


def standing(reading: Reading) -> Context:
    """State, due time and why it is due then."""
    return {
        "state": state_badge(reading.dossier.state),
        "due": due_facts(reading.dossier),
        "why_due": reading.why_due,
        "letter_by": reading.letter_by,
        "letter_is_late": reading.letter_by is not None and reading.letter_by < clock.now(),
        "has_acts": bool(offered_acts(reading) or startable(reading)),
    }


def due_facts(dossier: Dossier) -> dict[str, Any]:
    """Due time and working minutes left, as the `due` mark wants them; nothing runs once the work is done."""
    if dossier.state in (State.SUBMITTED, State.INTAKE_FIX):
        at, unit = dossier.accept_by, dossier.receiving_unit
    else:
        at, unit = dossier.due_at, dossier.competent_unit
    stands = dossier.clock_stopped_at is not None or dossier.state in CLOCK_STANDS or dossier.state in WAITING_STATES
    left = None if stands else clocks.minutes_left(clock.now(), at, clocks.calendar_of(unit))
    return {"at": at, "left": left, "is_over": dossier.state in CLOCK_STANDS}


def facts(reading: Reading) -> Context:
    """Owner and submitter as filed, with their numbers, masked until somebody asks; units, fee, channel."""
    reveal = bool(reading.extra.get("reveal"))
    return {
        "owner_born": partialdate.shown(reading.dossier.owner_birth_date),
        "owner_doubts": answers.owner_doubts(reading.dossier),
        "owner_number": _number(reading.dossier.owner, reveal=reveal),
        "submitter_number": _number(reading.dossier.submitter, reveal=reveal),
        "is_revealed": reveal,
        "fee": terms.due(reading.dossier),
        "sees_money": bool(reading.roles & (money.TILLS | money.OVERSEERS))
        and (reading.dossier.received_at or reading.dossier.sub_channel == SubChannel.POST),
    }


def _number(party: Party | None, *, reveal: bool) -> str:
    if party is None or not party.identity_sealed:
        return ""
    return unseal(party.identity_sealed) if reveal else party.identity_masked


def supplements(reading: Reading) -> Context | None:
    """What was asked of the citizen, round by round."""
    rows = reading.supplements
    if not rows:
        return None
    waiting = next((row for row in rows if row.answered_at is None and row.expired_at is None), None)
    desk_id = reading.dossier.receiving_unit_id
    return {"supplements": rows, "last_day": clocks.last_day(waiting.answer_by, desk_id) if waiting else None}


def visit(reading: Reading) -> Context | None:
    """The way to record what somebody brings to the desk, while something is asked for."""
    asked = next((row for row in reading.supplements if row.answered_at is None and row.expired_at is None), None)
    if asked is None or Action.SUPPLEMENT_DONE not in reading.actions:
        return None
    return {"last_day": clocks.last_day(asked.answer_by, reading.dossier.receiving_unit_id)}


def check(reading: Reading) -> Context | None:
    """That the applicant has the draft of the result to check: until when, and the way to record what they say at the desk."""
    waiting = waiting_check(reading)
    if waiting is None:
        return None
    return {
        "check": waiting,
        "unless": paper_checks.unless(silence_agrees=waiting.silence_agrees),
        "may_record": bool(ANSWERED_AT_DESK & set(reading.actions)),
        "may_take_back": Action.TAKE_BACK_CHECK in reading.actions,
        "unreached": not _can_be_told(reading.dossier),
    }


def waiting_check(reading: Reading) -> PaperCheck | None:
    """The check that waits for the applicant."""
    if reading.dossier.state != State.CHECKING:
        return None
    return next((one for one in reversed(reading.checks) if one.answered_at is None), None)


def _can_be_told(dossier: Dossier) -> bool:
    """Whether any message reaches the applicant; whoever has an account is told there."""
    return dossier.account_id is not None or notices.can_be_told(dossier, (Audience.SUBMITTER, Audience.OWNER))


def check_facts(reading: Reading, kind: str, draft: PaperDraft | None) -> dict[str, Any] | None:
    """What a draft's page says of its check by the applicant; None when the procedure asks for none."""
    if not paper_checks.asks(reading.dossier, kind):
        return None
    agreed = next((one for one in reversed(reading.checks) if one.agrees), None)
    wrong = {one.answered_seq for one in reading.checks if one.answer == CheckAnswer.WRONG}
    return {
        "is_owed": draft is None or reading.owes_check(draft),
        "agreed": agreed,
        "waiting": waiting_check(reading),
        "corrections": [event for event in reversed(reading.events) if event.seq in wrong],
    }


def appearances(reading: Reading) -> Context | None:
    """Who came to the desk, beside the acts recorded for them; read only when the ledger has such an act."""
    acts_by_seq = {event.seq: event for event in reading.events if event.code in RECORDED_FOR}
    if not any(event.actor_role in workflow.INTAKE_ROLES for event in acts_by_seq.values()):
        return None
    rows = reading.dossier.appearances.order_by("event_seq")
    known = [(acts_by_seq[row.event_seq], row) for row in rows if row.event_seq in acts_by_seq]
    listed = [{"at": event.happened_at, "act": event.label, "row": row} for event, row in known]
    return {"appearances": listed} if listed else None


def result(reading: Reading) -> Context | None:
    """The document that ended the matter."""
    return {"result": reading.result} if reading.result else None


# ── what came ────────────────────────────────────────────────────────────────────────────────────


def form_answers(reading: Reading) -> Context:
    """What was filled in, in words."""
    return {"answers": answers.summary(reading.dossier, parties=reading.parties)}


def papers(reading: Reading) -> Context:
    """Papers of the list with what came for each; papers outside the list (free supplements) follow.

    What need not have come, and did not, is folded.
    """
    given: dict[str, list[dict[str, Any]]] = {}
    names: dict[str, str] = {}
    for row in reading.attachments:
        names.setdefault(row.paper_code, row.paper_name)
        given.setdefault(row.paper_code, []).append(
            attachment_row(row, reverse("desk:file", args=[row.dossier_id, row.pk]))
        )
    rows = [
        {"name": paper.name, "is_required": paper.is_required, "given": given.pop(paper.code, [])}
        for paper in terms.papers_for(reading.dossier)
    ]
    rows.extend({"name": names[code], "is_required": False, "given": found} for code, found in given.items())
    blanks = [{"label": row["name"]} for row in rows if not (row["given"] or row["is_required"])]
    shown = [row for row in rows if row["given"] or row["is_required"]]
    return {"papers": shown, "blanks": blanks, "may_scan": Action.SCAN_PAPER in reading.actions}


def attachment_row(row: Attachment, url: str) -> dict[str, Any]:
    """One paper that came, with the address of its file unless the scan keeps it shut."""
    form = PaperForm(row.form).label if row.form else ""
    if row.count > 1:
        form = _("%(form)s, %(count)s bản") % {"form": form, "count": row.count}
    if row.file is None:
        return {"form": form, "file": None}
    openable = row.file.scan_state not in (ScanState.INFECTED, ScanState.WAITING)
    return {
        "form": form,
        "file": row.file,
        "scan": SCAN_WORDS[ScanState(row.file.scan_state)],
        "url": url if openable else "",
        "view_url": f"{reverse('desk:viewer', args=[row.dossier_id])}?tep={row.pk}" if openable else "",
        "checked_at": row.checked_at,
        "note": _("nộp bổ sung lần %(round)s") % {"round": row.round} if row.round else "",
        "flags": "; ".join(str(FileRemark(remark).label) for remark in row.file.remarks if remark not in DONE_BY_US),
    }


def viewer(reading: Reading) -> Context | None:
    """The pages of the papers, fetched beside the answers; nothing when no file came."""
    first = next((row for row in reading.attachments if row.file_id is not None), None)
    return None if first is None else {"url": f"{reverse('desk:viewer', args=[reading.dossier.pk])}?tep={first.pk}"}


# ── what to do ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class InMaking:
    """A signed paper whose file is not made yet, since when, and where to look again."""

    number: str
    since: datetime
    again: str


@dataclass(frozen=True, slots=True)
class OfferedAct:
    """One act on the page: its words, its form (bound when it came back), its address."""

    name: str
    act: acts.DeskAct
    form: ActForm
    url: str
    title: str
    item_id: int | None = None
    hidden: Sequence[tuple[str, Any]] = ()  # what the form carries, as it stands now
    waits_for: InMaking | None = None  # what the act would issue: offered once it is there
    refusal: str = ""  # why the person may not do it on this very paper, and who does

    @property
    def is_open(self) -> bool:
        """Forms with errors and the usual next act stand open, the rest are folded."""
        return self.form.is_bound or not self.act.is_aside


def offered_acts(reading: Reading) -> list[OfferedAct]:
    """The acts this person may do now, each with its form; made once, for several sections ask.

    An act that could be done on several items stands there once for each, with the step named.
    """
    if "offered" not in reading.extra:
        reading.extra["offered"] = [
            one for act in acts.offered(reading.actions, reading.dossier) for one in _offered(reading, act)
        ]
    return reading.extra["offered"]


def _offered(reading: Reading, act: acts.DeskAct) -> list[OfferedAct]:
    action = str(act.code)
    items = items_of(reading, action)
    if drafting.is_about_draft(action):
        items = [item_id for item_id in items if _has_paper(reading, action, item_id)]
        if not items:
            return []
    label = str(act.label)
    if len(items) < 2:
        return [_one(reading, act, action, label, items[0] if items else None)]
    steps = {item.pk: item.name for item in reading.work}
    return [
        _one(
            reading,
            act,
            f"{action}-{item_id}",
            _("%(act)s: %(step)s") % {"act": label, "step": steps[item_id]},
            item_id,
        )
        for item_id in items
    ]


def _has_paper(reading: Reading, action: str, item_id: int) -> bool:
    """Whether there is a draft to do the act on now; a result is proposed once its applicant agreed to it, where that is asked."""
    draft = draft_of(reading, action, item_id)
    if draft is None:
        return False
    if action in {Action.PROPOSE, Action.SEND_FOR_CHECK}:
        return reading.owes_check(draft) == (action == Action.SEND_FOR_CHECK)
    if action == Action.SUBMIT_DRAFT:
        return reading.dossier.state in DRAFT_KINDS[draft.kind].states
    return action != Action.DROP_DRAFT or not _is_with_applicant(reading, draft)


def _is_with_applicant(reading: Reading, draft: PaperDraft) -> bool:
    return draft.is_live and draft.kind == DraftKind.RESULT and reading.dossier.state == State.CHECKING


def _one(reading: Reading, act: acts.DeskAct, name: str, title: str, item_id: int | None) -> OfferedAct:
    """An act on one item: with the form that came back with mistakes when it was meant for it, else an empty one."""
    action, bound = str(act.code), reading.extra.get("bound")
    known = {"dossier": reading.dossier, "user": reading.user, "given": reading.attachments}
    fresh = act.form(name=name, item_id=item_id, **known)
    draft = draft_of(reading, action, item_id)
    if draft is not None and isinstance(fresh, AboutDraftForm):
        fresh.about(draft)
    hidden = [(key, value) for key, value in fresh.initial.items() if key in fresh.HIDDEN and value is not None]
    place = reading.extra.get("place")
    hidden += place.hidden if place is not None else []
    refusal = _refusal(reading, action, draft, item_id)
    comes_back = bound is not None and action == reading.extra.get("action") and bound.item_id in {None, item_id}
    comes_back = comes_back and not refusal
    form = bound if comes_back else fresh
    if item_id in reading.ways:
        form.offer(reading.ways[item_id])
    url = reverse("desk:act", args=[reading.dossier.pk, action])
    waits_for = _in_making(reading, action, draft) if draft is not None and not comes_back else None
    return OfferedAct(name, act, form, url, title, item_id, hidden, waits_for, refusal)


def _refusal(reading: Reading, action: str, draft: PaperDraft | None, item_id: int | None) -> str:
    """Who signs a paper instead of the reader, who wrote it; '' when nothing keeps the reader from it."""
    item = next((item for item in reading.work if item.pk == item_id), None)
    if action not in {Action.SIGN_DRAFT, Action.APPROVE} or draft is None or item is None:
        return ""
    return four_eyes.refusal(reading.dossier, item, draft, reading.events, reading.user)


def _in_making(reading: Reading, action: str, draft: PaperDraft) -> InMaking | None:
    if not drafting.waits_for_file(action, draft):
        return None
    at_paper = reading.extra.get("draft_id") is not None
    again = _paper_url(draft) if at_paper else reverse("desk:dossier", args=[reading.dossier.pk])
    return InMaking(draft.number, draft.numbered_at or clock.now(), again)


def items_of(reading: Reading, action: str) -> list[int]:
    """Ids of the items on which the reader may do an act, own ones first."""
    return workflow.items_for(action, state=reading.dossier.state, work=reading.powers.work, actor_id=reading.user.pk)


def draft_of(reading: Reading, action: str, item_id: int | None) -> PaperDraft | None:
    """The draft an act of the reader on an item would be done on: the page's own, when the page is about one."""
    if item_id is None or not drafting.is_about_draft(action):
        return None
    about = reading.extra.get("draft_id")
    drafts = [draft for draft in reading.drafts if about in {None, draft.pk}]
    return drafting.meant_by(action, drafts, [item_id])


def trouble(reading: Reading) -> Context | None:
    """A form that came back for an act that is no longer possible: its mistakes, and what was typed, to copy."""
    bound = reading.extra.get("bound")
    if bound is None or any(one.form is bound for one in offered_acts(reading)):
        return None
    return {"failed": bound, "lost_words": _lost_words(bound)}


def _lost_words(bound: ActForm) -> list[str]:
    typed = (bound.data.get(name, "").strip() for name in bound.fields if name not in bound.HIDDEN)
    return [words for words in typed if len(words) > len("on")]


def work(reading: Reading) -> Context | None:
    """Whose step it is, since when, and who can move it on."""
    return {"work": [lying(item, reading.ways[item.pk]) for item in reading.work]} if reading.work else None


def next_acts(reading: Reading) -> Context:
    """What this person may do now: the usual acts open, the others folded."""
    here = [one for one in offered_acts(reading) if not one.act.is_beside_paper or one.form.is_bound]
    return {
        "next_papers": next_papers(reading),
        "next_acts": [one for one in here if not one.act.is_aside],
        "other_acts": [one for one in here if one.act.is_aside],
        "own_words": OWN_DOSSIER if queries.is_own(reading.dossier, reading.user) else "",
    }


def next_papers(reading: Reading) -> list[dict[str, Any]]:
    """Papers the reader has something to do with: to agree to or issue with the paper in view, to write on, to begin."""
    found = []
    for one in offered_acts(reading):
        leads_there = one.act.is_beside_paper and not one.refusal
        paper = draft_of(reading, str(one.act.code), one.item_id) if leads_there else None
        if paper is not None:
            words = {"act": one.title, "paper": DRAFT_KINDS.label(paper.kind)}
            found.append(
                {"label": _("%(act)s: mở văn bản “%(paper)s”") % words, "url": _paper_url(paper), "is_next": True}
            )
    for paper in reading.drafts:
        if paper.is_open and written_at(reading, paper) is not None:
            label = _("Viết tiếp: %(paper)s") % {"paper": DRAFT_KINDS.label(paper.kind)}
            found.append({"label": label, "url": _paper_url(paper), "is_next": True})
    for kind, _item in startable(reading):
        label, url = _("Soạn: %(paper)s") % {"paper": kind.label}, _draft_url(reading, kind.code)
        found.append({"label": label, "url": url, "is_next": False})
    return found


def drafts(reading: Reading) -> Context | None:
    """Outgoing papers from their first words on: state, number, who has each."""
    if not reading.drafts:
        return None
    return {"drafts": [draft_facts(reading, draft) for draft in reversed(reading.drafts)]}


def startable(reading: Reading) -> list[tuple[DraftedPaper, WorkItem]]:
    """Kinds of draft the reader may begin now; none on one's own dossier."""
    if queries.is_own(reading.dossier, reading.user):
        return []
    return drafting.startable(reading.dossier, reading.work, writing_roles(reading), reading.drafts)


def writing_roles(reading: Reading) -> dict[int, frozenset[str]]:
    """Roles by which the reader may write at each open item."""
    writing = {Action.SUBMIT_DRAFT, Action.PROPOSE}
    rows = [row for row in workflow.candidates(reading.dossier.state) if row.action in writing]
    return {
        work.item_id: frozenset().union(
            *(workflow.acting_roles(work, row, reading.user.pk) for row in rows if row.step == work.kind)
        )
        for work in reading.powers.work
    }


def draft_facts(reading: Reading, draft: PaperDraft) -> dict[str, Any]:
    """One draft as lists show it."""
    away = _is_with_applicant(reading, draft)
    tone, words = DRAFT_TONES.get(DraftState(draft.state), "info"), _draft_words(draft)
    return {
        "draft": draft,
        "label": DRAFT_KINDS.label(draft.kind),
        "state": badge("warning", _("chờ người nộp kiểm tra")) if away else badge(tone, words),
        "url": _paper_url(draft),
        "who": _("người nộp") if away else _who_has(draft),
        "failed": draft.problem != "" and draft.file_id is None,
    }


def _draft_words(draft: PaperDraft) -> str:
    if draft.state == DraftState.DROPPED and draft.number:
        return _("hủy")
    return str(DraftState(draft.state).label)


def _who_has(draft: PaperDraft) -> str:
    """In whose hands a draft is; '' when it has ended or follows the route."""
    if not draft.is_live:
        return ""
    if draft.handling is not None:
        parts = [draft.handling.unit.name, draft.handling.holder.full_name if draft.handling.holder else ""]
        return ", ".join(part for part in parts if part)
    return draft.author.full_name if draft.is_open else ""


def _paper_url(draft: PaperDraft) -> str:
    return reverse("desk:draft", args=[draft.dossier_id, draft.pk])


def _draft_url(reading: Reading, kind: str) -> str:
    return reverse("desk:new_draft", args=[reading.dossier.pk, kind])


def is_about(action: str, draft: PaperDraft) -> bool:
    """Tell whether an act offered on a draft's page is done on this very draft."""
    goes_back = action == Action.SEND_BACK and DRAFT_KINDS[draft.kind].follows_route
    return draft.is_live and (goes_back or drafting.is_about_draft(action))


def written_at(reading: Reading, draft: PaperDraft) -> WorkItem | None:
    """The item at which the reader may write a draft now; None when it lies in other hands."""
    spec = DRAFT_KINDS[draft.kind]
    if reading.dossier.state not in spec.states:
        return None
    if not draft.is_live or draft.numbered_at is not None or not (draft.is_open or spec.follows_route):
        return None
    roles = writing_roles(reading)
    fitting = (
        item for item in reading.work if spec.writers.get(item.kind, frozenset()) & roles.get(item.pk, frozenset())
    )
    return next((item for item in fitting if not spec.sent_by_writer or item.pk == draft.work_item_id), None)


def printed(reading: Reading) -> Context | None:
    """Papers issued about the dossier."""
    is_inside, for_all = of_the_house(reading), for_citizens()
    shown = [form for form in reading.printed if is_inside or form.name in for_all]
    return {"printed": shown, "has_control_slip": is_inside} if shown else None


def of_the_house(reading: Reading) -> bool:
    """People of the post see neither what was thought about a dossier nor who wrote what."""
    return bool((reading.roles & WORK_ROLES) - {Role.POSTAL_CLERK})


def _section(name: str, order: int, title: Any, context: Any, **more: Any) -> Section:
    return Section(Page.DESK, name, title, order, f"dossiers/desk/sections/{name}.html", context, **more)


SECTIONS = (
    _section("standing", 10, gettext_lazy("Tình trạng"), standing, is_quiet=True),
    _section("facts", 20, gettext_lazy("Thông tin chung"), facts, is_quiet=True),
    _section("supplements", 30, gettext_lazy("Các lần yêu cầu bổ sung"), supplements, is_quiet=True),
    _section(
        "consultations", 35, gettext_lazy("Lấy ý kiến"), questions.of_reading, anchor="lay-y-kien", sees=of_the_house
    ),
    _section("appearances", 37, gettext_lazy("Người đã đến quầy"), appearances),
    _section("result", 40, gettext_lazy("Kết quả giải quyết"), result, is_quiet=True),
    _section("answers", 50, gettext_lazy("Biểu mẫu"), form_answers, anchor="bieu-mau"),
    _section("papers", 60, gettext_lazy("Giấy tờ"), papers, anchor="giay-to"),
    _section("history", 70, gettext_lazy("Diễn biến"), happenings.of_reading, anchor="dien-bien", sees=of_the_house),
    _section("trouble", 10, gettext_lazy("Việc chưa thực hiện được"), trouble, side=Side.ASIDE, is_quiet=True),
    _section("calls", 15, gettext_lazy("Chưa báo được"), call_rows.of_reading, side=Side.ASIDE),
    _section("work", 20, gettext_lazy("Bước hiện tại"), work, side=Side.ASIDE, is_quiet=True),
    _section("check", 22, gettext_lazy("Người nộp kiểm tra bản dự thảo"), check, side=Side.ASIDE),
    _section("visit", 25, gettext_lazy("Người nộp đến quầy"), visit, side=Side.ASIDE),
    _section("acts", 30, gettext_lazy("Việc tiếp theo"), next_acts, side=Side.ASIDE),
    _section("viewer", 10, gettext_lazy("Xem giấy tờ"), viewer, side=Side.VIEW, anchor="xem-giay-to"),
    _section(
        "drafts", 35, gettext_lazy("Dự thảo văn bản"), drafts, side=Side.ASIDE, anchor="du-thao", sees=of_the_house
    ),
    _section("printed", 40, gettext_lazy("Phiếu in"), printed, side=Side.ASIDE),
    _section(
        "corrections",
        45,
        gettext_lazy("Đính chính thời điểm"),
        true_time_rows.of_reading,
        side=Side.ASIDE,
        sees=of_the_house,
    ),
)
add(*SECTIONS)
